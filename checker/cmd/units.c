// SPDX-License-Identifier: GPL-2.0-only
/*
 * Units: which files the command line means, and how each is compiled.
 *
 * A folder means all .c files below it; or, when there is a compile
 * database, those of them that it names, because the others are not part of
 * the build. Hidden folders and symbolic links to folders are not entered.
 */
#include "cmd/units.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/folder.h"
#include "cmd/common.h"

#define DB_NAME "compile_commands.json"

struct database {
	char *dir;
	struct compile_db *db; /* NULL: it could not be loaded */
	char **files;	       /* absolute and sorted; NULL like db */
};

struct collector {
	struct units *units;
	const struct units_flags *flags;
	GHashTable *databases; /* dir -> struct database */
	GHashTable *seen;      /* absolute files that have a unit */
};

static void unit_destroy(void *unit)
{
	struct check_unit *u = unit;

	g_free(u->file);
	compile_command_free(u->cmd);
	g_free(u);
}

void units_free(struct units *u)
{
	if (!u)
		return;
	g_ptr_array_unref(u->list);
	report_free(u->report);
	g_ptr_array_unref(u->notices);
	g_ptr_array_unref(u->left_out);
	g_free(u);
}

static void database_free(void *database)
{
	struct database *d = database;

	g_free(d->dir);
	compile_db_free(d->db);
	g_strfreev(d->files);
	g_free(d);
}

char *units_folder(const char *path)
{
	char *full = g_canonicalize_filename(path, NULL);
	char *folder;

	if (g_file_test(full, G_FILE_TEST_IS_DIR))
		return full;
	folder = g_path_get_dirname(full);
	g_free(full);
	return folder;
}

char *units_find_up(const char *folder, const char *name)
{
	char *dir = g_strdup(folder);

	for (;;) {
		char *file = g_build_filename(dir, name, NULL);
		char *parent = g_path_get_dirname(dir);
		gboolean found = g_file_test(file, G_FILE_TEST_EXISTS);
		gboolean top = !strcmp(parent, dir);

		g_free(file);
		if (found || top) {
			g_free(parent);
			if (found)
				return dir;
			g_free(dir);
			return NULL;
		}
		g_free(dir);
		dir = parent;
	}
}

static void notice(struct units *u, const char *format, ...)
	G_GNUC_PRINTF(2, 3);

static void notice(struct units *u, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	g_ptr_array_add(u->notices, g_strdup_vprintf(format, args));
	va_end(args);
}

/* Nothing of @path is analysed. */
static void refuse(struct collector *c, const char *path, const char *reason)
{
	struct report *r = c->units->report;

	report_error(r, "%s: %s", path, reason);
	report_skip(r, path, NULL, reason);
	r->incomplete = TRUE;
}

/* ---- databases ---- */

/* Takes @dir. */
static struct database *database_load(struct collector *c, char *dir)
{
	struct database *d = g_hash_table_lookup(c->databases, dir);
	char *error = NULL;

	if (d) {
		g_free(dir);
		return d;
	}
	d = g_new0(struct database, 1);
	d->dir = dir;
	d->db = compile_db_load(dir, &error);
	if (d->db) {
		d->files = compile_db_files(d->db);
	} else {
		report_error(c->units->report, "%s", error);
		c->units->report->incomplete = TRUE;
		g_free(error);
	}
	g_hash_table_insert(c->databases, dir, d);
	return d;
}

/* What is responsible for a path in @folder, or NULL: there is none. */
static struct database *database_of(struct collector *c, const char *folder)
{
	char *dir;

	if (c->flags->clang_args)
		return NULL;
	if (c->flags->db_dir)
		dir = g_canonicalize_filename(c->flags->db_dir, NULL);
	else
		dir = units_find_up(folder, DB_NAME);
	return dir ? database_load(c, dir) : NULL;
}

/* ---- files ---- */

/* Takes @cmd; the same file a second time changes nothing. */
static void add_unit(struct collector *c, const char *file,
		     struct compile_command *cmd)
{
	if (g_hash_table_add(c->seen, g_strdup(file)))
		units_add(c->units, file, cmd);
	else
		compile_command_free(cmd);
}

static void add_plain(struct collector *c, const char *file)
{
	static const char *const none[] = { NULL };
	char *cwd = g_get_current_dir();
	const char *const *args = none;

	if (c->flags->clang_args)
		args = (const char *const *)c->flags->clang_args;
	add_unit(c, file, compile_command_new(cwd, file, args));
	g_free(cwd);
}

static void add_from_database(struct collector *c, const struct database *d,
			      const char *file)
{
	struct compile_command *cmd = compile_db_command(d->db, file);
	char *real = cmd ? NULL : realpath(file, NULL);

	if (real)
		cmd = compile_db_command(d->db, real);
	if (cmd)
		/* By the name that the findings will have. */
		add_unit(c, real ? real : file, cmd);
	free(real);
	if (cmd)
		return;
	notice(c->units,
	       "%s: not in %s/" DB_NAME "; checked without its flags "
	       "(give them after --)", file, d->dir);
	add_plain(c, file);
}

static void add_file(struct collector *c, const char *path)
{
	char *file = g_canonicalize_filename(path, NULL);
	char *folder = g_path_get_dirname(file);
	struct database *d = database_of(c, folder);

	if (!d)
		add_plain(c, file);
	else if (d->db)
		add_from_database(c, d, file);
	else
		refuse(c, path, "its compile database cannot be read");
	g_free(folder);
	g_free(file);
}

/* ---- folders ---- */

static int compare_names(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* The .c files below @folder, absolute. FALSE: it cannot be read. */
static gboolean walk(struct collector *c, const char *folder, GPtrArray *files)
{
	GError *error = NULL;
	GDir *dir = g_dir_open(folder, 0, &error);
	const char *name;

	if (!dir) {
		refuse(c, folder, cmd_reason(error));
		g_error_free(error);
		return FALSE;
	}
	while ((name = g_dir_read_name(dir))) {
		char *path = g_build_filename(folder, name, NULL);

		if (*name != '.' && g_file_test(path, G_FILE_TEST_IS_DIR) &&
		    !g_file_test(path, G_FILE_TEST_IS_SYMLINK))
			walk(c, path, files);
		else if (g_str_has_suffix(name, ".c") &&
			 g_file_test(path, G_FILE_TEST_IS_REGULAR))
			g_ptr_array_add(files, g_strdup(path));
		g_free(path);
	}
	g_dir_close(dir);
	return TRUE;
}

static int add_below(struct collector *c, const struct database *d,
		     const char *folder)
{
	int n = 0;

	for (char **file = d->files; *file; file++) {
		if (!folder_rest(folder, *file) || !g_str_has_suffix(*file, ".c"))
			continue;
		add_unit(c, *file, compile_db_command(d->db, *file));
		n++;
	}
	return n;
}

static gboolean has_unit(const struct collector *c, const char *file)
{
	char *real;
	gboolean has;

	if (g_hash_table_contains(c->seen, file))
		return TRUE;
	real = realpath(file, NULL);
	has = real && g_hash_table_contains(c->seen, real);
	free(real);
	return has;
}

static void count_left_out(struct collector *c, const struct database *d,
			   const char *folder, const GPtrArray *files)
{
	int n = 0;

	for (guint i = 0; i < files->len; i++) {
		if (has_unit(c, files->pdata[i]))
			continue;
		g_ptr_array_add(c->units->left_out,
				g_strdup(files->pdata[i]));
		n++;
	}
	if (n)
		notice(c->units,
		       "%s: %d .c file%s left out: not in %s/" DB_NAME, folder,
		       n, n == 1 ? "" : "s", d->dir);
}

static void add_database_folder(struct collector *c, const struct database *d,
				const char *folder, const GPtrArray *files)
{
	char *real = realpath(folder, NULL);
	int n = add_below(c, d, folder);

	/* The database may know the folder by its real name. */
	if (!n && real)
		n = add_below(c, d, real);
	free(real);
	count_left_out(c, d, folder, files);
	if (!n)
		refuse(c, folder, "no file in the compile database");
}

static void add_plain_folder(struct collector *c, const char *folder,
			     const GPtrArray *files)
{
	for (guint i = 0; i < files->len; i++)
		add_plain(c, files->pdata[i]);
	if (!files->len)
		refuse(c, folder, "no .c file in it");
}

static void add_folder_files(struct collector *c, const char *path,
			     const char *folder, GPtrArray *files)
{
	struct database *d = database_of(c, folder);

	g_ptr_array_sort(files, compare_names);
	if (!d)
		add_plain_folder(c, folder, files);
	else if (d->db)
		add_database_folder(c, d, folder, files);
	else
		refuse(c, path, "its compile database cannot be read");
}

static void add_folder(struct collector *c, const char *path)
{
	char *folder = g_canonicalize_filename(path, NULL);
	GPtrArray *files = g_ptr_array_new_with_free_func(g_free);

	if (walk(c, folder, files))
		add_folder_files(c, path, folder, files);
	g_ptr_array_unref(files);
	g_free(folder);
}

/* ---- paths ---- */

static void add_path(struct collector *c, const char *path)
{
	if (g_file_test(path, G_FILE_TEST_IS_DIR))
		add_folder(c, path);
	else if (access(path, R_OK))
		refuse(c, path, g_strerror(errno));
	else if (g_file_test(path, G_FILE_TEST_IS_REGULAR))
		add_file(c, path);
	else
		refuse(c, path, "neither a file nor a folder");
}

static int compare_units(const void *a, const void *b)
{
	const struct check_unit *ua = *(void *const *)a;
	const struct check_unit *ub = *(void *const *)b;

	return strcmp(ua->file, ub->file);
}

struct units *units_new(void)
{
	struct units *u = g_new0(struct units, 1);

	u->list = g_ptr_array_new_with_free_func(unit_destroy);
	u->report = report_new();
	u->notices = g_ptr_array_new_with_free_func(g_free);
	u->left_out = g_ptr_array_new_with_free_func(g_free);
	return u;
}

void units_add(struct units *u, const char *file, struct compile_command *cmd)
{
	struct check_unit *c = g_new0(struct check_unit, 1);

	c->file = g_strdup(file);
	c->cmd = cmd;
	g_ptr_array_add(u->list, c);
}

void units_take(struct units *into, struct units *from)
{
	g_ptr_array_extend_and_steal(into->list, from->list);
	from->list = g_ptr_array_new();
	units_free(from);
}

struct units *units_collect(char **paths, const struct units_flags *flags)
{
	struct units *u = units_new();
	struct collector c = { u, flags, NULL, NULL };

	c.databases = g_hash_table_new_full(g_str_hash, g_str_equal, NULL,
					    database_free);
	c.seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	for (; *paths; paths++)
		add_path(&c, *paths);
	g_ptr_array_sort(u->list, compare_units);
	g_hash_table_unref(c.databases);
	g_hash_table_unref(c.seen);
	return u;
}

/* ---- parts ---- */

gboolean units_parse_shard(const char *text, struct units_shard *ret_shard)
{
	char **numbers = g_strsplit(text, "/", 2);
	guint64 k = 0, n = 0;
	gboolean good = numbers[0] && numbers[1] &&
		g_ascii_string_to_unsigned(numbers[1], 10, 1, G_MAXUINT, &n,
					   NULL) &&
		g_ascii_string_to_unsigned(numbers[0], 10, 1, n, &k, NULL);

	*ret_shard = (struct units_shard){ (guint)k, (guint)n };
	g_strfreev(numbers);
	return good;
}

static guint shard_of(const char *file, guint n)
{
	GChecksum *sum = g_checksum_new(G_CHECKSUM_SHA256);
	guint8 digest[32];
	gsize size = sizeof(digest);
	guint32 number;

	g_checksum_update(sum, (const guchar *)file, -1);
	g_checksum_get_digest(sum, digest, &size);
	g_checksum_free(sum);
	memcpy(&number, digest, sizeof(number));
	return GUINT32_FROM_BE(number) % n + 1;
}

void units_keep_shard(struct units *u, const struct units_shard *shard)
{
	guint i = 0;

	while (i < u->list->len) {
		const struct check_unit *c = u->list->pdata[i];

		if (shard_of(c->file, shard->n) == shard->k)
			i++;
		else
			g_ptr_array_remove_index(u->list, i);
	}
}
