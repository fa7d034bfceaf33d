// SPDX-License-Identifier: GPL-2.0-only
/*
 * The formats on reports that no run makes: hostile text, more than a reader
 * takes, and findings without this or that.
 */
#include <glib.h>
#include <json-c/json.h>
#include <string.h>

#include "report/report.h"

static const struct report_style plain = { .version = "1.2.3" };

static char *write_as(const char *format, const struct report *r)
{
	GString *out = g_string_new(NULL);

	report_format_find(format)->write(r, &plain, out);
	return g_string_free(out, FALSE);
}

static struct finding *add(struct report *r, const char *file, int line,
			   enum severity severity, const char *message)
{
	struct finding *f = finding_new("some-rule", severity, file, line, 3,
					"fn");

	finding_message(f, "%s", message);
	finding_key(f, "%s", message);
	report_add(r, f);
	return f;
}

/* Text of all kinds that means something to some reader. */
#define HOSTILE \
	"a\"b'c\\d]]>e</script>f<!--g%0Ah::i,j:k\tl\x01m\xff\xc3\xa4n{0}[o](p)"

static struct report *hostile_report(void)
{
	struct report *r = report_new();
	struct finding *f = add(r, "dir/" HOSTILE "\n.c", 7, SEVERITY_ERROR,
				HOSTILE);

	finding_step(f, 0, "x\n::error::" HOSTILE, 1, "%s", HOSTILE);
	finding_step(f, 1, NULL, 2, "%s", HOSTILE);
	finding_evidence(f, "%s", HOSTILE);
	f->replay = finding_replay_new("confirmed", "sc");
	g_ptr_array_add(f->replay->table, g_strdup(HOSTILE));
	report_skip(r, HOSTILE, HOSTILE, HOSTILE);
	report_error(r, "%s", HOSTILE);
	report_finish(r);
	return r;
}

/* Also of one that lacks what it can lack. */
static struct report *bare_report(void)
{
	struct report *r = report_new();
	struct finding *f = finding_new("some-rule", SEVERITY_NOTE, NULL, 0, 0,
					NULL);

	finding_step(f, 0, NULL, 0, "step");
	report_add(r, f);
	report_skip(r, NULL, NULL, "reason");
	report_finish(r);
	return r;
}

static void check_text(const char *format, const struct report *r)
{
	char *text = write_as(format, r), *again = write_as(format, r);
	static const char *const of_bytes[] = { "text", "checkpatch", "lkp",
						NULL };
	gboolean bytes = g_strv_contains(of_bytes, format);

	g_test_message("%s", format);
	g_assert_cmpstr(text, ==, again);
	g_assert_true(bytes || g_utf8_validate(text, -1, NULL));
	for (const char *c = text; *c; c++)
		g_assert_true(!g_ascii_iscntrl(*c) || *c == '\n' ||
			      *c == '\t');
	g_free(text);
	g_free(again);
}

/* One step's name begins a line with a command, if nothing is escaped. */
static void test_hostile(void)
{
	struct report *hostile = hostile_report(), *bare = bare_report();
	const struct report_format *format;

	for (size_t i = 0; (format = report_format_at(i)); i++) {
		char *text = write_as(format->name, hostile);

		check_text(format->name, hostile);
		check_text(format->name, bare);
		g_assert_null(strstr(text, "\n::error::a"));
		g_free(text);
	}
	report_free(hostile);
	report_free(bare);
}

static void test_github(void)
{
	struct report *r = report_new();
	struct finding *f = add(r, "a:b,c%.c", 7, SEVERITY_NOTE, "x: 1,2 %d");
	char *text;

	finding_step(f, 1, NULL, 8, "y");
	report_finish(r);
	text = write_as("github", r);
	g_assert_cmpstr(text, ==,
			"::notice file=a%3Ab%2Cc%25.c,line=7,col=3,"
			"title=some-rule::x: 1,2 %25d%0A"
			"a:b,c%25.c:8: CPU 1: y\n");
	g_free(text);
	report_free(r);
}

static void test_checkpatch(void)
{
	const struct report_style style = { .version = "1", .terse = TRUE,
					    .show_types = TRUE };
	GString *out = g_string_new(NULL);
	struct report *r = report_new();

	add(r, "a.c", 1, SEVERITY_NOTE, "n");
	add(r, "a.c", 2, SEVERITY_ERROR, "e");
	report_finish(r);
	r->files = 3;
	report_format_find("checkpatch")->write(r, &style, out);
	g_assert_cmpstr(out->str, ==,
			"a.c:1: CHECK:SOME_RULE: n\n"
			"a.c:2: ERROR:SOME_RULE: e\n"
			"total: 1 errors, 0 warnings, 1 checks, "
			"3 files checked\n");
	g_string_free(out, TRUE);
	report_free(r);
}

/* ---- JSON ---- */

/* The root of what @format writes of @r; json_object_put() is due. */
static json_object *parse(const char *format, const struct report *r)
{
	char *text = write_as(format, r);
	json_object *o = json_tokener_parse(text);

	g_assert_nonnull(o);
	g_free(text);
	return o;
}

/* A member, or for "0", "1"... an element, by a path of names. */
static json_object *at(json_object *o, const char *path)
{
	char **names = g_strsplit(path, "/", -1);

	for (char **name = names; *name; name++) {
		if (json_object_is_type(o, json_type_array))
			o = json_object_array_get_idx(
				o, (size_t)g_ascii_strtoull(*name, NULL, 10));
		else
			g_assert_true(json_object_object_get_ex(o, *name, &o));
	}
	g_strfreev(names);
	return o;
}

#define text_at(o, path) json_object_get_string(at(o, path))
#define number_at(o, path) json_object_get_int(at(o, path))
#define count_at(o, path) ((int)json_object_array_length(at(o, path)))

/* Two findings that nothing but the line tells apart. */
static void test_twins(void)
{
	struct report *r = report_new();
	json_object *gitlab, *sarif;

	add(r, "a.c", 1, SEVERITY_WARNING, "same");
	add(r, "a.c", 2, SEVERITY_WARNING, "same");
	report_finish(r);
	gitlab = parse("gitlab", r);
	sarif = parse("sarif", r);
	g_assert_cmpstr(text_at(gitlab, "0/fingerprint"), !=,
			text_at(gitlab, "1/fingerprint"));
	g_assert_cmpstr(text_at(sarif, "runs/0/results/0/partialFingerprints/"
				"primaryLocationLineHash"), !=,
			text_at(sarif, "runs/0/results/1/partialFingerprints/"
				"primaryLocationLineHash"));
	json_object_put(gitlab);
	json_object_put(sarif);
	report_free(r);
}

static void check_message(const char *message, const char *want)
{
	struct report *r = report_new();
	json_object *o;

	add(r, "a.c", 1, SEVERITY_WARNING, message);
	report_finish(r);
	o = parse("sarif", r);
	g_assert_cmpstr(text_at(o, "runs/0/results/0/message/text"), ==, want);
	json_object_put(o);
	report_free(r);
}

/* C that looks like a link or a placeholder is none. */
static void test_sarif_message(void)
{
	check_message("'a[i]' is read", "'a[i]' is read");
	check_message("'ops[i](x)'", "'ops\\[i\\](x)'");
	check_message("'{ 0 }'", "'{ 0 }'");
	check_message("'{0}'", "'{{0}}'");
}

static struct report *many(int notes, int warnings)
{
	struct report *r = report_new();

	for (int i = 0; i < notes + warnings; i++) {
		char *message = g_strdup_printf("m%d", i);

		finding_seal(add(r, "a.c", i + 1, i < notes ?
				 SEVERITY_NOTE : SEVERITY_WARNING, message));
		g_free(message);
	}
	return r;
}

static void check_many(int notes, int warnings, int told, const char *first)
{
	struct report *r = many(notes, warnings);
	json_object *o = parse("sarif", r);

	g_assert_cmpint(count_at(o, "runs/0/results"), ==, told);
	g_assert_cmpstr(text_at(o, "runs/0/results/0/message/text"), ==,
			first);
	g_assert_cmpint(count_at(o, "runs/0/invocations/0/"
				 "toolExecutionNotifications"), ==,
			notes + warnings > told);
	json_object_put(o);
	report_free(r);
}

/* Code scanning's 5,000: the least severe are left out, and that is said. */
static void test_sarif_results(void)
{
	check_many(0, 5000, 5000, "m0");
	check_many(2, 4999, 5000, "m0");
	check_many(3, 5000, 5000, "m3");
	check_many(0, 5001, 5000, "m0");
}

/* And its 1,000 places of one. */
static void test_sarif_steps(void)
{
	struct report *r = report_new();
	struct finding *f = add(r, "a.c", 1, SEVERITY_WARNING, "m");
	json_object *o;

	for (int i = 0; i < 1500; i++)
		finding_step(f, i % 2, "a.c", i + 1, "s");
	report_finish(r);
	o = parse("sarif", r);
	o = json_object_get(at(o, "runs/0/results/0/codeFlows/0/threadFlows"));
	g_assert_cmpint((int)json_object_array_length(o), ==, 2);
	g_assert_cmpint(count_at(o, "0/locations") +
			count_at(o, "1/locations"), ==, 1000);
	g_assert_cmpint(number_at(o, "1/locations/0/executionOrder"), ==, 2);
	json_object_put(o);
	report_free(r);
}

/* The rule of another version has a row all the same. */
static void test_sarif_rule(void)
{
	struct report *r = bare_report();
	json_object *o = parse("sarif", r);

	g_assert_cmpstr(text_at(o, "runs/0/tool/driver/rules/0/id"), ==,
			"some-rule");
	g_assert_cmpint(number_at(o, "runs/0/results/0/ruleIndex"), ==, 0);
	json_object_put(o);
	report_free(r);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/formats/hostile", test_hostile);
	g_test_add_func("/formats/github", test_github);
	g_test_add_func("/formats/checkpatch", test_checkpatch);
	g_test_add_func("/formats/twins", test_twins);
	g_test_add_func("/formats/sarif-message", test_sarif_message);
	g_test_add_func("/formats/sarif-results", test_sarif_results);
	g_test_add_func("/formats/sarif-steps", test_sarif_steps);
	g_test_add_func("/formats/sarif-rule", test_sarif_rule);
	return g_test_run();
}
