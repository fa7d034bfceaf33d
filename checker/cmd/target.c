// SPDX-License-Identifier: GPL-2.0-only
/* The one unit of dump and replay: how it is compiled, and its model. */
#include "cmd/target.h"

#include "cmd/common.h"
#include "cmd/link_run.h"
#include "cmd/models.h"
#include "cmd/stores.h"
#include "facts/facts.h"
#include "model/model.h"
#include "pipeline/pipeline.h"

int target_check(const struct target *t, const char *command, const char *what)
{
	if (!t->args || g_strv_length(t->args) != 1)
		return cmd_usage("%s takes one %s", command, what);
	if (t->db_dir && t->clang_args)
		return cmd_usage("either -p DIR or -- CLANG-ARGS");
	return CMD_GO;
}

static void say_all(const GPtrArray *lines)
{
	for (guint i = 0; i < lines->len; i++)
		cmd_say("%s", (const char *)lines->pdata[i]);
}

/* As in a run of check that has the store of the database. */
static void add_mined(const struct target *t, const char *file)
{
	char *store = t->store_file ? g_strdup(t->store_file) :
				      stores_default(file, t->db_dir);

	models_add_mined(t->model, store, NULL);
	g_free(store);
}

/* FALSE after a message: the store is no use. */
static gboolean open_store(struct target *t)
{
	char *notice, *error = NULL;

	t->store = store_open(t->store_file, &notice, &error);
	if (!t->store)
		cmd_say("%s", error);
	g_free(notice);
	g_free(error);
	return t->store != NULL;
}

/* Brought up to date first, as check does; what is not linked is not used. */
static gboolean link_store(struct target *t, struct model *own, char *digest)
{
	GPtrArray *noise = g_ptr_array_new_with_free_func(g_free);
	struct pipeline_options pipeline = { .model = own,
					     .model_digest = digest };
	const struct link_run run = {
		.store = t->store_file, .pipeline = &pipeline,
		.units = t->units, .jobs = 1, .noise = noise
	};
	struct link_outcome linked;
	gboolean good = TRUE;

	t->reader = pipeline_reader();
	pipeline.reader = t->reader;
	link_run(&run, &linked);
	say_all(linked.notices);
	if (linked.linked)
		good = open_store(t);
	else
		cmd_say("%s: pincheck index has not linked it", t->store_file);
	link_outcome_clear(&linked);
	g_ptr_array_unref(noise);
	return good;
}

int target_open(struct target *t, char *file)
{
	const struct units_flags flags = { t->db_dir, t->clang_args };
	char *paths[] = { file, NULL };
	char **found = models_find(paths);
	char *digest = models_digest(found, t->models);
	struct model *own;
	gboolean good = TRUE;

	t->model = models_load(found, t->models);
	own = t->model ? model_copy(t->model) : NULL;
	if (t->model && !t->clang_args)
		add_mined(t, file);
	g_strfreev(found);
	t->units = units_collect(paths, &flags);
	say_all(t->units->notices);
	say_all(t->units->report->errors);
	if (own && t->units->list->len && t->store_file)
		good = link_store(t, own, digest);
	models_free(own);
	g_free(digest);
	if (!t->model)
		return STATUS_USAGE;
	if (!t->units->list->len || !good)
		return STATUS_INCOMPLETE;
	t->unit = t->units->list->pdata[0];
	return CMD_GO;
}

void target_clear(struct target *t)
{
	store_close(t->store);
	units_free(t->units);
	models_free(t->model);
	g_free(t->db_dir);
	g_free(t->store_file);
	g_free(t->reader);
	g_strfreev(t->models);
	g_strfreev(t->args);
}
