/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * From a finding to its event list and a verdict.
 */
#ifndef PINCHECK_LOWER_LOWER_H
#define PINCHECK_LOWER_LOWER_H

#include "flow/flow.h"
#include "lower/program.h"

/*
 * What a finding is about, in flow's terms: what the rule saw when it
 * reported. Filled by the rule; valid as long as the flow.
 */
struct subject {
	const struct func_flow *in;	/* the function reported */
	const struct act *at;		/* the act reported */
	const struct expr *object;	/* the object that is at stake */
	const struct pair *pair;	/* the pair at stake, or NULL */
	struct flag_id flag;		/* name NULL: none */
	const struct act *other;	/* the other CPU's act, or NULL */
};

/*
 * The event list of a finding, in the arena @a: thread 0 the finding's
 * function, then its counterparts in the unit. NULL with the reason in
 * *@ret_why (a new string, the caller frees it) when it cannot be lowered.
 */
struct program *lower_finding(const struct flow *fl, const struct subject *s,
			      struct arena *a, char **ret_why);

#endif
