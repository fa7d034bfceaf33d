// SPDX-License-Identifier: GPL-2.0-only
/*
 * Patches: git reads and applies them, in a scratch folder that holds copies
 * of the files they name and nothing else. What came out is described to clang
 * as a virtual file system (-ivfsoverlay). Nothing is compiled or run.
 *
 * A file that the patch removes or renames is an error to include from then
 * on; asking for it with __has_include still finds it.
 */
#include "cmd/patch.h"

#include <glib/gstdio.h>
#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/folder.h"
#include "base/process.h"
#include "cmd/common.h"

/* It prints names and errors only. */
#define GIT_BYTES (64 * 1024 * 1024)
#define GIT_SECONDS 60

struct patch {
	char *diff;		/* absolute */
	char *scratch;		/* the folder that holds all of this */
	char *copies;		/* in it: the top of the patched files */
	char *removed;		/* in it: what stands for a removed file */
	char *overlay;		/* in it: the description for clang */
	char *tree;		/* what the patch's paths begin at; absolute */
	GHashTable *names;	/* of files, before and after; the patch's own */
};

/* Says @error, if there is one. */
static gboolean is_done(GError *error)
{
	if (!error)
		return TRUE;
	cmd_say("%s", error->message);
	g_error_free(error);
	return FALSE;
}

/* ---- git ---- */

/* "error: foo.c: patch does not apply" */
static void say_errors(const struct patch *p, const char *text)
{
	char **lines = g_strsplit(text, "\n", -1), **line;

	for (line = lines; *line; line++)
		if (g_str_has_prefix(*line, "error: "))
			cmd_say("%s: %s", p->diff, *line + strlen("error: "));
		else if (**line)
			cmd_say("%s: %s", p->diff, *line);
	g_strfreev(lines);
}

/* In the copies' folder, which is no repository and in none. */
static gboolean run_apply(const struct patch *p, const char *const *options,
			  struct process_result *ret)
{
	char *ceiling = g_strconcat("GIT_CEILING_DIRECTORIES=", p->scratch,
				    NULL);
	GPtrArray *argv = g_ptr_array_new();
	struct process_request req = {
		.cwd = p->copies,
		.env = (const char *const[]){ "GIT_DIR", "GIT_WORK_TREE",
					      "GIT_INDEX_FILE", "GIT_PREFIX",
					      ceiling, "LC_ALL=C", NULL },
		.limit = GIT_BYTES,
		.timeout = GIT_SECONDS
	};
	char *error = NULL;

	g_ptr_array_add(argv, (gpointer)"git");
	g_ptr_array_add(argv, (gpointer)"apply");
	for (; *options; options++)
		g_ptr_array_add(argv, (gpointer)*options);
	g_ptr_array_add(argv, (gpointer)"--");
	g_ptr_array_add(argv, p->diff);
	g_ptr_array_add(argv, NULL);
	req.argv = (const char *const *)argv->pdata;
	if (process_run(&req, ret, &error) < 0)
		cmd_say("%s", error);
	g_ptr_array_unref(argv);
	g_free(ceiling);
	if (!error)
		return TRUE;
	g_free(error);
	return FALSE;
}

/* Runs `git apply @options DIFF`: its output, or NULL after its errors. */
static GString *run_git(const struct patch *p, const char *const *options)
{
	struct process_result ran;
	GString *out = NULL;
	char *why;

	if (!run_apply(p, options, &ran))
		return NULL;
	why = ran.out_cut ? g_strdup("printed too much") :
			    process_failure(&ran);
	if (!why)
		out = g_string_new_len(ran.out->str, (gssize)ran.out->len);
	else if (ran.status > 0 && ran.err->len)
		say_errors(p, ran.err->str);
	else
		cmd_say("%s: git apply %s", p->diff, why);
	g_free(why);
	process_result_clear(&ran);
	return out;
}

/* Adds the names of "ADDED\tREMOVED\tNAME\0"... */
static void add_names(GHashTable *into, const GString *numstat)
{
	const char *at = numstat->str, *end = at + numstat->len;
	const char *name;

	for (; at < end; at += strlen(at) + 1) {
		name = strchr(at, '\t');
		name = name ? strchr(name + 1, '\t') : NULL;
		if (name)
			g_hash_table_add(into, g_strdup(name + 1));
	}
}

/* A patch the other way round ends where it began: both lists are all. */
static gboolean list_names(struct patch *p)
{
	const char *const after[] = { "--numstat", "-z", NULL };
	const char *const before[] = { "--numstat", "-z", "-R", NULL };
	const char *const *const lists[] = { after, before };
	GString *out;
	gsize i;

	for (i = 0; i < G_N_ELEMENTS(lists); i++) {
		out = run_git(p, lists[i]);
		if (!out)
			return FALSE;
		add_names(p->names, out);
		g_string_free(out, TRUE);
	}
	return TRUE;
}

/* ---- where it belongs ---- */

static guint count_in(const struct patch *p, const char *folder)
{
	GHashTableIter it;
	gpointer name;
	guint n = 0;
	char *file;

	g_hash_table_iter_init(&it, p->names);
	while (g_hash_table_iter_next(&it, &name, NULL)) {
		file = g_build_filename(folder, name, NULL);
		n += g_file_test(file, G_FILE_TEST_IS_REGULAR);
		g_free(file);
	}
	return n;
}

/* The outermost of the folders above @file that have most of its files. */
static char *find_tree(const struct patch *p, const char *file)
{
	char *folder = g_path_get_dirname(file), *best = g_strdup(folder);
	guint n, most = 0;
	char *up;

	for (;;) {
		n = count_in(p, folder);
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
	return best;
}

/* ---- copies ---- */

/* NULL if it is not there, or leads out of the tree, by links as well. */
static char *original(const struct patch *p, const char *name)
{
	char *file = g_build_filename(p->tree, name, NULL);
	char *real = realpath(file, NULL), *top = realpath(p->tree, NULL);
	gboolean inside = real && top && g_str_has_prefix(real, top) &&
			  (real[strlen(top)] == '/' || !strcmp(top, "/"));

	free(real);
	free(top);
	if (inside)
		return file;
	g_free(file);
	return NULL;
}

/* The copy's place; NULL if the name leads out of the copies. */
static char *copy_of(const struct patch *p, const char *name)
{
	char *file = g_build_filename(p->copies, name, NULL);
	char *plain = g_canonicalize_filename(file, "/");

	g_free(file);
	if (folder_rest(p->copies, plain))
		return plain;
	g_free(plain);
	return NULL;
}

static gboolean copy_file(const char *from, const char *to)
{
	char *folder = g_path_get_dirname(to);
	GError *error = NULL;
	char *text;
	gsize size;

	g_mkdir_with_parents(folder, 0700);
	g_free(folder);
	if (g_file_get_contents(from, &text, &size, &error)) {
		g_file_set_contents(to, text, (gssize)size, &error);
		g_free(text);
	}
	return is_done(error);
}

/* What is not copied, git refuses. */
static gboolean copy_all(const struct patch *p)
{
	gboolean good = TRUE;
	GHashTableIter it;
	gpointer name;
	char *from, *to;

	g_hash_table_iter_init(&it, p->names);
	while (good && g_hash_table_iter_next(&it, &name, NULL)) {
		from = original(p, name);
		to = copy_of(p, name);
		if (from && to && g_file_test(from, G_FILE_TEST_IS_REGULAR))
			good = copy_file(from, to);
		g_free(from);
		g_free(to);
	}
	return good;
}

/* ---- the overlay ---- */

static void add_file(const struct patch *p, json_object *roots,
		     const char *top, const char *name)
{
	json_object *file = json_object_new_object();
	char *seen = g_build_filename(top, name, NULL);
	char *copy = copy_of(p, name);
	gboolean kept = copy && g_file_test(copy, G_FILE_TEST_IS_REGULAR);

	json_object_object_add(file, "type", json_object_new_string("file"));
	json_object_object_add(file, "name", json_object_new_string(seen));
	json_object_object_add(file, "external-contents",
			       json_object_new_string(kept ? copy :
							     p->removed));
	json_object_array_add(roots, file);
	g_free(seen);
	g_free(copy);
}

/* A compile database may name the tree by its real path. */
static json_object *list_roots(const struct patch *p)
{
	json_object *roots = json_object_new_array();
	GList *names = g_list_sort(g_hash_table_get_keys(p->names),
				   (GCompareFunc)strcmp);
	char *real = realpath(p->tree, NULL);
	GList *l;

	for (l = names; l; l = l->next) {
		add_file(p, roots, p->tree, l->data);
		if (real && strcmp(real, p->tree))
			add_file(p, roots, real, l->data);
	}
	g_list_free(names);
	free(real);
	return roots;
}

static gboolean write_overlay(const struct patch *p)
{
	json_object *o = json_object_new_object();
	GError *error = NULL;

	json_object_object_add(o, "version", json_object_new_int(0));
	json_object_object_add(o, "case-sensitive",
			       json_object_new_string("true"));
	/* places go by the names of the tree */
	json_object_object_add(o, "use-external-names",
			       json_object_new_string("false"));
	json_object_object_add(o, "roots", list_roots(p));
	if (g_file_set_contents(p->removed, "#error removed by the patch\n",
				-1, &error))
		g_file_set_contents(p->overlay,
				    json_object_to_json_string_ext(
					    o, JSON_C_TO_STRING_NOSLASHESCAPE),
				    -1, &error);
	json_object_put(o);
	return is_done(error);
}

/* ---- the whole ---- */

static gboolean apply(struct patch *p, const char *file)
{
	const char *const options[] = { NULL };
	GString *out;

	if (g_mkdir(p->copies, 0700) || !list_names(p))
		return FALSE;
	p->tree = find_tree(p, file);
	if (!copy_all(p))
		return FALSE;
	out = run_git(p, options);
	if (!out)
		return FALSE;
	g_string_free(out, TRUE);
	return write_overlay(p);
}

struct patch *patch_apply(const char *diff, const char *file)
{
	struct patch *p = g_new0(struct patch, 1);
	GError *error = NULL;

	p->diff = g_canonicalize_filename(diff, NULL);
	p->names = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	p->scratch = g_dir_make_tmp("pincheck-XXXXXX", &error);
	if (!is_done(error)) {
		patch_free(p);
		return NULL;
	}
	p->copies = g_build_filename(p->scratch, "tree", NULL);
	p->removed = g_build_filename(p->scratch, "removed.h", NULL);
	p->overlay = g_build_filename(p->scratch, "overlay.json", NULL);
	if (apply(p, file))
		return p;
	patch_free(p);
	return NULL;
}

struct compile_command *patch_command(const struct patch *p,
				      const struct compile_command *cmd)
{
	GPtrArray *args = g_ptr_array_new();
	struct compile_command *c;
	char **arg;

	for (arg = cmd->args; *arg; arg++)
		g_ptr_array_add(args, *arg);
	g_ptr_array_add(args, (gpointer)"-ivfsoverlay");
	g_ptr_array_add(args, p->overlay);
	g_ptr_array_add(args, NULL);
	c = compile_command_new(cmd->directory, cmd->file,
				(const char *const *)args->pdata);
	g_ptr_array_unref(args);
	return c;
}

void patch_free(struct patch *p)
{
	if (!p)
		return;
	if (p->scratch)
		folder_remove(p->scratch);
	g_hash_table_unref(p->names);
	g_free(p->diff);
	g_free(p->scratch);
	g_free(p->copies);
	g_free(p->removed);
	g_free(p->overlay);
	g_free(p->tree);
	g_free(p);
}
