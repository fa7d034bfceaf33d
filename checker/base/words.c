// SPDX-License-Identifier: GPL-2.0-only
/* Comma separated lists of names. It does not check that they are known. */
#include "base/words.h"

gboolean words_have(const char *list, const char *word)
{
	char **words;
	gboolean yes;

	if (!list)
		return TRUE;
	words = g_strsplit(list, ",", -1);
	yes = g_strv_contains((const char *const *)words, word);
	g_strfreev(words);
	return yes;
}
