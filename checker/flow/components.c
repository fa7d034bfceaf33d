// SPDX-License-Identifier: GPL-2.0-only
/*
 * The functions of a unit, explored with callees first; those that can call
 * each other in rounds.
 */
#include "flow/state.h"
#include "flow/world.h"

/*
 * Calls among functions that call each other are followed to one less than
 * this depth, as loops are taken twice.
 */
#define RECURSION_ROUNDS 3

/* From each leaf back to where an earlier trace went the same way. */
static void index_acts(struct flow *fl, struct func_flow *ff)
{
	struct act *a;
	guint i;

	for (i = 0; i < ACT_KINDS; i++)
		ff->acts[i].from = fl->acts[i]->len;
	for (i = 0; i < ff->traces->len; i++) {
		for (a = ff->traces->pdata[i]; a && !a->indexed;
		     a = (struct act *)a->prev) {
			a->indexed = true;
			g_ptr_array_add(fl->acts[a->kind], a);
		}
	}
	for (i = 0; i < ACT_KINDS; i++)
		ff->acts[i].n = fl->acts[i]->len - ff->acts[i].from;
}

/* What is known of the function now stays. */
static void close_func(struct flow *fl, struct func_flow *ff)
{
	const struct call_site *s;
	guint i;

	index_acts(fl, ff);
	for (i = 0; i < ff->calls->len; i++) {
		s = ff->calls->pdata[i];
		if (s->callee)
			g_ptr_array_add(s->callee->callers, (gpointer)s);
	}
}

static void explore_anew(struct flow *fl, struct func_flow *ff)
{
	g_ptr_array_set_size(ff->traces, 0);
	g_ptr_array_set_size(ff->calls, 0);
	g_hash_table_remove_all(ff->names);
	ff->bounded = false;
	ff->bound = NULL;
	explore_func(fl, ff);
	summary_compute(fl, ff);
}

/* False: it explains its callers no better than before. */
static bool explore_again(struct flow *fl, struct func_flow *ff)
{
	GBytes *before = summary_pack(fl, ff), *after;
	bool same;

	explore_anew(fl, ff);
	after = summary_pack(fl, ff);
	same = g_bytes_equal(before, after);
	g_bytes_unref(before);
	g_bytes_unref(after);
	return !same;
}

static void set_known(GPtrArray *funcs, guint from, guint n, bool known)
{
	struct func_flow *ff;
	guint i;

	for (i = from; i < from + n; i++) {
		ff = funcs->pdata[i];
		ff->summary.known = known;
		ff->summary.n_outcomes = 0;
	}
}

static void mark_bounded(GPtrArray *funcs, guint from, guint n)
{
	struct func_flow *ff;
	guint i;

	for (i = from; i < from + n; i++) {
		ff = funcs->pdata[i];
		if (ff->bounded)
			continue;
		ff->bounded = ff->summary.bounded = true;
		ff->bound = "recursion limit";
	}
}

/* Is there one that no path returns from, as far as it was followed? */
static bool is_endless(const GPtrArray *funcs, guint from, guint n)
{
	const struct func_flow *ff;
	guint i;

	for (i = from; i < from + n; i++) {
		ff = funcs->pdata[i];
		if (ff->summary.known && !ff->summary.n_outcomes)
			return true;
	}
	return false;
}

/*
 * Functions that call each other: the first round follows no call among them,
 * each further one goes a call deeper, until nothing new is found. If there is
 * no way back out of the recursion, its calls are unknown ones.
 */
static void explore_recursion(struct flow *fl, guint from, guint n)
{
	bool changed = true;
	guint i, round;

	for (round = 1; round < RECURSION_ROUNDS && changed; round++) {
		changed = false;
		for (i = from; i < from + n; i++)
			changed |= explore_again(fl, fl->funcs->pdata[i]);
	}
	if (is_endless(fl->funcs, from, n)) {
		set_known(fl->funcs, from, n, false);
		for (i = from; i < from + n; i++)
			explore_anew(fl, fl->funcs->pdata[i]);
		changed = true;
	}
	if (changed)
		mark_bounded(fl->funcs, from, n);
}

static void explore_component(struct flow *fl, guint from, guint n)
{
	guint i;

	fl->recursed = false;
	set_known(fl->funcs, from, n, true);
	for (i = from; i < from + n; i++)
		explore_anew(fl, fl->funcs->pdata[i]);
	if (fl->recursed)
		explore_recursion(fl, from, n);
	for (i = from; i < from + n; i++)
		close_func(fl, fl->funcs->pdata[i]);
}

guint component_start(const GPtrArray *funcs, guint to)
{
	const struct func_flow *last = funcs->pdata[to - 1], *ff;
	guint from = to - 1;

	for (; from > 0; from--) {
		ff = funcs->pdata[from - 1];
		if (ff->component != last->component)
			break;
	}
	return from;
}

/* Where the component that begins at @from ends. */
static guint component_end(const GPtrArray *funcs, guint from)
{
	guint to = from + 1;

	while (to < funcs->len && component_start(funcs, to + 1) == from)
		to++;
	return to;
}

void components_explore(struct flow *fl)
{
	guint from, to;

	for (from = 0; from < fl->funcs->len; from = to) {
		to = component_end(fl->funcs, from);
		explore_component(fl, from, to - from);
	}
}
