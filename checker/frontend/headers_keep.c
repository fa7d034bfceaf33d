// SPDX-License-Identifier: GPL-2.0-only
/*
 * Which sets of precompiled headers stay in their folder: the newest, whoever
 * made them.
 */
#include "frontend/headers.h"

#include <glib/gstdio.h>
#include <string.h>

/* Sets on disk, of some 15 MB: the oldest go. */
#define MAX_KEPT 32

/* A set's file: its list, what is known of it, or the precompiled one. */
struct kept {
	char *path;
	gint64 changed;
	bool described; /* it is the second: the last that is written */
};

static void kept_clear(gpointer kept)
{
	g_free(((struct kept *)kept)->path);
}

/* Newer ones first. */
static int compare_kept(gconstpointer a, gconstpointer b)
{
	const struct kept *k = a, *l = b;

	if (k->changed != l->changed)
		return k->changed > l->changed ? -1 : 1;
	return strcmp(k->path, l->path);
}

/* A draft of somebody who was killed stays until the folder goes. */
static bool is_of_a_set(const char *name)
{
	return strspn(name, "0123456789abcdef") == HEADERS_KEY_LENGTH;
}

static GArray *list_kept(const char *dir)
{
	GArray *list = g_array_new(FALSE, FALSE, sizeof(struct kept));
	GDir *d = g_dir_open(dir, 0, NULL);
	const char *name;

	g_array_set_clear_func(list, kept_clear);
	while (d && (name = g_dir_read_name(d))) {
		struct kept k = { .changed = 0 };
		struct stat st;

		if (!is_of_a_set(name))
			continue;
		k.path = g_build_filename(dir, name, NULL);
		k.described = strlen(name) == HEADERS_KEY_LENGTH;
		if (!stat(k.path, &st))
			k.changed = header_time(&st);
		g_array_append_val(list, k);
	}
	if (d)
		g_dir_close(d);
	g_array_sort(list, compare_kept);
	return list;
}

/* The key of a set's file. */
static char *key_in(const char *path)
{
	char *name = g_path_get_basename(path);
	char *key = g_strndup(name, HEADERS_KEY_LENGTH);

	g_free(name);
	return key;
}

/* The newest files of the newest sets stay. */
void headers_sweep(const char *dir)
{
	GArray *list = list_kept(dir);
	GHashTable *keys = g_hash_table_new_full(g_str_hash, g_str_equal,
						 g_free, NULL);
	guint i;

	for (i = 0; i < list->len; i++) {
		const struct kept *k = &g_array_index(list, struct kept, i);

		if (k->described && g_hash_table_size(keys) < MAX_KEPT)
			g_hash_table_add(keys, key_in(k->path));
	}
	for (i = 0; i < list->len; i++) {
		const struct kept *k = &g_array_index(list, struct kept, i);
		char *key = key_in(k->path);

		/* an older precompiled file comes after the one that is used */
		if (!g_hash_table_contains(keys, key) ||
		    (g_str_has_suffix(k->path, ".pch") &&
		     !g_hash_table_insert(keys, g_strconcat(key, "+", NULL),
					  NULL)))
			g_unlink(k->path);
		g_free(key);
	}
	g_hash_table_unref(keys);
	g_array_unref(list);
}
