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

static const struct expr *load_place(const struct state *st,
				     const struct expr *place)
{
	const struct binding *b;

	if (place->kind == EXPR_LOCAL)
		return st->env[place->id] ? st->env[place->id] : place;
	for (b = st->store; b; b = b->next)
		if (b->loc == place)
			return b->value ? b->value : place;
	return place;
}

const struct expr *eval_place(struct explorer *x, const struct state *st,
			      const struct expr *e)
{
	struct unit *u = x->unit;
	const struct expr *a;

	switch (e->kind) {
	case EXPR_FIELD:
		a = eval_place(x, st, e->a);
		return a == e->a ? e :
		       expr_field(u, a, e->owner, e->name, e->bitfield,
				  e->record, e->pointers);
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
		p = load_place(st, eval_place(x, st, e));
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
	return load_place(st, expr_deref(x->unit, pointer));
}

const struct expr *eval_fresh(struct explorer *x, const struct state *st,
			      int nth, const char *record, int pointers)
{
	int event = x->event ? x->event->id : -1 - x->block->id;
	int n = fresh_number(x->flow, x->func, event,
			     st->visits[x->block->id], nth);

	return expr_numbered(x->unit, EXPR_FRESH, n, record, pointers);
}

/* Does a write to @loc change what is known of @other? */
static bool overlaps(const struct expr *loc, const struct expr *other)
{
	return other == loc || flow_mentions(other, loc) ||
	       (loc->kind == EXPR_BIT && loc->a == other);
}

typedef bool (*forget_fn)(const struct expr *e, const struct expr *loc);

static bool is_in_local(const struct explorer *x, const struct state *st,
			const struct expr *value)
{
	int i;

	for (i = 0; i < x->func->n_locals; i++)
		if (st->env[i] == value)
			return true;
	return false;
}

/*
 * Keeps at most @max bindings, and what @gone is not true of. A variable still
 * holds what it read: of such a value the facts stay, for that copy.
 */
static void forget_if(struct explorer *x, struct state *st, forget_fn gone,
		      const struct expr *loc, int max)
{
	const struct binding *b, *store = NULL;
	const struct fact *f, *facts = NULL;
	struct binding *nb;
	struct fact *nf;
	bool is_gone;
	int kept = 0;

	for (b = st->store; b && kept < max; b = b->next) {
		if (gone(b->loc, loc))
			continue;
		nb = arena_new_object(x->scratch, struct binding);
		*nb = *b;
		nb->next = store;
		store = nb;
		kept++;
	}
	for (f = st->facts; f; f = f->next) {
		is_gone = gone(f->value, loc);
		if (is_gone && (f->old || !is_in_local(x, st, f->value)))
			continue;
		nf = arena_new_object(x->scratch, struct fact);
		*nf = *f;
		nf->old |= is_gone;
		nf->next = facts;
		facts = nf;
	}
	st->store = store;
	st->facts = facts;
}

static bool is_overlapped(const struct expr *e, const struct expr *loc)
{
	return overlaps(loc, e);
}

void state_forget(struct explorer *x, struct state *st,
		  const struct expr *loc)
{
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
