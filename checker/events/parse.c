// SPDX-License-Identifier: GPL-2.0-only
/*
 * An event list from its text, as print.c describes it. The result has passed
 * program_validate.
 */
#include "events/program.h"

#include <string.h>

#include "ir/ir.h"
#include "events/forms.h"

struct parser {
	struct arena *arena;
	GScanner *in;
	char *error;		/* the first; NULL: none */
	struct program *program;
	/* What is collected; moved to the arena when it is complete. */
	GArray *types, *fields, *objects, *threads, *invariants, *assumptions;
	GArray *ops, *regs, *initial;
	GPtrArray *labels;	/* name of an op's target, or NULL */
	GHashTable *label_ops;	/* name -> op */
	/* Names of what VALUE_REG means here, and how many. */
	const char *const *names;
	int n_names;
};

G_GNUC_PRINTF(2, 3)
static void fail(struct parser *p, const char *format, ...)
{
	va_list args;
	char *what;

	if (p->error)
		return;
	va_start(args, format);
	what = g_strdup_vprintf(format, args);
	va_end(args);
	p->error = g_strdup_printf("%u: %s", g_scanner_cur_line(p->in), what);
	g_free(what);
}

/* Text of the scanner, whose memory is reused, for the arena's lifetime. */
static const char *keep(struct parser *p, const char *text)
{
	return arena_copy(p->arena, text, strlen(text) + 1);
}

static GTokenType peek(struct parser *p)
{
	return p->error ? G_TOKEN_EOF : g_scanner_peek_next_token(p->in);
}

static bool accept_char(struct parser *p, char c)
{
	if (peek(p) != (GTokenType)c)
		return false;
	g_scanner_get_next_token(p->in);
	return true;
}

static void expect_char(struct parser *p, char c)
{
	if (!accept_char(p, c))
		fail(p, c == '\n' ? "more than is understood" :
				    "'%c' is missing", c);
}

static bool accept_word(struct parser *p, const char *word)
{
	if (peek(p) != G_TOKEN_IDENTIFIER ||
	    strcmp(p->in->next_value.v_identifier, word) != 0)
		return false;
	g_scanner_get_next_token(p->in);
	return true;
}

static bool is_name(struct parser *p)
{
	GTokenType next = peek(p);

	return next == G_TOKEN_IDENTIFIER || next == G_TOKEN_STRING;
}

static const char *parse_name(struct parser *p)
{
	if (!is_name(p)) {
		fail(p, "a name is missing");
		return "";
	}
	g_scanner_get_next_token(p->in);
	return keep(p, p->in->value.v_string);
}

static const char *parse_string(struct parser *p)
{
	if (peek(p) != G_TOKEN_STRING)
		fail(p, "a text in quotes is missing");
	return parse_name(p);
}

static int parse_number(struct parser *p)
{
	bool negative = accept_char(p, '-');
	guint64 number;

	if (peek(p) != G_TOKEN_INT) {
		fail(p, "a number is missing");
		return 0;
	}
	g_scanner_get_next_token(p->in);
	number = p->in->value.v_int64;
	if (number > G_MAXINT)
		fail(p, "a number that does not fit");
	return negative ? -(int)number : (int)number;
}

/* One of @names; what is there otherwise is an error. */
static int parse_choice(struct parser *p, const char *const names[])
{
	int i = name_index(names, parse_name(p));

	if (i < 0)
		fail(p, "one of %s, %s... is missing", names[0], names[1]);
	return MAX(i, 0);
}

static void parse_loc(struct parser *p, struct src_loc *ret_at)
{
	if (!accept_char(p, '@'))
		return;
	ret_at->file = g_intern_string(parse_string(p));
	expect_char(p, ':');
	ret_at->line = parse_number(p);
	expect_char(p, ':');
	ret_at->column = parse_number(p);
}

static int parse_type_name(struct parser *p)
{
	const char *name = parse_name(p);
	guint i;

	for (i = 0; i < p->types->len; i++)
		if (strcmp(g_array_index(p->types, struct type, i).record,
			   name) == 0)
			return (int)i;
	fail(p, "there is no type '%s'", name);
	return 0;
}

/* Values */

static int find_object(struct parser *p, const char *name)
{
	guint i;

	for (i = 0; i < p->objects->len; i++)
		if (strcmp(g_array_index(p->objects, struct object, i).name,
			   name) == 0)
			return (int)i + 1;
	fail(p, "there is no object '%s'", name);
	return 0;
}

static int find_reg(struct parser *p, const char *name)
{
	int i;

	for (i = 0; i < p->n_names; i++)
		if (p->names[i] && strcmp(p->names[i], name) == 0)
			return i;
	fail(p, "there is no register '%s'", name);
	return 0;
}

static int parse_reg(struct parser *p)
{
	if (accept_char(p, '%'))
		return parse_number(p);
	return find_reg(p, parse_name(p));
}

static const struct value *parse_value(struct parser *p);

static const struct value *new_value(struct parser *p, enum value_kind kind,
				     int number, const char *text)
{
	struct value *v = arena_new_object(p->arena, struct value);

	v->kind = kind;
	v->number = number;
	v->text = text;
	return v;
}

static const struct value *new_operation(struct parser *p, int op,
					 const struct value *a,
					 const struct value *b)
{
	struct value *v = arena_new_object(p->arena, struct value);

	v->kind = b ? VALUE_BINARY : VALUE_UNARY;
	v->op = op;
	v->a = a;
	v->b = b;
	return v;
}

static const struct value *parse_address(struct parser *p)
{
	const char *name = parse_name(p);
	int number = find_object(p, name);
	char *text = g_strconcat("&", name, NULL);
	const struct value *v = new_value(p, VALUE_CONST, number,
					  keep(p, text));

	g_free(text);
	return v;
}

static const struct value *parse_const(struct parser *p, bool negative)
{
	int number = parse_number(p);
	const char *text = accept_char(p, ':') ? parse_string(p) : NULL;

	return new_value(p, VALUE_CONST, negative ? -number : number, text);
}

static const struct value *parse_unit(struct parser *p)
{
	static const char prefixes[] = "!~-";
	const struct value *v;
	const char *prefix;

	if (accept_char(p, '(')) {
		v = parse_value(p);
		expect_char(p, ')');
		return v;
	}
	for (prefix = prefixes; *prefix; prefix++) {
		if (!accept_char(p, *prefix))
			continue;
		if (*prefix == '-' && peek(p) == G_TOKEN_INT)
			return parse_const(p, true);
		return new_operation(p, *prefix, parse_unit(p), NULL);
	}
	if (accept_char(p, '&'))
		return parse_address(p);
	if (peek(p) == G_TOKEN_INT)
		return parse_const(p, false);
	return new_value(p, VALUE_REG, parse_reg(p), NULL);
}

/* The operator that follows, or 0. */
static int parse_operator(struct parser *p)
{
	static const char seconds[] = "&|=";
	GTokenType first = peek(p);
	const char *second;

	if (first > 0xff || !first || !strchr("+-&|^<>=!", (int)first))
		return 0;
	g_scanner_get_next_token(p->in);
	for (second = seconds; *second; second++)
		if (is_operator(OP2((int)first, *second), 2) &&
		    accept_char(p, *second))
			return OP2((int)first, *second);
	return (int)first;
}

static const struct value *parse_value(struct parser *p)
{
	const struct value *a = parse_unit(p);
	int op = parse_operator(p);

	return op ? new_operation(p, op, a, parse_unit(p)) : a;
}

/* Ops */

static int find_field(const struct type *type, const char *name)
{
	int i;

	for (i = 0; i < type->n_fields; i++)
		if (strcmp(type->fields[i].name, name) == 0)
			return i;
	return -1;
}

static void parse_field_of(struct parser *p, const char *record,
			   const char *field, struct place *ret_place)
{
	guint i;

	for (i = 0; i < p->types->len; i++) {
		const struct type *type = &g_array_index(p->types, struct type,
							 i);
		int index = find_field(type, field);

		if (index < 0 || (record && strcmp(type->record, record) != 0))
			continue;
		ret_place->type = (int)i;
		ret_place->field = index;
		return;
	}
	fail(p, "there is no field '%s'", field);
}

static void parse_place(struct parser *p, struct place *ret_place)
{
	const char *name;

	ret_place->object = parse_unit(p);
	expect_char(p, '-');
	expect_char(p, '>');
	name = parse_name(p);
	if (accept_char(p, '.'))
		parse_field_of(p, name, parse_name(p), ret_place);
	else
		parse_field_of(p, NULL, name, ret_place);
}

static enum order parse_order(struct parser *p)
{
	int i;

	for (i = 0; order_names[i]; i++)
		if (accept_word(p, order_names[i]))
			return i;
	return ORDER_PLAIN;
}

static void parse_operand(struct parser *p, char operand, struct op *op)
{
	switch (operand) {
	case 'k':
		op->lock = parse_choice(p, lock_names);
		return;
	case 'p':
		parse_place(p, &op->place);
		return;
	case 'e':
		op->expected = parse_unit(p);
		return;
	case 'v':
		op->value = parse_unit(p);
		return;
	case 't':
		op->number = parse_type_name(p);
		return;
	case 'n':
	case 'h':
		op->number = parse_number(p);
		return;
	case 'l':
		g_ptr_array_index(p->labels, p->labels->len - 1) =
			(void *)parse_name(p);
		return;
	case 'o':
		op->order = parse_order(p);
		return;
	}
}

/* What follows the result of an op; @name: its mnemonic. */
static void parse_op(struct parser *p, const char *name, int result)
{
	const struct form *form = form_find(name);
	struct op op = { .result = result };
	const char *operand;

	if (!form || !p->threads->len) {
		fail(p, "'%s' is not understood", name);
		return;
	}
	op.kind = form->kind;
	op.rmw = form->rmw;
	g_ptr_array_add(p->labels, NULL);
	for (operand = form->operands; *operand; operand++)
		parse_operand(p, *operand, &op);
	op.assumed = accept_word(p, "assumed");
	op.suspect = accept_word(p, "suspect");
	if (peek(p) == G_TOKEN_STRING)
		op.text = parse_string(p);
	parse_loc(p, &op.at);
	if (accept_word(p, "in"))
		op.func = parse_name(p);
	if (result >= 0 && g_ascii_toupper(*form->operands) != 'R')
		fail(p, "'%s' has no result", name);
	g_array_append_val(p->ops, op);
}

static void *take(struct parser *p, GArray *from, gsize size)
{
	void *copy = arena_copy(p->arena, from->data, from->len * size);

	g_array_set_size(from, 0);
	return copy;
}

static void resolve_labels(struct parser *p, struct thread *t)
{
	int i;

	for (i = 0; i < t->n_ops; i++) {
		const char *label = g_ptr_array_index(p->labels, i);
		gpointer op;

		if (!label)
			continue;
		if (!g_hash_table_lookup_extended(p->label_ops, label, NULL,
						  &op))
			fail(p, "thread %s has no label '%s'", t->name, label);
		else
			t->ops[i].target = GPOINTER_TO_INT(op);
	}
	g_ptr_array_set_size(p->labels, 0);
	g_hash_table_remove_all(p->label_ops);
}

static void end_thread(struct parser *p)
{
	struct thread *t;

	if (!p->threads->len)
		return;
	t = &g_array_index(p->threads, struct thread, p->threads->len - 1);
	t->n_ops = (int)p->ops->len;
	t->ops = take(p, p->ops, sizeof(struct op));
	t->n_regs = (int)p->regs->len;
	t->regs = take(p, p->regs, sizeof(const char *));
	t->initial = take(p, p->initial, sizeof(int));
	resolve_labels(p, t);
}

/* Lines */

static void parse_program(struct parser *p)
{
	p->program->name = parse_name(p);
}

static void parse_initial(struct parser *p)
{
	p->program->start = parse_choice(p, start_names);
}

static void parse_assume(struct parser *p)
{
	struct assumption a = { .text = parse_string(p) };

	parse_loc(p, &a.at);
	g_array_append_val(p->assumptions, a);
}

static void parse_type(struct parser *p)
{
	struct type type = { .record = parse_name(p) };

	type.stable = accept_word(p, "stable");
	g_array_append_val(p->types, type);
	g_array_set_size(p->fields, 0);
}

static void parse_field(struct parser *p)
{
	struct field field = { .name = parse_name(p) };
	struct type *type;

	field.count = accept_word(p, "count");
	field.pointer = accept_word(p, "pointer");
	field.lock = accept_word(p, "lock");
	if (!p->types->len || p->objects->len) {
		fail(p, "a field comes after its type and before objects");
		return;
	}
	g_array_append_val(p->fields, field);
	type = &g_array_index(p->types, struct type, p->types->len - 1);
	type->n_fields = (int)p->fields->len;
	type->fields = arena_copy(p->arena, p->fields->data,
				  p->fields->len * sizeof(field));
}

static void parse_object(struct parser *p)
{
	struct object o = { .name = parse_name(p) };
	const struct type *type;

	o.type = parse_type_name(p);
	o.exists = !accept_word(p, "pool");
	if (p->error)
		return;
	type = &g_array_index(p->types, struct type, o.type);
	o.initial = arena_new_array(p->arena, int, type->n_fields);
	while (is_name(p)) {
		const char *name = parse_name(p);
		int field = find_field(type, name);

		expect_char(p, '=');
		if (field < 0)
			fail(p, "there is no field '%s'", name);
		else
			o.initial[field] = parse_number(p);
	}
	g_array_append_val(p->objects, o);
}

static void parse_invariant(struct parser *p)
{
	struct invariant v = { .type = parse_type_name(p) };
	const struct type *type;
	const char **names;

	v.text = parse_string(p);
	if (p->error)
		return;
	type = &g_array_index(p->types, struct type, v.type);
	names = g_new(const char *, type->n_fields + 1);
	for (p->n_names = 0; p->n_names < type->n_fields; p->n_names++)
		names[p->n_names] = type->fields[p->n_names].name;
	p->names = names;
	v.holds = parse_value(p);
	g_free(names);
	g_array_append_val(p->invariants, v);
}

static void parse_thread(struct parser *p)
{
	struct thread t = { .name = parse_name(p) };

	end_thread(p);
	t.agent = accept_word(p, "agent");
	g_array_append_val(p->threads, t);
	p->n_names = 0;
}

static void parse_register(struct parser *p)
{
	const char *name = accept_char(p, '-') ? NULL : parse_name(p);
	int initial = peek(p) == '\n' || peek(p) == G_TOKEN_COMMENT_SINGLE ?
		      0 : parse_number(p);

	if (!p->threads->len)
		fail(p, "a register of no thread");
	g_array_append_val(p->regs, name);
	g_array_append_val(p->initial, initial);
	p->names = (const char *const *)p->regs->data;
	p->n_names = (int)p->regs->len;
}

static const struct {
	const char *name;
	void (*parse)(struct parser *p);
} lines[] = {
	{ "program", parse_program },
	{ "initial", parse_initial },
	{ "assume", parse_assume },
	{ "type", parse_type },
	{ "field", parse_field },
	{ "object", parse_object },
	{ "invariant", parse_invariant },
	{ "thread", parse_thread },
	{ "reg", parse_register },
};

/* A line that starts with @name, which is neither label nor result. */
static void parse_named(struct parser *p, const char *name)
{
	guint i;

	for (i = 0; i < G_N_ELEMENTS(lines); i++)
		if (strcmp(lines[i].name, name) == 0) {
			lines[i].parse(p);
			return;
		}
	parse_op(p, name, -1);
}

static void parse_line(struct parser *p)
{
	const char *name;

	if (accept_char(p, '%')) {
		int result = parse_number(p);

		expect_char(p, '=');
		parse_op(p, parse_name(p), result);
		return;
	}
	if (!is_name(p))
		return;
	name = parse_name(p);
	if (accept_char(p, '='))
		parse_op(p, parse_name(p), find_reg(p, name));
	else if (accept_char(p, ':'))
		g_hash_table_insert(p->label_ops, (void *)name,
				    GINT_TO_POINTER((int)p->ops->len));
	else
		parse_named(p, name);
}

static void parse_lines(struct parser *p)
{
	while (peek(p) != G_TOKEN_EOF) {
		parse_line(p);
		if (peek(p) == G_TOKEN_COMMENT_SINGLE)
			g_scanner_get_next_token(p->in);
		else if (peek(p) != G_TOKEN_EOF)
			expect_char(p, '\n');
	}
	end_thread(p);
}

static void move_to_program(struct parser *p)
{
	struct program *program = p->program;

	program->n_types = (int)p->types->len;
	program->types = take(p, p->types, sizeof(struct type));
	program->n_objects = (int)p->objects->len;
	program->objects = take(p, p->objects, sizeof(struct object));
	program->n_threads = (int)p->threads->len;
	program->threads = take(p, p->threads, sizeof(struct thread));
	program->n_invariants = (int)p->invariants->len;
	program->invariants = take(p, p->invariants,
				   sizeof(struct invariant));
	program->n_assumptions = (int)p->assumptions->len;
	program->assumptions = take(p, p->assumptions,
				    sizeof(struct assumption));
}

static const GScannerConfig scanner_config = {
	.cset_skip_characters = " \t\r",
	.cset_identifier_first = G_CSET_a_2_z "_" G_CSET_A_2_Z,
	.cset_identifier_nth = G_CSET_a_2_z "_0123456789" G_CSET_A_2_Z,
	.cpair_comment_single = "#\n",
	.case_sensitive = 1,
	.scan_identifier = 1,
	.scan_identifier_1char = 1,
	.scan_string_dq = 1,
	.char_2_token = 1,
	.store_int64 = 1,
};

static void start_parser(struct parser *p, struct arena *a, const char *text)
{
	p->arena = a;
	p->in = g_scanner_new(&scanner_config);
	g_scanner_input_text(p->in, text, (guint)strlen(text));
	p->program = arena_new_object(a, struct program);
	p->program->name = "";
	p->types = g_array_new(FALSE, TRUE, sizeof(struct type));
	p->fields = g_array_new(FALSE, TRUE, sizeof(struct field));
	p->objects = g_array_new(FALSE, TRUE, sizeof(struct object));
	p->threads = g_array_new(FALSE, TRUE, sizeof(struct thread));
	p->invariants = g_array_new(FALSE, TRUE, sizeof(struct invariant));
	p->assumptions = g_array_new(FALSE, TRUE, sizeof(struct assumption));
	p->ops = g_array_new(FALSE, TRUE, sizeof(struct op));
	p->regs = g_array_new(FALSE, TRUE, sizeof(const char *));
	p->initial = g_array_new(FALSE, TRUE, sizeof(int));
	p->labels = g_ptr_array_new();
	p->label_ops = g_hash_table_new(g_str_hash, g_str_equal);
}

static void end_parser(struct parser *p)
{
	GArray *const arrays[] = {
		p->types, p->fields, p->objects, p->threads, p->invariants,
		p->assumptions, p->ops, p->regs, p->initial,
	};
	guint i;

	for (i = 0; i < G_N_ELEMENTS(arrays); i++)
		g_array_unref(arrays[i]);
	g_ptr_array_unref(p->labels);
	g_hash_table_unref(p->label_ops);
	g_scanner_destroy(p->in);
}

struct program *program_parse(struct arena *a, const char *text,
			      char **ret_error)
{
	struct parser p = { 0 };

	start_parser(&p, a, text);
	parse_lines(&p);
	move_to_program(&p);
	if (!p.error) {
		char *wrong = program_validate(p.program);

		if (wrong)
			fail(&p, "%s", wrong);
		g_free(wrong);
	}
	end_parser(&p);
	if (!p.error)
		return p.program;
	*ret_error = p.error;
	return NULL;
}
