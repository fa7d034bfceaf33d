// SPDX-License-Identifier: GPL-2.0-only
/*
 * What an assertion says of a lock by asking whether it is taken:
 * WARN_ON(!mutex_is_locked(lock)). By whom is not asked, but meant. Outside of
 * an assertion such a question tells nothing, nor as one of its conditions, but
 * for the last: that is asked where the others leave it to it.
 */
#include "flow/state.h"

/* 1: @e is true if that call's result is; -1: if it is not; 0: neither. */
static int sense_of(const struct expr *e, int call)
{
	if (!e)
		return 0;
	if (e->kind == EXPR_CALL)
		return e->id == call;
	return e->kind == EXPR_UNARY && e->op == '!' ? -sense_of(e->a, call) :
						       0;
}

/* Does the block go on with what the macro of @call expands to? */
static bool is_in_macro(const struct block *b, const struct event *call)
{
	return b->n_events && b->events[0].macro == call->macro &&
	       b->events[0].loc.line == call->loc.line;
}

/* One of several conditions, of which the assertion may want any one? */
static bool is_operand(const struct block *b)
{
	return !g_strcmp0(b->cond_of, "&&") || !g_strcmp0(b->cond_of, "||") ||
	       !g_strcmp0(b->cond_of, "?:");
}

/* The same of a branch, whose complaint is on the side of the macro. */
static int branch_sense(const struct block *b, const struct event *call)
{
	int sense = b->jump == JUMP_BRANCH && !is_operand(b) ?
			    sense_of(b->cond, call->id) : 0;

	return sense && !is_in_macro(b->succ[0], call) &&
			       is_in_macro(b->succ[1], call) ?
		       -sense : sense;
}

bool says_held(const struct func *f, const struct event *call)
{
	int b, i, sense;

	if (!flow_is_assertion(call->macro))
		return false;
	for (b = 0; b < f->n_blocks; b++) {
		for (i = 0; i < f->blocks[b].n_events; i++) {
			sense = sense_of(f->blocks[b].events[i].value,
					 call->id);
			if (sense)
				return sense < 0;
		}
		sense = branch_sense(&f->blocks[b], call);
		if (sense)
			return sense < 0;
	}
	return false;
}
