// SPDX-License-Identifier: GPL-2.0-only
/*
 * The run of `pincheck check`: all units through the pipeline in workers,
 * and one report in the order of the units.
 *
 * For tests only: PINCHECK_TEST_ABORT and PINCHECK_TEST_HANG make a worker
 * abort, or hang, at units whose file name contains their value.
 */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cmd/check.h"
#include "cmd/progress.h"
#include "cmd/workers.h"
#include "facts/facts.h"
#include "pipeline.h"

struct state {
	const struct check_run *run;
	struct pipeline_options pipeline; /* a worker's has its store */
	char *store_error;		  /* why it has none */
	gboolean told;			  /* what is wrong with that */
	struct report **reports; /* by unit; NULL: not yet */
	struct progress *progress;
};

static const struct check_unit *unit_at(const struct state *s, size_t i)
{
	return s->run->units->list->pdata[i];
}

/* ---- names ---- */

/* What of an absolute name the user need not read, or 0. */
static size_t prefix_length(const char *file)
{
	char *cwd = g_get_current_dir();
	size_t n = strlen(cwd);

	if (strncmp(file, cwd, n) || file[n] != '/' || !file[n + 1])
		n = 0;
	else
		n++;
	g_free(cwd);
	return n;
}

/* @data: the folder that relative names are relative to; NULL: the current. */
static char *visible_name(const char *file, void *data)
{
	char *full = g_canonicalize_filename(file, data);
	char *name = g_strdup(full + prefix_length(full));

	g_free(full);
	return name;
}

char *check_file_name(const char *file)
{
	return visible_name(file, NULL);
}

/* Errors begin with the file's name. */
static void shorten_errors(struct report *r)
{
	for (guint i = 0; i < r->errors->len; i++) {
		char *error = r->errors->pdata[i];

		r->errors->pdata[i] = g_strdup(error + prefix_length(error));
		g_free(error);
	}
}

/* ---- in a worker ---- */

/* What is incomplete says why on stderr, also where only a skip tells. */
static void require_error(struct report *r, const char *file)
{
	const char *reason = "could not be analysed";

	if (!r->incomplete || r->errors->len)
		return;
	for (guint i = 0; i < r->skips->len; i++) {
		const struct coverage_skip *s;

		s = &g_array_index(r->skips, struct coverage_skip, i);
		if (!s->function) {
			reason = s->reason;
			break;
		}
	}
	report_error(r, "%s: %s", file, reason);
}

static gboolean test_wants(const char *variable, const char *file)
{
	const char *part = g_getenv(variable);

	return part && *part && strstr(file, part);
}

/* A worker has a connection of its own, from its first unit to its end. */
static void open_store(struct state *s)
{
	char *notice;

	if (!s->run->store || s->pipeline.store || s->store_error)
		return;
	s->pipeline.store = store_open(s->run->store, &notice,
				       &s->store_error);
	g_free(notice);
}

/* Once a worker: the run goes on, and everything is read anew. */
static void tell_store_error(struct state *s, struct report *r)
{
	const char *error = s->pipeline.store ?
				    store_error(s->pipeline.store) :
				    s->store_error;

	if (error && !s->told)
		report_error(r, "%s: given up: %s", s->run->store, error);
	s->told = error != NULL;
}

static struct report *run_unit(size_t i, void *data)
{
	struct state *s = data;
	const struct check_unit *u = unit_at(s, i);
	struct report *r;

	if (test_wants("PINCHECK_TEST_ABORT", u->file))
		abort();
	while (test_wants("PINCHECK_TEST_HANG", u->file))
		pause();
	open_store(s);
	r = s->run->pass(u->cmd, &s->pipeline);
	tell_store_error(s, r);
	require_error(r, u->file);
	report_map_files(r, visible_name, u->cmd->directory);
	shorten_errors(r);
	return r;
}

/* ---- in the parent ---- */

static void unit_done(size_t i, struct report *r, void *data)
{
	struct state *s = data;

	s->reports[i] = r;
	progress_step(s->progress, report_count_from(r, s->run->min));
}

static void unit_lost(size_t i, const char *reason, void *data)
{
	struct state *s = data;
	char *file = check_file_name(unit_at(s, i)->file);
	struct report *r = report_new();

	report_error(r, "%s: %s", file, reason);
	report_skip(r, file, NULL, reason);
	r->incomplete = TRUE;
	g_free(file);
	unit_done(i, r, s);
}

static void hear_noise(const char *line, void *data)
{
	const struct state *s = data;

	g_ptr_array_add(s->run->noise, g_strdup(line));
}

struct report *check_run(const struct check_run *run)
{
	size_t count = run->units->list->len;
	char *reader = run->store ? pipeline_reader() : NULL;
	struct state s = {
		.run = run, .pipeline = *run->pipeline,
		.reports = g_new0(struct report *, count),
		.progress = progress_new(count)
	};
	const struct workers_job job = {
		count, run->jobs, run->timeout, &s,
		run_unit, unit_done, unit_lost, hear_noise
	};
	struct report *r = run->start;

	s.pipeline.reader = reader;
	report_map_files(r, visible_name, NULL);
	workers_run(&job);
	for (size_t i = 0; i < count; i++)
		report_merge(r, s.reports[i]);
	progress_free(s.progress);
	g_free(s.reports);
	g_free(reader);
	report_finish(r);
	return r;
}
