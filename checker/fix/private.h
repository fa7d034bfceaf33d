/* SPDX-License-Identifier: GPL-2.0-only */
/* C text as tokens and statements. Private to fix/. */
#ifndef PINCHECK_FIX_PRIVATE_H
#define PINCHECK_FIX_PRIVATE_H

#include <glib.h>
#include <stdbool.h>

enum token_kind {
	TOKEN_WORD,
	TOKEN_LITERAL,	 /* a number, a string or a character */
	TOKEN_OPERATOR,	 /* and punctuation; the longest one that fits */
	TOKEN_OPEN,	 /* ( [ { */
	TOKEN_CLOSE,
	TOKEN_DIRECTIVE, /* all of it, with its continuation lines */
};

struct token {
	enum token_kind kind;
	size_t from, to; /* bytes */
	guint partner;	 /* OPEN, CLOSE: the index of the other one */
};

/* The text is the caller's, and may hold any bytes. */
struct source {
	const char *text;
	size_t size;
	GArray *tokens;	  /* struct token */
	GArray *comments; /* struct token; from and to only */
};

/* source_clear() is due. O(size) */
void source_read(struct source *s, const char *text, size_t size);
/*
 * Makes brackets partners. false: they do not match, in the text or in one
 * branch of an #if, and nothing can be said of statements. O(size)
 */
bool source_match(struct source *s);
void source_clear(struct source *s);
const struct token *source_token(const struct source *s, guint i);
/* Is the token this word, bracket or operator? false behind the last one. */
bool source_is(const struct source *s, guint i, const char *text);
/*
 * The token at @line and @column (bytes, from 1), or the next on that line, as
 * *@ret_i. false: there is none.
 */
bool source_at(const struct source *s, int line, int column, guint *ret_i);
/* Does the line end at @at, by "\n" or "\r\n", or with the text? */
bool text_ends_line(const char *text, size_t size, size_t at);
/*
 * Where the line @line begins (from 1), as the findings count: a "\r" alone
 * does not end one; false: nowhere.
 */
bool text_line(const char *text, size_t size, int line, size_t *ret_from);
/* The number of the line that byte @at is in, from 1. */
int text_number(const char *text, size_t size, size_t at);
/* Where the line of byte @at begins, and the first byte of the next one. */
size_t text_line_start(const char *text, size_t at);
size_t text_line_end(const char *text, size_t size, size_t at);
/* The blanks of a line; from @from. */
size_t text_blanks(const char *text, size_t size, size_t from);
/* Is the line from @from to @to continued by a backslash? */
bool text_is_spliced(const char *text, size_t size, size_t from, size_t to);
/* What ends the line that begins at @from: "\n" or "\r\n". */
const char *text_eol(const char *text, size_t size, size_t from);

/* statement.c, on brackets that match */
struct statement {
	guint block;	   /* the brace of the block that it stands in */
	guint first, last; /* its tokens, with the semicolon */
	/*
	 * An expression, all of a line or of several: no declaration, no label,
	 * not the only statement of an if. Such can go, and others can stand
	 * before and behind it.
	 */
	bool plain;
};

/* The innermost one that the token is in; false: it is in no block. */
bool statement_at(const struct source *s, guint token, struct statement *ret);
/* That of the block @block that the token is in, however deep. */
bool statement_in(const struct source *s, guint block, guint token,
		  struct statement *ret);
/*
 * Does it nothing but call a function, or write one place, with no other call
 * or write on the way?
 */
bool statement_is_simple(const struct source *s, const struct statement *st);
/* May control leave, or come in, between the two tokens, both included? */
bool statement_jumps(const struct source *s, guint from, guint to);
/*
 * Is a word of @st written from one token to the other, or its address taken?
 */
bool statement_is_upset(const struct source *s, const struct statement *st,
			guint from, guint to);

#endif
