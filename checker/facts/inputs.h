/* SPDX-License-Identifier: GPL-2.0-only */
/* The files behind a unit, as a column of it has them: packed numbers. */
#ifndef PINCHECK_FACTS_INPUTS_H
#define PINCHECK_FACTS_INPUTS_H

#include "facts/private.h"

/* Numbers (gint64) in the order of the files' paths, and back. */
GBytes *inputs_pack(const GArray *ids);
/* NULL: damaged. */
GArray *inputs_unpack(GBytes *packed);

/* A file's number as the key of a hash table without functions. */
gpointer inputs_key(gint64 id);
/*
 * Those of the packed numbers that are keys of @wanted; NULL: damaged. The
 * caller frees it. O(files).
 */
GArray *inputs_among(GBytes *packed, GHashTable *wanted);

/*
 * The digest of all these files, each as @file says, also if that is that it is
 * not there; NULL: one has no row, or the bytes are damaged. The caller frees it.
 * O(files).
 */
char *inputs_digest(GBytes *packed,
		    const struct file *(*file)(void *data, gint64 id),
		    void *data);

/* The bytes that an SQL function is given; the caller unrefs them. */
GBytes *inputs_argument(sqlite3_value *value);
/*
 * Adds the SQL functions of inputs.c to a connection. What they read of it is
 * kept until they are added anew.
 */
void inputs_add_functions(sqlite3 *db);

#endif
