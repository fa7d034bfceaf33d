// SPDX-License-Identifier: GPL-2.0-only
/*
 * An event list as text, one line a thing; parse.c reads it:
 *
 *	program NAME
 *	initial constructed|derived|guessed
 *	assume "TEXT" [@ "FILE":LINE:COLUMN]
 *	type NAME [stable]
 *	field NAME [count] [pointer] [lock]		of the type above
 *	object NAME TYPE [pool] [FIELD=NUMBER]...
 *	invariant TYPE "TEXT" VALUE
 *	thread NAME [agent]
 *	reg NAME|- [NUMBER]				of the thread above
 *	LABEL:
 *	[REG =] OP OPERANDS [assumed] [suspect] ["TEXT"]
 *		[@ "FILE":LINE:COLUMN] [in NAME]
 *
 * An op and its operands are as in forms.c. A place is OBJECT->FIELD, or
 * OBJECT->TYPE.FIELD where types share the name; a register is its name, or
 * %NUMBER; &NAME is an object's number. A name that is no identifier is
 * quoted, with C's escapes. # starts a comment, which ends its line.
 */
#include "events/program.h"

#include <string.h>

#include "events/forms.h"

struct printer {
	GString *out;
	const struct program *program;
	/* Names of what VALUE_REG means here, and how many. */
	const char *const *names;
	int n_names;
};

static void print_quoted(GString *out, const char *text)
{
	char *escaped = g_strescape(text, NULL);

	g_string_append_printf(out, "\"%s\"", escaped);
	g_free(escaped);
}

static void print_name(GString *out, const char *name)
{
	if (is_identifier(name))
		g_string_append(out, name);
	else
		print_quoted(out, name);
}

static void print_loc(GString *out, const struct src_loc *at)
{
	if (!at->file)
		return;
	g_string_append(out, " @ ");
	print_quoted(out, at->file);
	g_string_append_printf(out, ":%d:%d", at->line, at->column);
}

static bool is_unique(const struct printer *p, int reg)
{
	const char *name = p->names[reg];
	int i;

	for (i = 0; i < p->n_names; i++)
		if (i != reg && p->names[i] && strcmp(p->names[i], name) == 0)
			return false;
	return true;
}

static void print_reg(struct printer *p, int reg)
{
	const char *name = p->names[reg];

	if (name && is_identifier(name) && is_unique(p, reg))
		g_string_append(p->out, name);
	else
		g_string_append_printf(p->out, "%%%d", reg);
}

/* A constant is spelt as an object's address only if it is that object. */
static bool is_address(const struct program *p, const struct value *v)
{
	return v->text && v->text[0] == '&' && v->number > 0 &&
	       v->number <= p->n_objects &&
	       strcmp(p->objects[v->number - 1].name, v->text + 1) == 0;
}

static void print_const(struct printer *p, const struct value *v)
{
	if (is_address(p->program, v)) {
		g_string_append_c(p->out, '&');
		print_name(p->out, v->text + 1);
		return;
	}
	g_string_append_printf(p->out, "%d", v->number);
	if (v->text) {
		g_string_append_c(p->out, ':');
		print_quoted(p->out, v->text);
	}
}

static void print_value(struct printer *p, const struct value *v);

static void print_inside(struct printer *p, const struct value *v)
{
	g_string_append_c(p->out, '(');
	print_value(p, v);
	g_string_append_c(p->out, ')');
}

static void print_unit(struct printer *p, const struct value *v)
{
	if (v->kind == VALUE_BINARY)
		print_inside(p, v);
	else
		print_value(p, v);
}

static void print_value(struct printer *p, const struct value *v)
{
	switch (v->kind) {
	case VALUE_CONST:
		print_const(p, v);
		return;
	case VALUE_REG:
		print_reg(p, v->number);
		return;
	case VALUE_UNARY:
		operator_append(p->out, v->op);
		/* -5 is a constant, -(5) is an operator and a constant. */
		if (v->a->kind == VALUE_CONST)
			print_inside(p, v->a);
		else
			print_unit(p, v->a);
		return;
	case VALUE_BINARY:
		print_unit(p, v->a);
		g_string_append_c(p->out, ' ');
		operator_append(p->out, v->op);
		g_string_append_c(p->out, ' ');
		/* x & &eb would be read as x && eb. */
		if (v->b->kind == VALUE_CONST && is_address(p->program, v->b))
			print_inside(p, v->b);
		else
			print_unit(p, v->b);
		return;
	}
}

static bool shares_name(const struct program *p, int type, const char *field)
{
	int i, j;

	for (i = 0; i < p->n_types; i++)
		for (j = 0; i != type && j < p->types[i].n_fields; j++)
			if (strcmp(p->types[i].fields[j].name, field) == 0)
				return true;
	return false;
}

static void print_place(struct printer *p, const struct place *place)
{
	const struct type *type = &p->program->types[place->type];
	const char *field = type->fields[place->field].name;

	print_unit(p, place->object);
	g_string_append(p->out, "->");
	if (shares_name(p->program, place->type, field)) {
		print_name(p->out, type->record);
		g_string_append_c(p->out, '.');
	}
	print_name(p->out, field);
}

static void print_operand(struct printer *p, const struct op *op, char operand)
{
	if (strchr("rR", operand) || (operand == 'o' && !op->order))
		return;
	g_string_append_c(p->out, ' ');
	switch (operand) {
	case 'k':
		g_string_append(p->out, lock_names[op->lock]);
		return;
	case 'p':
		print_place(p, &op->place);
		return;
	case 'e':
		print_unit(p, op->expected);
		return;
	case 'v':
		print_unit(p, op->value);
		return;
	case 't':
		print_name(p->out, p->program->types[op->number].record);
		return;
	case 'l':
		g_string_append_printf(p->out, "L%d", op->target);
		return;
	case 'o':
		g_string_append(p->out, order_names[op->order]);
		return;
	default:
		g_string_append_printf(p->out, "%d", op->number);
		return;
	}
}

static void print_line(struct printer *p, const struct op *op)
{
	const struct form *form = form_of(op);
	const char *operand;

	g_string_append_c(p->out, '\t');
	if (g_ascii_toupper(*form->operands) == 'R' && op->result >= 0) {
		print_reg(p, op->result);
		g_string_append(p->out, " = ");
	}
	g_string_append(p->out, form->name);
	for (operand = form->operands; *operand; operand++)
		print_operand(p, op, *operand);
	if (op->assumed)
		g_string_append(p->out, " assumed");
	if (op->suspect)
		g_string_append(p->out, " suspect");
	if (op->text) {
		g_string_append_c(p->out, ' ');
		print_quoted(p->out, op->text);
	}
	print_loc(p->out, &op->at);
	if (op->func) {
		g_string_append(p->out, " in ");
		print_name(p->out, op->func);
	}
	g_string_append_c(p->out, '\n');
}

static void print_regs(struct printer *p, const struct thread *t)
{
	int i;

	for (i = 0; i < t->n_regs; i++) {
		g_string_append(p->out, "reg ");
		if (t->regs[i])
			print_name(p->out, t->regs[i]);
		else
			g_string_append_c(p->out, '-');
		if (t->initial[i])
			g_string_append_printf(p->out, " %d", t->initial[i]);
		g_string_append_c(p->out, '\n');
	}
}

static void print_thread(struct printer *p, const struct thread *t)
{
	bool *is_target = g_new0(bool, t->n_ops);
	int i;

	g_string_append(p->out, "\nthread ");
	print_name(p->out, t->name);
	g_string_append(p->out, t->agent ? " agent\n" : "\n");
	print_regs(p, t);
	for (i = 0; i < t->n_ops; i++)
		if (strchr(form_of(&t->ops[i])->operands, 'l'))
			is_target[t->ops[i].target] = true;
	p->names = t->regs;
	p->n_names = t->n_regs;
	for (i = 0; i < t->n_ops; i++) {
		if (is_target[i])
			g_string_append_printf(p->out, "L%d:\n", i);
		print_line(p, &t->ops[i]);
	}
	g_free(is_target);
}

static void print_type(struct printer *p, const struct type *type)
{
	int i;

	g_string_append(p->out, "type ");
	print_name(p->out, type->record);
	g_string_append(p->out, type->stable ? " stable\n" : "\n");
	for (i = 0; i < type->n_fields; i++) {
		const struct field *f = &type->fields[i];

		g_string_append(p->out, "field ");
		print_name(p->out, f->name);
		g_string_append(p->out, f->count ? " count" : "");
		g_string_append(p->out, f->pointer ? " pointer" : "");
		g_string_append(p->out, f->lock ? " lock\n" : "\n");
	}
}

static void print_object(struct printer *p, const struct object *o)
{
	const struct type *type = &p->program->types[o->type];
	int i;

	g_string_append(p->out, "object ");
	print_name(p->out, o->name);
	g_string_append_c(p->out, ' ');
	print_name(p->out, type->record);
	if (!o->exists)
		g_string_append(p->out, " pool");
	for (i = 0; i < type->n_fields; i++) {
		if (!o->initial[i])
			continue;
		g_string_append_c(p->out, ' ');
		print_name(p->out, type->fields[i].name);
		g_string_append_printf(p->out, "=%d", o->initial[i]);
	}
	g_string_append_c(p->out, '\n');
}

static void print_invariant(struct printer *p, const struct invariant *v)
{
	const struct type *type = &p->program->types[v->type];
	const char **names = g_new(const char *, type->n_fields + 1);

	for (p->n_names = 0; p->n_names < type->n_fields; p->n_names++)
		names[p->n_names] = type->fields[p->n_names].name;
	p->names = names;
	g_string_append(p->out, "invariant ");
	print_name(p->out, type->record);
	g_string_append_c(p->out, ' ');
	print_quoted(p->out, v->text);
	g_string_append_c(p->out, ' ');
	print_value(p, v->holds);
	g_string_append_c(p->out, '\n');
	g_free(names);
}

void program_print(GString *out, const struct program *program)
{
	struct printer p = { .out = out, .program = program };
	int i;

	g_string_append(out, "program ");
	print_name(out, program->name);
	g_string_append_printf(out, "\ninitial %s\n",
			       start_names[program->start]);
	for (i = 0; i < program->n_assumptions; i++) {
		g_string_append(out, "assume ");
		print_quoted(out, program->assumptions[i].text);
		print_loc(out, &program->assumptions[i].at);
		g_string_append_c(out, '\n');
	}
	for (i = 0; i < program->n_types; i++)
		print_type(&p, &program->types[i]);
	for (i = 0; i < program->n_objects; i++)
		print_object(&p, &program->objects[i]);
	for (i = 0; i < program->n_invariants; i++)
		print_invariant(&p, &program->invariants[i]);
	for (i = 0; i < program->n_threads; i++)
		print_thread(&p, &program->threads[i]);
}
