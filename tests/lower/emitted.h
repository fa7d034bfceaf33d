/* SPDX-License-Identifier: GPL-2.0-only */
/* Emitted C as a program, for the tests that hold it against something. */
#ifndef TESTS_LOWER_EMITTED_H
#define TESTS_LOWER_EMITTED_H

#include "events/program.h"

struct emitted_report {
	/*
	 * Failures that stopped an execution, and all, 1 << enum failure each.
	 * After a failure the other threads go on, so there may be some that
	 * follow from it.
	 */
	unsigned int first, all;
	gint64 executions;
};

/* Of failures only what the runtime can tell apart. */
unsigned int emitted_coarse(unsigned int failures);
/*
 * Compiles @p into DIR/replay, with every warning an error. BUILD is the build
 * tree that has the runtime.
 */
void emitted_compile(const char *dir, const struct program *p,
		     const struct program *control);
/* What --json says of its first run, which is the one asked for. */
struct emitted_report emitted_read(const char *json);

#endif
