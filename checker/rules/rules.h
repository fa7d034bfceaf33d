/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The rules. Each is one file that defines one struct rule, and one row in
 * rules.def. A rule sees ir, flow and model; never libclang, never another
 * rule.
 */
#ifndef PINCHECK_RULES_RULES_H
#define PINCHECK_RULES_RULES_H

#include <glib.h>
#include <stddef.h>

struct flow;
struct report;

/* What others may know about a rule: its name and its documentation. */
struct rule_info {
	const char *id;	     /* "put-before-wait" */
	const char *summary; /* one line */
	const char *doc;     /* what `pincheck explain` prints */
};

/* NULL past the end. */
const struct rule_info *rule_info_at(size_t i);
/* NULL when there is no rule of this name. */
const struct rule_info *rule_info_find(const char *id);
/* Does rules_run() look for it? If not, only another engine does. */
gboolean rules_look_for(const char *id);

/*
 * Runs the rules over a unit and adds what they find to @report. @ids: comma
 * separated ids that are known; NULL: all. @subjects: takes the struct subject
 * (flow/subject.h, owned by @fl) of each new struct finding, which then has its
 * repairs, too; or NULL.
 */
void rules_run(const struct flow *fl, const char *ids, struct report *report,
	       GHashTable *subjects);

#endif
