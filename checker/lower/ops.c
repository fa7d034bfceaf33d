// SPDX-License-Identifier: GPL-2.0-only
/* Appending operations to a thread, each with its text and place. */
#include "lower/private.h"

/* What one thread may have: beyond it nobody reads the story any more. */
#define MAX_OPS 4000

int new_reg(struct draft *t, const char *name)
{
	g_ptr_array_add(t->regs, (gpointer)name);
	return (int)t->regs->len - 1;
}

static void append_args(GString *s, const struct frame *f,
			const struct event *ev)
{
	int i;

	for (i = 0; i < ev->n_args; i++) {
		if (i)
			g_string_append(s, ", ");
		expr_print(s, ev->args[i], f->func);
	}
}

/* The source's own words for the event at hand. */
static const char *event_text(const struct frame *f)
{
	const struct event *ev = f->event;
	GString *s = g_string_new(NULL);
	const char *text;

	if (!ev) {
		if (f->block && f->block->cond)
			expr_print(s, f->block->cond, f->func);
	} else if (ev->kind == EVENT_CALL || ev->kind == EVENT_CLEANUP) {
		expr_print(s, ev->callee, f->func);
		g_string_append_c(s, '(');
		append_args(s, f, ev);
		g_string_append_c(s, ')');
	} else if (ev->lvalue) {
		expr_print(s, ev->lvalue, f->func);
		if (ev->kind == EVENT_ASSIGN) {
			g_string_append(s, ev->op ? " op= " : " = ");
			expr_print(s, ev->value, f->func);
		}
	}
	text = g_intern_string(s->str);
	g_string_free(s, TRUE);
	return text;
}

int here(const struct frame *f)
{
	return (int)f->t->ops->len;
}

struct op *add_op(struct frame *f, enum op_kind kind)
{
	struct op op = { .kind = kind, .result = -1 };

	if (f->t->ops->len >= MAX_OPS)
		builder_fail(f->b, "%s() is too large", f->t->name);
	op.text = event_text(f);
	op.func = f->func->name;
	op.at = f->event ? f->event->loc :
		f->block ? f->block->cond_loc : f->func->loc;
	if (!op.at.file)
		op.at = f->func->loc;
	g_array_append_val(f->t->ops, op);
	g_array_append_val(f->t->positions, f->t->position);
	return &g_array_index(f->t->ops, struct op, f->t->ops->len - 1);
}

int add_load(struct frame *f, struct place p, enum order order)
{
	struct op *op = add_op(f, OP_LOAD);

	op->place = p;
	op->order = order;
	op->result = new_reg(f->t, NULL);
	return op->result;
}

void add_store(struct frame *f, struct place p, const struct value *v,
	       enum order order)
{
	struct op *op = add_op(f, OP_STORE);

	op->place = p;
	op->value = v;
	op->order = order;
}

int add_rmw(struct frame *f, struct place p, enum rmw_kind kind,
	    const struct value *v, const struct value *expected)
{
	struct op *op = add_op(f, OP_RMW);

	op->place = p;
	op->rmw = kind;
	op->value = v;
	op->expected = expected;
	op->order = ORDER_FULL;
	op->result = new_reg(f->t, NULL);
	return op->result;
}

int add_set(struct frame *f, int reg, const struct value *v)
{
	struct op *op = add_op(f, OP_SET);

	op->value = v;
	op->result = reg < 0 ? new_reg(f->t, NULL) : reg;
	return op->result;
}

int add_choice(struct frame *f, int n, bool assumed)
{
	struct op *op = add_op(f, OP_CHOOSE);

	op->number = n;
	op->assumed = assumed;
	op->result = new_reg(f->t, NULL);
	return op->result;
}

int add_branch(struct frame *f, const struct value *v)
{
	add_op(f, OP_BRANCH)->value = v;
	return here(f) - 1;
}

int add_goto(struct frame *f)
{
	add_op(f, OP_GOTO);
	return here(f) - 1;
}

void patch(struct frame *f, int op)
{
	g_array_index(f->t->ops, struct op, op).target = here(f);
}

void add_use(struct frame *f, const struct spot *s)
{
	struct op *op;

	if (!s->object || !s->kind->primary)
		return;
	op = add_op(f, OP_USE);
	op->value = s->object;
}

void add_free(struct frame *f, const struct spot *object)
{
	struct op *op;

	if (!object->object || object->kind->stable ||
	    !object->kind->primary)
		return;
	op = add_op(f, OP_FREE);
	op->value = object->object;
}

int add_unknown(struct frame *f)
{
	return add_choice(f, 2, true);
}
