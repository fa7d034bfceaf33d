// SPDX-License-Identifier: GPL-2.0-only
/*
 * Paths that come to the same are one way of the function, and what its ways
 * come to is what a caller has to know, if it can tell them apart.
 */
#include <string.h>

#include "flow/ownership.h"
#include "flow/state.h"

/* So many paths of each of two ways are compared, to find two that are alike. */
#define MAX_LEAVES 16

/* ---- the ways ---- */

struct way_draft {
	struct owner_range result;
	GPtrArray *leaves;	/* const struct act * */
	GArray *owned;		/* struct owned */
};

static void way_draft_free(gpointer p)
{
	struct way_draft *w = p;

	g_ptr_array_unref(w->leaves);
	g_array_unref(w->owned);
	g_free(w);
}

/* A pointer that is no error lies above 0; what is no pointer is its number. */
static struct owner_range range_of(const struct act *leaf)
{
	struct owner_range r = { G_MININT64, G_MAXINT64, false };
	const struct expr *v = leaf->value;
	bool is_number = leaf->in->func->returns_pointer && v && !v->pointers;

	if (!v)
		return r;
	if (v->kind == EXPR_CONST)
		r.low = r.high = v->value;
	else if (leaf->rel == OP2('=', '='))
		r.low = r.high = 0;
	else if (is_number || flow_is_none(leaf, v))
		r.high = 0;
	else if (leaf->rel == '>' || (leaf->rel == OP2('!', '=') &&
				      v->pointers))
		r.low = 1;
	else if (leaf->rel == '<')
		r.high = -1;
	r.nonzero = r.low > 0 || r.high < 0 || leaf->rel == OP2('!', '=');
	return r;
}

static bool same_range(const struct owner_range *a, const struct owner_range *b)
{
	return a->low == b->low && a->high == b->high &&
	       a->nonzero == b->nonzero;
}

/* Values born on two paths are never the same one: their types have to do. */
static bool same_object(const struct expr *a, const struct expr *b)
{
	return a == b || (!is_given(a) && !is_given(b) &&
			  a->record == b->record);
}

/* The same thing happens to the same object; the result is one on all ways. */
static bool same_owned(const struct owned *a, const struct owned *b)
{
	if (a->kind != b->kind ||
	    (a->kind != OWNER_ENDS && owned_net(a) != owned_net(b)) ||
	    (a->count && b->count && a->count != b->count))
		return false;
	return a->kind == OWNER_RETURNS || same_object(a->obj, b->obj);
}

static bool has_owned(const GArray *owned, const struct owned *like)
{
	guint i;

	for (i = 0; i < owned->len; i++)
		if (same_owned(&g_array_index(owned, struct owned, i), like))
			return true;
	return false;
}

/* Is all that @a has in @b, but for what ends? */
static bool is_part_of(const GArray *a, const GArray *b)
{
	guint i;

	for (i = 0; i < a->len; i++) {
		const struct owned *o = &g_array_index(a, struct owned, i);

		if (o->kind != OWNER_ENDS && !has_owned(b, o))
			return false;
	}
	return true;
}

static struct way_draft *find_way(const GPtrArray *ways,
				  const struct owner_range *r,
				  const GArray *owned)
{
	guint i;

	for (i = 0; i < ways->len; i++) {
		struct way_draft *w = ways->pdata[i];

		if (same_range(&w->result, r) && is_part_of(w->owned, owned) &&
		    is_part_of(owned, w->owned))
			return w;
	}
	return NULL;
}

static void add_ends(GArray *into, const GArray *owned)
{
	guint i;

	for (i = 0; i < owned->len; i++) {
		const struct owned *o = &g_array_index(owned, struct owned, i);

		if (o->kind == OWNER_ENDS && !has_owned(into, o))
			g_array_append_val(into, *o);
	}
}

/* What has a reference is an object, whether the path asked or not. */
static void narrow_result(struct owner_range *r, const GArray *owned)
{
	guint i;

	for (i = 0; i < owned->len; i++)
		if (g_array_index(owned, struct owned, i).kind == OWNER_RETURNS)
			*r = (struct owner_range){ 1, G_MAXINT64, true };
}

/* Takes @owned. */
static void add_path(GPtrArray *ways, const struct act *leaf, GArray *owned)
{
	struct owner_range r = range_of(leaf);
	struct way_draft *w;

	narrow_result(&r, owned);
	w = find_way(ways, &r, owned);
	if (w) {
		add_ends(w->owned, owned);
		g_array_unref(owned);
	} else {
		w = g_new0(struct way_draft, 1);
		w->result = r;
		w->leaves = g_ptr_array_new();
		w->owned = owned;
		g_ptr_array_add(ways, w);
	}
	g_ptr_array_add(w->leaves, (gpointer)leaf);
}

static GPtrArray *collect_ways(const struct flow *fl,
			       const struct func_flow *ff, struct arena *a)
{
	GPtrArray *ways = g_ptr_array_new_with_free_func(way_draft_free);
	guint i;

	for (i = 0; i < ff->traces->len; i++) {
		const struct act *leaf = ff->traces->pdata[i];

		if (leaf->kind == ACT_RETURN)
			add_path(ways, leaf, owned_on_path(fl, leaf, a));
	}
	return ways;
}

static void keep_ways(struct ownership *o, const GPtrArray *drafts,
		      struct arena *a)
{
	struct owner_way *ways = arena_new_array(a, struct owner_way,
						 drafts->len);
	guint i;

	for (i = 0; i < drafts->len; i++) {
		const struct way_draft *d = drafts->pdata[i];

		ways[i].result = d->result;
		ways[i].n_leaves = (int)d->leaves->len;
		ways[i].leaves = arena_copy(a, d->leaves->pdata,
					    d->leaves->len * sizeof(gpointer));
		ways[i].n_owned = (int)d->owned->len;
		ways[i].owned = arena_copy(a, d->owned->data, d->owned->len *
						sizeof(struct owned));
	}
	o->ways = ways;
	o->n_ways = (int)drafts->len;
}

/* ---- can a caller tell two ways apart? ---- */

static bool overlap(struct owner_range a, struct owner_range b)
{
	gint64 low = MAX(a.low, b.low), high = MIN(a.high, b.high);

	return low < high || (low == high && (low || (!a.nonzero &&
						      !b.nonzero)));
}

static bool facts_exclude(const struct act *a, const struct act *b)
{
	const struct fact *f, *g;

	for (f = a->known; f; f = f->next)
		for (g = b->known; g; g = g->next)
			if (f->value == g->value && is_given(f->value) &&
			    !overlap((struct owner_range){ f->low, f->high,
							   f->nonzero },
				     (struct owner_range){ g->low, g->high,
							   g->nonzero }))
				return true;
	return false;
}

static struct owner_range range_of_test(const struct act *test)
{
	struct owner_range r = { G_MININT64, G_MAXINT64, false };
	gint64 v = test->value->value;

	switch (test->rel) {
	case OP2('=', '='): r.low = r.high = v; break;
	case OP2('!', '='): r.nonzero = v == 0; break;
	case '<': r.high = v - 1; break;
	case '>': r.low = v + 1; break;
	case OP2('<', '='): r.high = v; break;
	default: r.low = v; break;
	}
	return r;
}

/* Of memory that a caller can look at as well. */
static bool is_state_test(const struct act *a)
{
	return a->kind == ACT_TEST && a->value &&
	       a->value->kind == EXPR_CONST && is_given(a->loc);
}

static bool tests_exclude(const struct act *a, const struct act *b)
{
	const struct act *s, *t;

	for (s = a; s; s = s->prev)
		for (t = b; is_state_test(s) && t; t = t->prev)
			if (is_state_test(t) && s->loc == t->loc &&
			    !overlap(range_of_test(s), range_of_test(t)))
				return true;
	return false;
}

/* Where a pointer goes that the caller looks at; NULL: it is the result. */
static const struct expr *place_of(const struct owned *o)
{
	return o->kind == OWNER_YIELDS ? o->to : NULL;
}

/*
 * Does the path give the caller an object by the same place, and one that
 * nobody else can have taken a reference on? What an unknown function returned
 * may have come with one.
 */
static bool gives_bare(const struct act *leaf, const struct expr *place)
{
	const struct expr *value = place ? NULL : leaf->value;
	const struct act *a;

	for (a = leaf; a && place && !value; a = a->prev)
		if (a->kind == ACT_STORE && a->loc == place)
			value = a->value;
	if (!value || !value->pointers)
		return false;
	for (a = leaf; a && !is_given(value); a = a->prev)
		if (a->kind == ACT_SELECT && a->obj == value)
			return true;
	return is_given(value);
}

/* The caller's reference may go with the object: to a list, or a callee. */
static bool may_hand_on(const struct act *leaf, const struct expr *obj)
{
	const struct act *a;

	for (a = leaf; a; a = a->prev)
		if (owner_gets(a, obj) != OWNER_EVEN)
			return true;
	return false;
}

/* Can the caller neither see by what it is given, nor by what it asks? */
static bool are_alike(const struct act *leaf, const struct act *other,
		      const struct owned *o)
{
	if ((o->kind == OWNER_RETURNS || o->kind == OWNER_YIELDS) &&
	    !gives_bare(other, place_of(o)))
		return false;
	if (o->kind == OWNER_CONSUMES && may_hand_on(other, o->obj))
		return false;
	return !facts_exclude(leaf, other) && !tests_exclude(leaf, other);
}

/* NULL: each path of the one is told from each of the other. */
static const struct act *find_alike(const struct act *leaf,
				    const struct owner_way *other,
				    const struct owned *o)
{
	int i;

	for (i = 0; i < MIN(other->n_leaves, MAX_LEAVES); i++)
		if (are_alike(leaf, other->leaves[i], o))
			return other->leaves[i];
	return NULL;
}

/* Two paths that are alike to a caller go to *@ret_pair; false: there are none. */
static bool find_pair(const struct owner_way *a, const struct owner_way *b,
		      const struct owned *o, const struct act **ret_pair)
{
	int i;

	for (i = 0; i < MIN(a->n_leaves, MAX_LEAVES); i++) {
		ret_pair[0] = a->leaves[i];
		ret_pair[1] = find_alike(a->leaves[i], b, o);
		if (ret_pair[1])
			return true;
	}
	return false;
}

/* ---- what the ways come to ---- */

static const struct owned *find_owned(const struct owner_way *w,
				      const struct owned *like)
{
	int i;

	for (i = 0; i < w->n_owned; i++)
		if (same_owned(&w->owned[i], like))
			return &w->owned[i];
	return NULL;
}

/* What the caller owes or is owed: it has to know. */
static bool is_callers(const struct owned *o)
{
	return o->kind == OWNER_RETURNS || o->kind == OWNER_YIELDS ||
	       o->kind == OWNER_CONSUMES ||
	       (o->kind == OWNER_TAKES && owner_is_parameter(o->obj));
}

static struct owner_range hull(struct owner_range a, struct owner_range b)
{
	return (struct owner_range){ MIN(a.low, b.low), MAX(a.high, b.high),
				     a.nonzero && b.nonzero };
}

/* @w does it and @other does not: can a caller know? */
static void compare_ways(struct ownership *o, struct owner_term *t,
			 const struct owner_way *w,
			 const struct owner_way *other)
{
	const struct act *pair[2];

	if (!overlap(w->result, other->result)) {
		t->when = MAX(t->when, OWNER_BY_RESULT);
		return;
	}
	t->when = MAX(t->when, OWNER_BY_STATE);
	if (t->when == OWNER_AT_ODDS || !is_callers(&t->owned) ||
	    !find_pair(w, other, &t->owned, pair))
		return;
	t->when = OWNER_AT_ODDS;
	if (!o->odd[0])
		memcpy(o->odd, pair, sizeof(pair));
}

/* On none of its paths is there an object: it passed NULL, or an error. */
static bool lacks_object(const struct owner_way *w, const struct owned *o)
{
	int i;

	for (i = 0; i < w->n_leaves; i++)
		if (!flow_is_none(w->leaves[i], o->obj))
			return false;
	return is_given(o->obj);
}

static void place_term(struct ownership *o, struct owner_term *t)
{
	int i, k;

	for (i = 0; i < o->n_ways; i++) {
		const struct owner_way *w = &o->ways[i];

		if (!find_owned(w, &t->owned))
			continue;
		t->result = t->ways++ ? hull(t->result, w->result) : w->result;
		for (k = 0; k < o->n_ways; k++)
			if (!find_owned(&o->ways[k], &t->owned) &&
			    !lacks_object(&o->ways[k], &t->owned))
				compare_ways(o, t, w, &o->ways[k]);
	}
}

/* What ends with an object that a caller cannot name is none of its business. */
static bool is_told(const struct owned *o)
{
	return owned_net(o) && (o->kind != OWNER_ENDS || is_given(o->obj));
}

static bool has_term(const GArray *terms, const struct owned *of)
{
	guint i;

	for (i = 0; i < terms->len; i++)
		if (same_owned(&g_array_index(terms, struct owner_term,
					      i).owned, of))
			return true;
	return false;
}

static void find_terms(struct ownership *o, struct arena *a)
{
	GArray *terms = g_array_new(FALSE, TRUE, sizeof(struct owner_term));
	int i, k;

	for (i = 0; i < o->n_ways; i++)
		for (k = 0; k < o->ways[i].n_owned; k++) {
			struct owner_term t = { .owned = o->ways[i].owned[k] };

			t.references = ABS(owned_net(&t.owned));
			if (!is_told(&t.owned) || has_term(terms, &t.owned))
				continue;
			place_term(o, &t);
			g_array_append_val(terms, t);
		}
	o->n_terms = (int)terms->len;
	o->terms = arena_copy(a, terms->data,
			      terms->len * sizeof(struct owner_term));
	g_array_unref(terms);
}

const struct ownership *ownership_new(const struct flow *fl,
				      const struct func_flow *ff,
				      struct arena *a)
{
	struct ownership *o;
	GPtrArray *drafts;

	if (!ff->acts[ACT_GET].n && !ff->acts[ACT_PUT].n &&
	    !ff->acts[ACT_ALLOC].n && !ff->acts[ACT_FREE].n)
		return NULL;
	o = arena_new_object(a, struct ownership);
	o->in = ff;
	drafts = collect_ways(fl, ff, a);
	keep_ways(o, drafts, a);
	g_ptr_array_unref(drafts);
	find_terms(o, a);
	return o;
}
