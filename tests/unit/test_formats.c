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

static char *write_in(const char *format, const struct report *r,
		      const struct report_style *style)
{
	GString *out = g_string_new(NULL);

	report_format_find(format)->write(r, style, out);
	return g_string_free(out, FALSE);
}

static char *write_as(const char *format, const struct report *r)
{
	return write_in(format, r, &plain);
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
	f->change = CHANGE_INTRODUCED;
	f->patch = g_strdup(HOSTILE);
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
	struct report *r = report_new();
	char *text;

	add(r, "a.c", 1, SEVERITY_NOTE, "n");
	add(r, "a.c", 2, SEVERITY_ERROR, "e");
	report_finish(r);
	r->files = 3;
	text = write_in("checkpatch", r, &style);
	g_assert_cmpstr(text, ==,
			"a.c:1: CHECK:SOME_RULE: n\n"
			"a.c:2: ERROR:SOME_RULE: e\n"
			"total: 1 errors, 0 warnings, 1 checks, "
			"3 files checked\n");
	g_free(text);
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
	json_object *root, *o;

	for (int i = 0; i < 1500; i++)
		finding_step(f, i % 2, "a.c", i + 1, "s");
	report_finish(r);
	root = parse("sarif", r);
	o = at(root, "runs/0/results/0/codeFlows/0/threadFlows");
	g_assert_cmpint((int)json_object_array_length(o), ==, 2);
	g_assert_cmpint(count_at(o, "0/locations") +
			count_at(o, "1/locations"), ==, 1000);
	g_assert_cmpint(number_at(o, "1/locations/0/executionOrder"), ==, 2);
	json_object_put(root);
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

/* ---- of a patch ---- */

/* "a.c" in three states of the tree, and on no disk. */
static char *text_of(unsigned state, const char *file, void *data)
{
	static const char *const texts[] = {
		"zero\nfixed();\n", "one\n\xc3\xa4 = call();\nthree\n",
		"two();\n"
	};
	GString *asked = data;

	g_string_append_printf(asked, "%u:%s ", state, file);
	if (strcmp(file, "a.c"))
		return NULL;
	g_assert_cmpuint(state, <, G_N_ELEMENTS(texts));
	return g_strdup(texts[state]);
}

static void add_change(struct report *r, int line, const char *message,
		       enum change c, unsigned state, const char *patch)
{
	struct finding *f = add(r, "a.c", line, SEVERITY_WARNING, message);

	f->change = c;
	f->state = state;
	f->patch = g_strdup(patch);
}

static struct report *patch_report(void)
{
	struct report *r = report_new();

	add_change(r, 2, "gone", CHANGE_FIXED, 0, "1/2: one");
	add_change(r, 2, "new", CHANGE_INTRODUCED, 1, "1/2: one");
	add_change(r, 3, "old", CHANGE_PRE_EXISTING, 1, "1/2: one");
	add_change(r, 1, "bare", CHANGE_EXPOSED, 2, "2/2: two");
	report_finish(r);
	return r;
}

/* What a format writes of a patch; @terse is for checkpatch. */
static char *write_patch(const char *format, gboolean terse)
{
	GString *asked = g_string_new(NULL);
	const struct report_style style = { .version = "1", .terse = terse,
					    .text_of = text_of,
					    .text_data = asked };
	struct report *r = patch_report();
	char *text = write_in(format, r, &style);

	report_free(r);
	g_string_free(asked, TRUE);
	return text;
}

static void check_patch(const char *format, gboolean terse, const char *want)
{
	char *text = write_patch(format, terse);

	g_assert_cmpstr(text, ==, want);
	g_free(text);
}

static void test_patch_text(void)
{
	check_patch("text", FALSE,
		    "a.c: In function 'fn':\n"
		    "a.c:1:3: warning: bare [some-rule] "
		    "(exposed by 2/2: two)\n"
		    "    1 | two();\n"
		    "      |   ^\n"
		    "a.c:2: fixed: gone [some-rule] (by 1/2: one)\n"
		    "a.c:2:3: warning: new [some-rule] "
		    "(introduced by 1/2: one)\n"
		    "    2 | \xc3\xa4 = call();\n"
		    "      |  ^\n"
		    "a.c:3:3: warning: old [some-rule] (pre-existing)\n"
		    "    3 | three\n"
		    "      |   ^\n");
}

static void test_patch_checkpatch(void)
{
	check_patch("checkpatch", TRUE,
		    "a.c:1: WARNING: bare (exposed by 2/2: two)\n"
		    "a.c:2: WARNING: new (introduced by 1/2: one)\n"
		    "a.c:3: WARNING: old (pre-existing)\n"
		    "total: 0 errors, 3 warnings, 0 checks, "
		    "0 files checked\n");
	check_patch("checkpatch", FALSE,
		    "WARNING: bare (exposed by 2/2: two)\n"
		    "#1: FILE: a.c:1:\n+two();\n\n"
		    "WARNING: new (introduced by 1/2: one)\n"
		    "#2: FILE: a.c:2:\n+\xc3\xa4 = call();\n\n"
		    "WARNING: old (pre-existing)\n"
		    "#3: FILE: a.c:3:\n+three\n\n"
		    "total: 0 errors, 3 warnings, 0 checks, "
		    "0 files checked\n");
}

static void test_patch_github(void)
{
	check_patch("github", FALSE,
		    "::warning file=a.c,line=1,col=3,title=some-rule::"
		    "bare (exposed by 2/2: two)\n"
		    "::warning file=a.c,line=2,col=3,title=some-rule::"
		    "new (introduced by 1/2: one)\n"
		    "::warning file=a.c,line=3,col=3,title=some-rule::"
		    "old (pre-existing)\n");
}

static void test_patch_lkp(void)
{
	check_patch("lkp", FALSE,
		    "pincheck warnings: (new ones prefixed by >>)\n\n"
		    "   a.c: In function 'fn':\n"
		    ">> a.c:1:3: warning: bare [some-rule] "
		    "(exposed by 2/2: two)\n"
		    "       1 | two();\n"
		    "         |   ^\n"
		    ">> a.c:2:3: warning: new [some-rule] "
		    "(introduced by 1/2: one)\n"
		    "       2 | \xc3\xa4 = call();\n"
		    "         |  ^\n"
		    "   a.c:3:3: warning: old [some-rule] (pre-existing)\n"
		    "       3 | three\n"
		    "         |   ^\n");
}

/* What is gone is no problem, and has no part in the names of those there. */
static void test_patch_gitlab(void)
{
	struct report *r = report_new();
	json_object *o;

	add_change(r, 2, "same", CHANGE_FIXED, 0, "1/2: one");
	add_change(r, 2, "same", CHANGE_INTRODUCED, 2, "2/2: two");
	report_finish(r);
	o = parse("gitlab", r);
	g_assert_cmpint((int)json_object_array_length(o), ==, 1);
	g_assert_cmpstr(text_at(o, "0/description"), ==,
			"same (introduced by 2/2: two)");
	g_assert_null(strchr(text_at(o, "0/fingerprint"), '-'));
	json_object_put(o);
	report_free(r);
}

static void check_result(json_object *results, guint i, const char *state,
			 const char *class, const char *patch)
{
	json_object *o = json_object_array_get_idx(results, i);

	g_assert_cmpstr(text_at(o, "baselineState"), ==, state);
	g_assert_cmpstr(text_at(o, "properties/change/class"), ==, class);
	g_assert_cmpstr(text_at(o, "properties/change/patch"), ==, patch);
}

static void test_patch_sarif(void)
{
	char *text = write_patch("sarif", FALSE);
	json_object *root = json_tokener_parse(text);
	json_object *o = at(root, "runs/0/results");

	g_assert_cmpint((int)json_object_array_length(o), ==, 4);
	check_result(o, 0, "new", "exposed", "2/2: two");
	check_result(o, 1, "absent", "fixed", "1/2: one");
	check_result(o, 2, "new", "introduced", "1/2: one");
	check_result(o, 3, "unchanged", "pre-existing", "1/2: one");
	/* A character of two bytes stands before it, in its state. */
	g_assert_cmpint(number_at(o, "1/locations/0/physicalLocation/region/"
				  "startColumn"), ==, 3);
	g_assert_cmpint(number_at(o, "2/locations/0/physicalLocation/region/"
				  "startColumn"), ==, 2);
	json_object_put(root);
	g_free(text);
}

static void test_patch_html(void)
{
	struct report *bare = bare_report();
	char *text = write_patch("html", FALSE);

	g_assert_nonnull(strstr(text, "<h1>pincheck: 3 findings, 1 fixed<"));
	g_assert_nonnull(strstr(text, "data-change=\"introduced\""));
	g_assert_nonnull(strstr(text, "<span class=\"change\">"
				      "exposed by 2/2: two</span>"));
	g_assert_nonnull(strstr(text, "<option value=\"fixed\">fixed (1)"));
	g_assert_nonnull(strstr(text, "<tr class=\"here\"><td>2</td>"
				      "<td>fixed();</td>"));
	g_free(text);
	text = write_as("html", bare);
	g_assert_null(strstr(text, "data-change"));
	g_assert_null(strstr(text, "all changes"));
	g_free(text);
	report_free(bare);
}

/* Each state's text is asked for once, and what is not there has no lines. */
static void test_text_of(void)
{
	GString *asked = g_string_new(NULL);
	const struct report_style style = { .version = "1", .text_of = text_of,
					    .text_data = asked };
	struct report *r = patch_report();
	char *text;

	add(r, "b.c", 1, SEVERITY_WARNING, "m");
	report_finish(r);
	text = write_in("html", r, &style);
	g_assert_cmpstr(asked->str, ==, "2:a.c 0:a.c 1:a.c 0:b.c ");
	g_free(text);
	g_string_free(asked, TRUE);
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
	g_test_add_func("/formats/patch-text", test_patch_text);
	g_test_add_func("/formats/patch-checkpatch", test_patch_checkpatch);
	g_test_add_func("/formats/patch-github", test_patch_github);
	g_test_add_func("/formats/patch-lkp", test_patch_lkp);
	g_test_add_func("/formats/patch-gitlab", test_patch_gitlab);
	g_test_add_func("/formats/patch-sarif", test_patch_sarif);
	g_test_add_func("/formats/patch-html", test_patch_html);
	g_test_add_func("/formats/text-of", test_text_of);
	return g_test_run();
}
