/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * One finding's search for a verdict: what was tried, and what came of it.
 * Shared by the search under sequential consistency (lower.c) and the one in
 * weaker memories (weaker.c), and by nobody else.
 */
#ifndef PINCHECK_LOWER_TRIAL_H
#define PINCHECK_LOWER_TRIAL_H

#include "lower/lower.h"
#include "lower/private.h"

/* A program that is clean under sequential consistency. */
struct clean {
	const struct subject *subject;
	struct cast cast;
	struct program *program;
	struct made made;
};

struct trial {
	const struct flow *flow;
	const struct subject *about;   /* the finding's */
	const struct subject *subject; /* at hand: of the same defect */
	enum memory memory;	/* the weakest that is asked for */
	struct arena *arena;
	struct verdict *verdict;
	GArray *programs;	/* struct clean */
	struct shared shared;
	const char *why;	/* the first program that could not be made */
	const char *loose;	/* the first that tells nothing */
	int clean;
	int cut, untried;	/* too large, left out: of two CPUs */
	int cut3, untried3;	/* of three */
	int unmade;		/* no program can be made of it: of two */
	int n_loose;		/* race, but the control says nothing */
	int n_void;		/* need no race, or not the finding's function */
	int void2;		/* of them with two CPUs */
	int engaged;		/* clean with two CPUs, though it may have failed */
	bool only;		/* one cast is asked for: it counts as of two */
	/* struct func_flow *: alone beside the finding's function... */
	GHashTable *voids;	/* ...it is one of n_void */
	GHashTable *cleans;	/* ...it is clean */
	GPtrArray *tried;	/* const char * */
};

#define APART "nothing that callers hold keeps these CPUs apart: they share " \
	      "no lock here"

/* Searches the program, and counts its states. @brief: as in machine_limits. */
void trial_run(struct trial *t, const struct program *p, bool brief,
	       struct machine_result *ret);
/* One thread after the other: that is no race. */
bool trial_is_no_race(const struct trial *t,
		      const struct machine_result *result);
/* Is the window left out of the failing run, though the program has it? */
bool trial_misses_window(const struct program *p,
			 const struct machine_result *result);
/*
 * either.c: the program, in the arena, without the conditions of the failing
 * run that nobody knows, if it fails so whichever way they go, between threads
 * that meet; else NULL. @whole: @p, or what meet_apart() made it of.
 */
struct program *trial_either(struct trial *t, const struct program *p,
			     const struct program *whole,
			     const struct machine_result *run);
/* Writes down what became of a cast. */
void trial_note(struct trial *t, const struct cast *cast, const char *what,
		guint64 count, const char *units);
/* The control of the cast's program; NULL: there is none. */
struct program *trial_control(struct trial *t, const struct cast *cast,
			      const struct program *p);
/* The same program without the finding's function. */
struct program *trial_others(struct trial *t, const struct program *p);
/* Adds an assumption, of no place, to the program's. */
void trial_assume(struct trial *t, struct program *p, const char *text);
/* A program of another place says so. */
void trial_tell_place(struct trial *t, struct program *p);
/* With the flags that it starts with, so that others can start so. */
struct cast *trial_keep_cast(struct trial *t, const struct cast *cast,
			     const struct made *made);

/*
 * weaker.c: searches t->programs in the weaker memories up to t->memory until
 * one fails that says something about the finding.
 */
void trial_weaker(struct trial *t);

/*
 * subjects.c: the function of this flow that goes by the name of that one, or
 * NULL.
 */
const struct func_flow *subject_namesake(const struct flow *fl,
					 const struct func_flow *ff);

#endif
