// SPDX-License-Identifier: GPL-2.0-only
/*
 * The path in a URI. The scheme is compared as clangd does, with its case. GLib's
 * g_filename_from_uri() refuses what editors do send, such as a bare '%' or '#'.
 */
#include "lsp/uri.h"

#include <glib.h>
#include <string.h>

/* The byte that "%xx" means, or -1: it is no such thing, but stands for itself. */
static int escaped_byte(const char *text)
{
	if (*text != '%' || !g_ascii_isxdigit(text[1]) ||
	    !g_ascii_isxdigit(text[2]))
		return -1;
	return g_ascii_xdigit_value(text[1]) << 4 |
	       g_ascii_xdigit_value(text[2]);
}

/* NULL: it has a NUL, which no path has. */
static char *decode(const char *text)
{
	GString *out = g_string_new(NULL);
	int byte = -1;

	while (*text && byte) {
		byte = escaped_byte(text);
		g_string_append_c(out, byte < 0 ? *text : (char)byte);
		text += byte < 0 ? 1 : 3;
	}
	return g_string_free(out, !byte);
}

/* Skips "//" and the host, if it is ours; NULL: it is another. */
static const char *skip_host(const char *text)
{
	static const char localhost[] = "localhost";

	if (!g_str_has_prefix(text, "//"))
		return text;
	text += 2;
	if (!g_ascii_strncasecmp(text, localhost, strlen(localhost)))
		text += strlen(localhost);
	return *text == '/' ? text : NULL;
}

char *uri_path(const char *uri)
{
	static const char scheme[] = "file:";
	const char *path;

	if (!g_str_has_prefix(uri, scheme))
		return NULL;
	path = skip_host(uri + strlen(scheme));
	if (!path)
		return NULL;
	return *path == '/' ? decode(path) : NULL;
}
