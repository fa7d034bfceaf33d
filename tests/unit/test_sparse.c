// SPDX-License-Identifier: GPL-2.0-only
/* What sparse is given: the header for a small model, and its arguments. */
#include <glib.h>
#include <glib/gstdio.h>
#include <string.h>

#include "cmd/engine_model.h"
#include "engines/engine.h"
#include "engines/sparse_ask.h"
#include "engines/sparse_header.h"
#include "model/model.h"

static const char declared[] =
	"[pair in-queue]\n"
	"flag = struct page.flags:PG_checked\n"
	"object = ->owner\n"
	"object-type = struct queue\n"
	"[functions]\n"
	"get = queue_get(1)\n"
	"put = queue_put\n"
	"try-get = queue_tryget\n"
	"get-result = queue_find\n";

struct fixture {
	struct engine_model *model;
	const struct engine_pair *pair; /* "in-queue" */
};

static void setup(struct fixture *f, const void *unused)
{
	char *path = g_build_filename(g_get_tmp_dir(), "pincheck-XXXXXX",
				      NULL);
	struct model *m = model_new_builtin();
	char *error = NULL;
	int fd = g_mkstemp(path);

	g_assert_cmpint(fd, >=, 0);
	g_close(fd, NULL);
	g_assert_true(g_file_set_contents(path, declared, -1, NULL));
	g_assert_cmpint(model_load_file(m, path, &error), ==, 0);
	f->model = engine_model_of(m);
	for (guint i = 0; i < f->model->pairs->len; i++) {
		const struct engine_pair *p = f->model->pairs->pdata[i];

		if (!strcmp(p->name, "in-queue"))
			f->pair = p;
	}
	g_assert_nonnull(f->pair);
	g_remove(path);
	g_free(path);
	model_free(m);
}

static void teardown(struct fixture *f, const void *unused)
{
	engine_model_free(f->model);
}

/* "NAME:LINE:COLUMN ...", with a "-" before what is no call. */
static char *uses(const struct fixture *f, const char *text)
{
	GArray *found = sparse_uses(f->model, f->pair, text, strlen(text));
	GString *out = g_string_new(NULL);

	for (guint i = 0; i < found->len; i++) {
		const struct sparse_use *u;

		u = &g_array_index(found, struct sparse_use, i);
		g_string_append_printf(out, "%s%s%s:%d:%d", i ? " " : "",
				       u->plain ? "-" : "", u->name, u->line,
				       u->column);
	}
	g_array_unref(found);
	return g_string_free(out, FALSE);
}

static void assert_uses(const struct fixture *f, const char *text,
			const char *want)
{
	char *got = uses(f, text);

	g_assert_cmpstr(got, ==, want);
	g_free(got);
}

static void test_uses(struct fixture *f, const void *unused)
{
	assert_uses(f, "", "");
	assert_uses(f, "void queue_put(struct queue *q);\n\tqueue_put(q);",
		    "-queue_put:1:6 queue_put:2:2");
	assert_uses(f, "\tqueue_find (1); other_queue_find(2); queue_find = 0;",
		    "queue_find:1:2");
	assert_uses(f, "\tif (x)\n\t\tSetPageChecked(p), queue_get(0, q);",
		    "SetPageChecked:2:3 queue_get:2:22");
	assert_uses(f, "\ta->queue_put(q); b. queue_put(q); c > queue_put(q);",
		    "-queue_put:1:5 -queue_put:1:22 queue_put:1:40");
	assert_uses(f, "\t/* queue_put(q) *\\/ \" \n */ queue_put(q)",
		    "queue_put:2:5");
	assert_uses(f, "\ts = \"\\\" queue_put(q)\", c = '\"', queue_put(q);",
		    "queue_put:1:34");
	assert_uses(f, "\t// it's queue_put(q)\n \xff queue_put(q)",
		    "queue_put:2:4");
}

/* The header of @text, from its line that begins with @from. */
static char *header(const struct fixture *f, const char *text,
		    enum sparse_sum sum, const char *from)
{
	GArray *found = sparse_uses(f->model, f->pair, text, strlen(text));
	char *all = sparse_header(f->pair, found, text, strlen(text), sum);
	char *at = strstr(all, from), *part;

	g_assert_nonnull(at);
	part = g_strdup(at);
	g_free(all);
	g_array_unref(found);
	return part;
}

/* Pairs of what is counted and how, in all three sums. */
static void test_sums(struct fixture *f, const void *unused)
{
	static const char text[] = "\tSetPageChecked(p); ClearPageChecked(p);"
				   "queue_get(0, q); queue_put(q);";
	static const struct {
		const char *call;
		int sums[3];
	} want[] = {
		{ "SetPageChecked", { -1, 1, 0 } },
		{ "ClearPageChecked", { 1, -1, 0 } },
		{ "queue_get", { 1, -1, 1 } },
		{ "queue_put", { -1, 1, -1 } },
	};

	for (gsize i = 0; i < G_N_ELEMENTS(want); i++)
		for (int sum = 0; sum < 3; sum++) {
			char *line = g_strdup_printf(
				"#define PINCHECK_CALL_%s(...) ({ "
				"__context__(pincheck_in_queue, \\\n\t%d * ",
				want[i].call, want[i].sums[sum]);
			char *all = header(f, text, sum, "#define");

			g_assert_nonnull(strstr(all, line));
			g_free(all);
			g_free(line);
		}
}

static void test_header(struct fixture *f, const void *unused)
{
	char *got = header(f, "bool queue_tryget(struct queue *q);\n"
			      "int f(void)\n{\n\tif (queue_tryget(q))\n"
			      "\t\treturn -EIO;\n\treturn ERR_PTR(-EIO);\n"
			      "\treturn err;\n}\n",
			   SPARSE_ERROR_RETURNS, "#define PINCHECK_OBJECT");

	g_assert_cmpstr(got, ==,
"#define PINCHECK_OBJECT(e) (0 | \\\n"
"\t__builtin_types_compatible_p(__typeof__(e), struct queue *) | \\\n"
"\t__builtin_types_compatible_p(__typeof__(e), const struct queue *))\n"
"#define queue_tryget(...) PINCHECK_HERE(queue_tryget)(__VA_ARGS__)\n"
"#define PINCHECK_HEADER_queue_tryget(...) queue_tryget(__VA_ARGS__)\n"
"#define PINCHECK_MAIN_queue_tryget(...) PINCHECK_OF(PINCHECK_PASTE( \\\n"
"\tPINCHECK_queue_tryget_, __LINE__), PINCHECK_CALL_queue_tryget)(__VA_ARGS__)\n"
"#define PINCHECK_CALL_queue_tryget(...) ({ __context__(pincheck_in_queue, \\\n"
"\t1 * PINCHECK_OBJECT(PINCHECK_ARG_0(__VA_ARGS__, 0, 0, 0, 0))); \\\n"
"\t(void)queue_tryget(__VA_ARGS__); (__typeof__(queue_tryget(__VA_ARGS__)))1; })\n"
"#define PINCHECK_queue_tryget_1 0, PINCHECK_HEADER_queue_tryget\n"
"#define return PINCHECK_HERE(return)() return\n"
"#define PINCHECK_HEADER_return()\n"
"#define PINCHECK_MAIN_return() PINCHECK_OF(PINCHECK_PASTE( \\\n"
"\tPINCHECK_RETURN_, __LINE__), for (;;) while (0))\n"
"#define PINCHECK_RETURN_5 0,\n"
"#define PINCHECK_RETURN_6 0,\n");
	g_free(got);
}

/* A page is a folio, and what takes a reference may be its result. */
static void test_objects(struct fixture *f, const void *unused)
{
	char *got = header(f, "\tqueue_find(1);", SPARSE_FLAG,
			   "#define PINCHECK_OWNER");

	g_assert_nonnull(strstr(got, "struct page *)"));
	g_assert_nonnull(strstr(got, "const struct folio *)"));
	g_assert_nonnull(strstr(got, "PINCHECK_OBJECT(queue_find(__VA_ARGS__))"));
	g_assert_nonnull(strstr(got, "(__typeof__(queue_find(__VA_ARGS__)))4096;"));
	g_assert_null(strstr(got, "return"));
	g_free(got);
}

/* The unit's part of the command, words with blanks around them. */
static char *command(const char *file, const char *const *flags)
{
	const struct engine_unit unit = { "/", file, flags };
	GPtrArray *argv = sparse_command(&unit);
	char *all = g_strjoinv(" ", (char **)argv->pdata), *own;

	own = strstr(all, " -fmax-warnings=unlimited");
	g_assert_nonnull(own);
	own = g_strdup(strchr(own + 1, ' '));
	g_ptr_array_unref(argv);
	g_free(all);
	return own;
}

static void test_command(void)
{
	const char *const flags[] = {
		"-Ia", "-I", "b c", "-iquote", "d", "-isystem", "e", "-D", "F",
		"-DG=\"h\"", "-UI", "-include", "j.h", "-nostdinc", "-O2",
		"-Wall", "-fshort-wchar", "-march=k8", "--target=arm", "-m64",
		"-std=gnu23", "-Xclang", "-x", "-", "-D", NULL
	};
	char *got = command("/x/-y.c", flags);

	g_assert_cmpstr(got, ==,
			" -Ia -I b c -I d -isystem e -D F -DG=\"h\" -UI "
			"-include j.h -nostdinc -fshort-wchar -m64 "
			"-include /dev/stdin /x/-y.c");
	g_free(got);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
#define ADD(name)                                                            \
	g_test_add("/sparse/" #name, struct fixture, NULL, setup,            \
		   test_##name, teardown)
	ADD(uses);
	ADD(sums);
	ADD(header);
	ADD(objects);
	g_test_add_func("/sparse/command", test_command);
	return g_test_run();
}
