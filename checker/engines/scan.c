// SPDX-License-Identifier: GPL-2.0-only
/*
 * A light scan of C for the functions it defines: braces, parentheses and the
 * names before them. Macros are not expanded and conditions not decided, but
 * for "#if 0"; the branches of a condition are each read from where it began.
 *
 * It is to know what another program should have seen, so it rather finds a
 * definition too much than one too few. Functions whose names macros make are
 * called by the macro's first argument.
 */
#include "engines/scan.h"

#include <string.h>

enum token { TOKEN_END, TOKEN_NAME, TOKEN_OTHER };

/* What a conditional directive comes back to. */
struct level {
	int depth;
	gboolean in_function;
	gboolean off; /* all of it is inside "#if 0" */
};

struct scan {
	const char *at, *end, *line_start;
	int line;
	GArray *levels;	   /* struct level, one an open #if */
	gboolean off;	   /* in "#if 0" */
	GArray *found;	   /* struct scanned_func */
	/* The token at hand. */
	const char *token;
	gsize length;
	/* The declaration at hand, outside of braces. */
	int depth, parens;
	gboolean in_function;
	gboolean branched; /* an "#else" in the function at hand */
	int first;	   /* its first line; 0: nothing of it was read */
	gboolean is_record, has_value;
	gboolean tagged;   /* the last token is the tag of a record */
	char *name;	   /* what may be the function's; NULL: nothing yet */
	gboolean is_sure;  /* there is a type before that name */
	gboolean wants_argument; /* the name may still be that of a macro */
	const char *before;/* the last token */
	gsize before_length;
	gboolean before_is_name, typed; /* typed: of the name at hand */
};

static gboolean is_word(char c)
{
	return g_ascii_isalnum(c) || c == '_';
}

static gboolean text_is(const char *text, gsize length, const char *word)
{
	return strlen(word) == length && !memcmp(text, word, length);
}

static void advance(struct scan *s)
{
	if (*s->at == '\n') {
		s->line++;
		s->line_start = s->at + 1;
	}
	s->at++;
}

static void skip_to(struct scan *s, const char *end)
{
	while (s->at < s->end && s->at < end)
		advance(s);
}

static gboolean starts(const struct scan *s, const char *with)
{
	gsize n = strlen(with);

	return (gsize)(s->end - s->at) >= n && !memcmp(s->at, with, n);
}

static void skip_comment(struct scan *s)
{
	skip_to(s, s->at + 2);
	while (s->at < s->end && !starts(s, "*/"))
		advance(s);
	skip_to(s, s->at + 2);
}

/* A literal ends at its line's end if not before: it may be an apostrophe. */
static void skip_literal(struct scan *s)
{
	char quote = *s->at;

	advance(s);
	while (s->at < s->end && *s->at != quote && *s->at != '\n')
		skip_to(s, s->at + (*s->at == '\\' ? 2 : 1));
	if (s->at < s->end && *s->at == quote)
		advance(s);
}

/* The rest of a directive or of a // comment, with the lines it goes on in. */
static void skip_line(struct scan *s)
{
	while (s->at < s->end && *s->at != '\n') {
		if (starts(s, "/*"))
			skip_comment(s);
		else
			skip_to(s, s->at + (*s->at == '\\' ? 2 : 1));
	}
}

/* ---- directives ---- */

static void open_level(struct scan *s, gboolean off)
{
	struct level l = { s->depth, s->in_function, s->off };

	g_array_append_val(s->levels, l);
	s->off = s->off || off;
}

static void next_branch(struct scan *s)
{
	const struct level *l;

	if (!s->levels->len)
		return;
	l = &g_array_index(s->levels, struct level, s->levels->len - 1);
	s->depth = l->depth;
	s->in_function = l->in_function;
	s->off = l->off;
	s->branched = TRUE;
}

static void close_level(struct scan *s)
{
	if (!s->levels->len)
		return;
	s->off = g_array_index(s->levels, struct level,
			       s->levels->len - 1).off;
	g_array_set_size(s->levels, s->levels->len - 1);
}

static void directive(struct scan *s)
{
	const char *word, *rest;

	advance(s);
	while (s->at < s->end && (*s->at == ' ' || *s->at == '\t'))
		advance(s);
	word = s->at;
	while (s->at < s->end && is_word(*s->at))
		advance(s);
	rest = s->at;
	skip_line(s);
	while (rest < s->at && (*rest == ' ' || *rest == '\t'))
		rest++;
	if (s->end - word < 2)
		return;
	if (g_str_has_prefix(word, "if"))
		open_level(s, s->at - rest > 0 && *rest == '0' &&
				      (s->at - rest < 2 || !is_word(rest[1])));
	else if (!memcmp(word, "el", 2))
		next_branch(s);
	else if (!strncmp(word, "endif", 5))
		close_level(s);
}

/* ---- tokens ---- */

static gboolean skip_one_blank(struct scan *s)
{
	if (starts(s, "/*"))
		skip_comment(s);
	else if (starts(s, "//"))
		skip_line(s);
	else if (*s->at == '#')
		directive(s);
	else if (g_ascii_isspace(*s->at) || *s->at == '\\' || s->off)
		advance(s);
	else
		return FALSE;
	return TRUE;
}

static enum token next_token(struct scan *s)
{
	while (s->at < s->end && skip_one_blank(s))
		;
	if (s->at >= s->end)
		return TOKEN_END;
	s->token = s->at;
	if (!is_word(*s->at)) {
		if (*s->at == '"' || *s->at == '\'')
			skip_literal(s);
		else
			advance(s);
		s->length = (gsize)(s->at - s->token);
		return TOKEN_OTHER;
	}
	while (s->at < s->end && is_word(*s->at))
		advance(s);
	s->length = (gsize)(s->at - s->token);
	return TOKEN_NAME;
}

/* ---- declarations ---- */

static void forget(struct scan *s)
{
	g_clear_pointer(&s->name, g_free);
	s->first = 0;
	s->is_record = s->has_value = s->is_sure = FALSE;
	s->wants_argument = s->typed = s->before_is_name = FALSE;
	s->parens = 0;
}

/* Words that may stand before a name without being its type. */
static gboolean is_specifier(const char *word, gsize length)
{
	return text_is(word, length, "static") ||
	       text_is(word, length, "extern") ||
	       text_is(word, length, "inline");
}

static gboolean is_record_word(const char *word, gsize length)
{
	return text_is(word, length, "struct") ||
	       text_is(word, length, "union") ||
	       text_is(word, length, "enum") ||
	       text_is(word, length, "typedef");
}

/* Is the name at hand more likely the function's than the one we have? */
static gboolean is_better_name(const struct scan *s)
{
	if (!s->name)
		return TRUE;
	/* What stands behind the parameters is no name. */
	if (s->is_sure && !g_str_has_prefix(s->name, "__"))
		return FALSE;
	/* "__printf(1, 2) void f(": the first was an attribute. */
	return s->typed || (s->is_sure && *s->before != '_');
}

/* "(" behind a name: a function's, or an attribute's. */
static void open_paren(struct scan *s)
{
	if (s->parens++ || !s->before_is_name || !is_better_name(s))
		return;
	s->is_sure = s->typed || s->is_sure;
	s->wants_argument = !s->is_sure;
	g_free(s->name);
	s->name = g_strndup(s->before, s->before_length);
}

/* DEFINE_SHOW(foo): the function is more likely called foo. */
static void take_argument(struct scan *s)
{
	if (s->parens == 1 && s->wants_argument) {
		g_free(s->name);
		s->name = g_strndup(s->token, s->length);
	}
	s->wants_argument = FALSE;
}

static void outer_name(struct scan *s)
{
	if (s->parens) {
		take_argument(s);
		return;
	}
	s->is_record |= !s->first && is_record_word(s->token, s->length);
	s->tagged = s->before_is_name &&
		    is_record_word(s->before, s->before_length);
	/* Is there a type before the name that this may be? */
	s->typed = s->before_is_name && !s->tagged &&
		   !is_specifier(s->before, s->before_length);
	s->before = s->token;
	s->before_length = s->length;
	s->before_is_name = TRUE;
}

static void begin_function(struct scan *s)
{
	struct scanned_func f = { g_strdup(s->name), s->first, s->first };

	g_array_append_val(s->found, f);
	s->in_function = TRUE;
	s->branched = FALSE;
}

static void outer_other(struct scan *s)
{
	char c = *s->token;

	if (c == '(') {
		open_paren(s);
	} else if (c == ')') {
		s->parens = MAX(s->parens - 1, 0);
	} else if (c == '{') {
		s->depth = 1;
		if (s->name && !s->has_value &&
		    (s->is_sure || !s->is_record) &&
		    !(s->tagged && s->before_is_name))
			begin_function(s);
	} else if (c == ';' || c == '}') {
		forget(s);
		return;
	} else if (c == '=' && !s->parens) {
		s->has_value = TRUE;
	}
	/* A pointer: what follows it has a type before it. */
	if (c == '*' && !s->parens) {
		s->before = "*";
		s->before_length = 1;
		s->before_is_name = TRUE;
	} else {
		s->before_is_name = FALSE;
	}
	if (c != '(')
		s->wants_argument = FALSE;
}

static void end_block(struct scan *s)
{
	struct scanned_func *f;

	if (s->in_function && s->found->len) {
		f = &g_array_index(s->found, struct scanned_func,
				   s->found->len - 1);
		f->last = s->line;
	}
	s->in_function = FALSE;
	s->depth = 0;
	forget(s);
}

static void inner(struct scan *s)
{
	if (*s->token == '{')
		s->depth++;
	/* In the first column it closes all, where branches may have miscounted. */
	else if (*s->token == '}' &&
		 (!--s->depth || (s->branched && s->token == s->line_start)))
		end_block(s);
}

static void scan_all(struct scan *s)
{
	enum token t;

	while ((t = next_token(s)) != TOKEN_END) {
		if (s->depth > 0) {
			inner(s);
			continue;
		}
		if (t == TOKEN_NAME)
			outer_name(s);
		else
			outer_other(s);
		if (!s->first && !(t == TOKEN_OTHER && strchr(";}", *s->token)))
			s->first = s->line;
	}
}

static void func_clear(void *func)
{
	struct scanned_func *f = func;

	g_free(f->name);
}

GArray *scan_functions(const char *text, gsize length)
{
	struct scan s = { .at = text, .end = text + length,
			  .line_start = text, .line = 1 };

	s.levels = g_array_new(FALSE, FALSE, sizeof(struct level));
	s.found = g_array_new(FALSE, FALSE, sizeof(struct scanned_func));
	g_array_set_clear_func(s.found, func_clear);
	scan_all(&s);
	forget(&s);
	g_array_unref(s.levels);
	return s.found;
}
