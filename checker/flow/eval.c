// SPDX-License-Identifier: GPL-2.0-only
/*
 * Evaluation: the value of an expression on a path, by copy propagation
 * through the environment (locals) and the store (memory the path has
 * written). Memory that was not written keeps its access path as its value,
 * so that two loads of p->f are one value until somebody may have changed it.
 */
#include "flow/state.h"

/* Deeper values are given up: they come from loops, and help nobody. */
#define MAX_DEPTH 24
/* Bindings kept a path: the older ones are forgotten. */
#define MAX_STORE 48

/*
 * The structure that a location is or lies in, if it is a parameter that was
 * passed by value and still is what came; or NULL.
 */
static const struct expr *passed_structure(const struct state *st,
					   const struct expr *loc)
{
	const struct expr *v;

	while (loc->kind == EXPR_FIELD || loc->kind == EXPR_INDEX ||
	       loc->kind == EXPR_BIT)
		loc = loc->a;
	if (loc->kind != EXPR_LOCAL || !loc->record || loc->pointers)
		return NULL;
	v = st->env[loc->id];
	return v && v->kind == EXPR_PARAM ? loc : NULL;
}

static const struct expr *load_place(struct explorer *x, const struct state *st,
				     const struct expr *place)
{
	const struct expr *root;
	const struct binding *b;

	if (place->kind == EXPR_LOCAL)
		return st->env[place->id] ? st->env[place->id] : place;
	for (b = st->store; b; b = b->next)
		if (b->loc == place)
			return b->value ? b->value : place;
	root = passed_structure(st, place);
	return root ? expr_replace(x->unit, place, root, st->env[root->id]) :
		      place;
}

const struct expr *eval_place(struct explorer *x, const struct state *st,
			      const struct expr *e)
{
	struct unit *u = x->unit;
	const struct expr *a;

	switch (e->kind) {
	case EXPR_FIELD:
		a = eval_place(x, st, e->a);
		return a == e->a ? e : expr_field_of(u, a, e);
	case EXPR_DEREF:
		return expr_deref(u, eval_value(x, st, e->a));
	case EXPR_INDEX:
		return expr_index(u, eval_value(x, st, e->a),
				  eval_value(x, st, e->b));
	case EXPR_BIT:
		return expr_bit(u, eval_place(x, st, e->a), e->b);
	case EXPR_LOCAL:
	case EXPR_GLOBAL:
		return e;
	default:
		return eval_value(x, st, e);
	}
}

static const struct expr *eval_operator(struct explorer *x,
					const struct state *st,
					const struct expr *e)
{
	const struct expr *a = eval_value(x, st, e->a);
	const struct expr *b = e->b ? eval_value(x, st, e->b) : NULL;

	if (a->depth > MAX_DEPTH || (b && b->depth > MAX_DEPTH))
		return eval_fresh(x, st, 9, NULL, 0);
	/* -EINVAL keeps its name in the source; a path needs the number */
	if (!b && e->op == '-' && a->kind == EXPR_CONST)
		return expr_const(x->unit, (gint64)-(guint64)a->value,
				  NULL);
	if (!b)
		return expr_unary(x->unit, e->op, a);
	return expr_binary(x->unit, e->op, a, b);
}

static const struct expr *eval_call_result(struct explorer *x,
					   const struct state *st,
					   const struct expr *e)
{
	const struct expr *v = st->env[x->func->n_locals + e->id];

	return v ? v : e;
}

const struct expr *eval_value(struct explorer *x, const struct state *st,
			      const struct expr *e)
{
	const struct expr *p;

	switch (e->kind) {
	case EXPR_LOCAL:
	case EXPR_GLOBAL:
	case EXPR_FIELD:
	case EXPR_DEREF:
	case EXPR_INDEX:
	case EXPR_BIT:
		p = load_place(x, st, eval_place(x, st, e));
		break;
	case EXPR_CALL:
		p = eval_call_result(x, st, e);
		break;
	case EXPR_OPAQUE:
		return eval_fresh(x, st, 16 + e->id, e->record, e->pointers);
	case EXPR_ADDR:
		return expr_addr(x->unit, eval_place(x, st, e->a));
	case EXPR_CONTAINER:
		p = expr_container(x->unit, eval_value(x, st, e->a), e->owner,
				   e->name);
		break;
	case EXPR_UNARY:
	case EXPR_BINARY:
		return eval_operator(x, st, e);
	default:
		return e;
	}
	if (p->depth > MAX_DEPTH)
		return eval_fresh(x, st, 8, p->record, p->pointers);
	return p;
}

const struct expr *eval_load(struct explorer *x, const struct state *st,
			     const struct expr *pointer)
{
	return load_place(x, st, expr_deref(x->unit, pointer));
}

const struct expr *eval_fresh(struct explorer *x, const struct state *st,
			      int nth, const char *record, int pointers)
{
	int event = x->event ? x->event->id : -1 - x->block->id;

	return fresh_value(x->flow, x->func, event, st->visits[x->block->id],
			   nth, record, pointers);
}

/* Does a write to @loc change what is known of @other? */
static bool overlaps(const struct expr *loc, const struct expr *other)
{
	return other == loc || flow_mentions(other, loc) ||
	       (loc->kind == EXPR_BIT && loc->a == other);
}

/* The bindings that @gone is not true of, the first @max; shares their tail. */
static const struct binding *bindings_left(struct explorer *x,
					   const struct binding *list,
					   forget_fn gone,
					   const struct expr *loc, int max)
{
	const struct binding *b, *tail = list, *left = NULL;
	struct binding *n, **end = (struct binding **)&left;
	int kept = 0;

	for (b = list; b && kept < max; b = b->next) {
		if (gone(b->loc, loc))
			tail = b->next;
		else
			kept++;
	}
	if (b)
		tail = NULL;
	for (b = list; b != tail && kept > 0; b = b->next) {
		if (gone(b->loc, loc))
			continue;
		n = arena_copy(x->scratch, b, sizeof(*b));
		*end = n;
		end = (struct binding **)&n->next;
		kept--;
	}
	*end = (struct binding *)tail;
	return left;
}

static bool is_in_local(const struct explorer *x, const struct state *st,
			const struct expr *value)
{
	int i;

	for (i = 0; i < x->func->n_locals; i++)
		if (st->env[i] == value)
			return true;
	return false;
}

struct forgetting {
	const struct explorer *x;
	const struct state *st;
	forget_fn gone;
	const struct expr *loc;
};

/* A variable still holds what it read: the facts stay, for that copy. */
static enum fact_fate fate_when_forgotten(const struct fact *f,
					  const void *data)
{
	const struct forgetting *how = data;

	if (!how->gone(f->value, how->loc))
		return FACT_STAYS;
	return f->old || !is_in_local(how->x, how->st, f->value) ? FACT_GOES :
								   FACT_AGES;
}

/* Keeps at most @max bindings, and what @gone is not true of. */
static void forget_if(struct explorer *x, struct state *st, forget_fn gone,
		      const struct expr *loc, int max)
{
	struct forgetting how = { x, st, gone, loc };

	st->store = bindings_left(x, st->store, gone, loc, max);
	st->facts = facts_left(x, st->facts, fate_when_forgotten, &how);
}

static bool is_overlapped(const struct expr *e, const struct expr *loc)
{
	return overlaps(loc, e);
}

void state_forget(struct explorer *x, struct state *st,
		  const struct expr *loc)
{
	const struct expr *root = passed_structure(st, loc);

	if (root)
		st->env[root->id] = NULL;
	forget_if(x, st, is_overlapped, loc, MAX_STORE);
}

static bool is_shared(const struct expr *e, const struct expr *loc)
{
	return flow_is_shared(e);
}

void state_forget_shared(struct explorer *x, struct state *st)
{
	forget_if(x, st, is_shared, NULL, G_MAXINT);
}

void state_forget_written(struct explorer *x, struct state *st)
{
	const struct fact *facts = st->facts;

	state_forget_shared(x, st);
	st->facts = facts;
}

void state_write(struct explorer *x, struct state *st, const struct expr *loc,
		 const struct expr *value)
{
	struct binding *b;

	if (loc->kind == EXPR_LOCAL) {
		st->env[loc->id] = value;
		return;
	}
	state_forget(x, st, loc);
	b = arena_new_object(x->scratch, struct binding);
	b->loc = loc;
	b->value = value;
	b->next = st->store;
	st->store = b;
}

bool is_member_of(const struct expr *loc, const struct expr *root)
{
	while (loc->kind == EXPR_FIELD && loc != root)
		loc = loc->a;
	return loc == root;
}

void state_copy_members(struct explorer *x, struct state *st,
			const struct expr *from, const struct expr *to)
{
	const struct binding *b;

	/* writing puts new ones in front, and the list itself stays */
	for (b = st->store; b; b = b->next)
		if (b->value && is_member_of(b->loc, from))
			state_write(x, st,
				    expr_replace(x->unit, b->loc, from, to),
				    b->value);
}

void state_result(struct explorer *x, struct state *st,
		  const struct expr *value)
{
	st->env[x->func->n_locals + x->event->id] = value;
}
