// SPDX-License-Identifier: GPL-2.0-only
/* Where the facts store lies: beside the compile database it was made from. */
#include "cmd/stores.h"

#include "cmd/common.h"
#include "cmd/units.h"
#include "facts/facts.h"

#define STORE_NAME ".cache/pincheck/facts.db"

char *stores_default(const char *path, const char *db_dir)
{
	char *folder = units_folder(db_dir ? db_dir : path);
	char *top = db_dir ? g_strdup(folder) :
			     units_find_up(folder, "compile_commands.json");
	char *file = top ? g_build_filename(top, STORE_NAME, NULL) : NULL;

	g_free(top);
	g_free(folder);
	return file;
}

gboolean stores_prepare(const char *file)
{
	char *notice, *error = NULL;
	struct store *s = store_open(file, &notice, &error);

	if (notice)
		cmd_say("%s", notice);
	if (!s)
		cmd_say("%s", error);
	g_free(notice);
	g_free(error);
	store_close(s);
	return s != NULL;
}

gboolean stores_choose(char **store, const char *path, const char *db_dir)
{
	if (*store)
		return stores_prepare(*store);
	*store = stores_default(path, db_dir);
	/* one that is no use now costs time, not the run */
	if (*store && (!g_file_test(*store, G_FILE_TEST_EXISTS) ||
		       !stores_prepare(*store)))
		g_clear_pointer(store, g_free);
	return TRUE;
}

char *stores_mined(const char *store)
{
	return g_strconcat(store, ".mined", NULL);
}
