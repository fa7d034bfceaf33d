// SPDX-License-Identifier: GPL-2.0-only
/*
 * Refreshing the store in the background. Units that others changed (another
 * branch was checked out) are not read again here: who edits needs the time,
 * and `pincheck index` does.
 */
#include "cmd/lsp_refresh.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cmd/common.h"
#include "cmd/link_run.h"
#include "cmd/models.h"
#include "cmd/run_options.h"
#include "cmd/stores.h"
#include "facts/program.h"

/* What the process says if others may know more now. */
#define CHANGED "changed\n"
/* It gives way to whoever types. */
#define NICE 10

/* One that is due. */
struct job {
	char *path, *store;
};

struct lsp_refresh {
	const struct run_options *options;
	GQueue due;	/* struct job *, the running one first */
	GPid pid;
	int fd;		/* what it says; -1: nothing runs */
	GString *said;
};

static void job_free(void *job)
{
	struct job *j = job;

	g_free(j->path);
	g_free(j->store);
	g_free(j);
}

struct lsp_refresh *lsp_refresh_new(const struct run_options *o)
{
	struct lsp_refresh *r = g_new0(struct lsp_refresh, 1);

	r->options = o;
	r->fd = -1;
	r->said = g_string_new(NULL);
	g_queue_init(&r->due);
	return r;
}

void lsp_refresh_free(struct lsp_refresh *r)
{
	if (!r)
		return;
	if (r->fd >= 0)
		close(r->fd);
	g_queue_clear_full(&r->due, job_free);
	g_string_free(r->said, TRUE);
	g_free(r);
}

/* ---- starting it ---- */

static void add_words(GPtrArray *argv, const char *option, const char *value)
{
	g_ptr_array_add(argv, g_strdup(option));
	g_ptr_array_add(argv, g_strdup(value));
}

static char **arguments(const struct lsp_refresh *r, const struct job *j)
{
	GPtrArray *argv = g_ptr_array_new();
	char **model = r->options->models;

	g_ptr_array_add(argv, g_file_read_link("/proc/self/exe", NULL) ?:
				      g_strdup("pincheck"));
	g_ptr_array_add(argv, g_strdup("lsp-worker"));
	add_words(argv, "--saved", j->path);
	add_words(argv, "--store", j->store);
	if (r->options->db_dir)
		add_words(argv, "-p", r->options->db_dir);
	for (; model && *model; model++)
		add_words(argv, "--model", *model);
	g_ptr_array_add(argv, NULL);
	return (char **)g_ptr_array_free(argv, FALSE);
}

/* In the child: it ends with us, and only calls that are safe after a fork. */
static void give_way(void *data)
{
	const pid_t *parent = data;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != *parent)
		_exit(1);
	errno = 0;
	if (nice(NICE) < 0 && errno)
		return; /* then it runs as we do */
}

static void start(struct lsp_refresh *r)
{
	char **argv = arguments(r, g_queue_peek_head(&r->due));
	pid_t self = getpid();
	GError *error = NULL;

	if (!g_spawn_async_with_pipes(NULL, argv, NULL,
				      G_SPAWN_DO_NOT_REAP_CHILD |
				      G_SPAWN_SEARCH_PATH, give_way, &self,
				      &r->pid, NULL, &r->fd, NULL, &error)) {
		cmd_say("%s", error->message);
		g_error_free(error);
		r->fd = -1;
		g_queue_clear_full(&r->due, job_free);
	}
	g_strfreev(argv);
}

void lsp_refresh_add(struct lsp_refresh *r, const char *path,
		     const char *store)
{
	struct job *j;

	/* the running one may have read the file before it was saved */
	for (GList *at = r->due.head; at; at = at->next) {
		j = at->data;
		if (at != r->due.head && !strcmp(j->path, path))
			return;
	}
	j = g_new0(struct job, 1);
	j->path = g_strdup(path);
	j->store = g_strdup(store);
	g_queue_push_tail(&r->due, j);
	if (r->fd < 0)
		start(r);
}

int lsp_refresh_fd(const struct lsp_refresh *r)
{
	return r->fd;
}

/* ---- its end ---- */

/* FALSE: it has said all. */
static gboolean hear(struct lsp_refresh *r)
{
	char some[64];
	ssize_t n;

	do
		n = read(r->fd, some, sizeof(some));
	while (n < 0 && errno == EINTR);
	if (n > 0)
		g_string_append_len(r->said, some, n);
	return n > 0;
}

gboolean lsp_refresh_step(struct lsp_refresh *r)
{
	gboolean changed;

	if (r->fd < 0 || hear(r))
		return FALSE;
	close(r->fd);
	r->fd = -1;
	waitpid(r->pid, NULL, 0);
	changed = g_str_equal(r->said->str, CHANGED);
	g_string_truncate(r->said, 0);
	job_free(g_queue_pop_head(&r->due));
	if (r->due.length)
		start(r);
	return changed;
}

/* ---- in the process ---- */

struct worlds {
	struct store *store;
	GChecksum *sum;
};

static void add_world(const char *path, void *data)
{
	const struct worlds *w = data;
	char *digest = store_world_digest(w->store, path);

	g_checksum_update(w->sum, (const guchar *)path, -1);
	if (digest)
		g_checksum_update(w->sum, (const guchar *)digest, -1);
	g_free(digest);
}

/* A digest of what all units know of each other; the caller frees it. */
static char *worlds_of(const char *file)
{
	struct worlds w = { .store = stores_open(file),
			    .sum = g_checksum_new(G_CHECKSUM_SHA256) };
	char *digest;

	if (w.store)
		store_each_unit(w.store, add_world, &w);
	store_close(w.store);
	digest = g_strdup(g_checksum_get_string(w.sum));
	g_checksum_free(w.sum);
	return digest;
}

/* Does anybody know something else now? */
static gboolean link_unit(const struct run_options *o, struct units *units,
			  const struct run_model *m)
{
	GPtrArray *noise = g_ptr_array_new_with_free_func(g_free);
	const struct link_run run = { .options = o, .model = m,
				      .units = units, .only = TRUE,
				      .noise = noise };
	char *before = worlds_of(o->store), *after;
	struct link_outcome outcome;
	gboolean changed;

	link_run(&run, &outcome);
	after = worlds_of(o->store);
	changed = strcmp(before, after) != 0;
	link_outcome_clear(&outcome);
	g_ptr_array_unref(noise);
	g_free(before);
	g_free(after);
	return changed;
}

int lsp_refresh_run(struct run_options *o, char *path)
{
	char *paths[] = { path, NULL };
	const struct units_flags flags = { .db_dir = o->db_dir };
	struct units *units = units_collect(paths, &flags);
	struct run_model m;
	GString *said = g_string_new(NULL);
	int status = STATUS_INCOMPLETE;

	o->timeout = RUN_TIMEOUT_SECONDS;
	o->no_pch = TRUE;
	if (run_model_load(&m, paths, o->models) && units->list->len) {
		if (link_unit(o, units, &m))
			g_string_assign(said, CHANGED);
		status = cmd_write(NULL, said);
	}
	run_model_clear(&m);
	units_free(units);
	g_string_free(said, TRUE);
	return status;
}
