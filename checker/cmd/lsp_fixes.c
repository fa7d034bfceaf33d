// SPDX-License-Identifier: GPL-2.0-only
/*
 * Repairs as code actions. A repair is made from what a rule saw and from the
 * text near it, so it is tried: the text that it gives is checked like any
 * other, and it is offered only if that is better in this one thing and the
 * same in all else.
 */
#include "cmd/lsp_fixes.h"

#include <json-c/json.h>
#include <string.h>

#include "base/json.h"
#include "cmd/lsp_check.h"
#include "fix/fix.h"

/* Something that one report or both have, so many times. */
struct count {
	char *what;	    /* "put-before-wait in f()" */
	int before, after;
	gboolean elsewhere; /* in another function than the repaired one */
};

struct lsp_trials {
	/* Of the text as it is, with all notes; NULL: nobody asked yet. */
	struct report *before;
	GHashTable *good; /* finding -> GPtrArray of struct fix */
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

static void count_free(void *count)
{
	g_free(((struct count *)count)->what);
	g_free(count);
}

/* One more of @key; takes @key and @what. */
static struct count *count_one(GHashTable *counts, char *key, char *what,
			       gboolean after)
{
	struct count *c = g_hash_table_lookup(counts, key);

	if (!c) {
		c = g_new0(struct count, 1);
		c->what = g_strdup(what);
		g_hash_table_insert(counts, g_strdup(key), c);
	}
	*(after ? &c->after : &c->before) += 1;
	g_free(key);
	g_free(what);
	return c;
}

/*
 * It says less about the same matter, such as that the accessor is written out
 * now; or it is of another function, and nobody is shown it.
 */
static gboolean is_minor(const struct lsp_worker *w, const struct finding *f,
			 const struct finding *of)
{
	if (f->severity < of->severity && !g_strcmp0(f->key, of->key))
		return TRUE;
	return f->severity < w->min &&
	       g_strcmp0(f->function, of->function) != 0;
}

static void count_report(const struct lsp_worker *w, GHashTable *counts,
			 const struct report *r, const struct finding *of,
			 gboolean after)
{
	for (guint i = 0; i < r->findings->len; i++) {
		const struct finding *f = r->findings->pdata[i];
		struct count *c;

		if (is_minor(w, f, of))
			continue;
		c = count_one(
			counts,
			g_strdup_printf("%s %s", f->fingerprint,
					severity_name(f->severity)),
			g_strdup_printf("%s in %s()", f->rule, f->function),
			after);

		c->elsewhere = g_strcmp0(f->function, of->function) != 0;
	}
	for (guint i = 0; i < r->skips->len; i++) {
		const struct coverage_skip *s = &g_array_index(
			r->skips, struct coverage_skip, i);
		char *what = g_strdup_printf("%s: %s",
					     s->function ?: s->file, s->reason);

		count_one(counts, g_strdup(what), what, after);
	}
}

/* What there is more of, or elsewhere less, or NULL; the caller frees it. */
static char *difference(GHashTable *counts)
{
	GHashTableIter it;
	char *first = NULL;
	void *value;

	g_hash_table_iter_init(&it, counts);
	while (g_hash_table_iter_next(&it, NULL, &value)) {
		const struct count *c = value;
		gboolean more = c->after > c->before;
		char *text;

		if (!more && (!c->elsewhere || c->after == c->before))
			continue;
		text = g_strconcat(more ? "it gives " : "it hides ", c->what,
				   NULL);
		if (!first || strcmp(text, first) < 0) {
			g_free(first);
			first = g_steal_pointer(&text);
		}
		g_free(text);
	}
	return first;
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

/* Why the one is no better than the other, or NULL; the caller frees it. */
static char *judge(const struct lsp_worker *w, const struct report *before,
		   const struct report *after, const struct finding *f)
{
	GHashTable *counts;
	char *why;

	if (after->errors->len > before->errors->len)
		return g_strdup_printf("it does not compile: %s",
				       before->errors->len ?
					       "one more error" :
					       (char *)after->errors->pdata[0]);
	if (times(after, f) >= times(before, f))
		return g_strdup("it is found there again");
	counts = g_hash_table_new_full(g_str_hash, g_str_equal, g_free,
				       count_free);
	count_report(w, counts, before, f, FALSE);
	count_report(w, counts, after, f, TRUE);
	why = difference(counts);
	g_hash_table_unref(counts);
	return why;
}

/* ---- trying ---- */

static struct lsp_trials *trials_of(struct lsp_check *check)
{
	struct lsp_trials *t = check->trials;

	if (t)
		return t;
	t = g_new0(struct lsp_trials, 1);
	t->good = g_hash_table_new_full(NULL, NULL, NULL,
					(GDestroyNotify)g_ptr_array_unref);
	check->trials = t;
	return t;
}

/* The check itself has only what the editor is shown. NULL: none was made. */
static const struct report *report_before(struct lsp_worker *w,
					  const struct document *doc,
					  struct lsp_trials *t)
{
	GString *text;

	if (t->before)
		return t->before;
	text = g_string_new_len(doc->text, (gssize)doc->size);
	t->before = lsp_check_text(w, doc, text);
	g_string_free(text, TRUE);
	return t->before;
}

/* Only such text comes out of JSON as it went in. */
static gboolean is_utf8(const struct fix *x)
{
	gboolean valid = TRUE;

	for (guint i = 0; i < x->edits->len; i++)
		valid &= g_utf8_validate(g_array_index(x->edits,
						       struct fix_edit,
						       i).text, -1, NULL);
	return valid;
}

/* Why the text with the edits is no better, or NULL; the caller frees it. */
static char *try_fix(struct lsp_worker *w, const struct lsp_found *found,
		     const struct fix *x)
{
	const struct document *doc = found->doc;
	const struct report *before = report_before(w, doc,
						    found->check->trials);
	GString *text = fix_apply(x, doc->text, doc->size);
	struct report *after = lsp_check_text(w, doc, text);
	char *why = before && after ?
			    judge(w, before, after, found->finding) :
			    g_strdup("it is not checked");

	g_string_free(text, TRUE);
	report_free(after);
	return why;
}

/* Adds to @good what comes of the repair, or tells the log why nothing does. */
static void try_repair(struct lsp_worker *w, const struct lsp_found *found,
		       const struct repair *r, GPtrArray *good)
{
	const struct document *doc = found->doc;
	const struct finding *f = found->finding;
	struct fix *x = fix_repair(r, doc->text, doc->size);
	char *why = !x ? g_strdup("no statement that could be changed") :
		    !is_utf8(x) ? g_strdup("what it moves is no UTF-8") :
				  try_fix(w, found, x);

	if (!why) {
		g_ptr_array_add(good, x);
		return;
	}
	lsp_log_say(w->log, "%s:%d: %s: not offered: %s%s%s", doc->path,
		    f->line, f->rule, x ? x->title : "", x ? ": " : "", why);
	fix_free(x);
	g_free(why);
}

/* The repairs of the finding that help, as struct fix. */
static const GPtrArray *good_fixes(struct lsp_worker *w,
				   const struct lsp_found *found)
{
	struct lsp_trials *t = trials_of(found->check);
	const struct finding *f = found->finding;
	GPtrArray *good = g_hash_table_lookup(t->good, f);

	if (good)
		return good;
	good = g_ptr_array_new_with_free_func((GDestroyNotify)fix_free);
	for (guint i = 0; i < f->repairs->len; i++)
		try_repair(w, found, f->repairs->pdata[i], good);
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
