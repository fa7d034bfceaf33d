// SPDX-License-Identifier: GPL-2.0-only
/*
 * Work items: the handler of one does not run beside itself. What it finds in
 * a container that nobody else empties stays there until it takes it out; and
 * whoever waits first until the handler is over may empty it as well. That
 * holds of a handler that has one item, or one in each object that has the
 * container, too.
 *
 * Who takes objects out in another file is not seen, nor what a function does
 * that the IR does not have, nor who queues the item again after it was waited
 * for.
 */
#include "rules/rule.h"

/* A work item: a member of the objects it works for, or a global. */
struct work {
	const struct func_flow *handler;
	const char *record, *member; /* record NULL: the global's name */
};

/* @away: the act that is asked about, in whoever's text; or NULL. */
typedef bool (*root_fn)(struct rule_run *r, const struct func_flow *root,
			const struct work *w, const struct act *away);

/* Is @ok true of each function that @ff is called from and nobody calls? */
static bool all_roots(struct rule_run *r, const struct func_flow *ff,
		      GHashTable *seen, root_fn ok, const struct work *w,
		      const struct act *away)
{
	guint i;

	if (!g_hash_table_add(seen, (gpointer)ff))
		return true;
	if (!rule_is_helper(ff))
		return ok(r, ff, w, away);
	for (i = 0; i < ff->callers->len; i++) {
		const struct call_site *s = ff->callers->pdata[i];

		if (!all_roots(r, flow_of(r->flow, s->caller), seen, ok, w,
			       away))
			return false;
	}
	return true;
}

static bool roots_are(struct rule_run *r, const struct func_flow *ff,
		      root_fn ok, const struct work *w,
		      const struct act *away)
{
	GHashTable *seen = g_hash_table_new(NULL, NULL);
	bool all = all_roots(r, ff, seen, ok, w, away);

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

/* Is it container_of() of the handler's parameter, and no pointer from there? */
static bool is_own(const struct expr *e, const struct work *w)
{
	return e->kind == EXPR_CONTAINER && e->owner == w->record &&
	       outermost(e) == e;
}

static bool names(const struct expr *e, const struct work *w)
{
	return e && ((e->kind == EXPR_FUNC &&
		      e->name == w->handler->func->name) ||
		     names(e->a, w) || names(e->b, w));
}

/* Does the code hand an item over that is this global, and no array? */
static bool is_single(const struct flow *fl, const char *variable)
{
	const GPtrArray *acts = fl->acts[ACT_PUBLISH];
	guint i;

	for (i = 0; i < acts->len; i++) {
		const struct act *a = acts->pdata[i];

		if (a->loc && a->loc->kind == EXPR_GLOBAL &&
		    a->loc->name == variable)
			return true;
	}
	return false;
}

/* Is @ev what makes the function the handler of the item, where that lies? */
static bool sets_up(const struct event *ev, const struct work *w)
{
	const struct expr *e = ev->lvalue;

	if (!w->record || ev->kind != EVENT_ASSIGN || e->kind != EXPR_FIELD ||
	    !model_is_work(e->owner, e->name))
		return false;
	for (e = e->a; e->kind == EXPR_FIELD; e = e->a)
		if (e->owner == w->record && e->name == w->member)
			return true;
	return false;
}

/* Does @f name the handler other than to set the item up, as for another one? */
static bool names_elsewhere(const struct func *f, const struct work *w)
{
	int b, i, k;

	for (b = 0; b < f->n_blocks; b++)
		for (i = 0; i < f->blocks[b].n_events; i++) {
			const struct event *ev = &f->blocks[b].events[i];

			if (names(ev->value, w) && !sets_up(ev, w))
				return true;
			for (k = 0; k < ev->n_args; k++)
				if (names(ev->args[k], w))
					return true;
		}
	return false;
}

/*
 * Is it a handler for this item, or this one in each object, and never called
 * by its name?
 */
static bool is_only_item(const struct rule_run *r, const struct work *w)
{
	const struct unit *u = r->flow->unit;
	guint i, statics = 0;

	if (w->handler->callers->len || !w->handler->func->is_static)
		return false;
	for (i = 0; i < u->ops->len; i++)
		statics += g_array_index(u->ops, struct ops_entry, i).function ==
			   w->handler->func->name;
	if (statics != (w->record ? 0 : 1))
		return false;
	for (i = 0; i < u->funcs->len; i++)
		if (names_elsewhere(u->funcs->pdata[i], w))
			return false;
	return true;
}

/* The global whose initialiser names the handler. */
static bool find_global(const struct rule_run *r, struct work *w)
{
	const GArray *ops = r->flow->unit->ops;
	const struct ops_entry *o;
	guint i;

	w->record = NULL;
	for (i = 0; i < ops->len; i++) {
		o = &g_array_index(ops, struct ops_entry, i);
		if (o->function != w->handler->func->name ||
		    !model_is_work(o->record, o->member))
			continue;
		w->member = o->variable;
		return is_single(r->flow, w->member);
	}
	return false;
}

static bool find_work(const struct rule_run *r, const struct func_flow *root,
		      struct work *ret)
{
	const struct func *f = root->func;

	ret->handler = root;
	return f->n_params == 1 && f->locals[0].pointers == 1 &&
	       model_is_work(f->locals[0].record, NULL) &&
	       (find_member(r, ret) || find_global(r, ret)) &&
	       is_only_item(r, ret);
}

/* ---- who takes objects away ---- */

static bool is_handler(struct rule_run *r, const struct func_flow *root,
		       const struct work *w, const struct act *away)
{
	(void)r;
	(void)away;
	return root == w->handler;
}

static bool is_item(const struct expr *loc, const struct work *w)
{
	struct flag_id id;

	if (!loc)
		return false;
	if (!w->record)
		return loc->kind == EXPR_GLOBAL && loc->name == w->member;
	return flow_flag(loc, &id) && id.record == w->record &&
	       id.name == w->member;
}

/* Is the item that was waited for the one of that container? */
static bool is_same_object(const struct rule_run *r, const struct act *drain,
			   const struct act *away, const struct work *w)
{
	struct unit *u = r->flow->unit;
	const struct expr *obj;
	const struct held *h;

	if (!w->record)
		return true;
	obj = flow_object(u, drain->loc);
	if (!obj)
		return false;
	for (h = away->locks; h; h = h->next)
		if (h->lock && flow_object(u, h->lock) == obj)
			return true;
	return rule_holder(r, away->prev, away->obj) == obj;
}

/* Did the path to @away wait for the handler, and not queue it again? */
static bool waited(const struct rule_run *r, const struct act *away,
		   const struct work *w)
{
	const struct act *a;

	for (a = away->prev; a; a = a->prev) {
		if (a->kind == ACT_PUBLISH && is_item(a->loc, w))
			return false;
		if (a->kind == ACT_DRAIN && is_item(a->loc, w))
			return is_same_object(r, a, away, w);
	}
	return false;
}

static bool same_text(const struct act *a, const struct act *b)
{
	return a->kind == b->kind && a->func == b->func &&
	       a->at.line == b->at.line && a->at.column == b->at.column;
}

/*
 * Does the function come to this place over a wait for the handler? One that
 * does so on some of the ways there knows when there is nothing to wait for.
 */
static bool waits_before(const struct rule_run *r, const struct act *place,
			 const struct work *w)
{
	const struct act *const *acts;
	guint i, n;

	acts = flow_acts(r->flow, place->in, place->kind, &n);
	for (i = 0; i < n; i++)
		if (rule_same_event(acts[i], place) &&
		    same_text(acts[i], place) && waited(r, acts[i], w))
			return true;
	return false;
}

/* Is it the handler, or does it wait for the handler before it comes to @away? */
static bool handler_or_after(struct rule_run *r, const struct func_flow *root,
			     const struct work *w, const struct act *away)
{
	const struct act *const *acts;
	bool any = false;
	guint i, n;

	if (is_handler(r, root, w, away))
		return true;
	acts = flow_acts(r->flow, root, away->kind, &n);
	for (i = 0; i < n; i++) {
		if (!same_text(acts[i], away))
			continue;
		if (!waits_before(r, acts[i], w))
			return false;
		any = true;
	}
	return any;
}

static bool is_serial(struct rule_run *r, const struct act *away,
		      const void *work)
{
	return roots_are(r, away->in, handler_or_after, work, away);
}

/* Handlers of one function for several objects run beside each other. */
static bool is_in_own_object(const struct rule_run *r,
			     const struct act *select, const struct work *w)
{
	const struct act *const *acts;
	const struct expr *holder;
	bool any = false;
	guint i, n;

	if (!w->record)
		return true;
	acts = flow_acts(r->flow, w->handler, ACT_SELECT, &n);
	for (i = 0; i < n; i++) {
		if (acts[i]->at.line != select->at.line ||
		    acts[i]->at.file != select->at.file)
			continue;
		holder = rule_holder(r, acts[i], acts[i]->obj);
		if (!holder || !is_own(holder, w))
			return false;
		any = true;
	}
	return any;
}

bool rule_removed_by_itself(struct rule_run *r, const struct act *select)
{
	struct work w;

	return find_work(r, first_root(r->flow, r->ff), &w) &&
	       roots_are(r, r->ff, is_handler, &w, NULL) &&
	       is_in_own_object(r, select, &w) &&
	       rule_all_takers(r, select->obj->record, is_serial, &w);
}
