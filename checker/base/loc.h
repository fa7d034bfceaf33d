/* SPDX-License-Identifier: GPL-2.0-only */
/* A place in a source file, as the user reads it. */
#ifndef PINCHECK_BASE_LOC_H
#define PINCHECK_BASE_LOC_H

struct src_loc {
	const char *file; /* interned (g_intern_string); NULL: nowhere */
	int line;	  /* from 1 */
	int column;	  /* from 1, in bytes */
};

#endif
