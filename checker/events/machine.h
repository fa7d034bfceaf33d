/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The step machine: explores all interleavings of an event list under
 * sequential consistency, by a search over packed states with a hash set of
 * those seen. Microseconds for two or three threads, so every finding can
 * afford it.
 */
#ifndef PINCHECK_EVENTS_MACHINE_H
#define PINCHECK_EVENTS_MACHINE_H

#include "events/program.h"

enum failure {
	FAILURE_NONE,
	FAILURE_ASSERT,		/* BUG_ON, LASSERT */
	FAILURE_USE_AFTER_FREE,
	FAILURE_DOUBLE_FREE,
	FAILURE_UNDERFLOW,	/* a count falls below 0 */
	FAILURE_RESURRECT,	/* a count rises from 0 */
	FAILURE_INVARIANT,	/* at rest */
	FAILURE_DEADLOCK,	/* nobody can go on */
	FAILURE_LOST_WAKEUP,	/* the same, and one sleeps in OP_SCHEDULE */
	FAILURE_LIVELOCK,	/* the same, none sleeps, one is in OP_RELAX */
	FAILURE_NULL,		/* object 0 is accessed */
	FAILURE_BAD_UNLOCK,	/* of what is not taken */
	N_FAILURES,
};

struct machine_limits {
	guint64 max_states;	/* 0: 1,000,000 */
	/*
	 * Only failures are asked for: where there is one kind of them, no run
	 * is looked for that could be told.
	 */
	bool brief;
};

/* One transition of a schedule. */
struct transition {
	int thread;
	int op;			/* index into the thread's ops */
	int choice;		/* OP_CHOOSE: what was chosen; else 0 */
};

struct machine_result {
	enum failure failure;	/* of the run that is told */
	const char *what;	/* object or condition it failed on, or NULL */
	unsigned int failures;	/* 1 << each failure that some run has */
	/*
	 * The failing run with the fewest preemptions, then the fewest assumed
	 * choices, then the fewest transitions; every op with one entry, the
	 * failing one last. Where max_states was hit it may not be the best; if
	 * no best was found, preemptions is 1: that there are none is not known.
	 */
	struct transition *schedule;
	int n_schedule, preemptions;
	bool used_assumed;	/* an assumed choice lies on every failing run */
				/* of the least preemptions */
	/* Of the search of all states, not of the one for the best run. */
	guint64 states, transitions;
	/* Runs cut short: OP_DROP, a value out of range, no object to allocate. */
	guint64 dropped;
	bool complete;		/* the whole space was seen: no limit was hit */
};

/* The memory that searches use, one after the other. */
struct machine *machine_new(void);
void machine_free(struct machine *m);

/*
 * Runs @p, which program_validate accepts. *@ret_result lives in @a. The search
 * does not stop at the first failure: it looks for the shortest story.
 * Time is linear in the states times threads.
 */
void machine_search(struct machine *m, const struct program *p,
		    const struct machine_limits *limits, struct arena *a,
		    struct machine_result *ret_result);
/* The same for a single one. */
void machine_run(const struct program *p, const struct machine_limits *limits,
		 struct arena *a, struct machine_result *ret_result);

/* "use after free", "assertion failed"... */
const char *failure_text(enum failure f);

#endif
