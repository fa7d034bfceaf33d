/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A git repository in a temporary folder, for tests of patches. Included, not
 * linked. Of the folder "repo" and the file "outside" beside it, everything
 * must stay as it is: contents, names, modes and times.
 */
#ifndef TESTS_UNIT_REPOSITORY_H
#define TESTS_UNIT_REPOSITORY_H

#include <glib.h>
#include <string.h>

#include "base/folder.h"
#include "base/process.h"
#include "patch/patch.h"

struct repository {
	char *root, *tree, *scratch;
	struct series *series;
	struct states *states;
	char *error; /* of the last try */
};

/* Runs a script in the tree; returns what it prints. */
static inline char *shell(const struct repository *r, const char *script)
{
	const struct process_request req = {
		.argv = (const char *const[]){ "sh", "-ec", script, NULL },
		.cwd = r->tree, .limit = 1 << 24, .timeout = 60
	};
	struct process_result ran;
	char *error = NULL, *out;

	g_assert_cmpint(process_run(&req, &ran, &error), ==, 0);
	if (ran.status)
		g_error("%s: %s", script, ran.err->str);
	out = g_strdup(ran.out->str);
	process_result_clear(&ran);
	return out;
}

static inline void run(const struct repository *r, const char *script)
{
	g_free(shell(r, script));
}

static inline void repository_open(struct repository *r)
{
	*r = (struct repository){ 0 };
	r->root = g_dir_make_tmp("pincheck-XXXXXX", NULL);
	r->tree = g_strdup(r->root);
	run(r, "mkdir repo; echo out > outside; git init -q -b main repo");
	g_free(r->tree);
	r->tree = g_build_filename(r->root, "repo", NULL);
	run(r, "git config user.name J\xc3\xbcrgen\n"
	       "git config user.email j@example.org\n"
	       "mkdir fs; seq -f 'line %g' 40 > fs/a.c\n"
	       "seq -f 'header %g' 9 > fs/a.h; echo other > b.c\n"
	       "git add .; git commit -qm 'the first'");
}

/* Forgets the last try. */
static inline void repository_again(struct repository *r)
{
	states_free(r->states);
	series_free(r->series);
	g_free(r->error);
	if (r->scratch)
		folder_remove(r->scratch);
	g_free(r->scratch);
	r->states = NULL;
	r->series = NULL;
	r->error = NULL;
	r->scratch = NULL;
}

static inline void repository_close(struct repository *r)
{
	repository_again(r);
	folder_remove(r->root);
	g_free(r->tree);
	g_free(r->root);
}

static inline char *repository_sums(const struct repository *r)
{
	return shell(r, "cd ..; find repo outside -printf '%p %y %m %T@ %l\\n'"
			" | sort; find repo outside -type f -exec md5sum {} +"
			" | sort");
}

/* Reads and applies @what, which lies beside the tree if it is a file. */
static inline bool try_in(struct repository *r, const char *tree,
			  const char *what, const char *base)
{
	char *before = repository_sums(r), *after;
	char *beside = g_build_filename(r->root, what, NULL);
	struct series_source source = { tree, base, what };

	if (g_file_test(beside, G_FILE_TEST_EXISTS))
		source.what = beside;
	repository_again(r);
	r->scratch = g_dir_make_tmp("pincheck-XXXXXX", NULL);
	r->series = series_read(&source, r->scratch, NULL, &r->error);
	if (r->series)
		r->states = states_apply(r->series, tree, r->scratch,
					 &r->error);
	after = repository_sums(r);
	g_assert_cmpstr(before, ==, after);
	g_free(before);
	g_free(after);
	g_free(beside);
	return r->states;
}

static inline void apply_base(struct repository *r, const char *what,
			      const char *base)
{
	if (!try_in(r, r->tree, what, base))
		g_error("%s: %s", what, r->error);
	g_assert_null(r->error);
}

static inline void apply(struct repository *r, const char *what)
{
	apply_base(r, what, NULL);
}

/* One line, which has @part. */
static inline void refuse_base(struct repository *r, const char *what,
			       const char *base, const char *part)
{
	g_assert_false(try_in(r, r->tree, what, base));
	g_assert_nonnull(r->error);
	if (!strstr(r->error, part) || strchr(r->error, '\n'))
		g_error("\"%s\" instead of \"%s\"", r->error, part);
}

static inline void refuse(struct repository *r, const char *what,
			  const char *part)
{
	refuse_base(r, what, NULL, part);
}

static inline const struct patch *patch_of(const struct repository *r,
					   unsigned k)
{
	g_assert_cmpuint(k, <=, r->series->patches->len);
	return r->series->patches->pdata[k - 1];
}

/* The text of a name in a state, NULL: it is not there. */
static inline char *text_in(const struct repository *r, unsigned k,
			    const char *name)
{
	char *path = g_build_filename(r->tree, name, NULL);
	char *file = states_file(r->states, k, path), *text = NULL;

	if (file)
		g_assert_true(g_file_get_contents(file, &text, NULL, NULL));
	g_free(file);
	g_free(path);
	return text;
}

/* Is a name in state @k as in the revision, or (both) not there? */
static inline void assert_as(const struct repository *r, unsigned k,
			     const char *name, const char *revision)
{
	char *script = g_strdup_printf(
		"git cat-file -e %s:%s 2> /dev/null && git cat-file blob "
		"%s:%s || printf 'is gone'", revision, name, revision, name);
	char *wanted = shell(r, script), *text = text_in(r, k, name);

	g_assert_cmpstr(text ? text : "is gone", ==, wanted);
	g_free(text);
	g_free(wanted);
	g_free(script);
}

/* The names that patch @k changes, with blanks between them. */
static inline void assert_changed(const struct repository *r, unsigned k,
				  const char *wanted)
{
	char *names = g_strjoinv(" ", (char **)states_changed(r->states, k));

	g_assert_cmpstr(names, ==, wanted);
	g_free(names);
}

/* The touched lines of the first 60: "3 4 9". */
static inline void assert_touched(const struct repository *r, unsigned k,
				  const char *name, const char *wanted)
{
	char *path = g_build_filename(r->tree, name, NULL);
	GString *lines = g_string_new(NULL);

	for (int i = 1; i <= 60; i++)
		if (states_touched(r->states, k, path, i))
			g_string_append_printf(lines, "%s%d",
					       lines->len ? " " : "", i);
	g_assert_cmpstr(lines->str, ==, wanted);
	g_string_free(lines, TRUE);
	g_free(path);
}

#endif
