// SPDX-License-Identifier: GPL-2.0-only
/*
 * Is an event list well formed? It checks form only: every index leads to
 * something, every operand an op needs is there and fits.
 */
#include "events/program.h"

#include <string.h>

#include "events/forms.h"
#include "events/state.h"
#include "ir/ir.h"

/* What the step machine can count: see state.h. */
#define MAX_OPS 65535
#define MAX_REGS 63
#define MAX_WORDS 254

struct check {
	const struct program *program;
	const struct thread *thread; /* NULL: outside of threads */
	int op;			     /* index in it */
	char *wrong;		     /* the first thing found; NULL: fine */
};

G_GNUC_PRINTF(2, 3)
static void fail(struct check *c, const char *format, ...)
{
	va_list args;
	char *what;

	if (c->wrong)
		return;
	va_start(args, format);
	what = g_strdup_vprintf(format, args);
	va_end(args);
	if (c->thread)
		c->wrong = g_strdup_printf("thread %s, op %d: %s",
					   c->thread->name, c->op, what);
	else
		c->wrong = g_strdup(what);
	g_free(what);
}

static void check_index(struct check *c, int index, int n, const char *what)
{
	if (index < 0 || index >= n)
		fail(c, "there is no %s %d", what, index);
}

static void check_number(struct check *c, int number)
{
	if (number < PROGRAM_MIN || number > PROGRAM_MAX)
		fail(c, "%d does not fit", number);
}

/* @n_regs: how many registers, or words of an object, it may use. */
static void check_value(struct check *c, const struct value *v, int n_regs)
{
	int operands;

	if (!v) {
		fail(c, "a value is missing");
		return;
	}
	switch (v->kind) {
	case VALUE_CONST:
		check_number(c, v->number);
		return;
	case VALUE_REG:
		check_index(c, v->number, n_regs, "register");
		return;
	case VALUE_UNARY:
	case VALUE_BINARY:
		operands = v->kind == VALUE_UNARY ? 1 : 2;
		if (!is_operator(v->op, operands))
			fail(c, "there is no operator %#x", v->op);
		check_value(c, v->a, n_regs);
		if (operands == 2)
			check_value(c, v->b, n_regs);
		return;
	}
	fail(c, "there is no value of kind %d", (int)v->kind);
}

static bool wants_lock(enum op_kind kind)
{
	return kind == OP_LOCK || kind == OP_TRYLOCK || kind == OP_UNLOCK;
}

static bool names_queue(enum op_kind kind)
{
	return kind == OP_PREPARE || kind == OP_WAKE;
}

static void check_place(struct check *c, const struct op *op)
{
	const struct program *p = c->program;
	const struct place *place = &op->place;

	check_value(c, place->object, c->thread->n_regs);
	check_index(c, place->type, p->n_types, "type");
	if (c->wrong)
		return;
	check_index(c, place->field, p->types[place->type].n_fields, "field");
	if (c->wrong || names_queue(op->kind))
		return;
	if (p->types[place->type].fields[place->field].lock !=
	    wants_lock(op->kind))
		fail(c, "'%s' is%s a lock",
		     p->types[place->type].fields[place->field].name,
		     wants_lock(op->kind) ? " not" : "");
}

static void check_order(struct check *c, const struct op *op)
{
	bool fits = true;

	check_index(c, op->order, ORDER_FULL + 1, "order");
	if (op->kind == OP_FENCE)
		fits = op->order >= ORDER_ACQUIRE;
	else if (op->kind == OP_LOAD)
		fits = op->order <= ORDER_ACQUIRE;
	else if (op->kind == OP_STORE)
		fits = op->order != ORDER_ACQUIRE;
	if (!fits)
		fail(c, "no such op orders as '%s'", order_names[op->order]);
}

static bool starts(const struct thread *t, enum op_kind kind, int agent)
{
	int i;

	for (i = 0; i < t->n_ops; i++)
		if (t->ops[i].kind == kind && t->ops[i].number == agent)
			return true;
	return false;
}

static void check_agent(struct check *c, const struct op *op)
{
	const struct program *p = c->program;
	enum op_kind other = op->kind == OP_START ? OP_CALL_RCU : OP_START;
	int i;

	check_index(c, op->number, p->n_threads, "thread");
	if (!c->wrong && !p->threads[op->number].agent)
		fail(c, "thread %d is no agent", op->number);
	for (i = 0; i < p->n_threads; i++)
		if (starts(&p->threads[i], other, op->number))
			fail(c, "agent %d is started in two ways", op->number);
}

static void check_operand(struct check *c, const struct op *op, char operand)
{
	const struct thread *t = c->thread;

	switch (operand) {
	case 'R':
		if (op->result == -1)
			return;
		/* fallthrough */
	case 'r':
		check_index(c, op->result, t->n_regs, "register");
		return;
	case 'k':
		check_index(c, op->lock, LOCK_BIT + 1, "lock kind");
		return;
	case 'p':
		check_place(c, op);
		return;
	case 'e':
		check_value(c, op->expected, t->n_regs);
		return;
	case 'v':
		check_value(c, op->value, t->n_regs);
		return;
	case 'n':
		if (op->number < 1 || op->number > PROGRAM_MAX)
			fail(c, "%d choices", op->number);
		return;
	case 't':
		check_index(c, op->number, c->program->n_types, "type");
		return;
	case 'h':
		check_agent(c, op);
		return;
	case 'l':
		check_index(c, op->target, t->n_ops, "op");
		return;
	case 'o':
		check_order(c, op);
		return;
	}
}

static void check_op(struct check *c, const struct op *op)
{
	const struct form *form = form_of(op);
	const char *operand;

	if (!form) {
		fail(c, "there is no op of kind %d", (int)op->kind);
		return;
	}
	for (operand = form->operands; *operand && !c->wrong; operand++)
		check_operand(c, op, *operand);
}

static bool falls_through(const struct op *op)
{
	return op->kind != OP_GOTO && op->kind != OP_DROP && op->kind != OP_END;
}

static void check_thread(struct check *c, const struct thread *t)
{
	int i;

	c->thread = t;
	for (i = 0; i < t->n_regs; i++)
		check_number(c, t->initial[i]);
	if (t->n_ops > MAX_OPS || t->n_regs > MAX_REGS)
		fail(c, "%d ops, %d registers", t->n_ops, t->n_regs);
	for (c->op = 0; c->op < t->n_ops && !c->wrong; c->op++)
		check_op(c, &t->ops[c->op]);
	if (!t->n_ops || falls_through(&t->ops[t->n_ops - 1]))
		fail(c, "it runs over the end");
	c->thread = NULL;
}

/* Types, and the fields of one, are told apart by name. */
static void check_names(struct check *c, const struct type *type)
{
	const struct program *p = c->program;
	int i, j;

	for (i = 0; i < p->n_types; i++)
		if (&p->types[i] != type &&
		    strcmp(p->types[i].record, type->record) == 0)
			fail(c, "two types '%s'", type->record);
	for (i = 0; i < type->n_fields; i++)
		for (j = 0; j < i; j++)
			if (strcmp(type->fields[i].name,
				   type->fields[j].name) == 0)
				fail(c, "two fields '%s'",
				     type->fields[i].name);
}

static void check_object(struct check *c, const struct object *o)
{
	int i;

	check_index(c, o->type, c->program->n_types, "type");
	for (i = 0; !c->wrong && i < c->program->types[o->type].n_fields; i++)
		check_number(c, o->initial[i]);
}

/* What a lock holds is each back end's own business. */
static void check_no_lock(struct check *c, const struct value *v,
			  const struct type *type)
{
	if (!v || c->wrong)
		return;
	if (v->kind == VALUE_REG && type->fields[v->number].lock)
		fail(c, "an invariant of the lock '%s'",
		     type->fields[v->number].name);
	check_no_lock(c, v->a, type);
	check_no_lock(c, v->b, type);
}

static void check_invariant(struct check *c, const struct invariant *v)
{
	check_index(c, v->type, c->program->n_types, "type");
	if (!c->wrong)
		check_value(c, v->holds, c->program->types[v->type].n_fields);
	if (!c->wrong)
		check_no_lock(c, v->holds, &c->program->types[v->type]);
}

char *program_validate(const struct program *p)
{
	struct check c = { .program = p };
	int i, n_words = 0;

	if (p->n_threads < 1 || p->n_threads > STATE_MAX_THREADS)
		fail(&c, "%d threads", p->n_threads);
	if (p->n_objects > PROGRAM_MAX)
		fail(&c, "%d objects", p->n_objects);
	for (i = 0; i < p->n_types && !c.wrong; i++)
		check_names(&c, &p->types[i]);
	for (i = 0; i < p->n_objects && !c.wrong; i++)
		check_object(&c, &p->objects[i]);
	for (i = 0; i < p->n_objects && !c.wrong; i++)
		n_words += p->types[p->objects[i].type].n_fields;
	if (n_words > MAX_WORDS)
		fail(&c, "%d words", n_words);
	for (i = 0; i < p->n_invariants && !c.wrong; i++)
		check_invariant(&c, &p->invariants[i]);
	for (i = 0; i < p->n_threads && !c.wrong; i++)
		check_thread(&c, &p->threads[i]);
	return c.wrong;
}

int value_operate_unary(int op, int a)
{
	return op == '!' ? !a : op == '~' ? ~a : -a;
}

int value_operate(int op, int a, int b)
{
	switch (op) {
	case '+': return a + b;
	case '-': return a - b;
	case '&': return a & b;
	case '|': return a | b;
	case '^': return a ^ b;
	case '<': return a < b;
	case '>': return a > b;
	case OP2('<', '='): return a <= b;
	case OP2('>', '='): return a >= b;
	case OP2('=', '='): return a == b;
	case OP2('!', '='): return a != b;
	case OP2('&', '&'): return a && b;
	case OP2('|', '|'): return a || b;
	}
	g_assert_not_reached();
}
