// SPDX-License-Identifier: GPL-2.0-only
/* Suppressions and baselines: which finding is hidden, and what is told. */
#include <glib.h>
#include <glib/gstdio.h>
#include <string.h>

#include "report/report.h"

static struct finding *add(struct report *r, const char *file, int line,
			   const char *rule)
{
	struct finding *f = finding_new(rule, SEVERITY_WARNING, file, line, 2,
					"fn");

	finding_message(f, "m");
	finding_key(f, "k");
	report_add(r, f);
	return f;
}

static const struct finding *at(const struct report *r, guint i)
{
	g_assert_cmpuint(i, <, r->findings->len);
	return r->findings->pdata[i];
}

/* ---- suppression ---- */

static gboolean knows(const char *rule)
{
	return g_str_has_prefix(rule, "rule");
}

static gboolean looks_for(const char *rule, const void *data)
{
	return strcmp(rule, "rule-off") != 0;
}

static int suppress(struct report *r, const char *file)
{
	const char *const files[] = { file, NULL };
	const struct suppress_options options = {
		.files = files, .known = knows, .looked_for = looks_for
	};

	return report_suppress(r, &options);
}

struct suppress_case {
	const char *source;
	int line;	     /* of a finding of rule-a; 0: there is none */
	gboolean hidden;
	const char *told;    /* in a finding about the comment; NULL: none */
	int told_line;
};

static const struct suppress_case cases[] = {
	/* On the line, or above it */
	{ "f(); /* pincheck: ignore[rule-a] why */", 1, TRUE, NULL, 0 },
	{ "f(); // pincheck: ignore[rule-a] why", 1, TRUE, NULL, 0 },
	{ "/* pincheck: ignore[rule-a] why */ f();", 1, TRUE, NULL, 0 },
	{ "/* pincheck: ignore[rule-a] why */\n\tf();", 2, TRUE, NULL, 0 },
	{ "/*\n * pincheck: ignore[rule-a]\n * why\n */\nf();", 5, TRUE, NULL,
	  0 },
	{ "// pincheck: ignore[rule-a] why\n// more\n/* x */\nf();", 4, TRUE,
	  NULL, 0 },
	/* Directives are no code, however long */
	{ "/* pincheck: ignore[rule-a] why */\n#ifdef X\n#endif\nf();", 4,
	  TRUE, NULL, 0 },
	{ "// pincheck: ignore[rule-a] why\n # define X(a) \\ \r\n\t(a) /* x\n"
	  " */ '\\\n#' \"/*\" // y\n\tf();", 6, TRUE, NULL, 0 },
	{ "/* pincheck: ignore[rule-a] why */ #undef X\nf();", 2, TRUE, NULL,
	  0 },
	{ "#define M \\\n/* pincheck: ignore[rule-a] why */ \\\n\tf()", 3,
	  FALSE, "hides nothing", 2 },
	{ "#define M \\\n/* pincheck: ignore[rule-a] why */ \\\n\nf();", 4,
	  FALSE, "hides nothing", 2 },
	{ "#define M /*\n*/ \\\n// pincheck: ignore[rule-a] why\nf();", 4,
	  FALSE, "hides nothing", 3 },
	{ "#define M \\\n\tx\n// pincheck: ignore[rule-a] why\nf();", 4, TRUE,
	  NULL, 0 },
	{ "f(\n); /* pincheck: ignore[rule-a] why\n * more */", 2, TRUE, NULL,
	  0 },
	{ "f(); /* x */ /* pincheck: ignore[rule-a] why */\ng();", 1, TRUE,
	  NULL, 0 },
	{ "f(); /* pincheck: ignore[rule-b, rule-a] why */", 1, TRUE,
	  "ignore[rule-b]' hides nothing", 1 },
	{ "f(); /* pincheck:ignore[ rule-a ] \xc3\xa4 */", 1, TRUE, NULL, 0 },
	/* Neither */
	{ "f(); /* pincheck: ignore[rule-a] why */\ng();", 2, FALSE,
	  "hides nothing", 1 },
	{ "f();\n/* pincheck: ignore[rule-a] why */\ng();", 1, FALSE,
	  "hides nothing", 2 },
	{ "f(); /* pincheck: ignore[rule-b] why */", 1, FALSE,
	  "hides nothing", 1 },
	{ "s = \"/* pincheck: ignore[rule-a] why */\";", 1, FALSE, NULL, 0 },
	{ "f(); /* pincheck does not see this; ignore it */", 1, FALSE, NULL,
	  0 },
	{ "f(); /* pincheck: expect-skip f */", 1, FALSE, NULL, 0 },
	{ "f(); /* see pincheck: ignore[rule-a] why */", 1, FALSE, NULL, 0 },
	/* In vain, which only a run that looks for it can say */
	{ "/* pincheck: ignore[rule-a] why */", 0, FALSE, "hides nothing", 1 },
	{ "/* pincheck: ignore[rule-off] why */", 0, FALSE, NULL, 0 },
	/* Slips */
	{ "f(); /* pincheck: ignore[rule-a] */", 1, FALSE, "no reason", 1 },
	{ "f(); /* pincheck: ignore[rule-a] - */", 1, FALSE, "no reason", 1 },
	{ "f(); /* pincheck: ignore[rule-a]: why */", 1, FALSE, "no blank", 1 },
	{ "f(); /* pincheck: ignore[rule-a][rule-b] why */", 1, FALSE,
	  "no blank follows the rules", 1 },
	{ "f(); /* pincheck: ignored, see above */", 1, FALSE,
	  "no such word: ignored,", 1 },
	{ "f(); /* pincheck: ignore_rule[rule-a] why */", 1, FALSE,
	  "no such word: ignore_rule", 1 },
	{ "f(); /* pincheck: expect[rule-a] */", 1, FALSE,
	  "no such word: expect", 1 },
	{ "f(); /* pincheck: */", 1, FALSE, "no such word: ", 1 },
	{ "f(); // pincheck ignore[rule-a] why", 1, FALSE, "no colon", 1 },
	{ "f(); // pincheck-ignore: why", 1, FALSE, "no colon", 1 },
	{ "f(); // pincheck[rule-a] why", 1, FALSE, "no colon", 1 },
	{ "f(); /* pincheck: ignore why */", 1, FALSE, "no [RULE]", 1 },
	{ "f(); /* pincheck: ignore */", 1, FALSE, "no [RULE]", 1 },
	{ "f(); /* pincheck: ignore [rule-a] why */", 1, FALSE, "no [RULE]", 1 },
	{ "f(); /* pincheck: ignore[] why */", 1, FALSE, "names no rule", 1 },
	{ "f(); /* pincheck: ignore[rule-a why */", 1, FALSE, "names no rule",
	  1 },
	{ "f(); /* pincheck: ignore[rule-a, other] why */", 1, FALSE,
	  "no such rule: other", 1 },
	{ "f(); /* pincheck: ignore[rule-a,] why */", 1, FALSE,
	  "no such rule: ", 1 },
	{ "f(); /* pincheck: ignore[suppression] why */", 1, FALSE,
	  "no such rule: suppression", 1 },
	{ "f(); /* pincheck: ignore[rule-a] why", 1, TRUE, NULL, 0 },
};

static char *write_source(const char *folder, const char *text)
{
	char *file = g_build_filename(folder, "a.c", NULL);

	g_assert_true(g_file_set_contents(file, text, -1, NULL));
	return file;
}

static char *temp_folder(void)
{
	char *folder = g_dir_make_tmp("pincheck-XXXXXX", NULL);

	g_assert_nonnull(folder);
	return folder;
}

static void remove_source(char *folder, char *file)
{
	g_assert_cmpint(g_unlink(file), ==, 0);
	g_assert_cmpint(g_rmdir(folder), ==, 0);
	g_free(file);
	g_free(folder);
}

static void check_case(const struct suppress_case *c)
{
	char *folder = temp_folder(), *file = write_source(folder, c->source);
	struct report *r = report_new();
	const struct finding *told = NULL;

	g_test_message("%s", c->source);
	if (c->line)
		add(r, file, c->line, "rule-a");
	report_finish(r);
	g_assert_cmpint(suppress(r, file), ==, c->hidden);
	for (guint i = 0; i < r->findings->len; i++)
		if (!strcmp(at(r, i)->rule, SUPPRESSION_RULE))
			told = at(r, i);
	g_assert_cmpint((int)r->findings->len, ==,
			(c->line && !c->hidden) + (told != NULL));
	g_assert_true(!told == !c->told);
	if (told) {
		g_assert_nonnull(strstr(told->message, c->told));
		g_assert_cmpint(told->line, ==, c->told_line);
		g_assert_cmpint(told->severity, ==,
				strstr(c->told, "hides nothing") ?
					SEVERITY_NOTE : SEVERITY_ERROR);
		g_assert_nonnull(told->fingerprint);
	}
	report_free(r);
	remove_source(folder, file);
}

static void test_suppress(void)
{
	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++)
		check_case(&cases[i]);
}

/* A header's comments count, but others may need what hides nothing here. */
static void test_suppress_header(void)
{
	char *folder = temp_folder();
	char *file = write_source(folder,
				  "f(); // pincheck: ignore[rule-a] why\n"
				  "f(); // pincheck: ignore[rule-a] why\n");
	struct report *r = report_new();

	add(r, file, 1, "rule-a");
	add(r, "/nowhere/b.c", 1, "rule-a");
	add(r, NULL, 0, "rule-a");
	report_finish(r);
	g_assert_cmpint(suppress(r, "/nowhere/c.c"), ==, 1);
	g_assert_cmpuint(r->findings->len, ==, 2);
	report_free(r);
	remove_source(folder, file);
}

/* What was not analysed may be what a comment is there for. */
static void test_suppress_incomplete(void)
{
	char *folder = temp_folder();
	char *file = write_source(folder,
				  "f(); // pincheck: ignore[rule-a] why\n"
				  "f(); // pincheck: ignore[rule-a]\n");
	struct report *r = report_new();

	r->incomplete = TRUE;
	report_finish(r);
	g_assert_cmpint(suppress(r, file), ==, 0);
	g_assert_cmpuint(r->findings->len, ==, 1);
	g_assert_cmpint(at(r, 0)->line, ==, 2);
	report_free(r);
	remove_source(folder, file);
}

/* "a.c" as it is in two states of the tree; the file is on no disk. */
static char *text_of(unsigned state, const char *file, void *data)
{
	if (strcmp(file, "a.c"))
		return NULL;
	return g_strdup(state ? "f(); // pincheck: ignore[rule-a] why\n" :
				"g(); // pincheck: ignore[rule-b] why\n");
}

static int suppress_in(struct report *r, unsigned state)
{
	static const char *const files[] = { "a.c", "gone.c", NULL };
	const struct suppress_options options = {
		.files = files, .known = knows, .looked_for = looks_for,
		.state = state, .text_of = text_of
	};

	return report_suppress(r, &options);
}

/* A comment counts in the states that have it. */
static void test_suppress_state(void)
{
	struct report *r = report_new();

	add(r, "a.c", 1, "rule-a")->state = 0;
	add(r, "a.c", 1, "rule-a")->state = 1;
	report_finish(r);
	g_assert_cmpint(suppress_in(r, 0), ==, 1);
	g_assert_cmpuint(r->findings->len, ==, 2);
	/* The one of the files checked hides nothing. */
	g_assert_cmpstr(at(r, 0)->rule, ==, SUPPRESSION_RULE);
	g_assert_cmpuint(at(r, 0)->state, ==, 0);
	g_assert_cmpstr(at(r, 1)->rule, ==, "rule-a");
	g_assert_cmpuint(at(r, 1)->state, ==, 0);
	g_assert_false(at(r, 1)->suppressed);
	report_free(r);
	r = report_new();
	report_finish(r);
	g_assert_cmpint(suppress_in(r, 1), ==, 0);
	g_assert_cmpuint(r->findings->len, ==, 1);
	g_assert_cmpuint(at(r, 0)->state, ==, 1);
	report_free(r);
}

static void test_suppress_keep(void)
{
	static const char *const files[] = { NULL };
	const struct suppress_options options = {
		.files = files, .known = knows, .looked_for = looks_for,
		.keep = TRUE, .text_of = text_of
	};
	struct report *r = report_new();

	add(r, "a.c", 1, "rule-a");
	add(r, "a.c", 1, "rule-b");
	report_finish(r);
	g_assert_cmpint(report_suppress(r, &options), ==, 1);
	g_assert_cmpuint(r->findings->len, ==, 2);
	g_assert_false(at(r, 0)->suppressed);
	g_assert_true(at(r, 1)->suppressed);
	g_assert_cmpint(report_filter_suppressed(r), ==, 1);
	g_assert_cmpuint(r->findings->len, ==, 1);
	g_assert_cmpstr(at(r, 0)->rule, ==, "rule-a");
	report_free(r);
}

/* ---- baselines ---- */

/* "01" for two findings, the second of them known. */
static char *marks(const struct report *r)
{
	GString *out = g_string_new(NULL);

	for (guint i = 0; i < r->findings->len; i++)
		g_string_append_c(out, at(r, i)->known ? '1' : '0');
	return g_string_free(out, FALSE);
}

/* Files of findings that are alike but for them, ended by NULL. */
static struct report *report_of(const char *const *files)
{
	struct report *r = report_new();

	for (int line = 1; *files; files++)
		add(r, *files, line++, "rule-a");
	report_finish(r);
	return r;
}

/* Frees both. */
static void check_reports(struct report *old, struct report *new,
			  const char *want)
{
	GPtrArray *entries = baseline_of(old), *back;
	GString *text = g_string_new(NULL);
	char *got, *error = NULL;
	gboolean incomplete;

	baseline_write(entries, "1", text);
	back = baseline_read(text->str, text->len, &incomplete, &error);
	g_assert_null(error);
	g_assert_false(incomplete);
	baseline_mark(back, new);
	got = marks(new);
	g_assert_cmpstr(got, ==, want);
	g_free(got);
	g_string_free(text, TRUE);
	g_ptr_array_unref(entries);
	g_ptr_array_unref(back);
	report_free(old);
	report_free(new);
}

static void check_marks(const char *const *before, const char *const *after,
			const char *want)
{
	check_reports(report_of(before), report_of(after), want);
}

#define FILES(...) (const char *const[]){ __VA_ARGS__, NULL }

static void test_baseline(void)
{
	check_marks(FILES("x/a.c"), FILES("x/a.c"), "1");
	check_marks(FILES("x/a.c"), FILES("y/a.c"), "1");
	check_marks(FILES("x/a.c"), FILES("x/b.c"), "0");
	check_marks(FILES("x/a.c"), FILES("x/a.c", "x/a.c"), "10");
	check_marks(FILES("x/a.c", "x/a.c"), FILES("x/a.c", "x/a.c"), "11");
	/* Its own file first, wherever that stands in the order. */
	check_marks(FILES("y/a.c"), FILES("x/a.c", "y/a.c"), "01");
	check_marks(FILES("y/a.c", "z/a.c"), FILES("x/a.c", "y/a.c"), "11");
	check_marks(FILES("l\xe4/a.c"), FILES("k/a.c", "l\xe4/a.c"), "01");
	check_marks(FILES("l\xe4/a.c"), FILES("k/a.c"), "0");
	check_marks(FILES(NULL), FILES("x/a.c"), "0");
}

/* A file that is still there was not moved. */
static void test_baseline_moved(void)
{
	char *folder = temp_folder(), *file = write_source(folder, "");

	check_marks(FILES(file), FILES("y/a.c"), "0");
	check_marks(FILES(file), FILES("y/a.c", file), "10");
	g_assert_cmpint(g_unlink(file), ==, 0);
	check_marks(FILES(file), FILES("y/a.c"), "1");
	g_assert_cmpint(g_rmdir(folder), ==, 0);
	g_free(file);
	g_free(folder);
}

/* "nw": a note, then a warning, in one file. */
static struct report *report_of_severities(const char *severities)
{
	struct report *r = report_new();

	for (int line = 1; *severities; severities++)
		add(r, "x/a.c", line++, "rule-a")->severity =
			*severities == 'n' ? SEVERITY_NOTE :
			*severities == 'w' ? SEVERITY_WARNING :
					     SEVERITY_ERROR;
	report_finish(r);
	return r;
}

static void check_severities(const char *before, const char *after,
			     const char *want)
{
	check_reports(report_of_severities(before),
		      report_of_severities(after), want);
}

static void test_baseline_severity(void)
{
	check_severities("n", "w", "0");
	check_severities("w", "e", "0");
	check_severities("e", "n", "1");
	check_severities("wn", "nw", "11");
	/* What is known stands for the worst that it can. */
	check_severities("wn", "nnw", "101");
	check_severities("ew", "nn", "11");
}

static void test_baseline_damaged(void)
{
	static const char wrong_type[] =
		"{\"baseline\":1,\"findings\":[{\"fingerprint\":1,"
		"\"rule\":\"r\",\"severity\":\"note\",\"file\":null,"
		"\"function\":null,\"message\":\"m\"}]}";
	static const char *const bad[] = {
		"", "null", "[]", "{}", "{\"findings\":[]}",
		"{\"baseline\":2,\"findings\":[]}",
		"{\"baseline\":1,\"findings\":[]} {}",
		"{\"coverage\":{},\"findings\":[]}",
		"{\"baseline\":1,\"findings\":{}}",
		"{\"baseline\":1,\"findings\":[7]}",
		"{\"baseline\":1,\"findings\":[{}]}", wrong_type,
	};

	for (size_t i = 0; i < G_N_ELEMENTS(bad); i++) {
		gboolean incomplete;
		char *error = NULL;

		g_assert_null(baseline_read(bad[i], strlen(bad[i]), &incomplete,
					    &error));
		g_assert_nonnull(error);
		g_free(error);
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/suppress/cases", test_suppress);
	g_test_add_func("/suppress/header", test_suppress_header);
	g_test_add_func("/suppress/incomplete", test_suppress_incomplete);
	g_test_add_func("/suppress/state", test_suppress_state);
	g_test_add_func("/suppress/keep", test_suppress_keep);
	g_test_add_func("/baseline/marks", test_baseline);
	g_test_add_func("/baseline/moved", test_baseline_moved);
	g_test_add_func("/baseline/severity", test_baseline_severity);
	g_test_add_func("/baseline/damaged", test_baseline_damaged);
	return g_test_run();
}
