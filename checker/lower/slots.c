// SPDX-License-Identifier: GPL-2.0-only
/*
 * Tables of numbers that objects at stake are found by, as page tables are: a
 * function takes a reference on what it computes from a slot, another one fills
 * it. One slot stands for all, as one object does for all of its record. It is
 * empty at the start; that it is not, if no thread fills it, is a guess. Not
 * here: tables of pointers, slots whose record has more than one member, and
 * tables that no thread changes.
 */
#include "lower/private.h"

const char slot_path[] = "(slot)";

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

const char *slot_record(const struct flow *fl, const struct subject *s)
{
	const GPtrArray *gets = fl->acts[ACT_GET];
	const struct expr *member;
	guint i;

	for (i = 0; i < gets->len; i++) {
		const struct act *a = gets->pdata[i];

		member = is_stake(a, s) ? slot_member(a->obj) : NULL;
		if (member && member->owner && !has_more(fl->unit, member))
			return member->owner;
	}
	return NULL;
}

bool is_slot(const struct expr *e, const char *record)
{
	if (!record)
		return false;
	if (e->kind == EXPR_FIELD && e->owner == record)
		e = e->a;
	return e->record == record && !e->pointers &&
	       (e->kind == EXPR_INDEX || e->kind == EXPR_DEREF);
}

bool fills_slot(const struct flow *fl, const struct func_flow *ff,
		const char *record)
{
	const struct act *const *stores;
	guint i, n;

	stores = flow_acts(fl, ff, ACT_STORE, &n);
	for (i = 0; i < n; i++)
		if (stores[i]->loc && is_slot(stores[i]->loc, record))
			return true;
	return false;
}

bool finds_by_slot(const struct flow *fl, const struct subject *s,
		   const struct func_flow *ff, const char *record)
{
	const struct act *const *gets;
	const struct expr *member;
	guint i, n;

	gets = flow_acts(fl, ff, ACT_GET, &n);
	for (i = 0; record && i < n; i++) {
		member = is_stake(gets[i], s) ? slot_member(gets[i]->obj) :
						NULL;
		if (member && member->owner == record)
			return true;
	}
	return false;
}

void slot_init(struct frame *f, struct word *w)
{
	w->slot = true;
	mark_pointer(f, w, f->b->subject->object->record);
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

const struct value *slot_value(struct frame *f, const struct event *ev)
{
	const struct expr *e = ev->value, *stake;

	if (e->kind == EXPR_CONST)
		return value_const(f->b, e->value, e->name);
	if (encodes(f, e))
		return value_of(f, e);
	stake = stake_in(f, e);
	if (stake)
		return value_of(f, stake);
	builder_assume(f->b, ev->loc, "what is put into a %s here is the %s",
		       f->b->slot, f->b->subject->object->record);
	return instance_of(f, f->b->subject->object->record).object;
}
