// SPDX-License-Identifier: GPL-2.0-only
/*
 * Guards: for each field, the lock under which the unit writes it. A lock
 * counts when at least two sites hold it and at most one in four does not;
 * writes to an object that is still private do not count. Declared guards
 * come first.
 */
#include "flow/state.h"

/* One place that writes a field, over all traces through it. */
struct site {
	struct flag_id flag;
	const struct func_flow *in;
	int line;
	const struct act *act;	/* of the first trace */
	GPtrArray *acts;	/* of all */
};

static guint site_hash(gconstpointer p)
{
	const struct site *s = p;

	return g_direct_hash(s->flag.name) ^ g_direct_hash(s->flag.record) ^
	       (guint)s->line * 31u ^ g_direct_hash(s->in);
}

static gboolean site_equal(gconstpointer p, gconstpointer q)
{
	const struct site *a = p, *b = q;

	return flag_equal(&a->flag, &b->flag) && a->line == b->line &&
	       a->in == b->in;
}

static void site_free(gpointer p)
{
	struct site *s = p;

	g_ptr_array_unref(s->acts);
	g_free(s);
}

static void note_write(GHashTable *index, GPtrArray *sites,
		       const struct func_flow *ff, const struct act *a)
{
	struct site key = { .in = ff, .line = a->at.line }, *s;

	if (a->via || a->is_init || !flow_flag(a->loc, &key.flag))
		return;
	s = g_hash_table_lookup(index, &key);
	if (!s) {
		s = g_new(struct site, 1);
		*s = key;
		s->act = a;
		s->acts = g_ptr_array_new();
		g_hash_table_add(index, s);
		g_ptr_array_add(sites, s);
	}
	g_ptr_array_add(s->acts, (gpointer)a);
}

static const enum act_kind writes[] = { ACT_SET, ACT_CLEAR, ACT_STORE };

static void collect(struct flow *fl, GHashTable *index, GPtrArray *sites)
{
	const struct act *a;
	guint i, k;

	for (k = 0; k < G_N_ELEMENTS(writes); k++) {
		for (i = 0; i < fl->acts[writes[k]]->len; i++) {
			a = fl->acts[writes[k]]->pdata[i];
			note_write(index, sites, a->in, a);
		}
	}
}

static bool site_holds(const struct site *s, const char *owner,
		       const char *field)
{
	guint i;

	for (i = 0; i < s->acts->len; i++)
		if (!flow_holds_kind(s->in, s->acts->pdata[i], owner, field))
			return false;
	return true;
}

static void count_sites(const GPtrArray *group, struct guard *g)
{
	guint i;

	g->writes = (int)group->len;
	g->guarded = g->sets = g->clears = 0;
	for (i = 0; i < group->len; i++) {
		const struct site *s = group->pdata[i];

		g->guarded += site_holds(s, g->lock_owner, g->lock_field);
		g->sets += s->act->kind == ACT_SET;
		g->clears += s->act->kind == ACT_CLEAR;
	}
}

static bool is_guard(const struct guard *g)
{
	return g->guarded >= 2 && g->guarded * 4 >= g->writes * 3;
}

/* One lock as the guard of the group's field: kept if it is the best. */
static void try_lock(struct unit *u, const GPtrArray *group,
		     const struct site *s, const struct expr *lock,
		     const char *class, const char *owner, const char *field,
		     struct guard *best)
{
	struct guard g = { .flag = s->flag, .origin = ORIGIN_MINED,
			   .lock_owner = owner, .lock_field = field,
			   .class = class };

	/* RCU excludes nobody */
	if (!field || !g_strcmp0(class, "rcu"))
		return;
	g.same_object = lock && s->act->obj &&
			flow_object(u, lock) == s->act->obj;
	count_sites(group, &g);
	if (is_guard(&g) && g.guarded > best->guarded)
		*best = g;
}

static void try_locks(struct unit *u, const GPtrArray *group,
		      const struct site *s, struct guard *best)
{
	const char *owner, *field;
	const struct held *h;
	guint i;

	for (h = s->act->locks; h; h = h->next) {
		flow_lock_name(h->lock, h->class, &owner, &field);
		try_lock(u, group, s, h->lock, h->class, owner, field, best);
	}
	for (i = 0; i < s->in->entry_locks->len; i++) {
		const struct entry_lock *e = &g_array_index(
			s->in->entry_locks, struct entry_lock, i);

		try_lock(u, group, s, e->lock, e->class, e->owner, e->field,
			 best);
	}
}

static void note_unguarded(struct flow *fl, const GPtrArray *group,
			   const struct guard *g)
{
	struct write_site *w;
	guint i;

	for (i = 0; i < group->len; i++) {
		const struct site *s = group->pdata[i];

		if (site_holds(s, g->lock_owner, g->lock_field))
			continue;
		w = arena_new_object(fl->arena, struct write_site);
		w->in = s->in;
		w->act = s->act;
		g_ptr_array_add(fl->unguarded, w);
	}
}

static void guard_of(struct flow *fl, const GPtrArray *group)
{
	const struct site *first = group->pdata[0];
	struct guard best = { .guarded = 0 }, *known;
	guint i;

	known = (struct guard *)flow_guard(fl, &first->flag);
	if (known) {
		/* declared: no count decides, but the counts are told */
		count_sites(group, known);
		note_unguarded(fl, group, known);
		return;
	}
	for (i = 0; i < group->len; i++)
		try_locks(fl->unit, group, group->pdata[i], &best);
	if (!best.guarded)
		return;
	g_ptr_array_add(fl->guards,
			arena_copy(fl->arena, &best, sizeof(best)));
	note_unguarded(fl, group, &best);
}

static guint flag_hash(gconstpointer p)
{
	const struct flag_id *f = p;

	return g_direct_hash(f->name) ^ g_direct_hash(f->record);
}

static gboolean flag_same(gconstpointer p, gconstpointer q)
{
	return flag_equal(p, q);
}

/* The sites of each flag, flags in order of their first site. */
static GPtrArray *group_sites(const GPtrArray *sites)
{
	GPtrArray *groups = g_ptr_array_new_with_free_func(
		(GDestroyNotify)g_ptr_array_unref);
	GHashTable *index = g_hash_table_new(flag_hash, flag_same);
	guint i;

	for (i = 0; i < sites->len; i++) {
		struct site *s = sites->pdata[i];
		GPtrArray *group = g_hash_table_lookup(index, &s->flag);

		if (!group) {
			group = g_ptr_array_new();
			g_ptr_array_add(groups, group);
			g_hash_table_insert(index, &s->flag, group);
		}
		g_ptr_array_add(group, s);
	}
	g_hash_table_unref(index);
	return groups;
}

static void declare(struct flow *fl, const char *record, const char *flag,
		    const char *lock, enum origin origin)
{
	struct guard g = { .flag = { record, flag }, .lock_owner = record,
			   .lock_field = lock, .same_object = true,
			   .origin = origin, .arbitrates = true };

	g_ptr_array_add(fl->guards, arena_copy(fl->arena, &g, sizeof(g)));
}

/* Guards of the model, and the locks of its pairs, which guard their flags. */
static void declared(struct flow *fl)
{
	guint i;

	for (i = 0; i < fl->model->guards->len; i++) {
		const struct guard_decl *d = fl->model->guards->pdata[i];

		declare(fl, d->record, d->flag, d->lock, d->origin);
	}
	for (i = 0; i < fl->model->pairs->len; i++) {
		const struct pair_decl *d = fl->model->pairs->pdata[i];
		const struct flag_id flag = { d->record, d->flag };

		if (d->lock && !flow_guard(fl, &flag))
			declare(fl, d->record, d->flag, d->lock, d->origin);
	}
}

/* Does the section of this write look at the flag first? */
static bool reads_first(const struct act *write, const struct guard *g)
{
	const struct act *a;

	for (a = write->prev; a && flow_holds_kind(a->in, a, g->lock_owner,
						   g->lock_field);
	     a = a->prev)
		if ((a->kind == ACT_TEST && a->loc == write->loc && !a->kept) ||
		    (a->kind == ACT_LOAD &&
		     flow_mentions(a->loc, write->loc)))
			return true;
	return false;
}

static void find_arbiters(struct flow *fl)
{
	struct flag_id id;
	struct guard *g;
	guint i, k;

	for (k = 0; k < G_N_ELEMENTS(writes); k++) {
		for (i = 0; i < fl->acts[writes[k]]->len; i++) {
			const struct act *a = fl->acts[writes[k]]->pdata[i];

			g = flow_flag(a->loc, &id) ?
				    (struct guard *)flow_guard(fl, &id) : NULL;
			if (g && !g->arbitrates)
				g->arbitrates = reads_first(a, g);
		}
	}
}

void guards_compute(struct flow *fl)
{
	GHashTable *index = g_hash_table_new(site_hash, site_equal);
	GPtrArray *sites = g_ptr_array_new_with_free_func(site_free);
	GPtrArray *groups;
	guint i;

	declared(fl);
	collect(fl, index, sites);
	groups = group_sites(sites);
	for (i = 0; i < groups->len; i++)
		guard_of(fl, groups->pdata[i]);
	find_arbiters(fl);
	g_ptr_array_unref(groups);
	g_hash_table_unref(index);
	g_ptr_array_unref(sites);
}
