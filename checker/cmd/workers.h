/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Worker processes: units are analysed in forked children, so that a crash
 * or a hang costs one unit and never the run.
 */
#ifndef PINCHECK_CMD_WORKERS_H
#define PINCHECK_CMD_WORKERS_H

#include <glib.h>

struct workers_job {
	size_t count;	  /* of units; they are numbered from 0 */
	int workers;	  /* processes at a time, at least 1 */
	void *data;	  /* for all of the functions */
	/* Seconds the unit may take; 0: any. */
	int (*timeout)(size_t unit, void *data);
	/* In a worker: what came of the unit, as bytes that the pool frees. */
	GBytes *(*run)(size_t unit, void *data);
	/*
	 * In the parent, in any order: the bytes, which are the pool's. FALSE:
	 * they make no sense, and *@ret_why, which the pool frees, says so.
	 */
	gboolean (*done)(size_t unit, GBytes *result, char **ret_why,
			 void *data);
	/* In the parent: there will be no result, and why. */
	void (*lost)(size_t unit, const char *reason, void *data);
	/* In the parent: a line that a worker wrote on stdout or stderr. */
	void (*noise)(const char *line, void *data);
	/*
	 * In the parent, before the first worker: which units share what a
	 * worker loads once, as queue_new() has it. NULL: none do.
	 */
	guint (*kind)(size_t unit, void *data);
};

/*
 * Runs all units; returns when each was either done or lost. Call it before
 * the process has threads or libclang's state: workers are plain forks.
 */
void workers_run(const struct workers_job *job);

#endif
