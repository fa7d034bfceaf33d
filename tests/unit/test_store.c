// SPDX-License-Identifier: GPL-2.0-only
/* The facts store without its commands: which units read a file, or lack one. */
#include <glib.h>
#include <glib/gstdio.h>

#include "base/folder.h"
#include "facts/facts.h"
#include "facts/program.h"
#include "ir/ir.h"

struct place {
	char *folder;
	struct store *store;
};

static char *path_in(const struct place *p, const char *name)
{
	return g_build_filename(p->folder, name, NULL);
}

static void open_again(struct place *p)
{
	char *notice, *error = NULL, *path = path_in(p, "facts.db");

	store_close(p->store);
	p->store = store_open(path, &notice, &error);
	g_assert_null(error);
	g_free(path);
}

static void set_up(struct place *p, gconstpointer data)
{
	p->folder = g_dir_make_tmp("pincheck-XXXXXX", NULL);
	open_again(p);
}

static void tear_down(struct place *p, gconstpointer data)
{
	store_close(p->store);
	folder_remove(p->folder);
	g_free(p->folder);
}

static void make_file(const struct place *p, const char *name)
{
	char *path = path_in(p, name);

	g_assert_true(g_file_set_contents(path, name, -1, NULL));
	g_free(path);
}

/* A unit without functions; the first of @inputs is its own file. */
static void save(const struct place *p, const char *const *inputs)
{
	char *path = path_in(p, inputs[0]);
	struct unit *u = unit_new(path);

	for (; *inputs; inputs++) {
		char *input = path_in(p, *inputs);

		g_ptr_array_add(u->inputs, (gpointer)g_intern_string(input));
		g_free(input);
	}
	/* as though the files were much older */
	store_save(p->store, path, "cc", u,
		   g_get_real_time() + G_USEC_PER_SEC);
	g_assert_null(store_error(p->store));
	unit_free(u);
	g_free(path);
}

/* Base names of the units that read one of the files, with blanks between. */
static char *readers(const struct place *p, const char *const *names)
{
	GPtrArray *paths = g_ptr_array_new_with_free_func(g_free);
	char **units, **u, *text;

	for (; *names; names++)
		g_ptr_array_add(paths, path_in(p, *names));
	g_ptr_array_add(paths, NULL);
	units = store_readers(p->store, (const char *const *)paths->pdata);
	g_assert_nonnull(units);
	for (u = units; *u; u++) {
		text = g_path_get_basename(*u);
		g_free(*u);
		*u = text;
	}
	text = g_strjoinv(" ", units);
	g_strfreev(units);
	g_ptr_array_unref(paths);
	return text;
}

#define LIST(...) ((const char *const[]){ __VA_ARGS__, NULL })
#define expect_readers(p, expected, ...) do { \
	char *text_ = readers(p, LIST(__VA_ARGS__)); \
	g_assert_cmpstr(text_, ==, expected); \
	g_free(text_); \
} while (0)

static void save_three(const struct place *p)
{
	const char *const *name;

	for (name = LIST("a.c", "b.c", "c.c", "x.h", "y.h", "unread.h"); *name;
	     name++)
		make_file(p, *name);
	save(p, LIST("c.c", "x.h", "x.h"));
	save(p, LIST("a.c", "x.h", "y.h"));
	save(p, LIST("b.c"));
}

static void test_readers(struct place *p, gconstpointer data)
{
	save_three(p);
	expect_readers(p, "a.c c.c", "x.h");
	expect_readers(p, "a.c", "y.h");
	expect_readers(p, "b.c", "b.c");
	expect_readers(p, "a.c b.c", "b.c", "y.h", "a.c");
	expect_readers(p, "", "unread.h");
	expect_readers(p, "", "nosuch.h", "h");
	expect_readers(p, "", NULL);
}

/* What the store has counts, not what lies on the disk. */
static void test_readers_gone(struct place *p, gconstpointer data)
{
	char *path = path_in(p, "y.h");

	save_three(p);
	g_assert_cmpint(g_remove(path), ==, 0);
	expect_readers(p, "a.c", "y.h");
	make_file(p, "y.h");
	save(p, LIST("a.c", "x.h"));
	expect_readers(p, "", "y.h");
	g_free(path);
}

static bool is_fresh(const struct place *p, const char *name)
{
	char *path = path_in(p, name);
	bool fresh = store_is_fresh(p->store, path, "cc");

	g_free(path);
	return fresh;
}

/* A file that is not there: no unit, or one for as long as that is so. */
static void test_absent(struct place *p, gconstpointer data)
{
	make_file(p, "a.c");
	save(p, LIST("a.c", "x.h"));
	expect_readers(p, "", "a.c");
	store_allow_absent(p->store);
	save(p, LIST("a.c", "x.h"));
	expect_readers(p, "a.c", "x.h");
	g_assert_true(is_fresh(p, "a.c"));
	open_again(p);
	g_assert_true(is_fresh(p, "a.c"));
	open_again(p);
	make_file(p, "x.h");
	g_assert_false(is_fresh(p, "a.c"));
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add("/store/readers", struct place, NULL, set_up, test_readers,
		   tear_down);
	g_test_add("/store/readers-gone", struct place, NULL, set_up,
		   test_readers_gone, tear_down);
	g_test_add("/store/absent", struct place, NULL, set_up, test_absent,
		   tear_down);
	return g_test_run();
}
