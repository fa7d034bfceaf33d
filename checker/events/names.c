// SPDX-License-Identifier: GPL-2.0-only
/* Sanitised names and texts. */
#include "events/names.h"

#include <string.h>

void name_append(GString *out, const char *name, int index)
{
	if (!g_ascii_isalpha(*name))
		g_string_append_c(out, 'x');
	for (; *name; name++)
		g_string_append_c(out, g_ascii_isalnum(*name) ? *name : '_');
	g_string_append_printf(out, "_%d", index);
}

void name_append_string(GString *out, const char *text)
{
	g_string_append_c(out, '"');
	for (; text && *text; text++) {
		/* A ? may be part of a trigraph, and a digit may follow. */
		if (strchr("\"\\?", *text) || !g_ascii_isprint(*text))
			g_string_append_printf(out, "\\%03o",
					       (unsigned char)*text);
		else
			g_string_append_c(out, *text);
	}
	g_string_append_c(out, '"');
}

void name_append_plain(GString *out, const char *text)
{
	for (; *text; text++)
		g_string_append_c(out, g_ascii_isalnum(*text) ||
				       strchr("_-+.,/ ", *text) ?
				  *text : '_');
}
