// SPDX-License-Identifier: GPL-2.0-only
/* The events of a block as operations, but for calls: reads and assignments. */
#include "lower/private.h"

static void lower_read(struct frame *f, const struct event *ev)
{
	struct spot s = spot_of(f, ev->lvalue);
	struct word *w;
	int reg;

	if (s.frame)
		return;
	/* the end of a list is no object, though it looks like one */
	if (is_list_link(ev->lvalue)) {
		reg = s.object ? add_branch(f, value_unary(f->b, '!',
							   s.object)) : -1;
		add_use(f, &s);
		if (reg >= 0)
			patch(f, reg);
		return;
	}
	w = spot_word(f, &s);
	if (!w || (ev->lvalue->record && !ev->lvalue->pointers && !w->slot)) {
		add_use(f, &s);
		return;
	}
	if (ev->lvalue->pointers == 1 && ev->lvalue->record)
		mark_pointer(f, w, ev->lvalue->record);
	reg = add_load(f, spot_place(f, &s, w),
		       ev->once ? ORDER_ONCE : ORDER_PLAIN);
	g_hash_table_insert(f->loads, (gpointer)ev->lvalue,
			    GINT_TO_POINTER(reg + 1));
}

/* What is assigned, as a number; pointers lead to their record's object. */
const struct value *assigned_value(struct frame *f, const struct expr *to,
				   const struct expr *e)
{
	const struct value *v;
	struct kind *k;
	struct word *w;

	if (to->pointers != 1 || !to->record || e->kind == EXPR_CONST)
		return value_of(f, e);
	/* what was cast from another type is that type's object */
	k = kind_of(f->b, to->record);
	if (e->record && e->record != to->record && e->pointers == 1)
		return value_const(f->b, object_number(f->b, k, 0), NULL);
	v = value_of(f, e);
	w = v ? word_in(f, e) : NULL;
	if (w)
		mark_pointer(f, w, to->record);
	return v ? v : value_const(f->b, object_number(f->b, k, 0), NULL);
}

static const struct value *updated(struct frame *f, const struct event *ev,
				   const struct value *old)
{
	const struct value *v = value_of(f, ev->value);

	return value_binary(f->b, ev->op, old, v);
}

/* An iterator that is begun anew has found nothing yet. */
static void clear_iterator(struct frame *home, const struct expr *local,
			   const struct event *ev)
{
	if (stake_is_encoded(home->b) && ev->value->kind == EXPR_CONST)
		add_set(home, local_reg(home, local),
			value_const(home->b, 0, NULL));
}

bool is_repeated(const struct frame *f)
{
	for (; f; f = f->caller)
		if (f->block && f->in_loop[f->block->id])
			return true;
	return false;
}

static void assign_local(struct frame *f, const struct event *ev,
			 struct frame *home, const struct expr *local)
{
	const struct value *v;
	int reg;

	if (!local->pointers && local->record) {
		clear_iterator(home, local, ev);
		return;
	}
	if (encodes(f, ev->value) && home == f)
		g_hash_table_add(f->encoded, (gpointer)local);
	if (!ev->op && home == f && local->kind == EXPR_LOCAL &&
	    list_follow(f, local, ev->value))
		return;
	reg = local_reg(home, local);
	if (!ev->op)
		v = assigned_value(f, local, ev->value);
	else if (f->in_loop[f->block->id])
		v = NULL; /* a counter: how far is not modelled */
	else
		v = updated(f, ev, value_reg(f->b, reg));
	if (!v)
		v = value_reg(f->b, add_unknown(f));
	add_set(f, reg, v);
}

/* word |= FLAG, word &= ~FLAG: not atomic */
static const struct value *masked_update(struct frame *f,
					 const struct event *ev,
					 struct word *w,
					 const struct value *old)
{
	guint64 mask = (guint64)ev->value->value, bits = 0;
	bool clear = ev->op == '&';
	const struct value *m;
	int i;

	if (clear)
		mask = ~mask;
	for (i = 0; i < 63; i++)
		if (mask >> i & 1 && (!clear || i < 32))
			bits |= 1ull << bit_of(w, mask & (mask - 1) ? NULL :
						  ev->value->name, i);
	m = mask_value(f->b, w, bits);
	if (!clear)
		return value_binary(f->b, '|', old, m);
	return value_binary(f->b, '&', old, value_unary(f->b, '~', m));
}

static void assign_memory(struct frame *f, const struct event *ev,
			  const struct spot *s)
{
	const struct expr *lv = ev->lvalue;
	struct word *w = spot_word(f, s);
	const struct value *v, *old;

	if (!w || (lv->record && !lv->pointers && !w->slot)) {
		add_use(f, s);
		return;
	}
	if (w->slot) {
		v = slot_value(f, ev, w);
		if (v)
			add_store(f, spot_place(f, s, w), v, ORDER_PLAIN);
		return;
	}
	old = value_of(f, lv);
	if ((ev->op == '|' || ev->op == '&') &&
	    ev->value->kind == EXPR_CONST)
		v = masked_update(f, ev, w, old);
	else if (ev->op && !w->field.count && is_repeated(f))
		v = NULL; /* as of a local counter */
	else
		v = ev->op ? updated(f, ev, old) : assigned_value(f, lv, ev->value);
	if (!v)
		v = value_reg(f->b, add_unknown(f));
	add_store(f, spot_place(f, s, w), v, ORDER_PLAIN);
}

static void lower_assign(struct frame *f, const struct event *ev)
{
	struct spot s = spot_of(f, ev->lvalue);

	if (s.frame)
		assign_local(f, ev, (struct frame *)s.frame, s.local);
	else if (s.object)
		assign_memory(f, ev, &s);
}

static void lower_return(struct frame *f, const struct event *ev)
{
	const struct func *func = f->func;
	struct expr to = { .record = func->return_record,
			   .pointers = func->return_pointers };
	const struct value *v;

	if (!ev->value || f->ret_reg < 0)
		return;
	v = assigned_value(f, &to, ev->value);
	if (!v)
		v = value_reg(f->b, add_unknown(f));
	f->ret.unknown |= !func->return_pointers &&
			  !value_is_known(f, ev->value, 0);
	f->ret.encodes |= encodes(f, ev->value);
	add_set(f, f->ret_reg, v);
}

void build_event(struct frame *f, const struct event *ev)
{
	f->event = ev;
	if (!f->caller)
		f->t->position = ev->id;
	if (fix_before(f, ev))
		return;
	identity_used(f, ev);
	switch (ev->kind) {
	case EVENT_ACCESS:
		if (ev->access == ACCESS_READ || ev->access == ACCESS_UPDATE)
			lower_read(f, ev);
		break;
	case EVENT_ASSIGN:
		lower_assign(f, ev);
		break;
	case EVENT_CALL:
	case EVENT_CLEANUP:
		build_call(f, ev);
		break;
	case EVENT_RETURN:
		lower_return(f, ev);
		break;
	case EVENT_ASM:
		if (ev->asm_memory)
			add_barrier(f);
		break;
	}
	identity_found(f, ev);
	fix_after(f, ev);
	f->event = NULL;
}
