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

enum child_flags {
	CHILD_ERRORS = 1 << 0, /* with a pipe at its stderr */
	CHILD_GROUP = 1 << 1,  /* it leads a process group of its own */
};
/*
 * Starts argv[0], looked for in $PATH, which gets the signal @death should we die
 * first. Returns 0, or what a shell would exit with (126, 127), with one line in
 * *@ret_error that the caller frees.
 */
int child_start(char *const *argv, int death, enum child_flags how,
		struct child *ret, char **ret_error);
/* A wait status as a shell shows it: 128 + the signal that ended it. */
int child_status(int wait_status);

#endif
