// SPDX-License-Identifier: GPL-2.0-only
/* Reads the hand-written event lists. */
#include "events.h"

#include <string.h>

struct program *events_parse(struct arena *a, const char *text)
{
	char *error = NULL;
	struct program *p = program_parse(a, text, &error);

	if (!p)
		g_test_message("%s in\n%s", error, text);
	g_assert_nonnull(p);
	return p;
}

static int by_name(gconstpointer a, gconstpointer b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static GPtrArray *event_files(const char *dir)
{
	GPtrArray *names = g_ptr_array_new_with_free_func(g_free);
	GDir *open = g_dir_open(dir, 0, NULL);
	const char *name;

	g_assert_nonnull(open);
	while ((name = g_dir_read_name(open)))
		if (g_str_has_suffix(name, ".events"))
			g_ptr_array_add(names, g_strdup(name));
	g_dir_close(open);
	g_ptr_array_sort(names, by_name);
	return names;
}

static char *expected(const char *text)
{
	static const char mark[] = "\n# expect: ";
	const char *start = strstr(text, mark);

	g_assert_nonnull(start);
	start += strlen(mark);
	return g_strndup(start, strcspn(start, "\n"));
}

void events_each(void (*test)(const char *name, const char *text,
			      const char *expect))
{
	const char *src = g_getenv("SRC");
	char *dir = g_build_filename(src ? src : ".", "tests", "lower", NULL);
	GPtrArray *names = event_files(dir);
	guint i;

	g_assert_cmpuint(names->len, >, 0);
	for (i = 0; i < names->len; i++) {
		const char *name = g_ptr_array_index(names, i);
		char *path = g_build_filename(dir, name, NULL);
		char *text, *expect;

		g_assert_true(g_file_get_contents(path, &text, NULL, NULL));
		expect = expected(text);
		g_test_message("%s", name);
		test(name, text, expect);
		g_free(expect);
		g_free(text);
		g_free(path);
	}
	g_ptr_array_unref(names);
	g_free(dir);
}
