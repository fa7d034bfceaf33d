// SPDX-License-Identifier: GPL-2.0-only
/*
 * Files by a folder and a name that a patch gives, so nothing here follows a
 * symbolic link below the folder.
 */
#include "patch/private.h"

#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>

/* The greatest headers of the kernel have 20 MB. */
#define FILE_BYTES (64 * 1024 * 1024)

bool patch_is_code(const char *name)
{
	static const char *const suffixes[] = { ".c", ".h", ".inc", ".def" };

	for (gsize i = 0; i < G_N_ELEMENTS(suffixes); i++)
		if (g_str_has_suffix(name, suffixes[i]))
			return true;
	return false;
}

bool name_is_plain(const char *name)
{
	char **parts = g_strsplit(name, "/", -1), **part;
	bool plain = *name && g_utf8_validate(name, -1, NULL);

	for (part = parts; *part; part++)
		if (!**part || !strcmp(*part, ".") || !strcmp(*part, ".."))
			plain = false;
	g_strfreev(parts);
	return plain;
}

bool name_has_link(const char *folder, const char *name)
{
	const char *slash = name;
	bool is_link = false;
	struct stat st;
	char *path;

	while (!is_link && (slash = strchr(slash, '/'))) {
		path = g_strdup_printf("%s/%.*s", folder,
				       (int)(slash++ - name), name);
		is_link = !lstat(path, &st) && S_ISLNK(st.st_mode);
		g_free(path);
	}
	return is_link;
}

unsigned name_mode(const char *folder, const char *name)
{
	char *path = g_build_filename(folder, name, NULL);
	unsigned mode = 0;
	struct stat st;

	if (!name_has_link(folder, name) && !lstat(path, &st))
		mode = st.st_mode;
	g_free(path);
	return mode;
}

int name_compare(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

bool file_write(const char *to, const char *text, gsize size,
		char **ret_error)
{
	char *folder = g_path_get_dirname(to);
	GError *error = NULL;

	g_mkdir_with_parents(folder, 0700);
	g_free(folder);
	if (g_file_set_contents(to, text, (gssize)size, &error))
		return true;
	*ret_error = g_strdup(error->message);
	g_error_free(error);
	return false;
}

bool file_copy(const char *from, const char *to, char **ret_error)
{
	GError *error = NULL;
	struct stat st;
	char *text;
	gsize size;
	bool good;

	if (!stat(from, &st) && st.st_size > FILE_BYTES)
		return patch_fail(ret_error, "%s is too large", from);
	if (!g_file_get_contents(from, &text, &size, &error)) {
		*ret_error = g_strdup(error->message);
		g_error_free(error);
		return false;
	}
	good = file_write(to, text, size, ret_error);
	g_free(text);
	return good;
}

bool file_has(const char *file, const char *text, gsize size)
{
	GMappedFile *map = g_mapped_file_new(file, FALSE, NULL);
	bool same;

	if (!map)
		return false;
	same = g_mapped_file_get_length(map) == size &&
	       (!size || !memcmp(g_mapped_file_get_contents(map), text, size));
	g_mapped_file_unref(map);
	return same;
}

bool file_same(const char *a, const char *b)
{
	GMappedFile *map = g_mapped_file_new(a, FALSE, NULL);
	bool same;

	if (!map)
		return false;
	same = file_has(b, g_mapped_file_get_contents(map),
			g_mapped_file_get_length(map));
	g_mapped_file_unref(map);
	return same;
}
