/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * May two threads of a program run at the same time, or do locks that callers
 * hold keep them apart? The unit does not show its callers. What is taken for
 * evidence is that the code of both reckons with the other.
 */
#ifndef PINCHECK_LOWER_MEET_H
#define PINCHECK_LOWER_MEET_H

#include "events/machine.h"
#include "flow/subject.h"

/*
 * Are at least two threads inside at one time in the failing run, and is there
 * evidence for each two that are? O(ops squared).
 */
bool meet_all(const struct flow *fl, const struct subject *s,
	      const struct program *p, const struct machine_result *run);
/* Is there evidence for each two of its threads? */
bool meet_always(const struct flow *fl, const struct subject *s,
		 const struct program *p);
/*
 * The same program with a lock over each two threads that there is no evidence
 * for, in @a: what fails in it needs no such two. Every run of it is one of @p,
 * which meet_map() makes of its schedule. NULL: there are no such two.
 */
struct program *meet_apart(const struct flow *fl, const struct subject *s,
			   struct arena *a, const struct program *p);
void meet_map(struct arena *a, const struct program *apart,
	      struct machine_result *run);

#endif
