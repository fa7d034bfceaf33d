// SPDX-License-Identifier: GPL-2.0-only
/*
 * From a repair to edits: statements are replaced, put in, taken out and moved,
 * each with its lines, indentation and ends of lines as they are. Whatever
 * shares a line with something else is left alone.
 */
#include "fix/fix.h"

#include <string.h>

#include "fix/private.h"

/* ---- edits ---- */

static void edit_clear(void *edit)
{
	g_free(((struct fix_edit *)edit)->text);
}

static int edit_compare(const void *a, const void *b)
{
	const struct fix_edit *x = a, *y = b;

	return x->from < y->from ? -1 : x->from > y->from;
}

static struct fix *fix_new(void)
{
	struct fix *x = g_new0(struct fix, 1);

	x->edits = g_array_new(FALSE, FALSE, sizeof(struct fix_edit));
	g_array_set_clear_func(x->edits, edit_clear);
	return x;
}

void fix_free(struct fix *x)
{
	if (!x)
		return;
	g_array_unref(x->edits);
	g_free(x->title);
	g_free(x);
}

/* Takes @text. */
static void add_edit(struct fix *x, size_t from, size_t to, char *text)
{
	const struct fix_edit e = { from, to, text };

	g_array_append_val(x->edits, e);
	g_array_sort(x->edits, edit_compare);
}

GString *fix_apply(const struct fix *x, const char *text, size_t size)
{
	GString *out = g_string_sized_new(size);
	size_t at = 0;

	for (guint i = 0; i < x->edits->len; i++) {
		const struct fix_edit *e = &g_array_index(
			x->edits, struct fix_edit, i);

		g_string_append_len(out, text + at, (gssize)(e->from - at));
		g_string_append(out, e->text);
		at = e->to;
	}
	return g_string_append_len(out, text + at, (gssize)(size - at));
}

/* ---- lines ---- */

/* What stands on lines of its own. */
struct lines {
	size_t from, to; /* with the end of the last line */
	size_t code;	 /* where its first token is */
};

/*
 * Is it all that the line has left? A comment that a \\ continues is odd, and
 * behind a "\r" alone there may be code.
 */
static bool is_line_comment(const struct source *s, size_t at)
{
	for (; !text_ends_line(s->text, s->size, at); at++)
		if (s->text[at] == '\\' || s->text[at] == '\r')
			return false;
	return true;
}

/* Does the line go on with blanks and whole comments only, from @at? */
static bool ends_line(const struct source *s, size_t at)
{
	const size_t end = text_line_end(s->text, s->size, at);
	const char *close;

	for (;;) {
		at += text_blanks(s->text, s->size, at);
		if (text_ends_line(s->text, s->size, at))
			return true;
		if (end - at < 2 || s->text[at] != '/')
			return false;
		if (s->text[at + 1] == '/')
			return is_line_comment(s, at);
		if (s->text[at + 1] != '*')
			return false;
		close = g_strstr_len(s->text + at + 2,
				     (gssize)(end - at - 2), "*/");
		if (!close)
			return false;
		at = (size_t)(close + 2 - s->text);
	}
}

/* false: it shares a line with something else. */
static bool lines_of(const struct source *s, guint first, guint last,
		     struct lines *ret)
{
	size_t from = source_token(s, first)->from;
	size_t to = source_token(s, last)->to;
	size_t start = text_line_start(s->text, from);

	if (start + text_blanks(s->text, s->size, start) != from ||
	    !ends_line(s, to))
		return false;
	*ret = (struct lines){ start, text_line_end(s->text, s->size, to),
			       from };
	return true;
}

/* The lines of a statement without which the block is as good. */
static bool own_lines(const struct source *s, const struct statement *st,
		      struct lines *ret)
{
	return statement_is_simple(s, st) &&
	       lines_of(s, st->first, st->last, ret);
}

static bool find(const struct source *s, int line, int column,
		 struct statement *ret)
{
	guint i;

	return source_at(s, line, column, &i) && statement_at(s, i, ret);
}

/* ---- the repairs ---- */

static char *call_text(const struct repair *r)
{
	return g_strdup_printf("%s(%s);", r->function, r->arguments);
}

/*
 * Is it one path from the one statement to the other, on which nothing gets
 * another value that they name?
 */
static bool is_smooth(const struct source *s, const struct statement *st,
		      const struct statement *other)
{
	const guint from = MIN(st->last, other->last) + 1;
	const guint to = MAX(st->first, other->first);

	return from >= to || (!statement_jumps(s, from, to - 1) &&
			      !statement_is_upset(s, st, from, to - 1) &&
			      !statement_is_upset(s, other, from, to - 1));
}

/* The statement whose part the call does as well, in the block of @st. */
static bool find_other(const struct repair *r, const struct source *s,
		       const struct statement *st, struct lines *ret)
{
	struct statement other;

	return find(s, r->to_line, r->to_column, &other) &&
	       st->block == other.block && st->first != other.first &&
	       own_lines(s, &other, ret) && is_smooth(s, st, &other);
}

static struct fix *replace(const struct repair *r, const struct source *s)
{
	struct lines lines, gone = { 0 };
	struct statement st;
	struct fix *x;

	if (!find(s, r->line, r->column, &st) || !own_lines(s, &st, &lines) ||
	    (r->to_line && !find_other(r, s, &st, &gone)))
		return NULL;
	x = fix_new();
	x->title = r->to_line && r->to_line < r->line ?
			   g_strdup_printf("Use %s() in line %d", r->function,
					   r->line) :
			   g_strdup_printf("Use %s()", r->function);
	add_edit(x, lines.code, source_token(s, st.last)->to, call_text(r));
	if (r->to_line)
		add_edit(x, gone.from, gone.to, g_strdup(""));
	return x;
}

static struct fix *insert(const struct repair *r, const struct source *s)
{
	struct statement st;
	struct lines lines;
	struct fix *x;
	char *call;

	if (!find(s, r->line, r->column, &st) || !own_lines(s, &st, &lines))
		return NULL;
	call = call_text(r);
	x = fix_new();
	x->title = g_strdup_printf("Take the reference: %s(%s)", r->function,
				   r->arguments);
	add_edit(x, lines.from, lines.from,
		 g_strdup_printf("%.*s%s%s", (int)(lines.code - lines.from),
				 s->text + lines.from, call,
				 text_eol(s->text, s->size, lines.from)));
	g_free(call);
	return x;
}

/* Behind the statement of the same block that the place is in. */
static struct fix *move(const struct repair *r, const struct source *s)
{
	struct statement st, other;
	struct lines lines, behind;
	struct fix *x;
	guint to;

	if (!find(s, r->line, r->column, &st) ||
	    !source_at(s, r->to_line, r->to_column, &to) ||
	    !statement_in(s, st.block, to, &other) ||
	    other.first <= st.last || !own_lines(s, &st, &lines) ||
	    !lines_of(s, other.first, other.last, &behind) ||
	    statement_jumps(s, st.first, other.last) ||
	    statement_is_upset(s, &st, st.last + 1, other.last))
		return NULL;
	x = fix_new();
	x->title = g_strdup_printf("Move this behind line %d",
				   text_number(s->text, s->size,
					       behind.to - 1));
	add_edit(x, lines.from, lines.to, g_strdup(""));
	add_edit(x, behind.to, behind.to,
		 g_strndup(s->text + lines.from, lines.to - lines.from));
	return x;
}

static struct fix *repair(const struct repair *r, const struct source *s)
{
	switch (r->kind) {
	case REPAIR_CALL:
		return replace(r, s);
	case REPAIR_GET:
		return insert(r, s);
	case REPAIR_LATER:
		return move(r, s);
	}
	return NULL;
}

struct fix *fix_repair(const struct repair *r, const char *text, size_t size)
{
	struct fix *x = NULL;
	struct source s;

	source_read(&s, text, size);
	if (source_match(&s))
		x = repair(r, &s);
	source_clear(&s);
	return x;
}

/* ---- the suppression ---- */

/* Is the byte inside a comment, or behind a backslash that continues a line? */
static bool is_continued(const struct source *s, size_t at)
{
	guint i;

	for (i = 0; i < s->comments->len; i++) {
		const struct token *c = &g_array_index(s->comments,
						       struct token, i);

		if (c->from < at && at < c->to)
			return true;
	}
	return at > 0 && text_is_spliced(s->text, s->size,
					 text_line_start(s->text, at - 1), at);
}

/* The first token that begins on the line, if what is before it ended. */
static bool has_code(const struct source *s, size_t line)
{
	size_t end = text_line_end(s->text, s->size, line);
	guint i;

	for (i = 0; i < s->tokens->len; i++) {
		const struct token *t = source_token(s, i);

		if (t->from < line && t->to > line)
			return false;
		if (t->from >= line)
			return t->from < end && t->kind != TOKEN_DIRECTIVE;
	}
	return false;
}

static struct fix *suppress(const struct finding *f, const struct source *s)
{
	struct fix *x;
	size_t line;

	if (!text_line(s->text, s->size, f->line, &line) ||
	    !has_code(s, line) || is_continued(s, line))
		return NULL;
	x = fix_new();
	x->title = g_strdup_printf("Ignore %s here, for a reason", f->rule);
	add_edit(x, line, line,
		 g_strdup_printf("%.*s/* pincheck: ignore[%s] ... */%s",
				 (int)text_blanks(s->text, s->size, line),
				 s->text + line, f->rule,
				 text_eol(s->text, s->size, line)));
	return x;
}

struct fix *fix_suppress(const struct finding *f, const char *text,
			 size_t size)
{
	struct source s;
	struct fix *x;

	source_read(&s, text, size);
	x = suppress(f, &s);
	source_clear(&s);
	return x;
}
