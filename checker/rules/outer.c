// SPDX-License-Identifier: GPL-2.0-only
/*
 * Outer locks: one that a path does not take, and holds all the same, since a
 * function that it calls asserts it. If those who take objects of a record away
 * hold it as well, they wait until this path is over.
 */
#include "rules/rule.h"

/* Does the function say of each of its paths that its caller holds it? */
static bool asserts(const struct func_flow *ff, const char *owner,
		    const char *field)
{
	const char *o, *f;
	const struct act *leaf;
	const struct held *h;
	guint i;

	for (i = 0; i < ff->traces->len; i++) {
		leaf = ff->traces->pdata[i];
		for (h = leaf->locks; h; h = h->next) {
			flow_lock_name(h->lock, h->class, &o, &f);
			if (!h->act && o == owner && f == field)
				break;
		}
		if (!h)
			return false;
	}
	return ff->traces->len > 0;
}

/* The same of a function that the path calls, at any depth. */
static bool path_asserts(const struct rule_run *r,
			 const struct act *const *acts, int n,
			 const char *owner, const char *field)
{
	const struct via *via;
	const struct func *f;
	int i;

	for (i = 0; i < n; i++)
		for (via = acts[i]->via; via; via = via->inner) {
			f = unit_find(r->flow->unit, via->callee);
			if (f && asserts(flow_of(r->flow, f), owner, field))
				return true;
		}
	return false;
}

/* Does the path take or drop such a lock anywhere? Then it is not an outer one. */
static bool path_changes(const struct act *const *acts, int n,
			 const char *owner, const char *field)
{
	const char *o, *f;
	int i;

	for (i = 0; i < n; i++) {
		if (acts[i]->kind != ACT_LOCK && acts[i]->kind != ACT_UNLOCK)
			continue;
		flow_lock_name(acts[i]->loc, acts[i]->class, &o, &f);
		if (o == owner && f == field)
			return true;
	}
	return false;
}

/* Do all of the unit that take such objects out hold the lock? */
static bool removers_hold(const struct rule_run *r, const char *record,
			  const char *owner, const char *field)
{
	const GPtrArray *acts = r->flow->acts[ACT_REMOVE];
	guint i;

	for (i = 0; i < acts->len; i++) {
		const struct act *a = acts->pdata[i];

		if (!a->via && a->obj && a->obj->record == record &&
		    !flow_private(a, a->obj) &&
		    !flow_holds_kind(a->in, a, owner, field))
			return false;
	}
	return true;
}

/* One that all removers hold is one that this remover asserts. */
static bool any_outer(const struct rule_run *r, const struct act *remove,
		      const struct act *const *acts, int n)
{
	const char *owner, *field;
	const struct held *h;

	for (h = remove->locks; h; h = h->next) {
		flow_lock_name(h->lock, h->class, &owner, &field);
		if (!h->act && path_asserts(r, acts, n, owner, field) &&
		    !path_changes(acts, n, owner, field) &&
		    removers_hold(r, remove->obj->record, owner, field))
			return true;
	}
	return false;
}

bool rule_keeps_removers_off(struct rule_run *r, const struct act *const *acts,
			     int n, const char *record)
{
	const GPtrArray *removes = r->flow->acts[ACT_REMOVE];
	guint i;

	for (i = 0; i < removes->len; i++) {
		const struct act *a = removes->pdata[i];

		if (!a->via && a->obj && a->obj->record == record &&
		    any_outer(r, a, acts, n))
			return true;
	}
	return false;
}
