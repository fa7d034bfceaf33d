/* SPDX-License-Identifier: GPL-2.0-only */
/* Comma separated lists of names, as options take them. */
#ifndef PINCHECK_BASE_WORDS_H
#define PINCHECK_BASE_WORDS_H

#include <glib.h>

/* Is @word in @list ("a,b")? NULL: yes, no list is all there is. O(size). */
gboolean words_have(const char *list, const char *word);

#endif
