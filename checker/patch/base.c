// SPDX-License-Identifier: GPL-2.0-only
/*
 * The files of a commit, as far as they are not those that lie in the tree. git
 * says what differs by a copy of its index, which is not brought up to date; so a
 * file with another time and the same text is listed, too.
 *
 * Files that git does not track (what a build makes) belong to every commit,
 * unless a patch names them.
 */
#include "patch/private.h"

#include <string.h>
#include <sys/stat.h>

/* Of git, for a submodule. */
#define MODE_COMMIT 0160000
/* What one call asks for: command lines and memory have an end. */
#define NAMES_A_CALL 500
#define TEXTS_A_CALL 64

struct entry {
	unsigned mode; /* 0: it is not there */
	char *oid;
	char *here;    /* the tree's file of its name, if it has one; or NULL */
	char *file;    /* with its text, once it was read; or NULL */
};

struct base {
	GHashTable *entries; /* by name */
	char *commit;
};

static void entry_free(void *data)
{
	struct entry *e = data;

	g_free(e->oid);
	g_free(e->here);
	g_free(e->file);
	g_free(e);
}

void base_free(struct base *b)
{
	if (!b)
		return;
	g_hash_table_unref(b->entries);
	g_free(b->commit);
	g_free(b);
}

/* A name that is none for clang is not in an overlay either. */
static void add_entry(struct base *b, const char *mode, const char *oid,
		      const char *name)
{
	struct entry *e;

	if (!name_is_plain(name))
		return;
	e = g_new0(struct entry, 1);
	e->mode = (unsigned)g_ascii_strtoull(mode, NULL, 8);
	if (e->mode == MODE_COMMIT)
		e->mode = S_IFDIR;
	e->oid = g_strndup(oid, strspn(oid, "0123456789abcdef"));
	g_hash_table_replace(b->entries, g_strdup(name), e);
}

/* ---- which ---- */

/* ":MODE MODE OID OID STATUS\0NAME\0": the first of both are the commit's. */
static void read_changes(struct base *b, const GString *out)
{
	const char *at = out->str, *end = at + out->len, *name;
	char **fields;

	for (; at < end; at = name + strlen(name) + 1) {
		name = at + strlen(at) + 1;
		fields = g_strsplit(at, " ", 5);
		if (name < end && g_strv_length(fields) == 5)
			add_entry(b, fields[0] + 1, fields[2], name);
		g_strfreev(fields);
		if (name >= end)
			return;
	}
}

static bool list_changes(struct base *b, const struct git *git,
			 char **ret_error)
{
	const struct git_call call = {
		.args = ARGS("diff-index", "--raw", "-z", "--no-abbrev",
			     "--no-renames", "--no-ext-diff", "--relative",
			     "--ignore-submodules=all", b->commit, "--")
	};
	GString *out = git_run(git, &call, ret_error);

	if (!out)
		return false;
	read_changes(b, out);
	g_string_free(out, TRUE);
	return true;
}

/* "MODE TYPE OID\tNAME\0" */
static void read_names(struct base *b, const GString *out)
{
	const char *at = out->str, *end = at + out->len, *type, *oid, *name;

	for (; at < end; at += strlen(at) + 1) {
		type = strchr(at, ' ');
		oid = type ? strchr(type + 1, ' ') : NULL;
		name = oid ? strchr(oid + 1, '\t') : NULL;
		if (name && !g_str_has_prefix(type, " tree "))
			add_entry(b, at, oid + 1, name + 1);
	}
}

static bool ask_some(struct base *b, const struct git *git,
		     const GPtrArray *ask, guint first, char **ret_error)
{
	GPtrArray *args = g_ptr_array_new();
	struct git_call call = { 0 };
	GString *out;
	guint i;

	g_ptr_array_add(args, (gpointer)"ls-tree");
	g_ptr_array_add(args, (gpointer)"-z");
	g_ptr_array_add(args, b->commit);
	g_ptr_array_add(args, (gpointer)"--");
	for (i = first; i < ask->len && i - first < NAMES_A_CALL; i++)
		g_ptr_array_add(args, ask->pdata[i]);
	g_ptr_array_add(args, NULL);
	call.args = (const char *const *)args->pdata;
	out = git_run(git, &call, ret_error);
	g_ptr_array_unref(args);
	if (!out)
		return false;
	read_names(b, out);
	g_string_free(out, TRUE);
	return true;
}

static bool ask_names(struct base *b, const struct git *git,
		      const GPtrArray *ask, char **ret_error)
{
	guint i;

	for (i = 0; i < ask->len; i++)
		if (!g_hash_table_contains(b->entries, ask->pdata[i]))
			add_entry(b, "0", "", ask->pdata[i]);
	for (i = 0; i < ask->len; i += NAMES_A_CALL)
		if (!ask_some(b, git, ask, i, ret_error))
			return false;
	return true;
}

/* ---- their texts ---- */

/* "OID blob SIZE\n", the bytes, "\n", as asked for; NULL at what is amiss. */
static const char *take_text(struct entry *e, const char *at, const char *end,
			     char **ret_error)
{
	const char *text = memchr(at, '\n', (size_t)(end - at));
	const char *size = text ? strstr(at, " blob ") : NULL;
	guint64 n;

	if (!size || size > text) {
		patch_fail(ret_error, "object %s is missing: a partial or shallow clone?", e->oid);
		return NULL;
	}
	n = g_ascii_strtoull(size + strlen(" blob "), NULL, 10);
	text++;
	if (n >= (guint64)(end - text)) {
		patch_fail(ret_error, "object %s is cut off", e->oid);
		return NULL;
	}
	/* thousands of files of a copied tree have other times, and no more */
	if (S_ISREG(e->mode) && e->here && file_has(e->here, text, n)) {
		g_free(e->file);
		e->file = g_steal_pointer(&e->here);
	} else if (!file_write(e->file, text, n, ret_error)) {
		return NULL;
	}
	return text + n + 1;
}

static bool read_some(const struct git *git, const GPtrArray *entries,
		      guint first, char **ret_error)
{
	guint last = MIN(first + TEXTS_A_CALL, entries->len), i;
	GString *input = g_string_new(NULL), *out;
	struct git_call call = { .args = ARGS("cat-file", "--batch") };
	const char *at;
	struct entry *e;

	for (i = first; i < last; i++) {
		e = entries->pdata[i];
		g_string_append_printf(input, "%s\n", e->oid);
	}
	call.input = input->str;
	out = git_run(git, &call, ret_error);
	g_string_free(input, TRUE);
	if (!out)
		return false;
	at = out->str;
	for (i = first; at && i < last; i++)
		at = take_text(entries->pdata[i], at, out->str + out->len,
			       ret_error);
	g_string_free(out, TRUE);
	return at;
}

static bool read_texts(struct base *b, const struct git *git, const char *tree,
		       const char *folder, char **ret_error)
{
	GPtrArray *entries = g_ptr_array_new();
	GHashTableIter it;
	gpointer name, data;
	bool good = true;

	g_hash_table_iter_init(&it, b->entries);
	while (g_hash_table_iter_next(&it, &name, &data)) {
		struct entry *e = data;

		if (!S_ISREG(e->mode) && !S_ISLNK(e->mode))
			continue;
		e->file = g_build_filename(folder, name, NULL);
		if (S_ISREG(name_mode(tree, name)))
			e->here = g_build_filename(tree, name, NULL);
		g_ptr_array_add(entries, e);
	}
	for (guint i = 0; good && i < entries->len; i += TEXTS_A_CALL)
		good = read_some(git, entries, i, ret_error);
	g_ptr_array_unref(entries);
	return good;
}

/* ---- the whole ---- */

static GPtrArray *copy_names(GHashTable *names)
{
	GPtrArray *copy = g_ptr_array_new_with_free_func(g_free);
	GHashTableIter it;
	gpointer name;

	g_hash_table_iter_init(&it, names);
	while (g_hash_table_iter_next(&it, &name, NULL))
		g_ptr_array_add(copy, g_strdup(name));
	return copy;
}

static bool read_all(struct base *b, const char *tree, GHashTable *names,
		     const char *scratch, char **ret_error)
{
	char *folder = g_build_filename(scratch, "base", NULL);
	char *own = g_build_filename(scratch, "base.git", NULL);
	struct git *git = git_shadow(tree, own, ret_error);
	GPtrArray *ask = copy_names(names);
	bool good;

	good = git && git_shadow_index(git, tree, own, ret_error) &&
	       list_changes(b, git, ret_error) &&
	       ask_names(b, git, ask, ret_error) &&
	       read_texts(b, git, tree, folder, ret_error);
	g_ptr_array_unref(ask);
	git_free(git);
	g_free(own);
	g_free(folder);
	return good;
}

struct base *base_read(const char *tree, const char *commit,
		       GHashTable *names, const char *scratch,
		       char **ret_error)
{
	struct base *b = g_new0(struct base, 1);

	b->commit = g_strdup(commit);
	b->entries = g_hash_table_new_full(g_str_hash, g_str_equal, g_free,
					   entry_free);
	if (read_all(b, tree, names, scratch, ret_error))
		return b;
	base_free(b);
	return NULL;
}

GList *base_names(const struct base *b)
{
	return g_list_sort(g_hash_table_get_keys(b->entries),
			   (GCompareFunc)strcmp);
}

unsigned base_mode(const struct base *b, const char *name,
		   const char **ret_file)
{
	const struct entry *e = g_hash_table_lookup(b->entries, name);

	*ret_file = e ? e->file : NULL;
	return e ? e->mode : 0;
}
