/* SPDX-License-Identifier: GPL-2.0-only */
/* Which functions a C file defines, without preprocessing or flags. */
#ifndef PINCHECK_ENGINES_SCAN_H
#define PINCHECK_ENGINES_SCAN_H

#include <glib.h>

struct scanned_func {
	char *name;
	int first, last; /* lines: where the definition begins and ends */
};

/*
 * The functions that @text (@length bytes and a NUL) defines, as struct
 * scanned_func in the order of the file. The caller unrefs it. O(length).
 */
GArray *scan_functions(const char *text, gsize length);

#endif
