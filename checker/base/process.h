/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The descriptors of this process, and running another program: an argument vector, never a shell, so that a name
 * with blanks, quotes or newlines in it stays one argument.
 */
#ifndef PINCHECK_BASE_PROCESS_H
#define PINCHECK_BASE_PROCESS_H

#include <glib.h>

/*
 * To be called first: a file that is opened must not become stdin, stdout or
 * stderr because that was closed. What is read there is empty, and what is
 * written there still fails.
 */
void process_fill_descriptors(void);

struct process_request {
	const char *const *argv; /* argv[0] is looked for in $PATH */
	const char *cwd;	 /* NULL: the current folder */
	/* "NAME=VALUE" is set, "NAME" unset; NULL: ours as it is. */
	const char *const *env;
	const char *input;	 /* for stdin, which is empty if NULL */
	/*
	 * Bytes to keep of each of stdout and stderr; what comes after is read
	 * and dropped. 0: they are not captured, but go where ours go.
	 */
	gsize limit;
	int timeout;		 /* in seconds; 0: any time */
};

struct process_result {
	GString *out, *err;	 /* with limit 0 empty */
	gboolean out_cut, err_cut; /* there was more */
	gboolean timed_out;
	int status;		 /* its exit status; -1: none, or lost */
	int signal;		 /* that ended it; 0: none */
};

/*
 * Runs a program in a process group of its own until it ends. What is left of
 * the group then is killed, and all of it when the time is up; should we die
 * first, the program does, too. Returns 0 and fills @ret, for
 * process_result_clear; or -1, with one line in *@ret_error that the caller
 * frees, when it cannot be started.
 */
int process_run(const struct process_request *req, struct process_result *ret,
		char **ret_error);
void process_result_clear(struct process_result *r);
/* How it ended, if not with status 0: "timed out"; NULL: well. Caller frees. */
char *process_failure(const struct process_result *r);

#endif
