// SPDX-License-Identifier: GPL-2.0-only
/* Which flags say what a file means: those of gcc and clang. */
#include "base/cflags.h"

#include <glib.h>
#include <string.h>

static gboolean takes_value(const char *word)
{
	static const char *const flags[] = { "-D", "-U", "-I", "-include",
					     "-imacros", "-isystem", "-iquote",
					     "-idirafter", NULL };

	return g_strv_contains(flags, word);
}

static gboolean has_value(const char *word)
{
	static const char *const prefixes[] = { "-D", "-U", "-I", "-std=",
						"--target=", "-isystem" };

	for (gsize i = 0; i < G_N_ELEMENTS(prefixes); i++)
		if (g_str_has_prefix(word, prefixes[i]) &&
		    word[strlen(prefixes[i])])
			return TRUE;
	return FALSE;
}

int cflag_words(const char *const *words)
{
	static const char *const alone[] = { "-nostdinc", "-m32", "-m64",
					     "-m16", "-fshort-wchar",
					     "-funsigned-char",
					     "-fsigned-char",
					     "-fms-extensions", "-O2", "-Os",
					     NULL };

	if (takes_value(*words))
		return words[1] ? 2 : 0;
	return has_value(*words) || g_strv_contains(alone, *words);
}
