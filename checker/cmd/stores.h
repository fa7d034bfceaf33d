/* SPDX-License-Identifier: GPL-2.0-only */
/* Which facts store a command uses. */
#ifndef PINCHECK_CMD_STORES_H
#define PINCHECK_CMD_STORES_H

#include <glib.h>

/*
 * The store of the compile database in @db_dir, or for NULL of the nearest one
 * above @path: .cache/pincheck/facts.db beside it, which need not exist. NULL:
 * there is no database. The caller frees it.
 */
char *stores_default(const char *path, const char *db_dir);

struct units;

/*
 * Has the store @file all units that the database of stores_default() names?
 * Those that cannot be read do not count, once @units had them.
 */
gboolean stores_are_whole(const char *file, const char *path,
			  const char *db_dir, const struct units *units);

/* Makes sure that there is a store; FALSE after a message on stderr. */
gboolean stores_prepare(const char *file);

#endif
