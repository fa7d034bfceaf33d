/* SPDX-License-Identifier: GPL-2.0-only */
/* Text of others on its way to a terminal or into a file of lines. */
#ifndef PINCHECK_BASE_PRINTABLE_H
#define PINCHECK_BASE_PRINTABLE_H

#include <glib.h>

/*
 * What stands in a checked file, or is its name, must neither move the reader's
 * cursor nor begin a line: control characters show as '?', tabs stay. O(size).
 */
void printable_append(GString *out, const char *text);
/* The same as a copy, which the caller frees. */
char *printable(const char *text);

#endif
