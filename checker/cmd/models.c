// SPDX-License-Identifier: GPL-2.0-only
/* The model for a run: the built-in one and all .pincheck files for it. */
#include "cmd/models.h"

#include <string.h>

#include "cmd/common.h"
#include "cmd/stores.h"
#include "cmd/units.h"
#include "model/model.h"

#define MODEL_NAME ".pincheck"

/* Where looking upwards from @folder ends: the nearest of the tops. */
static char *top_of(const char *folder)
{
	char *git = units_find_up(folder, ".git");
	char *db = units_find_up(folder, "compile_commands.json");

	/* Both lie above the folder, so the longer one is nearer. */
	if (git && db && strlen(git) < strlen(db)) {
		g_free(git);
		return db;
	}
	if (!git)
		return db ? db : g_strdup(folder);
	g_free(db);
	return git;
}

static void find_between(const char *folder, const char *top, GPtrArray *into)
{
	char *file = g_build_filename(folder, MODEL_NAME, NULL);

	if (strcmp(folder, top)) {
		char *parent = g_path_get_dirname(folder);

		find_between(parent, top, into);
		g_free(parent);
	}
	if (g_file_test(file, G_FILE_TEST_IS_REGULAR) &&
	    !g_ptr_array_find_with_equal_func(into, file, g_str_equal, NULL))
		g_ptr_array_add(into, file);
	else
		g_free(file);
}

char **run_model_find(char **paths)
{
	GPtrArray *files = g_ptr_array_new();

	for (; *paths; paths++) {
		char *folder = units_folder(*paths);
		char *top = top_of(folder);

		find_between(folder, top, files);
		g_free(folder);
		g_free(top);
	}
	g_ptr_array_add(files, NULL);
	return (char **)g_ptr_array_free(files, FALSE);
}

static gboolean load_all(struct model *m, char **files)
{
	for (; files && *files; files++) {
		char *error = NULL;

		if (!model_load_file(m, *files, &error))
			continue;
		cmd_say("%s", error);
		g_free(error);
		return FALSE;
	}
	return TRUE;
}

static void add_bytes(GChecksum *sum, char **files)
{
	for (; files && *files; files++) {
		char *text;
		gsize n;

		if (!g_file_get_contents(*files, &text, &n, NULL))
			continue;
		g_checksum_update(sum, (const guchar *)text, (gssize)n);
		/* two files are not one */
		g_checksum_update(sum, (const guchar *)"", 1);
		g_free(text);
	}
}

static char *digest_of(char **found, char **given)
{
	GChecksum *sum = g_checksum_new(G_CHECKSUM_SHA256);
	char *digest;

	add_bytes(sum, found);
	add_bytes(sum, given);
	digest = g_strdup(g_checksum_get_string(sum));
	g_checksum_free(sum);
	return digest;
}

gboolean run_model_load(struct run_model *m, char **paths, char **given)
{
	*m = (struct run_model){ .found = run_model_find(paths),
				 .model = model_new_builtin() };
	if (!load_all(m->model, m->found) || !load_all(m->model, given))
		return FALSE;
	m->own = model_copy(m->model);
	m->digest = digest_of(m->found, given);
	m->own_digest = g_strdup(m->digest);
	return TRUE;
}

void run_model_clear(struct run_model *m)
{
	g_clear_pointer(&m->model, model_free);
	g_clear_pointer(&m->own, model_free);
	g_strfreev(m->found);
	g_free(m->digest);
	g_free(m->own_digest);
}

static void rename_model(struct run_model *m, char *digest)
{
	g_free(m->digest);
	m->digest = digest;
}

void run_model_add_mined(struct run_model *m, const char *store)
{
	char *file = store ? stores_mined(store) : NULL;
	char *files[] = { file, NULL }, *mined, *error = NULL;

	if (file && g_file_test(file, G_FILE_TEST_IS_REGULAR)) {
		if (model_load_mined(m->model, file, &error))
			cmd_say("%s", error);
		g_free(error);
		mined = digest_of(files, NULL);
		rename_model(m, g_strconcat(m->digest, " ", mined, NULL));
		g_free(mined);
	}
	g_free(file);
}

void run_model_forget_builtin(struct run_model *m)
{
	model_forget_builtin(m->model);
	rename_model(m, g_strconcat("no-builtin ", m->digest, NULL));
}
