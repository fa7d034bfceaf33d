// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the world says, asked once: summaries of functions elsewhere, and of
 * calls through members of records.
 */
#include "flow/state.h"
#include "flow/world.h"

/*
 * A question, and its answer: (caller, name), (record, member), or the bytes
 * of a summary alone.
 */
struct import {
	gconstpointer of, name;
	const struct summary *answer; /* NULL: unknown */
};

static guint import_hash(gconstpointer p)
{
	const struct import *i = p;

	return g_direct_hash(i->of) * 31u ^ g_direct_hash(i->name);
}

static gboolean import_equal(gconstpointer p, gconstpointer q)
{
	const struct import *a = p, *b = q;

	return a->of == b->of && a->name == b->name;
}

GHashTable *world_imports_new(void)
{
	return g_hash_table_new(import_hash, import_equal);
}

static const struct import *find(const struct flow *fl, gconstpointer of,
				 gconstpointer name)
{
	const struct import key = { of, name, NULL };

	return g_hash_table_lookup(fl->imports, &key);
}

static const struct summary *remember(struct flow *fl, gconstpointer of,
				      gconstpointer name,
				      const struct summary *answer)
{
	const struct import key = { of, name, answer };

	g_hash_table_add(fl->imports,
			 arena_copy(fl->arena, &key, sizeof(key)));
	return answer;
}

/* Many callers are given the same bytes. */
static const struct summary *unpacked(struct flow *fl, GBytes *bytes)
{
	const struct import *known = find(fl, bytes, NULL);
	const struct summary *s;

	if (known)
		return known->answer;
	s = summary_unpack(fl->unit, bytes);
	if (s && s->known && fl->world->coarse && !s->is_static)
		s = summary_outside(fl, s);
	return remember(fl, bytes, NULL, s && s->known ? s : NULL);
}

const struct summary *world_summary(struct flow *fl, const struct func *caller,
				    const char *name)
{
	const struct world *w = fl->world;
	const struct import *known;
	GBytes *bytes;

	if (!w || !w->summary)
		return NULL;
	known = find(fl, caller, name);
	if (known)
		return known->answer;
	bytes = w->summary(w->data, caller, name);
	return remember(fl, caller, name, bytes ? unpacked(fl, bytes) : NULL);
}

static const struct world_target *targets_of(const struct flow *fl,
					     const char *record,
					     const char *member, guint *ret_n)
{
	const struct world *w = fl->world;

	*ret_n = 0;
	return w && w->targets ? w->targets(w->data, record, member, ret_n) :
				 NULL;
}

/* NULL: it is not of the unit. */
static struct func *own_target(const struct flow *fl,
			       const struct world_target *t)
{
	return t->summary ? NULL :
			    unit_find(fl->unit, g_intern_string(t->name));
}

static const struct summary *summary_of(struct explorer *x,
					const struct world_target *t,
					bool *ret_own)
{
	struct func *f = own_target(x->flow, t);
	const struct func_flow *ff = f ? flow_of(x->flow, f) : NULL;

	*ret_own = ff != NULL;
	if (ff)
		return own_summary(x, ff);
	return t->summary ? unpacked(x->flow, t->summary) : NULL;
}

/* *@ret_lasting: the answer will be the same whenever it is asked. */
static const struct summary *ask_member(struct explorer *x,
					const struct world_target *targets,
					guint n, bool *ret_lasting)
{
	GPtrArray *all = g_ptr_array_new();
	const struct summary *s = NULL;
	bool own;
	guint i;

	*ret_lasting = true;
	for (i = 0; i < n && i == all->len; i++) {
		s = summary_of(x, &targets[i], &own);
		*ret_lasting &= !own;
		if (s)
			g_ptr_array_add(all, (gpointer)s);
	}
	if (all->len == n && n > 1)
		s = summary_any(x->flow, all);
	g_ptr_array_unref(all);
	return s && s->known ? s : NULL;
}

const struct summary *world_member(struct explorer *x, const char *record,
				   const char *member)
{
	const struct import *known = find(x->flow, record, member);
	const struct world_target *targets;
	const struct summary *s;
	bool lasting;
	guint n;

	if (known)
		return known->answer;
	targets = targets_of(x->flow, record, member, &n);
	if (!targets || !n || n > WORLD_MAX_TARGETS)
		return NULL;
	s = ask_member(x, targets, n, &lasting);
	return lasting ? remember(x->flow, record, member, s) : s;
}

void world_own_targets(const struct flow *fl, const char *record,
		       const char *member, GPtrArray *into)
{
	const struct world_target *t;
	struct func *f;
	guint i, n;

	t = targets_of(fl, record, member, &n);
	for (i = 0; t && i < n && n <= WORLD_MAX_TARGETS; i++) {
		f = own_target(fl, &t[i]);
		if (f)
			g_ptr_array_add(into, f);
	}
}
