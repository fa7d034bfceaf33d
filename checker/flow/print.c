// SPDX-License-Identifier: GPL-2.0-only
/* Text of what flow knows, for `pincheck dump` and for messages. */
#include "flow/ownership.h"
#include "flow/state.h"

#include <string.h>

const char *act_name(enum act_kind kind)
{
	static const char *const names[] = {
		[ACT_GET] = "get",	   [ACT_PUT] = "put",
		[ACT_ALLOC] = "alloc",	   [ACT_FREE] = "free",
		[ACT_LOCK] = "lock",	   [ACT_UNLOCK] = "unlock",
		[ACT_SET] = "set",	   [ACT_CLEAR] = "clear",
		[ACT_STORE] = "store",	   [ACT_TEST] = "test",
		[ACT_LOAD] = "load",	   [ACT_WAIT] = "wait",
		[ACT_SLEEP] = "sleep",	   [ACT_PREPARE] = "prepare",
		[ACT_WAKE] = "wake",	   [ACT_PUBLISH] = "publish",
		[ACT_DRAIN] = "drain",	   [ACT_SELECT] = "select",
		[ACT_INSERT] = "insert",   [ACT_REMOVE] = "remove",
		[ACT_USE] = "use",	   [ACT_CALL] = "call",
		[ACT_RETURN] = "return",
	};

	return names[kind];
}

struct naming {
	const struct flow *fl;
	const struct func *f;
	const struct func_flow *ff;
};

static const struct expr *name_leaf(struct naming *n, const struct expr *e)
{
	const char *name = "object";

	if (e->kind == EXPR_PARAM && n->f && e->id < n->f->n_params)
		name = n->f->locals[e->id].name;
	else if (e->kind != EXPR_FRESH && e->kind != EXPR_PARAM)
		return e;
	return expr_named(n->fl->unit, EXPR_GLOBAL, name, e->record,
			  e->pointers);
}

/* The variable that a value was put into says more than where it came from. */
static const struct expr *renamed(struct naming *n, const struct expr *e)
{
	const char *name = n->ff ? g_hash_table_lookup(n->ff->names, e) : NULL;
	const struct expr *a;

	if (name)
		return expr_named(n->fl->unit, EXPR_GLOBAL, name, e->record,
				  e->pointers);
	if (!e->a)
		return name_leaf(n, e);
	/* an element of the array of all pages is *page */
	if (e->kind == EXPR_INDEX) {
		a = expr_binary(n->fl->unit, '+', e->a, e->b);
		name = n->ff ? g_hash_table_lookup(n->ff->names, a) : NULL;
		if (name)
			return expr_deref(n->fl->unit, renamed(n, a));
	}
	a = renamed(n, e->a);
	if (a != e->a)
		e = expr_replace(n->fl->unit, e, e->a, a);
	if (e->b) {
		a = renamed(n, e->b);
		if (a != e->b)
			e = expr_replace(n->fl->unit, e, e->b, a);
	}
	return e;
}

char *flow_text(const struct flow *fl, const struct func *f,
		const struct expr *e)
{
	struct naming n = { fl, f, f ? flow_of(fl, f) : NULL };

	return expr_text(renamed(&n, e), f);
}

static void put_rel(GString *out, int rel)
{
	if (rel > 255)
		g_string_append_printf(out, " %c%c", rel >> 8, rel & 255);
	else if (rel)
		g_string_append_printf(out, " %c", rel);
}

static void print_act(GString *out, const struct act *a, const struct func *f)
{
	const struct via *v;

	g_string_append(out, act_name(a->kind));
	if (a->loc) {
		g_string_append_c(out, ' ');
		expr_print(out, a->loc, f);
	}
	if (a->obj && !a->loc) {
		g_string_append_c(out, ' ');
		expr_print(out, a->obj, f);
	}
	put_rel(out, a->rel);
	if (a->value) {
		g_string_append_c(out, ' ');
		expr_print(out, a->value, f);
	}
	if (a->class)
		g_string_append_printf(out, " [%s]", a->class);
	if (a->kind == ACT_PUT && a->last)
		g_string_append(out, a->last == LAST_YES ? " (last)" :
							   " (not last)");
	if (a->is_init)
		g_string_append(out, " (init)");
	if (a->kept)
		g_string_append(out, " (kept)");
	if (a->kind == ACT_CALL && a->name)
		g_string_append_printf(out, " %s()", a->name);
	for (v = a->via; v; v = v->inner)
		g_string_append_printf(out, " <%s", v->callee);
}

static void print_locks(GString *out, const struct act *a,
			const struct func *f)
{
	const struct held *h;

	if (!a->locks)
		return;
	g_string_append(out, "  {");
	for (h = a->locks; h; h = h->next) {
		if (h->lock)
			expr_print(out, h->lock, f);
		else
			g_string_append(out, h->class);
		g_string_append(out, h->next ? ", " : "}");
	}
}

static void print_trace(GString *out, const struct func_flow *ff,
			const struct act *leaf, guint n)
{
	struct arena *scratch = arena_new();
	const struct act **acts;
	int i, len;

	acts = flow_trace(scratch, leaf, &len);
	g_string_append_printf(out, "  trace %u:\n", n);
	for (i = 0; i < len; i++) {
		g_string_append_printf(out, "    %5d ", acts[i]->at.line);
		print_act(out, acts[i], ff->func);
		print_locks(out, acts[i], ff->func);
		g_string_append_c(out, '\n');
	}
	arena_free(scratch);
}

static void print_flow(GString *out, const struct func_flow *ff)
{
	guint i;

	g_string_append_printf(out, "%s: %d steps, %u traces%s%s\n",
			       ff->func->name, ff->steps, ff->traces->len,
			       ff->bounded ? ", bounded: " : "",
			       ff->bounded ? ff->bound : "");
	for (i = 0; i < ff->traces->len; i++)
		print_trace(out, ff, ff->traces->pdata[i], i);
}

static void print_outcome(GString *out, const struct outcome *o,
			  const struct func *f)
{
	int i;

	g_string_append(out, "  returns ");
	if (o->result)
		expr_print(out, o->result, f);
	if (o->nonzero)
		g_string_append(out, " != 0");
	g_string_append_c(out, '\n');
	for (i = 0; i < o->n_acts; i++) {
		g_string_append(out, "    ");
		print_act(out, o->acts[i], f);
		g_string_append_c(out, '\n');
	}
}

void summary_text(GString *out, const struct summary *s, const char *name,
		  const struct func *f)
{
	int i;

	g_string_append_printf(out, s->known ? "%s:\n" : "%s: no summary\n",
			       name);
	for (i = 0; s->known && i < s->n_outcomes; i++)
		print_outcome(out, &s->outcomes[i], f);
}

static void print_locks_of(GString *out, const struct func *f,
			   const GArray *locks)
{
	guint i;

	for (i = 0; i < locks->len; i++) {
		const struct entry_lock *e = &g_array_index(
			locks, struct entry_lock, i);

		g_string_append_printf(out, "%s: ", f->name);
		if (e->lock)
			expr_print(out, e->lock, f);
		else
			g_string_append_printf(out, "some %s.%s",
					       e->owner ? e->owner : "",
					       e->field ? e->field : e->class);
		g_string_append_printf(out, " (%s)\n", e->why);
	}
}

static void print_entry(GString *out, const struct func_flow *ff)
{
	GArray *asserted = locks_asserted(ff);

	print_locks_of(out, ff->func, ff->entry_locks);
	print_locks_of(out, ff->func, asserted);
	g_array_unref(asserted);
}

static void print_guards(GString *out, const struct flow *fl)
{
	guint i;

	for (i = 0; i < fl->guards->len; i++) {
		const struct guard *g = fl->guards->pdata[i];

		g_string_append_printf(out, "%s.%s: %s%s%s (%d of %d writes)\n",
				       g->flag.record, g->flag.name,
				       g->lock_owner ? g->lock_owner : "",
				       g->lock_owner ? "." : "",
				       g->lock_field, g->guarded, g->writes);
	}
}

static void print_pairs(GString *out, const struct flow *fl)
{
	guint i;

	for (i = 0; i < fl->pairs->len; i++) {
		const struct pair *p = fl->pairs->pdata[i];

		if (!p->sites->len)
			continue;
		g_string_append_printf(out,
			"%s.%s owns %s%s: %d of %d sets get, %d of %d clears put (%d tested)%s\n",
			p->flag.record, p->flag.name,
			*p->object ? p->object : "itself",
			p->origin == ORIGIN_MINED ? "" : " (declared)",
			p->sets_with_get, p->sets, p->clears_with_put,
			p->clears, p->clears_tested,
			p->count ? "" : " [api]");
	}
}

static void print_balance(GString *out, const struct flow *fl,
			  const struct func_flow *ff)
{
	struct arena *scratch = arena_new();
	const struct ownership *o = ownership_new(fl, ff, scratch);

	if (o)
		ownership_print(out, o);
	arena_free(scratch);
}

void flow_print(GString *out, const struct flow *fl, const char *what,
		const char *function)
{
	guint i;

	if (!strcmp(what, "guards"))
		print_guards(out, fl);
	if (!strcmp(what, "pairs"))
		print_pairs(out, fl);
	for (i = 0; i < fl->funcs->len; i++) {
		const struct func_flow *ff = fl->funcs->pdata[i];

		if (function ? strcmp(function, ff->func->name) != 0 :
			       !ff->func->in_main_file)
			continue;
		if (!strcmp(what, "flow"))
			print_flow(out, ff);
		if (!strcmp(what, "summary"))
			summary_text(out, &ff->summary, ff->func->name,
				     ff->func);
		if (!strcmp(what, "balance"))
			print_balance(out, fl, ff);
		if (!strcmp(what, "entry"))
			print_entry(out, ff);
	}
}
