// SPDX-License-Identifier: GPL-2.0-only
/*
 * The tree after each patch of a series: for each name that a state has
 * otherwise than the tree, a copy of the file as it was then. What became of a
 * file as the tree has it is left out, so that a range that ends at what is
 * checked out ends in the tree itself.
 *
 * Symbolic links are not followed: where a patch makes one, there is no file.
 *
 * For tests only: PINCHECK_TEST_MOST_NAMES takes the place of MOST_NAMES.
 */
#include "patch/private.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/folder.h"
#include "frontend/frontend.h"

/*
 * An overlay names all that differs from the tree, so those of a series grow with
 * patches times files. So many names are half a gigabyte and more.
 */
#define MOST_NAMES 4000000u

/* A name from a state on. */
struct version {
	unsigned state;
	const char *file; /* NULL: as the tree has it; "": it is not there */
};

struct state {
	guint differ;	     /* names that are not as the tree has them */
	/* Names, sorted; a NULL ends them. Of state 0, those that differ. */
	GPtrArray *changed;
	GHashTable *renamed; /* by the patch: the new name, to the old one */
	GHashTable *spans;   /* a name, to its touched lines, once asked for */
	char *overlay;	     /* NULL: not asked for yet */
};

struct states {
	char *tree, *real, *scratch;
	GPtrArray *roots; /* struct overlay_root *: what the tree is seen by */
	char *removed;	 /* a file that stands for one that is not there */
	GPtrArray *list; /* struct state *, of 0 and on */
	GHashTable *files; /* a name, to a GArray of struct version, by state */
	GStringChunk *strings; /* those of @files */
	guint names;	 /* of all states together, that differ */
};

static struct state *state_of(const struct states *s, unsigned k)
{
	return g_ptr_array_index(s->list, k);
}

static void state_free(void *data)
{
	struct state *st = data;

	g_ptr_array_unref(st->changed);
	g_clear_pointer(&st->renamed, g_hash_table_unref);
	g_hash_table_unref(st->spans);
	g_free(st->overlay);
	g_free(st);
}

/* The next of @s, which begins as the last. */
static struct state *state_add(struct states *s)
{
	struct state *st = g_new0(struct state, 1);

	st->changed = g_ptr_array_new_with_free_func(g_free);
	st->spans = g_hash_table_new_full(g_str_hash, g_str_equal, g_free,
					  (GDestroyNotify)g_array_unref);
	if (s->list->len)
		st->differ = state_of(s, s->list->len - 1)->differ;
	g_ptr_array_add(s->list, st);
	return st;
}

/* ---- files ---- */

/* What it is in state @k, as a version says it. */
static const char *version_in(const GArray *versions, unsigned k)
{
	const struct version *v;

	for (guint i = versions->len; i; i--) {
		v = &g_array_index(versions, struct version, i - 1);
		if (v->state <= k)
			return v->file;
	}
	return NULL;
}

static const char *file_in(const struct states *s, unsigned k,
			   const char *name)
{
	const GArray *versions = g_hash_table_lookup(s->files, name);

	return versions ? version_in(versions, k) : NULL;
}

/* @file: as in a version, from the last state on. */
static void add_version(struct states *s, const char *name, const char *file)
{
	struct version v = { .state = s->list->len - 1 };
	struct state *st = state_of(s, v.state);
	GArray *versions = g_hash_table_lookup(s->files, name);

	if (!versions) {
		versions = g_array_new(FALSE, FALSE, sizeof(v));
		g_hash_table_insert(
			s->files, g_string_chunk_insert_const(s->strings, name),
			versions);
	}
	if (file)
		v.file = g_string_chunk_insert_const(s->strings, file);
	st->differ -= version_in(versions, v.state) != NULL;
	st->differ += file != NULL;
	g_array_append_val(versions, v);
}

/* @file: its text in the last state; NULL: it is not there. */
static void set_file(struct states *s, const char *name, const char *file)
{
	char *here = g_build_filename(s->tree, name, NULL);
	unsigned mode = name_mode(s->tree, name);
	bool as_tree;

	if (file)
		as_tree = S_ISREG(mode) && file_same(file, here);
	else
		as_tree = !mode || S_ISDIR(mode);
	if (!as_tree)
		add_version(s, name, file ? file : "");
	else if (file_in(s, s->list->len - 1, name))
		add_version(s, name, NULL);
	g_free(here);
}

/* Where the text of a name is; NULL: it is not there. */
static char *text_of(const struct states *s, unsigned k, const char *name)
{
	const char *file = file_in(s, k, name);

	if (file)
		return *file ? g_strdup(file) : NULL;
	if (!S_ISREG(name_mode(s->tree, name)))
		return NULL;
	return g_build_filename(s->tree, name, NULL);
}

/* Of an absolute path, the name below the tree; NULL: it lies elsewhere. */
static char *name_of(const struct states *s, const char *path)
{
	char *plain = g_canonicalize_filename(path, "/");
	char *name = NULL;

	/* the last ones are links in what the first ones are */
	for (guint i = s->roots->len; i-- && !name;) {
		const struct overlay_root *root = s->roots->pdata[i];
		const char *rest = folder_rest(root->seen, plain);

		if (*root->name && !strcmp(root->seen, plain))
			name = g_strdup(root->name);
		else if (rest)
			name = g_build_filename(root->name, rest, NULL);
	}
	g_free(plain);
	return name;
}

static void root_free(void *data)
{
	struct overlay_root *root = data;

	g_free(root->seen);
	g_free(root->name);
	g_free(root);
}

static void add_root(const struct states *s, const char *seen, const char *name)
{
	struct overlay_root *root = g_new(struct overlay_root, 1);

	root->seen = g_strdup(seen);
	root->name = g_strdup(name);
	g_ptr_array_add(s->roots, root);
}

/* ---- overlays ---- */

static GHashTable *files_in(const struct states *s, unsigned k)
{
	GHashTable *files = g_hash_table_new(g_str_hash, g_str_equal);
	GHashTableIter it;
	gpointer name, versions;
	const char *file;

	g_hash_table_iter_init(&it, s->files);
	while (g_hash_table_iter_next(&it, &name, &versions)) {
		file = version_in(versions, k);
		if (file)
			g_hash_table_insert(files, name, (gpointer)file);
	}
	return files;
}

static bool write_overlay(struct states *s, unsigned k, char **ret_error)
{
	struct state *st = state_of(s, k);
	GHashTable *files = files_in(s, k);
	char *name = g_strdup_printf("overlay-%u.json", k);
	char *to = g_build_filename(s->scratch, name, NULL);
	bool good = overlay_write(files, s->roots, s->removed, to, ret_error);

	g_free(st->overlay);
	st->overlay = good ? g_steal_pointer(&to) : NULL;
	g_hash_table_unref(files);
	g_free(name);
	g_free(to);
	return good;
}

/* ---- making them ---- */

static guint most_names(void)
{
	const char *test = g_getenv("PINCHECK_TEST_MOST_NAMES");

	return test ? (guint)g_ascii_strtoull(test, NULL, 10) : MOST_NAMES;
}

/* The last state is complete. */
static bool count_names(struct states *s, char **ret_error)
{
	guint differ = state_of(s, s->list->len - 1)->differ;

	const guint most = most_names();

	if (differ > most - s->names)
		return patch_fail(ret_error,
				  "the series is too large: the files that differ from the tree, counted again after each patch, are more than %u",
				  most);
	s->names += differ;
	return true;
}

static bool same_text(const char *a, const char *b)
{
	return a && b ? file_same(a, b) : !a && !b;
}

/* Keeps what the last patch left of a name. */
static bool keep(struct states *s, const struct copies *c,
		 const char *name, char **ret_error)
{
	unsigned k = s->list->len - 1;
	struct state *st = state_of(s, k);
	char *folder = g_strdup_printf("state-%u", k);
	char *to = g_build_filename(s->scratch, folder, name, NULL);
	char *copy = copies_file(c, name), *before = text_of(s, k - 1, name);
	bool good = true;

	if (copy)
		good = file_copy(copy, to, ret_error);
	if (good) {
		if (!same_text(before, copy))
			g_ptr_array_add(st->changed, g_strdup(name));
		set_file(s, name, copy ? to : NULL);
	}
	g_free(folder);
	g_free(to);
	g_free(copy);
	g_free(before);
	return good;
}

static bool apply_one(struct states *s, struct copies *c,
		      const struct patch *p, char **ret_error)
{
	GPtrArray *names = copies_apply(c, p, ret_error);
	struct state *st;
	bool good = true;

	if (!names)
		return false;
	st = state_add(s);
	st->renamed = g_hash_table_ref(p->about->renamed);
	for (guint i = 0; good && i < names->len; i++)
		good = keep(s, c, names->pdata[i], ret_error);
	g_ptr_array_unref(names);
	return good && count_names(s, ret_error);
}

static bool apply_all(struct states *s, const struct series *series,
		      const struct base *base, char **ret_error)
{
	struct copies *c = copies_new(s->tree, base, s->scratch);
	bool good = true;

	for (guint i = 0; good && i < series->patches->len; i++) {
		const struct patch *p = series->patches->pdata[i];

		good = apply_one(s, c, p, ret_error);
		if (!good)
			patch_name(ret_error, i + 1, series->patches->len,
				   p->subject);
	}
	copies_free(c);
	for (guint i = 0; i < s->list->len; i++)
		g_ptr_array_add(state_of(s, i)->changed, NULL);
	return good;
}

/* ---- the base ---- */

static GHashTable *all_names(const struct series *series)
{
	GHashTable *all = g_hash_table_new(g_str_hash, g_str_equal);
	GHashTableIter it;
	gpointer name;

	for (guint i = 0; i < series->patches->len; i++) {
		const struct patch *p = series->patches->pdata[i];

		g_hash_table_iter_init(&it, p->about->names);
		while (g_hash_table_iter_next(&it, &name, NULL))
			g_hash_table_add(all, name);
	}
	return all;
}

static struct base *read_base(const struct states *s,
			      const struct series *series, char **ret_error)
{
	GHashTable *names = all_names(series);
	struct base *base = base_read(s->tree, series->base, names, s->scratch,
				      ret_error);

	g_hash_table_unref(names);
	return base;
}

static void set_base(struct states *s, const struct base *base)
{
	GList *names = base_names(base), *l;
	struct state *st = state_of(s, 0);
	const char *file;
	unsigned mode;

	for (l = names; l; l = l->next) {
		mode = base_mode(base, l->data, &file);
		set_file(s, l->data, S_ISREG(mode) ? file : NULL);
		if (file_in(s, 0, l->data))
			g_ptr_array_add(st->changed, g_strdup(l->data));
	}
	g_list_free(names);
}

static bool fill_states(struct states *s, const struct series *series,
			char **ret_error)
{
	static const char text[] =
		"#error removed by the patch, or not made yet\n";
	struct base *base = NULL;
	bool good;

	state_add(s);
	if (!file_write(s->removed, text, strlen(text), ret_error))
		return false;
	if (series->base) {
		base = read_base(s, series, ret_error);
		if (!base)
			return false;
		set_base(s, base);
	}
	good = count_names(s, ret_error) &&
	       apply_all(s, series, base, ret_error);
	base_free(base);
	return good;
}

struct states *states_apply(const struct series *series, const char *tree,
			    const char *scratch, char **ret_error)
{
	struct states *s = g_new0(struct states, 1);
	char *real = realpath(tree, NULL);

	s->tree = g_canonicalize_filename(tree, "/");
	s->real = g_strdup(real ? real : s->tree);
	free(real);
	s->scratch = g_strdup(scratch);
	s->removed = g_build_filename(scratch, "removed.h", NULL);
	s->roots = g_ptr_array_new_with_free_func(root_free);
	add_root(s, s->tree, "");
	if (strcmp(s->real, s->tree))
		add_root(s, s->real, "");
	s->list = g_ptr_array_new_with_free_func(state_free);
	s->files = g_hash_table_new_full(g_str_hash, g_str_equal, NULL,
					 (GDestroyNotify)g_array_unref);
	s->strings = g_string_chunk_new(4096);
	if (fill_states(s, series, ret_error))
		return s;
	states_free(s);
	return NULL;
}

void states_free(struct states *s)
{
	if (!s)
		return;
	g_ptr_array_unref(s->list);
	g_hash_table_unref(s->files);
	g_string_chunk_free(s->strings);
	g_ptr_array_unref(s->roots);
	g_free(s->tree);
	g_free(s->real);
	g_free(s->scratch);
	g_free(s->removed);
	g_free(s);
}

/* ---- links ---- */

/* Do @seen and @real come out of folders that are the same, by one name? */
static bool same_above(const char *seen, const char *real)
{
	char *link = g_path_get_dirname(seen), *folder = realpath(link, NULL);
	char *up = g_path_get_dirname(real);
	bool same = folder && !strcmp(folder, up) &&
		    !strcmp(strrchr(seen, '/'), strrchr(real, '/'));

	g_free(link);
	free(folder);
	g_free(up);
	return same;
}

/* As much as one link explains, so that its other files are seen as well. */
static void add_link(const struct states *s, const char *path, const char *real)
{
	char *seen = g_strdup(path), *to = g_strdup(real);
	const char *name;

	while (strcmp(to, s->real) && same_above(seen, to)) {
		*strrchr(seen, '/') = '\0';
		*strrchr(to, '/') = '\0';
	}
	name = folder_rest(s->real, to);
	add_root(s, seen, name ? name : "");
	g_free(seen);
	g_free(to);
}

bool states_add_link(struct states *s, const char *path, const char *real,
		     char **ret_error)
{
	const char *name = folder_rest(s->real, real);
	char *known = name_of(s, path);
	bool good = true;

	if (name && g_strcmp0(known, name)) {
		add_link(s, path, real);
		for (unsigned k = 0; good && k < s->list->len; k++)
			good = !state_of(s, k)->overlay ||
			       write_overlay(s, k, ret_error);
	}
	g_free(known);
	return good;
}

/* ---- questions ---- */

const char *const *states_changed(const struct states *s, unsigned k)
{
	return (const char *const *)state_of(s, k)->changed->pdata;
}

bool states_is_tree(const struct states *s, unsigned k)
{
	return !state_of(s, k)->differ;
}

char *states_file(const struct states *s, unsigned k, const char *path)
{
	char *name = name_of(s, path);
	const char *file = NULL;

	if (name)
		file = file_in(s, k, name);
	g_free(name);
	if (file)
		return *file ? g_strdup(file) : NULL;
	return g_file_test(path, G_FILE_TEST_EXISTS) ? g_strdup(path) : NULL;
}

/* What a patch makes of a name; NULL: nothing. */
static const char *new_name(const struct state *st, const char *old)
{
	GHashTableIter it;
	gpointer name, from;
	const char *first = NULL;

	g_hash_table_iter_init(&it, st->renamed);
	while (g_hash_table_iter_next(&it, &name, &from))
		if (!strcmp(from, old) && (!first || strcmp(name, first) < 0))
			first = name;
	return first;
}

char *states_other_name(const struct states *s, const char *path)
{
	char *name = name_of(s, path), *other = NULL;
	const char *first = name, *last = name, *next;

	for (unsigned k = s->list->len - 1; name && k; k--) {
		next = g_hash_table_lookup(state_of(s, k)->renamed, first);
		first = next ? next : first;
	}
	for (unsigned k = 1; name && k < s->list->len; k++) {
		next = new_name(state_of(s, k), last);
		last = next ? next : last;
	}
	if (first != name || last != name)
		other = g_build_filename(s->tree, first != name ? first : last,
					 NULL);
	g_free(name);
	return other;
}

/* What was renamed is compared with what it was. */
static GArray *find_spans(const struct states *s, unsigned k,
			  const char *name)
{
	const struct state *st = state_of(s, k);
	const char *old = g_hash_table_lookup(st->renamed, name);
	char *before = text_of(s, k - 1, old ? old : name);
	char *after = text_of(s, k, name);
	GArray *spans = touched_spans(before, after);

	g_free(before);
	g_free(after);
	return spans;
}

static bool is_changed(const struct state *st, const char *name)
{
	/* the last is the NULL */
	return st->changed->len > 1 &&
	       bsearch(&name, st->changed->pdata, st->changed->len - 1,
		       sizeof(char *), name_compare);
}

bool states_touched(struct states *s, unsigned k, const char *path, int line)
{
	char *name = k ? name_of(s, path) : NULL;
	struct state *st = state_of(s, k);
	GArray *spans = NULL;

	if (name && is_changed(st, name)) {
		spans = g_hash_table_lookup(st->spans, name);
		if (!spans) {
			spans = find_spans(s, k, name);
			g_hash_table_insert(st->spans, g_strdup(name), spans);
		}
	}
	g_free(name);
	return spans && touched_has(spans, line);
}

bool states_defines(const struct states *s, unsigned k, const char *path,
		    const char *function)
{
	char *file = states_file(s, k, path), *text = NULL;
	bool defined = file != NULL;

	if (file && function)
		defined = g_file_get_contents(file, &text, NULL, NULL) &&
			  text_defines(text, function);
	g_free(text);
	g_free(file);
	return defined;
}

/* ---- for the compiler ---- */

struct compile_command *states_command(struct states *s, unsigned k,
				       const struct compile_command *cmd,
				       char **ret_error)
{
	struct state *st = state_of(s, k);
	struct compile_command *c;
	GPtrArray *args;
	char **arg;

	/* most states of a long series are never compiled */
	if (st->differ && !st->overlay && !write_overlay(s, k, ret_error))
		return NULL;
	args = g_ptr_array_new();
	for (arg = cmd->args; *arg; arg++)
		g_ptr_array_add(args, *arg);
	if (st->overlay) {
		g_ptr_array_add(args, (gpointer)"-ivfsoverlay");
		g_ptr_array_add(args, st->overlay);
	}
	g_ptr_array_add(args, NULL);
	c = compile_command_new(cmd->directory, cmd->file,
				(const char *const *)args->pdata);
	g_ptr_array_unref(args);
	return c;
}

/* ---- patches without a tree ---- */

static guint count_in(GHashTable *names, const char *folder)
{
	GHashTableIter it;
	gpointer name;
	guint n = 0;

	g_hash_table_iter_init(&it, names);
	while (g_hash_table_iter_next(&it, &name, NULL))
		n += S_ISREG(name_mode(folder, name));
	return n;
}

char *states_find_tree(const struct series *series, const char *file)
{
	GHashTable *names = all_names(series);
	char *folder = g_path_get_dirname(file), *best = g_strdup(folder);
	guint n, most = 0;
	char *up;

	for (;;) {
		n = count_in(names, folder);
		if (n && n >= most) {
			most = n;
			g_free(best);
			best = g_strdup(folder);
		}
		up = g_path_get_dirname(folder);
		if (!strcmp(up, folder))
			break;
		g_free(folder);
		folder = up;
	}
	g_free(up);
	g_free(folder);
	g_hash_table_unref(names);
	return best;
}
