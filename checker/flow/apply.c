// SPDX-License-Identifier: GPL-2.0-only
/*
 * Calls: a summary is replayed in the caller, to any depth of helpers, as if
 * the body stood there. What is unknown may do anything to what it is given.
 */
#include "flow/state.h"

struct replay {
	struct explorer *x;
	struct state *st;
	const struct state *before; /* the call: what its arguments point at */
	const struct summary *callee;
	const struct outcome *way; /* the one at hand */
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
	case EXPR_FRESH: /* of the summary: numbered there */
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
	via->callee = r->way->callee;
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

	r->way = o;
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

static bool knows_given(const struct replay *r, const struct fact *f)
{
	const struct expr *arg = f->value->id < r->n_args ?
					 r->args[f->value->id] : NULL;

	return arg && f->low == f->high &&
	       fact_decide(r->st, arg, OP2('=', '='), f->low) == 1;
}

/* Does the path know that this way of the callee is taken: kfree(NULL)? */
static bool takes_quiet(const struct replay *r, const struct outcome *o)
{
	return o->quiet && knows_given(r, o->given);
}

void summary_apply(struct explorer *x, struct state *st,
		   const struct summary *callee, const struct expr **args,
		   int n_args)
{
	struct replay r = { .x = x, .st = st, .callee = callee, .args = args,
			    .n_args = n_args };
	struct state *before;
	int i;

	if (points_at_local(args, n_args))
		r.before = state_copy(x, st);
	use_params(&r);
	spoil_locals(x, st, args, n_args);
	if (!callee->n_outcomes) {
		x->ended = true; /* no path of it returns */
		return;
	}
	r.st = st;
	for (i = 0; i < callee->n_outcomes; i++)
		if (takes_quiet(&r, &callee->outcomes[i]))
			return;
	before = callee->n_outcomes > 1 ? state_copy(x, st) : NULL;
	for (i = callee->n_outcomes - 1; i > 0; i--) {
		if (callee->outcomes[i].quiet)
			continue;
		r.st = state_copy(x, before);
		if (apply_outcome(&r, &callee->outcomes[i]))
			explore_fork(x, r.st);
	}
	r.st = st;
	if (callee->outcomes[0].quiet || !apply_outcome(&r, &callee->outcomes[0]))
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
