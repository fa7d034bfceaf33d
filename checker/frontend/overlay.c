// SPDX-License-Identifier: GPL-2.0-only
/*
 * Files that a compile command puts at the names of others (-ivfsoverlay).
 *
 * Of what clang's format can say, only a list of files by their absolute names
 * is followed, as patch/overlay.c writes it. A file that is not in the list is
 * the one on disk, also where a symbolic link leads to one that is.
 */
#include "frontend/overlay.h"

#include <json-c/json.h>
#include <string.h>

struct overlay {
	char *file;	      /* that describes it */
	GHashTable *contents; /* name -> the file whose text it has */
};

/* ---- reading it ---- */

static bool says(json_object *o, const char *key, const char *value)
{
	json_object *v;

	return json_object_object_get_ex(o, key, &v) &&
	       !g_strcmp0(json_object_get_string(v), value);
}

/* The compiler looks names up without dots, and so do we. */
static bool is_canonical(const char *path)
{
	char *plain;
	bool same;

	if (!path || !g_path_is_absolute(path))
		return false;
	plain = g_canonicalize_filename(path, NULL);
	same = !strcmp(plain, path);
	g_free(plain);
	return same;
}

static bool add_file(struct overlay *o, json_object *entry)
{
	json_object *name, *contents;
	const char *seen, *from;

	if (!json_object_is_type(entry, json_type_object) ||
	    json_object_object_length(entry) != 3 ||
	    !says(entry, "type", "file") ||
	    !json_object_object_get_ex(entry, "name", &name) ||
	    !json_object_object_get_ex(entry, "external-contents", &contents))
		return false;
	seen = json_object_get_string(name);
	from = json_object_get_string(contents);
	return is_canonical(seen) && is_canonical(from) &&
	       g_hash_table_insert(o->contents, g_strdup(seen),
				   g_strdup(from));
}

static bool add_files(struct overlay *o, json_object *root)
{
	json_object *files;
	size_t i, n;

	if (!json_object_is_type(root, json_type_object) ||
	    json_object_object_length(root) != 4 ||
	    !says(root, "version", "0") ||
	    !says(root, "case-sensitive", "true") ||
	    !says(root, "use-external-names", "false") ||
	    !json_object_object_get_ex(root, "roots", &files) ||
	    !json_object_is_type(files, json_type_array))
		return false;
	n = json_object_array_length(files);
	for (i = 0; i < n; i++)
		if (!add_file(o, json_object_array_get_idx(files, i)))
			return false;
	return true;
}

/* NULL: there is none. false: it is said in another way than we follow. */
static bool find_argument(const struct compile_command *cmd,
			  const char **ret_file)
{
	char **arg;

	*ret_file = NULL;
	for (arg = cmd->args; *arg; arg++) {
		if (!strstr(*arg, "vfsoverlay"))
			continue;
		if (*ret_file || strcmp(*arg, "-ivfsoverlay") || !arg[1] ||
		    !g_path_is_absolute(arg[1]))
			return false;
		*ret_file = *++arg;
	}
	return true;
}

bool overlay_read(const struct compile_command *cmd, struct overlay **ret)
{
	struct overlay *o;
	json_object *root;
	const char *file;
	bool good;

	*ret = NULL;
	if (!find_argument(cmd, &file))
		return false;
	if (!file)
		return true;
	o = g_new0(struct overlay, 1);
	o->file = g_strdup(file);
	o->contents = g_hash_table_new_full(g_str_hash, g_str_equal, g_free,
					    g_free);
	root = json_object_from_file(file);
	good = add_files(o, root);
	json_object_put(root);
	if (good)
		*ret = o;
	else
		overlay_free(o);
	return good;
}

void overlay_free(struct overlay *o)
{
	if (!o)
		return;
	g_free(o->file);
	g_hash_table_unref(o->contents);
	g_free(o);
}

bool overlay_same(const struct overlay *a, const struct overlay *b)
{
	return a && b ? !strcmp(a->file, b->file) : a == b;
}

/* ---- files ---- */

/* Where the text of @path lies; the caller frees it. */
static char *file_at(const struct overlay *o, const char *path)
{
	char *plain;
	const char *file;

	if (!o)
		return g_strdup(path);
	plain = g_canonicalize_filename(path, NULL);
	file = g_hash_table_lookup(o->contents, plain);
	g_free(plain);
	return g_strdup(file ? file : path);
}

bool overlay_stat(const struct overlay *o, const char *path, struct stat *ret)
{
	char *file = file_at(o, path);
	bool found = !stat(file, ret);

	g_free(file);
	return found;
}

bool overlay_text(const struct overlay *o, const char *path, char **ret,
		  gsize *ret_size)
{
	char *file = file_at(o, path);
	bool found = g_file_get_contents(file, ret, ret_size, NULL);

	g_free(file);
	return found;
}
