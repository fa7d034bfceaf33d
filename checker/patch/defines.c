// SPDX-License-Identifier: GPL-2.0-only
/* Does a C file define a function? By its text: it need not be one that compiles. */
#include "patch/private.h"

#include <string.h>

static bool is_word(char c)
{
	return g_ascii_isalnum(c) || c == '_';
}

/* The margin: neither a comment's inside, nor a directive, nor a statement. */
static bool is_at_margin(const char *text, const char *at)
{
	while (at > text && at[-1] != '\n')
		at--;
	return is_word(*at);
}

/* Parameters, and then a body: a declaration ends before it has one. */
static bool has_body(const char *at)
{
	at += strspn(at, " \t\n");
	return *at == '(' && at[strcspn(at, ";{")] == '{';
}

bool text_defines(const char *text, const char *function)
{
	size_t size = strlen(function);
	const char *at = text;

	for (; size && (at = strstr(at, function)); at += size)
		if (!(at > text && is_word(at[-1])) && is_at_margin(text, at) &&
		    has_body(at + size))
			return true;
	return false;
}
