// SPDX-License-Identifier: GPL-2.0-only
/*
 * Outer locks: one that a path does not take, and holds all the same, since a
 * function that it calls asserts it. If those who take objects of a record away
 * hold it as well, they wait until this path is over.
 *
 * That a function of another file takes and drops a global lock is not seen.
 */
#include "rules/rule.h"

/* What a path uses in the time in which nobody may take it out. */
struct span {
	const struct act *const *acts;
	int n, select, use;
	const struct expr *holder; /* has the container in it; or NULL */
};

/* A lock by its name. */
struct lock_name {
	const char *owner, *field;
};

/* That lock, as the function says of each of its paths that it is held. */
static const struct held *asserts(const struct func_flow *ff,
				  const struct lock_name *name)
{
	const struct held *h = NULL;
	const char *o, *f;
	const struct act *leaf;
	guint i;

	for (i = 0; i < ff->traces->len; i++) {
		leaf = ff->traces->pdata[i];
		for (h = leaf->locks; h; h = h->next) {
			flow_lock_name(h->lock, h->class, &o, &f);
			if (!h->act && o == name->owner && f == name->field)
				break;
		}
		if (!h)
			return NULL;
	}
	return h;
}

static bool is_global(const struct expr *lock)
{
	return !lock || lock->kind == EXPR_GLOBAL;
}

/*
 * Does a function that acts[k] comes from say so? Of the lock of an object only
 * one that is called directly does, and of the object that has the container.
 */
static bool act_asserts(const struct rule_run *r, const struct span *span,
			int k, const struct lock_name *name)
{
	struct unit *u = r->flow->unit;
	const struct func_flow *callee;
	const struct held *h;
	const struct via *via;
	const struct func *f;

	for (via = span->acts[k]->via; via; via = via->inner) {
		f = unit_find(r->flow->unit, via->callee);
		callee = f ? flow_of(r->flow, f) : NULL;
		h = callee ? asserts(callee, name) : NULL;
		if (h && (is_global(h->lock) ||
			  rule_is_same_place(r, span->acts[k], callee,
					     span->holder,
					     flow_object(u, h->lock))))
			return true;
	}
	return false;
}

/* Somebody else, who gets the holder, may well drop its locks and take them. */
static bool hands_over(const struct act *a, const struct span *span)
{
	return span->holder && a->kind == ACT_CALL && a->obj == span->holder;
}

/* Is it said after the selection, and true from there until the use? */
static bool path_asserts(const struct rule_run *r, const struct span *span,
			 const struct lock_name *name)
{
	int k;

	for (k = span->select + 1; k <= span->use; k++)
		if (hands_over(span->acts[k], span))
			return false;
	for (k = span->select + 1; k < span->n; k++) {
		if (hands_over(span->acts[k], span))
			return false;
		if (act_asserts(r, span, k, name))
			return true;
	}
	return false;
}

/* Does the path take or drop such a lock anywhere? Then it is not an outer one. */
static bool path_changes(const struct span *span, const struct lock_name *name)
{
	const struct act *a;
	const char *o, *f;
	int i;

	for (i = 0; i < span->n; i++) {
		a = span->acts[i];
		if (a->kind != ACT_LOCK && a->kind != ACT_UNLOCK)
			continue;
		flow_lock_name(a->loc, a->class, &o, &f);
		if (o == name->owner && f == name->field)
			return true;
	}
	return false;
}

/* Does the holder keep other holders off? Who asserts does not say how. */
static bool excludes(const struct held *h)
{
	return !h->read && (h->act || !h->lock ||
			    !model_lock_is_shared(h->lock->record));
}

/* Is the lock held where the object is taken out? */
static bool holds_outer(struct rule_run *r, const struct act *away,
			const void *name)
{
	const struct lock_name *want = name;
	const char *o, *f;
	const struct held *h;

	(void)r;
	for (h = away->locks; h; h = h->next) {
		flow_lock_name(h->lock, h->class, &o, &f);
		if (o == want->owner && f == want->field && excludes(h))
			return true;
	}
	return false;
}

/* One that all removers hold is one that this remover asserts. */
static bool any_outer(struct rule_run *r, const struct act *remove,
		      const struct span *span)
{
	struct lock_name name;
	const struct held *h;

	for (h = remove->locks; h; h = h->next) {
		flow_lock_name(h->lock, h->class, &name.owner, &name.field);
		if (!h->act && path_asserts(r, span, &name) &&
		    !path_changes(span, &name) &&
		    rule_all_takers(r, remove->obj->record, holds_outer, &name))
			return true;
	}
	return false;
}

bool rule_keeps_removers_off(struct rule_run *r, const struct act *const *acts,
			     int n, int select, int use)
{
	const GPtrArray *removes = r->flow->acts[ACT_REMOVE];
	const struct expr *obj = acts[select]->obj;
	struct span span = { .acts = acts, .n = n, .select = select,
			     .use = use,
			     .holder = rule_holder(r, acts[select], obj) };
	guint i;

	for (i = 0; i < removes->len; i++) {
		const struct act *a = removes->pdata[i];

		if (!a->via && a->obj && a->obj->record == obj->record &&
		    any_outer(r, a, &span))
			return true;
	}
	return false;
}
