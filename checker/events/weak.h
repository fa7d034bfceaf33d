/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * An event list under memories weaker than sequential consistency: the replay
 * runtime explores it, with an interpreter of the list as its program, so no
 * compiler is needed and the memories are the ones that the litmus tests of
 * the kernel were held against.
 */
#ifndef PINCHECK_EVENTS_WEAK_H
#define PINCHECK_EVENTS_WEAK_H

#include "events/machine.h"

enum memory { MEMORY_SC, MEMORY_TSO, MEMORY_PSO, MEMORY_ARM, N_MEMORIES };

/* "sc", "tso", "pso", "arm". */
const char *memory_name(enum memory m);
/* The memory of that name; N_MEMORIES: there is none. */
enum memory memory_find(const char *name);

struct weak_limits {
	guint64 max_runs;	/* of one exploration; 0: 10,000 */
	bool all;		/* go on after a failure, and tell no story */
};

/* A step of the failing run. */
struct weak_step {
	int thread;
	const char *file, *text;
	int line;
	const char *effect;	/* "1 -> 0"; may be "" */
	bool becomes_visible;	/* of an earlier store of the thread */
};

struct weak_result {
	enum failure failure;	/* of the run that is told */
	unsigned int failures;	/* 1 << each; with limits.all of all runs, */
	unsigned int first;	/* and 1 << the first one of each run */
	bool used_assumed;	/* an assumed choice lies on that run */
	const char *schedule;	/* as the emitted program's --schedule has it */
	struct weak_step *steps;
	int n_steps;
	guint64 runs;		/* of the exploration: executions, and those */
	guint64 executions;	/* that were given up */
	bool complete;		/* it saw the whole space */
};

/*
 * Explores @p, which program_validate accepts, under @memory up to the first
 * failure, and looks for a run of few preemptions that fails. *@ret lives in
 * @a. About a microsecond a step; the runs may be exponential in the steps.
 * Not reentrant, as the runtime is not.
 */
void weak_run(const struct program *p, enum memory memory,
	      const struct weak_limits *limits, struct arena *a,
	      struct weak_result *ret);

#endif
