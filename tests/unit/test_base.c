// SPDX-License-Identifier: GPL-2.0-only
/* The small questions of base/: flags of a compiler, and names of files. */
#include <glib.h>

#include "base/cflags.h"
#include "base/folder.h"

static void test_flags(void)
{
	static const struct {
		const char *words[3];
		int n;
	} rows[] = {
		{ { "-DX=1", "a.c" }, 1 },	{ { "-D", "X" }, 2 },
		{ { "-D" }, 0 },		{ { "-I", "-o" }, 2 },
		{ { "-Idir", "a.c" }, 1 },	{ { "-iquote", "dir" }, 2 },
		{ { "-isystemdir", "a.c" }, 1 }, { { "-std=gnu11" }, 1 },
		{ { "-std=" }, 0 },		{ { "-m64", "a.c" }, 1 },
		{ { "-m65" }, 0 },		{ { "-o", "a.o" }, 0 },
		{ { "-Wall", "a.c" }, 0 },	{ { "a.c" }, 0 },
	};

	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++)
		g_assert_cmpint(cflag_words(rows[i].words), ==, rows[i].n);
}

static void test_below(void)
{
	g_assert_cmpstr(folder_rest("/a", "/a/b/c"), ==, "b/c");
	g_assert_cmpstr(folder_rest("/", "/a/b"), ==, "a/b");
	g_assert_cmpstr(folder_rest("/a/", "/a/b"), ==, "b");
	g_assert_null(folder_rest("/a", "/ab/c"));
	g_assert_null(folder_rest("/a", "/a"));
	g_assert_null(folder_rest("/a", "/a/"));
	g_assert_null(folder_rest("/a/b", "/a"));
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/base/flags", test_flags);
	g_test_add_func("/base/below", test_below);
	return g_test_run();
}
