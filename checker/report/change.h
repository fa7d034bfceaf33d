/* SPDX-License-Identifier: GPL-2.0-only */
/* What a patch changes in what is found: two reports held against each other. */
#ifndef PINCHECK_REPORT_CHANGE_H
#define PINCHECK_REPORT_CHANGE_H

#include "report/finding.h"

/* Did the patch write line @line of @file, as it is after it? */
typedef gboolean (*report_touched)(const char *file, int line, void *data);

/*
 * Sets the change of each finding of @before and @after (finished, of the
 * same units, unfiltered; but @before without what is suppressed, which
 * @after may have, marked by report_suppress()).
 *
 * What is in both is pre-existing in both, and linked (was): of one
 * fingerprint and no more severe than it was, in the same file; or, among
 * what is left then, of the same rule, function and key in another file
 * (moved code); or of the same rule, key and message in another function of
 * the file, if the patch wrote none of its lines (a function with a new
 * name). Each stands for one: a second finding of a fingerprint is new, and
 * of several those are new whose lines the patch wrote.
 *
 * Of what is new, introduced is what has its place or one of its steps in a
 * line that the patch wrote; the rest is exposed. A patch that only removes
 * lines (a lock, a get, a second test) writes none: what they protected is
 * exposed.
 *
 * What is gone is fixed. Before the patch these are called pre-existing,
 * too: what is more severe after it, which is new there; what is suppressed
 * after it; and what was in a function or a file that only the run after the
 * patch did not analyse whole. What is no longer suppressed is new.
 * O(findings + skips).
 */
void report_compare(struct report *before, struct report *after,
		    report_touched touched, void *data);

/* "introduced", "exposed", "fixed" or "pre-existing"; "" for CHANGE_NONE. */
const char *change_name(enum change c);

#endif
