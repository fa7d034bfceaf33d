// SPDX-License-Identifier: GPL-2.0-only
/*
 * What an #if asks for: whether names are defined, joined by &&, || and !.
 * All else (values, calls, comparisons) is open, which leaves the whole open
 * unless the rest decides it.
 */
#include "frontend/headers.h"

#include <string.h>

/* With more parentheses and negations it is open: each is a call. */
#define MAX_NESTED 64

struct reader {
	const char *text;
	size_t size, at;
	truth_fn is_defined;
	operand_fn is_operand;
	void *data;
	bool odd; /* not of the form that is known here */
};

enum truth truth_not(enum truth t)
{
	return t == HOLDS ? FAILS : t == FAILS ? HOLDS : OPEN;
}

enum truth truth_and(enum truth a, enum truth b)
{
	if (a == FAILS || b == FAILS)
		return FAILS;
	return a == HOLDS && b == HOLDS ? HOLDS : OPEN;
}

enum truth truth_or(enum truth a, enum truth b)
{
	return truth_not(truth_and(truth_not(a), truth_not(b)));
}

static bool accept(struct reader *r, const char *word)
{
	r->at = text_skip_blanks(r->text, r->size, r->at);
	if (!text_starts(r->text, r->size, r->at, word))
		return false;
	r->at += strlen(word);
	return true;
}

/* The identifier or number here; 0: there is none. */
static size_t word_length(const struct reader *r)
{
	size_t n = 0;

	while (r->at + n < r->size && text_is_ident(r->text[r->at + n]))
		n++;
	return n;
}

static bool accept_word(struct reader *r, const char *word)
{
	r->at = text_skip_blanks(r->text, r->size, r->at);
	return word_length(r) == strlen(word) && accept(r, word);
}

/* Behind "defined": X or (X). */
static enum truth asks_for(struct reader *r)
{
	bool bracket = accept(r, "(");
	enum truth t = OPEN;
	char *name;
	size_t n;

	r->at = text_skip_blanks(r->text, r->size, r->at);
	n = word_length(r);
	if (n) {
		name = g_strndup(r->text + r->at, n);
		t = r->is_defined(g_quark_from_string(name), r->data);
		g_free(name);
	}
	r->at += n;
	if (!n || (bracket && !accept(r, ")")))
		r->odd = true;
	return t;
}

static bool at_end_of_operand(struct reader *r)
{
	r->at = text_skip_blanks(r->text, r->size, r->at);
	return r->at >= r->size || r->text[r->at] == ')' ||
	       text_starts(r->text, r->size, r->at, "&&") ||
	       text_starts(r->text, r->size, r->at, "||");
}

/* What binds tighter than && is open; what binds looser makes it all open. */
static enum truth skip_operand(struct reader *r)
{
	while (!at_end_of_operand(r)) {
		char c = r->text[r->at];

		r->odd = r->odd || c == '?' || c == ',';
		if (c == '(')
			r->at = text_skip_brackets(r->text, r->size, r->at);
		else if (c == '"' || c == '\'')
			r->at = text_skip_quoted(r->text, r->size, r->at);
		else
			r->at++;
	}
	return OPEN;
}

static enum truth any_of(struct reader *r);

static enum truth in_brackets(struct reader *r)
{
	enum truth t = any_of(r);

	if (!accept(r, ")"))
		r->odd = true;
	return t;
}

static enum truth primary(struct reader *r)
{
	if (accept(r, "!"))
		return truth_not(primary(r));
	if (accept(r, "("))
		return in_brackets(r);
	if (accept_word(r, "defined"))
		return asks_for(r);
	if (accept_word(r, "0"))
		return FAILS;
	return accept_word(r, "1") ? HOLDS : OPEN;
}

static enum truth operand(struct reader *r)
{
	enum truth t = primary(r);

	return at_end_of_operand(r) ? t : skip_operand(r);
}

static enum truth all_of(struct reader *r)
{
	enum truth t = operand(r);

	while (accept(r, "&&"))
		t = truth_and(t, operand(r));
	return t;
}

static enum truth any_of(struct reader *r)
{
	enum truth t = all_of(r);

	while (accept(r, "||"))
		t = truth_or(t, all_of(r));
	return t;
}

/* X, (X: where that ends. */
static size_t behind_asked(const struct reader *r)
{
	struct reader look = *r;

	accept(&look, "(");
	look.at = text_skip_blanks(look.text, look.size, look.at);
	return look.at + word_length(&look);
}

static bool is_operand(const struct reader *r, size_t n)
{
	char *name;
	bool good;

	if (g_ascii_isdigit(r->text[r->at]))
		return true;
	name = g_strndup(r->text + r->at, n);
	good = r->is_operand(g_quark_from_string(name), r->data);
	g_free(name);
	return good;
}

/* Does it read as it is written, since no macro in it falls apart? */
static bool keeps_form(struct reader r)
{
	for (r.at = text_skip_blanks(r.text, r.size, r.at); r.at < r.size;
	     r.at = text_skip_blanks(r.text, r.size, r.at)) {
		size_t n = word_length(&r);
		char c = r.text[r.at];

		if (accept_word(&r, "defined"))
			r.at = behind_asked(&r);
		else if (n && !is_operand(&r, n))
			return false;
		else if (c == '"' || c == '\'')
			r.at = text_skip_quoted(r.text, r.size, r.at);
		else
			r.at += MAX(n, 1);
	}
	return true;
}

static bool is_deep(const char *expression)
{
	int n = 0;

	for (; *expression; expression++)
		n += *expression == '(' || *expression == '!';
	return n > MAX_NESTED;
}

enum truth condition_truth(const char *expression, truth_fn is_defined,
			   operand_fn operands, void *data)
{
	struct reader r = { .text = expression, .size = strlen(expression),
			    .is_defined = is_defined,
			    .is_operand = operands, .data = data };
	enum truth t;

	if (is_deep(expression) || !keeps_form(r))
		return OPEN;
	t = any_of(&r);
	return at_end_of_operand(&r) && r.at == r.size && !r.odd ? t : OPEN;
}
