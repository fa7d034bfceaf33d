// SPDX-License-Identifier: GPL-2.0-only
/*
 * The run of `pincheck check`: all units through the pipeline and the other
 * engines in workers, and one report in the order of the units.
 *
 * For tests only: PINCHECK_TEST_ABORT and PINCHECK_TEST_HANG make a worker
 * abort, or hang, at units whose file name contains their value.
 */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/folder.h"
#include "base/words.h"
#include "cmd/check.h"
#include "cmd/precompile.h"
#include "cmd/progress.h"
#include "cmd/workers.h"
#include "engines/engine.h"
#include "facts/facts.h"
#include "frontend/frontend.h"
#include "pipeline/pipeline.h"
#include "rules/rules.h"

/* For an engine's own start and end, beside the time its units may take. */
#define ENGINE_GRACE_SECONDS 30

/* What a worker is given at a time. */
struct task {
	const struct engine *engine; /* NULL: the pipeline */
	const char *rule;	     /* the engine's; NULL: all that are wanted */
	size_t first, n;	     /* units */
};

struct state {
	const struct check_run *run;
	struct pipeline_options pipeline; /* a worker's has its store */
	char *store_error;	 /* why it has none */
	gboolean told;		 /* what is wrong with that */
	struct precompile *precompile; /* NULL: nothing was precompiled */
	GArray *tasks;		 /* struct task */
	struct engine_unit *units; /* the same as run->units */
	struct report **reports; /* by task; NULL: not yet */
	struct progress *progress;
};

static const struct check_unit *unit_at(const struct state *s, size_t i)
{
	return s->run->units->list->pdata[i];
}

static const struct task *task_at(const struct state *s, size_t i)
{
	return &g_array_index(s->tasks, struct task, i);
}

/* ---- names ---- */

/* What of an absolute name the user need not read, or 0. */
static size_t prefix_length(const char *file)
{
	char *cwd = g_get_current_dir();
	const char *rest = folder_rest(cwd, file);

	g_free(cwd);
	return rest ? (size_t)(rest - file) : 0;
}

char *check_visible_name(const char *file, void *data)
{
	char *full = g_canonicalize_filename(file, data);
	char *name = g_strdup(full + prefix_length(full));

	g_free(full);
	return name;
}

char *check_file_name(const char *file)
{
	return check_visible_name(file, NULL);
}

char **check_unit_names(const struct units *units)
{
	char **names = g_new0(char *, units->list->len + 1);

	for (guint i = 0; i < units->list->len; i++) {
		const struct check_unit *u = units->list->pdata[i];

		names[i] = check_file_name(u->file);
	}
	return names;
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

	if (!s->run->options->store || s->pipeline.store || s->store_error)
		return;
	s->pipeline.store = store_open(s->run->options->store, &notice,
				       &s->store_error);
	if (s->pipeline.store && s->run->options->overlaid)
		store_allow_absent(s->pipeline.store);
	if (s->run->linked)
		s->pipeline.outside = s->pipeline.store;
	g_free(notice);
}

/* Once a worker: the run goes on, and everything is read anew. */
static void tell_store_error(struct state *s, struct report *r)
{
	const char *error = s->pipeline.store ?
				    store_error(s->pipeline.store) :
				    s->store_error;

	if (error && !s->told)
		report_error(r, "%s: given up: %s", s->run->options->store, error);
	s->told = error != NULL;
}

static struct report *run_unit(struct state *s, const struct check_unit *u)
{
	struct report *r;

	if (test_wants("PINCHECK_TEST_ABORT", u->file))
		abort();
	while (test_wants("PINCHECK_TEST_HANG", u->file))
		pause();
	open_store(s);
	r = s->run->pass(u->cmd, &s->pipeline);
	tell_store_error(s, r);
	require_error(r, u->file);
	report_map_files(r, check_visible_name, u->cmd->directory);
	return r;
}

static struct report *run_engine(const struct state *s, const struct task *t)
{
	const struct engine_job job = {
		.units = s->units + t->first, .n_units = t->n,
		.model = s->run->engine_model,
		.rules = t->rule ? t->rule : s->run->pipeline->rules,
		.timeout = s->run->options->timeout, .mode = s->run->mode
	};
	struct report *r = t->engine->run(&job);

	report_map_files(r, check_visible_name, NULL);
	return r;
}

static GBytes *run_task(size_t i, void *data)
{
	struct state *s = data;
	const struct task *t = task_at(s, i);
	struct report *r;
	char *text;

	if (t->engine)
		r = run_engine(s, t);
	else
		r = run_unit(s, unit_at(s, t->first));
	shorten_errors(r);
	text = report_pack(r);
	report_free(r);
	return g_bytes_new_take(text, strlen(text));
}

/* An engine keeps the limit itself, and for each unit; this is for the rest. */
static int task_timeout(size_t i, void *data)
{
	const struct state *s = data;
	const struct task *t = task_at(s, i);
	gint64 seconds = s->run->options->timeout;

	if (t->engine && seconds)
		seconds = 2 * ((gint64)t->n + 1) *
			  (seconds + ENGINE_GRACE_SECONDS);
	return (int)MIN(seconds, G_MAXINT);
}

/* ---- in the parent ---- */

static void take_report(struct state *s, size_t i, struct report *r)
{
	const struct task *t = task_at(s, i);

	for (size_t k = t->first; k < t->first + t->n; k++) {
		char *file = check_file_name(unit_at(s, k)->file);

		report_unit(r, file, !r->incomplete);
		g_free(file);
	}
	s->reports[i] = r;
	progress_step(s->progress, report_count_from(r, s->run->min));
}

static gboolean task_done(size_t i, GBytes *result, char **ret_why, void *data)
{
	gsize length;
	const char *text = g_bytes_get_data(result, &length);
	struct report *r = report_unpack(text, length, ret_why);

	if (!r)
		return FALSE;
	take_report(data, i, r);
	return TRUE;
}

static void task_lost(size_t i, const char *reason, void *data)
{
	struct state *s = data;
	const struct task *t = task_at(s, i);
	struct report *r = report_new();

	for (size_t k = t->first; k < t->first + t->n; k++) {
		char *file = check_file_name(unit_at(s, k)->file);

		if (t->engine) {
			engine_fail(t->engine, r, file, reason);
		} else {
			report_error(r, "%s: %s", file, reason);
			report_skip(r, file, NULL, reason);
		}
		g_free(file);
	}
	r->incomplete = TRUE;
	take_report(s, i, r);
}

/* Units that start from one set of headers are given to one worker. */
static guint task_kind(size_t i, void *data)
{
	const struct state *s = data;
	const struct task *t = task_at(s, i);

	return s->pipeline.headers && !t->engine ?
		       headers_number(s->pipeline.headers,
				      unit_at(s, t->first)->cmd) : 0;
}

static void hear_noise(const char *line, void *data)
{
	const struct state *s = data;

	g_ptr_array_add(s->run->noise, g_strdup(line));
}

/* ---- tasks ---- */

/* @rounds: how often the units are gone through, so that workers have work. */
static void add_batches(struct state *s, const struct engine *e,
			const char *rule, size_t rounds)
{
	size_t count = s->run->units->list->len;
	size_t jobs = (size_t)s->run->options->jobs;
	size_t share = (count * rounds + jobs - 1) / jobs;
	size_t batch = MAX(MIN(e->batch, share), 1);

	for (size_t i = 0; i < count; i += batch) {
		const struct task t = { e, rule, i, MIN(batch, count - i) };

		g_array_append_val(s->tasks, t);
	}
}

static gboolean looks_for(const struct state *s, const struct engine *e,
			  const struct rule_info *rule)
{
	return words_have(s->run->pipeline->rules, rule->id) &&
	       engine_looks_for(e, rule->id);
}

static void add_engine(struct state *s, const struct engine *e)
{
	const struct rule_info *rule;
	size_t i, wanted = 0;

	if (!e->rule_by_rule) {
		add_batches(s, e, NULL, 1);
		return;
	}
	for (i = 0; (rule = rule_info_at(i)); i++)
		wanted += looks_for(s, e, rule);
	for (i = 0; (rule = rule_info_at(i)); i++)
		if (looks_for(s, e, rule))
			add_batches(s, e, rule->id, wanted);
}

/* The longer ones first, so that no worker is left alone with one. */
static void add_tasks(struct state *s)
{
	const struct check_run *run = s->run;

	for (guint i = 0; run->engines && i < run->engines->len; i++)
		add_engine(s, run->engines->pdata[i]);
	for (size_t i = 0; !run->engines_only && i < run->units->list->len;
	     i++) {
		const struct task t = { NULL, NULL, i, 1 };

		g_array_append_val(s->tasks, t);
	}
}

static struct engine_unit *engine_units(const struct units *units)
{
	struct engine_unit *list = g_new(struct engine_unit, units->list->len);

	for (guint i = 0; i < units->list->len; i++) {
		const struct check_unit *u = units->list->pdata[i];

		list[i] = (struct engine_unit){
			u->cmd->directory, u->file,
			(const char *const *)u->cmd->args
		};
	}
	return list;
}

/* The pipeline's first, whose errors stand in the order of the units. */
static void merge_all(struct state *s, struct report *into)
{
	for (int engines = 0; engines < 2; engines++)
		for (size_t i = 0; i < s->tasks->len; i++)
			if (!!task_at(s, i)->engine == engines)
				report_merge(into, s->reports[i]);
}

struct report *check_run(const struct check_run *run)
{
	char *reader = run->options->store && !run->pipeline->reader ?
			       pipeline_reader() : NULL;
	struct state s = { .run = run, .pipeline = *run->pipeline,
			   .tasks = g_array_new(FALSE, FALSE,
						sizeof(struct task)),
			   .units = engine_units(run->units) };
	struct workers_job job = {
		0, run->options->jobs, &s, task_timeout,
		run_task, task_done, task_lost, hear_noise, task_kind
	};
	struct report *r = g_steal_pointer(&run->units->report);

	if (reader)
		s.pipeline.reader = reader;
	if (!run->options->no_pch && !run->engines_only && !run->linked)
		s.precompile = precompile(run, &s.pipeline);
	s.pipeline.headers = precompile_headers(s.precompile);
	add_tasks(&s);
	job.count = s.tasks->len;
	s.reports = g_new0(struct report *, job.count);
	s.progress = progress_new(job.count, run->engines && run->engines->len ?
					 "jobs" : "units");
	report_map_files(r, check_visible_name, NULL);
	if (run->engines_only)
		r->files = (int)run->units->list->len;
	workers_run(&job);
	merge_all(&s, r);
	precompile_free(s.precompile);
	progress_free(s.progress);
	g_free(s.reports);
	g_free(s.units);
	g_array_unref(s.tasks);
	g_free(reader);
	report_finish(r);
	return r;
}
