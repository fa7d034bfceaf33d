// SPDX-License-Identifier: GPL-2.0-only
/*
 * Which headers are precompiled: units of one folder with the same flags are
 * a group; those of folders with few units belong to that of the folder above,
 * and where no folder prevails its own headers are not in the set. What a good
 * part of a group includes itself is, in the order in which the units have it.
 */
#include "frontend/headers.h"

#include <string.h>

/* Of a set's description; it changes when struct header does. */
#define FORMAT "2"

/* Building a set costs as much as parsing a few units does. */
#define MIN_UNITS 8
/*
 * A set that several folders share serves their units nearly as well as one
 * each would, which costs as much to build: 0.6 s, for some 0.01 s a unit.
 */
#define MIN_OWN 24
/* A header is in the set if one in so many units of the group includes it. */
#define ONE_IN 20
/* Sets in memory: units come set by set, and one may look at two. */
#define MAX_LOADED 2

struct group {
	char *name;	  /* flags and folder */
	char *folder;	  /* its units', or one above */
	bool mixed;	  /* of several folders, none of which has half */
	bool split;	  /* it is, or is part of, one that was split */
	GPtrArray *cmds;  /* const struct compile_command *, borrowed */
	GPtrArray *roots; /* char *: headers, in order */
	char *key;
	struct pch *set;  /* NULL: not loaded, or of no use */
	bool useless;	  /* it could not be built or loaded */
};

struct headers {
	char *dir;
	GPtrArray *groups;    /* struct group * */
	GHashTable *by_name;  /* struct group *, not all; borrowed keys */
	GHashTable *by_unit;  /* absolute path -> struct group *: see split() */
	GPtrArray *missing;   /* struct group *: to be built */
	GPtrArray *loaded;    /* struct group *, the last used one last */
	const char *doubt;    /* about the last unit; or NULL */
};

static void group_free(gpointer group)
{
	struct group *g = group;

	g_free(g->name);
	g_free(g->folder);
	g_free(g->key);
	g_ptr_array_unref(g->cmds);
	if (g->roots)
		g_ptr_array_unref(g->roots);
	pch_free(g->set);
	g_free(g);
}

static struct group *group_new(struct headers *h, const char *name,
			       const char *folder)
{
	struct group *g = g_new0(struct group, 1);

	g->name = g_strdup(name);
	g->folder = g_strdup(folder);
	g->cmds = g_ptr_array_new();
	g_ptr_array_add(h->groups, g);
	g_hash_table_insert(h->by_name, g->name, g);
	return g;
}

static char *group_name(const struct compile_command *cmd, const char *folder)
{
	char *flags = pch_flags_key(cmd);
	char *name = g_strdup_printf("%s\n\n%s", flags, folder);

	g_free(flags);
	return name;
}

/* Of units that share their flags and are in @folder, or below. */
static struct group *group_of(struct headers *h, const char *folder,
			      const struct compile_command *cmd)
{
	char *name = group_name(cmd, folder);
	struct group *g = g_hash_table_lookup(h->by_name, name);

	if (!g)
		g = group_new(h, name, folder);
	g_free(name);
	return g;
}

/* The folder above, which the caller frees; NULL: there is none. */
static char *folder_above(const char *folder)
{
	char *above = g_path_get_dirname(folder);

	if (strcmp(above, folder))
		return above;
	g_free(above);
	return NULL;
}

/* ---- choosing ---- */

/* What is known of a header that units include. */
struct candidate {
	const char *path;
	int units;
	gint64 places; /* sum of the positions among their inclusions */
	const struct compile_command *last; /* who counted it last */
	bool shared; /* it was included by <> */
};

struct choice {
	struct pch *set; /* only for its search path and texts */
	const struct compile_command *cmd;
	GHashTable *candidates; /* path -> struct candidate */
	int place;
	int units; /* that were counted */
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
	k->shared = k->shared || !own;
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

/* One that is read again has to be included by each unit. */
static bool can_be_root(const struct choice *c, const struct candidate *k)
{
	return pch_file_is_guarded(c->set, k->path) ||
	       (k->units == c->units && pch_file_is_reread(c->set, k->path));
}

static GPtrArray *roots_of(const struct choice *c, bool mixed)
{
	const int least = MAX(2, c->units / ONE_IN);
	GPtrArray *roots = g_ptr_array_new();
	GHashTableIter iter;
	gpointer value;
	guint i;

	g_hash_table_iter_init(&iter, c->candidates);
	while (g_hash_table_iter_next(&iter, NULL, &value)) {
		struct candidate *k = value;

		if (k->units >= least && can_be_root(c, k) &&
		    (!mixed || k->shared) &&
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

	g_checksum_update(sum, (const guchar *)FORMAT "\n", -1);
	g_checksum_update(sum, (const guchar *)clang, -1);
	g_checksum_update(sum, (const guchar *)g->name, -1);
	for (i = 0; i < g->roots->len; i++) {
		g_checksum_update(sum, (const guchar *)"\n", 1);
		g_checksum_update(sum, g->roots->pdata[i], -1);
	}
	key = g_strndup(g_checksum_get_string(sum), HEADERS_KEY_LENGTH);
	g_checksum_free(sum);
	g_free(clang);
	return key;
}

static void choice_init(struct choice *c, struct pch *set)
{
	*c = (struct choice){ .set = set };
	c->candidates = g_hash_table_new_full(g_str_hash, g_str_equal, NULL,
					      g_free);
}

static void choice_clear(struct choice *c)
{
	g_hash_table_unref(c->candidates);
}

static char *path_of(const struct compile_command *cmd)
{
	return g_canonicalize_filename(cmd->file, cmd->directory);
}

static void count_unit(struct choice *c, const struct compile_command *cmd)
{
	char *path = path_of(cmd);

	c->cmd = cmd;
	c->place = 0;
	c->units++;
	pch_inclusions(c->set, path, count, c);
	pch_forget_texts(c->set);
	g_free(path);
}

static void choose(struct headers *h, struct group *g, struct pch *texts)
{
	struct choice c;
	guint i;

	choice_init(&c, texts);
	for (i = 0; i < g->cmds->len; i++)
		count_unit(&c, g->cmds->pdata[i]);
	g->roots = roots_of(&c, g->mixed);
	g->key = key_of(g);
	if (g->roots->len && !pch_verify(h->dir, g->key, g->cmds->pdata[0]))
		g_ptr_array_add(h->missing, g);
	g->useless = !g->roots->len;
	choice_clear(&c);
}

/* ---- groups ---- */

/* How many folders there are above. */
static int depth_of(const struct group *g)
{
	char *folder = g_strdup(g->folder), *above;
	int depth = 0;

	while ((above = folder_above(folder))) {
		g_free(folder);
		folder = above;
		depth++;
	}
	g_free(folder);
	return depth;
}

/* Gives the units of a group to that of the folder above, if there is one. */
static void move_up(struct headers *h, struct group *g)
{
	char *above = folder_above(g->folder);
	struct group *to;

	if (!above)
		return;
	to = group_of(h, above, g->cmds->pdata[0]);
	g_ptr_array_extend(to->cmds, g->cmds, NULL, NULL);
	g_ptr_array_set_size(g->cmds, 0);
	g_free(above);
}

/* Groups with few units go up until they are many; at the top few will do. */
static void pool(struct headers *h)
{
	int depth = 0;
	guint i;

	for (i = 0; i < h->groups->len; i++)
		depth = MAX(depth, depth_of(h->groups->pdata[i]));
	/* those that are added are higher up */
	for (; depth > 0; depth--)
		for (i = 0; i < h->groups->len; i++) {
			struct group *g = h->groups->pdata[i];

			if (g->cmds->len && g->cmds->len < MIN_OWN &&
			    depth_of(g) == depth)
				move_up(h, g);
		}
	for (i = h->groups->len; i-- > 0;) {
		struct group *g = h->groups->pdata[i];

		if (g->cmds->len < MIN_UNITS) {
			g_hash_table_remove(h->by_name, g->name);
			g_ptr_array_remove_index(h->groups, i);
		}
	}
}

/* Are less than half of its units of one folder? */
static bool is_mixed(const struct group *g)
{
	GHashTable *counts = g_hash_table_new_full(g_str_hash, g_str_equal,
						   g_free, NULL);
	guint i, most = 0;

	for (i = 0; i < g->cmds->len; i++) {
		const struct compile_command *cmd = g->cmds->pdata[i];
		char *folder = g_path_get_dirname(cmd->file);
		guint n = GPOINTER_TO_UINT(g_hash_table_lookup(counts,
							       folder)) + 1;

		g_hash_table_replace(counts, folder, GUINT_TO_POINTER(n));
		most = MAX(most, n);
	}
	g_hash_table_unref(counts);
	return most * 2 < g->cmds->len;
}

/* ---- headers that are read again ---- */

static int compare_paths(gconstpointer a, gconstpointer b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/*
 * Of those that a part of the group includes, which that part could start
 * from: what they leave behind would be in the way of the others.
 */
static GPtrArray *dividing(const struct group *g, struct pch *texts)
{
	GPtrArray *paths = g_ptr_array_new();
	GHashTableIter iter;
	struct choice c;
	gpointer value;
	guint i;

	choice_init(&c, texts);
	for (i = 0; i < g->cmds->len; i++)
		count_unit(&c, g->cmds->pdata[i]);
	g_hash_table_iter_init(&iter, c.candidates);
	while (g_hash_table_iter_next(&iter, NULL, &value)) {
		const struct candidate *k = value;

		if (k->units >= MIN_UNITS && k->units < c.units &&
		    pch_file_is_reread(texts, k->path))
			g_ptr_array_add(paths, (gpointer)k->path);
	}
	g_ptr_array_sort(paths, compare_paths);
	choice_clear(&c);
	return paths;
}

/* The part of the units that include the same of @paths as @cmd does. */
static struct group *part_of_group(struct headers *h, const struct group *g,
				   const GPtrArray *paths,
				   const struct compile_command *cmd,
				   struct pch *texts)
{
	GString *name = g_string_new(g->name);
	struct group *part;
	struct choice c;
	guint i;

	choice_init(&c, texts);
	count_unit(&c, cmd);
	for (i = 0; i < paths->len; i++)
		if (g_hash_table_contains(c.candidates, paths->pdata[i]))
			g_string_append_printf(name, "\n%s",
					       (char *)paths->pdata[i]);
	choice_clear(&c);
	part = g_hash_table_lookup(h->by_name, name->str);
	if (!part)
		part = group_new(h, name->str, g->folder);
	g_string_free(name, TRUE);
	return part;
}

/* Its units are found by their names: their command does not tell the part. */
static void settle(struct headers *h, const GPtrArray *cmds,
		   struct group *part)
{
	guint i;

	for (i = 0; i < cmds->len; i++)
		g_hash_table_insert(h->by_unit, path_of(cmds->pdata[i]), part);
}

/*
 * Parts with too few units are given back to the group; if that has too few
 * then, they may start from the largest part, which may or may not suit them.
 */
static void settle_parts(struct headers *h, struct group *g, guint first)
{
	struct group *largest = NULL;
	guint i;

	for (i = h->groups->len; i-- > first;) {
		struct group *part = h->groups->pdata[i];

		part->split = true;
		if (part->cmds->len >= MIN_UNITS) {
			settle(h, part->cmds, part);
			if (!largest ||
			    part->cmds->len >= largest->cmds->len)
				largest = part;
			continue;
		}
		g_ptr_array_extend(g->cmds, part->cmds, NULL, NULL);
		g_hash_table_remove(h->by_name, part->name);
		g_ptr_array_remove_index(h->groups, i);
	}
	if (largest && g->cmds->len < MIN_UNITS) {
		settle(h, g->cmds, largest);
		g_ptr_array_set_size(g->cmds, 0);
	}
}

/*
 * Units that include trace headers start from these as well: parsing one
 * takes as long as all else. The parts come to the end of the groups.
 */
static void split(struct headers *h, struct group *g, struct pch *texts)
{
	GPtrArray *paths = dividing(g, texts), *cmds = g->cmds;
	guint i, first = h->groups->len;

	if (paths->len) {
		g->split = true;
		g->cmds = g_ptr_array_new();
		for (i = 0; i < cmds->len; i++)
			g_ptr_array_add(part_of_group(h, g, paths,
						      cmds->pdata[i],
						      texts)->cmds,
					cmds->pdata[i]);
		g_ptr_array_unref(cmds);
		settle_parts(h, g, first);
	}
	g_ptr_array_unref(paths);
}

/* Its parts come to be chosen for later. */
static void plan_group(struct headers *h, struct group *g, struct pch *texts)
{
	if (!pch_see(texts, g->cmds->pdata[0])) {
		g->useless = true;
		return;
	}
	pch_search(texts, pch_search_path(g->cmds->pdata[0]));
	g->mixed = is_mixed(g);
	if (!g->split)
		split(h, g, texts);
	if (g->cmds->len)
		choose(h, g, texts);
	else
		g->useless = true;
}

/* Texts are read once for all groups. */
static void plan_groups(struct headers *h)
{
	struct pch *texts = pch_new();
	guint i;

	texts->sketch = true;
	for (i = 0; i < h->groups->len; i++)
		plan_group(h, h->groups->pdata[i], texts);
	pch_free(texts);
}

bool headers_pay(size_t n)
{
	return n >= MIN_UNITS;
}

struct headers *headers_plan(const struct compile_command *const *cmds,
			     size_t n, const char *dir)
{
	struct headers *h = g_new0(struct headers, 1);
	size_t i;

	h->groups = g_ptr_array_new_with_free_func(group_free);
	h->missing = g_ptr_array_new();
	h->loaded = g_ptr_array_new();
	h->by_name = g_hash_table_new(g_str_hash, g_str_equal);
	h->by_unit = g_hash_table_new_full(g_str_hash, g_str_equal, g_free,
					   NULL);
	h->dir = g_canonicalize_filename(dir, NULL);
	for (i = 0; i < n; i++) {
		char *folder = g_path_get_dirname(cmds[i]->file);

		g_ptr_array_add(group_of(h, folder, cmds[i])->cmds,
				(gpointer)cmds[i]);
		g_free(folder);
	}
	pool(h);
	plan_groups(h);
	if (h->groups->len && !g_mkdir_with_parents(h->dir, 0777))
		return h;
	headers_free(h);
	return NULL;
}

void headers_free(struct headers *h)
{
	if (!h)
		return;
	headers_sweep(h->dir);
	g_hash_table_unref(h->by_name);
	g_hash_table_unref(h->by_unit);
	g_ptr_array_unref(h->missing);
	g_ptr_array_unref(h->loaded);
	g_ptr_array_unref(h->groups);
	g_free(h->dir);
	g_free(h);
}

size_t headers_missing(const struct headers *h)
{
	return h->missing->len;
}

void headers_build(const struct headers *h, size_t i)
{
	const struct group *g = h->missing->pdata[i];

	pch_build(g->cmds->pdata[0], g->roots, h->dir, g->key);
}

gint64 headers_since(const struct headers *h)
{
	const struct group *g;

	if (h->doubt || !h->loaded->len)
		return G_MAXINT64;
	g = h->loaded->pdata[h->loaded->len - 1];
	return g->set->since;
}

const char *headers_doubt(const struct headers *h)
{
	return h->doubt;
}

void headers_set_doubt(struct headers *h, const char *why)
{
	h->doubt = why;
}

static void unload(struct group *g)
{
	pch_free(g->set);
	g->set = NULL;
}

static void load(struct headers *h, struct group *g)
{
	gint64 now = g_get_real_time();

	if (h->loaded->len == MAX_LOADED)
		unload(g_ptr_array_steal_index(h->loaded, 0));
	g->set = pch_load(h->dir, g->key, g->cmds->pdata[0]);
	g->useless = !g->set;
	if (!g->set)
		return;
	g->set->since = now;
	pch_search(g->set, pch_search_path(g->cmds->pdata[0]));
	g_ptr_array_add(h->loaded, g);
}

static struct pch *use(struct headers *h, struct group *g)
{
	if (!g || g->useless)
		return NULL;
	if (!g->set) {
		load(h, g);
	} else {
		g_ptr_array_remove(h->loaded, g);
		g_ptr_array_add(h->loaded, g);
	}
	return g->set;
}

/* The group that the unit is in; NULL: in none. */
static struct group *home_of(const struct headers *h,
			     const struct compile_command *cmd)
{
	char *folder = g_path_get_dirname(cmd->file), *above, *name;
	struct group *g = NULL;

	while (folder) {
		name = group_name(cmd, folder);
		g = g_hash_table_lookup(h->by_name, name);
		g_free(name);
		above = g ? NULL : folder_above(folder);
		g_free(folder);
		folder = above;
	}
	return g;
}

/* The part of group @g that it starts from; NULL: from none. */
static struct group *part_of(const struct headers *h, const struct group *g,
			     const struct compile_command *cmd)
{
	char *path = path_of(cmd);
	struct group *part = g_hash_table_lookup(h->by_unit, path);

	g_free(path);
	return g && part && g_str_has_prefix(part->name, g->name) ? part :
								    NULL;
}

/* The one that it starts from if that suits it; NULL: from none. */
static struct group *first_of(const struct headers *h,
			      const struct compile_command *cmd)
{
	struct group *g = home_of(h, cmd), *part = part_of(h, g, cmd);

	return part ? part : g;
}

struct pch *headers_of(struct headers *h, const struct compile_command *cmd)
{
	return use(h, first_of(h, cmd));
}

unsigned headers_number(const struct headers *h,
			const struct compile_command *cmd)
{
	const struct group *g = first_of(h, cmd);
	guint i;

	return g && !g->useless && g_ptr_array_find(h->groups, g, &i) ?
		       i + 1 : 0;
}

struct pch *headers_without(struct headers *h,
			    const struct compile_command *cmd)
{
	struct group *g = home_of(h, cmd);

	return part_of(h, g, cmd) ? use(h, g) : NULL;
}
