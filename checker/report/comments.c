// SPDX-License-Identifier: GPL-2.0-only
/*
 * The comments of C text, wherever the preprocessor would go: expectations and
 * suppressions stand in them. Trigraphs, and a backslash that continues a
 * comment after //, are not known.
 */
#include <string.h>

#include "private.h"

/* The length of an end of line that is escaped at @c; 0: there is none. */
static size_t line_splice(const char *c)
{
	size_t n;

	if (*c != '\\')
		return 0;
	/* Compilers allow blanks, of which a carriage return is one. */
	n = 1 + strspn(c + 1, " \t\r");
	return c[n] == '\n' ? n + 1 : 0;
}

/* The end of the literal at @c: its other quote, or the end of the line. */
static const char *skip_literal(const char *c)
{
	char quote = *c++;

	while (*c && *c != quote && *c != '\n')
		c += line_splice(c) ?: *c == '\\' && c[1] ? 2 : 1;
	return *c == quote ? c + 1 : c;
}

static gboolean opens_comment(const char *c)
{
	return *c == '/' && (c[1] == '/' || c[1] == '*');
}

/* The length of the comment's text, from after its opening. */
static size_t comment_length(const char *open)
{
	const char *end;

	if (open[1] == '/')
		return strcspn(open + 2, "\n");
	end = strstr(open + 2, "*/");
	return end ? (size_t)(end - open - 2) : strlen(open + 2);
}

/* From the text of the comment, what comes after it. */
static const char *skip_comment(const char *text, size_t length)
{
	text += length;
	return g_str_has_prefix(text, "*/") ? text + 2 : text;
}

/* The end of the directive at @c, which may have more than one line. */
static const char *skip_directive(const char *c)
{
	while (*c && *c != '\n') {
		if (opens_comment(c))
			c = skip_comment(c + 2, comment_length(c));
		else if (*c == '"' || *c == '\'')
			c = skip_literal(c);
		else
			c += line_splice(c) ?: 1;
	}
	return c;
}

static int count_lines(const char *from, const char *to)
{
	int n = 0;

	for (const char *c = from; c < to; c++)
		n += *c == '\n';
	return n;
}

int comment_code_line(const struct comment *c)
{
	const char *code = skip_comment(c->text, c->length);

	if (c->after_code)
		return c->line;
	for (;;) {
		code += strspn(code, " \t\r\n");
		if (opens_comment(code))
			code = skip_comment(code + 2, comment_length(code));
		else if (*code == '#')
			code = skip_directive(code);
		else
			break;
	}
	return c->line + count_lines(c->text, code);
}

char *comments_source(const char *file, GError **error)
{
	gsize length;
	char *text;

	if (!g_file_get_contents(file, &text, &length, error))
		return NULL;
	for (gsize i = 0; i < length; i++)
		if (!text[i])
			text[i] = ' ';
	return text;
}

void comments_read(const char *source, comment_seen seen, void *data)
{
	struct comment at = { .line = 1 };
	const char *c = source, *next;
	gboolean directive = FALSE;

	for (; *c; c = next) {
		if (opens_comment(c)) {
			at.text = c + 2;
			at.length = comment_length(c);
			seen(&at, data);
			next = skip_comment(at.text, at.length);
		} else {
			next = *c == '"' || *c == '\'' ?
				       skip_literal(c) :
				       c + (line_splice(c) ?: 1);
			directive |= *c == '#' && !at.after_code;
			at.after_code |= !g_ascii_isspace(*c);
		}
		if (count_lines(c, next)) {
			at.line += count_lines(c, next);
			directive &= *c != '\n';
			at.after_code = directive;
		}
	}
}
