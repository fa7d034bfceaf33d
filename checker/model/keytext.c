// SPDX-License-Identifier: GPL-2.0-only
/*
 * A .pincheck file as text. GKeyFile does the syntax; but it knows no line
 * numbers, and lets the last of two equal keys win without a word. So the
 * lines are indexed here beside it.
 */
#include "model/keytext.h"

#include <string.h>

#include "model/declare.h"

int keytext_fail(struct keytext *t, const char *format, ...)
{
	va_list args;

	g_free(t->error);
	va_start(args, format);
	t->error = declare_error(t->path, t->line, format, args);
	va_end(args);
	return -1;
}

/* Lines */

static char *line_name(const char *group, const char *key)
{
	return key ? g_strdup_printf("%s\n%s", group, key) : g_strdup(group);
}

int keytext_line(const struct keytext *t, const char *group, const char *key)
{
	char *name = line_name(group, key);
	int line = GPOINTER_TO_INT(g_hash_table_lookup(t->lines, name));

	g_free(name);
	return line;
}

static int note_line(struct keytext *t, const char *group, const char *key,
		     int line)
{
	int first = keytext_line(t, group, key);

	if (!first) {
		g_hash_table_insert(t->lines, line_name(group, key),
				    GINT_TO_POINTER(line));
	} else if (key) {
		t->line = line;
		return keytext_fail(t, "'%s' is there twice in [%s], first in line %d",
				    key, group, first);
	}
	return 0;
}

/* Notes one line of a text that GKeyFile accepted. */
static int index_line(struct keytext *t, char *text, int line, char **group)
{
	g_strstrip(text);
	if (!*text || *text == '#')
		return 0;
	if (*text == '[') {
		text[strcspn(text, "]")] = '\0';
		*group = text + 1;
		return note_line(t, *group, NULL, line);
	}
	text[strcspn(text, "=")] = '\0';
	return note_line(t, *group, g_strchomp(text), line);
}

static int index_lines(struct keytext *t, const char *text)
{
	GStrv lines = g_strsplit(text, "\n", -1);
	char *group = NULL;
	int i, ret = 0;

	for (i = 0; lines[i] && !ret; i++)
		ret = index_line(t, lines[i], i + 1, &group);
	g_strfreev(lines);
	return ret;
}

/* Loading */

static int line_at(const char *text, const char *place)
{
	int n = 1;

	for (; text < place; text++)
		n += *text == '\n';
	return n;
}

static bool accepts(const char *text, gsize size)
{
	GKeyFile *keys = g_key_file_new();
	bool ok = g_key_file_load_from_data(keys, text, size, G_KEY_FILE_NONE,
					    NULL);

	g_key_file_free(keys);
	return ok;
}

/* The line that GKeyFile refuses: the first behind all that it accepts. */
static int refused_line(const char *text, gsize size)
{
	gsize good = 0, bad = size;

	while (good < bad) {
		gsize middle = good + (bad - good) / 2;
		const char *end = memchr(text + middle, '\n', size - middle);
		gsize len = end ? (gsize)(end - text) : size;

		if (accepts(text, len))
			good = len + 1;
		else
			bad = middle;
	}
	return line_at(text, text + good);
}

static int load_text(struct keytext *t, const char *text, gsize size)
{
	GError *error = NULL;
	const char *bad;

	if (!g_utf8_validate(text, (gssize)size, &bad)) {
		t->line = line_at(text, bad);
		return keytext_fail(t, "this is not UTF-8 text");
	}
	/* Without the flag, GKeyFile would drop keys like "lock[de]". */
	if (g_key_file_load_from_data(t->keys, text, size,
				      G_KEY_FILE_KEEP_TRANSLATIONS, &error))
		return index_lines(t, text);
	t->line = refused_line(text, size);
	keytext_fail(t, "%s", error->message);
	g_error_free(error);
	return -1;
}

int keytext_load(struct keytext *t, const char *path)
{
	GError *error = NULL;
	char *text;
	gsize size;
	int ret;

	*t = (struct keytext){ .path = path, .keys = g_key_file_new() };
	t->lines = g_hash_table_new_full(g_str_hash, g_str_equal, g_free,
					 NULL);
	if (!g_file_get_contents(path, &text, &size, &error)) {
		t->error = g_strdup(error->message);
		g_error_free(error);
		return -1;
	}
	ret = load_text(t, text, size);
	g_free(text);
	return ret;
}

void keytext_clear(struct keytext *t)
{
	g_key_file_free(t->keys);
	g_hash_table_unref(t->lines);
	g_free(t->error);
}

/* Reading */

int keytext_each_group(struct keytext *t,
		       int (*read)(struct keytext *, const char *group,
				   void *data),
		       void *data)
{
	GStrv groups = g_key_file_get_groups(t->keys, NULL), group;
	int ret = 0;

	for (group = groups; *group && !ret; group++) {
		t->line = keytext_line(t, *group, NULL);
		ret = read(t, *group, data);
	}
	g_strfreev(groups);
	return ret;
}

int keytext_each_key(struct keytext *t, const char *group,
		     int (*read)(struct keytext *, const char *key,
				 const char *value, void *data),
		     void *data)
{
	GStrv keys = g_key_file_get_keys(t->keys, group, NULL, NULL), key;
	int ret = 0;

	for (key = keys; *key && !ret; key++) {
		GError *error = NULL;
		char *value = g_key_file_get_string(t->keys, group, *key,
						    &error);

		t->line = keytext_line(t, group, *key);
		if (!value)
			ret = keytext_fail(t, "%s", error->message);
		else if (!*g_strstrip(value))
			ret = keytext_fail(t, "'%s' has no value", *key);
		else
			ret = read(t, *key, value, data);
		g_clear_error(&error);
		g_free(value);
	}
	g_strfreev(keys);
	return ret;
}

int keytext_each_item(struct keytext *t, const char *value,
		      int (*read)(struct keytext *, const char *item,
				  void *data),
		      void *data)
{
	GStrv list = g_strsplit(value, ";", -1), item;
	int ret = 0, n = 0;

	for (item = list; *item && !ret; item++) {
		if (!*g_strstrip(*item))
			continue;
		n++;
		ret = read(t, *item, data);
	}
	g_strfreev(list);
	return n ? ret : keytext_fail(t, "'%s' has nothing in it", value);
}
