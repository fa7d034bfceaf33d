// SPDX-License-Identifier: GPL-2.0-only
/*
 * Runs another program with a time limit. Its output comes through pipes, so
 * that only what is wanted is kept; its input is a file in memory, which
 * cannot block. A process that leaves its group on purpose is not followed.
 *
 * GSubprocess has neither the group nor the limits.
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE /* memfd_create */
#endif
#include "base/process.h"

#include <errno.h>
#include <fcntl.h>
#include <glib-unix.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

/* How often to look if it ended while its pipes are open or it closed them. */
#define LOOK_MS 5
/* Enough to empty a pipe, and an end where somebody keeps filling it. */
#define LAST_READS 64

/* One of its pipes, and what came through. */
struct stream {
	int fd; /* -1: it ended */
	GString *text;
	gboolean cut;
};

struct running {
	const struct process_request *req;
	pid_t pid;
	struct stream streams[2];
	gint64 deadline; /* by the monotonic clock; 0: none */
	gboolean timed_out;
};

/* ---- start ---- */

static char **environment(const char *const *changes)
{
	char **env = g_get_environ();

	for (; changes && *changes; changes++) {
		const char *equal = strchr(*changes, '=');
		char *name;

		if (!equal) {
			env = g_environ_unsetenv(env, *changes);
			continue;
		}
		name = g_strndup(*changes, (gsize)(equal - *changes));
		env = g_environ_setenv(env, name, equal + 1, TRUE);
		g_free(name);
	}
	return env;
}

/* In the child, before exec: only calls that are safe after a fork. */
static void child_setup(void *data)
{
	pid_t parent = *(const pid_t *)data;

	setpgid(0, 0);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(1);
	signal(SIGPIPE, SIG_DFL);
	signal(SIGCHLD, SIG_DFL);
}

/* A descriptor to read @input from, or -1 with errno. */
static int open_input(const char *input)
{
	size_t length = input ? strlen(input) : 0;
	int fd;

	if (!length)
		return open("/dev/null", O_RDONLY | O_CLOEXEC);
	fd = memfd_create("pincheck-input", MFD_CLOEXEC);
	if (fd < 0)
		return -1;
	while (length) {
		ssize_t n = write(fd, input, length);

		if (n < 0 && errno != EINTR) {
			close(fd);
			return -1;
		}
		input += MAX(n, 0);
		length -= (size_t)MAX(n, 0);
	}
	lseek(fd, 0, SEEK_SET);
	return fd;
}

static void close_fd(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

/* Opens the pipes unless nothing is captured; the child's ends in @ends. */
static gboolean open_pipes(struct running *run, int ends[2])
{
	for (int i = 0; run->req->limit && i < 2; i++) {
		int fds[2];

		if (!g_unix_open_pipe(fds, FD_CLOEXEC, NULL))
			return FALSE;
		run->streams[i].fd = fds[0];
		ends[i] = fds[1];
	}
	return TRUE;
}

static gboolean spawn(struct running *run, const int ends[2], int input,
		      GError **error)
{
	const struct process_request *req = run->req;
	char **env = environment(req->env);
	pid_t self = getpid();
	gboolean ok;

	ok = g_spawn_async_with_fds(req->cwd, (char **)req->argv, env,
				    G_SPAWN_SEARCH_PATH |
					    G_SPAWN_DO_NOT_REAP_CHILD,
				    child_setup, &self, &run->pid, input,
				    ends[0], ends[1], error);
	g_strfreev(env);
	return ok;
}

static gboolean start(struct running *run, char **ret_error)
{
	int ends[2] = { -1, -1 }, input = open_input(run->req->input);
	GError *error = NULL;
	gboolean ok = FALSE;

	if (input < 0 || !open_pipes(run, ends))
		*ret_error = g_strdup(g_strerror(errno));
	else
		ok = spawn(run, ends, input, &error);
	if (error) {
		*ret_error = g_strdup(error->message);
		g_error_free(error);
	}
	close_fd(&ends[0]);
	close_fd(&ends[1]);
	close_fd(&input);
	return ok;
}

/* ---- while it runs ---- */

static void stream_read(struct stream *s, gsize limit)
{
	char buffer[16 * 1024];
	ssize_t n = read(s->fd, buffer, sizeof(buffer));
	gsize room = limit - s->text->len;

	if (n < 0 && errno == EINTR)
		return;
	if (n <= 0) {
		close_fd(&s->fd);
		return;
	}
	if ((gsize)n > room)
		s->cut = TRUE;
	g_string_append_len(s->text, buffer, (gssize)MIN((gsize)n, room));
}

/* Waits a moment for output, and takes it; false: no output is to come. */
static gboolean listen(struct running *run, int ms)
{
	struct pollfd fds[2];

	for (int i = 0; i < 2; i++)
		fds[i] = (struct pollfd){ .fd = run->streams[i].fd,
					  .events = POLLIN };
	if (poll(fds, 2, ms) <= 0)
		return FALSE;
	for (int i = 0; i < 2; i++)
		if (fds[i].revents)
			stream_read(&run->streams[i], run->req->limit);
	return TRUE;
}

/* It stays a zombie, so that its group's number is not given to others. */
static gboolean has_ended(const struct running *run)
{
	siginfo_t info = { 0 };

	if (waitid(P_PID, (id_t)run->pid, &info, WEXITED | WNOHANG | WNOWAIT))
		return errno != EINTR;
	return info.si_pid == run->pid;
}

static void watch(struct running *run)
{
	int i;

	while (!has_ended(run)) {
		listen(run, LOOK_MS);
		if (run->deadline &&
		    g_get_monotonic_time() >= run->deadline) {
			run->timed_out = TRUE;
			break;
		}
	}
	kill(-run->pid, SIGKILL);
	for (i = 0; i < LAST_READS && listen(run, 0); i++)
		;
}

/* FALSE: somebody else took its wait status. */
static gboolean reap(pid_t pid, int *ret_status)
{
	pid_t got;

	do
		got = waitpid(pid, ret_status, 0);
	while (got < 0 && errno == EINTR);
	return got == pid;
}

void process_result_clear(struct process_result *r)
{
	g_string_free(r->out, TRUE);
	g_string_free(r->err, TRUE);
}

char *process_failure(const struct process_result *r)
{
	if (r->timed_out)
		return g_strdup("timed out");
	if (r->signal)
		return g_strdup_printf("killed by signal %d (%s)", r->signal,
				       strsignal(r->signal));
	if (r->status < 0)
		return g_strdup("ended, nobody knows how");
	if (r->status)
		return g_strdup_printf("exited with status %d", r->status);
	return NULL;
}

/* Takes the texts. @status: the wait status; NULL: there is none. */
static void fill_result(const struct running *run, const int *status,
			struct process_result *ret)
{
	const struct stream *out = &run->streams[0], *err = &run->streams[1];

	*ret = (struct process_result){
		.out = out->text, .err = err->text,
		.out_cut = out->cut, .err_cut = err->cut,
		.timed_out = run->timed_out, .status = -1
	};
	if (status && WIFEXITED(*status))
		ret->status = WEXITSTATUS(*status);
	else if (status && WIFSIGNALED(*status))
		ret->signal = WTERMSIG(*status);
}

int process_run(const struct process_request *req, struct process_result *ret,
		char **ret_error)
{
	struct running run = { .req = req };
	gboolean started, reaped = FALSE;
	int status;

	for (int i = 0; i < 2; i++)
		run.streams[i] = (struct stream){ -1, g_string_new(NULL),
						  FALSE };
	if (req->timeout > 0)
		run.deadline = g_get_monotonic_time() +
			       (gint64)req->timeout * G_USEC_PER_SEC;
	started = start(&run, ret_error);
	if (started) {
		watch(&run);
		reaped = reap(run.pid, &status);
	}
	for (int i = 0; i < 2; i++)
		close_fd(&run.streams[i].fd);
	fill_result(&run, reaped ? &status : NULL, ret);
	if (!started)
		process_result_clear(ret);
	return started ? 0 : -1;
}

void process_fill_descriptors(void)
{
	int fd;

	do
		fd = open("/dev/null", O_RDONLY);
	while (fd >= 0 && fd <= STDERR_FILENO);
	if (fd >= 0)
		close(fd);
}
