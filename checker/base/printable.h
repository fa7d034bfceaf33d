/* SPDX-License-Identifier: GPL-2.0-only */
/* Text of others on its way to a terminal or into a file of lines. */
#ifndef PINCHECK_BASE_PRINTABLE_H
#define PINCHECK_BASE_PRINTABLE_H

#include <glib.h>

/*
 * The bytes of the control character at @text; 0: it is none. That is one of
 * ASCII's, and in UTF-8 U+0080-9F and those of Unicode that end a line or turn
 * the direction of text (UAX #9; CVE-2021-42574), so that it reads as it is
 * not compiled.
 */
size_t printable_control(const char *text);
/*
 * What stands in a checked file, or is its name, must neither move the reader's
 * cursor nor begin a line: control characters show as one '?' each, tabs stay.
 * O(size).
 */
void printable_append(GString *out, const char *text);
/* The same as a copy, which the caller frees. */
char *printable(const char *text);

#endif
