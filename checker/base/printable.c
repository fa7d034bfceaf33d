// SPDX-License-Identifier: GPL-2.0-only
/* Text of others on its way to a terminal: ASCII's control characters only. */
#include "base/printable.h"

void printable_append(GString *out, const char *text)
{
	for (const char *c = text; *c; c++)
		g_string_append_c(out, g_ascii_iscntrl(*c) && *c != '\t' ? '?' :
									   *c);
}

char *printable(const char *text)
{
	GString *copy = g_string_new(NULL);

	printable_append(copy, text);
	return g_string_free(copy, FALSE);
}
