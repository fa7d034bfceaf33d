// SPDX-License-Identifier: GPL-2.0-only
/*
 * The pool of worker processes. The parent sends a unit's number down one
 * pipe and gets a header and bytes from another. It never waits for a
 * particular worker: its main loop sees reports, ends and timers.
 *
 * A worker grows with the files it saw: names stay interned, the heap has
 * holes. One that grew too much says so with a result, and another takes over.
 *
 * What a worker writes on stdout or stderr (libclang's crash notices, a
 * sanitizer's report) goes to a file in memory and is handed over when the
 * worker ends.
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE /* memfd_create */
#endif
#include "cmd/workers.h"

#include <errno.h>
#include <fcntl.h>
#include <glib-unix.h>
#include <malloc.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cmd/queue.h"

/* A worker's whole noise could be endless; its last part tells enough. */
#define NOISE_BYTES (64 * 1024)
/* For what recurses on deeply nested code; an 8 MiB stack is soon full. */
#define STACK_BYTES ((rlim_t)64 * 1024 * 1024)
#define READ_BYTES (64 * 1024)
#define NO_UNIT G_MAXSIZE
/* By so much a worker may grow between two units, its free memory apart. */
#define GROWTH_BYTES ((gint64)80 * 1024 * 1024)
/* Of freed memory, in a worker. */
#define KEPT_BYTES (256 * 1024 * 1024)

/* What comes before the bytes of a result. */
struct header {
	guint32 length;
	guint32 is_last; /* the worker ends by itself */
};

struct pool {
	const struct workers_job *job;
	GMainLoop *loop;
	GPtrArray *workers; /* struct worker *, those alive or not yet reaped */
	struct queue *queue; /* units that nobody has */
};

struct worker {
	struct pool *pool;
	pid_t pid;
	int to, from;	    /* pipes; to is -1 once there are no more units */
	int noise;	    /* file in memory, or -1 */
	GByteArray *in;	    /* what came and was not understood yet */
	size_t unit;	    /* or NO_UNIT */
	struct lot *lot;    /* what its units are of; NULL: it had none */
	guint read_source;  /* sources are 0 when they are not there */
	guint timer_source;
	int timeout;	    /* of the unit, in seconds */
	gboolean timed_out;
};

/* ---- in the worker ---- */

/* All of @size bytes, or FALSE. */
static gboolean read_fully(int fd, void *to, size_t size)
{
	char *at = to;

	while (size) {
		ssize_t n = read(fd, at, size);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return FALSE;
		at += n;
		size -= (size_t)n;
	}
	return TRUE;
}

static gboolean write_fully(int fd, const void *from, size_t size)
{
	const char *at = from;

	while (size) {
		ssize_t n = write(fd, at, size);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return FALSE;
		at += n;
		size -= (size_t)n;
	}
	return TRUE;
}

/* What is resident and not free in the heap; 0: that is not known. */
static gint64 bytes_in_use(void)
{
	char *text = NULL;
	gint64 pages = 0;

	/* the second number is what is resident */
	if (g_file_get_contents("/proc/self/statm", &text, NULL, NULL))
		pages = g_ascii_strtoll(text + strcspn(text, " "), NULL, 10);
	g_free(text);
	return pages * sysconf(_SC_PAGESIZE) - (gint64)mallinfo2().fordblks;
}

static gboolean send_result(int fd, GBytes *result, gboolean is_last)
{
	gsize length;
	const void *data = g_bytes_get_data(result, &length);
	struct header header = { (guint32)length, is_last };
	gboolean ok = length <= G_MAXUINT32 &&
		      write_fully(fd, &header, sizeof(header)) &&
		      write_fully(fd, data, length);

	g_bytes_unref(result);
	return ok;
}

static void serve(const struct workers_job *job, int from, int to)
{
	gint64 start = bytes_in_use();
	gboolean is_last = FALSE;
	guint32 unit;

	while (!is_last && read_fully(from, &unit, sizeof(unit))) {
		GBytes *result = job->run(unit, job->data);

		is_last = bytes_in_use() - start > GROWTH_BYTES;
		if (!send_result(to, result, is_last))
			return;
	}
}

static void redirect_output(int noise)
{
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);
	int out = noise >= 0 ? noise : null;

	if (null >= 0)
		dup2(null, STDIN_FILENO);
	if (out >= 0) {
		dup2(out, STDOUT_FILENO);
		dup2(out, STDERR_FILENO);
	}
}

static void raise_stack_limit(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_STACK, &limit) || limit.rlim_cur >= STACK_BYTES)
		return;
	limit.rlim_cur = MIN(STACK_BYTES, limit.rlim_max);
	setrlimit(RLIMIT_STACK, &limit);
}

/*
 * A unit's tree of some 100 MB is freed at its end, and the next one asks for
 * as much again: between the two it stays here and not with the kernel, which
 * would have to clear each page anew.
 */
static void keep_memory(void)
{
	mallopt(M_TRIM_THRESHOLD, KEPT_BYTES);
	mallopt(M_MMAP_THRESHOLD, KEPT_BYTES / 8);
	mallopt(M_TOP_PAD, KEPT_BYTES / 16);
}

/* With the siblings' pipes open here, they would never see theirs end. */
static void close_siblings(const struct pool *p)
{
	for (guint i = 0; i < p->workers->len; i++) {
		const struct worker *w = p->workers->pdata[i];

		close(w->from);
		if (w->to >= 0)
			close(w->to);
		if (w->noise >= 0)
			close(w->noise);
	}
}

static G_NORETURN void worker_main(const struct pool *p, int from, int to,
				   int noise, pid_t parent)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	/* The parent may have ended before that was in force. */
	if (getppid() != parent)
		_exit(1);
	signal(SIGPIPE, SIG_DFL);
	close_siblings(p);
	redirect_output(noise);
	raise_stack_limit();
	keep_memory();
	serve(p->job, from, to);
	/* Not exit(): stdio's buffers and exit handlers are the parent's. */
	_exit(0);
}

/* ---- in the parent ---- */

static struct worker *worker_new(struct pool *p, int noise)
{
	struct worker *w = g_new0(struct worker, 1);

	w->pool = p;
	w->to = w->from = -1;
	w->noise = noise;
	w->unit = NO_UNIT;
	w->in = g_byte_array_new();
	return w;
}

static void source_clear(guint *source)
{
	if (*source)
		g_source_remove(*source);
	*source = 0;
}

static void close_fd(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

static void worker_free(void *worker)
{
	struct worker *w = worker;

	source_clear(&w->read_source);
	source_clear(&w->timer_source);
	close_fd(&w->to);
	close_fd(&w->from);
	close_fd(&w->noise);
	g_byte_array_unref(w->in);
	g_free(w);
}

static void worker_lose(struct worker *w, const char *reason)
{
	const struct workers_job *job = w->pool->job;
	size_t unit = w->unit;

	source_clear(&w->timer_source);
	w->unit = NO_UNIT;
	if (unit != NO_UNIT)
		job->lost(unit, reason, job->data);
}

static gboolean worker_timeout(void *worker)
{
	struct worker *w = worker;

	w->timer_source = 0;
	w->timed_out = TRUE;
	kill(w->pid, SIGKILL);
	return G_SOURCE_REMOVE;
}

static void start_timer(struct worker *w)
{
	const struct workers_job *job = w->pool->job;

	w->timeout = job->timeout(w->unit, job->data);
	if (w->timeout > 0)
		w->timer_source = g_timeout_add(
			(guint)MIN(w->timeout, G_MAXINT / 1000) * 1000,
			worker_timeout, w);
}

/* The next unit; without one, the end of the pipe sends the worker home. */
static void worker_assign(struct worker *w)
{
	struct queue *q = w->pool->queue;
	guint32 unit;

	if (queue_is_empty(q)) {
		close_fd(&w->to);
		return;
	}
	w->unit = queue_take(q, &w->lot);
	unit = (guint32)w->unit;
	start_timer(w);
	/* Should the worker be dead, its end will be seen and told. */
	if (!write_fully(w->to, &unit, sizeof(unit)))
		close_fd(&w->to);
}

/* A worker that talks nonsense is not asked again. */
static void worker_distrust(struct worker *w, const char *why)
{
	char *reason = g_strdup_printf("worker sent an unreadable report: %s",
				       why);

	worker_lose(w, reason);
	g_byte_array_set_size(w->in, 0);
	kill(w->pid, SIGKILL);
	g_free(reason);
}

/* FALSE when the worker is not to be heard any more. */
static gboolean worker_deliver(struct worker *w, const guint8 *data,
			       size_t length)
{
	const struct workers_job *job = w->pool->job;
	size_t unit = w->unit;
	GBytes *result;
	char *why = NULL;
	gboolean good;

	if (unit == NO_UNIT) {
		worker_distrust(w, "nobody asked for it");
		return FALSE;
	}
	result = g_bytes_new(data, length);
	good = job->done(unit, result, &why, job->data);
	g_bytes_unref(result);
	if (!good) {
		worker_distrust(w, why);
		g_free(why);
		return FALSE;
	}
	source_clear(&w->timer_source);
	w->unit = NO_UNIT;
	return TRUE;
}

/* Takes complete messages out of what came. */
static void worker_understand(struct worker *w)
{
	struct header h;

	while (w->in->len >= sizeof(h)) {
		memcpy(&h, w->in->data, sizeof(h));
		if (w->in->len - sizeof(h) < h.length)
			return;
		if (!worker_deliver(w, w->in->data + sizeof(h), h.length))
			return;
		g_byte_array_remove_range(w->in, 0, sizeof(h) + h.length);
		if (h.is_last)
			close_fd(&w->to);
		else
			worker_assign(w);
	}
}

static char *reason_of(const struct worker *w, pid_t pid, int status)
{
	if (w->timed_out)
		return g_strdup_printf("timed out after %d s",
				       w->timeout);
	if (pid == w->pid && WIFSIGNALED(status))
		return g_strdup_printf("worker killed by signal %d (%s)",
				       WTERMSIG(status),
				       strsignal(WTERMSIG(status)));
	if (pid == w->pid && WIFEXITED(status))
		return g_strdup_printf("worker exited with status %d",
				       WEXITSTATUS(status));
	return g_strdup("worker ended");
}

static void worker_hand_noise(const struct worker *w)
{
	const struct workers_job *job = w->pool->job;
	off_t size = w->noise >= 0 ? lseek(w->noise, 0, SEEK_END) : 0;
	off_t start = size > NOISE_BYTES ? size - NOISE_BYTES : 0;
	char *text, **lines;
	ssize_t n;

	if (size <= 0)
		return;
	text = g_malloc0((gsize)(size - start) + 1);
	n = pread(w->noise, text, (size_t)(size - start), start);
	lines = g_strsplit(n > 0 ? text : "", "\n", -1);
	for (char **line = lines; *line; line++)
		if (**line)
			job->noise(*line, job->data);
	g_strfreev(lines);
	g_free(text);
}

static gboolean worker_spawn(struct pool *p, struct lot *lot);

/* Who comes in its place goes on with what it was at. */
static void worker_gone(struct worker *w, pid_t pid, int status)
{
	struct pool *p = w->pool;
	struct lot *lot = w->lot;
	char *reason = reason_of(w, pid, status);

	worker_lose(w, reason);
	worker_hand_noise(w);
	g_ptr_array_remove(p->workers, w);
	if (queue_is_empty(p->queue) || !worker_spawn(p, lot))
		queue_leave(lot);
	if (!p->workers->len)
		g_main_loop_quit(p->loop);
	g_free(reason);
}

/*
 * Its pipe ended, so it is about to end, in a moment or so. One that only
 * closed its pipe is left to the timer.
 */
static gboolean worker_reap(void *worker)
{
	struct worker *w = worker;
	int status = 0;
	pid_t pid = waitpid(w->pid, &status, WNOHANG);

	if (!pid || (pid < 0 && errno == EINTR))
		return G_SOURCE_CONTINUE;
	w->read_source = 0;
	worker_gone(w, pid, status);
	return G_SOURCE_REMOVE;
}

static gboolean worker_readable(int fd, GIOCondition condition, void *worker)
{
	struct worker *w = worker;
	guint old = w->in->len;
	ssize_t n;

	g_byte_array_set_size(w->in, old + READ_BYTES);
	n = read(fd, w->in->data + old, READ_BYTES);
	g_byte_array_set_size(w->in, old + (guint)MAX(n, 0));
	if (n > 0)
		worker_understand(w);
	if (n > 0 || (n < 0 && (errno == EAGAIN || errno == EINTR)))
		return G_SOURCE_CONTINUE;
	w->read_source = g_timeout_add(1, worker_reap, w);
	return G_SOURCE_REMOVE;
}

static void worker_start(struct worker *w, pid_t pid, int to, int from)
{
	w->pid = pid;
	w->to = to;
	w->from = from;
	g_unix_set_fd_nonblocking(from, TRUE, NULL);
	w->read_source = g_unix_fd_add(from, G_IO_IN | G_IO_HUP | G_IO_ERR,
				       worker_readable, w);
	g_ptr_array_add(w->pool->workers, w);
	worker_assign(w);
}

/*
 * FALSE, with errno, when there is no way to have another process. @lot: what
 * it begins with, or NULL.
 */
static gboolean worker_spawn(struct pool *p, struct lot *lot)
{
	struct worker *w;
	int to[2], from[2], noise;
	pid_t parent = getpid(), pid;

	if (!g_unix_open_pipe(to, FD_CLOEXEC, NULL))
		return FALSE;
	if (!g_unix_open_pipe(from, FD_CLOEXEC, NULL)) {
		close(to[0]);
		close(to[1]);
		return FALSE;
	}
	noise = memfd_create("pincheck-worker", MFD_CLOEXEC);
	pid = fork();
	if (!pid) {
		close(to[1]);
		close(from[0]);
		worker_main(p, to[0], from[1], noise, parent);
	}
	close(to[0]);
	close(from[1]);
	if (pid > 0) {
		w = worker_new(p, noise);
		w->lot = lot;
		worker_start(w, pid, to[1], from[0]);
		return TRUE;
	}
	close(to[1]);
	close(from[0]);
	close_fd(&noise);
	return FALSE;
}

/* Only when not even one process could be made, or none replaced. */
static void lose_rest(struct pool *p)
{
	struct lot *lot = NULL;

	while (!queue_is_empty(p->queue))
		p->job->lost(queue_take(p->queue, &lot),
			     "no worker process could be started",
			     p->job->data);
}

void workers_run(const struct workers_job *job)
{
	struct pool p = { .job = job };
	size_t wanted = MIN((size_t)job->workers, job->count);
	/* A write to a dead worker is an error to handle, not the end. */
	void (*old_pipe)(int) = signal(SIGPIPE, SIG_IGN);
	void (*old_child)(int) = signal(SIGCHLD, SIG_DFL);

	p.queue = queue_new(job->count, job->kind, job->data);
	p.loop = g_main_loop_new(NULL, FALSE);
	p.workers = g_ptr_array_new_with_free_func(worker_free);
	while (p.workers->len < wanted && worker_spawn(&p, NULL))
		;
	if (p.workers->len)
		g_main_loop_run(p.loop);
	lose_rest(&p);
	g_ptr_array_unref(p.workers);
	g_main_loop_unref(p.loop);
	queue_free(p.queue);
	signal(SIGPIPE, old_pipe);
	signal(SIGCHLD, old_child);
}
