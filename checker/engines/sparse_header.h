/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What sparse is told of one pair: a header, for -include, after which the
 * calls of the pair's functions change sparse's context. Sparse keeps one
 * number a function, whatever the context's expression, so there is a header,
 * and a run, for each question that is asked of each pair.
 *
 * Only calls in the main file count: the header knows where it is being used
 * by __INCLUDE_LEVEL__ and __LINE__.
 */
#ifndef PINCHECK_ENGINES_SPARSE_HEADER_H
#define PINCHECK_ENGINES_SPARSE_HEADER_H

#include "engines/engine.h"

/* What a function of a pair does. */
enum sparse_role {
	SPARSE_SET,	   /* the flag */
	SPARSE_CLEAR,
	SPARSE_GET,	   /* a reference on the pair's object */
	SPARSE_PUT,
	SPARSE_TRYGET,	   /* the result is nonzero if it did */
	SPARSE_GET_RESULT, /* the result is what it was taken on */
};

/* Where its name stands before a parenthesis in a file. */
struct sparse_use {
	const char *name;  /* of the model */
	enum sparse_role role;
	int arg;	   /* the object's; -1: the result */
	int line, column;
	/* It is no call: a member, or in a line that begins in column one. */
	gboolean plain;
	/*
	 * Its value is tested at once, or goes into a variable: elsewhere
	 * sparse does not see that a get is taken to have succeeded.
	 */
	gboolean folds;
};

/* What is to come out as 0 at every return. */
enum sparse_sum {
	/* References taken less flags set, dropped less cleared. */
	SPARSE_FLAG,
	/*
	 * The same with the signs turned round. Sparse complains below 0, so
	 * of a flag and its reference it minds one of the two orders; what it
	 * says of both sums is no matter of order.
	 */
	SPARSE_FLAG_MIRRORED,
	/* References; at returns of an error constant, others never return. */
	SPARSE_ERROR_RETURNS,
};

/*
 * Where @text (@length bytes and a NUL) uses the functions of @pair, in the
 * order of the file: an array of struct sparse_use, which the caller unrefs,
 * with names that live as long as the pair and the model. O(length).
 */
GArray *sparse_uses(const struct engine_model *model,
		    const struct engine_pair *pair, const char *text,
		    gsize length);

/*
 * The header for the file that @uses and @text are of, as text that the
 * caller frees. The pair's object_record is not NULL.
 */
char *sparse_header(const struct engine_pair *pair, const GArray *uses,
		    const char *text, gsize length, enum sparse_sum sum);

#endif
