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

struct store;
struct units;

/* Opens or makes it, with a line if it was made anew; NULL after a message. */
struct store *stores_open(const char *file);
/* The closing line: what the store holds now, and @more. */
void stores_tell(struct store *s, const char *file, const char *more);

/* The store @file is of the database that stores_default() would take. */
void stores_name_database(const char *file, const char *path,
			  const char *db_dir);
/*
 * The files that the store's database names as it is now; NULL: it has none, or
 * it cannot be read. The caller frees them with g_strfreev().
 */
char **stores_program(struct store *s);
/* Is there a unit for each of them? */
gboolean stores_have_all(struct store *s, char **files);
/*
 * How many units of the program a run over @units is not about: of those that
 * the database names, or without one of those in the store @file.
 */
guint stores_lacking(const char *file, const char *path, const char *db_dir,
		     const struct units *units);
/*
 * The store of a run: *@store as it was asked for, or else that of @db_dir or
 * @path if it is there and good. FALSE after a message: the one that was asked
 * for is no use. O(1).
 */
gboolean stores_choose(char **store, const char *path, const char *db_dir);

/* Where what is mined lies beside a store; the caller frees it. */
char *stores_mined(const char *store);

/* Is there a store already? FALSE after a message on stderr. */
gboolean stores_accept(const char *file);
/* Makes sure that there is a store; FALSE after a message on stderr. */
gboolean stores_prepare(const char *file);

#endif
