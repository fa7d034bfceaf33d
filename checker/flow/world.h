/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The world of a unit: what is known of functions that are not in it. Flow
 * asks, whoever keeps the answers gives them; and what flow found out about a
 * function leaves as bytes that stand for themselves in any other unit.
 *
 * The bytes are private to one version of the program. Equal summaries give
 * equal bytes. Damaged ones are refused: the function is unknown then.
 */
#ifndef PINCHECK_FLOW_WORLD_H
#define PINCHECK_FLOW_WORLD_H

#include "flow/flow.h"

/* One function that a pointer in a record can lead to. */
struct world_target {
	const char *name;
	GBytes *summary;	/* NULL: the unit's own function of that name */
};

/* A pointer that can be more functions than this is as good as unknown. */
#define WORLD_MAX_TARGETS 8

/*
 * A member that is NULL is a question nobody can answer. What is returned is
 * borrowed, stays as it is until flow_free(), and is the same if asked again.
 */
struct world {
	void *data;
	/*
	 * Of functions that are not static, ways that callers elsewhere can
	 * hardly tell apart are one: they would split each path of a caller.
	 */
	bool coarse;
	/*
	 * What summary_pack() made of the function that @name means where
	 * @caller, a function of the unit, says it; NULL: unknown. Not asked
	 * of functions that are in the unit, but for weak ones.
	 */
	GBytes *(*summary)(void *data, const struct func *caller,
			   const char *name);
	/*
	 * What all callers of @f outside of the unit hold, as locks_pack()
	 * made it (those in the unit may be counted in); NULL: some of its
	 * callers are not known.
	 */
	GBytes *(*entry)(void *data, const struct func *f);
	/*
	 * All functions that the member of this name in such records can
	 * point at, *@ret_n of them; NULL: unknown.
	 */
	const struct world_target *(*targets)(void *data, const char *record,
					      const char *member,
					      guint *ret_n);
};

/* What callers need of a function; "unknown" is a summary, too. */
GBytes *summary_pack(const struct flow *fl, const struct func_flow *ff);
/*
 * The same for summaries that differ in nothing but where their acts stand, as
 * long as what was in one line still is. NULL: damaged. The caller unrefs it.
 */
GBytes *summary_without_lines(GBytes *bytes);
/* Its text, as flow_print() makes it; false: damaged. */
bool summary_print(GString *out, GBytes *bytes, const char *name);

/*
 * What the function calls, under which locks, and whose address it takes. Each
 * set of locks once a callee. A call that no path came to is there as one that
 * was not seen, and so is any if a limit cut paths off; calls of functions that
 * the model knows are not there.
 */
GBytes *calls_pack(const struct flow *fl, const struct func_flow *ff);

enum call_how {
	CALL_NAMED,	/* callee is called */
	CALL_MEMBER,	/* what record.member points at is */
	CALL_ADDRESS,	/* callee is not called, but its address goes anywhere */
	CALL_UNSEEN,	/* callee is called, but no path shows all that is held */
};

/* One call, read back into the terms of some unit. */
struct known_call {
	enum call_how how;
	const char *callee;	/* interned; NULL: MEMBER */
	const char *record, *member;
	GArray *locks;		/* struct entry_lock, in the callee's terms */
	GArray *released;	/* of the caller's entry locks, by kind */
	const struct expr **args; /* in the caller's; NULL: not its own */
	int n_args;
};

/*
 * Entry locks over a whole program are found by these. All expressions are of
 * one unit, @terms, which may be empty otherwise and outlives the results.
 */

/* struct known_call *; NULL: damaged. */
GPtrArray *calls_unpack(struct unit *terms, GBytes *bytes);
/*
 * struct entry_lock: what is held at the call if its caller is entered under
 * @entry (NULL: nothing). What the caller released on the way is not.
 */
GArray *call_locks(struct unit *terms, const struct known_call *c,
		   const GArray *entry);
/* Keeps of @into what @other has as well; false: nothing changed. */
bool locks_intersect(GArray *into, const GArray *other);
/* For world.entry. */
GBytes *locks_pack(struct unit *terms, const GArray *locks);

#endif
