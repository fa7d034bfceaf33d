/* SPDX-License-Identifier: GPL-2.0-only */
/* The tables of the store as data, and the SQL that follows from it. */
#ifndef PINCHECK_FACTS_TABLES_H
#define PINCHECK_FACTS_TABLES_H

#include <glib.h>
#include <stdbool.h>

enum column_kind {
	COLUMN_PLAIN,	/* means the same in every store */
	COLUMN_LOCAL,	/* of the file on this disk; goes along, is no content */
	COLUMN_ROW,	/* number of a row of another table */
	COLUMN_FILES,	/* numbers of files, packed */
};

struct column {
	const char *name;
	enum column_kind kind;
	const char *table;	/* of COLUMN_ROW */
};

#define MAX_COLUMNS 12

struct table {
	const char *name;
	/* What is equal in rows that are one; NULL: nothing refers to a row. */
	const char *same;
	struct column columns[MAX_COLUMNS];	/* all but the id */
	/* Made from all units at once: merging does not take it over. */
	bool derived;
	/* What cannot be of a row of the other store; NULL: anything can. */
	const char *damaged;
	/* What else is done when both have a row; NULL: ours stays. */
	const char *before, *conflict;
};

/* Ends in a row without a name. */
extern const struct table store_tables[];

/*
 * SQL, which the caller frees. Copying goes from the attached database "other"
 * to "main", through a map of row numbers for each table that is referred to;
 * it uses the functions of inputs.c. Damage counts the rows of "other" that
 * cannot be. Content is all of a table in an order that all stores share.
 */
char *table_copy_sql(const struct table *t);
char *table_damage_sql(const struct table *t);
char *table_map_sql(const struct table *t);
char *table_content_sql(const struct table *t);

#endif
