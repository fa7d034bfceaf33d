// SPDX-License-Identifier: GPL-2.0-only
/*
 * One way in which a call can end: what of a path a caller can see, whether two
 * ways are the same, and what they have in common.
 */
#include "flow/outcome.h"

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

struct outcome outcome_of_path(struct flow *fl,
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

struct outcome outcome_reduced(struct flow *fl,
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

/* Of structures that are returned: the variable says nothing by itself. */
static bool same_fields(const struct binding *a, const struct binding *b)
{
	for (; a && b; a = a->next, b = b->next)
		if (a->loc != b->loc || a->value != b->value)
			return false;
	return !a && !b;
}

bool outcome_same_result(const struct outcome *a, const struct outcome *b)
{
	return a->result == b->result && a->low == b->low &&
	       a->high == b->high && a->nonzero == b->nonzero &&
	       same_fields(a->fields, b->fields);
}

bool outcome_same_acts(const struct outcome *a, const struct outcome *b)
{
	int i;

	if (a->n_acts != b->n_acts)
		return false;
	for (i = 0; i < a->n_acts; i++)
		if (!same_act(a->acts[i], b->acts[i]))
			return false;
	return true;
}

bool outcome_same(const struct outcome *a, const struct outcome *b)
{
	return outcome_same_result(a, b) && outcome_same_acts(a, b);
}

bool outcome_has(const struct outcome *o, const struct act *a)
{
	int i;

	for (i = 0; i < o->n_acts; i++)
		if (same_act(o->acts[i], a))
			return true;
	return false;
}

/* Only its locks, without those that it takes and releases again. */
static int net_locks(const struct outcome *o, const struct act **ret)
{
	int i, n = 0;

	for (i = 0; i < o->n_acts; i++)
		if (o->acts[i]->kind == ACT_LOCK ||
		    o->acts[i]->kind == ACT_UNLOCK)
			ret[n++] = o->acts[i];
	return drop_empty_sections(ret, n);
}

bool outcome_same_locks(const struct outcome *a, const struct outcome *b)
{
	const struct act **of_a = g_new(const struct act *, a->n_acts + 1);
	const struct act **of_b = g_new(const struct act *, b->n_acts + 1);
	int i, n = net_locks(a, of_a);
	bool same = n == net_locks(b, of_b);

	for (i = 0; i < n && same; i++)
		same = same_act(of_a[i], of_b[i]);
	g_free(of_a);
	g_free(of_b);
	return same;
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

void outcome_intersect(struct flow *fl, struct outcome *into,
		       const struct outcome *other)
{
	const struct act *a;
	int i, kept = 0;

	forget_unsure(into, other);
	for (i = 0; i < into->n_acts; i++) {
		a = into->acts[i];
		if (!outcome_has(other, a))
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

void outcome_widen(struct flow *fl, struct outcome *into,
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

void outcomes_renumber(struct flow *fl, struct outcome *all, int n, int first,
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
