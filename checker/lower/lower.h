/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * From a finding to event lists and a verdict. A verdict is about the program
 * that was made of the finding, under the assumptions it lists; that a kernel
 * comes to it is not claimed.
 */
#ifndef PINCHECK_LOWER_LOWER_H
#define PINCHECK_LOWER_LOWER_H

#include "flow/subject.h"
#include "events/machine.h"
#include "events/program.h"
#include "events/weak.h"

enum verdict_kind {
	/* It fails, and with the finding repaired it does not. */
	VERDICT_CONFIRMED,
	/* The same in a weaker memory, and not in the stronger ones. */
	VERDICT_CONFIRMED_WEAK,
	VERDICT_CONFIRMED_IF,	/* if the assumed choices can go that way */
	VERDICT_NOT_REPRODUCED,	/* all tried programs of two CPUs: seen whole */
	VERDICT_INCONCLUSIVE,	/* a bound was hit, or most tell nothing */
	VERDICT_UNSUPPORTED,	/* it cannot be lowered, or tells nothing */
};

struct cast;

struct verdict {
	enum verdict_kind kind;
	/* of the last two, and of NOT_REPRODUCED what was not seen; interned */
	const char *why;
	struct program *program;   /* that the verdict is about; or NULL */
	struct program *control;   /* of the first three */
	const struct cast *cast;   /* the same: who runs, and starts with what */
	/* In which it fails, or the weakest that was searched. */
	enum memory memory;
	struct machine_result run; /* of the program */
	struct weak_result weak;   /* the same, where it fails in no other */
	guint64 states;		   /* of all programs that were tried */
	guint64 runs;		   /* the same in weaker memories */
	/* What was tried, a line a program: "f() | g() h(): clean, 12 states" */
	const char **tried;
	int n_tried;
};

/*
 * Lowers the finding with one set of other CPUs after the other until one
 * confirms it; where none fails, again in weaker memories up to @memory.
 * *@ret lives in the arena @a. No further program is begun once the finding
 * has 200,000 states (40,000 with three CPUs), or 20,000 runs of weaker memories.
 * A search of one has 30,000 states at most, or 2,000 runs.
 */
void lower_verdict(const struct flow *fl, const struct subject *s,
		   enum memory memory, struct arena *a, struct verdict *ret);

/*
 * The verdict of that one cast on this flow, which may be another's than the
 * cast's: functions go by their names, and flags start as they did there.
 */
void lower_verdict_again(const struct flow *fl, const struct subject *s,
			 enum memory memory, const struct cast *was,
			 struct arena *a, struct verdict *ret);

/*
 * The subject of another flow in this one, where nothing is reported about it:
 * the same function, flag and kind of object. NULL: there is no such function.
 */
struct subject *subject_again(const struct flow *fl,
			      const struct subject *was);

/*
 * The subject of a function without a finding, for tests: its window is what
 * it does about the flag "record.flag" (NULL: the first pair's that it
 * changes), or how it finds and locks an object, "record". NULL when it does
 * nothing of the kind.
 */
struct subject *subject_force(const struct flow *fl, const struct func_flow *ff,
			      const char *about);

/* "confirmed", "not-reproduced"... */
const char *verdict_name(enum verdict_kind kind);

/*
 * The failing run as lines of two or more columns, one CPU each: char *, the
 * caller frees the array with its strings.
 */
GPtrArray *verdict_table(const struct verdict *v);
/* "FILE:LINE: what is assumed": the same. */
GPtrArray *verdict_assumptions(const struct verdict *v);
/* Appends verdict, table, assumptions and what was tried, for people. */
void verdict_tell(GString *out, const struct verdict *v);
/* Verdict, what was tried, the table and the event list, for dumps. */
void verdict_print(GString *out, const struct verdict *v);
/* The same as a schedule: the threads' numbers, one a transition. */
char *verdict_schedule(const struct verdict *v);

#endif
