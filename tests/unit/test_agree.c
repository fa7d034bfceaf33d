// SPDX-License-Identifier: GPL-2.0-only
/* Findings of several engines: what becomes one, what stays, what is lost. */
#include <glib.h>
#include <string.h>

#include "report/report.h"

static void add(struct report *r, const char *engine, const char *function,
		int line, const char *rule)
{
	struct finding *f = finding_new(rule, SEVERITY_WARNING, "a.c", line, 1,
					function);

	finding_engine(f, engine);
	finding_message(f, "%s says so", engine);
	finding_key(f, "%s", engine);
	report_add(r, f);
}

/* "LINE ENGINE,ENGINE; ..." */
static char *text(const struct report *r)
{
	GString *out = g_string_new(NULL);

	for (guint i = 0; i < r->findings->len; i++) {
		const struct finding *f = r->findings->pdata[i];

		g_string_append_printf(out, "%s%d ", i ? "; " : "", f->line);
		for (guint k = 0; k < f->engines->len; k++)
			g_string_append_printf(out, "%s%s", k ? "," : "",
					       (char *)f->engines->pdata[k]);
	}
	return g_string_free(out, FALSE);
}

static void assert_text(const struct report *r, const char *want)
{
	char *got = text(r);

	g_assert_cmpstr(got, ==, want);
	g_free(got);
}

static void test_merge(void)
{
	struct report *r = report_new();
	const struct finding *f;

	add(r, "cocci", "f", 12, "r1");
	add(r, "clang", "f", 10, "r1");
	add(r, "sparse", "f", 30, "r1");
	report_finish(r);
	assert_text(r, "10 clang,cocci,sparse");
	f = r->findings->pdata[0];
	g_assert_cmpstr(f->message, ==, "clang says so");
	g_assert_cmpuint(f->evidence->len, ==, 2);
	g_assert_cmpstr(f->evidence->pdata[0], ==,
			"cocci at line 12: cocci says so");
	report_free(r);
}

static void test_apart(void)
{
	struct report *r = report_new();

	add(r, "clang", "f", 10, "r1");
	add(r, "cocci", "f", 10, "r2");
	add(r, "cocci", "g", 20, "r1");
	add(r, "cocci", NULL, 30, "r1");
	add(r, "sparse", NULL, 31, "r1");
	/* Twice the same engine is two findings. */
	add(r, "cocci", "h", 40, "r1");
	add(r, "cocci", "h", 41, "r1");
	report_finish(r);
	assert_text(r, "10 clang; 10 cocci; 20 cocci; 30 cocci; 31 sparse; "
		       "40 cocci; 41 cocci");
	report_free(r);
}

/* Of several the nearest agrees; the one that knows most stays. */
static void test_nearest(void)
{
	struct report *r = report_new();

	add(r, "clang", "f", 10, "r1");
	add(r, "clang", "f", 50, "r1");
	add(r, "cocci", "f", 48, "r1");
	add(r, "cocci", "f", 52, "r1");
	report_finish(r);
	assert_text(r, "10 clang; 50 clang,cocci");
	report_free(r);
}

/* Names of functions may differ, as those that macros make: the line tells. */
static void test_chain(void)
{
	struct report *r = report_new();

	add(r, "clang", "__do_f", 10, "r1");
	add(r, "cocci", "f", 10, "r1");
	add(r, "sparse", "f", 15, "r1");
	report_finish(r);
	assert_text(r, "10 clang,cocci,sparse");
	report_free(r);
}

static void test_filter(void)
{
	struct report *r = report_new();

	add(r, "clang", "f", 10, "r1");
	add(r, "cocci", "f", 10, "r1");
	add(r, "clang", "g", 20, "r1");
	add(r, "cocci", "h", 30, "r1");
	report_finish(r);
	g_assert_cmpint(report_filter_agreed(r, 1), ==, 0);
	g_assert_cmpint(report_filter_agreed(r, 2), ==, 2);
	assert_text(r, "10 clang,cocci");
	g_assert_cmpint(report_filter_agreed(r, 3), ==, 1);
	report_free(r);
}

/* Engines and texts cross to another process. */
static void test_pack(void)
{
	struct report *r = report_new(), *copy;
	char *packed, *error = NULL;

	add(r, "sparse", "f", 10, "r1");
	g_ptr_array_add(r->texts, g_strdup("--- a\n+++ b\n\xff"));
	packed = report_pack(r);
	copy = report_unpack(packed, strlen(packed), &error);
	g_assert_nonnull(copy);
	assert_text(copy, "10 sparse");
	g_assert_cmpstr(copy->texts->pdata[0], ==, "--- a\n+++ b\n\xff");
	report_merge(r, copy);
	g_assert_cmpuint(r->texts->len, ==, 2);
	report_free(r);
	g_free(packed);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/agree/merge", test_merge);
	g_test_add_func("/agree/apart", test_apart);
	g_test_add_func("/agree/nearest", test_nearest);
	g_test_add_func("/agree/chain", test_chain);
	g_test_add_func("/agree/filter", test_filter);
	g_test_add_func("/agree/pack", test_pack);
	return g_test_run();
}
