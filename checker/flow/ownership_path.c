// SPDX-License-Identifier: GPL-2.0-only
/* The balance of references on one path, and who has what is left. */
#include <string.h>

#include "flow/ownership.h"
#include "flow/state.h"

struct tally {
	const struct flow *flow;
	const struct act *leaf;
	const struct act **acts;
	int n;
	GArray *owned;		/* struct owned */
	GArray *split;		/* what they come to */
};

static const char *count_of(const struct act *a)
{
	return a->loc ? flag_text(a->loc) : a->class;
}

/* An allocation comes with one reference of whatever count the object has. */
static struct owned *owned_of(struct tally *t, const struct act *a)
{
	struct owned fresh = { .obj = a->obj, .count = count_of(a), .act = a };
	guint i;

	for (i = 0; i < t->owned->len; i++) {
		struct owned *o = &g_array_index(t->owned, struct owned, i);

		if (o->obj != a->obj || (o->count && fresh.count &&
					 o->count != fresh.count))
			continue;
		if (!o->count)
			o->count = fresh.count;
		return o;
	}
	g_array_append_val(t->owned, fresh);
	return &g_array_index(t->owned, struct owned, i);
}

/* What has a count goes at its last put; what has none goes now. */
static void add_free(struct tally *t, const struct act *a)
{
	struct owned *o = owned_of(t, a);

	if (o->taken > o->dropped)
		o->dropped = o->taken;
	else if (!o->dropped)
		o->dropped = 1;
	o->last = true;
}

static bool is_on_stack(const struct expr *obj)
{
	while (obj->kind == EXPR_ADDR || obj->kind == EXPR_FIELD)
		obj = obj->a;
	return obj->kind == EXPR_LOCAL;
}

static void add_act(struct tally *t, const struct act *a)
{
	struct owned *o;

	if (!a->obj || is_on_stack(a->obj) || flow_is_none(t->leaf, a->obj))
		return;
	if (a->kind == ACT_FREE) {
		add_free(t, a);
	} else if (a->kind == ACT_ALLOC) {
		owned_of(t, a)->taken++;
	} else if ((a->kind == ACT_GET || a->kind == ACT_PUT) &&
		   flow_is_lifetime(t->flow, a)) {
		o = owned_of(t, a);
		o->taken += a->kind == ACT_GET;
		o->dropped += a->kind == ACT_PUT;
		o->last |= a->last == LAST_YES;
	}
}

/* Is the value a pointer to the object, or to a member of it? */
static bool is_pointer_to(const struct expr *value, const struct expr *obj)
{
	if (!value || !value->pointers)
		return false;
	if (value->kind != EXPR_ADDR)
		return value == obj;
	for (value = value->a; value->kind == EXPR_FIELD;)
		value = value->a;
	return value->kind == EXPR_DEREF && value->a == obj;
}

static bool is_out_parameter(const struct expr *loc)
{
	return loc->kind == EXPR_DEREF && loc->a->kind == EXPR_PARAM;
}

enum owner_kind owner_gets(const struct act *a, const struct expr *obj)
{
	switch (a->kind) {
	case ACT_INSERT:
	case ACT_PUBLISH:
		return a->obj == obj ? OWNER_HANDS : OWNER_EVEN;
	case ACT_CALL:
		return a->obj == obj ? OWNER_PASSES : OWNER_EVEN;
	case ACT_STORE:
		if (a->obj == obj || a->loc->kind == EXPR_LOCAL ||
		    !is_pointer_to(a->value, obj))
			return OWNER_EVEN;
		return is_out_parameter(a->loc) ? OWNER_YIELDS : OWNER_HANDS;
	default:
		return OWNER_EVEN;
	}
}

/* The surest of those who got it on the way. */
static enum owner_kind find_taker(const struct tally *t, struct owned *o)
{
	enum owner_kind kind = OWNER_EVEN, now;
	int i;

	for (i = 0; i < t->n; i++) {
		const struct act *a = t->acts[i];

		if (a->kind == ACT_REMOVE && a->obj == o->obj &&
		    kind == OWNER_HANDS)
			kind = OWNER_EVEN;
		now = owner_gets(a, o->obj);
		if (now == OWNER_EVEN || (kind != OWNER_EVEN && kind <= now))
			continue;
		/* what an unknown function got before has no reference with it */
		if (now == OWNER_PASSES && a->seq < o->act->seq)
			continue;
		kind = now;
		o->to = a->loc;
	}
	return kind;
}

bool owner_is_parameter(const struct expr *obj)
{
	while (obj->kind == EXPR_CONTAINER)
		obj = obj->a;
	return obj->kind == EXPR_PARAM;
}

/* Does the path set (1) or clear (-1) a flag that owns such a reference? */
static int flag_change(const struct tally *t, const struct act *a,
		       const struct expr *obj)
{
	const struct pair *p;
	struct flag_id id;
	char *path;
	bool is;

	if ((a->kind != ACT_SET && a->kind != ACT_CLEAR) || !a->obj ||
	    !flow_flag(a->loc, &id))
		return 0;
	p = flow_pair(t->flow, &id);
	path = p ? flow_path_between(a->obj, obj) : NULL;
	is = path && !strcmp(path, p->object);
	g_free(path);
	return !is ? 0 : a->kind == ACT_SET ? 1 : -1;
}

/* @n references of @o, which get a row of their own. */
static void split_off(struct tally *t, struct owned *o, int n,
		      enum owner_kind kind, const struct expr *to)
{
	struct owned part = *o;

	part.taken = MAX(n, 0);
	part.dropped = MAX(-n, 0);
	part.kind = kind;
	part.to = to;
	o->taken -= part.taken;
	o->dropped -= part.dropped;
	g_array_append_val(t->split, part);
}

/* What a flag owns comes and goes with it, as far as it does. */
static void split_flags(struct tally *t, struct owned *o)
{
	int i, change;

	for (i = 0; i < t->n; i++) {
		change = flag_change(t, t->acts[i], o->obj);
		if (change > 0 && owned_net(o) > 0)
			split_off(t, o, 1, OWNER_HANDS, t->acts[i]->loc);
		else if (change < 0 && owned_net(o) < 0)
			split_off(t, o, -1, OWNER_DROPS, t->acts[i]->loc);
	}
}

/*
 * The result is the object, which somebody else got as well: of two references
 * each has one; a single one is the caller's if it came with the object.
 */
static enum owner_kind kind_of_result(struct tally *t, struct owned *o)
{
	enum owner_kind kind = find_taker(t, o);

	if (kind == OWNER_EVEN || kind == OWNER_PASSES)
		return OWNER_RETURNS;
	if (owned_net(o) > 1)
		split_off(t, o, 1, kind, o->to);
	else if (o->act->kind != ACT_ALLOC)
		return kind;
	o->to = NULL;
	return OWNER_RETURNS;
}

static enum owner_kind kind_of(struct tally *t, struct owned *o)
{
	enum owner_kind kind;

	if (!owned_net(o))
		return OWNER_EVEN;
	if (owned_net(o) < 0 && owner_is_parameter(o->obj))
		return OWNER_CONSUMES;
	if (owned_net(o) < 0)
		return is_given(o->obj) ? OWNER_DROPS : OWNER_RELEASES;
	if (is_pointer_to(t->leaf->value, o->obj))
		return kind_of_result(t, o);
	kind = find_taker(t, o);
	if (kind != OWNER_EVEN)
		return kind;
	return is_given(o->obj) ? OWNER_TAKES : OWNER_LEAVES;
}

/* A member of it, or what an array that is one has; no member of another. */
static bool is_own_member(const char *path)
{
	const char *next = path && *path ? strstr(path + 1, "->") : path;

	return path && *path && (!next || !next[strlen("->")]);
}

/* What an object kept for as long as it lived, its release function drops. */
static bool ends_with(const struct owned *o, const struct owned *owner)
{
	char *path = owner->last && o != owner ?
			     flow_path_between(owner->obj, o->obj) : NULL;
	bool ends = is_own_member(path);

	g_free(path);
	return ends;
}

static void find_ends(GArray *owned)
{
	guint i, k;

	for (i = 0; i < owned->len; i++) {
		struct owned *o = &g_array_index(owned, struct owned, i);

		if ((o->kind != OWNER_DROPS && o->kind != OWNER_RELEASES) ||
		    o->to)
			continue;
		for (k = 0; k < owned->len; k++) {
			const struct owned *owner = &g_array_index(
				owned, struct owned, k);

			if (!ends_with(o, owner))
				continue;
			o->kind = OWNER_ENDS;
			o->to = owner->obj;
			break;
		}
	}
}

static void settle(struct tally *t)
{
	guint i;

	t->split = g_array_new(FALSE, TRUE, sizeof(struct owned));
	for (i = 0; i < t->owned->len; i++) {
		struct owned *o = &g_array_index(t->owned, struct owned, i);

		split_flags(t, o);
		o->kind = kind_of(t, o);
		/* memory that comes and goes is nobody's business */
		if ((o->taken || o->dropped) &&
		    (o->kind != OWNER_EVEN || o->count))
			g_array_append_val(t->split, *o);
	}
	g_array_unref(t->owned);
	t->owned = t->split;
	find_ends(t->owned);
}

GArray *owned_on_path(const struct flow *fl, const struct act *leaf,
		      struct arena *a)
{
	struct tally t = { .flow = fl, .leaf = leaf };
	int i;

	t.owned = g_array_new(FALSE, TRUE, sizeof(struct owned));
	t.acts = flow_trace(a, leaf, &t.n);
	for (i = 0; i < t.n; i++)
		add_act(&t, t.acts[i]);
	settle(&t);
	return t.owned;
}
