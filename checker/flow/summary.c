// SPDX-License-Identifier: GPL-2.0-only
/*
 * Summaries: the ways a call of a function can end, each with the acts a
 * caller can see, in terms of the parameters. apply.c replays them there.
 *
 * A function with too many ways is summarised more coarsely: first without
 * tests and loads, then without locks it released itself, at last by what all
 * ways with one result have in common.
 */
#include "flow/state.h"

#define MAX_ACTS 40

enum detail { DETAIL_FULL, DETAIL_EFFECTS, DETAIL_NET, DETAIL_COMMON };

/* Each way splits every path of a caller, so few are kept. */
static const guint max_outcomes[] = {
	[DETAIL_FULL] = 4, [DETAIL_EFFECTS] = 4,
	[DETAIL_NET] = 4,  [DETAIL_COMMON] = 8,
};

static bool mentions_param(const struct expr *e)
{
	if (!e)
		return false;
	if (e->kind == EXPR_PARAM || e->kind == EXPR_GLOBAL)
		return true;
	return mentions_param(e->a) || mentions_param(e->b);
}

static bool visible(const struct act *a, const struct expr *result)
{
	return mentions_param(a->obj) || mentions_param(a->loc) ||
	       a->class || (a->obj && a->obj == result) ||
	       (a->obj && a->obj->kind == EXPR_FRESH);
}

static bool exported(const struct act *a, const struct expr *result,
		     enum detail detail)
{
	switch (a->kind) {
	case ACT_LOAD:
	case ACT_RETURN:
		return false;
	case ACT_SLEEP:
	case ACT_PREPARE:
		return true;
	case ACT_TEST:
	case ACT_CALL:
	case ACT_USE:
		return detail == DETAIL_FULL && visible(a, result);
	default:
		return visible(a, result);
	}
}

/* Drops LOCK ... UNLOCK with nothing exported between them. */
static int drop_empty_sections(const struct act **acts, int n)
{
	int i, kept = 0;

	for (i = 0; i < n; i++) {
		if (acts[i]->kind == ACT_UNLOCK && kept &&
		    acts[kept - 1]->kind == ACT_LOCK &&
		    acts[kept - 1]->loc == acts[i]->loc)
			kept--;
		else
			acts[kept++] = acts[i];
	}
	return kept;
}

/* What is known of the result of the path that ends in @leaf. */
static void fill_result(const struct act *leaf, struct outcome *o)
{
	o->result = leaf->value;
	o->fields = leaf->fields;
	o->given = leaf->given;
	o->low = G_MININT64;
	o->high = G_MAXINT64;
	o->nonzero = leaf->rel == OP2('!', '=') || leaf->rel == '>' ||
		     leaf->rel == '<';
	if (leaf->rel == OP2('=', '=') && leaf->value &&
	    leaf->value->kind == EXPR_PARAM)
		o->low = o->high = 0;
	if (leaf->rel == '>')
		o->low = 1;
	if (leaf->rel == '<')
		o->high = -1;
}

/* Born or taken: if there is an object at all. */
static bool comes_to_nothing(const struct act *a, const struct act *leaf)
{
	return (a->kind == ACT_ALLOC || a->kind == ACT_GET) && leaf->alone &&
	       flow_is_none(leaf, a->obj);
}

static struct outcome outcome_of_path(struct flow *fl,
				      const struct func_flow *ff,
				      const struct act *leaf,
				      enum detail detail)
{
	struct outcome o = { .callee = ff->func->name };
	const struct act *a;
	int i;

	for (a = leaf; a; a = a->prev)
		o.n_acts += exported(a, leaf->value, detail) &&
			    !comes_to_nothing(a, leaf);
	o.acts = arena_new_array(fl->arena, const struct act *, o.n_acts);
	i = o.n_acts;
	for (a = leaf; a; a = a->prev)
		if (exported(a, leaf->value, detail) &&
		    !comes_to_nothing(a, leaf))
			o.acts[--i] = a;
	if (detail >= DETAIL_NET)
		o.n_acts = drop_empty_sections(o.acts, o.n_acts);
	fill_result(leaf, &o);
	return o;
}

/* @from with less in it; for FULL a copy. */
static struct outcome outcome_reduced(struct flow *fl,
				      const struct outcome *from,
				      enum detail detail)
{
	struct outcome o = *from;
	int i;

	o.acts = arena_new_array(fl->arena, const struct act *, o.n_acts);
	o.n_acts = 0;
	for (i = 0; i < from->n_acts; i++)
		if (exported(from->acts[i], from->result, detail))
			o.acts[o.n_acts++] = from->acts[i];
	if (detail >= DETAIL_NET)
		o.n_acts = drop_empty_sections(o.acts, o.n_acts);
	return o;
}

static bool same_act(const struct act *a, const struct act *b)
{
	return a->kind == b->kind && a->obj == b->obj && a->loc == b->loc &&
	       a->value == b->value && a->rel == b->rel && a->last == b->last;
}

static bool same_result(const struct outcome *a, const struct outcome *b)
{
	return a->result == b->result && a->low == b->low &&
	       a->high == b->high && a->nonzero == b->nonzero;
}

static bool same_acts(const struct outcome *a, const struct outcome *b)
{
	int i;

	if (a->n_acts != b->n_acts)
		return false;
	for (i = 0; i < a->n_acts; i++)
		if (!same_act(a->acts[i], b->acts[i]))
			return false;
	return true;
}

static bool same_outcome(const struct outcome *a, const struct outcome *b)
{
	return same_result(a, b) && same_acts(a, b);
}

static bool has_act(const struct outcome *o, const struct act *a)
{
	int i;

	for (i = 0; i < o->n_acts; i++)
		if (same_act(o->acts[i], a))
			return true;
	return false;
}

/* Both ways put this object: one of them the last reference, or not. */
static const struct act *either_put(struct flow *fl, const struct outcome *o,
				    const struct act *put)
{
	struct act *unknown;
	int i;

	for (i = 0; put->kind == ACT_PUT && i < o->n_acts; i++) {
		if (o->acts[i]->kind != ACT_PUT ||
		    o->acts[i]->obj != put->obj || o->acts[i]->loc != put->loc)
			continue;
		unknown = arena_copy(fl->arena, put, sizeof(*put));
		unknown->last = LAST_UNKNOWN;
		return unknown;
	}
	return NULL;
}

static bool has_get(const struct outcome *o, const struct expr *obj)
{
	int i;

	for (i = 0; i < o->n_acts; i++)
		if (o->acts[i]->kind == ACT_GET && o->acts[i]->obj == obj)
			return true;
	return false;
}

/*
 * What one way takes a reference on and the other does not is not said to be
 * found any more: that would say that nothing keeps it.
 */
static void forget_unsure(struct outcome *into, const struct outcome *other)
{
	const struct act *a;
	int i, kept = 0;

	for (i = 0; i < into->n_acts; i++) {
		a = into->acts[i];
		if (a->kind != ACT_SELECT ||
		    has_get(into, a->obj) == has_get(other, a->obj))
			into->acts[kept++] = a;
	}
	into->n_acts = kept;
}

/* Keeps in @into what @other does as well. */
static void intersect(struct flow *fl, struct outcome *into,
		      const struct outcome *other)
{
	const struct act *a;
	int i, kept = 0;

	forget_unsure(into, other);
	for (i = 0; i < into->n_acts; i++) {
		a = into->acts[i];
		if (!has_act(other, a))
			a = either_put(fl, other, a);
		if (a)
			into->acts[kept++] = a;
	}
	into->n_acts = kept;
}

static const struct fact *find_given(const struct fact *list,
				     const struct expr *value)
{
	for (; list; list = list->next)
		if (list->value == value)
			return list;
	return NULL;
}

/* Two ways become one: it needs of parameters what both did, at the least. */
static void widen_given(struct flow *fl, struct outcome *into,
			const struct fact *other)
{
	const struct fact *f, *g, *list = NULL;
	struct fact *n;

	for (f = into->given; f; f = f->next) {
		g = find_given(other, f->value);
		if (!g)
			continue;
		n = arena_copy(fl->arena, f, sizeof(*f));
		n->low = MIN(f->low, g->low);
		n->high = MAX(f->high, g->high);
		n->nonzero = f->nonzero && g->nonzero;
		n->next = list;
		list = n;
	}
	into->given = list;
}

static bool merge_common(struct flow *fl, GArray *outcomes,
			 const struct outcome *o)
{
	guint i;

	for (i = 0; i < outcomes->len; i++) {
		struct outcome *known = &g_array_index(outcomes,
						       struct outcome, i);

		if (same_result(known, o)) {
			intersect(fl, known, o);
			widen_given(fl, known, o->given);
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

		if (same_outcome(known, o)) {
			widen_given(fl, known, o->given);
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

/* ---- the numbers of FRESH values ---- */

struct renumbering {
	struct flow *flow;
	GHashTable *numbers;	/* old number -> new */
	GHashTable *acts;	/* act -> its copy, or itself */
	int first;		/* new numbers start behind it */
};

/* Values that mean something in one function only, but for its variables. */
static const struct expr *renumber_leaf(const struct expr *leaf, void *data)
{
	struct renumbering *r = data;
	gpointer old = GINT_TO_POINTER(leaf->kind == EXPR_CALL ? -1 - leaf->id :
								 leaf->id);
	int n;

	if (leaf->kind != EXPR_FRESH && leaf->kind != EXPR_CALL)
		return NULL;
	n = GPOINTER_TO_INT(g_hash_table_lookup(r->numbers, old));
	if (!n) {
		n = r->first + (int)g_hash_table_size(r->numbers) + 1;
		g_hash_table_insert(r->numbers, old, GINT_TO_POINTER(n));
	}
	return expr_numbered(r->flow->unit, EXPR_FRESH, n, leaf->record,
			     leaf->pointers);
}

static const struct expr *renumbered(struct renumbering *r,
				     const struct expr *e)
{
	return e ? expr_substitute(r->flow->unit, e, renumber_leaf, r) : NULL;
}

static const struct act *renumbered_act(struct renumbering *r,
					const struct act *a)
{
	struct act *copy = g_hash_table_lookup(r->acts, a);
	const struct expr *obj, *loc, *value;

	if (copy)
		return copy;
	obj = renumbered(r, a->obj);
	loc = renumbered(r, a->loc);
	value = renumbered(r, a->value);
	copy = (struct act *)a;
	if (obj != a->obj || loc != a->loc || value != a->value) {
		copy = arena_copy(r->flow->arena, a, sizeof(*a));
		copy->obj = obj;
		copy->loc = loc;
		copy->value = value;
	}
	g_hash_table_insert(r->acts, (gpointer)a, copy);
	return copy;
}

static const struct binding *renumbered_fields(struct renumbering *r,
					       const struct binding *list)
{
	struct binding *b, *first = NULL, **end = &first;

	for (; list; list = list->next) {
		b = arena_copy(r->flow->arena, list, sizeof(*list));
		b->loc = renumbered(r, list->loc);
		b->value = renumbered(r, list->value);
		*end = b;
		end = (struct binding **)&b->next;
	}
	return first;
}

/*
 * The numbers of a unit's values depend on what else is in it; those in a
 * summary start from @first + 1. *@ret_n: how many there are.
 */
static void renumber(struct flow *fl, struct outcome *all, int n, int first,
		     int *ret_n)
{
	struct renumbering r = { fl, g_hash_table_new(NULL, NULL),
				 g_hash_table_new(NULL, NULL), first };
	int i, k;

	for (i = 0; i < n; i++) {
		for (k = 0; k < all[i].n_acts; k++)
			all[i].acts[k] = renumbered_act(&r, all[i].acts[k]);
		all[i].result = renumbered(&r, all[i].result);
		all[i].fields = renumbered_fields(&r, all[i].fields);
	}
	*ret_n = (int)g_hash_table_size(r.numbers);
	g_hash_table_unref(r.numbers);
	g_hash_table_unref(r.acts);
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
		renumber(fl, all, s->n_outcomes, 0, &s->n_fresh);
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

/* ---- what other files see of a function ---- */

/*
 * A caller elsewhere is told two ways, or one for each kind of result if there
 * are more kinds. A put has two: the last one, or not.
 */
#define MAX_WAYS_OUTSIDE 2

struct way {
	struct outcome full;
	struct outcome effects;	/* the same without tests and empty sections */
};

/* The ways of one function, on their way to fewer. */
struct joining {
	struct flow *flow;
	GArray *ways;		/* struct way */
	int n_fresh;		/* numbers of FRESH values that are taken */
};

typedef bool (*alike_fn)(const struct outcome *a, const struct outcome *b);

/* A result that is a number: the range it is in. False: it is none. */
static bool number_range(const struct outcome *o, gint64 *ret_low,
			 gint64 *ret_high)
{
	const struct expr *e = o->result;

	if (!e || o->fields)
		return false;
	*ret_low = e->kind == EXPR_CONST ? e->value : o->low;
	*ret_high = e->kind == EXPR_CONST ? e->value : o->high;
	return e->kind == EXPR_CONST ||
	       (e->kind == EXPR_FRESH && !e->pointers && !e->record);
}

/* Both are numbers, or just the same. */
static bool both_numbers(const struct outcome *a, const struct outcome *b)
{
	gint64 low, high;

	return same_result(a, b) || (number_range(a, &low, &high) &&
				     number_range(b, &low, &high));
}

/* Both are errors, or one may be any number; or they are just the same. */
static bool same_numbers(const struct outcome *a, const struct outcome *b)
{
	gint64 low, high, l, h;

	if (same_result(a, b))
		return true;
	if (!number_range(a, &low, &high) || !number_range(b, &l, &h))
		return false;
	return (high < 0 && h < 0) ||
	       (low == G_MININT64 && high == G_MAXINT64) ||
	       (l == G_MININT64 && h == G_MAXINT64);
}

/* The same, or both were born in the function, and nobody knows more. */
static bool same_kind(const struct outcome *a, const struct outcome *b)
{
	return same_numbers(a, b) ||
	       (a->low == b->low && a->high == b->high &&
		a->nonzero == b->nonzero && a->result && b->result &&
		a->result->kind == EXPR_FRESH &&
		b->result->kind == EXPR_FRESH &&
		a->result->record == b->result->record &&
		a->result->pointers == b->result->pointers);
}

static const struct expr *replaced(struct flow *fl, const struct expr *e,
				   const struct expr *from,
				   const struct expr *to)
{
	return e ? expr_replace(fl->unit, e, from, to) : NULL;
}

/* What @o does to the object that it returns, said of @result instead. */
static void rename_result(struct flow *fl, struct outcome *o,
			  const struct expr *result)
{
	struct act *a;
	int i;

	for (i = 0; i < o->n_acts; i++) {
		a = arena_copy(fl->arena, o->acts[i], sizeof(*a));
		a->obj = replaced(fl, a->obj, o->result, result);
		a->loc = replaced(fl, a->loc, o->result, result);
		a->value = replaced(fl, a->value, o->result, result);
		o->acts[i] = a;
	}
	o->result = result;
}

static void join_results(struct joining *j, struct outcome *into,
			 const struct outcome *o)
{
	gint64 low, high, l, h;

	if (same_result(into, o) || !number_range(into, &low, &high) ||
	    !number_range(o, &l, &h))
		return;
	into->low = MIN(low, l);
	into->high = MAX(high, h);
	into->nonzero = into->high < 0 || into->low > 0;
	into->result = expr_numbered(j->flow->unit, EXPR_FRESH, ++j->n_fresh,
				     NULL, 0);
}

static void join_ways(struct joining *j, struct way *into, struct way *w)
{
	const struct expr *result = into->full.result;

	if (result && result->kind == EXPR_FRESH && w->full.result &&
	    w->full.result->kind == EXPR_FRESH && result != w->full.result)
		rename_result(j->flow, &w->full, result);
	intersect(j->flow, &into->full, &w->full);
	widen_given(j->flow, &into->full, w->full.given);
	join_results(j, &into->full, &w->full);
	into->effects = outcome_reduced(j->flow, &into->full, DETAIL_NET);
}

/* Ways become one that both find alike. */
static void join_alike(struct joining *j, alike_fn results,
		       bool (*acts)(const struct way *, const struct way *))
{
	struct way *w = (struct way *)j->ways->data;
	guint i, k, n = 0;

	for (i = 0; i < j->ways->len; i++) {
		for (k = 0; k < n; k++)
			if (results(&w[k].full, &w[i].full) &&
			    acts(&w[k], &w[i]))
				break;
		if (k < n)
			join_ways(j, &w[k], &w[i]);
		else
			w[n++] = w[i];
	}
	g_array_set_size(j->ways, n);
}

static int n_common(const struct outcome *a, const struct outcome *b)
{
	int i, n = 0;

	for (i = 0; i < a->n_acts; i++)
		n += has_act(b, a->acts[i]);
	return n;
}

/* Of two ways with one kind of result, those that have the most in common. */
static bool join_nearest(struct joining *j)
{
	struct way *w = (struct way *)j->ways->data;
	guint i, k, into = 0, from = 0;
	int most = -1, n;

	for (i = 0; i < j->ways->len; i++)
		for (k = i + 1; k < j->ways->len; k++) {
			if (!same_kind(&w[i].full, &w[k].full))
				continue;
			n = n_common(&w[i].effects, &w[k].effects);
			if (n <= most)
				continue;
			most = n;
			into = i;
			from = k;
		}
	if (most < 0)
		return false;
	join_ways(j, &w[into], &w[from]);
	g_array_remove_index(j->ways, from);
	return true;
}

static bool same_way(const struct way *a, const struct way *b)
{
	return same_acts(&a->full, &b->full);
}

static bool same_effects(const struct way *a, const struct way *b)
{
	return same_acts(&a->effects, &b->effects);
}

/* The way of a void function that does nothing, since this one is NULL. */
static const struct expr *null_of(const struct way *w)
{
	const struct fact *f = w->full.given;

	return !w->full.result && !w->effects.n_acts && f && !f->next &&
	       f->value->pointers && !f->low && !f->high ? f->value : NULL;
}

/* What is given, but for what is said of @param. */
static const struct fact *given_without(struct flow *fl,
					const struct fact *given,
					const struct expr *param)
{
	const struct fact *list = NULL;
	struct fact *f;

	for (; given; given = given->next) {
		if (given->value == param)
			continue;
		f = arena_copy(fl->arena, given, sizeof(*f));
		f->next = list;
		list = f;
	}
	return list;
}

/* put(p) that does nothing for NULL: who does not know is not asked to. */
static void mark_quiet(struct joining *j)
{
	struct way *w = (struct way *)j->ways->data;
	const struct expr *param = NULL;
	guint i, quiet = 0;

	for (i = 0; i < j->ways->len; i++) {
		if (!null_of(&w[i]))
			continue;
		param = null_of(&w[i]);
		quiet++;
	}
	if (quiet != 1 || j->ways->len == 1)
		return;
	for (i = 0; i < j->ways->len; i++) {
		w[i].full.quiet = null_of(&w[i]) != NULL;
		if (!w[i].full.quiet)
			w[i].full.given = given_without(
				j->flow, w[i].full.given, param);
	}
}

static GArray *ways_of(struct flow *fl, const struct summary *s)
{
	GArray *ways = g_array_new(FALSE, FALSE, sizeof(struct way));
	struct way w;
	int i;

	for (i = 0; i < s->n_outcomes; i++) {
		w.full = outcome_reduced(fl, &s->outcomes[i], DETAIL_FULL);
		w.effects = outcome_reduced(fl, &w.full, DETAIL_NET);
		g_array_append_val(ways, w);
	}
	return ways;
}

const struct summary *summary_outside(struct flow *fl,
				      const struct summary *s)
{
	struct joining j = { fl, ways_of(fl, s), s->n_fresh };
	struct summary *out = arena_copy(fl->arena, s, sizeof(*s));
	struct outcome *all;
	int i;

	join_alike(&j, both_numbers, same_way);
	join_alike(&j, same_numbers, same_effects);
	if (j.ways->len > MAX_WAYS_OUTSIDE)
		join_alike(&j, both_numbers, same_effects);
	while (j.ways->len > MAX_WAYS_OUTSIDE && join_nearest(&j))
		;
	mark_quiet(&j);
	all = arena_new_array(fl->arena, struct outcome, j.ways->len);
	for (i = 0; i < (int)j.ways->len; i++)
		all[i] = g_array_index(j.ways, struct way, i).full;
	out->outcomes = all;
	out->n_outcomes = (int)j.ways->len;
	renumber(fl, all, out->n_outcomes, 0, &out->n_fresh);
	g_array_unref(j.ways);
	return out;
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
	renumber(fl, all, from->n_outcomes, first, &s->n_fresh);
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
