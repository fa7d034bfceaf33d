/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Worker processes: units are analysed in forked children, so that a crash
 * or a hang costs one unit and never the run.
 */
#ifndef PINCHECK_CMD_WORKERS_H
#define PINCHECK_CMD_WORKERS_H

#include <glib.h>

#include "report/finding.h"

struct workers_job {
	size_t count;	  /* of units; they are numbered from 0 */
	int workers;	  /* processes at a time, at least 1 */
	void *data;	  /* for all of the functions */
	/* Seconds the unit may take; 0: any. */
	int (*timeout)(size_t unit, void *data);
	/* In a worker: the unit's report, which the pool frees. */
	struct report *(*run)(size_t unit, void *data);
	/* In the parent, in any order: the unit's report is the callee's. */
	void (*done)(size_t unit, struct report *r, void *data);
	/* In the parent: there will be no report, and why. */
	void (*lost)(size_t unit, const char *reason, void *data);
	/* In the parent: a line that a worker wrote on stdout or stderr. */
	void (*noise)(const char *line, void *data);
};

/*
 * Runs all units; returns when each was either done or lost. Call it before
 * the process has threads or libclang's state: workers are plain forks.
 */
void workers_run(const struct workers_job *job);

#endif
