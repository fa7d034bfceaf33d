// SPDX-License-Identifier: GPL-2.0-only
/*
 * asm and asm goto. The cursors show the operands but not which of them are
 * outputs, nor clobbers, nor labels. The raw text tells, where it is not made
 * of macros; else the printed function does.
 *
 * What the instructions do stays unknown: outputs become OPAQUE.
 */
#include "frontend/private.h"

#include <string.h>

/* Of one asm, from its text. */
struct asm_parts {
	int n_outputs, n_inputs;
	bool is_goto, is_volatile, clobbers_memory, memory_output;
	GPtrArray *labels;  /* names, owned; of an asm goto */
	GString *updates;   /* a '+' or '=' for each output */
};

/* Text to parts */

static bool skip_word(const char *text, size_t size, size_t *at,
		      const char *word)
{
	size_t n = strlen(word);

	if (!text_starts(text, size, *at, word) ||
	    (*at + n < size && text_is_ident(text[*at + n])))
		return false;
	*at = text_skip_blanks(text, size, *at + n);
	return true;
}

/* Up to the opening parenthesis; false: not the text of an asm. */
static bool read_head(const char *text, size_t size, size_t *at,
		      struct asm_parts *parts)
{
	if (!skip_word(text, size, at, "asm") &&
	    !skip_word(text, size, at, "__asm__") &&
	    !skip_word(text, size, at, "__asm"))
		return false;
	for (;;) {
		if (skip_word(text, size, at, "goto"))
			parts->is_goto = true;
		else if (skip_word(text, size, at, "volatile") ||
			 skip_word(text, size, at, "__volatile__") ||
			 skip_word(text, size, at, "__volatile"))
			parts->is_volatile = true;
		else if (!skip_word(text, size, at, "inline") &&
			 !skip_word(text, size, at, "__inline__") &&
			 !skip_word(text, size, at, "__inline"))
			break;
	}
	return *at < size && text[*at] == '(';
}

static void add_output(struct asm_parts *parts, const char *text, size_t size)
{
	const char *quote = memchr(text, '"', size);
	const char *end = text + size, *c;

	parts->n_outputs++;
	g_string_append_c(parts->updates,
			  quote && quote + 1 < end && quote[1] == '+' ? '+' :
									'=');
	for (c = quote ? quote + 1 : end; c < end && *c != '"'; c++)
		parts->memory_output |= *c == 'm' || *c == 'o' || *c == 'V';
}

/* One item between commas of section @section: 1 outputs, 2 inputs... */
static void add_item(struct asm_parts *parts, int section, const char *text,
		     size_t size)
{
	size_t start = text_skip_blanks(text, size, 0);

	if (start >= size)
		return;
	if (section == 1)
		add_output(parts, text + start, size - start);
	else if (section == 2)
		parts->n_inputs++;
	else if (section == 3)
		parts->clobbers_memory |=
			text_starts(text, size, start, "\"memory\"");
	else if (section == 4)
		g_ptr_array_add(parts->labels, g_strstrip(g_strndup(
			text + start, size - start)));
}

static size_t skip_item(const char *text, size_t size, size_t at)
{
	while (at < size && text[at] != ',' && text[at] != ':' &&
	       text[at] != ')') {
		size_t next = text_skip_blanks(text, size, at);

		if (next > at)
			at = next;
		else if (text[at] == '"')
			at = text_skip_quoted(text, size, at);
		else if (text[at] == '(' || text[at] == '[')
			at = text_skip_brackets(text, size, at);
		else
			at++;
	}
	return at;
}

static bool read_parts(const char *text, size_t size, size_t at,
		       struct asm_parts *parts)
{
	int section = 0;
	size_t end;

	if (!read_head(text, size, &at, parts))
		return false;
	for (at++; at < size; at = end + 1) {
		end = skip_item(text, size, at);
		add_item(parts, section, text + at, end - at);
		if (end >= size || text[end] == ')')
			break;
		section += text[end] == ':';
	}
	return true;
}

static void clear_parts(struct asm_parts *parts)
{
	if (parts->labels)
		g_ptr_array_unref(parts->labels);
	if (parts->updates)
		g_string_free(parts->updates, TRUE);
	memset(parts, 0, sizeof(*parts));
}

static void reset_parts(struct asm_parts *parts)
{
	clear_parts(parts);
	parts->labels = g_ptr_array_new_with_free_func(g_free);
	parts->updates = g_string_new(NULL);
}

static bool fits(const struct asm_parts *parts, int n_operands)
{
	return parts->n_outputs + parts->n_inputs == n_operands;
}

/*
 * What the asm of BUG() looks like is the same each time, and printing the
 * function around it is slow: a text is kept under the outermost macro's name
 * and the operands' kinds and types. NULL: not to be kept.
 */
static const char *text_key(struct lower *l, CXCursor c,
			    const struct children *k)
{
	const char *macro = place_of(l->p, c).macro, *key;
	GString *s;
	int i;

	if (!macro || g_str_has_prefix(macro, "asm"))
		return NULL;
	s = g_string_new(macro);
	for (i = 0; i < k->n; i++)
		g_string_append_printf(
			s, " %d:%p", (int)clang_getCursorKind(child(k, i)),
			(const void *)type_of(l->p, child(k, i)));
	key = g_intern_string(s->str);
	g_string_free(s, TRUE);
	return key;
}

static bool read_printed(struct lower *l, CXCursor c, const struct children *k,
			 struct asm_parts *parts)
{
	const char *key = parts->is_goto ? NULL : text_key(l, c, k);
	const char *text = NULL;

	if (key)
		text = g_hash_table_lookup(l->p->asm_texts, key);
	if (!text)
		text = pretty_asm(l, c);
	if (!text)
		return false;
	reset_parts(parts);
	if (!read_parts(text, strlen(text), 0, parts) || !fits(parts, k->n))
		return false;
	if (key && !parts->is_goto)
		g_hash_table_insert(l->p->asm_texts, (gpointer)key,
				    arena_copy(l->p->arena, text,
					       strlen(text) + 1));
	return true;
}

/* The raw text will do if it agrees with the operands that clang saw. */
static bool asm_parts(struct lower *l, CXCursor c, const struct children *k,
		      struct asm_parts *parts)
{
	struct spelling s;

	reset_parts(parts);
	if (source_spelling(l->p, c, &s) &&
	    read_parts(s.text, s.size, s.at, parts) && !parts->is_goto &&
	    fits(parts, k->n))
		return true;
	return read_printed(l, c, k, parts);
}

/* Lowering */

static void jump(struct lower *l, CXCursor c, const struct asm_parts *parts)
{
	struct draft_block *head = l->cur, *next = block_new(l);
	GPtrArray *edges = g_ptr_array_new();
	struct place where = place_of(l->p, c);
	guint i;

	block_edge(head, next);
	for (i = 0; i < parts->labels->len; i++) {
		g_ptr_array_add(edges, block_new(l));
		block_edge(head, g_ptr_array_index(edges, i));
	}
	block_jump(l, JUMP_ASM_GOTO);
	for (i = 0; i < edges->len; i++) {
		CXCursor label = pretty_label(l, c,
				g_ptr_array_index(parts->labels, i));

		if (clang_Cursor_isNull(label)) {
			lower_fail(l, "asm goto to an unknown label", c);
			break;
		}
		block_start(l, g_ptr_array_index(edges, i));
		label_goto(l, label, &where);
	}
	g_ptr_array_unref(edges);
	block_start(l, next);
}

static void assign_outputs(struct lower *l, CXCursor c, GPtrArray *outputs)
{
	guint i;

	for (i = 0; i < outputs->len; i++) {
		const struct expr *lvalue = g_ptr_array_index(outputs, i);
		const struct expr *value = expr_numbered(
			l->u, EXPR_OPAQUE, ++l->next_opaque, lvalue->record,
			lvalue->pointers);

		lower_assign(l, lvalue, 0, value, false, c);
	}
}

static void lower_operands(struct lower *l, const struct children *k,
			   const struct asm_parts *parts, GPtrArray *outputs,
			   GPtrArray *inputs)
{
	int i;

	for (i = 0; i < k->n; i++) {
		bool output = i < parts->n_outputs;
		bool update = output && parts->updates->str[i] == '+';
		const struct expr *e;

		if (output)
			e = lower_place(l, child(k, i), update ?
					ACCESS_UPDATE : ACCESS_WRITE);
		else
			e = lower_value(l, child(k, i));
		if (output)
			g_ptr_array_add(outputs, (gpointer)e);
		if (!output || update)
			g_ptr_array_add(inputs, (gpointer)e);
	}
}

static void emit(struct lower *l, CXCursor c, const struct children *k,
		 const struct asm_parts *parts)
{
	GPtrArray *outputs = g_ptr_array_new(), *inputs = g_ptr_array_new();
	struct event *ev;

	lower_operands(l, k, parts, outputs, inputs);
	ev = block_event(l, EVENT_ASM, c);
	ev->asm_memory = parts->memory_output ||
			 (parts->clobbers_memory && parts->is_volatile);
	ev->n_args = (int)inputs->len;
	ev->args = arena_copy(l->u->arena, inputs->pdata,
			      sizeof(gpointer) * inputs->len);
	assign_outputs(l, c, outputs);
	g_ptr_array_unref(outputs);
	g_ptr_array_unref(inputs);
}

void lower_asm(struct lower *l, CXCursor c)
{
	struct children k = children_push(l->p, c);
	struct asm_parts parts = { 0 };

	if (asm_parts(l, c, &k, &parts)) {
		emit(l, c, &k, &parts);
		if (parts.is_goto)
			jump(l, c, &parts);
	} else {
		lower_fail(l, "an asm whose operands cannot be told apart", c);
	}
	clear_parts(&parts);
	children_pop(&k);
}
