// SPDX-License-Identifier: GPL-2.0-only
/*
 * Walking over raw C text: brackets, blanks, comments, quotes. It is no
 * lexer: it only finds where things end.
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE /* memmem */
#endif
#include "frontend/private.h"

#include <string.h>

bool text_is_ident(char c)
{
	return g_ascii_isalnum(c) || c == '_';
}

bool text_starts(const char *text, size_t size, size_t at, const char *word)
{
	size_t n = strlen(word);

	return at + n <= size && !memcmp(text + at, word, n);
}

static size_t skip_line(const char *text, size_t size, size_t at)
{
	while (at < size && text[at] != '\n')
		at++;
	return at;
}

size_t text_skip_comment(const char *text, size_t size, size_t at)
{
	const char *end;

	if (text_starts(text, size, at, "//"))
		return skip_line(text, size, at);
	if (!text_starts(text, size, at, "/*"))
		return at;
	end = memmem(text + at + 2, size - at - 2, "*/", 2);
	return end ? (size_t)(end - text) + 2 : size;
}

size_t text_skip_blanks(const char *text, size_t size, size_t at)
{
	while (at < size) {
		if (g_ascii_isspace(text[at]))
			at++;
		else if (text_starts(text, size, at, "\\\n"))
			at += 2;
		else if (text[at] == '/' &&
			 text_skip_comment(text, size, at) > at)
			at = text_skip_comment(text, size, at);
		else
			break;
	}
	return at;
}

size_t text_skip_quoted(const char *text, size_t size, size_t at)
{
	char quote = text[at];

	for (at++; at < size && text[at] != quote; at++)
		if (text[at] == '\\')
			at++;
	return at < size ? at + 1 : size;
}

size_t text_skip_brackets(const char *text, size_t size, size_t at)
{
	int depth = 0;

	while (at < size) {
		char c = text[at];

		if (c == '"' || c == '\'') {
			at = text_skip_quoted(text, size, at);
			continue;
		}
		if (c == '/' && text_skip_blanks(text, size, at) > at) {
			at = text_skip_blanks(text, size, at);
			continue;
		}
		if (strchr("([{", c) && c)
			depth++;
		if (strchr(")]}", c) && c && --depth <= 0)
			return at + 1;
		at++;
	}
	return size;
}
