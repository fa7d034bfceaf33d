// SPDX-License-Identifier: GPL-2.0-only
/*
 * Summaries: the ways a call of a function can end, each with the acts a
 * caller can see, in terms of the parameters. A call replays them in the
 * caller: to any depth of helpers, as if the body stood there.
 *
 * A function with too many ways is summarised more coarsely: first without
 * tests and loads, then without locks it released itself, at last by what all
 * ways with one result have in common.
 */
#include "flow/state.h"

#define MAX_ACTS 40

enum detail { DETAIL_FULL, DETAIL_EFFECTS, DETAIL_NET, DETAIL_COMMON };

/* Each way splits every path of a caller, so few are kept. */
static const guint max_outcomes[] = {
	[DETAIL_FULL] = 4, [DETAIL_EFFECTS] = 4,
	[DETAIL_NET] = 4,  [DETAIL_COMMON] = 8,
};

/* ---- making them ---- */

static bool mentions_param(const struct expr *e)
{
	if (!e)
		return false;
	if (e->kind == EXPR_PARAM || e->kind == EXPR_GLOBAL)
		return true;
	return mentions_param(e->a) || mentions_param(e->b);
}

static bool visible(const struct act *a, const struct expr *result)
{
	return mentions_param(a->obj) || mentions_param(a->loc) ||
	       a->class || (a->obj && a->obj == result) ||
	       (a->obj && a->obj->kind == EXPR_FRESH);
}

static bool exported(const struct act *a, const struct expr *result,
		     enum detail detail)
{
	switch (a->kind) {
	case ACT_LOAD:
	case ACT_RETURN:
		return false;
	case ACT_SLEEP:
	case ACT_PREPARE:
		return true;
	case ACT_TEST:
	case ACT_CALL:
	case ACT_USE:
		return detail == DETAIL_FULL && visible(a, result);
	default:
		return visible(a, result);
	}
}

/* Drops LOCK ... UNLOCK with nothing exported between them. */
static int drop_empty_sections(const struct act **acts, int n)
{
	int i, kept = 0;

	for (i = 0; i < n; i++) {
		if (acts[i]->kind == ACT_UNLOCK && kept &&
		    acts[kept - 1]->kind == ACT_LOCK &&
		    acts[kept - 1]->loc == acts[i]->loc)
			kept--;
		else
			acts[kept++] = acts[i];
	}
	return kept;
}

static void make_outcome(struct flow *fl, const struct act *leaf,
			 enum detail detail, struct outcome *ret)
{
	const struct act *a;
	int n = 0, i;

	for (a = leaf; a; a = a->prev)
		n += exported(a, leaf->value, detail);
	ret->acts = arena_new_array(fl->arena, const struct act *, n);
	i = n;
	for (a = leaf; a; a = a->prev)
		if (exported(a, leaf->value, detail))
			ret->acts[--i] = a;
	if (detail >= DETAIL_NET)
		n = drop_empty_sections(ret->acts, n);
	ret->n_acts = n;
	ret->result = leaf->value;
	ret->fields = leaf->fields;
	ret->given = leaf->given;
	ret->low = G_MININT64;
	ret->high = G_MAXINT64;
	ret->nonzero = leaf->rel == OP2('!', '=') || leaf->rel == '>' ||
		       leaf->rel == '<';
	if (leaf->rel == OP2('=', '=') && leaf->value &&
	    leaf->value->kind == EXPR_PARAM)
		ret->low = ret->high = 0;
	if (leaf->rel == '>')
		ret->low = 1;
	if (leaf->rel == '<')
		ret->high = -1;
}

static bool same_act(const struct act *a, const struct act *b)
{
	return a->kind == b->kind && a->obj == b->obj && a->loc == b->loc &&
	       a->value == b->value && a->rel == b->rel && a->last == b->last;
}

static bool same_result(const struct outcome *a, const struct outcome *b)
{
	return a->result == b->result && a->low == b->low &&
	       a->high == b->high && a->nonzero == b->nonzero;
}

static bool same_outcome(const struct outcome *a, const struct outcome *b)
{
	int i;

	if (!same_result(a, b) || a->n_acts != b->n_acts)
		return false;
	for (i = 0; i < a->n_acts; i++)
		if (!same_act(a->acts[i], b->acts[i]))
			return false;
	return true;
}

static bool has_act(const struct outcome *o, const struct act *a)
{
	int i;

	for (i = 0; i < o->n_acts; i++)
		if (same_act(o->acts[i], a))
			return true;
	return false;
}

/* Both ways put this object: one of them the last reference, or not. */
static const struct act *either_put(struct flow *fl, const struct outcome *o,
				    const struct act *put)
{
	struct act *unknown;
	int i;

	for (i = 0; put->kind == ACT_PUT && i < o->n_acts; i++) {
		if (o->acts[i]->kind != ACT_PUT ||
		    o->acts[i]->obj != put->obj || o->acts[i]->loc != put->loc)
			continue;
		unknown = arena_copy(fl->arena, put, sizeof(*put));
		unknown->last = LAST_UNKNOWN;
		return unknown;
	}
	return NULL;
}

/* Keeps in @into what @other does as well. */
static void intersect(struct flow *fl, struct outcome *into,
		      const struct outcome *other)
{
	const struct act *a;
	int i, kept = 0;

	for (i = 0; i < into->n_acts; i++) {
		a = into->acts[i];
		if (!has_act(other, a))
			a = either_put(fl, other, a);
		if (a)
			into->acts[kept++] = a;
	}
	into->n_acts = kept;
}

static const struct fact *find_given(const struct fact *list,
				     const struct expr *value)
{
	for (; list; list = list->next)
		if (list->value == value)
			return list;
	return NULL;
}

/* Two ways become one: it needs of parameters what both did, at the least. */
static void widen_given(struct flow *fl, struct outcome *into,
			const struct fact *other)
{
	const struct fact *f, *g, *list = NULL;
	struct fact *n;

	for (f = into->given; f; f = f->next) {
		g = find_given(other, f->value);
		if (!g)
			continue;
		n = arena_copy(fl->arena, f, sizeof(*f));
		n->low = MIN(f->low, g->low);
		n->high = MAX(f->high, g->high);
		n->nonzero = f->nonzero && g->nonzero;
		n->next = list;
		list = n;
	}
	into->given = list;
}

static bool merge_common(struct flow *fl, GArray *outcomes,
			 const struct outcome *o)
{
	guint i;

	for (i = 0; i < outcomes->len; i++) {
		struct outcome *known = &g_array_index(outcomes,
						       struct outcome, i);

		if (same_result(known, o)) {
			intersect(fl, known, o);
			widen_given(fl, known, o->given);
			return true;
		}
	}
	return false;
}

static bool merge_same(struct flow *fl, GArray *outcomes,
		       const struct outcome *o)
{
	guint i;

	for (i = 0; i < outcomes->len; i++) {
		struct outcome *known = &g_array_index(outcomes,
						       struct outcome, i);

		if (same_outcome(known, o)) {
			widen_given(fl, known, o->given);
			return true;
		}
	}
	return false;
}

/* Fills @outcomes at this detail; false: there are too many. */
static bool collect(struct flow *fl, struct func_flow *ff, GArray *outcomes,
		    enum detail detail)
{
	struct outcome o;
	guint i;

	g_array_set_size(outcomes, 0);
	for (i = 0; i < ff->traces->len; i++) {
		if (((const struct act *)ff->traces->pdata[i])->kind !=
		    ACT_RETURN)
			continue;
		make_outcome(fl, ff->traces->pdata[i], detail, &o);
		if (o.n_acts > MAX_ACTS && detail < DETAIL_COMMON)
			return false;
		if (detail == DETAIL_COMMON && merge_common(fl, outcomes, &o))
			continue;
		if (merge_same(fl, outcomes, &o))
			continue;
		if (outcomes->len >= max_outcomes[detail])
			return false;
		g_array_append_val(outcomes, o);
	}
	return true;
}

/* Which parameters the body dereferences, whatever the path. */
static void note_use(struct func_flow *ff, const struct expr *lvalue)
{
	while (lvalue && lvalue->kind != EXPR_DEREF)
		lvalue = lvalue->a;
	if (lvalue && lvalue->a->kind == EXPR_LOCAL &&
	    lvalue->a->id < MIN(ff->func->n_params, 64))
		ff->uses_params |= (guint64)1 << lvalue->a->id;
}

static void note_call(struct flow *fl, struct func_flow *ff,
		      const struct event *ev)
{
	struct func *f = ev->callee->kind == EXPR_FUNC ?
				 unit_find(fl->unit, ev->callee->name) : NULL;
	struct func_flow *callee = f ? flow_of(fl, f) : NULL;
	int i;

	if (!callee)
		return;
	for (i = 0; i < MIN(ev->n_args, 64); i++)
		if (callee->uses_params >> i & 1 &&
		    ev->args[i]->kind == EXPR_LOCAL &&
		    ev->args[i]->id < MIN(ff->func->n_params, 64))
			ff->uses_params |= (guint64)1 << ev->args[i]->id;
}

static void find_uses(struct flow *fl, struct func_flow *ff)
{
	const struct func *f = ff->func;
	int b, i;

	for (b = 0; b < f->n_blocks; b++) {
		for (i = 0; i < f->blocks[b].n_events; i++) {
			const struct event *ev = &f->blocks[b].events[i];

			if (ev->kind == EVENT_ACCESS &&
			    ev->access != ACCESS_ADDRESS)
				note_use(ff, ev->lvalue);
			if (ev->kind == EVENT_CALL)
				note_call(fl, ff, ev);
		}
	}
}

void summary_compute(struct flow *fl, struct func_flow *ff)
{
	enum detail d = DETAIL_FULL;

	find_uses(fl, ff);
	ff->outcomes = g_array_new(FALSE, TRUE, sizeof(struct outcome));
	while (!collect(fl, ff, ff->outcomes, d)) {
		if (d == DETAIL_COMMON) {
			/* more results than ways: as if nobody knew it */
			g_array_unref(ff->outcomes);
			ff->outcomes = NULL;
			return;
		}
		d++;
	}
}

/* ---- applying them ---- */

struct replay {
	struct explorer *x;
	struct state *st;
	const struct state *before; /* the call: what its arguments point at */
	struct func_flow *callee;
	const struct expr **args;
	int n_args;
};

static const struct expr *map_leaf(const struct expr *leaf, void *data)
{
	struct replay *r = data;

	switch (leaf->kind) {
	case EXPR_PARAM:
		if (leaf->id < r->n_args)
			return r->args[leaf->id];
		return eval_fresh(r->x, r->st, 500 + leaf->id, leaf->record,
				  leaf->pointers);
	case EXPR_LOCAL:
		return eval_fresh(r->x, r->st, 1000 + leaf->id, leaf->record,
				  leaf->pointers);
	case EXPR_FRESH:
		return eval_fresh(r->x, r->st, 5000 + leaf->id, leaf->record,
				  leaf->pointers);
	default:
		return NULL;
	}
}

static const struct expr *root_of(const struct expr *e)
{
	while (e->kind == EXPR_FIELD || e->kind == EXPR_BIT)
		e = e->a;
	return e;
}

static const struct expr *known_parts(struct replay *r, const struct expr *e,
				       bool place);

/*
 * What the callee reads over a pointer to a local of the caller (*p, *p->lock)
 * is what that local held before the call, which the caller knows. Of other
 * memory the callee's name is the caller's name. A place stays one: only the
 * pointers that lead to it are known.
 */
static const struct expr *known(struct replay *r, const struct expr *e,
				bool place)
{
	if (root_of(e)->kind != EXPR_LOCAL)
		return known_parts(r, e, place);
	return place ? e : eval_value(r->x, r->before, e);
}

static const struct expr *known_parts(struct replay *r, const struct expr *e,
				       bool place)
{
	bool inside = e->kind == EXPR_FIELD || e->kind == EXPR_BIT ||
		      e->kind == EXPR_ADDR;
	const struct expr *a, *b = e->b;

	if (!e->a)
		return e;
	a = known(r, e->a, inside);
	if (b && !inside)
		b = known(r, b, false);
	return a == e->a && b == e->b ? e :
					expr_rebuild(r->x->unit, e, a, b);
}

static const struct expr *mapped_as(struct replay *r, const struct expr *e,
				    bool place)
{
	if (!e)
		return NULL;
	e = expr_substitute(r->x->unit, e, map_leaf, r);
	return r->before ? known(r, e, place) : e;
}

static const struct expr *mapped(struct replay *r, const struct expr *value)
{
	return mapped_as(r, value, false);
}

static void copy_origin(struct replay *r, struct act *a,
			const struct act *from)
{
	struct via *via = arena_new_object(r->x->flow->arena, struct via);

	via->at = r->x->event->loc;
	via->callee = r->callee->func->name;
	via->inner = from->via;
	a->at = from->at;
	a->func = from->func;
	a->macro = from->macro;
	a->name = from->name;
	a->via = via;
}

static void replay_other(struct replay *r, const struct act *from,
			 const struct expr *obj, const struct expr *loc)
{
	struct act *a = act_add(r->x, r->st, from->kind, obj, loc);

	a->class = from->class;
	a->rel = from->rel;
	a->atomic = from->atomic;
	a->key_only = from->key_only;
	a->value = mapped(r, from->value);
	act_done(r->x, r->st, a);
	if (from->kind == ACT_SELECT && from->loc &&
	    from->loc->kind == EXPR_CONTAINER)
		state_found_entry(r->x, r->st, obj);
	else if (from->kind == ACT_SELECT)
		state_found(r->x, r->st, obj);
	else if (from->kind == ACT_FREE)
		state_heat(r->x, r->st, obj);
	if (from->kind == ACT_WAIT || from->kind == ACT_SLEEP)
		state_forget_shared(r->x, r->st);
}

/* A test in the callee: false when this path contradicts it. */
static bool replay_test(struct replay *r, const struct act *from,
			const struct expr *loc)
{
	gint64 c = from->value ? from->value->value : 0;
	const struct expr *v = loc;

	if (r->before && root_of(loc)->kind == EXPR_LOCAL)
		v = eval_value(r->x, r->before, loc);
	else if (loc->kind == EXPR_BIT || loc->kind == EXPR_FIELD ||
		 loc->kind == EXPR_DEREF || loc->kind == EXPR_LOCAL)
		v = eval_load(r->x, r->st, expr_addr(r->x->unit, loc));
	if (!fact_assume(r->x, r->st, v, from->rel, c))
		return false;
	if (root_of(loc)->kind == EXPR_LOCAL)
		loc = v;
	if (flow_is_shared(loc))
		act_test(r->x, r->st, loc, from->rel, c, from->atomic,
			 from->kept);
	return true;
}

static bool replay_act(struct replay *r, const struct act *from)
{
	const struct act *before = r->st->trace;
	const struct expr *obj = mapped(r, from->obj);
	const struct expr *loc = mapped_as(r, from->loc, true);
	const struct act *a;
	bool possible = true;

	switch (from->kind) {
	case ACT_LOCK:
		act_lock(r->x, r->st, loc, from->class, from->shared);
		break;
	case ACT_UNLOCK:
		act_unlock(r->x, r->st, loc, from->class, from->shared);
		break;
	case ACT_SET:
	case ACT_CLEAR:
	case ACT_STORE:
		act_write(r->x, r->st, loc, mapped(r, from->value),
			  from->atomic);
		break;
	case ACT_TEST:
		possible = replay_test(r, from, loc);
		break;
	case ACT_PUT:
		act_put(r->x, r->st, obj, loc, from->last, from->class);
		break;
	default:
		replay_other(r, from, obj, loc);
		break;
	}
	for (a = r->st->trace; a != before; a = a->prev)
		copy_origin(r, (struct act *)a, from);
	return possible;
}

/* Objects that were put and are now handed to a callee that uses them. */
static void use_params(struct replay *r)
{
	const struct hot *h;
	struct act *a;
	int i;

	for (i = 0; i < MIN(r->n_args, 64); i++) {
		if (!(r->callee->uses_params >> i & 1))
			continue;
		for (h = r->st->hot; h; h = h->next)
			if (h->obj == r->args[i])
				break;
		if (!h)
			continue;
		a = act_add(r->x, r->st, ACT_USE, r->args[i], NULL);
		act_done(r->x, r->st, a);
	}
}

/* The callee may write to locals whose address it gets. */
static void spoil_locals(struct explorer *x, struct state *st,
			 const struct expr **args, int n_args)
{
	const struct expr *p;
	int i;

	for (i = 0; i < n_args; i++) {
		p = args[i];
		if (p->kind != EXPR_ADDR)
			continue;
		for (p = p->a; p->kind == EXPR_FIELD || p->kind == EXPR_INDEX;)
			p = p->a;
		if (p->kind == EXPR_LOCAL)
			state_forget(x, st, p);
		if (p->kind == EXPR_LOCAL && p == args[i]->a)
			st->env[p->id] = eval_fresh(
				x, st, 3000 + p->id,
				x->func->locals[p->id].record,
				x->func->locals[p->id].pointers);
	}
}

static void return_fields(struct replay *r, const struct outcome *o,
			  const struct expr *result)
{
	const struct binding *b;

	for (b = o->fields; b; b = b->next)
		state_write(r->x, r->st,
			    expr_replace(r->x->unit, b->loc, o->result, result),
			    mapped(r, b->value));
}

/* Is there an argument through which the callee sees a local? */
static bool points_at_local(const struct expr **args, int n_args)
{
	int i;

	for (i = 0; i < n_args; i++)
		if (args[i]->kind == EXPR_ADDR &&
		    root_of(args[i]->a)->kind == EXPR_LOCAL)
			return true;
	return false;
}

static bool assume_range(struct replay *r, const struct expr *value,
			 gint64 low, gint64 high, bool nonzero)
{
	return (low == G_MININT64 ||
		fact_assume(r->x, r->st, value, OP2('>', '='), low)) &&
	       (high == G_MAXINT64 ||
		fact_assume(r->x, r->st, value, OP2('<', '='), high)) &&
	       (!nonzero ||
		fact_assume(r->x, r->st, value, OP2('!', '='), 0));
}

/* What is known of older copies rules this way out. */
static bool copy_contradicts(const struct replay *r, const struct fact *f)
{
	const struct event *ev = r->x->event;
	int i = f->value->id;

	if (i >= r->n_args || i >= ev->n_args || !is_kept(r->x, ev->args[i]))
		return false;
	if (f->low == f->high)
		return !fact_decide_copy(r->st, r->args[i], OP2('=', '='),
					 f->low);
	return f->nonzero && !fact_decide_copy(r->st, r->args[i],
					       OP2('!', '='), 0);
}

/* Does the caller pass what this way needs, as far as it knows? */
static bool assume_given(struct replay *r, const struct outcome *o)
{
	const struct fact *f;

	for (f = o->given; f; f = f->next)
		if (copy_contradicts(r, f) ||
		    !assume_range(r, mapped(r, f->value), f->low, f->high,
				  f->nonzero))
			return false;
	return true;
}

static bool apply_outcome(struct replay *r, const struct outcome *o)
{
	const struct expr *result;
	int i;

	if (!assume_given(r, o))
		return false;
	for (i = 0; i < o->n_acts; i++)
		if (!replay_act(r, o->acts[i]))
			return false;
	result = mapped(r, o->result);
	return_fields(r, o, result);
	if (result && !assume_range(r, result, o->low, o->high, o->nonzero))
		return false;
	if (result)
		state_result(r->x, r->st, result);
	return true;
}

void summary_apply(struct explorer *x, struct state *st,
		   struct func_flow *callee, const struct expr **args,
		   int n_args)
{
	struct replay r = { x, st, NULL, callee, args, n_args };
	struct state *before;
	guint i;

	if (points_at_local(args, n_args))
		r.before = state_copy(x, st);
	use_params(&r);
	spoil_locals(x, st, args, n_args);
	if (!callee->outcomes->len) {
		x->ended = true; /* no path of it returns */
		return;
	}
	before = callee->outcomes->len > 1 ? state_copy(x, st) : NULL;
	for (i = callee->outcomes->len - 1; i > 0; i--) {
		r.st = state_copy(x, before);
		if (apply_outcome(&r, &g_array_index(callee->outcomes,
						     struct outcome, i)))
			explore_fork(x, r.st);
	}
	r.st = st;
	if (!apply_outcome(&r, &g_array_index(callee->outcomes,
					      struct outcome, 0)))
		x->ended = true;
}

void summary_unknown(struct explorer *x, struct state *st,
		     const struct expr **args, int n_args)
{
	const struct event *ev = x->event;
	struct act *a;
	int i;

	for (i = 0; i < n_args; i++) {
		/* a void pointer has the type of the variable it is in */
		if ((!args[i]->record || !args[i]->pointers) &&
		    (args[i]->kind != EXPR_FRESH || !ev->args[i]->record ||
		     !ev->args[i]->pointers))
			continue;
		if (args[i]->kind == EXPR_CONST)
			continue;
		a = act_add(x, st, ACT_CALL,
			    flow_object(x->unit,
					expr_deref(x->unit, args[i])), NULL);
		a->arg = i;
		act_done(x, st, a);
	}
	spoil_locals(x, st, args, n_args);
	state_forget_shared(x, st);
	state_result(x, st, eval_fresh(x, st, 0, ev->return_record,
				       ev->return_pointers));
}
