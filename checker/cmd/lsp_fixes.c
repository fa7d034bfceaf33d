// SPDX-License-Identifier: GPL-2.0-only
/*
 * Repairs as code actions. A repair is made from what a rule saw and from the
 * text near it, so it is tried: the text that it gives is checked like any
 * other, and it is offered only if that is better in this one thing and the same
 * in all else.
 */
#include "cmd/lsp_fixes.h"

#include <json-c/json.h>
#include <string.h>

#include "base/json.h"
#include "cmd/lsp_check.h"
#include "fix/fix.h"

/* How a report of before and one of after count what they have in common. */
struct count {
	int before, after;
	gboolean elsewhere; /* in another function than the repaired one */
};

struct lsp_trials {
	struct report *before; /* of the text as it is, with all notes */
	GHashTable *good;      /* finding -> GPtrArray of struct fix */
};

void lsp_trials_free(struct lsp_trials *t)
{
	if (!t)
		return;
	report_free(t->before);
	g_hash_table_unref(t->good);
	g_free(t);
}

/* ---- is it better? ---- */

static GHashTable *counts_new(void)
{
	return g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
}

/* Takes @key. */
static struct count *count_of(GHashTable *counts, char *key)
{
	struct count *c = g_hash_table_lookup(counts, key);

	if (c) {
		g_free(key);
		return c;
	}
	c = g_new0(struct count, 1);
	g_hash_table_insert(counts, key, c);
	return c;
}

static void add_findings(GHashTable *counts, const struct report *r,
			 const struct finding *of, gboolean after)
{
	for (guint i = 0; i < r->findings->len; i++) {
		const struct finding *f = r->findings->pdata[i];
		struct count *c = count_of(
			counts, g_strdup_printf("%s %s", f->fingerprint,
						severity_name(f->severity)));

		*(after ? &c->after : &c->before) += 1;
		c->elsewhere = g_strcmp0(f->function, of->function) != 0;
	}
}

static void add_skips(GHashTable *counts, const struct report *r,
		      gboolean after)
{
	for (guint i = 0; i < r->skips->len; i++) {
		const struct coverage_skip *s = &g_array_index(
			r->skips, struct coverage_skip, i);
		struct count *c = count_of(
			counts, g_strdup_printf("%s: %s", s->function,
						s->reason));

		*(after ? &c->after : &c->before) += 1;
	}
}

/* More of nothing, and elsewhere no less either. */
static gboolean is_no_worse(GHashTable *counts)
{
	GHashTableIter it;
	void *value;

	g_hash_table_iter_init(&it, counts);
	while (g_hash_table_iter_next(&it, NULL, &value)) {
		const struct count *c = value;

		if (c->after > c->before ||
		    (c->elsewhere && c->after < c->before))
			return FALSE;
	}
	return TRUE;
}

/* How often it is found, as severe as it is or less. */
static int times(const struct report *r, const struct finding *of)
{
	int n = 0;

	for (guint i = 0; i < r->findings->len; i++) {
		const struct finding *f = r->findings->pdata[i];

		n += !strcmp(f->fingerprint, of->fingerprint);
	}
	return n;
}

static gboolean is_better(const struct report *before,
			  const struct report *after, const struct finding *f)
{
	GHashTable *counts = counts_new();
	gboolean better;

	add_findings(counts, before, f, FALSE);
	add_findings(counts, after, f, TRUE);
	add_skips(counts, before, FALSE);
	add_skips(counts, after, TRUE);
	better = times(after, f) < times(before, f) && is_no_worse(counts) &&
		 after->errors->len <= before->errors->len;
	g_hash_table_unref(counts);
	return better;
}

/* ---- trying ---- */

static struct lsp_trials *trials_of(struct lsp_worker *w,
				    const struct lsp_found *found)
{
	const struct document *doc = found->doc;
	struct lsp_trials *t = found->check->trials;
	GString *text;

	if (t)
		return t;
	text = g_string_new_len(doc->text, (gssize)doc->size);
	t = g_new0(struct lsp_trials, 1);
	t->before = lsp_check_text(w, doc, text);
	t->good = g_hash_table_new_full(NULL, NULL, NULL,
					(GDestroyNotify)g_ptr_array_unref);
	g_string_free(text, TRUE);
	found->check->trials = t;
	return t;
}

static gboolean helps(struct lsp_worker *w, const struct lsp_found *found,
		      const struct report *before, const struct fix *x)
{
	const struct document *doc = found->doc;
	GString *text = fix_apply(x, doc->text, doc->size);
	struct report *after = lsp_check_text(w, doc, text);
	gboolean good = before && after &&
			is_better(before, after, found->finding);

	g_string_free(text, TRUE);
	report_free(after);
	return good;
}

/* The repairs of the finding that help, as struct fix. */
static const GPtrArray *good_fixes(struct lsp_worker *w,
				   const struct lsp_found *found)
{
	struct lsp_trials *t = trials_of(w, found);
	const struct finding *f = found->finding;
	GPtrArray *good = g_hash_table_lookup(t->good, f);

	if (good)
		return good;
	good = g_ptr_array_new_with_free_func((GDestroyNotify)fix_free);
	for (guint i = 0; i < f->repairs->len; i++) {
		struct fix *x = fix_repair(f->repairs->pdata[i],
					   found->doc->text, found->doc->size);

		if (x && helps(w, found, t->before, x))
			g_ptr_array_add(good, x);
		else
			fix_free(x);
	}
	g_hash_table_insert(t->good, (gpointer)f, good);
	return good;
}

/* ---- actions ---- */

static void put_edits(struct places *p, const struct document *doc,
		      const struct fix *x, json_object *array)
{
	for (guint i = 0; i < x->edits->len; i++) {
		const struct fix_edit *e = &g_array_index(
			x->edits, struct fix_edit, i);
		json_object *o = json_add_object(array);

		json_object_object_add(o, "range",
				       places_bytes(p, doc->path, e->from,
						    e->to));
		json_put_text(o, "newText", e->text);
	}
}

/* The edits as the editor takes them: of this version, if it knows such. */
static void put_edit(const struct lsp_worker *w, struct places *p,
		     const struct document *doc, const struct fix *x,
		     json_object *action)
{
	json_object *edit = json_put_object(action, "edit"), *o;

	if (!w->changes) {
		o = json_put_object(edit, "changes");
		put_edits(p, doc, x, json_put_array(o, doc->uri));
		return;
	}
	o = json_add_object(json_put_array(edit, "documentChanges"));
	put_edits(p, doc, x, json_put_array(o, "edits"));
	o = json_put_object(o, "textDocument");
	json_put_text(o, "uri", doc->uri);
	json_object_object_add(o, "version", doc->versioned ?
			       json_object_new_int64(doc->version) : NULL);
}

static json_object *add_action(const struct lsp_worker *w, struct places *p,
			       const struct lsp_found *found,
			       const struct fix *x, json_object *array)
{
	json_object *action = json_add_object(array);

	json_put_text(action, "title", x->title);
	json_put_text(action, "kind", "quickfix");
	json_object_array_add(json_put_array(action, "diagnostics"),
			      json_object_get(found->item));
	put_edit(w, p, found->doc, x, action);
	return action;
}

void lsp_fixes_add(struct lsp_worker *w, struct places *p,
		   const struct lsp_found *found, json_object *array)
{
	const struct document *doc = found->doc;
	const GPtrArray *good = found->finding->repairs->len ?
					good_fixes(w, found) : NULL;
	json_object *action;
	struct fix *x;

	for (guint i = 0; good && i < good->len; i++) {
		action = add_action(w, p, found, good->pdata[i], array);
		if (i == 0)
			json_object_object_add(action, "isPreferred",
					       json_object_new_boolean(TRUE));
	}
	x = fix_suppress(found->finding, doc->text, doc->size);
	if (x)
		add_action(w, p, found, x, array);
	fix_free(x);
}
