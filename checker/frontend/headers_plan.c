// SPDX-License-Identifier: GPL-2.0-only
/*
 * Which headers are precompiled: units with the same flags are one group, and
 * what a good part of a group includes itself is in its set, in the order in
 * which the units have it.
 */
#include "frontend/headers.h"

#include <glib/gstdio.h>
#include <string.h>

/* Building a set costs as much as parsing a few units does. */
#define MIN_UNITS 8
/* A header is in the set if one in so many units of the group includes it. */
#define ONE_IN 20
/* Sets in one folder; the oldest go. */
#define MAX_KEPT 16

struct group {
	char *flags;
	GPtrArray *cmds;  /* const struct compile_command *, borrowed */
	GPtrArray *roots; /* char *: headers, in order */
	char *key;
	struct pch *set;  /* NULL: it is not there */
};

struct headers {
	char *dir;
	GPtrArray *groups;    /* struct group * */
	GHashTable *by_flags; /* flags -> struct group * */
	gint64 since;
	const char *doubt;    /* about the last unit; or NULL */
};

static void group_free(gpointer group)
{
	struct group *g = group;

	g_free(g->flags);
	g_free(g->key);
	g_ptr_array_unref(g->cmds);
	if (g->roots)
		g_ptr_array_unref(g->roots);
	pch_free(g->set);
	g_free(g);
}

static struct group *group_of(struct headers *h, char *flags)
{
	struct group *g = g_hash_table_lookup(h->by_flags, flags);

	if (g) {
		g_free(flags);
		return g;
	}
	g = g_new0(struct group, 1);
	g->flags = flags;
	g->cmds = g_ptr_array_new();
	g_ptr_array_add(h->groups, g);
	g_hash_table_insert(h->by_flags, g->flags, g);
	return g;
}

/* ---- choosing ---- */

/* What is known of a header that units include. */
struct candidate {
	const char *path;
	int units;
	gint64 places; /* sum of the positions among their inclusions */
	const struct compile_command *last; /* who counted it last */
};

struct choice {
	struct pch *set; /* only for its search path and texts */
	const struct compile_command *cmd;
	GHashTable *candidates; /* path -> struct candidate */
	int place;
};

static struct candidate *candidate_of(struct choice *c, const char *path)
{
	struct candidate *k = g_hash_table_lookup(c->candidates, path);

	if (!k) {
		k = g_new0(struct candidate, 1);
		k->path = g_intern_string(path);
		g_hash_table_insert(c->candidates, (gpointer)k->path, k);
	}
	return k;
}

static void count(const char *path, bool own, void *data)
{
	struct choice *c = data;
	struct candidate *k = candidate_of(c, path);

	c->place++;
	if (k->last == c->cmd)
		return;
	k->last = c->cmd;
	k->units++;
	k->places += c->place;
	/* a folder's own header, or one that cannot be in a set itself, */
	/* stands for those that it includes */
	if (own || !pch_file_is_guarded(c->set, path))
		pch_inclusions(c->set, path, count, c);
}

static int compare_candidates(gconstpointer a, gconstpointer b)
{
	const struct candidate *c = *(const struct candidate *const *)a;
	const struct candidate *d = *(const struct candidate *const *)b;
	gint64 left = c->places * d->units, right = d->places * c->units;

	if (left != right)
		return left < right ? -1 : 1;
	return strcmp(c->path, d->path);
}

static GPtrArray *roots_of(const struct choice *c, int least)
{
	GPtrArray *roots = g_ptr_array_new();
	GHashTableIter iter;
	gpointer value;
	guint i;

	g_hash_table_iter_init(&iter, c->candidates);
	while (g_hash_table_iter_next(&iter, NULL, &value)) {
		struct candidate *k = value;

		if (k->units >= least &&
		    pch_file_is_guarded(c->set, k->path) &&
		    pch_can_name(c->cmd, c->set->search, k->path))
			g_ptr_array_add(roots, k);
	}
	g_ptr_array_sort(roots, compare_candidates);
	for (i = 0; i < roots->len; i++)
		roots->pdata[i] = (gpointer)
			((struct candidate *)roots->pdata[i])->path;
	return roots;
}

static char *key_of(const struct group *g)
{
	GChecksum *sum = g_checksum_new(G_CHECKSUM_SHA256);
	char *clang = frontend_version(), *key;
	guint i;

	g_checksum_update(sum, (const guchar *)clang, -1);
	g_checksum_update(sum, (const guchar *)g->flags, -1);
	for (i = 0; i < g->roots->len; i++) {
		g_checksum_update(sum, (const guchar *)"\n", 1);
		g_checksum_update(sum, g->roots->pdata[i], -1);
	}
	key = g_strndup(g_checksum_get_string(sum), 32);
	g_checksum_free(sum);
	g_free(clang);
	return key;
}

static void choose(struct group *g)
{
	struct choice c = {
		.set = pch_new(),
		.candidates = g_hash_table_new_full(g_str_hash, g_str_equal,
						    NULL, g_free)
	};
	guint i;

	c.set->search = pch_search_path(g->cmds->pdata[0]);
	for (i = 0; i < g->cmds->len; i++) {
		char *path;

		c.cmd = g->cmds->pdata[i];
		c.place = 0;
		path = g_canonicalize_filename(c.cmd->file, c.cmd->directory);
		pch_inclusions(c.set, path, count, &c);
		g_free(path);
	}
	g->roots = roots_of(&c, MAX(2, (int)g->cmds->len / ONE_IN));
	g->key = key_of(g);
	g_hash_table_unref(c.candidates);
	pch_free(c.set);
}

struct headers *headers_plan(const struct compile_command *const *cmds,
			     size_t n, const char *dir)
{
	struct headers *h = g_new0(struct headers, 1);
	size_t i;

	h->groups = g_ptr_array_new_with_free_func(group_free);
	h->by_flags = g_hash_table_new(g_str_hash, g_str_equal);
	h->dir = g_canonicalize_filename(dir, NULL);
	for (i = 0; i < n; i++)
		g_ptr_array_add(group_of(h, pch_flags_key(cmds[i]))->cmds,
				(gpointer)cmds[i]);
	for (i = h->groups->len; i-- > 0;) {
		struct group *g = h->groups->pdata[i];

		if (g->cmds->len >= MIN_UNITS) {
			choose(g);
		} else {
			g_hash_table_remove(h->by_flags, g->flags);
			g_ptr_array_remove_index(h->groups, (guint)i);
		}
	}
	if (h->groups->len && !g_mkdir_with_parents(h->dir, 0777))
		return h;
	headers_free(h);
	return NULL;
}

void headers_free(struct headers *h)
{
	if (!h)
		return;
	g_hash_table_unref(h->by_flags);
	g_ptr_array_unref(h->groups);
	g_free(h->dir);
	g_free(h);
}

size_t headers_count(const struct headers *h)
{
	return h->groups->len;
}

gint64 headers_since(const struct headers *h)
{
	return h->since;
}

const char *headers_doubt(const struct headers *h)
{
	return h->doubt;
}

void headers_set_doubt(struct headers *h, const char *why)
{
	h->doubt = why;
}

static const struct group *group_at(const struct headers *h, size_t i)
{
	return h->groups->pdata[i];
}

size_t headers_load(struct headers *h)
{
	size_t i, n = 0;

	h->since = g_get_real_time();
	for (i = 0; i < h->groups->len; i++) {
		struct group *g = h->groups->pdata[i];

		if (!g->set)
			g->set = pch_load(h->dir, g->key);
		if (!g->set)
			continue;
		n++;
		if (!g->set->search)
			g->set->search = pch_search_path(g->cmds->pdata[0]);
	}
	return n;
}

void headers_build(const struct headers *h, size_t i)
{
	const struct group *g = group_at(h, i);

	if (!g->set)
		pch_build(g->cmds->pdata[0], g->roots, h->dir, g->key);
}

struct pch *headers_of(struct headers *h, const struct compile_command *cmd)
{
	char *flags = pch_flags_key(cmd);
	const struct group *g = g_hash_table_lookup(h->by_flags, flags);

	g_free(flags);
	return g ? g->set : NULL;
}
