// SPDX-License-Identifier: GPL-2.0-only
/*
 * C text as tokens, with no preprocessing: comments are left out, a directive
 * is one token, brackets know their partners. Trigraphs are not known.
 */
#include "private.h"

#include <string.h>

/* ---- lines ---- */

/*
 * The length of what ends a line of C at @at, a comment or a directive; 0:
 * nothing does. A carriage return alone is such, and begins no new number.
 */
static size_t eol_length(const char *text, size_t size, size_t at)
{
	if (at < size && text[at] == '\n')
		return 1;
	if (at >= size || text[at] != '\r')
		return 0;
	return at + 1 < size && text[at + 1] == '\n' ? 2 : 1;
}

bool text_ends_line(const char *text, size_t size, size_t at)
{
	return at >= size || text[at] == '\n' ||
	       eol_length(text, size, at) == 2;
}

size_t text_line_end(const char *text, size_t size, size_t at)
{
	while (!text_ends_line(text, size, at))
		at++;
	return at + eol_length(text, size, at);
}

size_t text_line_start(const char *text, size_t at)
{
	while (at > 0 && text[at - 1] != '\n')
		at--;
	return at;
}

bool text_line(const char *text, size_t size, int line, size_t *ret_from)
{
	size_t at = 0;
	int i;

	for (i = 1; i < line && at < size; i++)
		at = text_line_end(text, size, at);
	if (i != line || at >= size)
		return false;
	*ret_from = at;
	return true;
}

int text_number(const char *text, size_t size, size_t at)
{
	size_t next = text_line_end(text, size, 0);
	int n = 1;

	for (; next <= at && next < size; n++)
		next = text_line_end(text, size, next);
	return n;
}

size_t text_blanks(const char *text, size_t size, size_t from)
{
	size_t n = 0;

	while (from + n < size && (text[from + n] == ' ' ||
				   text[from + n] == '\t'))
		n++;
	return n;
}

const char *text_eol(const char *text, size_t size, size_t from)
{
	size_t end = text_line_end(text, size, from);

	return end >= from + 2 && text[end - 2] == '\r' ? "\r\n" : "\n";
}

/* A backslash and blanks that an end of line follows: the length of all. */
static size_t splice_length(const char *text, size_t size, size_t at)
{
	size_t after, eol;

	if (at >= size || text[at] != '\\')
		return 0;
	after = at + 1 + text_blanks(text, size, at + 1);
	eol = eol_length(text, size, after);
	return eol ? after + eol - at : 0;
}

bool text_is_spliced(const char *text, size_t size, size_t from, size_t to)
{
	for (; from < to; from++)
		if (splice_length(text, size, from))
			return true;
	return false;
}

/* ---- the lexer ---- */

struct lexer {
	struct source *source;
	size_t at;
	bool line_begins; /* nothing but blanks and comments before it */
};

static bool starts(const struct lexer *l, const char *with)
{
	size_t n = strlen(with);

	return l->source->size - l->at >= n &&
	       !memcmp(l->source->text + l->at, with, n);
}

static size_t splice_at(const struct lexer *l)
{
	return splice_length(l->source->text, l->source->size, l->at);
}

static void skip_line_comment(struct lexer *l)
{
	const struct source *s = l->source;

	while (l->at < s->size && !eol_length(s->text, s->size, l->at))
		l->at += splice_at(l) ?: 1;
}

static void skip_block_comment(struct lexer *l)
{
	l->at += 2;
	while (l->at < l->source->size && !starts(l, "*/"))
		l->at++;
	l->at = MIN(l->at + 2, l->source->size);
}

/* false: there is no comment. */
static bool skip_comment(struct lexer *l)
{
	struct token t = { .from = l->at };

	if (starts(l, "//"))
		skip_line_comment(l);
	else if (starts(l, "/*"))
		skip_block_comment(l);
	else
		return false;
	t.to = l->at;
	g_array_append_val(l->source->comments, t);
	return true;
}

/* To the other quote, or the end of the line where that is missing. */
static void skip_quoted(struct lexer *l)
{
	const struct source *s = l->source;
	char quote = s->text[l->at++];
	size_t splice;

	while (l->at < s->size && s->text[l->at] != quote &&
	       !eol_length(s->text, s->size, l->at)) {
		splice = splice_at(l);
		l->at += splice ? splice : s->text[l->at] == '\\' ? 2 : 1;
	}
	l->at = MIN(l->at, s->size);
	if (l->at < s->size && s->text[l->at] == quote)
		l->at++;
}

static bool is_quote(const struct lexer *l)
{
	const char c = l->source->text[l->at];

	return c == '"' || c == '\'';
}

static void skip_directive(struct lexer *l)
{
	const struct source *s = l->source;

	while (l->at < s->size && !eol_length(s->text, s->size, l->at)) {
		if (is_quote(l))
			skip_quoted(l);
		else if (!skip_comment(l))
			l->at += splice_at(l) ?: 1;
	}
}

static bool is_word(char c)
{
	return g_ascii_isalnum(c) || c == '_' || c == '$' ||
	       (guchar)c >= 0x80;
}

static void skip_word(struct lexer *l)
{
	while (l->at < l->source->size && is_word(l->source->text[l->at]))
		l->at++;
}

/* 1e-5 is three tokens then, which does no harm. */
static void skip_number(struct lexer *l)
{
	while (l->at < l->source->size && (is_word(l->source->text[l->at]) ||
					   l->source->text[l->at] == '.'))
		l->at++;
}

static void skip_operator(struct lexer *l)
{
	static const char *const longer[] = {
		"<<=", ">>=", "...", "->", "++", "--", "<<", ">>", "<=", ">=",
		"==", "!=", "&&", "||", "+=", "-=", "*=", "/=", "%=", "&=",
		"|=", "^="
	};

	for (size_t i = 0; i < G_N_ELEMENTS(longer); i++) {
		if (starts(l, longer[i])) {
			l->at += strlen(longer[i]);
			return;
		}
	}
	l->at++;
}

static enum token_kind skip_token(struct lexer *l)
{
	const char c = l->source->text[l->at];

	if (c == '#' && l->line_begins) {
		skip_directive(l);
		return TOKEN_DIRECTIVE;
	}
	if (is_quote(l)) {
		skip_quoted(l);
		return TOKEN_LITERAL;
	}
	if (g_ascii_isdigit(c)) {
		skip_number(l);
		return TOKEN_LITERAL;
	}
	if (is_word(c)) {
		skip_word(l);
		return TOKEN_WORD;
	}
	skip_operator(l);
	return c && strchr("([{", c) ? TOKEN_OPEN :
	       c && strchr(")]}", c) ? TOKEN_CLOSE : TOKEN_OPERATOR;
}

static void read_tokens(struct source *s)
{
	struct lexer l = { s, 0, true };
	struct token t = { 0 };
	size_t n;

	while (l.at < s->size) {
		n = eol_length(s->text, s->size, l.at);
		l.line_begins |= n > 0;
		n = n ? n : splice_at(&l);
		if (n || !s->text[l.at] || g_ascii_isspace(s->text[l.at])) {
			l.at += n ? n : 1;
		} else if (!skip_comment(&l)) {
			t.from = l.at;
			t.kind = skip_token(&l);
			t.to = l.at;
			g_array_append_val(s->tokens, t);
			l.line_begins = false;
		}
	}
}

/* ---- brackets ---- */

struct matcher {
	struct source *source;
	GArray *open;	  /* guint: brackets that wait for their partner */
	GArray *branches; /* guint: how many did when the #if began */
	guint floor;	  /* as many must go on to wait in this branch */
	bool crooked;
};

static void match_open(struct matcher *m, guint i)
{
	g_array_append_val(m->open, i);
}

static void match_close(struct matcher *m, guint i)
{
	struct token *close = &g_array_index(m->source->tokens, struct token,
					     i);
	const char *c = m->source->text;
	struct token *open;
	guint k;

	if (m->open->len <= m->floor) {
		m->crooked = true;
		return;
	}
	k = g_array_index(m->open, guint, m->open->len - 1);
	open = &g_array_index(m->source->tokens, struct token, k);
	m->crooked |= c[open->from] == '(' ? c[close->from] != ')' :
		      c[close->from] != c[open->from] + 2;
	open->partner = i;
	close->partner = k;
	g_array_set_size(m->open, m->open->len - 1);
}

/* A branch leaves the brackets as it found them. */
static void match_branch(struct matcher *m, const struct token *directive)
{
	const char *text = m->source->text;
	size_t word = directive->from + 1;

	word += text_blanks(text, directive->to, word);
	text += word;
	word = directive->to - word;
	if (word >= 2 && !strncmp(text, "if", 2)) {
		g_array_append_val(m->branches, m->floor);
		m->floor = m->open->len;
	} else if (word >= 2 && (!strncmp(text, "el", 2) ||
				 !strncmp(text, "en", 2))) {
		m->crooked |= !m->branches->len || m->open->len != m->floor;
		if (*text != 'e' || text[1] != 'n' || m->crooked)
			return;
		m->floor = g_array_index(m->branches, guint,
					 m->branches->len - 1);
		g_array_set_size(m->branches, m->branches->len - 1);
	}
}

bool source_match(struct source *s)
{
	struct matcher m = { s, g_array_new(FALSE, FALSE, sizeof(guint)),
			     g_array_new(FALSE, FALSE, sizeof(guint)), 0,
			     false };

	for (guint i = 0; i < s->tokens->len && !m.crooked; i++) {
		const struct token *t = source_token(s, i);

		if (t->kind == TOKEN_OPEN)
			match_open(&m, i);
		else if (t->kind == TOKEN_CLOSE)
			match_close(&m, i);
		else if (t->kind == TOKEN_DIRECTIVE)
			match_branch(&m, t);
	}
	m.crooked |= m.open->len > 0;
	g_array_unref(m.open);
	g_array_unref(m.branches);
	return !m.crooked;
}

/* ---- for others ---- */

void source_read(struct source *s, const char *text, size_t size)
{
	s->text = text;
	s->size = size;
	s->tokens = g_array_new(FALSE, FALSE, sizeof(struct token));
	s->comments = g_array_new(FALSE, FALSE, sizeof(struct token));
	read_tokens(s);
}

void source_clear(struct source *s)
{
	g_array_unref(s->tokens);
	g_array_unref(s->comments);
}

const struct token *source_token(const struct source *s, guint i)
{
	return &g_array_index(s->tokens, struct token, i);
}

bool source_is(const struct source *s, guint i, const char *text)
{
	const struct token *t;
	size_t n = strlen(text);

	if (i >= s->tokens->len)
		return false;
	t = source_token(s, i);
	return t->to - t->from == n && !memcmp(s->text + t->from, text, n);
}

bool source_at(const struct source *s, int line, int column, guint *ret_i)
{
	size_t from, end;
	guint i;

	if (line < 1 || column < 1 ||
	    !text_line(s->text, s->size, line, &from))
		return false;
	end = text_line_end(s->text, s->size, from);
	from += (size_t)column - 1;
	for (i = 0; i < s->tokens->len; i++)
		if (source_token(s, i)->to > from)
			break;
	if (i == s->tokens->len || source_token(s, i)->from >= end ||
	    source_token(s, i)->kind == TOKEN_DIRECTIVE)
		return false;
	*ret_i = i;
	return true;
}
