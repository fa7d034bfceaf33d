// SPDX-License-Identifier: GPL-2.0-only
/*
 * Objects that stand in a container as something else: a number of the page,
 * with bits below it. What is found there is untyped; whether it becomes an
 * object of the finding's record is read from what is done with it.
 */
#include "lower/private.h"

/* How many calls a value is followed through. */
#define MAX_DEPTH 4

/* An untyped value that was found, in the expression. */
static bool has_entry(const struct expr *e)
{
	if (!e)
		return false;
	if (e->kind == EXPR_FRESH)
		return !e->record;
	return has_entry(e->a) || has_entry(e->b);
}

bool stake_is_encoded(const struct builder *b)
{
	const struct expr *e = b->subject->object;

	return e && e->record && e->kind != EXPR_FRESH && has_entry(e);
}

/* Is the value computed from the variable, by calls too? */
static bool derives(const struct func *f, const struct expr *e,
		    const struct expr *local, int depth)
{
	const struct event *call;
	int i;

	if (!e || depth > MAX_DEPTH)
		return false;
	if (e == local)
		return true;
	call = e->kind == EXPR_CALL ? func_event(f, e->id) : NULL;
	for (i = 0; call && i < call->n_args; i++)
		if (derives(f, call->args[i], local, depth + 1))
			return true;
	return derives(f, e->a, local, depth) || derives(f, e->b, local, depth);
}

static bool becomes(const struct builder *b, const struct func *f,
		    const struct expr *local, int depth);

static bool becomes_in_callee(const struct builder *b, const struct event *ev,
			      const struct expr *local, int depth)
{
	const struct func *callee = ev->callee->kind == EXPR_FUNC ?
		unit_find(b->flow->unit, ev->callee->name) : NULL;
	int i;

	for (i = 0; callee && i < ev->n_args && i < callee->n_params; i++)
		if (ev->args[i] == local &&
		    becomes(b, callee, expr_local(callee->unit, i,
						  &callee->locals[i]),
			    depth + 1))
			return true;
	return false;
}

/* Is a pointer to an object of the record computed from it here? */
static bool becomes_at(const struct builder *b, const struct func *f,
		       const struct event *ev, const struct expr *local,
		       int depth)
{
	const char *record = b->subject->object->record;

	switch (ev->kind) {
	case EVENT_RETURN:
		return f->return_record == record &&
		       derives(f, ev->value, local, 0);
	case EVENT_ASSIGN:
		return ev->lvalue->record == record &&
		       derives(f, ev->value, local, 0);
	case EVENT_CALL:
		return becomes_in_callee(b, ev, local, depth);
	default:
		return false;
	}
}

static bool becomes(const struct builder *b, const struct func *f,
		    const struct expr *local, int depth)
{
	int i, k;

	for (i = 0; depth < MAX_DEPTH && i < f->n_blocks; i++)
		for (k = 0; k < f->blocks[i].n_events; k++)
			if (becomes_at(b, f, &f->blocks[i].events[k], local,
				       depth))
				return true;
	return false;
}

bool finds_stake(const struct builder *b, const struct block *at,
		 const struct event *call, const struct func *func)
{
	int i;

	if (!stake_is_encoded(b) || !at)
		return false;
	for (i = 0; i < at->n_events; i++) {
		const struct event *ev = &at->events[i];

		if (ev->kind == EVENT_ASSIGN && !ev->op &&
		    ev->value->kind == EXPR_CALL && ev->value->id == call->id)
			return becomes(b, func, ev->lvalue, 0);
	}
	return false;
}
