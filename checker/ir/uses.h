/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Uses: which functions a function calls or names, and through which members
 * of records it calls. It is what the call graph of a program is made of, so
 * it is kept beside the IR and the graph is drawn without that.
 */
#ifndef PINCHECK_IR_USES_H
#define PINCHECK_IR_USES_H

#include "ir/ir.h"

/* A member of a record that holds a function's address. */
struct use_member {
	const char *record, *member;
};

/*
 * A function's address goes to such a member; NULL: one that is not named, as
 * whenever the member's own address goes anywhere.
 */
struct use_store {
	struct use_member to;	/* member NULL: any of the record */
	const char *function;
};

/* Each once, in order of appearance; the names are interned. */
struct uses {
	GPtrArray *calls;	/* const char *: called by its name */
	GPtrArray *names;	/* const char *: named otherwise, as an argument */
	GArray *members;	/* struct use_member: called through it */
	GArray *stores;		/* struct use_store */
};

/*
 * The functions that @f names other than to call them: interned, each once, in
 * order of appearance. The caller frees the array. O(size of @f).
 */
GPtrArray *uses_named(const struct func *f);
/* What @f uses; the caller frees it. O(size of @f). */
struct uses *uses_of(const struct func *f);
void uses_free(struct uses *u);

GBytes *uses_pack(struct uses *u);
/* NULL: the bytes are damaged. */
struct uses *uses_unpack(GBytes *bytes);

#endif
