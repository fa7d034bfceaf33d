// SPDX-License-Identifier: GPL-2.0-only
/*
 * Statements, by the grammar of C with what the kernel's macros add to it: a
 * macro that stands for the head of a loop. What is not understood is no plain
 * statement, so nothing is done to it.
 */
#include "private.h"

#include <string.h>

#define MAX_NESTING 200 /* bodies without braces in one another */

static bool is_kind(const struct source *s, guint i, enum token_kind kind)
{
	return i < s->tokens->len && source_token(s, i)->kind == kind;
}

static bool is_one_of(const struct source *s, guint i,
		      const char *const *words)
{
	for (; *words; words++)
		if (source_is(s, i, *words))
			return true;
	return false;
}

static guint skip_directives(const struct source *s, guint i)
{
	while (is_kind(s, i, TOKEN_DIRECTIVE))
		i++;
	return i;
}

/* Behind the bracket at @i; there it stays if there is none. */
static guint skip_brackets(const struct source *s, guint i)
{
	return is_kind(s, i, TOKEN_OPEN) ? source_token(s, i)->partner + 1 : i;
}

/* Behind the next @mark outside of brackets; or @end. */
static guint skip_past(const struct source *s, guint i, guint end,
		       const char *mark)
{
	while (i < end && !source_is(s, i, mark))
		i = is_kind(s, i, TOKEN_OPEN) ? skip_brackets(s, i) : i + 1;
	return MIN(i + 1, end);
}

/* ---- where one ends ---- */

struct walk {
	const struct source *source;
	guint end;	/* of the block: its closing brace */
	int nesting;
	bool plain;	/* was the last one no more than an expression? */
};

static guint skip_statement(struct walk *w, guint i);

/* One that is part of another. */
static guint skip_body(struct walk *w, guint i)
{
	if (w->nesting >= MAX_NESTING)
		return w->end;
	w->nesting++;
	i = skip_statement(w, i);
	w->nesting--;
	w->plain = false;
	return i;
}

static guint skip_if(struct walk *w, guint i)
{
	guint other;

	i = skip_body(w, skip_brackets(w->source, i + 1));
	other = skip_directives(w->source, i);
	return other < w->end && source_is(w->source, other, "else") ?
		       skip_body(w, other + 1) : i;
}

/* Behind the label at @i; there it stays if there is none. */
static guint skip_label(const struct walk *w, guint i)
{
	if (source_is(w->source, i, "case"))
		return skip_past(w->source, i, w->end, ":");
	return is_kind(w->source, i, TOKEN_WORD) &&
			       source_is(w->source, i + 1, ":") ? i + 2 : i;
}

/* list_for_each_entry(...) and what follows it. */
static bool is_head(const struct source *s, guint i)
{
	guint body;

	if (!is_kind(s, i, TOKEN_WORD) || !source_is(s, i + 1, "("))
		return false;
	body = skip_directives(s, skip_brackets(s, i + 1));
	return is_kind(s, body, TOKEN_WORD) || source_is(s, body, "{");
}

static guint skip_leaf(struct walk *w, guint i)
{
	guint end = skip_past(w->source, i, w->end, ";");

	w->plain = end > i && source_is(w->source, end - 1, ";");
	for (; i < end; i++)
		w->plain &= !is_kind(w->source, i, TOKEN_DIRECTIVE);
	return end;
}

static guint skip_statement(struct walk *w, guint i)
{
	static const char *const loops[] = { "while", "for", "switch", NULL };
	const struct source *s = w->source;

	w->plain = false;
	i = skip_directives(s, i);
	if (i >= w->end)
		return w->end;
	if (source_is(s, i, "{"))
		return skip_brackets(s, i);
	if (skip_label(w, i) != i)
		return skip_body(w, skip_label(w, i));
	if (source_is(s, i, "else"))
		return skip_body(w, i + 1);
	if (source_is(s, i, "if"))
		return skip_if(w, i);
	if (source_is(s, i, "do")) {
		i = skip_body(w, i + 1);
		return skip_past(s, i, w->end, ";");
	}
	if (is_one_of(s, i, loops) || is_head(s, i))
		return skip_body(w, skip_brackets(s, i + 1));
	return skip_leaf(w, i);
}

/* ---- which one ---- */

/* The brace that the token is in, without those of brackets between. */
static bool block_of(const struct source *s, guint token, guint *ret_block)
{
	for (guint i = token; i-- > 0;) {
		if (is_kind(s, i, TOKEN_CLOSE))
			i = source_token(s, i)->partner;
		else if (source_is(s, i, "{")) {
			*ret_block = i;
			return true;
		}
	}
	return false;
}

bool statement_in(const struct source *s, guint block, guint token,
		  struct statement *ret)
{
	struct walk w = { s, source_token(s, block)->partner, 0, false };
	guint i = block + 1, next;

	if (token <= block || token >= w.end)
		return false;
	for (; i < w.end; i = next) {
		i = skip_directives(s, i);
		next = skip_statement(&w, i);
		if (token < i)
			return false;
		if (token >= next)
			continue;
		*ret = (struct statement){ block, i, next - 1, w.plain };
		return true;
	}
	return false;
}

/* ({ ... }) is a value, and = { ... } no block. */
static bool is_block(const struct source *s, guint block)
{
	static const char *const before[] = { ")", "else", "do", ";", "{",
					      "}", ":", NULL };

	while (block > 0 && is_kind(s, block - 1, TOKEN_DIRECTIVE))
		block--;
	return block > 0 && is_one_of(s, block - 1, before);
}

bool statement_at(const struct source *s, guint token, struct statement *ret)
{
	guint block;

	return block_of(s, token, &block) && is_block(s, block) &&
	       statement_in(s, block, token, ret);
}

/* ---- what it does ---- */

static bool is_assignment(const struct source *s, guint i)
{
	static const char *const compared[] = { "==", "!=", "<=", ">=", NULL };

	return is_kind(s, i, TOKEN_OPERATOR) &&
	       s->text[source_token(s, i)->to - 1] == '=' &&
	       !is_one_of(s, i, compared);
}

static bool is_step(const struct source *s, guint i)
{
	return source_is(s, i, "++") || source_is(s, i, "--");
}

/* A call, unless the name is one that only macros have: BIT(3). */
static bool is_call(const struct source *s, guint i)
{
	const struct token *t = source_token(s, i);

	if (t->kind != TOKEN_WORD || !source_is(s, i + 1, "(") ||
	    source_is(s, i, "sizeof"))
		return false;
	for (size_t c = t->from; c < t->to; c++)
		if (g_ascii_islower(s->text[c]))
			return true;
	return false;
}

/* Neither writes nor calls, up to @to. */
static bool is_pure(const struct source *s, guint from, guint to)
{
	for (; from < to; from++)
		if (is_assignment(s, from) || is_step(s, from) ||
		    is_call(s, from) || source_is(s, from, "{"))
			return false;
	return true;
}

/* x->y, *p, a.b[i]; but a declaration is none: two words, or a type's star */
static bool is_place(const struct source *s, guint from, guint to)
{
	bool word = false;

	for (; from < to; from++) {
		if (is_kind(s, from, TOKEN_WORD)) {
			if (word)
				return false;
			word = true;
		} else if (source_is(s, from, "*") || source_is(s, from, ",")) {
			if (word || source_is(s, from, ","))
				return false;
		} else {
			word = is_kind(s, from, TOKEN_CLOSE);
		}
	}
	return true;
}

bool statement_is_simple(const struct source *s, const struct statement *st)
{
	static const char *const words[] = { "return", "goto", NULL };
	guint i;

	if (!st->plain || is_one_of(s, st->first, words))
		return false;
	if (is_kind(s, st->first, TOKEN_WORD) &&
	    source_is(s, st->first + 1, "(") &&
	    source_token(s, st->first + 1)->partner + 1 == st->last)
		return is_pure(s, st->first + 1, st->last);
	for (i = st->first; i < st->last && !is_assignment(s, i); i++)
		;
	return i < st->last && i > st->first && is_pure(s, st->first, i) &&
	       is_place(s, st->first, i) && is_pure(s, i + 1, st->last) &&
	       skip_past(s, i, st->last, ",") == st->last;
}

/* The kernel's macros that jump are called after what they do. */
static bool is_jump(const struct source *s, guint i)
{
	static const char *const words[] = { "return", "goto", "break",
					     "continue", "case", "default" };
	const struct token *t = source_token(s, i);

	for (size_t k = 0; t->kind == TOKEN_WORD && k < G_N_ELEMENTS(words);
	     k++)
		if (t->to - t->from == strlen(words[k]) &&
		    !g_ascii_strncasecmp(s->text + t->from, words[k],
					 t->to - t->from))
			return true;
	return false;
}

static bool is_label(const struct source *s, guint i)
{
	static const char *const before[] = { ";", "{", "}", ":", ")", NULL };

	return is_kind(s, i, TOKEN_WORD) && source_is(s, i + 1, ":") && i > 0 &&
	       (is_one_of(s, i - 1, before) ||
		is_kind(s, i - 1, TOKEN_DIRECTIVE));
}

bool statement_jumps(const struct source *s, guint from, guint to)
{
	for (; from <= to; from++)
		if (is_jump(s, from) || is_label(s, from) ||
		    is_kind(s, from, TOKEN_DIRECTIVE))
			return true;
	return false;
}

static bool is_written(const struct source *s, guint i)
{
	return is_assignment(s, i + 1) || is_step(s, i + 1) ||
	       (i > 0 && (is_step(s, i - 1) ||
			  (source_is(s, i - 1, "&") &&
			   !source_is(s, i + 1, "->"))));
}

static bool same_word(const struct source *s, guint i, guint k)
{
	const struct token *a = source_token(s, i), *b = source_token(s, k);

	return a->kind == TOKEN_WORD && b->kind == TOKEN_WORD &&
	       a->to - a->from == b->to - b->from &&
	       !memcmp(s->text + a->from, s->text + b->from, a->to - a->from);
}

bool statement_is_upset(const struct source *s, const struct statement *st,
			guint from, guint to)
{
	for (; from <= to; from++)
		for (guint i = st->first; i < st->last; i++)
			if (same_word(s, i, from) && is_written(s, from))
				return true;
	return false;
}
