// SPDX-License-Identifier: GPL-2.0-only
/*
 * Who takes objects of a record away, and which flags are tested before. What
 * stands behind a call into another file is not seen: then it is unknown.
 */
#include "rules/rule.h"

/* Of one record, interned: the key of rule_run.removers, which owns it. */
struct record_removers {
	GHashTable *asked;	/* struct flag_id *, as a set */
	bool any;		/* the unit shows one that ends such objects */
	bool unknown;		/* somebody unseen may ask before */
};

static void record_removers_free(gpointer data)
{
	struct record_removers *rr = data;

	g_hash_table_unref(rr->asked);
	g_free(rr);
}

static guint flag_hash(gconstpointer p)
{
	const struct flag_id *flag = p;

	return g_direct_hash(flag->record) * 31u ^ g_direct_hash(flag->name);
}

static gboolean flag_same(gconstpointer p, gconstpointer q)
{
	return flag_equal(p, q);
}

static struct record_removers *removers_at(GHashTable *all, const char *record)
{
	struct record_removers *rr = g_hash_table_lookup(all, record);

	if (rr)
		return rr;
	rr = g_new0(struct record_removers, 1);
	rr->asked = g_hash_table_new_full(flag_hash, flag_same, g_free, NULL);
	g_hash_table_insert(all, (gpointer)record, rr);
	return rr;
}

static void add_asked(struct record_removers *rr, const struct flag_id *flag)
{
	if (!g_hash_table_contains(rr->asked, flag))
		g_hash_table_add(rr->asked, g_memdup2(flag, sizeof(*flag)));
}

/* Callers in other files, who may have asked, hand the object in. */
static bool is_handed_in(const struct act *away)
{
	return away->obj->kind == EXPR_PARAM &&
	       (!away->in->func->is_static || away->in->address_taken);
}

static void walk_back(struct record_removers *rr, const struct act *away)
{
	const char *record = away->obj->record;
	bool counted = away->kind == ACT_PUT;
	const struct act *a;
	struct flag_id id;

	for (a = away; a; a = a->prev) {
		if ((a->kind == ACT_TEST || a->kind == ACT_WAIT) && a->loc &&
		    flow_flag(a->loc, &id))
			add_asked(rr, &id);
		rr->unknown |= a->kind == ACT_CALL && a->obj &&
			       a->obj->record == record;
		counted |= a->kind == ACT_PUT && a->obj == away->obj;
	}
	if (counted) /* whoever puts asks the count */
		return;
	rr->any = true;
	rr->unknown |= is_handed_in(away);
}

static GHashTable *removers_new(const struct flow *fl)
{
	static const enum act_kind kinds[] = { ACT_REMOVE, ACT_FREE, ACT_PUT };
	GHashTable *all = g_hash_table_new_full(NULL, NULL, NULL,
						record_removers_free);
	guint i, k;

	for (k = 0; k < G_N_ELEMENTS(kinds); k++) {
		const GPtrArray *acts = fl->acts[kinds[k]];

		for (i = 0; i < acts->len; i++) {
			const struct act *a = acts->pdata[i];

			if (a->obj && a->obj->record)
				walk_back(removers_at(all, a->obj->record), a);
		}
	}
	return all;
}

/* Was the object found on this path, with no reference taken nor taken out? */
static bool only_found(const struct act *away)
{
	const struct act *a;

	for (a = away->prev; a; a = a->prev) {
		if (a->obj != away->obj)
			continue;
		if (a->kind == ACT_GET || a->kind == ACT_REMOVE)
			return false;
		if (a->kind == ACT_SELECT)
			return true;
	}
	return false;
}

/* Does it take an object out of what others find it in? */
static bool takes_out(const struct act *a)
{
	return a->kind == ACT_REMOVE ? !a->via && !flow_private(a, a->obj) :
				       only_found(a);
}

bool rule_all_takers(struct rule_run *r, const char *record, taker_fn ok,
		     const void *data)
{
	static const enum act_kind kinds[] = { ACT_REMOVE, ACT_FREE, ACT_PUT };
	bool any = false;
	guint i, k;

	for (k = 0; k < G_N_ELEMENTS(kinds); k++) {
		const GPtrArray *acts = r->flow->acts[kinds[k]];

		for (i = 0; i < acts->len; i++) {
			const struct act *a = acts->pdata[i];

			if (!a->obj || a->obj->record != record ||
			    !takes_out(a))
				continue;
			if (!ok(r, a, data))
				return false;
			any = true;
		}
	}
	return any;
}

enum asks rule_removers_ask(struct rule_run *r, const char *record,
			    const struct flag_id *flag)
{
	const struct record_removers *rr;

	if (!r->removers)
		r->removers = removers_new(r->flow);
	rr = record ? g_hash_table_lookup(r->removers, record) : NULL;
	if (rr && g_hash_table_contains(rr->asked, flag))
		return ASKS_YES;
	return !rr || !rr->any || rr->unknown ? ASKS_PERHAPS : ASKS_NO;
}
