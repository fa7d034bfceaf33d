/* SPDX-License-Identifier: GPL-2.0-only */
/* What each patch of a series changes in what is found. */
#ifndef PINCHECK_CMD_PATCH_JUDGE_H
#define PINCHECK_CMD_PATCH_JUDGE_H

#include "cmd/patch_units.h"

struct check_options;
struct report;
struct run_model;
struct series;

struct patch_judge {
	const struct patch_target *target;
	const struct series *series;
	struct patch_units *units;
	const struct check_options *options;
	const struct run_model *model;
	gboolean all;		/* pre-existing findings as well */
	GPtrArray *noise;	/* as of struct check_run */
};

/* What came of it. */
struct patch_outcome {
	int pre_existing;	/* that are not shown */
	int suppressed;		/* by comments */
};

/*
 * Judges each patch against the state before it, and adds what is to be shown
 * to @into, with its change, its patch and its state, and what could not be
 * analysed. A finding that a patch brings has its places as they are after the
 * last patch that leaves it there.
 */
void patch_judge(const struct patch_judge *j, struct report *into,
		 struct patch_outcome *ret);

/*
 * The text of @file, as a report names it, in a state of the tree: a
 * report_text_of whose data is the struct states.
 */
char *patch_text_of(unsigned state, const char *file, void *states);

#endif
