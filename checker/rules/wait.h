/* SPDX-License-Identifier: GPL-2.0-only */
/* What the files of wait-without-rescan share. */
#ifndef PINCHECK_RULES_WAIT_H
#define PINCHECK_RULES_WAIT_H

#include "rules/rule.h"

/*
 * Looks at the sleep that acts[i] prepares, if it does prepare one, and reports
 * it where what it is about was tested before only.
 */
void wait_check_sample(struct rule_run *r, const struct act *const *acts,
		       int n, int i);

/* Does the code go from the block @from to @to without any decision? */
bool wait_walk_plain(const struct func *f, int from, int to);

#endif
