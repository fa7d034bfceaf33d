// SPDX-License-Identifier: GPL-2.0-only
/*
 * Locks that nobody is seen to take: assertions say that a function's caller
 * has, the function's own or those of all that call it. What only some paths
 * say, or some callers, is not known. Which object a lock is in is followed
 * where that is what a parameter points to.
 */
#include "lower/private.h"

#include <string.h>

/* Callers, and callers of callers, whose assertions speak for a function. */
#define MAX_CALLERS 8
#define MAX_DEPTH 3

const struct expr *asserted_param(const struct flow *fl,
				  const struct entry_lock *lock)
{
	const struct expr *e = lock->lock ? flow_object(fl->unit, lock->lock) :
					    NULL;

	return e && e->kind == EXPR_PARAM && e->record == lock->owner ? e :
									NULL;
}

/* The lock whose bit an assertion asks for; false: it is about another. */
static bool asks_for(const struct flow *fl, const struct act *test,
		     struct entry_lock *ret)
{
	const struct expr *object;
	struct flag_id id;

	if (test->kind != ACT_TEST || !flow_is_assertion(test->macro) ||
	    !test->loc || !flow_flag(test->loc, &id))
		return false;
	object = flow_object(fl->unit, test->loc);
	*ret = (struct entry_lock){ .owner = id.record, .why = "asserted" };
	ret->class = g_intern_string(model_object_lock(id.record, id.name));
	ret->field = ret->class;
	if (object->kind == EXPR_PARAM)
		ret->lock = expr_deref(fl->unit, object);
	return ret->class != NULL;
}

static bool takes_before(const struct act *test, const char *class)
{
	const struct act *a;

	for (a = test->prev; a; a = a->prev)
		if (a->kind == ACT_LOCK && !g_strcmp0(a->class, class))
			return true;
	return false;
}

/* Does the list have a lock of that class already? */
static bool has_class(const GArray *locks, const char *class)
{
	guint i;

	for (i = 0; i < locks->len; i++)
		if (!g_strcmp0(g_array_index(locks, struct entry_lock,
					     i).class, class))
			return true;
	return false;
}

/* How the unit takes a lock of that name; NULL: it does not. */
static const char *class_taken(const struct flow *fl, const char *owner,
			       const char *field)
{
	const char *o, *f;
	guint i;

	for (i = 0; i < fl->acts[ACT_LOCK]->len; i++) {
		const struct act *a = fl->acts[ACT_LOCK]->pdata[i];

		flow_lock_name(a->loc, a->class, &o, &f);
		if (o == owner && f == field)
			return a->class;
	}
	return NULL;
}

/* May it be held by several at once? */
static bool is_shareable(const char *class)
{
	return !strcmp(class, "rwsem") || !strcmp(class, "rwlock");
}

/* Is it a place that the function's caller can name? */
static bool is_callers(const struct expr *e)
{
	if (!e)
		return true;
	if (e->kind == EXPR_LOCAL || e->kind == EXPR_FRESH ||
	    e->kind == EXPR_CALL || e->kind == EXPR_OPAQUE)
		return false;
	return is_callers(e->a) && is_callers(e->b);
}

/*
 * The lock that is held without having been taken, since an assertion says so;
 * class NULL: none, or held for reading perhaps.
 */
static struct entry_lock assumed_lock(const struct flow *fl,
				      const struct held *h)
{
	struct entry_lock none = { 0 }, lock = { .why = "asserted" };

	if (h->act || !h->lock || !is_callers(h->lock))
		return none;
	flow_lock_name(h->lock, h->class, &lock.owner, &lock.field);
	lock.class = class_taken(fl, lock.owner, lock.field);
	lock.lock = h->lock;
	return lock.class && !is_shareable(lock.class) ? lock : none;
}

/* A call that nobody can look into might have taken the lock. */
static bool calls_before(const struct act *a)
{
	for (a = a->prev; a; a = a->prev)
		if (a->kind == ACT_CALL)
			return true;
	return false;
}

static bool same_kind(const struct entry_lock *a, const struct entry_lock *b)
{
	return a->owner == b->owner && a->field == b->field;
}

/* Does the list have one of that name, in whatever object? */
static bool has_kind(const GArray *locks, const struct entry_lock *lock)
{
	guint i;

	for (i = 0; i < locks->len; i++)
		if (same_kind(&g_array_index(locks, struct entry_lock, i),
			      lock))
			return true;
	return false;
}

static bool has_lock(const GArray *locks, const struct entry_lock *lock)
{
	guint i;

	for (i = 0; i < locks->len; i++) {
		const struct entry_lock *o = &g_array_index(
			locks, struct entry_lock, i);

		if (same_kind(o, lock) && o->lock == lock->lock)
			return true;
	}
	return false;
}

static void add_assumed(const struct flow *fl, const struct func_flow *ff,
			const struct act *a, GArray *locks)
{
	const struct held *h;

	for (h = a->locks; h; h = h->next) {
		struct entry_lock lock = assumed_lock(fl, h);

		if (lock.class && !calls_before(a) &&
		    !has_kind(ff->entry_locks, &lock) &&
		    !has_lock(locks, &lock))
			g_array_append_val(locks, lock);
	}
}

/*
 * What asks nothing of memory and changes none does not need a lock; nor does
 * it matter where a path ends that was merged into another one.
 */
static bool is_idle(const struct act *leaf)
{
	const struct act *a;

	if (leaf->kind != ACT_RETURN)
		return true;
	for (a = leaf; a; a = a->prev)
		if (a->obj || a->kind == ACT_CALL)
			return false;
	return true;
}

/* Two parameters are two objects; what has another name may be one of them. */
static bool may_be(const struct flow *fl, const struct entry_lock *a,
		   const struct entry_lock *b)
{
	return same_kind(a, b) &&
	       (a->lock == b->lock || !asserted_param(fl, a) ||
		!asserted_param(fl, b));
}

/* Does the path come by an assertion of the lock, whatever it finds there? */
static bool is_asserted_on(const struct flow *fl, const struct act *leaf,
			   const struct entry_lock *lock)
{
	struct entry_lock other;
	const struct held *h;
	const struct act *a;

	for (a = leaf; a; a = a->prev) {
		if (asks_for(fl, a, &other) && may_be(fl, &other, lock))
			return true;
		for (h = a->locks; h; h = h->next) {
			other.lock = h->lock;
			flow_lock_name(h->lock, h->class, &other.owner,
				       &other.field);
			if (!h->act && may_be(fl, &other, lock))
				return true;
		}
	}
	return false;
}

/* A lock that only some callers hold is asserted on some paths only. */
static bool is_always_asserted(const struct flow *fl,
			       const struct func_flow *ff,
			       const struct entry_lock *lock)
{
	guint i;

	for (i = 0; i < ff->traces->len; i++)
		if (!is_idle(ff->traces->pdata[i]) &&
		    !is_asserted_on(fl, ff->traces->pdata[i], lock))
			return false;
	return true;
}

static void keep_always_asserted(const struct flow *fl,
				 const struct func_flow *ff, GArray *locks)
{
	guint i = 0;

	while (i < locks->len) {
		if (is_always_asserted(fl, ff, &g_array_index(
						   locks, struct entry_lock,
						   i)))
			i++;
		else
			g_array_remove_index(locks, i);
	}
}

/* Is there an act under a lock that nobody took, or an assertion of one? */
static bool asserts_any(const struct flow *fl, const struct func_flow *ff)
{
	const struct act *const *acts;
	struct entry_lock lock;
	const struct held *h;
	guint i, n;
	int k;

	for (k = 0; k < ACT_KINDS; k++) {
		acts = flow_acts(fl, ff, k, &n);
		for (i = 0; i < n; i++) {
			for (h = acts[i]->locks; h && h->act; h = h->next)
				;
			if (h || asks_for(fl, acts[i], &lock))
				return true;
		}
	}
	return false;
}

static GArray *own_asserted(const struct flow *fl, const struct func_flow *ff)
{
	GArray *locks = g_array_new(FALSE, TRUE, sizeof(struct entry_lock));
	const struct act *a;
	GHashTable *seen;
	guint i;

	if (!asserts_any(fl, ff))
		return locks;
	seen = g_hash_table_new(NULL, NULL);
	for (i = 0; i < ff->traces->len; i++) {
		/* where paths share their beginning it is looked at once */
		for (a = ff->traces->pdata[i];
		     a && g_hash_table_add(seen, (gpointer)a); a = a->prev) {
			struct entry_lock lock;

			add_assumed(fl, ff, a, locks);
			if (asks_for(fl, a, &lock) &&
			    a->rel == OP2('!', '=') &&
			    !takes_before(a, lock.class) &&
			    !has_class(ff->entry_locks, lock.class) &&
			    !has_lock(locks, &lock))
				g_array_append_val(locks, lock);
		}
	}
	g_hash_table_unref(seen);
	keep_always_asserted(fl, ff, locks);
	return locks;
}

/* Is the object given to a function that nobody can look into? */
static bool is_given_away(const struct flow *fl, const struct func_flow *ff,
			  const char *record)
{
	const struct act *const *calls;
	guint i, n;

	calls = flow_acts(fl, ff, ACT_CALL, &n);
	for (i = 0; record && i < n; i++)
		if (calls[i]->obj && calls[i]->obj->record == record)
			return true;
	return false;
}

/* Is such a lock held at the call that nobody was seen to take? */
static bool is_assumed_at(const struct call_site *site,
			  const struct entry_lock *lock)
{
	struct entry_lock other;
	const struct held *h;

	for (h = site->locks; h; h = h->next) {
		flow_lock_name(h->lock, h->class, &other.owner, &other.field);
		if (!h->act && same_kind(&other, lock))
			return true;
	}
	return false;
}

bool is_left_to_others(const struct flow *fl, const struct func_flow *ff,
		       const struct entry_lock *lock)
{
	guint i;

	for (i = 0; i < ff->callers->len; i++) {
		const struct call_site *site = ff->callers->pdata[i];

		if (is_assumed_at(site, lock) &&
		    is_given_away(fl, flow_of(fl, site->caller), lock->owner))
			return true;
	}
	return false;
}

/* Does the function let go of a lock of that name somewhere, perhaps? */
static bool lets_go(const struct flow *fl, const struct func_flow *ff,
		    const struct entry_lock *lock)
{
	const struct act *const *unlocks;
	const char *owner, *field;
	guint i, n;

	if (is_given_away(fl, ff, lock->owner))
		return true;
	unlocks = flow_acts(fl, ff, ACT_UNLOCK, &n);
	for (i = 0; i < n; i++) {
		if (!g_strcmp0(unlocks[i]->class, lock->class))
			return true;
		flow_lock_name(unlocks[i]->loc, unlocks[i]->class, &owner,
			       &field);
		if (owner == lock->owner && field == lock->field)
			return true;
	}
	return false;
}

static GArray *asserted_within(const struct flow *fl,
			       const struct func_flow *ff, int depth);

/*
 * What the expression, or a part of it, calls objects of the record: pointers
 * to them, or what they are a part of.
 */
static void add_names(const struct expr *e, const char *record,
		      GHashTable *names)
{
	const struct expr *object = e;

	if (!e)
		return;
	if (e->record == record && e->kind == EXPR_DEREF && !e->pointers)
		object = e->a;
	if (e->record == record && e->kind != EXPR_ADDR && e->pointers <= 1)
		g_hash_table_add(names, (gpointer)object);
	add_names(e->a, record, names);
	add_names(e->b, record, names);
}

/* Does the function name more than one object of the record? */
static bool names_several(const struct func *f, const char *record)
{
	GHashTable *names = g_hash_table_new(NULL, NULL);
	bool several;
	int b, i, n;

	for (b = 0; b < f->n_blocks; b++) {
		add_names(f->blocks[b].cond, record, names);
		for (i = 0; i < f->blocks[b].n_events; i++) {
			const struct event *ev = &f->blocks[b].events[i];

			add_names(ev->lvalue, record, names);
			add_names(ev->value, record, names);
			for (n = 0; n < ev->n_args; n++)
				add_names(ev->args[n], record, names);
		}
	}
	several = g_hash_table_size(names) > 1;
	g_hash_table_unref(names);
	return several;
}

/* Does the call give the callee an object of the record? */
static bool gives_object(const struct call_site *site, const char *record)
{
	int i;

	for (i = 0; i < site->n_args; i++)
		if (site->args[i]->record == record && site->args[i]->pointers)
			return true;
	return false;
}

/* Does the function assign to the parameter, or may a callee? */
static bool is_reassigned(const struct func *f, int param)
{
	int b, i;

	for (b = 0; b < f->n_blocks; b++) {
		for (i = 0; i < f->blocks[b].n_events; i++) {
			const struct event *ev = &f->blocks[b].events[i];

			if (ev->kind == EVENT_ASSIGN &&
			    ev->lvalue->kind == EXPR_LOCAL &&
			    ev->lvalue->id == param)
				return true;
		}
	}
	return f->locals[param].address_taken;
}

/*
 * The lock of the caller's as the callee knows it, in *@ret: in what one of its
 * parameters points to, or else in the one object of that record. False: it is
 * perhaps another object's than the one that the callee changes.
 */
static bool hand_down(const struct flow *fl, const struct call_site *site,
		      const struct entry_lock *lock, struct entry_lock *ret)
{
	const struct expr *param = asserted_param(fl, lock);

	if (param && is_reassigned(site->caller, param->id))
		return false;
	*ret = *lock;
	ret->lock = lock->lock ? flow_in_callee(fl, site, lock->lock) : NULL;
	if (asserted_param(fl, ret))
		return true;
	ret->lock = NULL;
	return !lock->owner ||
	       (!(lock->lock && gives_object(site, lock->owner)) &&
		!names_several(site->caller, lock->owner));
}

/* What the caller's assertions say is held around this call. */
static GArray *asserted_at(const struct flow *fl, const struct call_site *site,
			   int depth)
{
	const struct func_flow *caller = flow_of(fl, site->caller);
	GArray *of = asserted_within(fl, caller, depth + 1);
	GArray *at = g_array_new(FALSE, TRUE, sizeof(struct entry_lock));
	struct entry_lock lock;
	guint i;

	for (i = 0; i < of->len; i++) {
		const struct entry_lock *l = &g_array_index(
			of, struct entry_lock, i);

		if (!lets_go(fl, caller, l) &&
		    hand_down(fl, site, l, &lock) && !has_lock(at, &lock))
			g_array_append_val(at, lock);
	}
	g_array_unref(of);
	return at;
}

/* Keeps what both say, in the same object or in any. */
static void keep_common(GArray *locks, const GArray *other)
{
	guint i = 0;

	while (i < locks->len) {
		struct entry_lock *lock = &g_array_index(
			locks, struct entry_lock, i);
		struct entry_lock any = *lock;

		any.lock = NULL;
		if (!has_lock(other, lock)) {
			if (!has_lock(other, &any) &&
			    (lock->lock || !has_kind(other, lock))) {
				g_array_remove_index(locks, i);
				continue;
			}
			lock->lock = NULL;
		}
		i++;
	}
}

/* Locks that each caller's assertions say are held, and that none lets go. */
static GArray *callers_asserted(const struct flow *fl,
				const struct func_flow *ff, int depth)
{
	GArray *locks = asserted_at(fl, ff->callers->pdata[0], depth), *more;
	guint i;

	for (i = 1; i < ff->callers->len && locks->len; i++) {
		more = asserted_at(fl, ff->callers->pdata[i], depth);
		keep_common(locks, more);
		g_array_unref(more);
	}
	return locks;
}

/*
 * One of no certain object is perhaps one of those that are known, or that
 * stand before it.
 */
static bool is_uncertain(const struct flow *fl, const GArray *locks, guint i)
{
	const struct entry_lock *lock = &g_array_index(
		locks, struct entry_lock, i);
	guint k;

	if (asserted_param(fl, lock))
		return false;
	for (k = 0; k < locks->len; k++) {
		const struct entry_lock *o = &g_array_index(
			locks, struct entry_lock, k);

		if (same_kind(o, lock) && (k < i || asserted_param(fl, o)))
			return true;
	}
	return false;
}

static void drop_uncertain(const struct flow *fl, GArray *locks)
{
	guint i = locks->len;

	while (i-- > 0)
		if (is_uncertain(fl, locks, i))
			g_array_remove_index(locks, i);
}

static GArray *asserted_within(const struct flow *fl,
			       const struct func_flow *ff, int depth)
{
	GArray *locks = own_asserted(fl, ff), *more;
	guint i;

	drop_uncertain(fl, locks);
	if (depth >= MAX_DEPTH || !ff->func->is_static ||
	    !ff->func->in_main_file || ff->address_taken ||
	    !ff->callers->len || ff->callers->len > MAX_CALLERS)
		return locks;
	more = callers_asserted(fl, ff, depth);
	for (i = 0; i < more->len; i++) {
		const struct entry_lock *lock = &g_array_index(
			more, struct entry_lock, i);

		if (!has_kind(ff->entry_locks, lock) && !has_lock(locks, lock))
			g_array_append_val(locks, *lock);
	}
	g_array_unref(more);
	drop_uncertain(fl, locks);
	return locks;
}

const GArray *asserted_locks(const struct builder *b,
			     const struct func_flow *ff)
{
	GArray *locks = g_hash_table_lookup(b->shared->asserted, ff);

	if (!locks) {
		locks = asserted_within(b->flow, ff, 0);
		g_hash_table_insert(b->shared->asserted, (gpointer)ff, locks);
	}
	return locks;
}
