// SPDX-License-Identifier: GPL-2.0-only
/*
 * Linking through the worker processes. The store is open in this process
 * between the rounds only, never over a fork.
 *
 * For tests only: PINCHECK_TEST_ABORT_LINK makes a worker abort when it is to
 * summarise the function of that name.
 */
#include "cmd/link_run.h"

#include <stdlib.h>

#include "cmd/check.h"
#include "cmd/common.h"
#include "cmd/models.h"
#include "cmd/stores.h"
#include "cmd/workers.h"
#include "facts/facts.h"
#include "facts/program.h"
#include "link/link.h"
#include "pipeline/pipeline.h"

/* Whoever edits while we read makes us read again, but not for ever. */
#define MAX_TRIES 3

struct state {
	const struct link_run *run;
	struct link_options options;
	struct pipeline_options pipeline;
	struct link_outcome *outcome;
	struct link *link;
	struct store *own;	/* a worker's */
	char **program;		/* all files there are; NULL: nobody knows */
	int tries, lock;
	gboolean locked;	/* nobody else links */
};

static struct store *open_quietly(const char *path)
{
	char *notice = NULL, *error = NULL;
	struct store *s = store_open(path, &notice, &error);

	g_free(notice);
	g_free(error);
	return s;
}

/* ---- the rounds ---- */

static GBytes *run_task(size_t task, void *data)
{
	const char *victim = g_getenv("PINCHECK_TEST_ABORT_LINK");
	struct state *s = data;

	if (!s->own)
		s->own = open_quietly(s->run->options->store);
	if (!s->own)
		return g_bytes_new(NULL, 0);
	if (victim && link_task_has(s->link, (guint)task, victim))
		abort();
	return link_task(s->link, (guint)task, s->own);
}

static gboolean task_done(size_t task, GBytes *result, char **ret_why,
			  void *data)
{
	const struct state *s = data;

	if (link_take(s->link, (guint)task, result))
		return TRUE;
	*ret_why = g_strdup("not all functions are in it");
	return FALSE;
}

static void task_lost(size_t task, const char *reason, void *data)
{
	const struct state *s = data;

	link_lose(s->link, (guint)task, reason);
}

static void hear_noise(const char *line, void *data)
{
	const struct state *s = data;

	g_ptr_array_add(s->run->noise, g_strdup(line));
}

/* Each of its functions may take as long as a unit. */
static int task_timeout(size_t task, void *data)
{
	const struct state *s = data;
	gint64 seconds = (gint64)s->run->options->timeout *
			 link_task_size(s->link, (guint)task);

	return (int)MIN(seconds, G_MAXINT);
}

/* As a part knows only some callers, this has to be true at any moment. */
static void ask_whole(struct state *s, struct store *store)
{
	if (!s->program)
		s->program = stores_program(store);
	s->options.whole = s->program && stores_have_all(store, s->program);
}

static guint next_round(struct state *s)
{
	struct store *store = open_quietly(s->run->options->store);
	guint tasks = 0;

	if (store && !s->link) {
		ask_whole(s, store);
		s->link = link_new(store, &s->options);
	}
	if (store && s->link)
		tasks = link_round(s->link, store, (guint)s->run->options->jobs);
	if (!store || store_error(store))
		s->outcome->linked = FALSE;
	store_close(store);
	return tasks;
}

/* Whose names are told; of the others, how many they are. */
#define EXAMPLES 3

static char *tell_ambiguous(const GPtrArray *names)
{
	GString *line;

	if (!names->len)
		return NULL;
	line = g_string_new(NULL);
	g_string_printf(line, "%u name%s with several definitions, which nobody"
			" elsewhere knows apart:", names->len,
			names->len == 1 ? "" : "s");
	for (guint i = 0; i < MIN(names->len, EXAMPLES); i++)
		g_string_append_printf(line, "%s %s", i ? "," : "",
				       (const char *)names->pdata[i]);
	if (names->len > EXAMPLES)
		g_string_append(line, "...");
	return g_string_free(line, FALSE);
}

static void take_outcome(struct state *s)
{
	const struct link_counts n = link_counts(s->link);
	const GPtrArray *lines = link_notices(s->link);

	s->outcome->functions += n.functions;
	s->outcome->kept = n.kept;
	g_free(s->outcome->ambiguous);
	s->outcome->ambiguous = tell_ambiguous(link_ambiguous(s->link));
	s->outcome->lost = n.lost;
	for (guint i = 0; i < lines->len; i++)
		g_ptr_array_add(s->outcome->notices,
				g_strdup(lines->pdata[i]));
}

static void link_all(struct state *s)
{
	struct workers_job job = { 0, s->run->options->jobs, s, task_timeout,
				   run_task, task_done, task_lost,
				   hear_noise, NULL };

	while ((job.count = next_round(s)))
		workers_run(&job);
	if (s->link)
		take_outcome(s);
	link_free(s->link);
	s->link = NULL;
}

/* ---- the units ---- */

static struct check_unit *unit_of(struct compile_command *cmd)
{
	struct check_unit *u = g_new0(struct check_unit, 1);

	u->file = g_canonicalize_filename(cmd->file, cmd->directory);
	u->cmd = cmd;
	return u;
}

static gboolean has_unit(const GPtrArray *list, const char *file)
{
	for (guint i = 0; i < list->len; i++) {
		const struct check_unit *u = list->pdata[i];

		if (!g_strcmp0(u->file, file))
			return TRUE;
	}
	return FALSE;
}

static void check_unit_free(void *p)
{
	struct check_unit *u = p;

	compile_command_free(u->cmd);
	g_free(u->file);
	g_free(u);
}

static struct compile_command *copy_command(const struct compile_command *c)
{
	return compile_command_new(c->directory, c->file,
				   (const char *const *)c->args);
}

/* Those of the run that the store has not. */
static void add_wanted(const struct state *s, struct store *store,
		       GPtrArray *list)
{
	struct pipeline_options opt = s->pipeline;

	opt.store = store;
	for (guint i = 0; i < s->run->units->list->len; i++) {
		const struct check_unit *u = s->run->units->list->pdata[i];

		if (!pipeline_is_stored(u->cmd, &opt))
			g_ptr_array_add(list, unit_of(copy_command(u->cmd)));
	}
}

/* And those of the store that are not any more what they were. */
static guint add_stale(struct state *s, struct store *store, GPtrArray *list)
{
	struct pipeline_options opt = s->pipeline;
	GPtrArray *commands = g_ptr_array_new();
	guint n = 0;

	opt.store = store;
	pipeline_stale(&opt, commands);
	for (guint i = 0; i < commands->len; i++) {
		struct check_unit *u = unit_of(commands->pdata[i]);

		if (has_unit(list, u->file)) {
			check_unit_free(u);
			continue;
		}
		g_ptr_array_add(list, u);
		n++;
	}
	g_ptr_array_unref(commands);
	return n;
}

/* What is wrong with them is told when they are checked, not here. */
static void read_units(const struct state *s, GPtrArray *list)
{
	struct units units = { .list = list, .report = report_new() };
	const struct pipeline_options pipeline = { 0 };
	const struct check_run run = {
		.options = s->run->options, .units = &units,
		.pass = pipeline_index, .pipeline = &pipeline,
		.noise = s->run->noise
	};

	report_free(check_run(&run));
}

/* ---- all of it ---- */

/* What a look at the store says that is to be done. */
struct todo {
	gboolean use;		/* what it knows, once this is done */
	GPtrArray *read;	/* struct check_unit *, owned */
	guint unasked;		/* of them, those that the run is not about */
	gboolean link;		/* TRUE if there is something to read */
};

static gboolean may_use(const struct state *s, enum link_state state)
{
	if (s->run->index)
		return TRUE;
	if (state == LINK_OTHER)
		g_ptr_array_add(s->outcome->notices, g_strdup_printf(
			"%s: summaries of another version are not used:"
			" pincheck index makes them anew", s->run->options->store));
	return state >= LINK_OLD;
}

/* When nothing is left to do, no file changed while we looked. */
static void look(struct state *s, struct store *store, struct todo *ret)
{
	enum link_state state;
	char *files;

	ask_whole(s, store);
	state = link_state(store, &s->options);
	files = store_files_state(store);
	ret->use = may_use(s, state);
	if (ret->use && !s->tries)
		add_wanted(s, store, ret->read);
	if (ret->use && state != LINK_CURRENT && !s->run->only)
		ret->unasked = add_stale(s, store, ret->read);
	ret->link = ret->use && (ret->read->len || state < LINK_UNSURE ||
				 (s->run->index && !s->tries));
	if (ret->use && !ret->link && state == LINK_UNSURE && !s->run->only)
		link_settle(store, files);
	ret->use = ret->use && !store_error(store);
	g_free(files);
}

/* Another process may be at the same thing: then it is done when we may. */
static gboolean wait_for_others(struct state *s)
{
	if (s->locked)
		return FALSE;
	s->lock = store_lock(s->run->options->store);
	s->locked = TRUE;
	return TRUE;
}

/* FALSE: there is nothing (more) to do. */
static gboolean try_once(struct state *s)
{
	struct todo todo = {
		.read = g_ptr_array_new_with_free_func(check_unit_free)
	};
	struct store *store = open_quietly(s->run->options->store);
	gboolean again;

	if (store)
		look(s, store, &todo);
	store_close(store);
	s->outcome->linked = todo.use;
	again = todo.use && (todo.link || todo.read->len);
	if (again && !wait_for_others(s)) {
		read_units(s, todo.read);
		s->outcome->reread += todo.unasked;
		link_all(s);
		s->tries++;
	}
	g_ptr_array_unref(todo.read);
	return again && s->outcome->linked;
}

void link_run(const struct link_run *run, struct link_outcome *ret)
{
	char *reader = pipeline_reader();
	struct state s = {
		.run = run, .outcome = ret,
		.options = { .model = run->model->own, .reader = reader,
			     .model_digest = run->model->own_digest,
			     .sweep = run->index },
		.pipeline = { .model = run->model->own, .reader = reader,
			      .model_digest = run->model->own_digest }
	};

	*ret = (struct link_outcome){
		.notices = g_ptr_array_new_with_free_func(g_free)
	};
	while (s.tries < MAX_TRIES && try_once(&s))
		;
	if (s.locked)
		store_unlock(s.lock);
	g_strfreev(s.program);
	g_free(reader);
}

void link_outcome_clear(struct link_outcome *o)
{
	g_free(o->ambiguous);
	g_clear_pointer(&o->notices, g_ptr_array_unref);
}

gboolean link_units(const struct run_options *options,
		    const struct run_model *m, struct units *units,
		    GPtrArray *noise)
{
	const struct link_run run = { .options = options, .model = m,
				      .units = units, .noise = noise };
	struct link_outcome o;
	gboolean usable;

	if (!options->store || !options->cross_file)
		return FALSE;
	link_run(&run, &o);
	usable = o.linked;
	if (o.reread)
		g_ptr_array_add(units->notices, g_strdup_printf(
			"%u unit%s changed since pincheck index, and read again",
			o.reread, o.reread == 1 ? "" : "s"));
	for (guint i = 0; i < o.notices->len; i++)
		g_ptr_array_add(units->notices,
				g_strdup(o.notices->pdata[i]));
	link_outcome_clear(&o);
	return usable;
}
