// SPDX-License-Identifier: GPL-2.0-only
/*
 * Starts programs. It does not wait for them. base/process.h does, and is for
 * programs that answer once.
 */
#include "lsp/child.h"

#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

enum { CANNOT_RUN = 126, NOT_FOUND = 127 };

struct setup {
	pid_t parent;
	int death;
	enum child_flags how;
};

/* In the child, before exec: only calls that are safe after a fork. */
static void child_setup(void *data)
{
	const struct setup *s = data;

	if (s->how & CHILD_GROUP)
		setpgid(0, 0);
	prctl(PR_SET_PDEATHSIG, s->death);
	if (getppid() != s->parent)
		_exit(1);
	signal(SIGPIPE, SIG_DFL);
	signal(SIGCHLD, SIG_DFL);
}

int child_start(char *const *argv, int death, enum child_flags how,
		struct child *ret, char **ret_error)
{
	const GSpawnFlags flags = G_SPAWN_SEARCH_PATH |
				  G_SPAWN_DO_NOT_REAP_CHILD;
	struct setup setup = { getpid(), death, how };
	GError *error = NULL;
	int status;

	ret->errors = -1;
	if (g_spawn_async_with_pipes(NULL, (char **)argv, NULL, flags,
				     child_setup, &setup, &ret->pid, &ret->in,
				     &ret->out,
				     how & CHILD_ERRORS ? &ret->errors : NULL,
				     &error))
		return 0;
	status = g_error_matches(error, G_SPAWN_ERROR, G_SPAWN_ERROR_NOENT) ?
			 NOT_FOUND :
			 CANNOT_RUN;
	*ret_error = g_strdup(error->message);
	g_error_free(error);
	return status;
}

int child_status(int wait_status)
{
	if (WIFSIGNALED(wait_status))
		return 128 + WTERMSIG(wait_status);
	return WEXITSTATUS(wait_status);
}
