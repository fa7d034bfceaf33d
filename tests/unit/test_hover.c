// SPDX-License-Identifier: GPL-2.0-only
/*
 * What somebody is told who points at a flag, a bit, an accessor, or at
 * something that is part of no pair: in files of
 * the corpus and the fixtures.
 */
#include <glib.h>
#include <string.h>

#include "frontend/session.h"
#include "model/model.h"
#include "pipeline/pipeline.h"

struct pointed {
	struct session *session;
	struct model *model;
	struct compile_command *cmd;
	char *text;
};

static void pointed_init(struct pointed *p, const char *file)
{
	const char *include = g_str_has_prefix(file, "corpus/") ?
				      "-Icorpus/include" :
				      "-Itests/fixtures/include";
	const char *const args[] = { "-std=gnu11", include, NULL };
	const char *src = g_getenv("SRC");
	char *here = src ? g_strdup(src) : g_get_current_dir();
	char *path = g_build_filename(here, file, NULL);

	g_assert_true(g_file_get_contents(path, &p->text, NULL, NULL));
	p->session = session_new(1, SESSION_PREAMBLE);
	p->model = model_new_builtin();
	p->cmd = compile_command_new(here, file, args);
	g_free(path);
	g_free(here);
}

static void pointed_clear(struct pointed *p)
{
	session_free(p->session);
	model_free(p->model);
	compile_command_free(p->cmd);
	g_free(p->text);
}

/* At the last character of the first @at in the file. */
static struct pipeline_hover *hover(const struct pointed *p, const char *at)
{
	const struct pipeline_options opt = { .model = p->model,
					      .session = p->session };
	const char *found = strstr(p->text, at), *end, *line;
	int n = 1;

	g_assert_nonnull(found);
	end = found + strlen(at) - 1;
	for (line = p->text; (found = strchr(line, '\n')) && found < end; n++)
		line = found + 1;
	return pipeline_hover(p->cmd, &opt, n, (int)(end - line) + 1);
}

/* @word is pointed at; @parts are in what is told, in this order. */
static void expect(const struct pointed *p, const char *at, const char *word,
		   const char *const *parts)
{
	struct pipeline_hover *h = hover(p, at);
	const char *text;
	char **lines = g_strsplit(p->text, "\n", -1);

	g_assert_nonnull(h);
	text = h->text;
	g_test_message("%s", text);
	for (; *parts; parts++) {
		const char *next = strstr(text, *parts);

		if (!next)
			g_error("\"%s\" is not in: %s", *parts, text);
		text = next + strlen(*parts);
	}
	g_assert_cmpint(h->length, ==, strlen(word));
	g_assert_true(g_str_has_prefix(lines[h->line - 1] + h->column - 1,
				       word));
	g_strfreev(lines);
	pipeline_hover_free(h);
}

#define PARTS(...) ((const char *const[]){ __VA_ARGS__, NULL })

#define BTRFS "corpus/002-btrfs-find-extent-buffer/before.c"
#define TREE_REF "**`extent_buffer.bflags:EXTENT_BUFFER_TREE_REF`** owns a " \
	"reference on the object that it is in, a `struct extent_buffer`, " \
	"counted by `refs`."

static void test_bit(void)
{
	const char *const *told = PARTS(
		TREE_REF, "get: `check_buffer_tree_ref()`\n",
		"put: `free_extent_buffer()`, ", "`try_release_extent_buffer()`\n",
		"1 of 1 places that set it take a reference, "
		"3 of 3 that clear it drop one",
		"extent_io.h:127`, `check_buffer_tree_ref()` sets it and takes "
		"one in line 128",
		BTRFS ":106`, `try_release_extent_buffer()` clears it and drops "
		"one in line 111",
		"Lock: `extent_buffer.refs_lock`, held at 4 of 4 writes");
	struct pointed p;

	pointed_init(&p, BTRFS);
	expect(&p, "clear_bit(EXTENT_BUFFER_TREE_REF",
	       "EXTENT_BUFFER_TREE_REF", told);
	/* in the argument of a macro, and by its accessor */
	expect(&p, "WARN_ON(!test_bit(EXTENT_BUFFER_TREE_REF",
	       "EXTENT_BUFFER_TREE_REF", told);
	expect(&p, "check_buffer_tree_ref", "check_buffer_tree_ref", told);
	expect(&p, "&eb->bflags", "bflags", told);
	pointed_clear(&p);
}

static void test_declared(void)
{
	struct pointed p;

	pointed_init(&p, "corpus/000-lustre-lu19956/buggy.c");
	expect(&p, "opg->ops_transfer_pinned", "ops_transfer_pinned",
	       PARTS("**`osc_page.ops_transfer_pinned`** owns a reference on "
		     "`->ops_cl.cpl_page`, a `struct cl_page`",
		     "get: `osc_page_transfer_get()`\n", "- known to pincheck: ",
		     "2 of 2 that clear it drop one"));
	pointed_clear(&p);
}

/* Where it goes wrong, and where it was said. */
static void test_annotated(void)
{
	struct pointed p;

	pointed_init(&p, "tests/fixtures/unpaired-flag/annotated.c");
	expect(&p, "h->hooked", "hooked",
	       PARTS("**`ahook.hooked`** owns", "get: `ahook_attach()`\n",
		     "put: `ahook_detach()`\n",
		     "- annotated, `tests/fixtures/unpaired-flag/annotated.c:20`",
		     "1 of 2 places that set it take a reference, "
		     "1 of 2 that clear it drop one",
		     "`hook_bad()` sets it and takes none"));
	expect(&p, "\tahook_detach", "ahook_detach",
	       PARTS("**`ahook.hooked`** owns"));
	pointed_clear(&p);
}

static void expect_nothing(const struct pointed *p, const char *at)
{
	struct pipeline_hover *h = hover(p, at);

	if (h)
		g_error("%s: %s", at, h->text);
	pipeline_hover_free(h);
}

static void test_nothing(void)
{
	struct pointed p;

	pointed_init(&p, BTRFS);
	expect_nothing(&p, "eb->refs");
	expect_nothing(&p, "test_bit(EXTENT_BUFFER_STALE");
	expect_nothing(&p, "bool was_dirty");
	expect_nothing(&p, "was_dirty =");
	expect_nothing(&p, "\trelease_extent_buffer");
	/* in a comment */
	expect_nothing(&p, "for try_release_extent_buffer");
	pointed_clear(&p);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/hover/bit", test_bit);
	g_test_add_func("/hover/declared", test_declared);
	g_test_add_func("/hover/annotated", test_annotated);
	g_test_add_func("/hover/nothing", test_nothing);
	return g_test_run();
}
