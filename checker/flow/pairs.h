/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the two halves of pair mining share; private to flow/.
 */
#ifndef PINCHECK_FLOW_PAIRS_H
#define PINCHECK_FLOW_PAIRS_H

#include "flow/state.h"

/* One path, and what is asked of it again and again. */
struct path {
	struct flow *flow;
	const struct act *const *acts;
	int n;
	bool complete;		/* it ends in a return */
	/* Indices of the few acts that matter for references, in order: */
	const int *refs;	/* gets and puts of objects */
	int n_refs;
	const int *equals;	/* what makes or finds two values equal */
	int n_equals;
};

/* The gets and puts of a path, the nearest one to an act first. */
struct nearby {
	const struct path *path;
	int at;
	int before, behind;	/* the next ones, in path->refs */
};

/*
 * balance.c: the path that ends in @leaf, in memory of @scratch; false: it
 * writes no flag. O(n).
 */
bool path_new(struct flow *fl, struct arena *scratch, const struct act *leaf,
	      struct path *ret_path);
/* The same of a path that need not write any. */
void path_init(struct flow *fl, struct arena *scratch, const struct act *leaf,
	       struct path *ret_path);

static inline bool is_reference_act(const struct act *a)
{
	return (a->kind == ACT_GET || a->kind == ACT_PUT) && a->obj;
}

static inline bool is_flag_write(const struct act *a)
{
	return a->kind == ACT_SET || a->kind == ACT_CLEAR;
}

/*
 * Whether a write without its reference may be a part of what the callers do:
 * all of them are known.
 */
static inline bool is_part(const struct func_flow *ff)
{
	return ff->func->is_static && !ff->address_taken;
}

/* Begins at acts[@at], which is itself left out. O(log n). */
struct nearby nearby_start(const struct path *p, int at);
/* The next one's index in path->acts; of two as near, the one behind. -1: end */
int nearby_next(struct nearby *n);

/*
 * How one gets from @owner to @object on this path, also where a pointer to
 * the object is put into the owner; NULL: not at all. The caller frees it.
 */
char *path_to_object(const struct path *p, const struct expr *owner,
		     const struct expr *object);

/*
 * The value that the path knows of the flag when acts[@write] changes it: 0,
 * 1, or -1.
 */
int path_known(const struct path *p, int write);

/* What a pair says of the flag write acts[@write] of a path. */
enum balance {
	BALANCE_NONE,	/* nothing: no change, not over, moved elsewhere */
	BALANCE_KEPT,	/* the reference went with it */
	BALANCE_LOST	/* it did not */
};

/*
 * Counts the references on the pair's object against its flag, over the whole
 * path. @count: whose references; its name NULL: any lifetime's. *@ret_ref is
 * the act that goes with the write (KEPT only).
 */
enum balance path_balance(const struct path *p, const struct pair *pair,
			  const struct flag_id *count, int write,
			  const struct act **ret_ref);

#endif
