/* SPDX-License-Identifier: GPL-2.0-only */
/* What a patch changes in what is found: two reports held against each other. */
#ifndef PINCHECK_REPORT_CHANGE_H
#define PINCHECK_REPORT_CHANGE_H

#include "report/finding.h"

/* Did the patch write line @line of @file, as it is after it? */
typedef gboolean (*report_touched)(const char *file, int line, void *data);
/* Does @file define @function, before or @after the patch? NULL: is it there? */
typedef gboolean (*report_defines)(gboolean after, const char *file,
				   const char *function, void *data);

/* What is asked about the patch, with @data. */
struct change_source {
	report_touched touched;
	report_defines defines;
	void *data;
};

/*
 * Sets the change of each finding of @before and @after (finished, of the
 * same units, unfiltered; but @before without what is suppressed, which
 * @after may have, marked by report_suppress()).
 *
 * What is in both is pre-existing in both, and linked (was): of one
 * fingerprint and no more severe than it was, in the same file; or, among
 * what is left then, of the same rule, function and key in another file, if
 * the patch took the function out of the one or put it into the other (moved
 * code); or of the same rule, key and message in another function of the
 * file, if the patch wrote none of its lines, and the one function is gone
 * and the other new (a function with a new name). Each stands for one: a
 * second finding of a fingerprint is new, and of several those are new whose
 * lines the patch wrote.
 *
 * Of what is new, introduced is what has its place or one of its steps in a
 * line that the patch wrote; the rest is exposed. A patch that only removes
 * lines (a lock, a get, a second test) writes none: what they protected is
 * exposed.
 *
 * What is gone is fixed. Before the patch these are called pre-existing,
 * too: what is more severe after it, which is new there, and what is
 * suppressed after it. What is no longer suppressed is new.
 *
 * Nothing is fixed or exposed because one of the runs could not look. A place
 * was not looked at if its unit was not analysed whole, for an error in
 * whatever file, or, where it is in no unit's own file, if any unit was not;
 * or if its function, or its file if that is no unit, is a skip of that run
 * and none of the other. What is gone from a place that was not looked at after the patch is
 * pre-existing, and unseen. What is new at one that was not looked at before
 * it is introduced if the patch wrote its lines, and else pre-existing.
 * @before may have findings of earlier states that are unseen since: they are
 * gone only where the run after the patch looked, skips of both included.
 * O(findings + skips + units), and a question of each finding that is not met
 * in its place.
 */
void report_compare(struct report *before, struct report *after,
		    const struct change_source *source);

/* "introduced", "exposed", "fixed" or "pre-existing"; "" for CHANGE_NONE. */
const char *change_name(enum change c);

#endif
