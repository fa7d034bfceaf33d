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
	const char *help;
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

/*
 * The answer, in an order that depends on nothing but the store's content; the
 * caller frees it. @argument may be NULL where it is optional. NULL with one
 * line in *@ret_error: nothing goes by that name, or the store is damaged.
 */
struct store_table *store_ask(struct store *s,
			      const struct store_question *question,
			      const char *argument, char **ret_error);
/* Takes NULL. */
void store_table_free(struct store_table *t);

#endif
