/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a rule's file needs: the callbacks, and how a finding is told. Private
 * to rules/.
 */
#ifndef PINCHECK_RULES_RULE_H
#define PINCHECK_RULES_RULE_H

#include "flow/flow.h"
#include "flow/subject.h"
#include "report/finding.h"
#include "rules/rules.h"

/* A rule at work on one unit. */
struct rule_run {
	const struct flow *flow;
	const struct func_flow *ff; /* the function at hand; NULL in unit() */
	const struct rule_info *info;
	struct report *report;
	GHashTable *seen;	    /* what was reported: char * */
	GHashTable *subjects;	    /* finding -> its subject; or NULL */
	GHashTable *removers;	    /* removers.c's; NULL: nobody asked yet */
	GHashTable *answers;	    /* rule_answer()'s; NULL: nobody asked yet */
};

#define RULE_KIND(kind) ((guint32)1 << (kind))
G_STATIC_ASSERT(ACT_KINDS <= 32);

struct rule {
	struct rule_info info;
	/*
	 * trace() is shown the traces of functions that do something of these
	 * kinds: a mask of RULE_KIND()s.
	 */
	guint32 traces_with;
	/* Any of them may be NULL. Functions of the main file only. */
	void (*trace)(struct rule_run *r, const struct act *const *acts, int n);
	void (*func)(struct rule_run *r);
	void (*unit)(struct rule_run *r);
};

/*
 * What a question to the whole unit was answered with, for questions that each
 * trace asks again: @question tells the kinds of questions of a rule apart, the
 * pointers are what it is about. The answer is NULL at first. O(1)
 */
gconstpointer *rule_answer(struct rule_run *r, int question,
			   gconstpointer about, gconstpointer and_about);

/*
 * A new finding at the place of @at (of its call, if it stands in a helper),
 * already in the report; NULL when this rule said the same of that place
 * before. The format is the message; @key identifies it besides the function.
 */
struct finding *rule_report(struct rule_run *r, enum severity severity,
			    const struct act *at, const char *key,
			    const char *format, ...) G_GNUC_PRINTF(5, 6);
/*
 * What a replay needs to know of the finding: the window that begins at @from
 * and ends with @to, and who does the other CPU's part (NULL: not known).
 * rule_report() took @from and @to to be the act reported.
 */
struct subject *rule_about(struct rule_run *r, const struct finding *f,
			   const struct act *from, const struct act *to,
			   const struct func *other);
/* Where the analysed function does it: the call, if a helper does. */
struct src_loc rule_place(const struct act *a);
/* The place of @act as a step of the story. */
void rule_step(struct finding *f, int cpu, const struct act *act,
	       const char *format, ...)
	G_GNUC_PRINTF(4, 5);
/* Text of an expression in the words of the function; freed with the unit. */
const char *rule_text(struct rule_run *r, const struct expr *e);
/* The same of a lock; of one that is known by its class alone, that. */
const char *rule_lock_text(struct rule_run *r, const struct expr *lock,
			   const char *class);
/* "record.flag" of a location, or its text. */
const char *rule_flag_text(struct rule_run *r, const struct expr *loc);

/*
 * Do both acts come from one call, so that the callee is to blame and is
 * reported itself?
 */
bool rule_same_call(const struct act *a, const struct act *b);
/* Do both come from one event of the function: one call, to any depth? */
bool rule_same_event(const struct act *a, const struct act *b);
/* Does the code of @f look at what this call of its returns? O(size of @f) */
bool rule_asks_result(const struct func *f, int call);
/* Do all its callers stand in the unit, so that its acts are theirs? */
bool rule_is_helper(const struct func_flow *ff);
/* May another CPU reach or reclaim @obj from this act on? */
bool rule_publishes(const struct act *a, const struct expr *obj);
/* Is the act something that touches *obj? */
bool rule_touches(const struct act *a, const struct expr *obj);
/* A test that an assertion makes: nothing is decided by it. */
bool rule_is_assertion(const struct act *test);
/* Where the copy that a kept test decides on was read; NULL: not kept. */
const struct act *rule_load_of(const struct act *const *acts, int test);
/* What lets another CPU in between a flag's write and its reference; or NULL */
const struct act *rule_gap(const struct act *write, const struct act *ref);
/* Is @f one of the accessors that the pair's declaration names? */
bool rule_is_declared(const struct pair *p, const struct func *f);
/* Is the object of this write one that the declaration of its pair is about? */
bool rule_covers(const struct rule_run *r, const struct pair *p,
		 const struct pair_site *s);
/* Does the unit free, put or unlink objects of this record? */
bool rule_is_reaped(const struct rule_run *r, const char *record);
/*
 * The object that has the container in it from which the path before @a found
 * @obj, if need be over several steps of a walk; NULL: unknown.
 */
const struct expr *rule_holder(const struct rule_run *r, const struct act *a,
			       const struct expr *obj);
/*
 * Is the caller's @place what @callee, from which the act comes directly, calls
 * @there? O(calls of the function at hand)
 */
bool rule_is_same_place(const struct rule_run *r, const struct act *a,
			const struct func_flow *callee,
			const struct expr *place, const struct expr *there);
/* Is the flag, of whatever object, part of the expression? */
bool rule_involves(const struct expr *e, const struct flag_id *flag);

/* repair.c */
/* Adds what would take @f away, if it follows from what it is about. */
void rule_repair(const struct flow *fl, struct finding *f,
		 const struct subject *s);

/* removers.c */
enum asks { ASKS_NO, ASKS_PERHAPS, ASKS_YES };
/*
 * Do those who take such objects away test the flag, of whatever object, or
 * wait for it? Perhaps: the unit does not show all of the way to a removal, or
 * nobody who removes or frees. The first call of a run walks through all paths
 * to a removal, free or put; later ones are O(1).
 */
enum asks rule_removers_ask(struct rule_run *r, const char *record,
			    const struct flag_id *flag);

typedef bool (*taker_fn)(struct rule_run *r, const struct act *away,
			 const void *data);
/*
 * Is it true of each act of the unit that takes an object of the record out, and
 * is there one? To find an object and to free or put it counts as such, too: it
 * was taken out with all others, in one step. O(such acts of the unit)
 */
bool rule_all_takers(struct rule_run *r, const char *record, taker_fn ok,
		     const void *data);

/* wait_sample.c */
/*
 * Looks at the sleep that acts[i] prepares, if it does prepare one, and reports
 * it where what it is about was tested before only.
 */
void rule_check_sample(struct rule_run *r, const struct act *const *acts,
		       int n, int i);
/* Does the code go from the block @from to @to without any decision? */
bool rule_walk_plain(const struct func *f, int from, int to);

/* serial.c */
/*
 * Does the function at hand run for one work item only, whose handler is the
 * one that takes such objects out of the container of @select?
 */
bool rule_removed_by_itself(struct rule_run *r, const struct act *select);

/* outer.c */
/*
 * Does a callee, from acts[@select] on, say that a lock is held which the path
 * itself does not take, which is held until acts[@use], and which all of the
 * unit hold who take such objects out?
 */
bool rule_keeps_removers_off(struct rule_run *r, const struct act *const *acts,
			     int n, int select, int use);

#endif
