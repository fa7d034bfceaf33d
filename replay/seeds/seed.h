/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A seed: the reference program of one documented bug. It has the functions of
 * a corpus folder, in all the versions that the folder has, and cases that let
 * them meet. This is what the seeds share: the table of cases, and main(), a
 * command line in front of the runtime's:
 *
 *	--list           the cases: name, corpus file, "extra" or "-"
 *	--variant NAME   which case, or the first one of a corpus file
 *	--table          every case in every memory (or the --variant, the
 *	                 --memory): name, memory, always, sometimes or never,
 *	                 failure, preemptions, executions, failing ones,
 *	                 milliseconds, shortest schedule; with tabs between
 *	--trace          what each seed_function does when it runs alone, behind
 *	                 a line with its corpus file, its name, and its case
 *
 * and what replay_main() takes.
 */
#ifndef REPLAY_SEED_H
#define REPLAY_SEED_H

#include <replay.h>

#define SEED_MAX_THREADS 3
/* Of a seed, for all of its cases. */
#define SEED_MAX_ASSUMPTIONS 4

/* One version of the code against some other CPUs. */
struct seed_case {
	const char *name;    /* VARIANT or VARIANT.WHAT, unique in the seed */
	const char *variant; /* the corpus file, without .c */
	unsigned int code;   /* a version: the seed's own enum */
	unsigned int options; /* the seed's own bits */
	/*
	 * Takes more for granted than the corpus file says, or asks for more:
	 * no part of the file's "result:".
	 */
	bool extra;
	/*
	 * What the failure hangs on and no code of the corpus folder settles: an
	 * input, a start, that nothing which callers hold keeps apart two CPUs
	 * that neither share a lock nor wait for each other. With it a failure
	 * is confirmed-if. NULL: nothing.
	 */
	const char *guess;
	/* NULL where there are fewer. */
	void (*threads[SEED_MAX_THREADS])(void *arg);
	const char *names[SEED_MAX_THREADS];
};

/* A function of the corpus, to be run alone on what the case's setup made. */
struct seed_function {
	const char *name;      /* as in the corpus file */
	const char *case_name;
	/* What the caller holds in the corpus; not traced. May be NULL. */
	void (*before)(void);
	void (*run)(void *arg);
};

struct seed {
	const char *folder; /* in corpus/ */
	const char *about;
	void (*setup)(void);
	void (*at_rest)(void);
	const char *control;	      /* what the control of a case is */
	const unsigned int *controls; /* the code that it runs, by code */
	unsigned int control_drops;   /* options that it does not have */
	const struct seed_case *cases;
	unsigned int n_cases;
	const struct seed_function *functions;
	unsigned int n_functions;
	const struct replay_assumption *assumptions;
	unsigned int n_assumptions;
};

/* What each seed defines; in it, what they all call by the same names. */
extern const struct seed this_seed;

#define SEED_TABLES                                                      \
	.setup = setup, .at_rest = at_rest, .controls = controls,        \
	.cases = cases, .n_cases = ARRAY_SIZE(cases),                    \
	.functions = functions, .n_functions = ARRAY_SIZE(functions),    \
	.assumptions = assumptions,                                      \
	.n_assumptions = ARRAY_SIZE(assumptions)

/* In setup, threads and at_rest: the version to run; the control's in one. */
unsigned int seed_code(void);
/* A bit of the case's options; see control_drops. */
bool seed_option(unsigned int option);
/* Is @run one of the case's threads? */
bool seed_runs(void (*run)(void *arg));

#endif
