// SPDX-License-Identifier: GPL-2.0-only
/*
 * Branches: which edges a path can take, what each edge says of the tested
 * value, and the test's act where that value is shared memory.
 */
#include "flow/state.h"

#include <string.h>

struct condition {
	const struct expr *place; /* what is tested: a location, or a value */
	const struct expr *value; /* what it holds on this path */
	int rel;
	gint64 constant;
	bool kept;		  /* read into a local before */
	int call;		  /* the event whose callee read it; or -1 */
};

static bool is_truth(const struct expr *e)
{
	return e->kind == EXPR_BINARY &&
	       (e->op == '<' || e->op == '>' || e->op == OP2('=', '=') ||
		e->op == OP2('!', '=') || e->op == OP2('<', '=') ||
		e->op == OP2('>', '='));
}

/* A mask of a word is a flag: w & FLAG. */
static const struct expr *masked_flag(struct unit *u, const struct expr *e)
{
	if (e->kind == EXPR_BINARY && e->op == '&' &&
	    e->b->kind == EXPR_CONST && flow_is_shared(e->a))
		return expr_bit(u, e->a, e->b);
	return e;
}

static struct condition condition_of(struct unit *u, const struct expr *v)
{
	struct condition c = { v, v, OP2('!', '='), 0, false, -1 };

	for (;;) {
		if (c.value->kind == EXPR_UNARY && c.value->op == '!') {
			c.value = c.value->a;
			c.rel = relation_negate(c.rel);
		} else if (is_truth(c.value) && c.constant == 0 &&
			   (c.rel == OP2('!', '=') || c.rel == OP2('=', '=')) &&
			   c.value->b->kind == EXPR_CONST) {
			int rel = c.value->op;

			if (c.rel == OP2('=', '='))
				rel = relation_negate(rel);
			c.constant = c.value->b->value;
			c.rel = rel;
			c.value = c.value->a;
		} else {
			break;
		}
	}
	c.place = masked_flag(u, c.value);
	return c;
}

static const GArray *rows_of(const struct explorer *x, const struct event *call)
{
	return call && call->callee && call->callee->kind == EXPR_FUNC ?
		       model_api(x->flow->model, call->callee->name) : NULL;
}

/* The one parameter that the value is computed from, without a look at memory. */
static const struct expr *computed_from(const struct expr *e)
{
	const struct expr *a, *b;

	if (e->kind == EXPR_PARAM)
		return e;
	if (e->kind != EXPR_UNARY && e->kind != EXPR_BINARY)
		return NULL;
	a = computed_from(e->a);
	b = e->b && e->b->kind != EXPR_CONST ? computed_from(e->b) : a;
	return a == b ? a : NULL;
}

/* What a function is known to do that is not in the making. */
static const struct summary *settled_summary(const struct explorer *x,
					     const char *name)
{
	const struct func *f = unit_find(x->unit, name);
	const struct func_flow *ff;

	if (!f || (f->is_weak && x->flow->world))
		return world_summary(x->flow, x->func, name);
	ff = flow_of(x->flow, f);
	return ff && ff->component != x->ff->component && ff->summary.known ?
		       &ff->summary : NULL;
}

/* The argument whose bits are all that a function looks at. */
static const struct expr *bits_asked(const struct explorer *x,
				     const struct event *call)
{
	const struct summary *s = call->callee->kind == EXPR_FUNC ?
		settled_summary(x, call->callee->name) : NULL;
	const struct outcome *o = s && s->n_outcomes == 1 ? s->outcomes : NULL;
	const struct expr *param = o && o->result && !o->n_acts ?
					   computed_from(o->result) : NULL;

	return param && param->id < call->n_args ? call->args[param->id] : NULL;
}

/*
 * What @call, the result of a call, is made of if that call reads nothing:
 * IS_ERR() and its kind look at the value they are given. NULL: it may read.
 */
static const struct expr *passed_through(const struct explorer *x,
					 const struct expr *call)
{
	const struct event *ev = func_event(x->func, call->id);
	const GArray *rows = rows_of(x, ev);
	const struct api *row;
	guint i;

	for (i = 0; rows && i < rows->len; i++) {
		row = &g_array_index(rows, struct api, i);
		if ((row->effect == EFFECT_SAME ||
		     row->effect == EFFECT_IS_ERR ||
		     row->effect == EFFECT_IS_ERR_OR_NULL) &&
		    row->arg >= 0 && row->arg < ev->n_args)
			return ev->args[row->arg];
	}
	return ev && !rows ? bits_asked(x, ev) : NULL;
}

/* Does it read memory anew, or what a call or a macro just computed? */
static bool reads_anew(const struct explorer *x, const struct expr *e)
{
	const struct expr *given;

	switch (e->kind) {
	case EXPR_LOCAL:
		return x->func->locals[e->id].name[0] == '#';
	case EXPR_FIELD:
	case EXPR_UNARY:
	case EXPR_BINARY:
		return reads_anew(x, e->a) || (e->b && reads_anew(x, e->b));
	case EXPR_CALL:
		given = passed_through(x, e);
		return !given || reads_anew(x, given);
	default:
		return e->kind != EXPR_CONST;
	}
}

static bool names_local(const struct explorer *x, const struct expr *e)
{
	if (!e || e->kind == EXPR_LOCAL)
		return e != NULL;
	if (e->kind == EXPR_CALL)
		return names_local(x, passed_through(x, e));
	return names_local(x, e->a) || names_local(x, e->b);
}

bool is_kept(const struct explorer *x, const struct expr *e)
{
	return names_local(x, e) && !reads_anew(x, e);
}

/*
 * The call whose callee computed what @cond asks for: what memory it read it
 * read then, in its own order with what else it did. -1: something else.
 */
static int asked_call(const struct explorer *x, const struct expr *cond)
{
	const struct expr *given;

	while (cond->kind == EXPR_UNARY || cond->kind == EXPR_BINARY)
		cond = cond->a;
	if (cond->kind != EXPR_CALL)
		return -1;
	given = passed_through(x, cond);
	if (given)
		return asked_call(x, given);
	return rows_of(x, func_event(x->func, cond->id)) ? -1 : cond->id;
}

/*
 * The condition is what a call returned that dropped a lock: it was read under
 * that lock, by the callee.
 */
static bool is_from_section(const struct state *st, const struct expr *cond)
{
	const struct act *a = st->trace;

	while (cond->kind == EXPR_UNARY)
		cond = cond->a;
	if (cond->kind != EXPR_CALL)
		return false;
	while (a && a->event == -1)
		a = a->prev;
	for (; a && a->event == cond->id; a = a->prev)
		if (a->kind == ACT_UNLOCK)
			return true;
	return false;
}

/* IS_ERR() of a parameter: a caller knows what it passed. */
static bool is_error_test(const struct expr *place)
{
	return place->kind == EXPR_BINARY && place->op == OP2('E', 'R') &&
	       place->a->kind == EXPR_PARAM;
}

/* The object in which @e is the address of a member; NULL: none. */
static const struct expr *member_of(struct unit *u, const struct expr *e)
{
	const struct expr *obj;

	if (e->kind != EXPR_ADDR || e->a->kind != EXPR_FIELD)
		return NULL;
	obj = flow_object(u, e->a);
	return obj->kind == EXPR_ADDR ? NULL : obj;
}

/* Read out of a list, and so an element's: an object may well be the first. */
static bool is_link(const struct expr *e)
{
	return e->kind == EXPR_FIELD || e->kind == EXPR_FRESH;
}

/*
 * A walk of a list ends where the cursor's link is the head: then there is no
 * object at the cursor.
 */
static void end_walk(struct explorer *x, struct state *st,
		     const struct condition *c, int rel)
{
	const struct expr *e = c->value, *obj;

	if (e->kind != EXPR_BINARY || c->constant ||
	    !((e->op == OP2('=', '=') && rel == OP2('!', '=')) ||
	      (e->op == OP2('!', '=') && rel == OP2('=', '='))))
		return;
	obj = member_of(x->unit, e->a);
	if (obj && !is_link(e->b))
		state_cool(x, st, obj);
	obj = member_of(x->unit, e->b);
	if (obj && !is_link(e->a))
		state_cool(x, st, obj);
}

static void take_edge(struct explorer *x, struct state *st,
		      const struct condition *c, int rel,
		      const struct block *to)
{
	if (!fact_assume(x, st, c->value, rel, c->constant))
		return;
	if (st->hot)
		end_walk(x, st, c, rel);
	if (flow_is_shared(c->place) || is_error_test(c->place))
		act_test(x, st, c->place, rel, c->constant, false,
			 c->kept)->event = c->call;
	explore_enter(x, st, to);
}

/*
 * The local that counts the loop whose condition @b is, if this path may not
 * come here again; NULL: something else.
 */
static const struct expr *counter(const struct state *st,
				  const struct block *b)
{
	const struct expr *e = b->cond;

	if (!b->cond_of || !strcmp(b->cond_of, "if") ||
	    st->visits[b->id] < EXPLORE_VISITS)
		return NULL;
	while (e->kind == EXPR_BINARY || e->kind == EXPR_UNARY)
		e = e->a;
	return e->kind == EXPR_LOCAL ? e : NULL;
}

/*
 * What is known of a counter would keep the path in the loop for longer than
 * it is followed. So it is left as though it was over, the counter anything.
 */
static void leave_counted(struct explorer *x, const struct state *st,
			  const struct block *b)
{
	const struct expr *count = counter(st, b);
	struct state *other;

	if (!count)
		return;
	other = state_copy(x, st);
	other->env[count->id] = eval_fresh(x, other, 4, NULL, 0);
	explore_enter(x, other, b->succ[1]);
}

static void take_branch(struct explorer *x, struct state *st,
			const struct block *b)
{
	struct condition c = condition_of(x->unit, eval_value(x, st, b->cond));
	struct state *other;
	int known;

	if (c.place->kind == EXPR_BIT)
		c.value = eval_load(x, st, expr_addr(x->unit, c.place));
	c.kept = is_kept(x, b->cond);
	c.call = asked_call(x, b->cond);
	known = c.kept ? fact_decide_copy(st, c.value, c.rel, c.constant) :
			 fact_decide(st, c.value, c.rel, c.constant);
	if (known == 1 && c.value->kind == EXPR_CONST)
		leave_counted(x, st, b);
	c.kept |= is_from_section(st, b->cond);
	if (known >= 0) {
		/* A decided test of shared memory is still a test. */
		take_edge(x, st, &c, known ? c.rel : relation_negate(c.rel),
			  b->succ[!known]);
		return;
	}
	other = state_copy(x, st);
	take_edge(x, other, &c, relation_negate(c.rel), b->succ[1]);
	take_edge(x, st, &c, c.rel, b->succ[0]);
}

static void take_case(struct explorer *x, struct state *st,
		      const struct block *b, const struct expr *v, int i)
{
	const struct case_range *r = &b->cases[i];
	struct condition c = { v, v, OP2('=', '='), r->low,
			       is_kept(x, b->cond), asked_call(x, b->cond) };
	struct state *other = state_copy(x, st);

	if (r->low == r->high) {
		take_edge(x, other, &c, OP2('=', '='), b->succ[i]);
		return;
	}
	if (fact_assume(x, other, v, OP2('>', '='), r->low) &&
	    fact_assume(x, other, v, OP2('<', '='), r->high))
		explore_enter(x, other, b->succ[i]);
}

static void take_switch(struct explorer *x, struct state *st,
			const struct block *b)
{
	const struct expr *v = eval_value(x, st, b->cond);
	int i, last = b->n_succ - 1;

	for (i = 0; i < last; i++)
		take_case(x, st, b, v, i);
	for (i = 0; i < last; i++)
		if (b->cases[i].low == b->cases[i].high &&
		    !fact_assume(x, st, v, OP2('!', '='), b->cases[i].low))
			return;
	if (last >= 0)
		explore_enter(x, st, b->succ[last]);
}

void branch_take(struct explorer *x, struct state *st, const struct block *b)
{
	int i;

	switch (b->jump) {
	case JUMP_BRANCH:
		take_branch(x, st, b);
		break;
	case JUMP_SWITCH:
		take_switch(x, st, b);
		break;
	default: /* one edge, or nobody knows which */
		for (i = 1; i < b->n_succ; i++)
			explore_enter(x, state_copy(x, st), b->succ[i]);
		if (b->n_succ)
			explore_enter(x, st, b->succ[0]);
		break;
	}
}
