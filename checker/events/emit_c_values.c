// SPDX-License-Identifier: GPL-2.0-only
/*
 * Names, values and words in the C file, and what becomes of a field there by
 * what is done with it.
 */
#include "events/emit_c.h"

#include "events/names.h"

void c_put_type(struct c_file *c, int type)
{
	name_append(c->out, c->program->types[type].record, type);
}

void c_put_field(struct c_file *c, int type, int field)
{
	name_append(c->out, c->program->types[type].fields[field].name, field);
}

void c_put_reg(struct c_file *c, int reg)
{
	const char *name = c->thread->regs[reg];

	name_append(c->out, name ? name : "r", reg);
}

/* A word of the object @object, at rest. */
static void put_load(struct c_file *c, int type, int field, int object)
{
	put(c, c->uses[type][field].rmw ? "atomic_read(&" : "READ(");
	c_put_type(c, type);
	put(c, "(%d)->", object);
	c_put_field(c, type, field);
	put(c, ")");
}

static void put_value_of(struct c_file *c, const struct value *v, int type,
			 int object);

void c_put_bare_of(struct c_file *c, const struct value *v, int type,
		   int object)
{
	if (v->kind != VALUE_BINARY) {
		put_value_of(c, v, type, object);
		return;
	}
	put_value_of(c, v->a, type, object);
	put(c, " ");
	operator_append(c->out, v->op);
	put(c, " ");
	put_value_of(c, v->b, type, object);
}

/* @object: 0, or of which object the registers are the words. */
static void put_value_of(struct c_file *c, const struct value *v, int type,
			 int object)
{
	switch (v->kind) {
	case VALUE_CONST:
		put(c, "%d", v->number);
		return;
	case VALUE_REG:
		if (object)
			put_load(c, type, v->number, object);
		else
			c_put_reg(c, v->number);
		return;
	case VALUE_UNARY:
		operator_append(c->out, v->op);
		put(c, "(");
		c_put_bare_of(c, v->a, type, object);
		put(c, ")");
		return;
	case VALUE_BINARY:
		put(c, "(");
		c_put_bare_of(c, v, type, object);
		put(c, ")");
		return;
	}
}

void c_put_value(struct c_file *c, const struct value *v)
{
	put_value_of(c, v, 0, 0);
}

void c_put_bare(struct c_file *c, const struct value *v)
{
	c_put_bare_of(c, v, 0, 0);
}

/* A value that is stored: only what is computed can fail to fit. */
void c_put_fitting(struct c_file *c, const struct value *v)
{
	bool computed = v->kind == VALUE_UNARY || v->kind == VALUE_BINARY;

	put(c, computed ? "fit(" : "");
	c_put_bare(c, v);
	put(c, computed ? ")" : "");
}

/* The word itself, an lvalue. */
void c_put_word(struct c_file *c, const struct place *place)
{
	c_put_type(c, place->type);
	put(c, "(");
	c_put_bare(c, place->object);
	put(c, ")->");
	c_put_field(c, place->type, place->field);
}

/* What fields are used for */

void c_note_uses(struct c_file *c, const struct program *p)
{
	int i, j;

	for (i = 0; i < p->n_threads; i++)
		for (j = 0; j < p->threads[i].n_ops; j++) {
			const struct op *op = &p->threads[i].ops[j];
			struct word_use *use;

			if (!strchr(form_of(op)->operands, 'p'))
				continue;
			use = &c->uses[op->place.type][op->place.field];
			use->rmw |= op->kind == OP_RMW;
			use->queue |= op->kind == OP_PREPARE ||
				      op->kind == OP_WAKE;
			if (strchr(form_of(op)->operands, 'k'))
				use->locks |= 1u << op->lock;
		}
}

enum lock_class c_lock_class(const struct word_use *use)
{
	if (use->locks == 1u << LOCK_SPIN)
		return CLASS_SPIN;
	if (use->locks == 1u << LOCK_BIT)
		return CLASS_BIT;
	return use->locks == 1u << LOCK_MUTEX ? CLASS_MUTEX : CLASS_RWSEM;
}
