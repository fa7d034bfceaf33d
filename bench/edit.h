/* SPDX-License-Identifier: GPL-2.0-only */
/* An edit of a file's text. */
#ifndef PINCHECK_BENCH_EDIT_H
#define PINCHECK_BENCH_EDIT_H

#include <glib.h>
#include <string.h>

/*
 * With a statement behind the first line that opens a function; the caller
 * frees it. NULL: none does.
 */
static inline char *text_with_line(const char *text)
{
	const char *at = strstr(text, "\n{\n");
	int head;

	if (!at)
		return NULL;
	head = (int)(at - text) + 3;
	return g_strdup_printf("%.*s\tif (0)\n\t\treturn;\n%s", head, text,
			       text + head);
}

#endif
