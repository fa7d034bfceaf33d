// SPDX-License-Identifier: GPL-2.0-only
/* The one unit of dump and replay: how it is compiled, and its model. */
#include "cmd/target.h"

#include "cmd/common.h"
#include "cmd/models.h"
#include "cmd/stores.h"

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
	char *store = stores_default(file, t->db_dir);

	models_add_mined(t->model, store, NULL);
	g_free(store);
}

int target_open(struct target *t, char *file)
{
	const struct units_flags flags = { t->db_dir, t->clang_args };
	char *paths[] = { file, NULL };
	char **found = models_find(paths);

	t->model = models_load(found, t->models);
	if (t->model && !t->clang_args)
		add_mined(t, file);
	g_strfreev(found);
	t->units = units_collect(paths, &flags);
	say_all(t->units->notices);
	say_all(t->units->report->errors);
	if (!t->model)
		return STATUS_USAGE;
	if (!t->units->list->len)
		return STATUS_INCOMPLETE;
	t->unit = t->units->list->pdata[0];
	return CMD_GO;
}

void target_clear(struct target *t)
{
	units_free(t->units);
	models_free(t->model);
	g_free(t->db_dir);
	g_strfreev(t->models);
	g_strfreev(t->args);
}
