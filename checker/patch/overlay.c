// SPDX-License-Identifier: GPL-2.0-only
/*
 * A state of the tree as clang's virtual file system has it: files elsewhere
 * that lie at the names of the tree.
 *
 * A file that is not there is an error to include; asking for it with
 * __has_include still finds it.
 */
#include "patch/private.h"

#include <json-c/json.h>
#include <string.h>

#include "base/folder.h"

static void add_file(json_object *roots, const char *top, const char *name,
		     const char *contents)
{
	json_object *file = json_object_new_object();
	char *seen = g_build_filename(top, name, NULL);

	json_object_object_add(file, "type", json_object_new_string("file"));
	json_object_object_add(file, "name", json_object_new_string(seen));
	json_object_object_add(file, "external-contents",
			       json_object_new_string(contents));
	json_object_array_add(roots, file);
	g_free(seen);
}

const char *overlay_rest(const struct overlay_root *root, const char *name)
{
	if (!*root->name)
		return name;
	return strcmp(root->name, name) ? folder_rest(root->name, name) : "";
}

/* A compile database may name the tree, or a part of it, by links. */
static json_object *list_files(GHashTable *files, const GPtrArray *roots,
			       const char *removed)
{
	json_object *list = json_object_new_array();
	GList *names = g_list_sort(g_hash_table_get_keys(files),
				   (GCompareFunc)strcmp);
	const char *file;
	GList *l;

	for (l = names; l; l = l->next) {
		file = g_hash_table_lookup(files, l->data);
		if (!*file)
			file = removed;
		for (guint i = 0; i < roots->len; i++) {
			const struct overlay_root *root = roots->pdata[i];
			const char *rest = overlay_rest(root, l->data);

			if (rest)
				add_file(list, root->seen, rest, file);
		}
	}
	g_list_free(names);
	return list;
}

bool overlay_write(GHashTable *files, const GPtrArray *roots,
		   const char *removed, const char *to, char **ret_error)
{
	json_object *o = json_object_new_object();
	const char *text;
	bool good;

	json_object_object_add(o, "version", json_object_new_int(0));
	json_object_object_add(o, "case-sensitive",
			       json_object_new_string("true"));
	/* places go by the names of the tree */
	json_object_object_add(o, "use-external-names",
			       json_object_new_string("false"));
	json_object_object_add(o, "roots",
			       list_files(files, roots, removed));
	text = json_object_to_json_string_ext(o,
					      JSON_C_TO_STRING_NOSLASHESCAPE);
	good = file_write(to, text, strlen(text), ret_error);
	json_object_put(o);
	return good;
}
