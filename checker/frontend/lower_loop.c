// SPDX-License-Identifier: GPL-2.0-only
/*
 * while, do and for.
 */
#include "frontend/private.h"

/* Lowers @body with break going to @out and continue to @next. */
static void loop_body(struct lower *l, CXCursor body, struct draft_block *out,
		      struct draft_block *next)
{
	struct jump_scope j = {
		.outer = l->jumps,
		.to_break = out,
		.to_continue = next,
		.break_scope = l->scope,
		.continue_scope = l->scope,
		.in_switch = l->jumps ? l->jumps->in_switch : NULL,
	};

	l->jumps = &j;
	lower_stmt(l, body);
	l->jumps = j.outer;
}

void lower_while(struct lower *l, CXCursor c)
{
	struct draft_block *head = block_new(l), *body = block_new(l);
	struct draft_block *out = block_new(l);
	struct children k = children_push(l->p, c);

	block_start(l, head);
	lower_branch(l, child(&k, 0), "while", body, out);
	block_start(l, body);
	loop_body(l, child(&k, 1), out, head);
	block_goto(l, head);
	children_pop(&k);
	block_start(l, out);
}

void lower_do(struct lower *l, CXCursor c)
{
	struct draft_block *body = block_new(l), *test = block_new(l);
	struct draft_block *out = block_new(l);
	struct children k = children_push(l->p, c);

	block_start(l, body);
	loop_body(l, child(&k, 0), out, test);
	block_start(l, test);
	lower_branch_on_value(l, child(&k, 1), "do", body, out);
	children_pop(&k);
	block_start(l, out);
}

/* Is there anything but blanks before the next ; or ) at this level? */
static bool part_present(const char *text, size_t size, size_t *at)
{
	bool present = false;

	while (*at < size) {
		char c = text[*at];
		size_t next = text_skip_blanks(text, size, *at);

		if (next > *at) {
			*at = next;
			continue;
		}
		if (c == ';' || c == ')')
			break;
		present = true;
		if (c == '(' || c == '[' || c == '{')
			*at = text_skip_brackets(text, size, *at);
		else if (c == '"' || c == '\'')
			*at = text_skip_quoted(text, size, *at);
		else
			++*at;
	}
	if (*at < size)
		++*at;
	return present;
}

/*
 * libclang leaves absent parts out of the children, so the text between the
 * parentheses has to tell: at the place where the loop is spelt, which may be
 * a macro's definition.
 */
bool source_for_parts(struct parse *p, CXCursor c, struct for_parts *ret_parts)
{
	struct spelling s;

	if (!source_spelling(p, c, &s) ||
	    !text_starts(s.text, s.size, s.at, "for"))
		return false;
	s.at = text_skip_blanks(s.text, s.size, s.at + 3);
	if (s.at >= s.size || s.text[s.at] != '(')
		return false;
	s.at++;
	ret_parts->init = part_present(s.text, s.size, &s.at);
	ret_parts->cond = part_present(s.text, s.size, &s.at);
	ret_parts->step = part_present(s.text, s.size, &s.at);
	return true;
}

static bool for_parts(struct lower *l, CXCursor c, const struct children *k,
		      struct for_parts *ret_parts)
{
	if (k->n == 4) {
		*ret_parts = (struct for_parts){ true, true, true };
		return true;
	}
	if (k->n == 1) {
		*ret_parts = (struct for_parts){ false, false, false };
		return true;
	}
	return source_for_parts(l->p, c, ret_parts) &&
	       ret_parts->init + ret_parts->cond + ret_parts->step ==
		       k->n - 1;
}

static void for_loop(struct lower *l, const struct children *k,
		     const struct for_parts *parts)
{
	struct draft_block *head = block_new(l), *body = block_new(l);
	struct draft_block *out = block_new(l);
	struct draft_block *step = parts->step ? block_new(l) : head;
	int next = 0;

	if (parts->init)
		lower_stmt(l, child(k, next++));
	block_start(l, head);
	if (parts->cond)
		lower_branch(l, child(k, next++), "for", body, out);
	block_start(l, body);
	loop_body(l, child(k, k->n - 1), out, step);
	if (parts->step) {
		block_start(l, step);
		lower_effects(l, child(k, next));
	}
	block_goto(l, head);
	block_start(l, out);
}

void lower_for(struct lower *l, CXCursor c)
{
	struct children k = children_push(l->p, c);
	struct cleanup *outer = l->scope;
	struct for_parts parts;

	if (for_parts(l, c, &k, &parts))
		for_loop(l, &k, &parts);
	else
		lower_fail(l, "a for loop whose parts cannot be told apart",
			   c);
	scope_leave(l, outer, c);
	children_pop(&k);
}
