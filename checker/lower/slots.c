// SPDX-License-Identifier: GPL-2.0-only
/*
 * Tables of numbers that objects at stake are found by, as page tables are: a
 * function takes a reference on what it computes from a slot, another one fills
 * it. One slot stands for all, as one object does for all of its record. It is
 * empty at the start; that it is not, if no thread fills it, is a guess. Not
 * here: tables of pointers, slots whose record has more than one member, and
 * tables that no thread changes.
 */
#include "lower/call.h"

#include <string.h>

const char slot_path[] = "(slot)";
const char slot_drain_text[] = "what a drain waits for";

/* The member of a table's slot that the value is computed from; or NULL. */
static const struct expr *slot_member(const struct expr *e)
{
	const struct expr *found;

	if (!e)
		return NULL;
	if (e->kind == EXPR_FIELD && !e->record && !e->pointers &&
	    e->a->kind == EXPR_INDEX)
		return e;
	found = slot_member(e->a);
	return found ? found : slot_member(e->b);
}

/* Does the unit name another member of the record? */
static bool has_more(const struct unit *u, const struct expr *member)
{
	GHashTableIter it;
	gpointer key;
	bool more = false;

	g_hash_table_iter_init(&it, u->exprs);
	while (g_hash_table_iter_next(&it, &key, NULL)) {
		const struct expr *e = key;

		more |= e->kind == EXPR_FIELD && e->owner == member->owner &&
			e->name != member->name;
	}
	return more;
}

static bool is_stake(const struct act *a, const struct subject *s)
{
	return a->obj && a->obj->record && s->object &&
	       a->obj->record == s->object->record;
}

const struct expr *slot_read(const struct flow *fl, const struct subject *s)
{
	const GPtrArray *gets = fl->acts[ACT_GET];
	const struct expr *member;
	guint i;

	for (i = 0; i < gets->len; i++) {
		const struct act *a = gets->pdata[i];

		member = is_stake(a, s) ? slot_member(a->obj) : NULL;
		if (member && member->owner && !has_more(fl->unit, member))
			return member;
	}
	return NULL;
}

/* Is it computed from a member of a record that a variable has a copy of? */
static bool is_from_copy(const struct expr *e)
{
	if (!e)
		return false;
	if (e->kind == EXPR_FIELD && !e->record && e->a->kind == EXPR_LOCAL)
		return true;
	return is_from_copy(e->a) || is_from_copy(e->b);
}

bool slot_is_copied(const struct flow *fl, const struct subject *s)
{
	const GPtrArray *gets = fl->acts[ACT_GET];
	guint i;

	for (i = 0; i < gets->len; i++) {
		const struct act *a = gets->pdata[i];

		if (is_stake(a, s) && is_from_copy(a->obj))
			return true;
	}
	return false;
}

static bool is_named(const struct expr *table)
{
	return table->kind == EXPR_FIELD || table->kind == EXPR_GLOBAL;
}

static bool is_same_table(const struct expr *a, const struct expr *b)
{
	if (a->kind == EXPR_FIELD && b->kind == EXPR_FIELD)
		return a->owner == b->owner && a->name == b->name;
	return a->kind == EXPR_GLOBAL && a == b;
}

/* @e, or what it is the only member of, if that is a slot's record. */
static const struct expr *slot_itself(const struct expr *e,
				      const struct expr *slot)
{
	if (e->kind == EXPR_FIELD && e->owner == slot->owner)
		e = e->a;
	if (e->record != slot->owner || e->pointers ||
	    (e->kind != EXPR_INDEX && e->kind != EXPR_DEREF))
		return NULL;
	return e;
}

enum slot_match slot_match(const struct func *func, const struct expr *e,
			   const struct expr *slot)
{
	const struct expr *table = slot ? slot->a->a : NULL;

	e = slot ? slot_itself(e, slot) : NULL;
	if (!e)
		return SLOT_NOT;
	if (is_same_table(e->a, table))
		return SLOT_SAME;
	/* an array of the function's own */
	if (e->a->kind == EXPR_LOCAL &&
	    (!func || !func->locals[e->a->id].is_pointer))
		return SLOT_NOT;
	if (e->kind == EXPR_INDEX && is_named(e->a) && is_named(table))
		return SLOT_NOT;
	return SLOT_PERHAPS;
}

bool fills_slot(const struct flow *fl, const struct func_flow *ff,
		const struct expr *slot)
{
	const struct act *const *stores;
	guint i, n;

	stores = flow_acts(fl, ff, ACT_STORE, &n);
	for (i = 0; i < n; i++)
		if (stores[i]->loc && slot_match(NULL, stores[i]->loc, slot))
			return true;
	return false;
}

bool finds_by_slot(const struct flow *fl, const struct subject *s,
		   const struct func_flow *ff, const struct expr *slot)
{
	const struct act *const *gets;
	const struct expr *member;
	guint i, n;

	gets = flow_acts(fl, ff, ACT_GET, &n);
	for (i = 0; slot && i < n; i++) {
		member = is_stake(gets[i], s) ? slot_member(gets[i]->obj) :
						NULL;
		if (member && member->owner == slot->owner)
			return true;
	}
	return false;
}

void slot_init(struct frame *f, struct word *w)
{
	w->slot = true;
	mark_pointer(f, w, f->b->subject->object->record);
}

/* Is the table written under that lock only, and written at all? */
static bool is_writers_lock(const struct builder *b,
			    const struct entry_lock *lock)
{
	static const enum act_kind kinds[] = { ACT_STORE, ACT_SET, ACT_CLEAR };
	const GPtrArray *acts;
	bool any = false;
	guint i, k;

	for (k = 0; k < G_N_ELEMENTS(kinds); k++) {
		acts = b->flow->acts[kinds[k]];
		for (i = 0; i < acts->len; i++) {
			const struct act *a = acts->pdata[i];

			if (!a->loc || !slot_match(NULL, a->loc, b->slot))
				continue;
			if (!flow_holds_kind(a->in, a, lock->owner,
					     lock->field))
				return false;
			any = true;
		}
	}
	return any;
}

/*
 * The lock under which slots are looked into, and nothing else is taken there;
 * false: some do without, or under another one than the others. That it is the
 * table's, and not one that a drain knows nothing of, those tell who write.
 */
static bool reader_lock(const struct builder *b, struct entry_lock *ret)
{
	const GPtrArray *gets = b->flow->acts[ACT_GET];
	const struct expr *member;
	const struct held *h;
	struct entry_lock e = { 0 };
	guint i;

	for (i = 0; i < gets->len; i++) {
		const struct act *a = gets->pdata[i];

		member = is_stake(a, b->subject) ? slot_member(a->obj) : NULL;
		if (!member || member->owner != b->slot->owner)
			continue;
		h = a->locks;
		if (!h || h->next || h->read || g_strcmp0(h->class, "spin"))
			return false;
		flow_lock_name(h->lock, h->class, &e.owner, &e.field);
		if (ret->field &&
		    (e.owner != ret->owner || e.field != ret->field))
			return false;
		*ret = e;
	}
	return ret->owner != NULL && is_writers_lock(b, ret);
}

/* Of several parameters of one record, which has the table at stake? */
static bool is_one_of_many(const struct frame *f, const struct expr *base)
{
	int i, n = 0;

	for (i = 0; base && i < f->func->n_params; i++)
		n += f->func->locals[i].record == base->record &&
		     f->func->locals[i].pointers;
	return n > 1;
}

/* Could what is given away lead to a slot? */
static bool leads_to_slot(const struct expr *arg, const struct expr *slot)
{
	const struct expr *table = slot->a->a;

	return arg->record && arg->pointers &&
	       (arg->record == slot->owner ||
		(table->kind == EXPR_FIELD && arg->record == table->owner));
}

/* Does a function get a slot, or what has the table, that nobody can look into? */
static bool gives_slot_away(const struct builder *b, const struct func *func)
{
	const struct event *ev;
	int i, k, n;

	for (i = 0; i < func->n_blocks; i++) {
		for (k = 0; k < func->blocks[i].n_events; k++) {
			ev = &func->blocks[i].events[k];
			if (ev->kind != EVENT_CALL ||
			    (ev->callee->kind == EXPR_FUNC &&
			     (unit_find(b->flow->unit, ev->callee->name) ||
			      model_api(b->flow->model, ev->callee->name))))
				continue;
			for (n = 0; n < ev->n_args; n++)
				if (leads_to_slot(ev->args[n], b->slot))
					return true;
		}
	}
	return false;
}

static bool is_written_elsewhere(const struct builder *b)
{
	const GPtrArray *funcs = b->flow->unit->funcs;
	guint i;

	for (i = 0; i < funcs->len; i++)
		if (gives_slot_away(b, funcs->pdata[i]))
			return true;
	return false;
}

/* Does who drains hold the lock that he would wait for? */
static bool is_held_at_drain(const struct call *c, const struct entry_lock *lock)
{
	const GPtrArray *drains = c->f->b->flow->acts[ACT_DRAIN];
	guint i;

	for (i = 0; i < drains->len; i++) {
		const struct act *a = drains->pdata[i];

		if (a->at.line == c->ev->loc.line &&
		    a->at.file == c->ev->loc.file &&
		    flow_holds_kind(a->in, a, lock->owner, lock->field))
			return true;
	}
	return false;
}

/* Why it is perhaps not the table at stake that is emptied, or not for good. */
static const char *drain_doubt(const struct call *c,
			       const struct entry_lock *lock)
{
	const struct expr *e;
	const struct frame *f;

	for (e = call_nth(c, c->row->arg); e; e = e->a)
		for (f = c->f; f; f = f->caller)
			if (e->record && is_one_of_many(f, e))
				return "another object's tables are emptied here";
	if (lock->field && is_held_at_drain(c, lock))
		return "the lock that is held here is not the tables'";
	return is_written_elsewhere(c->f->b) ?
		       "what is emptied here is filled by other files" : NULL;
}

static void add_drain_lock(struct frame *f, enum op_kind kind, struct spot lock)
{
	guint n = f->t->ops->len;

	add_lock_op(f, kind, LOCK_SPIN, lock, NULL);
	if (f->t->ops->len > n)
		g_array_index(f->t->ops, struct op, n).text = slot_drain_text;
}

/*
 * The table's slots are empty from here on, and who was looking into one has
 * done so. Where no lock says how that is known, he may not have; where there
 * is doubt, they are as they were.
 */
void slot_drain(struct call *c)
{
	struct builder *b = c->f->b;
	struct spot lock, slot;
	struct entry_lock e = { 0 };
	struct word *w;
	const char *doubt;
	bool locked;

	if (!b->slot || !model_empties(c->row->class, b->slot->owner))
		return;
	slot = instance_of(c->f, b->slot->owner);
	slot.path = slot_path;
	w = spot_word(c->f, &slot);
	if (!w)
		return;
	locked = reader_lock(b, &e);
	doubt = drain_doubt(c, &e);
	b->loose |= !locked || doubt;
	builder_assume(b, c->ev->loc, "%s", doubt ? doubt : locked ?
		       "nobody in another file fills what is emptied here" :
		       "what is emptied here, somebody may be looking into");
	if (doubt)
		return;
	if (locked) {
		lock = instance_of(c->f, e.owner);
		lock.path = e.field;
		add_drain_lock(c->f, OP_LOCK, lock);
	}
	add_store(c->f, spot_place(c->f, &slot, w),
		  value_const(b, 0, NULL), ORDER_ONCE);
	if (locked)
		add_drain_lock(c->f, OP_UNLOCK, lock);
}

static const struct event *call_at(const struct frame *f, const struct expr *e)
{
	int i;

	for (i = 0; f->block && i < f->block->n_events; i++)
		if (f->block->events[i].kind == EVENT_CALL &&
		    f->block->events[i].id == e->id)
			return &f->block->events[i];
	return NULL;
}

/* The object at stake in what a slot's value is made of, by calls too. */
static const struct expr *stake_in(const struct frame *f, const struct expr *e)
{
	const struct expr *found = NULL;
	const struct event *call;
	int i;

	if (!e)
		return NULL;
	if (e->record == f->b->subject->object->record && e->pointers == 1)
		return e;
	call = e->kind == EXPR_CALL ? call_at(f, e) : NULL;
	for (i = 0; call && !found && i < call->n_args; i++)
		found = stake_in(f, call->args[i]);
	if (!found)
		found = stake_in(f, e->a);
	return found ? found : stake_in(f, e->b);
}

/*
 * Is it the one slot, as far as one sees? A computed index may be another's:
 * only a variable, that of a loop say, is what other functions call it.
 */
static bool is_this_slot(const struct frame *f, const struct expr *e)
{
	const struct expr *index;

	e = slot_itself(e, f->b->slot);
	if (!e || e->kind != EXPR_INDEX || is_one_of_many(f, e->a->a))
		return false;
	index = e->b;
	if (index->kind == EXPR_LOCAL && f->defs[index->id])
		index = f->defs[index->id];
	return index->kind == EXPR_LOCAL;
}

/* What is emptied is perhaps another slot: then it is not emptied here. */
static const struct value *emptied(struct frame *f, const struct event *ev)
{
	const struct expr *e = ev->value;

	if (e->value || (slot_match(f->func, ev->lvalue, f->b->slot) ==
				 SLOT_SAME && is_this_slot(f, ev->lvalue)))
		return value_const(f->b, e->value, e->name);
	f->b->loose = true;
	builder_assume(f->b, ev->loc, "another %s is emptied here",
		       f->b->slot->owner);
	return NULL;
}

const struct value *slot_value(struct frame *f, const struct event *ev,
			       struct word *w)
{
	const struct expr *e = ev->value, *stake;

	if (e->kind == EXPR_CONST)
		return emptied(f, ev);
	if (encodes(f, e))
		return value_of(f, e);
	stake = stake_in(f, e);
	if (stake)
		return value_of(f, stake);
	f->b->loose = true;
	w->guessed = true;
	builder_assume(f->b, ev->loc, "what is put into a %s here is the %s",
		       f->b->slot->owner, f->b->subject->object->record);
	return instance_of(f, f->b->subject->object->record).object;
}
