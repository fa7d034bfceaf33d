// SPDX-License-Identifier: GPL-2.0-only
/*
 * The lines of source files, for showing them under a finding. A file that
 * cannot be read simply has no lines.
 */
#include <string.h>

#include "private.h"

struct source_cache {
	const struct report_style *style;
	GHashTable *files; /* source_key() -> char **, the lines */
};

static void lines_free(void *lines)
{
	g_strfreev(lines);
}

struct source_cache *source_cache_new(const struct report_style *style)
{
	struct source_cache *c = g_new0(struct source_cache, 1);

	c->style = style;
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

static char *text_read(const struct report_style *style, unsigned state,
		       const char *file)
{
	char *text;

	if (style->text_of)
		return style->text_of(state, file, style->text_data);
	/* Not from a pipe or device that took the file's name since. */
	if (!g_file_test(file, G_FILE_TEST_IS_REGULAR) ||
	    !g_file_get_contents(file, &text, NULL, NULL))
		return NULL;
	return text;
}

static char **lines_read(const struct report_style *style, unsigned state,
			 const char *file)
{
	char *text = text_read(style, state, file);
	char **lines;

	if (!text)
		return g_new0(char *, 1);
	lines = g_strsplit(text, "\n", -1);
	for (char **line = lines; *line; line++)
		if (g_str_has_suffix(*line, "\r"))
			(*line)[strlen(*line) - 1] = '\0';
	g_free(text);
	return lines;
}

char *source_key(unsigned state, const char *file)
{
	return g_strdup_printf("%u:%s", state, file);
}

static char **lines_of(struct source_cache *c, unsigned state,
		       const char *file)
{
	char *key = source_key(state, file);
	char **lines = g_hash_table_lookup(c->files, key);

	if (lines) {
		g_free(key);
	} else {
		lines = lines_read(c->style, state, file);
		g_hash_table_insert(c->files, key, lines);
	}
	return lines;
}

const char *source_cache_line(struct source_cache *c, unsigned state,
			      const char *file, int line)
{
	char **lines;

	if (!file || line < 1)
		return NULL;
	lines = lines_of(c, state, file);
	for (int i = 1; i < line && *lines; i++)
		lines++;
	return *lines;
}

int source_characters(const char *line, int column)
{
	int n = 0;

	for (int i = 1; i < column && line[i - 1]; i++)
		n += ((unsigned char)line[i - 1] & 0xc0) != 0x80;
	return n;
}
