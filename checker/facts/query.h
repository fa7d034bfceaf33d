/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Questions to the store about the program as a whole. The answer is a table
 * of text; how it is shown is the caller's business. No source is read.
 */
#ifndef PINCHECK_FACTS_QUERY_H
#define PINCHECK_FACTS_QUERY_H

#include <glib.h>
#include <stdbool.h>

struct store;

/* One of questions.def. */
struct store_question {
	const char *name;
	const char *argument;	/* for the help; "" none, in brackets: optional */
	const char *needs;	/* what store_offer() has to have; or NULL */
	const char *help;
	const char *nothing;	/* no row goes by the argument; or NULL */
};

/* NULL past the last one. */
const struct store_question *store_question_at(size_t i);
/* NULL: there is none of this name. */
const struct store_question *store_question_find(const char *name);

struct store_column {
	char *name;
	bool is_number;
};

struct store_table {
	struct store_column *columns;
	int n_columns;
	GPtrArray *rows;	/* char **, NULL-terminated; no cell is NULL */
};

/* The folder of a command that the store has; NULL: nobody knows. */
typedef char *(*store_folder)(const char *command);

/*
 * The answer, in an order that depends on nothing but the store's content; the
 * caller frees it. @argument may be NULL where it is optional; @folder says
 * where the relative names of a unit start. NULL with one line in *@ret_error:
 * the store is damaged.
 */
struct store_table *store_ask(struct store *s,
			      const struct store_question *question,
			      const char *argument, store_folder folder,
			      char **ret_error);
/* An empty table; the names are copied. */
struct store_table *store_table_new(const struct store_column *columns, int n);
/* Takes the row, and makes "" of NULL in its n_columns cells. */
void store_table_add(struct store_table *t, char **row);
/* Takes NULL. */
void store_table_free(struct store_table *t);

/*
 * Lends the store a table of this name for questions, as long as it is open; of
 * rows that are the same one is kept.
 * false: it could not be kept.
 */
bool store_offer(struct store *s, const char *name,
		 const struct store_table *t);

/*
 * Tells what is remembered about units by a question that begins like this:
 * one answer a unit, in order of paths.
 */
void store_each_answer(struct store *s, const char *begin,
		       void (*take)(const char *text, void *data), void *data);

#endif
