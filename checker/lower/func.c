// SPDX-License-Identifier: GPL-2.0-only
/*
 * A function's body as operations, in a frame of its own. Any graph will do:
 * blocks become jumps.
 */
#include "lower/private.h"

#include <string.h>

/* More blocks than that are no part of a story. */
#define MAX_BLOCKS 600

static void lower_block(struct frame *f, const struct block *b)
{
	int i;

	f->block = b;
	f->block_at[b->id] = here(f);
	if (f->complains[b->id]) {
		f->event = b->n_events ? &b->events[0] : NULL;
		build_complaint(f, b);
		f->event = NULL;
	} else {
		for (i = 0; i < b->n_events && !f->b->why; i++)
			build_event(f, &b->events[i]);
	}
	build_jump(f, b);
}

static void find_loops(struct frame *f)
{
	const struct func *func = f->func;
	bool *seen = arena_new_array(f->b->arena, bool, func->n_blocks);
	int i;

	f->in_loop = arena_new_array(f->b->arena, bool, func->n_blocks);
	for (i = 0; i < func->n_blocks; i++) {
		memset(seen, 0, (size_t)func->n_blocks * sizeof(*seen));
		mark_reached(&func->blocks[i], seen);
		f->in_loop[i] = seen[i];
	}
}

static void find_defs(struct frame *f)
{
	const struct func *func = f->func;
	int *n = arena_new_array(f->b->arena, int, func->n_locals);
	int i, k;

	f->defs = arena_new_array(f->b->arena, const struct expr *,
				  func->n_locals);
	for (i = 0; i < func->n_blocks; i++) {
		for (k = 0; k < func->blocks[i].n_events; k++) {
			const struct event *ev = &func->blocks[i].events[k];

			if (ev->kind != EVENT_ASSIGN ||
			    ev->lvalue->kind != EXPR_LOCAL)
				continue;
			f->defs[ev->lvalue->id] = ev->op ? NULL : ev->value;
			n[ev->lvalue->id] += ev->op ? 2 : 1;
		}
	}
	for (i = 0; i < func->n_locals; i++)
		if (n[i] != 1 || func->locals[i].is_param ||
		    func->locals[i].address_taken)
			f->defs[i] = NULL;
}

static void frame_init(struct frame *f)
{
	f->regs = g_hash_table_new(NULL, NULL);
	f->loads = g_hash_table_new(NULL, NULL);
	f->aliases = g_hash_table_new(NULL, NULL);
	f->results = g_hash_table_new(NULL, NULL);
	f->choices = g_hash_table_new(NULL, NULL);
	f->unknown = g_hash_table_new(NULL, NULL);
	f->encoded = g_hash_table_new(NULL, NULL);
	f->jumps = g_array_new(FALSE, FALSE, sizeof(struct jump));
	f->returns = g_array_new(FALSE, FALSE, sizeof(int));
	f->block_at = arena_new_array(f->b->arena, int, f->func->n_blocks);
	find_loops(f);
	find_defs(f);
	find_complaints(f);
	find_leads(f);
}

static void frame_clear(struct frame *f)
{
	g_hash_table_unref(f->regs);
	g_hash_table_unref(f->loads);
	g_hash_table_unref(f->aliases);
	g_hash_table_unref(f->results);
	g_hash_table_unref(f->choices);
	g_hash_table_unref(f->unknown);
	g_hash_table_unref(f->encoded);
	g_array_unref(f->jumps);
	g_array_unref(f->returns);
}

static bool same_type(const struct local *a, const struct local *b)
{
	return a->record == b->record && a->pointers == b->pointers;
}

/* What the finding's function calls the object; or NULL. */
static const char *stake_name(const struct subject *s)
{
	return s->object && s->object->kind == EXPR_PARAM ?
		       s->in->func->locals[s->object->id].name : NULL;
}

/*
 * Which of its record's objects parameter @i is: the first is the one at
 * stake, which all functions call by one name, or else the first of them.
 */
static int nth_object(const struct frame *f, int i)
{
	const struct local *l = f->func->locals;
	const char *name = stake_name(f->b->subject);
	int p, nth = 0, first = -1;

	for (p = 0; p < f->func->n_params; p++) {
		if (!same_type(&l[p], &l[i]))
			continue;
		if (first < 0 || !g_strcmp0(l[p].name, name))
			first = p;
	}
	for (p = 0; p < i; p++)
		nth += p != first && same_type(&l[p], &l[i]);
	return i == first ? 0 : MIN(nth + 1, MAX_INSTANCES - 1);
}

/* The object that parameter @i of a thread's own function points to. */
static const struct value *entry_object(struct frame *f, int i)
{
	const char *record = f->func->locals[i].record;
	int nth = nth_object(f, i) + f->t->nth;

	if (!nth && f->t->found && f->t->found_record == record)
		return f->t->found;
	return value_const(f->b, object_number(f->b, kind_of(f->b, record),
					       nth), NULL);
}

/* The constant that all callers give parameter @i; NULL: there may be others. */
static const struct value *constant_argument(struct frame *f, int i)
{
	const struct func_flow *ff = flow_of(f->b->flow, f->func);
	const struct expr *arg = NULL;
	guint n;

	/* what a header defines has callers in other units */
	if (!ff || !f->func->is_static || !f->func->in_main_file ||
	    ff->address_taken)
		return NULL;
	for (n = 0; n < ff->callers->len; n++) {
		const struct call_site *site = ff->callers->pdata[n];

		if (i >= site->n_args || site->args[i]->kind != EXPR_CONST ||
		    (arg && arg->value != site->args[i]->value))
			return NULL;
		arg = site->args[i];
	}
	return arg ? value_const(f->b, arg->value, arg->name) : NULL;
}

/* A parameter of a thread's own function. */
static void bind_entry(struct frame *f, int i)
{
	const struct local *l = &f->func->locals[i];
	const struct expr *param = expr_local(f->func->unit, i, l);
	const struct value *v;

	if (l->pointers == 1 && l->record) {
		add_set(f, local_reg(f, param), entry_object(f, i));
	} else if (!l->pointers && !l->record) {
		v = constant_argument(f, i);
		if (!v)
			g_hash_table_add(f->unknown, (gpointer)param);
		add_set(f, local_reg(f, param),
			v ? v : value_reg(f->b, add_unknown(f)));
	}
}

static void bind_argument(struct frame *f, struct frame *caller, int i,
			  const struct expr *arg)
{
	const struct local *l = &f->func->locals[i];
	const struct expr *param = expr_local(f->func->unit, i, l);
	struct spot s = pointee_of(caller, arg);
	const struct value *v;

	/* a place inside something, or a variable of the caller's */
	if (l->pointers && (s.frame || (s.object &&
					(*s.path || s.kind->record !=
						    l->record)))) {
		g_hash_table_insert(f->aliases, (gpointer)param,
				    arena_copy(f->b->arena, &s, sizeof(s)));
		return;
	}
	v = assigned_value(caller, param, arg);
	if (encodes(caller, arg))
		g_hash_table_add(f->encoded, (gpointer)param);
	if (!l->pointers && !value_is_known(caller, arg, 0))
		g_hash_table_add(f->unknown, (gpointer)param);
	if (!v && !l->pointers && !l->record)
		v = value_reg(f->b, add_unknown(f));
	if (v)
		add_set(f, local_reg(f, param), v);
}

static void bind(struct frame *f, struct frame *caller,
		 const struct event *call)
{
	int i;

	f->event = call;
	for (i = 0; i < f->func->n_params; i++) {
		if (!caller)
			bind_entry(f, i);
		else if (i < call->n_args)
			bind_argument(f, caller, i, call->args[i]);
	}
	f->event = NULL;
}

/* Does the lock stand in the list before its @n-th? */
static bool is_listed(const GArray *locks, guint n)
{
	const struct entry_lock *e = &g_array_index(locks, struct entry_lock,
						    n);
	guint i;

	for (i = 0; i < n; i++) {
		const struct entry_lock *o = &g_array_index(
			locks, struct entry_lock, i);

		if (o->owner == e->owner && o->field == e->field &&
		    !g_strcmp0(o->class, e->class))
			return true;
	}
	return false;
}

/* The number of the parameter that has the asserted lock; -1: none does. */
static int lock_param(const struct frame *f, const struct entry_lock *lock)
{
	const struct expr *param = asserted_param(f->b->flow, lock);

	return param && f->func->locals[param->id].pointers == 1 ? param->id :
								   -1;
}

/* Is what is at stake reached through the parameter? */
static bool leads_to_stake(const struct frame *f, int param)
{
	const struct subject *s = f->b->subject;
	const struct expr *e = s->in->func == f->func ? s->object : NULL;

	while (e && e->a)
		e = e->a;
	return e && e->kind == EXPR_PARAM && e->id == param;
}

/* Are there other parameters of that type? */
static bool has_twin(const struct frame *f, int param)
{
	const struct local *l = f->func->locals;
	int i, n = 0;

	for (i = 0; i < f->func->n_params; i++)
		n += same_type(&l[i], &l[param]);
	return n > 1;
}

/*
 * Is it the lock of the object at stake? Another CPU comes with another second
 * object, so its lock keeps nobody out. Of what is not at stake there is one,
 * unless the function gets several: then what is at stake tells which.
 */
static bool is_of_stake(const struct frame *f, const GArray *locks, guint n)
{
	const struct entry_lock *e = &g_array_index(locks, struct entry_lock,
						    n);
	int param = lock_param(f, e);

	if (param < 0)
		return !is_listed(locks, n);
	if (kind_of(f->b, e->owner)->primary)
		return !nth_object(f, param);
	if (!has_twin(f, param))
		return !is_listed(locks, n);
	if (leads_to_stake(f, param))
		return true;
	f->b->loose = true;
	return false;
}

/* What its assertions say that its caller has taken. */
static void lower_asserted(struct frame *f, const struct func_flow *ff,
			   bool take)
{
	const GArray *locks = asserted_locks(f->b, ff);
	const struct entry_lock *lock;
	int param;
	guint i;

	for (i = 0; i < locks->len; i++) {
		lock = &g_array_index(locks, struct entry_lock, i);
		param = lock_param(f, lock);
		if (is_of_stake(f, locks, i))
			build_entry_lock(f, lock, param < 0 ? NULL :
					 entry_object(f, param), take);
	}
}

/* The last that the path does to a lock of that name; NULL: nothing. */
static const struct act *last_of(const struct act *leaf,
				 const struct entry_lock *lock)
{
	const char *owner, *field;
	const struct act *a;

	for (a = leaf; a; a = a->prev) {
		if (a->kind != ACT_LOCK && a->kind != ACT_UNLOCK)
			continue;
		flow_lock_name(a->loc, a->class, &owner, &field);
		if (owner == lock->owner && field == lock->field)
			break;
	}
	return a;
}

/* Does each caller in the unit have a lock of that name there? */
static bool have_callers(const struct flow *fl, const struct func_flow *ff,
			 const struct entry_lock *lock)
{
	guint i;

	for (i = 0; i < ff->callers->len; i++) {
		const struct call_site *site = ff->callers->pdata[i];
		const struct act call = { .locks = site->locks };

		if (!flow_holds_kind(flow_of(fl, site->caller), &call,
				     lock->owner, lock->field))
			return false;
	}
	return true;
}

/*
 * Does the function let go of the caller's lock only to take it again? Where
 * all paths do, it is what the function leaves locked, see threads.c. Where
 * parameters decide, they may say that the caller does not hold it.
 */
static bool is_taken_again(const struct flow *fl, const struct func_flow *ff,
			   const struct entry_lock *lock)
{
	const struct act *leaf, *last;
	bool always = true;
	guint i;

	if (!have_callers(fl, ff, lock))
		return false;
	for (i = 0; i < ff->traces->len; i++) {
		leaf = ff->traces->pdata[i];
		if (leaf->kind != ACT_RETURN)
			continue;
		last = last_of(leaf, lock);
		if (leaf->given || (last && (last->kind == ACT_UNLOCK ||
					     last->loc != lock->lock)))
			return false;
		always &= last != NULL;
	}
	return !always;
}

/* Does the function get an object of the record? */
static bool gets_object(const struct func *f, const char *record)
{
	int i;

	for (i = 0; i < f->n_params; i++)
		if (f->locals[i].record == record && f->locals[i].pointers)
			return true;
	return false;
}

/*
 * Is it a lock of callers that is perhaps in another object than the one at
 * stake, which they give to the function, or that they perhaps let go of?
 */
static bool is_in_doubt(const struct frame *f, const struct func_flow *ff,
			const struct entry_lock *e)
{
	if (g_str_has_prefix(e->why, "released") || !e->owner ||
	    !kind_of(f->b, e->owner)->primary)
		return false;
	return (!asserted_param(f->b->flow, e) &&
		gets_object(f->func, e->owner)) ||
	       is_left_to_others(f->b->flow, ff, e);
}

/* The entry locks, those in doubt last; the caller frees them. */
static GArray *sorted_entry(const struct frame *f, const struct func_flow *ff,
			    guint *ret_sure)
{
	GArray *sure = g_array_new(FALSE, TRUE, sizeof(struct entry_lock));
	GArray *doubt = g_array_new(FALSE, TRUE, sizeof(struct entry_lock));
	const struct entry_lock *e;
	guint i;

	for (i = 0; i < ff->entry_locks->len; i++) {
		e = &g_array_index(ff->entry_locks, struct entry_lock, i);
		g_array_append_val(is_in_doubt(f, ff, e) ? doubt : sure, *e);
	}
	*ret_sure = sure->len;
	g_array_append_vals(sure, doubt->data, doubt->len);
	g_array_unref(doubt);
	return sure;
}

/* What each caller holds is held around the thread. */
static void lower_entry(struct frame *f, bool take)
{
	const struct func_flow *ff = flow_of(f->b->flow, f->func);
	GArray *locks;
	guint i, n;

	if (!ff)
		return;
	lower_asserted(f, ff, take);
	locks = sorted_entry(f, ff, &n);
	for (i = 0; i < locks->len; i++) {
		const struct entry_lock *e = &g_array_index(
			locks, struct entry_lock, i);

		if (is_listed(locks, i))
			continue;
		if (i >= n)
			f->b->loose = true;
		else if (take || !g_str_has_prefix(e->why, "released") ||
			 is_taken_again(f->b->flow, ff, e))
			build_entry_lock(f, e, NULL, take);
	}
	g_array_unref(locks);
}

static void lower_blocks(struct frame *f)
{
	const struct func *func = f->func;
	bool *seen = arena_new_array(f->b->arena, bool, func->n_blocks);
	guint i;

	seen[0] = true;
	mark_reached(&func->blocks[0], seen);
	f->rounds = arena_new_array(f->b->arena, int, func->n_blocks);
	for (i = 0; i < (guint)func->n_blocks; i++)
		if (seen[i] && leaving_edge(f, &func->blocks[i]) >= 0)
			f->rounds[i] = add_set(f, -1, value_const(f->b, 0,
								  NULL));
	go_to(f, &func->blocks[0]);
	for (i = 0; i < (guint)func->n_blocks && !f->b->why; i++)
		if (seen[i])
			lower_block(f, &func->blocks[i]);
	for (i = 0; i < f->jumps->len; i++) {
		const struct jump *j = &g_array_index(f->jumps, struct jump,
						      i);

		g_array_index(f->t->ops, struct op, j->op).target =
			f->block_at[j->block];
	}
	for (i = 0; i < f->returns->len; i++)
		patch(f, g_array_index(f->returns, int, i));
}

/* Is the function the handler of a work, a timer...: what it gets is part of it */
static struct spot handled(struct frame *f)
{
	struct spot none = { 0 }, s;
	const struct expr *param, *container;
	const struct local *l = f->func->locals;

	if (f->func->n_params != 1 || l->pointers != 1 || !l->record ||
	    !(strstr(l->record, "work_struct") ||
	      strstr(l->record, "timer_list")))
		return none;
	param = expr_local(f->func->unit, 0, l);
	container = container_of_local(f, param);
	if (!container)
		return none;
	s = instance_of(f, container->owner);
	s.path = container->name;
	return s;
}

static void lower_thread(struct frame *f)
{
	struct spot work = handled(f);
	int begun = work.object ? handler_begin(f, work) : -1;

	lower_entry(f, true);
	lower_blocks(f);
	lower_entry(f, false);
	if (work.object)
		handler_end(f, work, begun);
}

struct result build_body(struct frame *caller, struct draft *t,
			 struct builder *b, const struct func *func,
			 const struct event *call)
{
	struct frame f = { .b = b, .t = t, .func = func, .caller = caller,
			   .depth = caller ? caller->depth + 1 : 0,
			   .ret_reg = -1 };
	struct result ret = { 0 };

	if (func->n_blocks > MAX_BLOCKS) {
		builder_fail(b, "%s() is too large", func->name);
		return ret;
	}
	frame_init(&f);
	if (!func->returns_void)
		f.ret_reg = new_reg(t, NULL);
	bind(&f, caller, call);
	if (caller)
		lower_blocks(&f);
	else
		lower_thread(&f);
	frame_clear(&f);
	if (f.ret_reg >= 0)
		ret.value = value_reg(b, f.ret_reg);
	ret.unknown = f.ret.unknown;
	ret.encodes = f.ret.encodes;
	return ret;
}
