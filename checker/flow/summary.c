// SPDX-License-Identifier: GPL-2.0-only
/*
 * Summaries: the ways a call of a function can end, each with the acts a
 * caller can see, in terms of the parameters. apply.c replays them there.
 *
 * A function with too many ways is summarised more coarsely: first without
 * tests and loads, then without locks it released itself, at last by what all
 * ways with one result have in common.
 */
#include "flow/outcome.h"

#define MAX_ACTS 40

/* Each way splits every path of a caller, so few are kept. */
static const guint max_outcomes[] = {
	[DETAIL_FULL] = 4, [DETAIL_EFFECTS] = 4,
	[DETAIL_NET] = 4,  [DETAIL_COMMON] = 8,
};

static bool merge_common(struct flow *fl, GArray *outcomes,
			 const struct outcome *o)
{
	guint i;

	for (i = 0; i < outcomes->len; i++) {
		struct outcome *known = &g_array_index(outcomes,
						       struct outcome, i);

		if (outcome_same_result(known, o)) {
			outcome_intersect(fl, known, o);
			outcome_widen(fl, known, o->given);
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

		if (outcome_same(known, o)) {
			outcome_widen(fl, known, o->given);
			return true;
		}
	}
	return false;
}

/* The ways that are collected at some detail. */
struct ways {
	struct flow *flow;
	GArray *outcomes;	/* struct outcome */
	enum detail detail;
};

/* False: there are too many. */
static bool add_way(struct ways *w, const struct outcome *o)
{
	if (o->n_acts > MAX_ACTS && w->detail < DETAIL_COMMON)
		return false;
	if (w->detail == DETAIL_COMMON &&
	    merge_common(w->flow, w->outcomes, o))
		return true;
	if (merge_same(w->flow, w->outcomes, o))
		return true;
	if (w->outcomes->len >= max_outcomes[w->detail])
		return false;
	g_array_append_val(w->outcomes, *o);
	return true;
}

static bool collect_paths(struct ways *w, const void *func_flow)
{
	const struct func_flow *ff = func_flow;
	const struct act *leaf;
	struct outcome o;
	guint i;

	for (i = 0; i < ff->traces->len; i++) {
		leaf = ff->traces->pdata[i];
		if (leaf->kind != ACT_RETURN)
			continue;
		o = outcome_of_path(w->flow, ff, leaf, w->detail);
		if (!add_way(w, &o))
			return false;
	}
	return true;
}

static bool collect_targets(struct ways *w, const void *summaries)
{
	const GPtrArray *all = summaries;
	const struct summary *s;
	struct outcome o;
	guint i;
	int k;

	for (i = 0; i < all->len; i++) {
		s = all->pdata[i];
		for (k = 0; k < s->n_outcomes; k++) {
			o = outcome_reduced(w->flow, &s->outcomes[k],
					    w->detail);
			o.quiet = false; /* it may be another one's, too */
			if (!add_way(w, &o))
				return false;
		}
	}
	return true;
}

/*
 * The ways that @collect finds in @data, in as much detail as there is room
 * for. More results than ways: as if nobody knew it.
 */
static void fill_outcomes(struct flow *fl, struct summary *s,
			  bool (*collect)(struct ways *, const void *),
			  const void *data)
{
	struct ways w = { fl, g_array_new(FALSE, TRUE, sizeof(struct outcome)),
			  DETAIL_FULL };
	struct outcome *all;

	while (!(s->known = collect(&w, data)) && w.detail < DETAIL_COMMON) {
		g_array_set_size(w.outcomes, 0);
		w.detail++;
	}
	s->outcomes = NULL;
	s->n_outcomes = s->n_fresh = 0;
	if (s->known) {
		all = (struct outcome *)w.outcomes->data;
		s->n_outcomes = (int)w.outcomes->len;
		outcomes_renumber(fl, all, s->n_outcomes, 0, &s->n_fresh);
		s->outcomes = arena_copy(fl->arena, all,
					 sizeof(*all) * w.outcomes->len);
	}
	g_array_unref(w.outcomes);
}

/* Which parameters the body dereferences, whatever the path. */
static void note_use(struct func_flow *ff, const struct expr *lvalue)
{
	while (lvalue && lvalue->kind != EXPR_DEREF)
		lvalue = lvalue->a;
	if (lvalue && lvalue->a->kind == EXPR_LOCAL &&
	    lvalue->a->id < MIN(ff->func->n_params, 64))
		ff->summary.uses_params |= (guint64)1 << lvalue->a->id;
}

static void note_call(struct flow *fl, struct func_flow *ff,
		      const struct event *ev)
{
	const struct summary *s;
	const struct func *f;
	int i;

	if (ev->callee->kind != EXPR_FUNC)
		return;
	f = unit_find(fl->unit, ev->callee->name);
	s = f ? &flow_of(fl, f)->summary :
		world_summary(fl, ff->func, ev->callee->name);
	if (!s)
		return;
	for (i = 0; i < MIN(ev->n_args, 64); i++)
		if (s->uses_params >> i & 1 && ev->args[i]->kind == EXPR_LOCAL &&
		    ev->args[i]->id < MIN(ff->func->n_params, 64))
			ff->summary.uses_params |= (guint64)1
						   << ev->args[i]->id;
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
	fill_outcomes(fl, &ff->summary, collect_paths, ff);
	ff->summary.bounded = ff->bounded;
	ff->summary.is_static = ff->func->is_static;
	find_uses(fl, ff);
}

/* ---- calls of one of several ---- */

/* The same function can stand in the caller for any of these. */
static const struct summary *set_apart(struct flow *fl,
				       const struct summary *from, int first)
{
	struct summary *s = arena_copy(fl->arena, from, sizeof(*from));
	struct outcome *all = arena_new_array(fl->arena, struct outcome,
					      from->n_outcomes);
	int i;

	for (i = 0; i < from->n_outcomes; i++)
		all[i] = outcome_reduced(fl, &from->outcomes[i], DETAIL_FULL);
	outcomes_renumber(fl, all, from->n_outcomes, first, &s->n_fresh);
	s->outcomes = all;
	return s;
}

const struct summary *summary_any(struct flow *fl, const GPtrArray *of)
{
	struct summary *any = arena_new_object(fl->arena, struct summary);
	GPtrArray *apart = g_ptr_array_new();
	const struct summary *s;
	int n = 0;
	guint i;

	for (i = 0; i < of->len; i++) {
		s = set_apart(fl, of->pdata[i], n);
		n += s->n_fresh;
		any->uses_params |= s->uses_params;
		any->bounded |= s->bounded;
		g_ptr_array_add(apart, (gpointer)s);
	}
	fill_outcomes(fl, any, collect_targets, apart);
	g_ptr_array_unref(apart);
	return any;
}
