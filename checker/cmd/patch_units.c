// SPDX-License-Identifier: GPL-2.0-only
/* From the files that a series changes to the units that are judged. */
#include "cmd/patch_units.h"

#include <stdlib.h>
#include <string.h>

#include "cmd/check.h"
#include "cmd/common.h"
#include "cmd/patch_unread.h"
#include "cmd/stores.h"
#include "facts/facts.h"
#include "facts/program.h"
#include "patch/patch.h"
#include "pipeline/pipeline.h"

struct finder {
	const struct patch_target *target;
	struct patch_units *units;
	GPtrArray *noise;
	struct store *store;	/* who reads what; NULL: not asked for yet */
	gboolean whole;		/* all of the database was read into it */
	struct unread *unread;	/* what of the database is not in it then */
	gboolean lost;		/* it cannot be asked */
};

static void refuse(struct finder *f, const char *path, const char *reason)
{
	struct report *r = f->units->told->report;
	char *name = check_file_name(path);

	report_error(r, "%s: not judged: %s", name, reason);
	report_skip(r, name, NULL, reason);
	r->incomplete = TRUE;
	g_free(name);
}

/* ---- links ---- */

/* Without links, as far as it is there. The caller frees it. */
static char *real_path(const char *path)
{
	char *real = realpath(path, NULL), *folder, *name;

	if (real)
		return real;
	folder = g_path_get_dirname(path);
	name = g_path_get_basename(path);
	real = realpath(folder, NULL);
	g_free(folder);
	folder = real ? g_build_filename(real, name, NULL) : g_strdup(path);
	free(real);
	g_free(name);
	return folder;
}

/* Patched text is seen by this name, too. */
static void tell_link(const struct patch_units *u, const char *path,
		      const char *real)
{
	char *error = NULL;

	if (states_add_link(u->target->states, path, real, &error))
		return;
	report_error(u->told->report, "%s", error);
	u->told->report->incomplete = TRUE;
	g_free(error);
}

static void follow_files(struct patch_units *u)
{
	u->reals = g_ptr_array_new_with_free_func(free);
	u->names = g_hash_table_new(g_str_hash, g_str_equal);
	for (char **file = u->files; *file; file++) {
		char *real = real_path(*file);

		g_ptr_array_add(u->reals, real);
		g_hash_table_insert(u->names, real, *file);
		if (strcmp(real, *file))
			tell_link(u, *file, real);
	}
}

/* The name that the database has of a file, or else its own. */
static const char *name_of(const struct patch_units *u, const char *path)
{
	const char *name = NULL;

	if (u->names)
		name = g_hash_table_lookup(u->names, path);
	return name ? name : path;
}

/* ---- how files are compiled ---- */

static gboolean load_database(struct patch_units *u)
{
	const struct run_options *o = u->target->options;
	char *error = NULL;

	if (o->clang_args)
		return TRUE;
	u->dir = o->db_dir ? g_canonicalize_filename(o->db_dir, NULL) :
			     units_find_up(u->target->tree,
					   "compile_commands.json");
	if (!u->dir)
		return TRUE;
	u->db = compile_db_load(u->dir, &error);
	if (u->db) {
		u->files = compile_db_files(u->db);
		follow_files(u);
		return TRUE;
	}
	report_error(u->told->report, "%s", error);
	u->told->report->incomplete = TRUE;
	g_free(error);
	return FALSE;
}

/* The file that the series renames to @path, or from it; NULL: not known. */
static const char *file_renamed(const struct patch_units *u, const char *path)
{
	char *other = states_other_name(u->target->states, path);
	const char *known = other ? g_hash_table_lookup(u->names, other) : NULL;

	g_free(other);
	return known;
}

/* A file of the database in the same folder; NULL: there is none. */
static const char *file_beside(const struct patch_units *u, const char *path)
{
	char *folder = g_path_get_dirname(path);
	const char *beside = NULL;

	for (guint i = 0; i < u->reals->len && !beside; i++) {
		char *other = g_path_get_dirname(u->reals->pdata[i]);

		if (!strcmp(other, folder) &&
		    g_str_has_suffix(u->files[i], ".c"))
			beside = u->files[i];
		g_free(other);
	}
	g_free(folder);
	return beside;
}

/*
 * As the file that it is renamed from or to, or as one beside it, which the
 * notices name; NULL: there is none.
 */
static struct compile_command *borrow_command(struct patch_units *u,
					      const char *path)
{
	const char *beside = file_renamed(u, path);
	struct compile_command *other, *cmd;
	char *name, *like;

	if (!beside)
		beside = file_beside(u, path);
	if (!beside)
		return NULL;
	other = compile_db_command(u->db, beside);
	cmd = compile_command_new(other->directory, path,
				  (const char *const *)other->args);
	compile_command_free(other);
	name = check_file_name(path);
	like = check_file_name(beside);
	g_ptr_array_add(u->told->notices, g_strdup_printf(
		"%s: not in %s/compile_commands.json; compiled like %s", name,
		u->dir, like));
	g_free(name);
	g_free(like);
	return cmd;
}

/* Without a database. */
static struct compile_command *plain_command(const struct patch_units *u,
					     const char *path)
{
	static const char *const none[] = { NULL };
	char **given = u->target->options->clang_args;
	char *cwd = g_get_current_dir();
	struct compile_command *cmd;

	cmd = compile_command_new(cwd, path,
				  given ? (const char *const *)given : none);
	g_free(cwd);
	return cmd;
}

/* What the tree or its base lacks, no database of the tree can name. */
static gboolean is_passing(const struct patch_units *u, const char *path)
{
	char *base = states_file(u->target->states, 0, path);
	gboolean passing = !base || !g_file_test(path, G_FILE_TEST_EXISTS);

	g_free(base);
	return passing;
}

static struct compile_command *command_of(struct patch_units *u,
					  const char *path)
{
	struct compile_command *cmd;

	if (!u->db)
		return plain_command(u, path);
	cmd = compile_db_command(u->db, path);
	return cmd || !is_passing(u, path) ? cmd : borrow_command(u, path);
}

/* ---- units ---- */

static void patch_unit_free(void *unit)
{
	struct patch_unit *u = unit;

	g_free(u->file);
	compile_command_free(u->cmd);
	g_free(u);
}

struct patch_unit *patch_units_get(struct patch_units *u, const char *path)
{
	struct patch_unit *new;

	if (u->db && !g_strv_contains((const char *const *)u->files, path))
		path = name_of(u, path);
	new = g_hash_table_lookup(u->all, path);
	if (new)
		return new;
	new = g_new0(struct patch_unit, 1);
	new->cmd = command_of(u, path);
	new->file = g_strdup(path);
	if (new->cmd) {
		g_hash_table_insert(u->all, new->file, new);
		return new;
	}
	patch_unit_free(new);
	return NULL;
}

static void add_unit(struct finder *f, unsigned k, struct patch_unit *u)
{
	if (!g_ptr_array_find(f->units->of[k], u, NULL))
		g_ptr_array_add(f->units->of[k], u);
}

/* ---- who reads a file ---- */

static gboolean is_source(const char *name)
{
	return g_str_has_suffix(name, ".c");
}

static gboolean is_header(const char *name)
{
	return patch_is_code(name) && !is_source(name);
}

/*
 * All units of the database; what is wrong with them is told when they are
 * judged.
 */
static void read_all(const struct finder *f, const struct run_options *o)
{
	struct units *units = units_new();
	const struct pipeline_options pipeline = { 0 };
	const struct check_run run = {
		.options = o, .units = units, .pass = pipeline_index,
		.pipeline = &pipeline, .noise = f->noise
	};

	for (char **file = f->units->files; *file; file++)
		units_add(units, *file,
			  compile_db_command(f->units->db, *file));
	report_free(check_run(&run));
	units_free(units);
}

static void add_link(const char *path, void *data)
{
	const struct finder *f = data;
	char *real = real_path(path);

	if (strcmp(real, path)) {
		g_ptr_array_add(f->units->links, g_strdup(path));
		g_ptr_array_add(f->units->links, real);
	} else {
		free(real);
	}
}

/* The store goes by the names that files were opened by. */
static void list_links(struct finder *f)
{
	g_clear_pointer(&f->units->links, g_ptr_array_unref);
	f->units->links = g_ptr_array_new_with_free_func(free);
	if (f->store)
		store_each_file(f->store, add_link, f);
}

/* The units that could not be read. */
static void list_unread(struct finder *f)
{
	const struct patch_units *u = f->units;

	f->unread = unread_new();
	for (char **file = u->files; f->store && *file; file++) {
		struct compile_command *cmd;

		if (store_has_unit(f->store, *file))
			continue;
		cmd = compile_db_command(u->db, *file);
		unread_add(f->unread, cmd);
		compile_command_free(cmd);
	}
}

/* Nobody knows what a patch of @path changes in those. */
static void refuse_unread(const struct finder *f, const char *path)
{
	struct report *r = f->units->told->report;
	const char *one;
	guint n = unread_count(f->unread, path, &one);
	char *name, *example, *reason;

	if (!n)
		return;
	name = check_file_name(path);
	example = check_file_name(one);
	reason = g_strdup_printf("%u unit%s could not be read, and may read"
				 " it: not judged, such as %s", n,
				 n == 1 ? "" : "s", example);
	report_error(r, "%s: %s", name, reason);
	report_skip(r, name, NULL, reason);
	r->incomplete = TRUE;
	g_free(reason);
	g_free(example);
	g_free(name);
}

/* With all units of the database in it, as they are now. */
static gboolean open_store(struct finder *f)
{
	struct run_options o = *f->target->options;
	char *own = g_build_filename(f->target->scratch, "readers.db", NULL);

	if (!f->whole && !f->lost) {
		if (!o.store)
			o.store = own;
		store_close(f->store);
		read_all(f, &o);
		f->store = stores_open(o.store);
		f->lost = !f->store;
		f->whole = TRUE;
		list_links(f);
		list_unread(f);
	}
	g_free(own);
	return f->store != NULL;
}

/* As it is: what a file of no known kind is worth. */
static gboolean peek_store(struct finder *f)
{
	const char *store = f->target->options->store;

	if (!f->store && store && f->units->db && !f->lost) {
		f->store = stores_open(store);
		f->lost = !f->store;
		list_links(f);
	}
	return f->store != NULL;
}

/* All names of the files @paths; the caller unrefs it. */
static GPtrArray *names_of(const struct patch_units *u,
			   const char *const *paths)
{
	GPtrArray *names = g_ptr_array_new();

	for (const char *const *path = paths; *path; path++)
		g_ptr_array_add(names, (char *)*path);
	for (guint i = 0; u->links && i < u->links->len; i += 2)
		if (g_strv_contains(paths, u->links->pdata[i + 1])) {
			g_ptr_array_add(names, u->links->pdata[i]);
			tell_link(u, u->links->pdata[i],
				  u->links->pdata[i + 1]);
		}
	g_ptr_array_add(names, NULL);
	return names;
}

/* How many read one of @paths, by the store. */
static guint add_readers(struct finder *f, unsigned k, const char *const *paths)
{
	GPtrArray *names = names_of(f->units, paths);
	char **readers = store_readers(f->store,
				       (const char *const *)names->pdata);
	guint n = 0;

	for (char **file = readers; file && *file; file++) {
		struct patch_unit *u = patch_units_get(f->units, *file);

		/* what the database no longer names is no part of the build */
		if (!u)
			continue;
		add_unit(f, k, u);
		n++;
	}
	g_strfreev(readers);
	g_ptr_array_unref(names);
	return n;
}

static void find_all_readers(struct finder *f, unsigned k, const char *path)
{
	const char *const paths[] = { path, NULL };

	if (!add_readers(f, k, paths) && is_source(path))
		refuse(f, path, "it is not in the compile database");
	refuse_unread(f, path);
}

static void find_readers(struct finder *f, unsigned k, const char *path)
{
	if (!f->units->db)
		refuse(f, path, "without a compile database nobody knows who"
		       " reads it");
	else if (!open_store(f))
		refuse(f, path, "the store cannot be used");
	else
		find_all_readers(f, k, path);
}

/* ---- a patch ---- */

static gboolean is_there(const struct finder *f, unsigned k, const char *path)
{
	char *before = states_file(f->target->states, k - 1, path);
	char *after = states_file(f->target->states, k, path);
	gboolean there = before || after;

	g_free(before);
	g_free(after);
	return there;
}

static void add_changed(struct finder *f, unsigned k, const char *path)
{
	const char *const paths[] = { path, NULL };
	struct patch_unit *u = NULL;

	if (is_source(path))
		u = patch_units_get(f->units, path);
	if (u)
		add_unit(f, k, u);
	if (!u && (is_source(path) || is_header(path)))
		find_readers(f, k, path);
	else if (peek_store(f))
		add_readers(f, k, paths);
}

static int compare_units(const void *a, const void *b)
{
	const struct patch_unit *ua = *(void *const *)a;
	const struct patch_unit *ub = *(void *const *)b;

	return strcmp(ua->file, ub->file);
}

/* Absolute; for g_strfreev(). */
static char **changed_paths(const struct patch_target *t, unsigned k)
{
	const char *const *name = states_changed(t->states, k);
	GPtrArray *paths = g_ptr_array_new();

	for (; *name; name++)
		g_ptr_array_add(paths, g_build_filename(t->tree, *name, NULL));
	g_ptr_array_add(paths, NULL);
	return (char **)g_ptr_array_free(paths, FALSE);
}

static void find_of(struct finder *f, unsigned k)
{
	char **paths = changed_paths(f->target, k);

	for (char **path = paths; *path; path++)
		if (is_there(f, k, *path))
			add_changed(f, k, *path);
	g_strfreev(paths);
	g_ptr_array_sort(f->units->of[k], compare_units);
}

/*
 * What those read in the base the tree's store cannot tell. They matter where
 * readers were asked for, or where units are linked.
 */
static void find_of_base(struct finder *f)
{
	char **paths = changed_paths(f->target, 0);

	if (*paths && (f->whole || f->target->options->cross_file) &&
	    f->units->db && open_store(f))
		add_readers(f, 0, (const char *const *)paths);
	g_strfreev(paths);
}

struct patch_units *patch_units_find(const struct patch_target *t,
				     struct units *told, GPtrArray *noise)
{
	struct patch_units *u = g_new0(struct patch_units, 1);
	struct finder f = { .target = t, .units = u, .noise = noise };
	unsigned k;

	u->target = t;
	u->told = told;
	u->of = g_new0(GPtrArray *, t->n + 1);
	u->all = g_hash_table_new_full(g_str_hash, g_str_equal, NULL,
				       patch_unit_free);
	for (k = 0; k <= t->n; k++)
		u->of[k] = g_ptr_array_new();
	if (load_database(u)) {
		for (k = 1; k <= t->n; k++)
			find_of(&f, k);
		find_of_base(&f);
	}
	store_close(f.store);
	unread_free(f.unread);
	return u;
}

void patch_units_find_more(struct patch_units *u, unsigned k, const char *store)
{
	struct finder f = { .target = u->target, .units = u };
	char **paths;

	if (!u->db || !g_file_test(store, G_FILE_TEST_EXISTS))
		return;
	paths = changed_paths(u->target, k);
	f.store = stores_open(store);
	if (f.store)
		add_readers(&f, k, (const char *const *)paths);
	store_close(f.store);
	g_strfreev(paths);
	g_ptr_array_sort(u->of[k], compare_units);
}

GPtrArray *patch_units_list(const struct patch_units *u)
{
	GPtrArray *list = g_ptr_array_new();
	GHashTableIter it;
	void *unit;

	g_hash_table_iter_init(&it, u->all);
	while (g_hash_table_iter_next(&it, NULL, &unit))
		g_ptr_array_add(list, unit);
	g_ptr_array_sort(list, compare_units);
	return list;
}

void patch_units_free(struct patch_units *u)
{
	for (unsigned k = 0; k <= u->target->n; k++)
		g_ptr_array_unref(u->of[k]);
	g_free(u->of);
	g_hash_table_unref(u->all);
	g_clear_pointer(&u->links, g_ptr_array_unref);
	g_clear_pointer(&u->names, g_hash_table_unref);
	g_clear_pointer(&u->reals, g_ptr_array_unref);
	compile_db_free(u->db);
	g_strfreev(u->files);
	g_free(u->dir);
	g_free(u);
}
