// SPDX-License-Identifier: GPL-2.0-only
/*
 * Which counters are lifetimes: those whose last put frees the object. Names
 * would lie, and so does the type: a refcount_t of which the unit shows the
 * last put, and no free behind it, only counts.
 */
#include "flow/state.h"

#include <string.h>

static bool same_object(const struct expr *a, const struct expr *b)
{
	return a && b && (a == b || flow_mentions(a, b));
}

/* What becomes of the object behind its last put. */
static enum fate fate_after(const struct act *leaf, const struct act *put)
{
	enum fate fate = FATE_NONE;
	const struct act *a;

	for (a = leaf; a != put; a = a->prev) {
		if (!same_object(a->obj, put->obj))
			continue;
		if (a->kind == ACT_FREE)
			return FATE_FREED;
		if (a->kind == ACT_CALL || a->kind == ACT_PUBLISH)
			fate = FATE_PASSED;
	}
	return fate;
}

bool flow_is_step(const struct act *a, int op)
{
	return a->kind == ACT_STORE && a->value &&
	       a->value->kind == EXPR_BINARY && a->value->op == op &&
	       a->value->a == a->loc && a->value->b->kind == EXPR_CONST &&
	       a->value->b->value == 1;
}

/* A count kept by hand is lowered, and this path goes on because it is 0. */
static bool found_zero(const struct act *leaf, const struct act *lowered)
{
	const struct act *a;

	if (!flow_is_step(lowered, '-'))
		return false;
	for (a = leaf; a != lowered; a = a->prev)
		if (a->kind == ACT_TEST && a->rel == OP2('=', '=') &&
		    !a->value->value &&
		    (a->loc == lowered->loc || a->loc == lowered->value))
			return true;
	return false;
}

static void scan_trace(struct flow *fl, const struct act *leaf)
{
	const struct act *a;
	const char *key;
	enum fate known;

	for (a = leaf; a; a = a->prev) {
		if (!a->loc || !flag_text(a->loc) ||
		    !(a->kind == ACT_PUT ? a->last == LAST_YES :
					   found_zero(leaf, a)))
			continue;
		key = flag_text(a->loc);
		known = (enum fate)GPOINTER_TO_INT(
			g_hash_table_lookup(fl->lifetimes, key));
		known = MAX(known, fate_after(leaf, a));
		g_hash_table_insert(fl->lifetimes, (gpointer)key,
				    GINT_TO_POINTER((int)known));
	}
}

void lifetimes_compute(struct flow *fl)
{
	guint i, k;

	for (i = 0; i < fl->funcs->len; i++) {
		const struct func_flow *ff = fl->funcs->pdata[i];

		if (!ff->acts[ACT_PUT].n && !ff->acts[ACT_STORE].n)
			continue; /* nothing that scan_trace() counts */
		for (k = 0; k < ff->traces->len; k++)
			scan_trace(fl, ff->traces->pdata[k]);
	}
}

bool flow_is_count_type(const struct expr *count)
{
	return count->record && (!strcmp(count->record, "kref") ||
				 !strcmp(count->record, "refcount_struct") ||
				 !strcmp(count->record, "kobject") ||
				 !strcmp(count->record, "percpu_ref"));
}

bool flow_fate(const struct flow *fl, const char *key, enum fate *ret_fate)
{
	gpointer fate;

	if (!g_hash_table_lookup_extended(fl->lifetimes, key, NULL, &fate))
		return false;
	*ret_fate = (enum fate)GPOINTER_TO_INT(fate);
	return true;
}

/* A type that says what the count is for holds if the code agrees. */
bool flow_is_lifetime(const struct flow *fl, const struct act *act)
{
	const char *key;
	enum fate fate;

	if (!act->loc)
		return true;
	key = flag_text(act->loc);
	if (!key)
		return false;
	if (g_hash_table_contains(fl->model->lifetimes, key))
		return true;
	if (flow_fate(fl, key, &fate))
		return fate == FATE_FREED ||
		       (fate == FATE_PASSED && flow_is_count_type(act->loc));
	return flow_is_count_type(act->loc);
}
