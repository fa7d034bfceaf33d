// SPDX-License-Identifier: GPL-2.0-only
/*
 * Two linked stores held against each other: to which units the others mean
 * something else. That a unit itself is another, its own row says.
 */
#include "link/private.h"

#include <string.h>

#include "facts/program.h"

/* One of the two. */
struct side {
	struct store *store;
	GHashTable *plain;	/* digest -> that of the fact without lines */
};

static const char *digest_plain(GBytes *bytes)
{
	char *digest = g_compute_checksum_for_bytes(G_CHECKSUM_SHA256, bytes);
	const char *interned = g_intern_string(digest);

	g_free(digest);
	return interned;
}

/* What a summary is, but for its lines; NULL: it is damaged. */
static const char *plain_of(struct side *s, const char *fact)
{
	const char *digest = g_hash_table_lookup(s->plain, fact);
	GBytes *bytes = digest ? NULL : store_fact(s->store, fact), *plain;

	if (!bytes)
		return digest;
	plain = summary_without_lines(bytes);
	g_bytes_unref(bytes);
	if (!plain)
		return NULL;
	digest = digest_plain(plain);
	g_bytes_unref(plain);
	g_hash_table_insert(s->plain, (gpointer)fact, (gpointer)digest);
	return digest;
}

/* ---- worlds ---- */

static const struct import *import_at(const GArray *list, guint i)
{
	return &g_array_index(list, struct import, i);
}

/* Names are interned, and so are digests. */
static bool same_import(struct side sides[2], const struct import *a,
			const struct import *b)
{
	const char *plain;

	if (a->name != b->name || !a->fact != !b->fact)
		return false;
	if (a->fact == b->fact)
		return true;
	plain = plain_of(&sides[0], a->fact);
	return plain && plain == plain_of(&sides[1], b->fact);
}

static bool same_imports(struct side sides[2], const GArray *a,
			 const GArray *b)
{
	guint i = 0;

	if (a->len != b->len)
		return false;
	while (i < a->len &&
	       same_import(sides, import_at(a, i), import_at(b, i)))
		i++;
	return i == a->len;
}

/* Locks on entry have no lines: these are the same or not. */
static bool same_entries(const GArray *a, const GArray *b)
{
	guint i = 0;

	if (a->len != b->len)
		return false;
	while (i < a->len && import_at(a, i)->name == import_at(b, i)->name &&
	       import_at(a, i)->fact == import_at(b, i)->fact)
		i++;
	return i == a->len;
}

static bool same_slot(struct side sides[2], const struct import_slot *a,
		      const struct import_slot *b)
{
	return a->record == b->record && a->member == b->member &&
	       same_imports(sides, a->targets, b->targets);
}

static bool same_slots(struct side sides[2], const GArray *a, const GArray *b)
{
	guint i = 0;

	if (a->len != b->len)
		return false;
	while (i < a->len &&
	       same_slot(sides, &g_array_index(a, struct import_slot, i),
			 &g_array_index(b, struct import_slot, i)))
		i++;
	return i == a->len;
}

static bool same_lists(struct side sides[2], const struct lists l[2])
{
	return same_entries(l[0].entries, l[1].entries) &&
	       same_imports(sides, l[0].summaries, l[1].summaries) &&
	       same_slots(sides, l[0].slots, l[1].slots);
}

static bool read_lists(struct store *s, const char *path, struct lists *l)
{
	GBytes *bytes = store_world(s, path);
	bool good = bytes && lists_unpack(l, bytes);

	if (bytes)
		g_bytes_unref(bytes);
	return good;
}

static bool same_world(struct side sides[2], const char *path)
{
	char *a = store_world_digest(sides[0].store, path);
	char *b = store_world_digest(sides[1].store, path);
	bool same = a && !g_strcmp0(a, b);
	struct lists lists[2];

	lists_init(&lists[0]);
	lists_init(&lists[1]);
	if (!same && read_lists(sides[0].store, path, &lists[0]) &&
	    read_lists(sides[1].store, path, &lists[1]))
		same = same_lists(sides, lists);
	lists_clear(&lists[0]);
	lists_clear(&lists[1]);
	g_free(a);
	g_free(b);
	return same;
}

/* ---- all units ---- */

static void add_unit(const char *path, void *units)
{
	g_hash_table_add(units, g_strdup(path));
}

static gint compare_paths(gconstpointer a, gconstpointer b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static GPtrArray *find_changed(struct side sides[2])
{
	GHashTable *units = g_hash_table_new_full(g_str_hash, g_str_equal,
						  g_free, NULL);
	GPtrArray *paths = g_ptr_array_new_with_free_func(g_free);
	GHashTableIter at;
	gpointer path;

	store_each_unit(sides[0].store, add_unit, units);
	store_each_unit(sides[1].store, add_unit, units);
	g_hash_table_iter_init(&at, units);
	while (g_hash_table_iter_next(&at, &path, NULL))
		if (!same_world(sides, path))
			g_ptr_array_add(paths, g_strdup(path));
	g_hash_table_unref(units);
	g_ptr_array_sort(paths, compare_paths);
	g_ptr_array_add(paths, NULL);
	return paths;
}

char **link_changed(struct store *before, struct store *after)
{
	struct side sides[2] = { { before, g_hash_table_new(NULL, NULL) },
				 { after, g_hash_table_new(NULL, NULL) } };
	GPtrArray *paths;

	store_snapshot(before);
	store_snapshot(after);
	paths = find_changed(sides);
	store_commit(before);
	store_commit(after);
	g_hash_table_unref(sides[0].plain);
	g_hash_table_unref(sides[1].plain);
	if (!store_error(before) && !store_error(after))
		return (char **)g_ptr_array_free(paths, FALSE);
	g_ptr_array_unref(paths);
	return NULL;
}
