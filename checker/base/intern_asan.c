// SPDX-License-Identifier: GPL-2.0-only
/*
 * Sanitizer builds only: g_intern_string with a table of its own. GLib's
 * drops an array whenever it grows past 2048 strings, which LeakSanitizer
 * reports at exit, and a suppression of all of GLib would hide real leaks.
 */
#include "base/sanitize.h"

#ifdef PINCHECK_ASAN

#include <glib.h>

const gchar *g_intern_string(const gchar *string)
{
	static GHashTable *interned;
	gchar *known;

	if (!string)
		return NULL;
	if (!interned)
		interned = g_hash_table_new(g_str_hash, g_str_equal);
	known = g_hash_table_lookup(interned, string);
	if (!known) {
		known = g_strdup(string);
		g_hash_table_add(interned, known);
	}
	return known;
}

#else

/* ISO C wants a translation unit to declare something. */
typedef int intern_asan_unused;

#endif
