/* SPDX-License-Identifier: GPL-2.0-only */
/* Inside flow/: ways in which a call can end, while summaries are made. */
#ifndef PINCHECK_FLOW_OUTCOME_H
#define PINCHECK_FLOW_OUTCOME_H

#include "flow/state.h"

/* How much of a way is kept; each has less than the one before. */
enum detail { DETAIL_FULL, DETAIL_EFFECTS, DETAIL_NET, DETAIL_COMMON };

/* What a caller can see of the path that ends in @leaf. O(acts). */
struct outcome outcome_of_path(struct flow *fl, const struct func_flow *ff,
			       const struct act *leaf, enum detail detail);
/* @from with less in it; for FULL a copy. */
struct outcome outcome_reduced(struct flow *fl, const struct outcome *from,
			       enum detail detail);

bool outcome_same_result(const struct outcome *a, const struct outcome *b);
bool outcome_same_acts(const struct outcome *a, const struct outcome *b);
/* Both. */
bool outcome_same(const struct outcome *a, const struct outcome *b);
/* Is the caller left with the same locks, and do both let go of the same? */
bool outcome_same_locks(const struct outcome *a, const struct outcome *b);
bool outcome_has(const struct outcome *o, const struct act *a);

/* Keeps in @into what @other does as well. O(acts * acts). */
void outcome_intersect(struct flow *fl, struct outcome *into,
		       const struct outcome *other);
/* Two ways become one: it needs of parameters what both did, at the least. */
void outcome_widen(struct flow *fl, struct outcome *into,
		   const struct fact *other);

/*
 * The numbers of a unit's values depend on what else is in it; those in a
 * summary start from @first + 1. *@ret_n: how many there are.
 */
void outcomes_renumber(struct flow *fl, struct outcome *all, int n, int first,
		       int *ret_n);

#endif
