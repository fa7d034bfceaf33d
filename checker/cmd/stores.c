// SPDX-License-Identifier: GPL-2.0-only
/* Where the facts store lies: beside the compile database it was made from. */
#include "cmd/stores.h"

#include "cmd/common.h"
#include "cmd/units.h"
#include "facts/program.h"

#define STORE_NAME ".cache/pincheck/facts.db"

/* The folder of the database; NULL: there is none. */
static char *database_folder(const char *path, const char *db_dir)
{
	char *folder = units_folder(db_dir ? db_dir : path);
	char *top;

	if (db_dir)
		return folder;
	top = units_find_up(folder, "compile_commands.json");
	g_free(folder);
	return top;
}

char *stores_default(const char *path, const char *db_dir)
{
	char *top = database_folder(path, db_dir);
	char *file = top ? g_build_filename(top, STORE_NAME, NULL) : NULL;

	g_free(top);
	return file;
}

/* By this name a store knows the folder of its compile database. */
#define DATABASE "database"

void stores_name_database(const char *file, const char *path,
			  const char *db_dir)
{
	char *top = database_folder(path, db_dir);
	struct store *s = top ? stores_open(file) : NULL;

	if (s)
		store_remember_program(s, DATABASE, "", top);
	store_close(s);
	g_free(top);
}

/* Those that the compile database in this folder names; NULL: there is none. */
static char **database_files(const char *top)
{
	char *error = NULL;
	struct compile_db *db = top ? compile_db_load(top, &error) : NULL;
	char **files = db ? compile_db_files(db) : NULL;

	compile_db_free(db);
	g_free(error);
	return files;
}

char **stores_program(struct store *s)
{
	char *top = store_recall_program(s, DATABASE, NULL);
	char **files = database_files(top);

	g_free(top);
	return files;
}

gboolean stores_have_all(struct store *s, char **files)
{
	for (; *files; files++)
		if (!store_has_unit(s, *files))
			return FALSE;
	return TRUE;
}

static void add_unit(const char *path, void *program)
{
	g_hash_table_add(program, g_strdup(path));
}

/* Paths, each owned. What a database does not name was only looked at once. */
static GHashTable *program_of(struct store *s, char **files)
{
	GHashTable *program = g_hash_table_new_full(g_str_hash, g_str_equal,
						    g_free, NULL);

	for (; files && *files; files++)
		add_unit(*files, program);
	if (!files && s)
		store_each_unit(s, add_unit, program);
	return program;
}

guint stores_lacking(const char *file, const char *path, const char *db_dir,
		     const struct units *units)
{
	char *top = database_folder(path, db_dir);
	char **files = database_files(top);
	struct store *s = stores_open(file);
	GHashTable *program = program_of(s, files);
	guint n;

	for (guint i = 0; i < units->list->len; i++) {
		const struct check_unit *u = units->list->pdata[i];

		g_hash_table_remove(program, u->file);
	}
	n = g_hash_table_size(program);
	g_hash_table_unref(program);
	store_close(s);
	g_strfreev(files);
	g_free(top);
	return n;
}

struct store *stores_open(const char *file)
{
	char *notice, *error = NULL;
	struct store *s = store_open(file, &notice, &error);

	if (notice)
		cmd_say("%s", notice);
	if (!s)
		cmd_say("%s", error);
	g_free(notice);
	g_free(error);
	return s;
}

/* "1 unit", "2 units"; the caller frees it. */
static char *count_text(gint64 n, const char *what)
{
	return g_strdup_printf("%" G_GINT64_FORMAT " %s%s", n, what,
			       n == 1 ? "" : "s");
}

void stores_tell(struct store *s, const char *file, const char *more)
{
	struct store_counts n;
	char *units, *functions, *files, *size;

	store_count(s, &n);
	units = count_text(n.units, "unit");
	functions = count_text(n.functions, "function");
	files = count_text(n.files, "file");
	size = g_format_size((guint64)MAX(n.bytes, 0));
	cmd_say("%s: %s, %s in %s, %s%s", file, units, functions, size, files,
		more);
	g_free(units);
	g_free(functions);
	g_free(files);
	g_free(size);
}

gboolean stores_accept(const char *file)
{
	char *why = store_refusal(file);

	if (why)
		cmd_say("%s: %s ('pincheck index' makes a store)", file, why);
	g_free(why);
	return why == NULL;
}

gboolean stores_prepare(const char *file)
{
	struct store *s = stores_open(file);

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
