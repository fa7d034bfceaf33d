/* SPDX-License-Identifier: GPL-2.0-only */
/* What is told of the findings of a series. */
#ifndef PINCHECK_CMD_PATCH_TOLD_H
#define PINCHECK_CMD_PATCH_TOLD_H

#include "cmd/patch_judge.h"

struct patch_told;

/* Findings go to @into, and what is not shown is counted in @outcome. */
struct patch_told *patch_told_new(const struct patch_judge *j,
				  struct report *into,
				  struct patch_outcome *outcome);
void patch_told_free(struct patch_told *t);

/*
 * Takes the reports of before and after patch @k, which report_compare() has
 * seen: for patch after patch, in their order.
 */
void patch_told_take(struct patch_told *t, unsigned k, struct report *before,
		     struct report *after);
/*
 * Findings (struct finding *, owned) that an error hid so far; who takes some
 * out judges them again.
 */
GPtrArray *patch_told_unseen(struct patch_told *t);

#endif
