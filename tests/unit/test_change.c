// SPDX-License-Identifier: GPL-2.0-only
/* What a patch changes: two reports, the lines it wrote, and the classes. */
#include <glib.h>
#include <string.h>

#include "report/change.h"
#include "report/report.h"

/* A finding, as a row of a table; no file: the end of the rows. */
struct row {
	const char *file;
	int line;
	const char *function, *key, *message; /* NULL: "fn", "k", "m" */
	int step;		    /* a line of the file; 0: no step */
	enum severity severity;
	enum change want;
	gboolean suppressed;
};

#define W SEVERITY_WARNING
#define N SEVERITY_NOTE
#define INTRODUCED CHANGE_INTRODUCED
#define EXPOSED CHANGE_EXPOSED
#define FIXED CHANGE_FIXED
#define OLD CHANGE_PRE_EXISTING

struct compare_case {
	const char *what;
	/* Lines it wrote, "a.c:3"; functions it leaves where they are, "a.c:f". */
	const char *patch;
	struct row before[4], after[4];
};

static const struct compare_case cases[] = {
	{ "nothing changes", "",
	  { { "a.c", 5, .severity = W, .want = OLD } },
	  { { "a.c", 5, .severity = W, .want = OLD } } },
	{ "lines above it move it", "a.c:1",
	  { { "a.c", 5, .step = 6, .severity = W, .want = OLD } },
	  { { "a.c", 6, .step = 7, .severity = W, .want = OLD } } },
	{ "it is moved inside the file, so all of it is written", "a.c:9 a.c:8",
	  { { "a.c", 5, .step = 4, .severity = W, .want = OLD } },
	  { { "a.c", 9, .step = 8, .severity = W, .want = OLD } } },
	{ "it is moved to another file", "b.c:9",
	  { { "a.c", 5, .severity = W, .want = OLD } },
	  { { "b.c", 9, .severity = W, .want = OLD } } },
	{ "it goes from one file and comes into another",
	  "b.c:9 a.c:fn b.c:fn",
	  { { "a.c", 5, .severity = W, .want = FIXED } },
	  { { "b.c", 9, .severity = W, .want = INTRODUCED } } },
	{ "the same where a comment hides it",
	  "b.c:9 a.c:fn b.c:fn",
	  { { "a.c", 5, .severity = W, .want = FIXED } },
	  { { "b.c", 9, .severity = W, .want = EXPOSED, .suppressed = TRUE } } },
	{ "the same where it is more severe there",
	  "b.c:9 a.c:fn b.c:fn",
	  { { "a.c", 5, .severity = N, .want = FIXED } },
	  { { "b.c", 9, .severity = W, .want = INTRODUCED } } },
	{ "it moves to where a function of that name was",
	  "b.c:9 b.c:fn",
	  { { "a.c", 5, .severity = W, .want = OLD } },
	  { { "b.c", 9, .severity = W, .want = OLD } } },
	{ "it moves, and another of the name comes where it was",
	  "b.c:9 a.c:fn",
	  { { "a.c", 5, .severity = W, .want = OLD } },
	  { { "b.c", 9, .severity = W, .want = OLD } } },
	{ "it goes from one function and is exposed in another",
	  "a.c:2 a.c:f a.c:g",
	  { { "a.c", 5, .function = "f", .severity = W, .want = FIXED } },
	  { { "a.c", 9, .function = "g", .severity = W, .want = EXPOSED } } },
	{ "the same, where the one function is gone",
	  "a.c:2 a.c:g",
	  { { "a.c", 5, .function = "f", .severity = W, .want = FIXED } },
	  { { "a.c", 9, .function = "g", .severity = W, .want = EXPOSED } } },
	{ "it is copied to another file", "b.c:9",
	  { { "a.c", 5, .severity = W, .want = OLD } },
	  { { "a.c", 5, .severity = W, .want = OLD },
	    { "b.c", 9, .severity = W, .want = INTRODUCED } } },
	{ "the file is renamed", "",
	  { { "x/a.c", 5, .severity = W, .want = OLD },
	    { "x/a.c", 7, .key = "l", .severity = W, .want = OLD } },
	  { { "y/b.c", 5, .severity = W, .want = OLD },
	    { "y/b.c", 7, .key = "l", .severity = W, .want = OLD } } },
	{ "the function is renamed", "a.c:2",
	  { { "a.c", 5, .function = "f", .severity = W, .want = OLD } },
	  { { "a.c", 5, .function = "g", .severity = W, .want = OLD } } },
	{ "one of two is gone, and the other's function renamed", "a.c:8",
	  { { "a.c", 5, .function = "e", .severity = W, .want = FIXED },
	    { "a.c", 9, .function = "f", .message = "n", .severity = W,
	      .want = OLD } },
	  { { "a.c", 9, .function = "g", .message = "n", .severity = W,
	      .want = OLD } } },
	{ "it is gone from one function and written in another", "a.c:9",
	  { { "a.c", 5, .function = "f", .severity = W, .want = FIXED } },
	  { { "a.c", 9, .function = "g", .severity = W,
	      .want = INTRODUCED } } },
	{ "what has no key is not known by its file alone", "",
	  { { "a.c", 5, .function = "f", .key = "", .severity = W,
	      .want = FIXED } },
	  { { "a.c", 9, .function = "g", .key = "", .severity = W,
	      .want = EXPOSED } } },
	{ "another key", "",
	  { { "a.c", 5, .severity = W, .want = FIXED } },
	  { { "a.c", 5, .key = "l", .severity = W, .want = EXPOSED } } },
	{ "its own line is written", "a.c:5",
	  .after = { { "a.c", 5, .severity = W, .want = INTRODUCED } } },
	{ "a step is written", "a.c:8",
	  .after = { { "a.c", 5, .step = 8, .severity = W, .want = INTRODUCED } } },
	{ "neither is written, as if a lock was removed", "a.c:7",
	  .after = { { "a.c", 5, .step = 8, .severity = W, .want = EXPOSED } } },
	{ "the line of another file is written", "b.c:5",
	  .after = { { "a.c", 5, .severity = W, .want = EXPOSED } } },
	{ "it is gone", "a.c:5",
	  { { "a.c", 5, .severity = W, .want = FIXED } },
	  .after = { { .file = NULL } } },
	{ "a second one behind the first", "a.c:9",
	  { { "a.c", 5, .severity = W, .want = OLD } },
	  { { "a.c", 5, .severity = W, .want = OLD },
	    { "a.c", 9, .severity = W, .want = INTRODUCED } } },
	{ "a second one before the first", "a.c:2",
	  { { "a.c", 5, .severity = W, .want = OLD } },
	  { { "a.c", 2, .severity = W, .want = INTRODUCED },
	    { "a.c", 6, .severity = W, .want = OLD } } },
	{ "one of two is gone", "",
	  { { "a.c", 5, .severity = W, .want = OLD },
	    { "a.c", 9, .severity = W, .want = FIXED } },
	  { { "a.c", 5, .severity = W, .want = OLD } } },
	{ "a note became a warning in a written line", "a.c:5",
	  { { "a.c", 5, .severity = N, .want = OLD } },
	  { { "a.c", 5, .severity = W, .want = INTRODUCED } } },
	{ "a note became a warning elsewhere", "a.c:1",
	  { { "a.c", 5, .severity = N, .want = OLD } },
	  { { "a.c", 6, .severity = W, .want = EXPOSED } } },
	{ "a warning became a note", "a.c:5",
	  { { "a.c", 5, .severity = W, .want = OLD } },
	  { { "a.c", 5, .severity = N, .want = OLD } } },
	{ "it is suppressed", "a.c:4",
	  { { "a.c", 5, .severity = W, .want = OLD } },
	  { { "a.c", 5, .severity = W, .want = OLD, .suppressed = TRUE } } },
	{ "one of two is suppressed", "a.c:2",
	  { { "a.c", 5, .severity = W, .want = OLD } },
	  { { "a.c", 3, .severity = W, .want = EXPOSED, .suppressed = TRUE },
	    { "a.c", 9, .severity = W, .want = OLD } } },
	{ "of two files, one is fixed", "",
	  { { "a.c", 5, .severity = W, .want = FIXED },
	    { "b.c", 5, .severity = W, .want = OLD } },
	  { { "b.c", 5, .severity = W, .want = OLD } } },
	{ "of two files, one is fixed and one is suppressed", "",
	  { { "a.c", 5, .severity = W, .want = FIXED },
	    { "b.c", 5, .severity = W, .want = OLD } },
	  { { "b.c", 5, .severity = W, .want = OLD, .suppressed = TRUE } } },
	{ "a warning became a note beside another note", "",
	  { { "a.c", 5, .severity = W, .want = OLD },
	    { "a.c", 7, .severity = N, .want = OLD } },
	  { { "a.c", 5, .severity = N, .want = OLD },
	    { "a.c", 7, .severity = N, .want = OLD } } },
};

static struct finding *finding_of(const struct row *row)
{
	struct finding *f = finding_new("some-rule", row->severity, row->file,
					row->line, 2,
					row->function ? row->function : "fn");

	finding_message(f, "%s", row->message ? row->message : "m");
	finding_key(f, "%s", row->key ? row->key : "k");
	f->suppressed = row->suppressed;
	if (row->step)
		finding_step(f, 0, NULL, row->step, "s");
	return f;
}

static struct report *report_of(const struct row *rows)
{
	struct report *r = report_new();

	for (; rows->file; rows++)
		report_add(r, finding_of(rows));
	report_finish(r);
	return r;
}

/* What a case says of its patch. */
struct patch_rows {
	char **list;
	const struct row *before, *after;
};

static const struct row no_rows[] = { { .file = NULL } };

static void patch_rows_init(struct patch_rows *p, const char *patch)
{
	p->list = g_strsplit(patch, " ", -1);
	p->before = p->after = no_rows;
}

static void patch_rows_clear(struct patch_rows *p)
{
	g_strfreev(p->list);
}

static gboolean has_place(char **list, char *place)
{
	gboolean found = g_strv_contains((const char *const *)list, place);

	g_free(place);
	return found;
}

static gboolean is_touched(const char *file, int line, void *data)
{
	const struct patch_rows *p = data;

	return has_place(p->list, g_strdup_printf("%s:%d", file, line));
}

/* Where it has a finding, and where the case says so. */
static gboolean defines(gboolean after, const char *file, const char *function,
			void *data)
{
	const struct patch_rows *p = data;
	const struct row *row = after ? p->after : p->before;

	for (; row->file; row++)
		if (!strcmp(row->file, file) &&
		    !strcmp(row->function ? row->function : "fn", function))
			return TRUE;
	return has_place(p->list, g_strdup_printf("%s:%s", file, function));
}

static void compare(struct report *before, struct report *after,
		    struct patch_rows *p)
{
	const struct change_source source = { is_touched, defines, p };

	report_compare(before, after, &source);
}

static void check_changes(const struct report *r, const struct row *rows)
{
	for (guint i = 0; i < r->findings->len; i++) {
		const struct finding *f = r->findings->pdata[i];

		g_assert_nonnull(rows[i].file);
		g_test_message("%s:%d", f->file, f->line);
		g_assert_cmpint(f->line, ==, rows[i].line);
		g_assert_cmpstr(change_name(f->change), ==,
				change_name(rows[i].want));
	}
	g_assert_null(rows[r->findings->len].file);
}

static void check_case(const struct compare_case *c)
{
	struct patch_rows p = { g_strsplit(c->patch, " ", -1), c->before,
				c->after };
	struct report *before = report_of(c->before);
	struct report *after = report_of(c->after);

	g_test_message("%s", c->what);
	compare(before, after, &p);
	check_changes(before, c->before);
	check_changes(after, c->after);
	/* The classes of an earlier comparison have no part in it. */
	compare(before, after, &p);
	check_changes(before, c->before);
	check_changes(after, c->after);
	report_free(before);
	report_free(after);
	patch_rows_clear(&p);
}

static void test_compare(void)
{
	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++)
		check_case(&cases[i]);
}

/* Of two that are alike, each is what it was. */
static void test_was(void)
{
	static const struct row before_rows[] = {
		{ "a.c", 5, .severity = W }, { "a.c", 7, .severity = W },
		{ .file = NULL }
	};
	static const struct row after_rows[] = {
		{ "a.c", 2, .severity = W }, { "a.c", 6, .severity = W },
		{ "a.c", 8, .severity = W }, { .file = NULL }
	};
	struct patch_rows p;
	struct report *before = report_of(before_rows);
	struct report *after = report_of(after_rows);
	const struct finding *const *f;

	patch_rows_init(&p, "a.c:2");
	compare(before, after, &p);
	patch_rows_clear(&p);
	f = (const struct finding *const *)after->findings->pdata;
	g_assert_null(f[0]->was);
	g_assert_true(f[1]->was == before->findings->pdata[0]);
	g_assert_true(f[2]->was == before->findings->pdata[1]);
	report_free(before);
	report_free(after);
}

/* What has no place is in no line that was written. */
static void test_no_place(void)
{
	struct patch_rows p;
	struct report *before = report_new(), *after = report_new();
	struct finding *f = finding_new("some-rule", W, NULL, 0, 0, NULL);

	finding_step(f, 0, NULL, 0, "s");
	report_add(after, f);
	report_finish(after);
	patch_rows_init(&p, "a.c:0");
	compare(before, after, &p);
	patch_rows_clear(&p);
	g_assert_cmpint(f->change, ==, EXPOSED);
	report_free(before);
	report_free(after);
}

/* A finding in fn() of "a.c" that is gone; a skip of each run, or none. */
static void check_skips(const struct coverage_skip *before,
			const struct coverage_skip *after, enum change want)
{
	static const struct row rows[] = {
		{ "a.c", 5, .severity = W }, { .file = NULL }
	};
	struct patch_rows p;
	struct report *r = report_of(rows), *now = report_new();
	const struct finding *f = r->findings->pdata[0];

	if (before)
		report_skip(r, before->file, before->function, "loops");
	if (after)
		report_skip(now, after->file, after->function, "loops");
	patch_rows_init(&p, "");
	compare(r, now, &p);
	patch_rows_clear(&p);
	g_assert_cmpstr(change_name(f->change), ==, change_name(want));
	report_free(r);
	report_free(now);
}

/* What was not looked for again is not gone. */
static void test_skips(void)
{
	struct coverage_skip function = { "a.c", "fn", NULL };
	struct coverage_skip other = { "a.c", "g", NULL };
	struct coverage_skip file = { "a.c", NULL, NULL };

	check_skips(NULL, NULL, FIXED);
	check_skips(NULL, &function, OLD);
	check_skips(NULL, &file, OLD);
	check_skips(NULL, &other, FIXED);
	check_skips(&function, NULL, FIXED);
	check_skips(&function, &function, FIXED);
	check_skips(&function, &file, OLD);
}

/*
 * What becomes of a finding in fn() of @file that one side of a patch has, where
 * the other side analysed the units "a.c" and "b.c" whole, or not.
 */
static struct finding unit_case(const char *file, gboolean is_after,
				gboolean a_whole, gboolean b_whole)
{
	const struct row rows[] = { { file, 5, .severity = W }, { .file = NULL } };
	struct report *has = report_of(rows), *lacks = report_new();
	struct patch_rows p;
	struct finding f;

	report_unit(has, "a.c", TRUE);
	report_unit(has, "b.c", TRUE);
	report_unit(lacks, "a.c", a_whole);
	report_unit(lacks, "b.c", b_whole);
	/* another engine could look */
	report_unit(lacks, "a.c", TRUE);
	patch_rows_init(&p, "w.c:5");
	compare(is_after ? lacks : has, is_after ? has : lacks, &p);
	patch_rows_clear(&p);
	f = *(const struct finding *)has->findings->pdata[0];
	report_free(has);
	report_free(lacks);
	return f;
}

/* Nothing is fixed or exposed for want of a parse, in either direction. */
static void test_units(void)
{
	g_assert_cmpint(unit_case("a.c", FALSE, TRUE, FALSE).change, ==, FIXED);
	g_assert_cmpint(unit_case("a.c", FALSE, FALSE, TRUE).change, ==, OLD);
	g_assert_true(unit_case("a.c", FALSE, FALSE, TRUE).unseen);
	g_assert_false(unit_case("a.c", FALSE, TRUE, FALSE).unseen);
	g_assert_cmpint(unit_case("a.c", TRUE, TRUE, FALSE).change, ==, EXPOSED);
	g_assert_cmpint(unit_case("a.c", TRUE, FALSE, TRUE).change, ==, OLD);
	g_assert_false(unit_case("a.c", TRUE, FALSE, TRUE).unseen);
	/* what is in a header may be of any unit */
	g_assert_cmpint(unit_case("h.h", FALSE, TRUE, TRUE).change, ==, FIXED);
	g_assert_cmpint(unit_case("h.h", FALSE, TRUE, FALSE).change, ==, OLD);
	g_assert_cmpint(unit_case("h.h", TRUE, TRUE, TRUE).change, ==, EXPOSED);
	g_assert_cmpint(unit_case("h.h", TRUE, TRUE, FALSE).change, ==, OLD);
	/* what the patch wrote was not there before, parsed or not */
	g_assert_cmpint(unit_case("w.c", TRUE, FALSE, FALSE).change, ==,
			INTRODUCED);
}

/* What a function that is skipped before the patch hides is not new. */
static void test_newly_seen(void)
{
	static const struct row rows[] = {
		{ "a.c", 5, .severity = W }, { .file = NULL }
	};
	struct report *before = report_new(), *after = report_of(rows);
	const struct finding *f = after->findings->pdata[0];
	struct patch_rows p;

	patch_rows_init(&p, "");
	report_skip(before, "a.c", "fn", "loops");
	compare(before, after, &p);
	g_assert_cmpint(f->change, ==, OLD);
	report_skip(after, "a.c", "fn", "loops");
	compare(before, after, &p);
	g_assert_cmpint(f->change, ==, EXPOSED);
	patch_rows_clear(&p);
	report_free(before);
	report_free(after);
}

/* One of an earlier state is hidden by a skip that was there before, too. */
static void test_unseen_still(void)
{
	static const struct row rows[] = {
		{ "a.c", 5, .severity = W }, { .file = NULL }
	};
	struct report *before = report_of(rows), *after = report_new();
	struct finding *f = before->findings->pdata[0];
	struct patch_rows p;

	patch_rows_init(&p, "");
	f->unseen = TRUE;
	report_skip(before, "a.c", "fn", "loops");
	report_skip(after, "a.c", "fn", "loops");
	compare(before, after, &p);
	g_assert_cmpint(f->change, ==, OLD);
	g_assert_true(f->unseen);
	g_array_set_size(after->skips, 0);
	compare(before, after, &p);
	g_assert_cmpint(f->change, ==, FIXED);
	g_assert_false(f->unseen);
	patch_rows_clear(&p);
	report_free(before);
	report_free(after);
}

/* ---- what others make of it ---- */

static struct finding *add(struct report *r, enum change c, unsigned state,
			   const char *patch)
{
	const struct row row = { "a.c", 5, .severity = W };
	struct finding *f = finding_of(&row);

	f->change = c;
	f->state = state;
	f->patch = g_strdup(patch);
	report_add(r, f);
	return f;
}

static const struct finding *at(const struct report *r, guint i)
{
	g_assert_cmpuint(i, <, r->findings->len);
	return r->findings->pdata[i];
}

static char *write_json(const struct report *r)
{
	const struct report_style plain = { .version = "1.2.3" };
	GString *out = g_string_new(NULL);

	report_format_find("json")->write(r, &plain, out);
	return g_string_free(out, FALSE);
}

static struct report *read_back(const char *text)
{
	char *error = NULL;
	struct report *r = report_unpack(text, strlen(text), &error);

	g_assert_null(error);
	return r;
}

/* One place, told of three patches: none is another's twin. */
static void test_series(void)
{
	struct report *r = report_new();

	add(r, INTRODUCED, 3, "3/3: c");
	add(r, FIXED, 1, "2/3: b");
	add(r, INTRODUCED, 1, "1/3: a");
	add(r, INTRODUCED, 1, "1/3: a");
	finding_engine(add(r, FIXED, 1, "2/3: b"), "cocci");
	report_finish(r);
	g_assert_cmpuint(r->findings->len, ==, 3);
	g_assert_cmpstr(at(r, 0)->patch, ==, "1/3: a");
	g_assert_cmpstr(at(r, 1)->patch, ==, "2/3: b");
	g_assert_cmpuint(at(r, 1)->engines->len, ==, 2);
	g_assert_cmpstr(at(r, 2)->patch, ==, "3/3: c");
	report_free(r);
}

/* Engines agree on what is in one state, and of one class. */
static void test_agree(void)
{
	struct report *r = report_new();

	add(r, INTRODUCED, 1, NULL)->line = 7;
	finding_engine(add(r, INTRODUCED, 1, NULL), "cocci");
	finding_engine(add(r, FIXED, 1, NULL), "cocci");
	finding_engine(add(r, INTRODUCED, 2, NULL), "cocci");
	report_finish(r);
	g_assert_cmpuint(r->findings->len, ==, 3);
	g_assert_cmpint(at(r, 0)->change, ==, FIXED);
	g_assert_cmpint(at(r, 1)->change, ==, INTRODUCED);
	g_assert_cmpuint(at(r, 1)->engines->len, ==, 1);
	g_assert_cmpuint(at(r, 2)->engines->len, ==, 2);
	report_free(r);
}

static void test_classes(void)
{
	struct report *r = report_new();

	add(r, OLD, 1, NULL);
	add(r, FIXED, 0, NULL);
	add(r, INTRODUCED, 1, NULL)->severity = N;
	report_finish(r);
	g_assert_cmpint(report_count_change(r, FIXED), ==, 1);
	g_assert_cmpint(report_count_change(r, EXPOSED), ==, 0);
	/* Only what is there, and not for longer, makes a run fail. */
	g_assert_false(report_has_new(r, W));
	g_assert_true(report_has_new(r, N));
	report_free(r);
}

static void test_pack(void)
{
	struct report *r = report_new(), *back;
	char *text, *again;

	add(r, INTRODUCED, 1, "1/2: \"s\" \xe4");
	add(r, EXPOSED, 2, NULL);
	report_finish(r);
	text = report_pack(r);
	back = read_back(text);
	again = report_pack(back);
	g_assert_cmpstr(text, ==, again);
	g_assert_cmpint(at(back, 0)->change, ==, INTRODUCED);
	g_assert_cmpstr(at(back, 0)->patch, ==, "1/2: \"s\" \xe4");
	g_assert_cmpuint(at(back, 0)->state, ==, 1);
	g_assert_null(at(back, 1)->patch);
	g_assert_cmpuint(at(back, 1)->state, ==, 2);
	g_free(text);
	g_free(again);
	report_free(r);
	report_free(back);
}

static void test_json(void)
{
	struct report *r = report_new(), *back;
	struct finding *f = add(r, FIXED, 0, "1/1: s");
	char *text;

	report_finish(r);
	text = write_json(r);
	g_assert_nonnull(strstr(text, "\"class\": \"fixed\""));
	g_assert_nonnull(strstr(text, "\"patch\": \"1/1: s\""));
	back = read_back(text);
	g_assert_cmpint(at(back, 0)->change, ==, FIXED);
	report_free(back);
	g_free(text);
	/* A run without a patch says nothing of one. */
	f->change = CHANGE_NONE;
	text = write_json(r);
	g_assert_null(strstr(text, "\"change\""));
	g_assert_null(strstr(text, "\"state\""));
	g_free(text);
	report_free(r);
}

static void test_damaged(void)
{
	static const char *const bad[] = {
		"null", "7", "{}", "{\"class\":\"\",\"patch\":null}",
		"{\"class\":\"new\",\"patch\":null}",
		"{\"class\":\"fixed\",\"patch\":7}", "{\"class\":\"fixed\"}",
	};
	struct report *r = report_new();
	char *text;

	add(r, FIXED, 0, NULL);
	report_finish(r);
	text = report_pack(r);
	for (size_t i = 0; i < G_N_ELEMENTS(bad); i++) {
		char **parts = g_strsplit(
			text, "{\"class\":\"fixed\",\"patch\":null}", 2);
		char *damaged = g_strjoinv(bad[i], parts), *error = NULL;

		g_assert_nonnull(parts[1]);
		g_assert_null(report_unpack(damaged, strlen(damaged), &error));
		g_assert_nonnull(error);
		g_free(error);
		g_free(damaged);
		g_strfreev(parts);
	}
	g_free(text);
	report_free(r);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/change/compare", test_compare);
	g_test_add_func("/change/was", test_was);
	g_test_add_func("/change/no-place", test_no_place);
	g_test_add_func("/change/skips", test_skips);
	g_test_add_func("/change/units", test_units);
	g_test_add_func("/change/newly-seen", test_newly_seen);
	g_test_add_func("/change/unseen-still", test_unseen_still);
	g_test_add_func("/change/series", test_series);
	g_test_add_func("/change/agree", test_agree);
	g_test_add_func("/change/classes", test_classes);
	g_test_add_func("/change/pack", test_pack);
	g_test_add_func("/change/json", test_json);
	g_test_add_func("/change/damaged", test_damaged);
	return g_test_run();
}
