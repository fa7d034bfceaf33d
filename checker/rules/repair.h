/* SPDX-License-Identifier: GPL-2.0-only */
/* What the ways of repairing a finding share. Private to rules/. */
#ifndef PINCHECK_RULES_REPAIR_H
#define PINCHECK_RULES_REPAIR_H

#include "rules/rule.h"

/* One finding, for which repairs are looked for. */
struct repairer {
	const struct flow *flow;
	const struct func_flow *ff; /* that was reported */
	const struct subject *about;
	struct finding *finding;    /* that gets them */
};

/* repair.c */

/* Does it do nothing that anybody else could notice? */
bool repair_is_quiet(const struct act *a);
/* The act of @like's event on the path that ends in @leaf; or NULL. */
const struct act *repair_on_path(const struct act *leaf,
				 const struct act *like);
/* Does the place where @act stands do nothing else, on no path? */
bool repair_is_alone(const struct act *act);
/* Its own in the function; NULL: it has none. */
const struct event *repair_event(const struct act *a);
/*
 * Can the statement be changed: in the finding's file, where the function itself
 * can be seen to do it and nothing else, on paths that are all known?
 */
bool repair_can_change(const struct repairer *r, const struct act *act);
bool repair_holds(const struct act *a, const struct held *lock);
/* Does @a hold a lock, after it is done, that @b does not? */
bool repair_holds_more(const struct act *a, const struct act *b);
bool repair_takes_locks(const struct func_flow *ff);
/*
 * The object in the words of the function, with @way from there; NULL: it has
 * none. The caller frees it.
 */
char *repair_words(const struct repairer *r, const struct expr *obj,
		   const char *way);

/* repair_accessor.c */

/* Flag and reference change apart: one call can be put where either is. */
void repair_by_accessor(const struct repairer *r);
/* The flag changes alone, and some other function does what it should. */
void repair_by_other_accessor(const struct repairer *r);
/* Is the object that the place names the one that the flag goes on to own? */
bool repair_keeps_object(const struct repairer *r, const struct act *write);

/* repair_get.c */
void repair_by_get(const struct repairer *r);

/* repair_put.c */
void repair_by_later_put(const struct repairer *r);

#endif
