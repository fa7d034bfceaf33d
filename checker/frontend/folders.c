// SPDX-License-Identifier: GPL-2.0-only
/*
 * A file that comes to lie earlier in the search path, or that __has_include
 * asked for, is no input whose change could be seen: it shows in its folder.
 * Editors and compilers write into folders all the time, so only names that an
 * inclusion may have are looked at. Not seen is what comes into a folder below
 * one of these from which nothing is included yet.
 */
#include "frontend/folders.h"

#include <string.h>

#include "base/folder.h"
#include "base/stamp.h"

struct listing {
	struct stamp stamp;
	char *names; /* those that matter, in order */
	bool settled; /* what changes later than the stamp has another one */
};

struct folders {
	GHashTable *names;    /* of inputs, and of the folders that have them */
	GHashTable *listings; /* path -> struct listing */
	bool doubtful; /* one may have changed while the unit was parsed */
};

static GHashTable *set_new(void)
{
	return g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
}

static void listing_free(gpointer listing)
{
	g_free(((struct listing *)listing)->names);
	g_free(listing);
}

void folders_free(struct folders *f)
{
	if (!f)
		return;
	g_hash_table_unref(f->names);
	g_hash_table_unref(f->listings);
	g_free(f);
}

bool folders_matter(const struct folders *f, const char *name)
{
	return g_str_has_suffix(name, ".h") ||
	       g_hash_table_contains(f->names, name);
}

/* ---- where it is looked ---- */

/* What @arg says, if it is an option with a folder, or may be its argument. */
static const char *folder_of(const char *arg)
{
	static const char *const options[] = { "-I", "-iquote", "-isystem",
					       "-idirafter" };
	gsize i;

	for (i = 0; i < G_N_ELEMENTS(options); i++)
		if (g_str_has_prefix(arg, options[i]))
			return arg + strlen(options[i]);
	return *arg == '-' ? "" : arg;
}

static void add_roots(GHashTable *roots, const struct compile_command *cmd,
		      GHashTable *inputs)
{
	GHashTableIter iter;
	gpointer path;
	const char *folder;
	char **arg;

	for (arg = cmd->args; *arg; arg++)
		if (*(folder = folder_of(*arg)))
			g_hash_table_add(roots, g_canonicalize_filename(
						folder, cmd->directory));
	g_hash_table_iter_init(&iter, inputs);
	while (g_hash_table_iter_next(&iter, &path, NULL))
		g_hash_table_add(roots, g_path_get_dirname(path));
}

/* "a/b" and "a": a folder comes to be one after the other. */
static void add_below(struct folders *f, GHashTable *below, const char *rest)
{
	char *path = g_strdup(rest);

	while (strcmp(path, ".") && !g_hash_table_contains(below, path)) {
		char *up = g_path_get_dirname(path);

		g_hash_table_add(f->names, g_path_get_basename(path));
		g_hash_table_add(below, path);
		path = up;
	}
	g_free(path);
}

/* By which names inclusions may have come to @folder. */
static void add_ways(struct folders *f, GHashTable *below, GHashTable *roots,
		     const char *folder)
{
	char *root = g_path_get_dirname(folder), *up;

	while (strcmp(root, "/")) {
		if (g_hash_table_contains(roots, root))
			add_below(f, below, folder_rest(root, folder));
		up = g_path_get_dirname(root);
		g_free(root);
		root = up;
	}
	g_free(root);
}

/* ---- what is there ---- */

static gint compare_names(gconstpointer a, gconstpointer b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* NULL: there is no such folder. */
static GPtrArray *names_in(const struct folders *f, const char *path)
{
	GDir *dir = g_dir_open(path, 0, NULL);
	GPtrArray *names;
	const char *name;

	if (!dir)
		return NULL;
	names = g_ptr_array_new_with_free_func(g_free);
	while ((name = g_dir_read_name(dir)))
		if (folders_matter(f, name))
			g_ptr_array_add(names, g_strdup(name));
	g_dir_close(dir);
	g_ptr_array_sort(names, compare_names);
	return names;
}

static struct listing list(const struct folders *f, const char *path)
{
	struct listing l = { 0 };
	const gint64 now = g_get_real_time();
	GPtrArray *names;

	l.stamp = stamp_of(path);
	l.settled = stamp_settled(&l.stamp, now);
	names = names_in(f, path);
	if (!names)
		return l;
	g_ptr_array_add(names, NULL);
	l.names = g_strjoinv("/", (char **)names->pdata);
	g_ptr_array_unref(names);
	return l;
}

/* Came a file that matters after @start? Inputs are looked at by themselves. */
static bool has_newer(const struct listing *l, const char *path,
		      GHashTable *inputs, gint64 start)
{
	char **names, **name;
	bool newer = false;

	if (!l->names || stamp_settled(&l->stamp, start))
		return false;
	names = g_strsplit(l->names, "/", -1);
	for (name = names; *name && !newer; name++) {
		char *file = g_build_filename(path, *name, NULL);
		const struct stamp s = stamp_of(file);

		newer = !g_hash_table_contains(inputs,
					       g_intern_string(file)) &&
			!stamp_settled(&s, start);
		g_free(file);
	}
	g_strfreev(names);
	return newer;
}

/* Takes @path. One below a root that is not there will show in the root. */
static void watch(struct folders *f, char *path, bool root, GHashTable *inputs,
		  gint64 start)
{
	struct listing *l;

	if (g_hash_table_contains(f->listings, path) ||
	    (!root && !g_file_test(path, G_FILE_TEST_IS_DIR))) {
		g_free(path);
		return;
	}
	l = g_new(struct listing, 1);
	*l = list(f, path);
	f->doubtful |= has_newer(l, path, inputs, start);
	g_hash_table_insert(f->listings, path, l);
}

/* ---- all of it ---- */

static void watch_all(struct folders *f, GHashTable *roots, GHashTable *below,
		      GHashTable *inputs, gint64 start)
{
	GHashTableIter outer, inner;
	gpointer root, rest;

	g_hash_table_iter_init(&outer, roots);
	while (g_hash_table_iter_next(&outer, &root, NULL)) {
		watch(f, g_strdup(root), true, inputs, start);
		g_hash_table_iter_init(&inner, below);
		while (g_hash_table_iter_next(&inner, &rest, NULL))
			watch(f, g_build_filename(root, rest, NULL), false,
			      inputs, start);
	}
}

struct folders *folders_new(const struct compile_command *cmd,
			    GHashTable *inputs, gint64 start)
{
	struct folders *f = g_new0(struct folders, 1);
	GHashTable *roots = set_new(), *below = set_new();
	GHashTableIter iter;
	gpointer path;

	f->names = set_new();
	f->listings = g_hash_table_new_full(g_str_hash, g_str_equal, g_free,
					    listing_free);
	add_roots(roots, cmd, inputs);
	g_hash_table_iter_init(&iter, inputs);
	while (g_hash_table_iter_next(&iter, &path, NULL))
		g_hash_table_add(f->names, g_path_get_basename(path));
	g_hash_table_iter_init(&iter, roots);
	while (g_hash_table_iter_next(&iter, &path, NULL))
		add_ways(f, below, roots, path);
	watch_all(f, roots, below, inputs, start);
	g_hash_table_unref(roots);
	g_hash_table_unref(below);
	return f;
}

/* What else was written there does not matter, and is not asked again. */
static bool listing_same(const struct folders *f, const char *path,
			 struct listing *l)
{
	const struct stamp stamp = stamp_of(path);
	struct listing now;
	bool same;

	if (l->settled && stamp_equal(&stamp, &l->stamp))
		return true;
	now = list(f, path);
	same = !g_strcmp0(now.names, l->names);
	g_free(l->names);
	*l = now;
	return same;
}

bool folders_same(struct folders *f)
{
	GHashTableIter iter;
	gpointer path, listing;

	g_hash_table_iter_init(&iter, f->listings);
	while (!f->doubtful && g_hash_table_iter_next(&iter, &path, &listing))
		f->doubtful = !listing_same(f, path, listing);
	return !f->doubtful;
}
