// SPDX-License-Identifier: GPL-2.0-only
/*
 * A folder with copies of the files that a series names and nothing else, in
 * which git applies the patches. A symbolic link is copied as one, since a patch
 * may change where it leads; git goes through none, and neither do we.
 *
 * Binary files never take part: a mail need not have their bytes. So neither
 * does what is only moved later of such a file. C files do, and if there are no
 * bytes, then git refuses the patch: nobody may hide a change in that way.
 */
#include "patch/private.h"

#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/printable.h"

struct copies {
	char *tree, *folder;
	const struct base *base;
	struct git *git;
	GHashTable *known;  /* names that were copied, or are not there */
	GHashTable *binary; /* names that took no part in an earlier patch */
};

struct copies *copies_new(const char *tree, const struct base *base,
			  const char *scratch)
{
	struct copies *c = g_new0(struct copies, 1);

	c->tree = g_strdup(tree);
	c->folder = g_build_filename(scratch, "tree", NULL);
	g_mkdir_with_parents(c->folder, 0700);
	c->base = base;
	c->git = git_nowhere(c->folder);
	c->known = g_hash_table_new_full(g_str_hash, g_str_equal, g_free,
					 NULL);
	c->binary = g_hash_table_new_full(g_str_hash, g_str_equal, g_free,
					  NULL);
	return c;
}

void copies_free(struct copies *c)
{
	if (!c)
		return;
	git_free(c->git);
	g_hash_table_unref(c->known);
	g_hash_table_unref(c->binary);
	g_free(c->tree);
	g_free(c->folder);
	g_free(c);
}

/* ---- copying ---- */

/* @from: a link, or the plain file with what a link of the base says. */
static bool copy_link(const char *from, const char *to, char **ret_error)
{
	char *folder = g_path_get_dirname(to), *target;

	target = g_file_read_link(from, NULL);
	if (!target)
		g_file_get_contents(from, &target, NULL, NULL);
	g_mkdir_with_parents(folder, 0700);
	g_free(folder);
	if (!target || symlink(target, to))
		patch_fail(ret_error, "cannot copy the link %s", from);
	g_free(target);
	return !*ret_error;
}

static bool copy_as(unsigned mode, const char *from, const char *to,
		    char **ret_error)
{
	if (S_ISLNK(mode))
		return copy_link(from, to, ret_error);
	if (S_ISREG(mode))
		return file_copy(from, to, ret_error);
	/* a submodule: git looks whether its folder is there */
	if (S_ISDIR(mode))
		g_mkdir_with_parents(to, 0700);
	return true;
}

/* What is not there, git refuses or makes. */
static bool copy_one(struct copies *c, const char *name, char **ret_error)
{
	char *here = g_build_filename(c->tree, name, NULL);
	char *to = g_build_filename(c->folder, name, NULL);
	const char *from = here;
	bool good = true;
	unsigned mode;

	if (c->base)
		mode = base_mode(c->base, name, &from);
	else
		mode = name_mode(c->tree, name);
	if (!c->base && name_has_link(c->tree, name)) {
		char *text = printable(name);

		good = patch_fail(ret_error, "%s leads through a symbolic link",
				  text);
		g_free(text);
	} else if (mode && !name_has_link(c->folder, name)) {
		good = copy_as(mode, from, to, ret_error);
	}
	g_free(here);
	g_free(to);
	return good;
}

/* ---- who takes part ---- */

static bool is_left(const struct copies *c, const struct diff *d,
		    const char *name)
{
	unsigned flags = GPOINTER_TO_UINT(g_hash_table_lookup(d->names, name));
	const char *old = g_hash_table_lookup(d->renamed, name);

	if (patch_is_code(name))
		return false;
	if (flags & NAME_BINARY)
		return true;
	return flags & NAME_STILL &&
	       (g_hash_table_contains(c->binary, name) ||
		(old && g_hash_table_contains(c->binary, old)));
}

static void split_names(struct copies *c, const struct diff *d,
			GPtrArray *names, GPtrArray *left)
{
	GHashTableIter it;
	gpointer name;

	g_hash_table_iter_init(&it, d->names);
	while (g_hash_table_iter_next(&it, &name, NULL))
		g_ptr_array_add(is_left(c, d, name) ? left : names,
				g_strdup(name));
	for (guint i = 0; i < left->len; i++)
		g_hash_table_add(c->binary, g_strdup(left->pdata[i]));
}

/* ---- applying ---- */

/* git takes the name as a pattern. */
static char *exclude(const char *name)
{
	GString *option = g_string_new("--exclude=");

	for (; *name; name++) {
		if (strchr("*?[\\", *name))
			g_string_append_c(option, '\\');
		g_string_append_c(option, *name);
	}
	return g_string_free(option, FALSE);
}

static bool run_apply(struct copies *c, const struct patch *p,
		      const GPtrArray *left, char **ret_error)
{
	GPtrArray *args = g_ptr_array_new_with_free_func(g_free);
	struct git_call call = { 0 };
	GString *out;

	g_ptr_array_add(args, g_strdup("apply"));
	g_ptr_array_add(args, g_strdup("--whitespace=nowarn"));
	for (guint i = 0; i < left->len; i++)
		g_ptr_array_add(args, exclude(left->pdata[i]));
	g_ptr_array_add(args, g_strdup("--"));
	g_ptr_array_add(args, g_strdup(p->diff));
	g_ptr_array_add(args, NULL);
	call.args = (const char *const *)args->pdata;
	out = git_run(c->git, &call, ret_error);
	g_ptr_array_unref(args);
	if (!out)
		return false;
	g_string_free(out, TRUE);
	return true;
}

/* "patch failed: a.c:3" says where, and not which hunk that is. */
static void add_hunk(const struct patch *p, char **error)
{
	const char *what = *error + strlen("patch failed: ");
	const char *colon = strrchr(*error, ':');
	char *name, *text = NULL, *hunk = NULL;

	if (!g_str_has_prefix(*error, "patch failed: ") || colon < what)
		return;
	name = g_strndup(what, (gsize)(colon - what));
	if (g_file_get_contents(p->diff, &text, NULL, NULL))
		hunk = diff_hunk(text, name,
				 (long)g_ascii_strtoll(colon + 1, NULL, 10));
	if (hunk) {
		g_free(*error);
		*error = g_strdup_printf("%s: %s", name, hunk);
	}
	g_free(hunk);
	g_free(text);
	g_free(name);
}

GPtrArray *copies_apply(struct copies *c, const struct patch *p,
			char **ret_error)
{
	GPtrArray *names = g_ptr_array_new_with_free_func(g_free);
	GPtrArray *left = g_ptr_array_new_with_free_func(g_free);
	bool good = true;

	split_names(c, p->about, names, left);
	g_ptr_array_sort(names, name_compare);
	for (guint i = 0; good && i < names->len; i++)
		if (g_hash_table_add(c->known, g_strdup(names->pdata[i])))
			good = copy_one(c, names->pdata[i], ret_error);
	if (good && !run_apply(c, p, left, ret_error)) {
		add_hunk(p, ret_error);
		good = false;
	}
	g_ptr_array_unref(left);
	if (good)
		return names;
	g_ptr_array_unref(names);
	return NULL;
}

char *copies_file(const struct copies *c, const char *name)
{
	if (!S_ISREG(name_mode(c->folder, name)))
		return NULL;
	return g_build_filename(c->folder, name, NULL);
}
