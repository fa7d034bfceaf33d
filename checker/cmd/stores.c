// SPDX-License-Identifier: GPL-2.0-only
/* Where the facts store lies: beside the compile database it was made from. */
#include "cmd/stores.h"

#include "cmd/common.h"
#include "cmd/units.h"
#include "facts/facts.h"

#define STORE_NAME ".cache/pincheck/facts.db"

char *stores_default(const char *path, const char *db_dir)
{
	char *folder = units_folder(db_dir ? db_dir : path);
	char *top = db_dir ? g_strdup(folder) :
			     units_find_up(folder, "compile_commands.json");
	char *file = top ? g_build_filename(top, STORE_NAME, NULL) : NULL;

	g_free(top);
	g_free(folder);
	return file;
}

struct store *stores_open(const char *file)
{
	char *notice, *error = NULL;
	struct store *s = store_open(file, &notice, &error);

	if (notice)
		cmd_say("%s", notice);
	if (!s)
		cmd_say("%s", error);
	g_free(notice);
	g_free(error);
	return s;
}

void stores_tell(struct store *s, const char *file, gboolean incomplete)
{
	struct store_counts n;
	char *size;

	store_count(s, &n);
	size = g_format_size((guint64)MAX(n.bytes, 0));
	cmd_say("%s: %" G_GINT64_FORMAT " units, %" G_GINT64_FORMAT
		" functions in %s, %" G_GINT64_FORMAT " files%s", file,
		n.units, n.functions, size, n.files,
		incomplete ? "; INCOMPLETE" : "");
	g_free(size);
}

gboolean stores_prepare(const char *file)
{
	struct store *s = stores_open(file);

	store_close(s);
	return s != NULL;
}
