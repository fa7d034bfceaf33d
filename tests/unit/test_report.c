// SPDX-License-Identifier: GPL-2.0-only
/* Findings and reports: order, identity, both formats, verification. */
#include <glib.h>
#include <glib/gstdio.h>
#include <string.h>

#include "report/report.h"

static const struct report_style plain = { .version = "1.2.3" };
static const struct report_style color = { .version = "1.2.3", .color = TRUE };

static struct finding *make(const char *file, int line, const char *rule,
			    enum severity severity, const char *message)
{
	struct finding *f = finding_new(rule, severity, file, line, 2, "fn");

	finding_message(f, "%s", message);
	finding_key(f, "%s", message);
	return f;
}

static char *write_as(const char *format, const struct report *r,
		      const struct report_style *style)
{
	GString *out = g_string_new(NULL);

	report_format_find(format)->write(r, style, out);
	return g_string_free(out, FALSE);
}

static const struct finding *at(const struct report *r, guint i)
{
	g_assert_cmpuint(i, <, r->findings->len);
	return r->findings->pdata[i];
}

/* ---- findings ---- */

static char *fingerprint(const char *file, int line, const char *function,
			 const char *key)
{
	struct finding *f = finding_new("put-before-wait", SEVERITY_WARNING,
					file, line, 3, function);
	char *print;

	finding_key(f, "%s", key);
	finding_seal(f);
	print = g_strdup(f->fingerprint);
	finding_free(f);
	return print;
}

static void test_seal(void)
{
	char *a = fingerprint("dir/a.c", 10, "fn", "eb->bflags");
	char *moved = fingerprint("other/a.c", 99, "fn", "eb->bflags");
	char *key = fingerprint("dir/a.c", 10, "fn", "eb->bflag");
	char *shift = fingerprint("dir/a.c", 10, "fneb", "->bflags");

	g_assert_cmpuint(strlen(a), ==, 16);
	g_assert_cmpuint(strspn(a, "0123456789abcdef"), ==, 16);
	g_assert_cmpstr(a, ==, moved);
	g_assert_cmpstr(a, !=, key);
	g_assert_cmpstr(a, !=, shift);
	g_free(a);
	g_free(moved);
	g_free(key);
	g_free(shift);
}

static void test_one_line(void)
{
	struct finding *f = make("a.c", 1, "r", SEVERITY_NOTE, "a\nb\r\nc");

	g_assert_cmpstr(f->message, ==, "a b  c");
	finding_step(f, 0, "a.c", 1, "x\n%d", 1);
	g_assert_cmpstr(((struct step *)f->steps->pdata[0])->message, ==,
			"x 1");
	finding_free(f);
	finding_free(NULL);
	report_free(NULL);
}

static void test_severity(void)
{
	enum severity s = SEVERITY_ERROR;

	g_assert_true(severity_parse("note", &s));
	g_assert_cmpint(s, ==, SEVERITY_NOTE);
	g_assert_false(severity_parse("notes", &s));
	g_assert_false(severity_parse("", &s));
	g_assert_cmpint(s, ==, SEVERITY_NOTE);
	g_assert_cmpstr(severity_name(SEVERITY_WARNING), ==, "warning");
}

/* ---- lists ---- */

static struct report *some_report(int which)
{
	struct report *r = report_new();

	for (int i = 0; i < 8; i++) {
		int line = (i * 5 + which) % 7 + 1;
		const char *file = (i + which) % 2 ? "a.c" : "b.c";
		struct finding *f = make(file, line, i % 3 ? "r1" : "r2",
					 SEVERITY_WARNING, "same");

		finding_step(f, 0, file, i, "step of %d", which);
		report_add(r, f);
	}
	report_skip(r, "b.c", "fn", "too hard");
	report_skip(r, "a.c", NULL, "broken");
	report_skip(r, "b.c", "fn", "too hard");
	report_skip(r, "b.c", NULL, "too hard");
	report_error(r, "a.c: broken");
	r->files = 1;
	r->functions = which;
	return r;
}

static char *merged(const int *order, int n)
{
	struct report *all = report_new();
	char *text;

	for (int i = 0; i < n; i++)
		report_merge(all, some_report(order[i]));
	report_finish(all);
	g_assert_cmpint(all->files, ==, n);
	g_assert_cmpuint(all->skips->len, ==, 3);
	g_assert_cmpuint(all->errors->len, ==, 1);
	text = write_as("json", all, &plain);
	report_free(all);
	return text;
}

static void test_order(void)
{
	static const int one[] = { 1, 2, 3, 4 }, two[] = { 3, 1, 4, 2 };
	char *a = merged(one, 4), *b = merged(two, 4);

	g_assert_cmpstr(a, ==, b);
	g_free(a);
	g_free(b);
}

static void test_twins(void)
{
	struct report *r = report_new();
	struct finding *f = make("a.c", 5, "r", SEVERITY_WARNING, "m");
	struct finding *twin = make("a.c", 5, "r", SEVERITY_ERROR, "m");
	struct finding *other = make("a.c", 6, "r", SEVERITY_WARNING, "m");

	g_ptr_array_set_size(f->engines, 0);
	g_ptr_array_add(f->engines, g_strdup("cocci"));
	report_add(r, f);
	report_add(r, other);
	report_add(r, twin);
	report_finish(r);
	g_assert_cmpuint(r->findings->len, ==, 2);
	g_assert_cmpint(at(r, 0)->severity, ==, SEVERITY_ERROR);
	g_assert_cmpuint(at(r, 0)->engines->len, ==, 2);
	g_assert_cmpstr(at(r, 0)->engines->pdata[0], ==, "clang");
	g_assert_cmpstr(at(r, 0)->engines->pdata[1], ==, "cocci");
	g_assert_cmpint(at(r, 1)->line, ==, 6);
	report_free(r);
}

static void test_filter(void)
{
	struct report *r = report_new();

	report_add(r, make("a.c", 1, "r", SEVERITY_NOTE, "n"));
	report_add(r, make("a.c", 2, "r", SEVERITY_ERROR, "e"));
	report_add(r, make("a.c", 3, "r", SEVERITY_NOTE, "n"));
	report_add(r, make("a.c", 4, "r", SEVERITY_WARNING, "w"));
	g_assert_cmpint(report_count(r, SEVERITY_NOTE), ==, 2);
	g_assert_cmpint(report_count(r, SEVERITY_ERROR), ==, 1);
	g_assert_cmpint(report_count_from(r, SEVERITY_WARNING), ==, 2);
	g_assert_cmpint(report_filter(r, SEVERITY_NOTE), ==, 0);
	g_assert_cmpint(report_filter(r, SEVERITY_WARNING), ==, 2);
	g_assert_cmpuint(r->findings->len, ==, 2);
	g_assert_cmpint(at(r, 0)->line, ==, 2);
	g_assert_cmpint(at(r, 1)->line, ==, 4);
	report_free(r);
}

static char *shout(const char *file, void *data)
{
	return g_strconcat(file, data, NULL);
}

static void test_map(void)
{
	struct report *r = report_new();
	struct finding *f = make("a.c", 1, "r", SEVERITY_NOTE, "n");

	finding_step(f, 0, "s.c", 1, "s");
	report_add(r, f);
	report_skip(r, "k.c", NULL, "x");
	report_skip(r, NULL, NULL, "x");
	report_map_files(r, shout, "!");
	g_assert_cmpstr(f->file, ==, "a.c!");
	g_assert_cmpstr(((struct step *)f->steps->pdata[0])->file, ==,
			"s.c!");
	g_assert_cmpstr(g_array_index(r->skips, struct coverage_skip, 0).file,
			==, "k.c!");
	report_free(r);
}

/* ---- formats ---- */

/* A report with all that a report can have, and awkward text. */
static struct report *full_report(void)
{
	struct report *r = report_new();
	struct finding *f = make("dir/\"q\" \\ \xc3\xa4.c", 7, "r",
				 SEVERITY_ERROR, "a \"b\" \\ \t \x01");

	finding_step(f, 0, "a/b.c", 1, "one");
	finding_step(f, 1, NULL, 2, "two");
	finding_evidence(f, "because");
	report_add(r, f);
	report_add(r, make("z.c", 7, "r", SEVERITY_NOTE, "weak"));
	report_skip(r, "z.c", NULL, "whole");
	report_skip(r, "z.c", "fn", "part");
	report_error(r, "z.c: %s", "bad");
	r->files = 2;
	r->functions = 3;
	r->incomplete = TRUE;
	report_finish(r);
	return r;
}

static void test_pack(void)
{
	struct report *r = full_report(), *back;
	char *text = report_pack(r), *again, *error = NULL;

	back = report_unpack(text, strlen(text), &error);
	g_assert_nonnull(back);
	g_assert_null(error);
	again = report_pack(back);
	g_assert_cmpstr(text, ==, again);
	g_assert_true(back->incomplete);
	g_assert_cmpstr(back->errors->pdata[0], ==, "z.c: bad");
	g_free(text);
	g_free(again);
	report_free(r);
	report_free(back);
}

static void test_json(void)
{
	struct report *r = full_report(), *back;
	char *text = write_as("json", r, &plain), *again, *error = NULL;

	g_assert_nonnull(strstr(text, "\"pincheck\":"));
	g_assert_nonnull(strstr(text, "\"replay\": null"));
	g_assert_nonnull(strstr(text, "\"function\": null"));
	g_assert_nonnull(strstr(text, "a/b.c"));
	g_assert_null(strstr(text, "\"key\""));
	g_assert_null(strstr(text, "\"errors\""));
	back = report_unpack(text, strlen(text), &error);
	g_assert_nonnull(back);
	again = write_as("json", back, &plain);
	g_assert_cmpstr(text, ==, again);
	g_free(text);
	g_free(again);
	report_free(r);
	report_free(back);
}

/* File names are bytes: whole between processes, valid in the format. */
static void test_bytes(void)
{
	struct report *r = report_new(), *back;
	char *text, *error = NULL;

	report_add(r, make("l\xe4tin.c", 1, "r", SEVERITY_ERROR, "m\xff"));
	report_finish(r);
	text = report_pack(r);
	back = report_unpack(text, strlen(text), &error);
	g_assert_nonnull(back);
	g_assert_cmpstr(at(back, 0)->file, ==, "l\xe4tin.c");
	g_free(text);
	text = write_as("json", r, &plain);
	g_assert_true(g_utf8_validate(text, -1, NULL));
	g_free(text);
	report_free(r);
	report_free(back);
}

static void refuse(const char *text, size_t length)
{
	char *error = NULL;

	g_assert_null(report_unpack(text, length, &error));
	g_assert_nonnull(error);
	g_assert_null(strchr(error, '\n'));
	g_free(error);
}

static void test_damaged(void)
{
	static const char *const bad[] = {
		"", "null", "[]", "7", "{}", "{\"findings\":[]}",
		"{\"findings\":{},\"coverage\":{}}",
		"{\"findings\":[7],\"coverage\":{\"files\":1,"
		"\"functions\":1,\"skipped\":[]}}",
		"{\"findings\":[],\"coverage\":{\"files\":\"1\","
		"\"functions\":1,\"skipped\":[]}}",
		"{\"findings\":[],\"coverage\":{\"files\":1,"
		"\"functions\":1,\"skipped\":[null]}}",
		"{\"findings\":[],\"errors\":[{}],\"coverage\":{\"files\":1,"
		"\"functions\":1,\"skipped\":[]}}",
	};
	struct report *r = full_report();
	char *text = report_pack(r);

	for (size_t i = 0; i < G_N_ELEMENTS(bad); i++)
		refuse(bad[i], strlen(bad[i]));
	for (size_t n = 0; n < strlen(text); n++)
		refuse(text, n);
	g_free(text);
	report_free(r);
}

/* Any byte may be wrong: refused or read, but nothing worse. */
static void test_flipped(void)
{
	struct report *r = full_report();
	char *text = report_pack(r);
	size_t length = strlen(text);

	for (size_t i = 0; i < length; i++) {
		char *error = NULL;
		char old = text[i];
		struct report *back;

		text[i] = (char)(old ^ (1 << i % 7));
		back = report_unpack(text, length, &error);
		g_assert_true(!back != !error);
		report_free(back);
		g_free(error);
		text[i] = old;
	}
	g_free(text);
	report_free(r);
}

static char *in_folder(const char *folder, const char *name)
{
	return g_build_filename(folder, name, NULL);
}

static char *temp_folder(void)
{
	char *folder = g_dir_make_tmp("pincheck-XXXXXX", NULL);

	g_assert_nonnull(folder);
	return folder;
}

static void remove_folder(char *folder, ...)
{
	va_list names;
	const char *name;

	va_start(names, folder);
	while ((name = va_arg(names, const char *))) {
		char *file = in_folder(folder, name);

		g_assert_cmpint(g_unlink(file), ==, 0);
		g_free(file);
	}
	va_end(names);
	g_assert_cmpint(g_rmdir(folder), ==, 0);
	g_free(folder);
}

static char *write_file(const char *folder, const char *name,
			const char *text)
{
	char *file = in_folder(folder, name);

	g_assert_true(g_file_set_contents(file, text, -1, NULL));
	return file;
}

static void test_text(void)
{
	char *folder = temp_folder();
	char *file = write_file(folder, "a.c",
				"one\n\t\xc3\xa4\tput(x);\r\n\33[2J\n");
	struct report *r = report_new();
	struct finding *f = finding_new("rule", SEVERITY_WARNING, file, 2, 5,
					"fn");
	char *text, *want;

	finding_message(f, "message");
	finding_step(f, 0, file, 1, "first");
	finding_step(f, 1, NULL, 2, "second");
	finding_evidence(f, "because");
	report_add(r, f);
	text = write_as("text", r, &plain);
	want = g_strdup_printf("%1$s: In function 'fn':\n"
			       "%1$s:2:5: warning: message [rule]\n"
			       "    2 | \t\xc3\xa4\tput(x);\n"
			       "      | \t \t^\n"
			       "%1$s:1: note: CPU 0: first\n"
			       "%1$s:2: note: CPU 1: second\n"
			       "%1$s:2: note: evidence: because\n", file);
	g_assert_cmpstr(text, ==, want);
	g_free(want);
	g_free(text);
	report_free(r);
	g_free(file);
	remove_folder(folder, "a.c", NULL);
}

static void test_text_safe(void)
{
	char *folder = temp_folder();
	char *file = write_file(folder, "a.c", "\33[2J evil");
	struct report *r = report_new();
	char *text;

	report_add(r, make(file, 1, "rule", SEVERITY_NOTE, "\33]0;x\a"));
	report_add(r, make("gone.c", 3, "rule", SEVERITY_NOTE, "m"));
	report_add(r, make(NULL, 0, "rule", SEVERITY_NOTE, "m"));
	text = write_as("text", r, &plain);
	g_assert_null(strchr(text, '\33'));
	g_assert_null(strchr(text, '\a'));
	g_assert_nonnull(strstr(text, "gone.c:3:2: note: m [rule]\n"));
	g_free(text);
	text = write_as("text", r, &color);
	g_assert_nonnull(strstr(text, "\33[1;36mnote:\33[0m"));
	g_free(text);
	report_free(r);
	g_free(file);
	remove_folder(folder, "a.c", NULL);
}

static void test_formats(void)
{
	g_assert_cmpstr(report_format_at(0)->name, ==, "text");
	g_assert_null(report_format_find("nonsense"));
	g_assert_null(report_format_find(""));
	for (size_t i = 0; report_format_at(i); i++)
		g_assert_nonnull(report_format_at(i)->help);
}

/* ---- verification ---- */

struct verify_case {
	const char *source;	/* one file, one line */
	const char *message;	/* of a finding on it; NULL: no finding */
	enum severity severity;
	const char *violation;	/* part of the only one; NULL: none */
};

static gboolean knows(const char *rule)
{
	return g_str_has_prefix(rule, "rule");
}

static int verify(const struct report *r, const char *file, char **ret_text)
{
	const char *const files[] = { file, NULL };
	GString *out = g_string_new(NULL);
	struct verify_counts n;

	report_verify(r, files, knows, out, &n);
	*ret_text = g_string_free(out, FALSE);
	return n.violations;
}

static void check_case(const char *folder, const struct verify_case *c)
{
	char *file = write_file(folder, "a.c", c->source);
	struct report *r = report_new();
	char *text;
	int n;

	if (c->message)
		report_add(r, make(file, 1, "rule-a", c->severity,
				   c->message));
	report_skip(r, file, "fn", "too many blocks");
	report_finish(r);
	n = verify(r, file, &text);
	g_test_message("%s => %s", c->source, text);
	g_assert_cmpint(n, ==, c->violation ? 1 : 0);
	if (c->violation)
		g_assert_nonnull(strstr(text, c->violation));
	g_free(text);
	report_free(r);
	g_free(file);
}

#define W SEVERITY_WARNING
#define N SEVERITY_NOTE

static const struct verify_case verify_cases[] = {
	{ "f(); /* expect: rule-a */", "m", W, NULL },
	{ "f(); // expect: rule-a", "m", SEVERITY_ERROR, NULL },
	{ "f(); // expect: rule-a \"the m\"", "in the middle", W, NULL },
	{ "f(); // expect: rule-a;", "m", W, NULL },
	{ "f(); // expect: rule-a \"a \\\"q\\\" \\\\\"", "a \"q\" \\", W,
	  NULL },
	{ "f();", NULL, W, NULL },
	{ "f();", "m", N, NULL },
	{ "f();", "m", W, ":1: error: unexpected: m [rule-a]" },
	{ "f(); // expect: rule-a", NULL, W,
	  ":1: error: expected rule-a, not found" },
	{ "f(); // expect: rule-a", "m", N, "expected rule-a, not found" },
	{ "f(); // expect-note: rule-a", "m", N, NULL },
	{ "f(); // expect-note: rule-a \"x\"", "m", N,
	  "expected rule-a \"x\", not found" },
	{ "f(); // expect-note: rule-a", NULL, N, "not found" },
	{ "f(); // FN: rule-a", NULL, W, NULL },
	{ "f(); // FN: rule-a", "m", W, "known miss is found now" },
	{ "f(); // FN: rule-a \"other\"", "m", W, "unexpected: m" },
	{ "f(); // FN: misspelt", NULL, W, "no such rule: misspelt" },
	{ "f(); // FP: rule-a", "m", W, NULL },
	{ "f(); // FP: rule-a", NULL, W, "known false report is gone" },
	{ "/* pincheck: expect-skip fn \"blocks\" */", NULL, W, NULL },
	{ "/* pincheck: expect-skip fn */", NULL, W, NULL },
	{ "/* pincheck: expect-skip fn \"loops\" */", NULL, W,
	  "expected skip of fn \"loops\", not found" },
	{ "/* pincheck: expect-skip g */", NULL, W, "skip of g, not found" },
	{ "f(); // expect: rule-a because", NULL, W, "cannot read" },
	{ "f(); // expect: rule-a \"open", NULL, W, "cannot read" },
	{ "f(); // expect:", NULL, W, "cannot read" },
	{ "f(); // expect: \"text\"", NULL, W, "cannot read" },
	{ "f(); // as one would expect: rule-a", NULL, W, NULL },
	{ "s = \"/* expect: rule-a */\";", NULL, W, NULL },
	{ "c = '\"'; // expect: rule-a", "m", W, NULL },
	{ "c = '\\''; s = \"\\\"//\"; // expect: rule-a", "m", W, NULL },
	{ "#error don't\n// FN: rule-a", NULL, W, NULL },
	{ "/* expect: rule-a\n * \"m\" */", "m", W, NULL },
	{ "/* expect: rule-a", "m", W, NULL },
};

static void test_verify(void)
{
	char *folder = temp_folder();

	for (size_t i = 0; i < G_N_ELEMENTS(verify_cases); i++)
		check_case(folder, &verify_cases[i]);
	remove_folder(folder, "a.c", NULL);
}

/* The particular expectation gets its finding, whatever the order. */
static void test_verify_several(void)
{
	char *folder = temp_folder();
	char *file = write_file(folder, "a.c",
				"f(); // expect: rule-a; rule-a \"two\"\n"
				"f(); // expect: rule-b\n");
	struct report *r = report_new();
	char *text;

	report_add(r, make(file, 1, "rule-a", W, "one"));
	report_add(r, make(file, 1, "rule-a", W, "two"));
	report_add(r, make(file, 2, "rule-b", W, "three"));
	g_assert_cmpint(verify(r, file, &text), ==, 0);
	g_free(text);
	/* A second one on a line needs a second expectation. */
	report_add(r, make(file, 2, "rule-b", W, "four"));
	g_assert_cmpint(verify(r, file, &text), ==, 1);
	g_assert_nonnull(strstr(text, ":2: error: unexpected: four"));
	g_free(text);
	report_free(r);
	g_free(file);
	remove_folder(folder, "a.c", NULL);
}

/* Headers count when they lie beside the file and have findings. */
static void test_verify_header(void)
{
	char *folder = temp_folder();
	char *file = write_file(folder, "a.c", "#include \"a.h\"\n");
	char *header = write_file(folder, "a.h", "f(); // expect: rule-a\n");
	char *unused = write_file(folder, "b.h", "f(); // expect: rule-a\n");
	struct report *r = report_new();
	char *text;

	g_assert_cmpint(verify(r, file, &text), ==, 0);
	g_free(text);
	report_add(r, make(header, 1, "rule-a", W, "m"));
	g_assert_cmpint(verify(r, file, &text), ==, 0);
	g_free(text);
	report_add(r, make("/nowhere/else.h", 1, "rule-a", W, "m"));
	g_assert_cmpint(verify(r, file, &text), ==, 1);
	g_free(text);
	report_free(r);
	g_free(file);
	g_free(header);
	g_free(unused);
	remove_folder(folder, "a.c", "a.h", "b.h", NULL);
}

static void test_verify_unreadable(void)
{
	struct report *r = report_new();
	char *text;

	g_assert_cmpint(verify(r, "/nowhere/a.c", &text), ==, 1);
	g_assert_nonnull(strstr(text, "/nowhere/a.c:0: error: "));
	g_free(text);
	report_free(r);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/report/seal", test_seal);
	g_test_add_func("/report/one-line", test_one_line);
	g_test_add_func("/report/severity", test_severity);
	g_test_add_func("/report/order", test_order);
	g_test_add_func("/report/twins", test_twins);
	g_test_add_func("/report/filter", test_filter);
	g_test_add_func("/report/map", test_map);
	g_test_add_func("/report/pack", test_pack);
	g_test_add_func("/report/json", test_json);
	g_test_add_func("/report/bytes", test_bytes);
	g_test_add_func("/report/damaged", test_damaged);
	g_test_add_func("/report/flipped", test_flipped);
	g_test_add_func("/report/text", test_text);
	g_test_add_func("/report/text-safe", test_text_safe);
	g_test_add_func("/report/formats", test_formats);
	g_test_add_func("/report/verify", test_verify);
	g_test_add_func("/report/verify-several", test_verify_several);
	g_test_add_func("/report/verify-header", test_verify_header);
	g_test_add_func("/report/verify-unreadable", test_verify_unreadable);
	return g_test_run();
}
