// SPDX-License-Identifier: GPL-2.0-only
/*
 * Acts: what is appended to a path's trace, and what each does to the state.
 * Whether it is right or wrong is for the rules.
 */
#include "flow/state.h"

struct act *act_add(struct explorer *x, struct state *st, enum act_kind kind,
		    const struct expr *obj, const struct expr *loc)
{
	struct act *a = arena_new_object(x->flow->arena, struct act);
	const struct event *ev = x->event;

	a->kind = kind;
	a->obj = obj;
	a->loc = loc;
	a->prev = st->trace;
	a->seq = st->trace ? st->trace->seq + 1 : 1;
	a->locks = st->locks;
	a->in = x->ff;
	a->block = x->block->id;
	a->event = ev ? ev->id : -1;
	a->func = x->func->name;
	a->at = ev ? ev->loc : x->block->cond_loc;
	a->macro = ev ? ev->macro : x->block->cond_macro;
	if (ev && ev->callee && ev->callee->kind == EXPR_FUNC)
		a->name = ev->callee->name;
	st->trace = a;
	return a;
}

/* Acts that tell paths apart even where nothing else does. */
static bool distinguishes(const struct act *a)
{
	return a->kind != ACT_LOAD && a->kind != ACT_USE &&
	       a->kind != ACT_RETURN && a->kind != ACT_CALL &&
	       a->kind != ACT_SLEEP && a->kind != ACT_STORE;
}

void act_done(struct explorer *x, struct state *st, struct act *a)
{
	guint64 h = st->trace_hash;

	if (!distinguishes(a))
		return;
	h = digest_mix(h, a->kind * 31u + (guint64)a->rel);
	h = digest_mix(h, a->obj ? a->obj->serial : 0);
	h = digest_mix(h, a->loc ? a->loc->serial : 0);
	h = digest_mix(h, a->value ? a->value->serial : 0);
	h = digest_mix(h, (guint64)a->at.line);
	st->trace_hash = h;
}

void act_lock(struct explorer *x, struct state *st, const struct expr *lock,
	      const char *class, bool shared)
{
	struct held *h = arena_new_object(x->flow->arena, struct held);
	struct act *a = act_add(x, st, ACT_LOCK,
				lock ? flow_object(x->unit, lock) : NULL, lock);

	a->class = class;
	a->shared = shared;
	act_done(x, st, a);
	h->lock = lock;
	h->class = class;
	h->read = shared;
	h->act = a;
	h->next = st->locks;
	st->locks = h;
	/* What was seen before may have changed while it waited. */
	if (lock)
		state_forget_shared(x, st);
}

/* The list without @gone, whose tail is shared. */
static const struct held *without(struct arena *a, const struct held *list,
				  const struct held *gone)
{
	struct held *h;

	if (list == gone)
		return list->next;
	h = arena_new_object(a, struct held);
	*h = *list;
	h->next = without(a, list->next, gone);
	return h;
}

static const struct held *find_held(const struct state *st,
				    const struct expr *lock, const char *class)
{
	const struct held *h;

	for (h = st->locks; h; h = h->next)
		if (h->lock == lock && (lock || h->class == class))
			return h;
	return NULL;
}

void act_assume_held(struct explorer *x, struct state *st,
		     const struct expr *lock, const char *class)
{
	struct held *h;

	/* an unlock lets go of one only */
	if (find_held(st, lock, class))
		return;
	h = arena_new_object(x->flow->arena, struct held);
	h->lock = lock;
	h->class = class;
	h->next = st->locks;
	st->locks = h;
}

/*
 * The path lets go of a lock that it did not take: its caller did, or it did
 * under another name, as it may where the lock is reached as a whole.
 */
static void add_released(struct explorer *x, struct state *st,
			 const struct expr *lock, const char *class)
{
	const struct held *l;
	struct held *h;

	for (l = st->released; l; l = l->next)
		if (l->lock == lock && l->class == class)
			return;
	h = arena_new_object(x->flow->arena, struct held);
	h->lock = lock;
	h->class = class;
	h->next = st->released;
	st->released = h;
}

void act_unlock(struct explorer *x, struct state *st, const struct expr *lock,
		const char *class, bool shared)
{
	const struct held *h = find_held(st, lock, class);
	struct act *a = act_add(x, st, ACT_UNLOCK,
				lock ? flow_object(x->unit, lock) : NULL, lock);

	a->class = class;
	a->shared = shared;
	act_done(x, st, a);
	if (h)
		st->locks = without(x->flow->arena, st->locks, h);
	if (!h || !h->act)
		add_released(x, st, lock, class);
	/* what was written may change again, now that nothing keeps others off */
	if (lock && !st->locks)
		state_forget_written(x, st);
}

static enum act_kind write_kind(const struct expr *value)
{
	if (!value || value->kind != EXPR_CONST)
		return ACT_STORE;
	return value->value ? ACT_SET : ACT_CLEAR;
}

void act_write(struct explorer *x, struct state *st, const struct expr *loc,
	       const struct expr *value, bool atomic)
{
	struct act *a;

	/* A local that a callee writes over a pointer is worth an act too. */
	if (flow_is_shared(loc) || loc->kind == EXPR_LOCAL) {
		a = act_add(x, st, write_kind(value),
			    flow_object(x->unit, loc), loc);
		a->value = value;
		a->atomic = atomic;
		a->is_init = a->obj && flow_private(a, a->obj);
		act_done(x, st, a);
	}
	state_write(x, st, loc, value);
}

struct act *act_test(struct explorer *x, struct state *st,
		     const struct expr *loc, int rel, gint64 value, bool atomic,
		     bool kept)
{
	struct act *a = act_add(x, st, ACT_TEST, flow_object(x->unit, loc),
				loc);

	a->rel = rel;
	a->value = expr_const(x->unit, value, NULL);
	a->atomic = atomic;
	a->kept = kept;
	act_done(x, st, a);
	return a;
}

void act_put(struct explorer *x, struct state *st, const struct expr *obj,
	     const struct expr *count, enum last last, const char *class)
{
	struct act *a = act_add(x, st, ACT_PUT, obj, count);

	a->last = last;
	a->class = class;
	act_done(x, st, a);
	if (last != LAST_NO)
		state_heat(x, st, obj);
}

void state_heat(struct explorer *x, struct state *st, const struct expr *obj)
{
	const struct hot *h;
	struct hot *n;

	for (h = st->hot; h; h = h->next)
		if (h->obj == obj && !h->used)
			return;
	n = arena_new_object(x->scratch, struct hot);
	n->obj = obj;
	n->next = st->hot;
	st->hot = n;
}

void state_cool(struct explorer *x, struct state *st, const struct expr *obj)
{
	const struct hot *h, *list = NULL;
	struct hot **tail = (struct hot **)&list;

	for (h = st->hot; h; h = h->next) {
		if (h->obj == obj)
			continue;
		*tail = arena_copy(x->scratch, h, sizeof(*h));
		(*tail)->next = NULL;
		tail = (struct hot **)&(*tail)->next;
	}
	st->hot = list;
}

void state_found(struct explorer *x, struct state *st, const struct expr *obj)
{
	state_heat(x, st, obj);
	fact_assume(x, st, expr_binary(x->unit, OP2('E', 'R'), obj,
				       expr_const(x->unit, 0, NULL)),
		    OP2('=', '='), 0);
}

void state_found_entry(struct explorer *x, struct state *st,
		       const struct expr *obj)
{
	state_found(x, st, obj);
	fact_assume(x, st, obj, OP2('!', '='), 0);
}

/* The pointer that evaluating this place dereferences last, or NULL. */
static const struct expr *dereferenced(const struct expr *lvalue)
{
	while (lvalue->kind == EXPR_FIELD ||
	       (lvalue->kind == EXPR_INDEX && lvalue->pointers == 0) ||
	       lvalue->kind == EXPR_BIT)
		lvalue = lvalue->a;
	return lvalue->kind == EXPR_DEREF ? lvalue->a : NULL;
}

void state_use(struct explorer *x, struct state *st, const struct expr *lvalue)
{
	const struct expr *p;
	const struct hot *h;
	struct act *a;

	if (!st->hot)
		return;
	p = dereferenced(eval_place(x, st, lvalue));
	if (!p)
		return;
	for (h = st->hot; h; h = h->next)
		if (h->obj == p)
			break;
	if (!h)
		return;
	a = act_add(x, st, ACT_USE, p, eval_place(x, st, lvalue));
	act_done(x, st, a);
}
