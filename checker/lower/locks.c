// SPDX-License-Identifier: GPL-2.0-only
/*
 * Locks: words that are taken and released. One without an address is a global
 * of its class's name. Semaphores are not modelled: whoever takes one need not
 * be who lets it go.
 */
#include "lower/call.h"

#include <string.h>

/* Callers, and callers of callers, whose assertions speak for a function. */
#define MAX_CALLERS 8
#define MAX_DEPTH 3

static bool is_rcu(const struct api *row)
{
	return row->arg < 0 && row->class && !strcmp(row->class, "rcu");
}

static enum lock_kind lock_kind(const struct api *row)
{
	switch (row->effect) {
	case EFFECT_LOCK_READ:
	case EFFECT_TRYLOCK_READ:
	case EFFECT_UNLOCK_READ:
		return LOCK_READ;
	default:
		break;
	}
	if (row->class && (!strcmp(row->class, "rwlock") ||
			   !strcmp(row->class, "rwsem")))
		return LOCK_WRITE;
	return row->class && !strcmp(row->class, "spin") ? LOCK_SPIN :
							   LOCK_MUTEX;
}

/* The word that is the lock; @class: of a lock without an address. */
static struct word *lock_word(struct frame *f, struct spot *s,
			      const char *class)
{
	struct word *w;

	if (!s->object && class) {
		s->kind = kind_of(f->b, g_intern_static_string(""));
		s->object = value_const(f->b, object_number(f->b, s->kind, 0),
					NULL);
		s->path = g_intern_string(class);
	}
	if (!s->object || !*s->path)
		return NULL;
	w = spot_word(f, s);
	if (w)
		w->field.lock = true;
	return w;
}

int add_lock_op(struct frame *f, enum op_kind kind, enum lock_kind lock,
		struct spot s, const char *class)
{
	struct word *w = lock_word(f, &s, class);
	struct op *op;

	if (!w) {
		add_use(f, &s);
		return -1;
	}
	op = add_op(f, kind);
	op->lock = lock;
	op->place = spot_place(f, &s, w);
	if (kind == OP_TRYLOCK)
		op->result = new_reg(f->t, NULL);
	return op->result;
}

void call_take(struct call *c, int arg, bool take)
{
	add_lock_op(c->f, take ? OP_LOCK : OP_UNLOCK, lock_kind(c->row),
		call_pointee(c, arg), c->row->class);
}

void call_lock(struct call *c)
{
	enum effect e = c->row->effect;
	enum lock_kind kind = lock_kind(c->row);
	int r;

	if (e == EFFECT_ASSERT_HELD)
		return;
	if (c->row->class && !strcmp(c->row->class, "semaphore")) {
		/* it need not be who took it that lets it go */
		builder_assume(c->f->b, c->ev->loc,
			       "semaphores keep nobody waiting here");
		c->f->b->loose = true;
		c->ret->value = call_number(c, 0);
		return;
	}
	if (is_rcu(c->row)) {
		add_op(c->f, e == EFFECT_LOCK_READ ? OP_RCU_LOCK :
						     OP_RCU_UNLOCK);
		return;
	}
	switch (e) {
	case EFFECT_LOCK:
	case EFFECT_LOCK_READ:
		call_take(c, c->row->arg, true);
		break;
	case EFFECT_LOCK_INTR: /* a signal is not modelled */
		if (!strstr(c->row->name, "try")) {
			call_take(c, c->row->arg, true);
			c->ret->value = call_number(c, 0);
			break;
		}
		/* fall through */
	case EFFECT_TRYLOCK:
	case EFFECT_TRYLOCK_READ:
		r = add_lock_op(c->f, OP_TRYLOCK, kind, call_pointee(c, c->row->arg),
			    c->row->class);
		c->ret->value = r < 0 ? call_number(c, 1) : call_reg(c, r);
		if (e == EFFECT_LOCK_INTR) /* down_trylock(): 0 is taken */
			c->ret->value = value_unary(c->f->b, '!',
						    c->ret->value);
		break;
	default:
		call_take(c, c->row->arg, false);
		break;
	}
}

/* The word that says that an object is locked; interned. */
static const char *object_lock(const char *class)
{
	char *name = g_strdup_printf("(lock %s)", class ? class : "object");
	const char *kept = g_intern_string(name);

	g_free(name);
	return kept;
}

/* A lock that is a state of the object: lock_page(). */
void call_object_lock(struct call *c)
{
	struct spot s = call_object(c, c->row->arg);
	enum op_kind kind = c->row->effect == EFFECT_OBJECT_UNLOCK ?
				    OP_UNLOCK :
			    c->row->effect == EFFECT_OBJECT_TRYLOCK ?
				    OP_TRYLOCK : OP_LOCK;
	int r;

	s.path = object_lock(c->row->class);
	r = add_lock_op(c->f, kind, LOCK_BIT, s, NULL);
	if (kind == OP_TRYLOCK)
		c->ret->value = r < 0 ? call_number(c, 1) : call_reg(c, r);
}

/* The lock of an object as a whole has its class for a name. */
static bool is_object_lock(const struct entry_lock *lock)
{
	return lock->owner && lock->class && !strcmp(lock->field, lock->class);
}

void build_entry_lock(struct frame *f, const struct entry_lock *lock,
		      const struct value *owner, bool take)
{
	struct api row = { .effect = take ? EFFECT_LOCK : EFFECT_UNLOCK,
			   .arg = lock->owner ? 0 : -1,
			   .class = lock->class };
	enum op_kind kind = take ? OP_LOCK : OP_UNLOCK;
	struct spot s = { 0 };
	guint n = f->t->ops->len;

	if (is_rcu(&row)) {
		add_op(f, take ? OP_RCU_LOCK : OP_RCU_UNLOCK);
		return;
	}
	if (lock->lock) {
		s = spot_of(f, lock->lock);
	} else if (lock->owner) {
		s = instance_of(f, lock->owner);
		s.object = owner && s.kind->primary ? owner : s.object;
		s.path = lock->field;
	}
	if (is_object_lock(lock)) {
		s.path = object_lock(lock->class);
		add_lock_op(f, kind, LOCK_BIT, s, NULL);
	} else {
		add_lock_op(f, kind, lock_kind(&row), s,
			    s.object ? NULL : lock->field);
	}
	if (f->t->ops->len > n) /* no line of the source does it */
		g_array_index(f->t->ops, struct op, n).text =
			take ? "the caller holds a lock" :
			       "the caller lets go of the lock";
}

/* Does an assertion ask about the bit that is such a lock? */
static const char *asserted_class(const struct act *test,
				  struct flag_id *ret_flag)
{
	if (test->kind != ACT_TEST || !flow_is_assertion(test->macro) ||
	    !test->loc || !flow_flag(test->loc, ret_flag))
		return NULL;
	return g_intern_string(model_object_lock(ret_flag->record,
						 ret_flag->name));
}

/* The lock whose bit an assertion found to be set; class NULL: none. */
static struct entry_lock asserted_lock(const struct act *test)
{
	struct entry_lock none = { 0 }, lock = { .why = "asserted" };
	struct flag_id id;

	if (test->rel != OP2('!', '='))
		return none;
	lock.class = asserted_class(test, &id);
	if (!lock.class)
		return none;
	lock.owner = id.record;
	lock.field = lock.class;
	return lock;
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

static const struct entry_lock *find_lock(const GArray *locks,
					  const struct entry_lock *lock)
{
	guint i;

	for (i = 0; i < locks->len; i++) {
		const struct entry_lock *o = &g_array_index(
			locks, struct entry_lock, i);

		if (o->owner == lock->owner && o->field == lock->field)
			return o;
	}
	return NULL;
}

static bool has_lock(const GArray *locks, const struct entry_lock *lock)
{
	return find_lock(locks, lock) != NULL;
}

static void add_assumed(const struct flow *fl, const struct func_flow *ff,
			const struct act *a, GArray *locks)
{
	const struct held *h;

	for (h = a->locks; h; h = h->next) {
		struct entry_lock lock = assumed_lock(fl, h);

		if (lock.class && !calls_before(a) &&
		    !has_lock(ff->entry_locks, &lock) &&
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

/* Does the path come by an assertion of the lock, whatever it finds there? */
static bool is_asserted_on(const struct act *leaf,
			   const struct entry_lock *lock)
{
	const char *owner, *field, *class;
	const struct held *h;
	const struct act *a;
	struct flag_id id;

	for (a = leaf; a; a = a->prev) {
		class = asserted_class(a, &id);
		if (class && class == lock->field)
			return true;
		for (h = a->locks; h; h = h->next) {
			flow_lock_name(h->lock, h->class, &owner, &field);
			if (!h->act && owner == lock->owner &&
			    field == lock->field)
				return true;
		}
	}
	return false;
}

/* A lock that only some callers hold is asserted on some paths only. */
static bool is_always_asserted(const struct func_flow *ff,
			       const struct entry_lock *lock)
{
	guint i;

	for (i = 0; i < ff->traces->len; i++)
		if (!is_idle(ff->traces->pdata[i]) &&
		    !is_asserted_on(ff->traces->pdata[i], lock))
			return false;
	return true;
}

static void keep_always_asserted(const struct func_flow *ff, GArray *locks)
{
	guint i = 0;

	while (i < locks->len) {
		if (is_always_asserted(ff, &g_array_index(
					       locks, struct entry_lock, i)))
			i++;
		else
			g_array_remove_index(locks, i);
	}
}

static GArray *own_asserted(const struct flow *fl, const struct func_flow *ff)
{
	GArray *locks = g_array_new(FALSE, TRUE, sizeof(struct entry_lock));
	GHashTable *seen = g_hash_table_new(NULL, NULL);
	const struct act *a;
	guint i;

	for (i = 0; i < ff->traces->len; i++) {
		/* where paths share their beginning it is looked at once */
		for (a = ff->traces->pdata[i];
		     a && g_hash_table_add(seen, (gpointer)a); a = a->prev) {
			struct entry_lock lock = asserted_lock(a);

			add_assumed(fl, ff, a, locks);
			if (lock.class && !takes_before(a, lock.class) &&
			    !has_class(ff->entry_locks, lock.class) &&
			    !has_class(locks, lock.class))
				g_array_append_val(locks, lock);
		}
	}
	g_hash_table_unref(seen);
	keep_always_asserted(ff, locks);
	return locks;
}

/* Does the function let go of a lock of that name somewhere? */
static bool lets_go(const struct flow *fl, const struct func_flow *ff,
		    const struct entry_lock *lock)
{
	const struct act *const *unlocks;
	const char *owner, *field;
	guint i, n;

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

/* How many objects of that record the first @n variables point to. */
static int count_objects(const struct func *f, int n, const char *record)
{
	int i, count = 0;

	for (i = 0; i < n; i++)
		count += f->locals[i].record == record &&
			 f->locals[i].pointers && *f->locals[i].name != '#';
	return count;
}

/* The parameter with the lock in it; NULL: another place, or no parameter. */
static const struct expr *lock_param(const struct entry_lock *lock)
{
	const struct expr *e = lock->lock;

	while (e && e->kind != EXPR_PARAM)
		e = e->a;
	return e && e->record == lock->owner ? e : NULL;
}

/* Is the lock in what the call hands down as the callee's only such object? */
static bool hands_down(const struct call_site *site,
		       const struct entry_lock *lock)
{
	const struct expr *param = lock_param(lock);
	const struct func *callee = site->callee->func;
	int i;

	if (!param ||
	    count_objects(callee, callee->n_params, lock->owner) != 1)
		return false;
	for (i = 0; i < site->n_args && i < callee->n_params; i++)
		if (callee->locals[i].record == lock->owner)
			return site->args[i] == param;
	return false;
}

/* May the lock be another object's than the one that the callee changes? */
static bool is_others(const struct call_site *site,
		      const struct entry_lock *lock)
{
	return lock && lock->owner && !hands_down(site, lock) &&
	       count_objects(site->caller, site->caller->n_locals,
			     lock->owner) > 1;
}

/* Keeps those that this caller has around its call. */
static void keep_caller(const struct flow *fl, const struct call_site *site,
			int depth, GArray *locks)
{
	const struct func_flow *caller = flow_of(fl, site->caller);
	GArray *of = asserted_within(fl, caller, depth + 1);
	guint i = 0;

	while (i < locks->len) {
		struct entry_lock *lock = &g_array_index(
			locks, struct entry_lock, i);

		lock->lock = NULL; /* in terms of another function */
		if (has_lock(of, lock) && !lets_go(fl, caller, lock) &&
		    !is_others(site, find_lock(of, lock)))
			i++;
		else
			g_array_remove_index(locks, i);
	}
	g_array_unref(of);
}

/* Locks that each caller's assertions say are held, and that none lets go. */
static GArray *callers_asserted(const struct flow *fl,
				const struct func_flow *ff, int depth)
{
	const struct call_site *site = ff->callers->pdata[0];
	GArray *locks = asserted_within(fl, flow_of(fl, site->caller),
					depth + 1);
	guint i;

	for (i = 0; i < ff->callers->len && locks->len; i++) {
		site = ff->callers->pdata[i];
		keep_caller(fl, site, depth, locks);
	}
	return locks;
}

static GArray *asserted_within(const struct flow *fl,
			       const struct func_flow *ff, int depth)
{
	GArray *locks = own_asserted(fl, ff), *more;
	guint i;

	if (depth >= MAX_DEPTH || !ff->func->is_static ||
	    !ff->func->in_main_file || ff->address_taken ||
	    !ff->callers->len || ff->callers->len > MAX_CALLERS)
		return locks;
	more = callers_asserted(fl, ff, depth);
	for (i = 0; i < more->len; i++) {
		const struct entry_lock *lock = &g_array_index(
			more, struct entry_lock, i);

		if (!has_lock(ff->entry_locks, lock) && !has_lock(locks, lock))
			g_array_append_val(locks, *lock);
	}
	g_array_unref(more);
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
