// SPDX-License-Identifier: GPL-2.0-only
/*
 * A folder that is removed at the end of a run, be it by a signal. A process
 * beside this one waits for its death, which no signal can keep from it, and
 * there are no handlers: how a process ends stays as it is by default. Where
 * everything is killed at once (a container), the folder stays.
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE /* close_range */
#endif
#include "base/scratch.h"

#include <errno.h>
#include <glib.h>
#include <limits.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/folder.h"

/* How the kernel tells the watcher that its parent is dead. */
#define DEATH_SIGNAL SIGUSR1
/* The other children die with the parent, and may write until they do. */
#define REMOVALS 100
#define REMOVAL_PAUSE_US 50000

struct scratch {
	char *folder;
	pid_t watcher; /* -1: there is none */
};

/* ---- the watcher; all signals are blocked in it ---- */

static void wait_for_death(pid_t parent)
{
	sigset_t death;

	sigemptyset(&death);
	sigaddset(&death, DEATH_SIGNAL);
	prctl(PR_SET_PDEATHSIG, DEATH_SIGNAL);
	/* it may be dead already, and anybody may send a signal */
	while (getppid() == parent)
		sigwaitinfo(&death, NULL);
}

static G_NORETURN void watch(const char *folder, pid_t parent)
{
	/* what is killed by its group is not meant here */
	setpgid(0, 0);
	/* who waits for the end of a pipe does not wait for us */
	close_range(0, UINT_MAX, 0);
	wait_for_death(parent);
	for (int i = 0; i < REMOVALS; i++) {
		folder_remove(folder);
		if (access(folder, F_OK))
			break;
		usleep(REMOVAL_PAUSE_US);
	}
	/* not exit(): its handlers are the parent's */
	_exit(0);
}

/* ---- the process itself ---- */

static struct scratch *make(GError **error)
{
	char *folder = g_dir_make_tmp("pincheck-XXXXXX", error);
	pid_t self = getpid();
	struct scratch *s;

	if (!folder)
		return NULL;
	s = g_new0(struct scratch, 1);
	s->folder = folder;
	s->watcher = fork();
	if (!s->watcher)
		watch(folder, self);
	return s;
}

struct scratch *scratch_make(char **ret_error)
{
	GError *error = NULL;
	sigset_t all, old;
	struct scratch *s;

	/* from before there is a folder until somebody watches it */
	sigfillset(&all);
	sigprocmask(SIG_SETMASK, &all, &old);
	s = make(&error);
	sigprocmask(SIG_SETMASK, &old, NULL);
	if (error && ret_error)
		*ret_error = g_strdup(error->message);
	g_clear_error(&error);
	return s;
}

const char *scratch_folder(const struct scratch *s)
{
	return s->folder;
}

void scratch_remove(struct scratch *s)
{
	if (!s)
		return;
	folder_remove(s->folder);
	if (s->watcher > 0) {
		kill(s->watcher, SIGKILL);
		while (waitpid(s->watcher, NULL, 0) < 0 && errno == EINTR)
			;
	}
	g_free(s->folder);
	g_free(s);
}
