// SPDX-License-Identifier: GPL-2.0-only
/*
 * A call that the model knows, row by row. What a row does to something that
 * the program does not keep is an access of the object at most. Here: memory,
 * values, and the life of objects; the rest is in the files named after it.
 */
#include "lower/call.h"

#include <string.h>

const struct expr *call_nth(const struct call *c, int n)
{
	return n >= 0 && n < c->ev->n_args ? c->ev->args[n] : NULL;
}

struct spot call_pointee(const struct call *c, int n)
{
	const struct expr *a = call_nth(c, n);
	struct spot s = { 0 };

	return a ? pointee_of(c->f, a) : s;
}

struct spot call_object(const struct call *c, int n)
{
	struct spot s = call_pointee(c, n);

	s.path = "";
	s.element = false;
	return s;
}

const struct value *call_number(const struct call *c, gint64 n)
{
	return value_const(c->f->b, n, NULL);
}

const struct value *call_reg(const struct call *c, int reg)
{
	return value_reg(c->f->b, reg);
}

const struct value *call_equals(const struct call *c, const struct value *v,
				gint64 n)
{
	return value_binary(c->f->b, OP2('=', '='), v, call_number(c, n));
}

/* ---- life ---- */

const char *call_record(const struct call *c)
{
	const struct block *b = c->f->block;
	int i;

	if (c->ev->return_record)
		return c->ev->return_pointers == 1 ? c->ev->return_record :
						     NULL;
	for (i = (int)(c->ev - b->events) + 1; b && i < b->n_events; i++) {
		const struct event *to = &b->events[i];

		if (to->kind == EVENT_ASSIGN && !to->op &&
		    to->value->kind == EXPR_CALL &&
		    to->value->id == c->ev->id)
			return to->lvalue->pointers == 1 ?
				       to->lvalue->record : NULL;
	}
	return NULL;
}

void call_set_pointer(struct call *c, struct kind *k, const struct value *v)
{
	c->ret->value = v;
	c->ret->spot = (struct spot){ .object = v, .kind = k, .path = "" };
}

static void free_object(struct call *c)
{
	struct spot s = call_object(c, c->row->arg);
	struct op *op;

	if (!s.object)
		return;
	if (c->row->effect == EFFECT_FREE) {
		add_free(c->f, &s);
		return;
	}
	if (s.kind->stable || !s.kind->primary)
		return;
	op = add_op(c->f, OP_CALL_RCU);
	op->value = s.object;
	op->number = -1; /* the agent that frees: assembled last */
}

static void new_object(struct call *c)
{
	const char *record = call_record(c);
	struct kind *k;
	struct op *op;

	if (!record || !g_hash_table_contains(c->f->b->records, record))
		return;
	k = kind_of(c->f->b, record);
	k->allocs++;
	op = add_op(c->f, OP_ALLOC);
	op->number = -1; /* the type: the same */
	op->text = record;
	op->result = new_reg(c->f->t, NULL);
	call_set_pointer(c, k, call_reg(c, op->result));
}

static void call_life(struct call *c)
{
	if (c->row->effect == EFFECT_ALLOC)
		new_object(c);
	else
		free_object(c);
}

/* ---- plain memory ---- */

/* A plain access orders less than an atomic of such a name. */
static enum order order_of(const struct call *c)
{
	enum order order = api_order(c->row);

	return order == ORDER_FULL ? ORDER_ONCE : order;
}

static const struct value *argument(struct call *c, int n)
{
	const struct expr *e = call_nth(c, n);
	const struct value *v = e ? value_of(c->f, e) : NULL;

	return v ? v : call_reg(c, add_unknown(c->f));
}

static void call_memory(struct call *c)
{
	struct spot s = call_pointee(c, c->row->arg);
	struct word *w = spot_word(c->f, &s);
	struct place p;
	const struct value *old;
	int r;

	if (!w) {
		add_use(c->f, &s);
		return;
	}
	p = spot_place(c->f, &s, w);
	switch (c->row->effect) {
	case EFFECT_STORE:
		add_store(c->f, p, argument(c, c->row->arg2), order_of(c));
		break;
	case EFFECT_LOAD:
		c->ret->value = call_reg(c, add_load(c->f, p, order_of(c)));
		break;
	case EFFECT_XCHG:
		c->ret->value = call_reg(c, add_rmw(c->f, p, RMW_XCHG,
					       argument(c, c->row->arg2),
					       NULL));
		break;
	default:
		old = argument(c, c->row->arg2);
		r = add_rmw(c->f, p, RMW_CMPXCHG,
			    argument(c, c->row->arg2 + 1), old);
		c->ret->value = call_reg(c, r);
		if (c->row->effect == EFFECT_TRY_CMPXCHG)
			c->ret->value = value_binary(c->f->b, OP2('=', '='),
						     call_reg(c, r), old);
		break;
	}
}

/* ---- values ---- */

static void call_value(struct call *c)
{
	struct spot s;
	struct word *w;

	switch (c->row->effect) {
	case EFFECT_SAME:
		if (!call_nth(c, c->row->arg))
			break;
		c->ret->value = value_of(c->f, call_nth(c, c->row->arg));
		c->ret->spot = call_pointee(c, c->row->arg);
		break;
	case EFFECT_MEMBER:
		s = call_object(c, c->row->arg);
		if (!s.object || !c->row->class)
			break;
		s.path = g_intern_string(c->row->class);
		w = c->ev->return_pointers ? NULL : spot_word(c->f, &s);
		if (w)
			c->ret->value = call_reg(c, add_load(c->f,
				spot_place(c->f, &s, w), ORDER_PLAIN));
		break;
	default: /* an error pointer is its number: no object has one below 0 */
		c->ret->value = call_nth(c, c->row->arg) ?
			value_binary(c->f->b, c->row->effect == EFFECT_IS_ERR ?
					     '<' : OP2('<', '='),
				     value_of(c->f, call_nth(c, c->row->arg)),
				     call_number(c, 0)) : NULL;
		break;
	}
}

static void (*lowering_of(enum effect e))(struct call *)
{
	if (e <= EFFECT_NONE)
		return NULL;
	if (e <= EFFECT_GET_RESULT)
		return call_reference;
	if (e <= EFFECT_COUNT_CMPXCHG)
		return call_count;
	if (e <= EFFECT_FREE_LATER)
		return call_life;
	if (e <= EFFECT_ASSERT_HELD)
		return call_lock;
	if (e <= EFFECT_OBJECT_UNLOCK)
		return call_object_lock;
	if (e <= EFFECT_ARM)
		return call_wait;
	if (e <= EFFECT_EMPTY)
		return call_container;
	if (e <= EFFECT_FLAG_CLEAR_PUT)
		return call_flag;
	if (e <= EFFECT_TRY_CMPXCHG)
		return call_memory;
	return e <= EFFECT_IS_ERR_OR_NULL ? call_value : NULL;
}

void build_api(struct frame *f, const struct event *ev, const GArray *rows,
	       struct result *ret)
{
	struct call c = { .f = f, .ev = ev, .ret = ret };
	void (*lower)(struct call *);
	guint i;
	int from;

	for (i = 0; i < rows->len && !f->b->why; i++) {
		c.row = &g_array_index(rows, struct api, i);
		lower = lowering_of(c.row->effect);
		from = here(f);
		if (lower)
			lower(&c);
		order_api(f, c.row, from);
	}
}
