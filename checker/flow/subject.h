/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a finding is about, in flow's terms: what its rule saw when it
 * reported. Rules fill it, lowering takes it; neither knows the other.
 */
#ifndef PINCHECK_FLOW_SUBJECT_H
#define PINCHECK_FLOW_SUBJECT_H

#include "flow/flow.h"

/* What makes the reported code right, so that a replay has its control. */
enum remedy {
	REMEDY_ATOMIC,	 /* nobody looks in between the window's two ends */
	REMEDY_PAIR,	 /* the reference goes with the flag at @from */
	REMEDY_LATE_PUT, /* the put at @from comes after @to */
	REMEDY_RESCAN,	 /* who came to wait at @from looks again */
};

/* Lives as long as the flow. */
struct subject {
	const struct func_flow *in; /* the function reported */
	/*
	 * The window: from the first act that the story needs to the last.
	 * NULL: the rule could not name it.
	 */
	const struct act *from, *to;
	const struct expr *object;  /* what is at stake; NULL: nobody knows */
	const struct pair *pair;    /* the pair at stake, or NULL */
	struct flag_id flag;	    /* name NULL: none */
	const struct func *other;   /* who does the other CPU's part, or NULL */
	const struct expr *again;   /* RESCAN: the variable that asks for it */
	enum remedy remedy;
};

#endif
