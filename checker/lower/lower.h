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

enum verdict_kind {
	/* It fails, and with the finding repaired it does not. */
	VERDICT_CONFIRMED,
	VERDICT_CONFIRMED_IF,	/* if the assumed choices can go that way */
	VERDICT_NOT_REPRODUCED,	/* the whole space was seen */
	VERDICT_INCONCLUSIVE,	/* a bound was hit */
	VERDICT_UNSUPPORTED,	/* it cannot be lowered, or tells nothing */
};

struct verdict {
	enum verdict_kind kind;
	/* of the last two, and of NOT_REPRODUCED what was not seen; interned */
	const char *why;
	struct program *program;   /* that the verdict is about; or NULL */
	struct program *control;   /* of the first two */
	struct machine_result run; /* of the program */
	guint64 states;		   /* of all programs that were tried */
	/* What was tried, a line a program: "f() | g() h(): clean, 12 states" */
	const char **tried;
	int n_tried;
};

/*
 * Lowers the finding with one set of other CPUs after the other until one
 * confirms it. *@ret lives in the arena @a. Some milliseconds: at most some
 * ten thousand states.
 */
void lower_verdict(const struct flow *fl, const struct subject *s,
		   struct arena *a, struct verdict *ret);

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
/* Verdict, what was tried, the table and the event list, for dumps. */
void verdict_print(GString *out, const struct verdict *v);
/* The same as a schedule: the threads' numbers, one a transition. */
char *verdict_schedule(const struct verdict *v);

#endif
