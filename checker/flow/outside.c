// SPDX-License-Identifier: GPL-2.0-only
/*
 * What other files see of a function: fewer ways than its own file does, since
 * each splits every path of a caller (world.coarse).
 */
#include "flow/outcome.h"

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
	bool pointers;		/* it returns one */
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

	return outcome_same_result(a, b) ||
	       (number_range(a, &low, &high) && number_range(b, &low, &high));
}

/* Both are errors, or one may be any number; or they are just the same. */
static bool same_numbers(const struct outcome *a, const struct outcome *b)
{
	gint64 low, high, l, h;

	if (outcome_same_result(a, b))
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

	if (outcome_same_result(into, o) || !number_range(into, &low, &high) ||
	    !number_range(o, &l, &h))
		return;
	into->low = MIN(low, l);
	into->high = MAX(high, h);
	into->nonzero = into->high < 0 || into->low > 0;
	into->result = expr_numbered(j->flow->unit, EXPR_FRESH, ++j->n_fresh,
				     NULL, 0);
}

/* Does anything but the result speak of @object? */
static bool acts_mention(const struct outcome *o, const struct expr *object)
{
	int i;

	for (i = 0; i < o->n_acts; i++)
		if (flow_mentions(o->acts[i]->obj, object) ||
		    flow_mentions(o->acts[i]->loc, object) ||
		    flow_mentions(o->acts[i]->value, object))
			return true;
	return false;
}

/* Each returns what was born in it, by another number. */
static bool are_born_apart(const struct outcome *a, const struct outcome *b)
{
	return a->result && b->result && a->result != b->result &&
	       a->result->kind == EXPR_FRESH && b->result->kind == EXPR_FRESH;
}

/* NULL and an error: who asks for the one is not answered by the other. */
static bool null_and_error(const struct outcome *a, const struct outcome *b)
{
	gint64 low, high, l, h;

	return number_range(a, &low, &high) && number_range(b, &l, &h) &&
	       ((low <= 0 && high >= 0) != (l <= 0 && h >= 0));
}

/*
 * Could a caller who is told of one way only believe something wrong? With
 * other locks at the end it would not know what it holds; an object that one
 * way returns may be another one than the other's.
 */
static bool may_join(const struct joining *j, const struct way *into,
		     const struct way *w)
{
	const struct outcome *a = &into->full, *b = &w->full;

	if (a->fields || b->fields ? !outcome_same_result(a, b) :
				     j->pointers && null_and_error(a, b))
		return false;
	if (are_born_apart(a, b) && (acts_mention(b, a->result) ||
				     acts_mention(a, b->result)))
		return false;
	return outcome_same_locks(a, b);
}

static void join_ways(struct joining *j, struct way *into, struct way *w)
{
	if (are_born_apart(&into->full, &w->full))
		rename_result(j->flow, &w->full, into->full.result);
	outcome_intersect(j->flow, &into->full, &w->full);
	outcome_widen(j->flow, &into->full, w->full.given);
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
			    acts(&w[k], &w[i]) && may_join(j, &w[k], &w[i]))
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
		n += outcome_has(b, a->acts[i]);
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
			if (!same_kind(&w[i].full, &w[k].full) ||
			    !may_join(j, &w[i], &w[k]))
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
	return outcome_same_acts(&a->full, &b->full);
}

static bool same_effects(const struct way *a, const struct way *b)
{
	return outcome_same_acts(&a->effects, &b->effects);
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

/* Is the way never taken where @param is NULL? */
static bool needs_object(const struct way *w, const struct expr *param)
{
	const struct fact *f;

	for (f = w->full.given; f; f = f->next)
		if (f->value == param)
			return f->nonzero || f->low > 0 || f->high < 0;
	return false;
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
	for (i = 0; i < j->ways->len; i++)
		if (!null_of(&w[i]) && !needs_object(&w[i], param))
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
	struct joining j = { fl, ways_of(fl, s), s->n_fresh, false };
	struct summary *out = arena_copy(fl->arena, s, sizeof(*s));
	struct outcome *all;
	int i;

	for (i = 0; i < s->n_outcomes; i++)
		j.pointers |= s->outcomes[i].result &&
			      s->outcomes[i].result->pointers;
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
	outcomes_renumber(fl, all, out->n_outcomes, 0, &out->n_fresh);
	g_array_unref(j.ways);
	return out;
}
