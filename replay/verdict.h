/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the explorations of one program come to, for main.c to find and
 * report.c to print.
 */
#ifndef REPLAY_VERDICT_H
#define REPLAY_VERDICT_H

#include "replay.h"

enum verdict_kind {
	VERDICT_NOT_REPRODUCED,
	VERDICT_CONFIRMED,
	VERDICT_CONFIRMED_WEAK,
	VERDICT_CONFIRMED_IF,
	VERDICT_INCONCLUSIVE,
	VERDICT_UNSUPPORTED,
};

/* One exploration that was made. */
struct exploration {
	enum replay_memory memory;
	enum replay_mode mode;
	bool control;
	struct replay_result result;
};

struct verdict {
	enum verdict_kind kind;
	const struct replay_program *program;
	const char *reason; /* of the last two kinds; NULL: none */
	/* In the order in which they were made. */
	struct exploration runs[16];
	unsigned int n_runs;
	/* The run that shows the failure; NULL: nothing failed. */
	const struct exploration *story;
	/* Of the opaque conditions; 1 of 1 when there are none. */
	u64 valuations, failing_valuations;
};

const char *verdict_name(enum verdict_kind kind);
/* The exit status of an emitted executable. */
int verdict_status(enum verdict_kind kind);

void report_text(FILE *to, const struct verdict *v);
void report_json(FILE *to, const struct verdict *v);

#endif
