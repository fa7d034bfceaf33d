/* SPDX-License-Identifier: GPL-2.0-only */
/* Starting a program that we talk with over pipes. */
#ifndef PINCHECK_LSP_CHILD_H
#define PINCHECK_LSP_CHILD_H

#include <glib.h>

struct child {
	GPid pid;      /* the caller's to watch with g_child_watch_add() */
	int in, out;   /* its stdin to write, its stdout to read */
	int errors;    /* its stderr to read; -1: it has ours */
};

/*
 * Starts argv[0], looked for in $PATH, which gets the signal @death should we die
 * first; @errors: with a pipe at its stderr. Returns 0, or what a shell would
 * exit with (126, 127), with one line in *@ret_error that the caller frees.
 */
int child_start(char *const *argv, int death, gboolean errors,
		struct child *ret, char **ret_error);
/* A wait status as a shell shows it: 128 + the signal that ended it. */
int child_status(int wait_status);

#endif
