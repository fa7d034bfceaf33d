// SPDX-License-Identifier: GPL-2.0-only
/* The one unit of dump and replay: how it is compiled, and its model. */
#include "cmd/target.h"

#include "cmd/common.h"
#include "cmd/link_run.h"
#include "cmd/stores.h"
#include "facts/facts.h"
#include "pipeline/pipeline.h"

int target_check(const struct target *t, const char *command, const char *what)
{
	if (!t->run.args || g_strv_length(t->run.args) != 1)
		return cmd_usage("%s takes one %s", command, what);
	return CMD_GO;
}

static void say_all(const GPtrArray *lines)
{
	for (guint i = 0; i < lines->len; i++)
		cmd_say("%s", (const char *)lines->pdata[i]);
}

/* As in a run of check that has the store of the database. */
static void add_mined(struct target *t, const char *file)
{
	char *store = t->run.store ? g_strdup(t->run.store) :
				     stores_default(file, t->run.db_dir);

	run_model_add_mined(&t->model, store);
	g_free(store);
}

/* FALSE after a message: the store is no use. */
static gboolean open_store(struct target *t)
{
	char *notice, *error = NULL;

	t->store = store_open(t->run.store, &notice, &error);
	if (!t->store)
		cmd_say("%s", error);
	g_free(notice);
	g_free(error);
	return t->store != NULL;
}

/* Brought up to date first, as check does; what is not linked is not used. */
static gboolean link_store(struct target *t)
{
	GPtrArray *noise = g_ptr_array_new_with_free_func(g_free);
	const struct link_run run = {
		.options = &t->run, .model = &t->model, .units = t->units,
		.noise = noise
	};
	struct link_outcome linked;
	gboolean good = TRUE;

	t->reader = pipeline_reader();
	link_run(&run, &linked);
	say_all(linked.notices);
	if (linked.linked)
		good = open_store(t);
	else
		cmd_say("%s: pincheck index has not linked it", t->run.store);
	link_outcome_clear(&linked);
	g_ptr_array_unref(noise);
	return good;
}

int target_open(struct target *t, char *file)
{
	const struct units_flags flags = { t->run.db_dir, t->run.clang_args };
	char *paths[] = { file, NULL };
	gboolean good = TRUE;

	t->units = units_collect(paths, &flags);
	if (!run_model_load(&t->model, paths, t->run.models))
		return STATUS_USAGE;
	if (t->run.store && !stores_accept(t->run.store))
		return STATUS_INCOMPLETE;
	if (!t->run.clang_args)
		add_mined(t, file);
	say_all(t->units->notices);
	say_all(t->units->report->errors);
	if (t->units->list->len && t->run.store)
		good = link_store(t);
	if (!t->units->list->len || !good)
		return STATUS_INCOMPLETE;
	t->unit = t->units->list->pdata[0];
	return CMD_GO;
}

struct pipeline_options target_pipeline(const struct target *t)
{
	return (struct pipeline_options){
		.model = t->model.model, .outside = t->store,
		.reader = t->reader
	};
}

void target_clear(struct target *t)
{
	store_close(t->store);
	units_free(t->units);
	run_model_clear(&t->model);
	run_options_clear(&t->run);
	g_free(t->reader);
}
