/* SPDX-License-Identifier: GPL-2.0-only */
/* Runs sparse on a unit with a header, and reads what it says of contexts. */
#ifndef PINCHECK_ENGINES_SPARSE_ASK_H
#define PINCHECK_ENGINES_SPARSE_ASK_H

#include "engines/engine.h"

/* What sparse said: that a context is out of balance, or an error. */
struct sparse_message {
	char *function;	  /* NULL: it is an error */
	char *why;	  /* "wrong count at exit" */
	/* In the unit's own file; 0: elsewhere. Tabs end at multiples of 8. */
	int line, column;
};

/*
 * The argument vector for a unit: the flags that sparse should see, and the
 * header from stdin after all others. The caller unrefs it; the strings are
 * the unit's.
 */
GPtrArray *sparse_command(const struct engine_unit *unit);

/*
 * The functions whose context sparse finds out of balance, and its errors, as
 * struct sparse_message in an array that the caller unrefs; @timeout in
 * seconds, 0: any time. NULL, with one line in *@ret_error that the caller
 * frees, when sparse did not come to its end.
 */
GArray *sparse_ask(const struct engine_unit *unit, const char *header,
		   int timeout, char **ret_error);

#endif
