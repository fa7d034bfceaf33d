// SPDX-License-Identifier: GPL-2.0-only
/*
 * The lines of source files, for showing them under a finding. A file that
 * cannot be read simply has no lines.
 */
#include <string.h>

#include "private.h"

struct source_cache {
	GHashTable *files; /* name -> char **, the lines */
};

static void lines_free(void *lines)
{
	g_strfreev(lines);
}

struct source_cache *source_cache_new(void)
{
	struct source_cache *c = g_new0(struct source_cache, 1);

	c->files = g_hash_table_new_full(g_str_hash, g_str_equal, g_free,
					 lines_free);
	return c;
}

void source_cache_free(struct source_cache *c)
{
	if (!c)
		return;
	g_hash_table_unref(c->files);
	g_free(c);
}

static char **lines_read(const char *file)
{
	char **lines;
	char *text;

	/* Not from a pipe or device that took the file's name since. */
	if (!g_file_test(file, G_FILE_TEST_IS_REGULAR) ||
	    !g_file_get_contents(file, &text, NULL, NULL))
		return g_new0(char *, 1);
	lines = g_strsplit(text, "\n", -1);
	for (char **line = lines; *line; line++)
		if (g_str_has_suffix(*line, "\r"))
			(*line)[strlen(*line) - 1] = '\0';
	g_free(text);
	return lines;
}

const char *source_cache_line(struct source_cache *c, const char *file,
			      int line)
{
	char **lines = g_hash_table_lookup(c->files, file);

	if (!lines) {
		lines = lines_read(file);
		g_hash_table_insert(c->files, g_strdup(file), lines);
	}
	for (int i = 1; i < line && *lines; i++)
		lines++;
	return line > 0 ? *lines : NULL;
}

int source_characters(const char *line, int column)
{
	int n = 0;

	for (int i = 1; i < column && line[i - 1]; i++)
		n += ((unsigned char)line[i - 1] & 0xc0) != 0x80;
	return n;
}
