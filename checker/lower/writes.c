// SPDX-License-Identifier: GPL-2.0-only
/*
 * Ways in which a function may change a word that flow/ has no act for: what
 * gets its address, or the object's, and is not known to leave it alone. Not
 * here: pointers to something that the object is a part of.
 */
#include "lower/private.h"

static bool is_word(const struct expr *e, const char *record,
		    const char *member)
{
	return e->kind == EXPR_FIELD && e->owner == record &&
	       !g_strcmp0(e->name, member);
}

static bool is_word_address(const struct expr *e, const char *record,
			    const char *member)
{
	return e->kind == EXPR_ADDR && is_word(e->a, record, member);
}

/*
 * Is what the row does to a word an act, or nothing? What it does to bits is
 * one; what the model knows and gets the @whole object does not write about.
 */
static bool is_seen(const struct api *row, bool whole)
{
	if (whole)
		return row->effect != EFFECT_NONE ||
		       g_strcmp0(row->class, "memory");
	return row->effect >= EFFECT_BIT_SET && row->effect <= EFFECT_BIT_WAIT;
}

/* Is all that the callee does to the word an act? */
static bool is_seen_call(const struct flow *fl, const struct event *call,
			 bool whole)
{
	const struct expr *callee = call->callee;
	const GArray *rows;
	guint i;

	if (callee->kind != EXPR_FUNC)
		return false;
	if (whole && unit_find(fl->unit, callee->name))
		return true;
	rows = model_api(fl->model, callee->name);
	for (i = 0; rows && i < rows->len; i++)
		if (!is_seen(&g_array_index(rows, struct api, i), whole))
			return false;
	return rows && rows->len;
}

static bool call_may_write(const struct flow *fl, const struct event *call,
			   const char *record, const char *member)
{
	bool whole;
	int i;

	for (i = 0; i < call->n_args; i++) {
		const struct expr *arg = call->args[i];

		whole = arg->record == record && arg->pointers == 1;
		if ((whole || is_word_address(arg, record, member)) &&
		    !is_seen_call(fl, call, whole))
			return true;
	}
	return false;
}

static bool may_write(const struct flow *fl, const struct event *ev,
		      const char *record, const char *member)
{
	switch (ev->kind) {
	case EVENT_CALL:
	case EVENT_CLEANUP:
		return call_may_write(fl, ev, record, member);
	case EVENT_ASSIGN:
		return (ev->lvalue->record == record &&
			!ev->lvalue->pointers &&
			ev->lvalue->kind != EXPR_LOCAL) ||
		       is_word_address(ev->value, record, member);
	default:
		return false;
	}
}

bool writes_unseen(const struct flow *fl, const struct func *func,
		   const char *record, const char *member)
{
	int i, k;

	for (i = 0; i < func->n_blocks; i++)
		for (k = 0; k < func->blocks[i].n_events; k++)
			if (may_write(fl, &func->blocks[i].events[k], record,
				      member))
				return true;
	return false;
}
