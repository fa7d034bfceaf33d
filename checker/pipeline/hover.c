// SPDX-License-Identifier: GPL-2.0-only
/*
 * What is known of the pair that a word belongs to, for somebody who points at
 * it: the flag, one of its accessors, or the bits that it is one of. Only what
 * this unit and the model say; what mining counted elsewhere comes with the
 * model, as its reason.
 */
#include "pipeline/private.h"

#include <string.h>

#include "frontend/session.h"
#include "model/model.h"

/* Places that are told of a pair; the rest is counted. */
enum { MAX_PLACES = 8 };

/* ---- which pairs are meant ---- */

static bool is_accessor(const struct pair *p, const char *function)
{
	GPtrArray *names = g_ptr_array_new();
	bool found;

	pair_accessors(p, ACT_SET, names);
	pair_accessors(p, ACT_CLEAR, names);
	found = g_ptr_array_find_with_equal_func(names, function, g_str_equal,
						 NULL);
	g_ptr_array_unref(names);
	return found;
}

/* "PG_private" of "flags:PG_private"; NULL: it is a member of its own. */
static const char *bit_of(const struct pair *p)
{
	const char *colon = strchr(p->flag.name, ':');

	return colon ? colon + 1 : NULL;
}

static bool is_member(const struct pair *p, const char *record,
		      const char *member)
{
	const char *bit = bit_of(p);
	gsize length = bit ? (gsize)(bit - p->flag.name) - 1 :
			     strlen(p->flag.name);

	return !g_strcmp0(p->flag.record, record) &&
	       strlen(member) == length &&
	       !strncmp(p->flag.name, member, length);
}

/* Another word may have a bit of the same name or number. */
static bool is_bit(const struct pair *p, const struct named *n)
{
	return !g_strcmp0(bit_of(p), n->word) &&
	       (n->defined || (n->of_member &&
			       is_member(p, n->of_record, n->of_member)));
}

static bool is_meant(const struct pair *p, const struct named *n)
{
	if (n->member)
		return is_member(p, n->record, n->member);
	if (n->function)
		return is_accessor(p, n->function);
	return is_bit(p, n) || is_accessor(p, n->word);
}

/* ---- what is told ---- */

static void tell_object(GString *out, const struct pair *p)
{
	g_string_append_printf(out, "**`%s.%s`** owns a reference",
			       p->flag.record, p->flag.name);
	if (!p->object_known)
		g_string_append(out, " on an object that is not named");
	else if (*p->object)
		g_string_append_printf(out, " on `%s`", p->object);
	else
		g_string_append(out, " on the object that it is in");
	if (p->object_record)
		g_string_append_printf(out, ", a `struct %s`",
				       p->object_record);
	if (p->count)
		g_string_append_printf(out, ", counted by `%s`", p->count);
	g_string_append(out, ".\n");
}

static void tell_accessors(GString *out, const struct pair *p,
			   enum act_kind write, const char *what)
{
	GPtrArray *names = g_ptr_array_new();
	guint i;

	pair_accessors(p, write, names);
	for (i = 0; i < names->len; i++)
		g_string_append_printf(out, "%s`%s()`", i ? ", " : what,
				       (const char *)names->pdata[i]);
	if (names->len)
		g_string_append(out, "\n");
	g_ptr_array_unref(names);
}

static void tell_decl(GString *out, const struct pair_decl *d)
{
	static const char *const origins[] = {
		[ORIGIN_BUILTIN] = "known to pincheck",
		[ORIGIN_DECLARED] = "declared",
		[ORIGIN_ANNOTATED] = "annotated",
		[ORIGIN_MINED] = "mined from the whole program",
	};

	g_string_append_printf(out, "- %s", origins[d->origin]);
	if (d->file)
		g_string_append_printf(out, ", `%s:%d`", d->file, d->line);
	if (d->reason)
		g_string_append_printf(out, ": %s", d->reason);
	g_string_append(out, "\n");
}

static void tell_place(GString *out, const struct pair_site *s)
{
	bool set = s->write->kind == ACT_SET;

	g_string_append_printf(out, "  - `%s:%d`, `%s()` %s it",
			       s->in->func->loc.file, act_line(s->write),
			       s->in->func->name, set ? "sets" : "clears");
	if (s->ref)
		g_string_append_printf(out, " and %s one in line %d%s",
				       set ? "takes" : "drops",
				       act_line(s->ref),
				       s->lost ? ", but not on each way" : "");
	else
		g_string_append_printf(out, " and %s none",
				       set ? "takes" : "drops");
	g_string_append(out, "\n");
}

static void tell_places(GString *out, const struct pair *p)
{
	guint i;

	if (!p->sites->len)
		return;
	g_string_append_printf(
		out, "- in this unit %d of %d places that set it take a reference, "
		"%d of %d that clear it drop one\n", p->sets_with_get, p->sets,
		p->clears_with_put, p->clears);
	for (i = 0; i < p->sites->len && i < MAX_PLACES; i++)
		tell_place(out, p->sites->pdata[i]);
	if (i < p->sites->len)
		g_string_append_printf(out, "  - %u more\n", p->sites->len - i);
}

static void tell_lock(GString *out, const struct flow *fl, const struct pair *p)
{
	const struct guard *g = flow_guard(fl, &p->flag);

	if (g)
		g_string_append_printf(out, "\nLock: `%s%s%s`, held at %d of "
				       "%d writes in this unit.\n",
				       g->lock_owner ? g->lock_owner : "",
				       g->lock_owner ? "." : "", g->lock_field,
				       g->guarded, g->writes);
	else if (p->decl && p->decl->lock)
		g_string_append_printf(out, "\nLock: `%s.%s`.\n",
				       p->flag.record, p->decl->lock);
}

static void tell_pair(GString *out, const struct flow *fl, const struct pair *p)
{
	if (out->len)
		g_string_append(out, "\n---\n\n");
	tell_object(out, p);
	tell_accessors(out, p, ACT_SET, "\nSet with its get: ");
	tell_accessors(out, p, ACT_CLEAR, "\nCleared with its put: ");
	g_string_append(out, "\nWhy this is believed:\n\n");
	if (p->decl)
		tell_decl(out, p->decl);
	tell_places(out, p);
	tell_lock(out, fl, p);
}

/* NULL: it is part of no pair. */
static char *tell(const struct flow *fl, const struct named *n)
{
	GString *out = g_string_new(NULL);
	guint i;

	for (i = 0; i < fl->pairs->len; i++)
		if (is_meant(fl->pairs->pdata[i], n))
			tell_pair(out, fl, fl->pairs->pdata[i]);
	return g_string_free(out, !out->len);
}

static char *tell_unit(struct unit *u, const struct compile_command *cmd,
		       const struct pipeline_options *opt,
		       const struct named *n)
{
	struct model *own = annotated_model(u, opt->model, NULL);
	struct imports *imports = stored_imports(cmd, opt);
	struct flow *fl = flow_new(u, own ? own : opt->model,
				   imports_world(imports));
	char *text = tell(fl, n);

	flow_free(fl);
	imports_free(imports);
	model_free(own);
	return text;
}

static bool find_named(const struct compile_command *cmd,
		       const struct pipeline_options *opt, int line, int column,
		       struct named *ret)
{
	char *path = g_canonicalize_filename(cmd->file, cmd->directory);
	bool found = session_named_at(opt->session, cmd, path, line, column,
				      ret);

	g_free(path);
	return found;
}

struct pipeline_hover *pipeline_hover(const struct compile_command *cmd,
				      const struct pipeline_options *opt,
				      int line, int column)
{
	struct pipeline_hover *h = NULL;
	char *text = NULL;
	struct named n;
	struct unit *u;

	read_unit(cmd, opt, &u);
	if (find_named(cmd, opt, line, column, &n)) {
		text = tell_unit(u, cmd, opt, &n);
		if (text) {
			h = g_new0(struct pipeline_hover, 1);
			h->text = text;
			h->line = n.line;
			h->column = n.column;
			h->length = n.length;
		}
		named_clear(&n);
	}
	unit_free(u);
	return h;
}

void pipeline_hover_free(struct pipeline_hover *h)
{
	if (!h)
		return;
	g_free(h->text);
	g_free(h);
}
