// SPDX-License-Identifier: GPL-2.0-only
/*
 * Work items: the handler of one does not run beside itself. What it finds in
 * a container that nobody else empties stays there until it takes it out; and
 * whoever waits first until the handler is over may empty it as well.
 *
 * Who takes objects out in another file is not seen.
 */
#include "rules/rule.h"

#include <string.h>

/* A work item: a member of the objects it works for, or a global. */
struct work {
	const struct func_flow *handler;
	const char *record, *member; /* record NULL: the global's name */
};

typedef bool (*root_fn)(struct rule_run *r, const struct func_flow *root,
			const struct work *w);

/* Is @ok true of each function that @ff is called from and nobody calls? */
static bool all_roots(struct rule_run *r, const struct func_flow *ff,
		      GHashTable *seen, root_fn ok, const struct work *w)
{
	guint i;

	if (!g_hash_table_add(seen, (gpointer)ff))
		return true;
	if (!rule_is_helper(ff))
		return ok(r, ff, w);
	for (i = 0; i < ff->callers->len; i++) {
		const struct call_site *s = ff->callers->pdata[i];

		if (!all_roots(r, flow_of(r->flow, s->caller), seen, ok, w))
			return false;
	}
	return true;
}

static bool roots_are(struct rule_run *r, const struct func_flow *ff,
		      root_fn ok, const struct work *w)
{
	GHashTable *seen = g_hash_table_new(NULL, NULL);
	bool all = all_roots(r, ff, seen, ok, w);

	g_hash_table_unref(seen);
	return all;
}

static const struct func_flow *first_root(const struct flow *fl,
					  const struct func_flow *ff)
{
	int depth;

	for (depth = 0; depth < 16 && rule_is_helper(ff); depth++) {
		const struct call_site *s = ff->callers->pdata[0];

		ff = flow_of(fl, s->caller);
	}
	return ff;
}

/* ---- which work item a handler is for ---- */

/* container_of() of the handler's parameter, or of one of that; or NULL. */
static const struct expr *outermost(const struct expr *e)
{
	const struct expr *inner, *found;

	if (!e)
		return NULL;
	for (inner = e; inner->kind == EXPR_CONTAINER;)
		inner = inner->a;
	if (inner != e && inner->kind == EXPR_PARAM && inner->id == 0)
		return e;
	found = outermost(e->a);
	return found ? found : outermost(e->b);
}

/* The object that the handler says its work item is in. */
static bool find_member(const struct rule_run *r, struct work *w)
{
	const struct act *const *acts;
	const struct expr *e = NULL;
	guint i, n;
	int kind;

	for (kind = 0; kind < ACT_KINDS && !e; kind++) {
		acts = flow_acts(r->flow, w->handler, (enum act_kind)kind, &n);
		for (i = 0; i < n && !e; i++) {
			e = outermost(acts[i]->obj);
			e = e ? e : outermost(acts[i]->loc);
		}
	}
	if (!e)
		return false;
	w->record = e->owner;
	w->member = e->name;
	return true;
}

/* The one global whose initialiser names the handler. */
static bool find_global(const struct rule_run *r, struct work *w)
{
	const GArray *ops = r->flow->unit->ops;
	const struct ops_entry *o, *found = NULL;
	guint i;

	for (i = 0; i < ops->len; i++) {
		o = &g_array_index(ops, struct ops_entry, i);
		if (o->function != w->handler->func->name)
			continue;
		if (found || !model_is_work(o->record, o->member))
			return false;
		found = o;
	}
	w->record = NULL;
	w->member = found ? found->variable : NULL;
	return found != NULL;
}

static bool find_work(const struct rule_run *r, const struct func_flow *root,
		      struct work *ret)
{
	const struct func *f = root->func;

	ret->handler = root;
	return f->n_params == 1 && f->locals[0].pointers == 1 &&
	       model_is_work(f->locals[0].record, NULL) &&
	       (find_member(r, ret) || find_global(r, ret));
}

/* ---- who takes objects away ---- */

static bool is_handler(struct rule_run *r, const struct func_flow *root,
		       const struct work *w)
{
	(void)r;
	return root == w->handler;
}

/* The work item, or a part of it: a delayed one has one inside. */
static bool waits_for(const struct act *drain, const struct work *w)
{
	struct flag_id id;
	char end;

	if (drain->kind != ACT_DRAIN || !drain->loc)
		return false;
	if (!w->record)
		return drain->loc->kind == EXPR_GLOBAL &&
		       drain->loc->name == w->member;
	if (!flow_flag(drain->loc, &id) || id.record != w->record ||
	    !g_str_has_prefix(w->member, id.name))
		return false;
	end = w->member[strlen(id.name)];
	return end == '\0' || end == '.';
}

/*
 * Is it the handler, or does it wait for the handler first? One that does so on
 * some of its paths knows when there is nothing to wait for.
 */
static bool handler_or_after(struct rule_run *r, const struct func_flow *root,
			     const struct work *w)
{
	const struct act *const *drains;
	guint i, n;

	if (is_handler(r, root, w))
		return true;
	drains = flow_acts(r->flow, root, ACT_DRAIN, &n);
	for (i = 0; i < n; i++)
		if (waits_for(drains[i], w))
			return true;
	return false;
}

/* Are all who take such objects out the handler, or wait for it? */
static bool empties_alone(struct rule_run *r, const char *record,
			  const struct work *w)
{
	const GPtrArray *acts = r->flow->acts[ACT_REMOVE];
	bool any = false;
	guint i;

	for (i = 0; i < acts->len; i++) {
		const struct act *a = acts->pdata[i];

		if (a->via || !a->obj || a->obj->record != record)
			continue;
		if (!roots_are(r, a->in, handler_or_after, w))
			return false;
		any = true;
	}
	return any;
}

/* Handlers of one function for several objects run beside each other. */
static bool is_in_own_object(const struct rule_run *r,
			     const struct act *select, const struct work *w)
{
	const struct act *const *acts;
	bool any = false;
	guint i, n;

	if (!w->record)
		return true;
	acts = flow_acts(r->flow, w->handler, ACT_SELECT, &n);
	for (i = 0; i < n; i++) {
		if (acts[i]->at.line != select->at.line ||
		    acts[i]->at.file != select->at.file)
			continue;
		if (!outermost(acts[i]->loc))
			return false;
		any = true;
	}
	return any;
}

bool rule_removed_by_itself(struct rule_run *r, const struct act *select)
{
	struct work w;

	return find_work(r, first_root(r->flow, r->ff), &w) &&
	       roots_are(r, r->ff, is_handler, &w) &&
	       is_in_own_object(r, select, &w) &&
	       empties_alone(r, select->obj->record, &w);
}
