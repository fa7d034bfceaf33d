// SPDX-License-Identifier: GPL-2.0-only
/* Where members stand in raw JSON, what strings mean, and putting text in. */
#include <glib.h>
#include <string.h>

#include "lsp/scan.h"

static struct span of(const char *text)
{
	return (struct span){ text, strlen(text) };
}

/* @text in memory that ends where it ends, so that a step too far is seen. */
static struct span exact(const char *text, size_t size)
{
	return (struct span){ g_memdup2(size ? text : " ", MAX(size, 1)),
			      size };
}

static void assert_is(struct span got, const char *wanted)
{
	char *text = got.start ? g_strndup(got.start, got.size) : NULL;

	g_assert_cmpstr(text, ==, wanted);
	g_free(text);
}

static const char whole[] =
	" {\"id\" : \"a\\\"b\", \"x\":[{\"id\":1},[],{}],\t\"method\":\"m\","
	"\"params\":{\"a\":[1,2.5e-3,true],\"b\":{\"c\":null}}} \n";

static const char *const names[] = { "id", "method", "params", "none", NULL };

static void test_members(void)
{
	struct span got[4];

	g_assert_true(scan_members(of(whole), names, got));
	assert_is(got[0], "\"a\\\"b\"");
	assert_is(got[1], "\"m\"");
	assert_is(got[2], "{\"a\":[1,2.5e-3,true],\"b\":{\"c\":null}}");
	assert_is(got[3], NULL);
}

/* Two of one name: the last, as clangd's reader has it. */
static void test_twice(void)
{
	struct span got[4];

	g_assert_true(scan_members(of("{\"id\":1,\"\\u0069d\":2}"), names,
				   got));
	assert_is(got[0], "2");
}

/* No shorter text is a whole object. */
static void test_cut(void)
{
	size_t end = strlen(whole) - 2; /* blanks may be missing */
	struct span got[4];

	for (size_t size = 0; size < end; size++) {
		struct span part = exact(whole, size);

		g_assert_false(scan_members(part, names, got));
		assert_is(got[0], NULL);
		g_free((char *)part.start);
	}
}

static void test_refused(void)
{
	static const char *const texts[] = {
		"[]", "1", "", "{", "{}x", "{,}", "{\"a\"}", "{\"a\":}",
		"{\"a\":1,}", "{\"a\":1 \"b\":2}", "{a:1}", "{\"a\":[}",
		"{\"a\":[1,]}", "{\"a\":{]}", "{\"a\":nul}", "{\"a\":\"\n\"}",
		"{\"a\":\"\\x\"}", "{\"a\":\"\\u12g4\"}", "{\"a\":\"\\u12",
		"{\"a\":\"\\", "{\"a\":'b'}", "{\"a\":tru", "{\"a\":1}}",
	};
	struct span got[4];

	for (size_t i = 0; i < G_N_ELEMENTS(texts); i++) {
		struct span text = exact(texts[i], strlen(texts[i]));

		g_assert_false(scan_members(text, names, got));
		g_free((char *)text.start);
	}
	g_assert_false(scan_members((struct span){ NULL, 0 }, names, got));
}

/* However deep it is, it is told and not fallen into. */
static void test_deep(void)
{
	enum { DEEP = 1000000 };
	GString *text = g_string_new("{\"a\":");
	struct span got[4];

	for (int i = 0; i < DEEP; i++)
		g_string_append_c(text, '[');
	g_assert_false(scan_members(of(text->str), names, got));
	g_string_assign(text, "{\"id\":");
	for (int i = 0; i < 100; i++)
		g_string_append(text, "[{\"a\":");
	g_string_append(text, "1");
	for (int i = 0; i < 100; i++)
		g_string_append(text, "}]");
	g_string_append(text, "}");
	g_assert_true(scan_members(of(text->str), names, got));
	g_string_free(text, TRUE);
}

static void test_path(void)
{
	static const char *const there[] = { "params", "b", "c", NULL };
	static const char *const not_there[] = { "params", "a", "c", NULL };

	assert_is(scan_path(of(whole), there), "null");
	assert_is(scan_path(of(whole), not_there), NULL);
}

static void test_is(void)
{
	static const char opened[] = "textDocument/didOpen";

	g_assert_true(scan_is(of("\"textDocument/didOpen\""), opened));
	g_assert_true(scan_is(of("\"textDocument\\/didOpen\""), opened));
	g_assert_true(scan_is(of("\"\\u0074extDocument\\u002FdidOpen\""),
			      opened));
	g_assert_false(scan_is(of("\"textDocument/didOpe\""), opened));
	g_assert_false(scan_is(of("\"textDocument/didOpens\""), opened));
	g_assert_false(scan_is(of("\"textDocument/didOpen\\u0000\""), opened));
	g_assert_false(scan_is(of("1"), "1"));
	g_assert_false(scan_is((struct span){ NULL, 0 }, ""));
	g_assert_true(scan_is(of("\"\""), ""));
}

static void assert_text(const char *json, const char *wanted)
{
	struct span value = exact(json, strlen(json));
	char *text = scan_text(value);

	g_assert_cmpstr(text, ==, wanted);
	g_free(text);
	g_free((char *)value.start);
}

static void test_text(void)
{
	assert_text("\"a\\\"\\\\\\/\\b\\f\\n\\r\\tz\"", "a\"\\/\b\f\n\r\tz");
	assert_text("\"\\u00e9\\u20ac\\uD83D\\uDE00\"", "é€😀");
	/* half pairs */
	assert_text("\"\\ud800\"", "\xef\xbf\xbd");
	assert_text("\"\\udc00x\"", "\xef\xbf\xbdx");
	assert_text("\"\\ud800\\ud83d\\ude00\"", "\xef\xbf\xbd😀");
	assert_text("\"\\ud800\\n\"", "\xef\xbf\xbd\n");
	assert_text("\"a\\u0000b\"", NULL);
	assert_text("\"a", NULL);
	assert_text("null", NULL);
}

static void assert_int(const char *json, bool good, gint64 wanted)
{
	gint64 got = -7;

	g_assert_cmpint(scan_int(of(json), &got), ==, good);
	g_assert_cmpint(got, ==, good ? wanted : -7);
}

static void test_int(void)
{
	assert_int("0", true, 0);
	assert_int("-12", true, -12);
	assert_int("9223372036854775807", true, G_MAXINT64);
	assert_int("9223372036854775808", false, 0);
	assert_int("1.5", false, 0);
	assert_int("\"1\"", false, 0);
	assert_int("null", false, 0);
}

static void test_kind(void)
{
	g_assert_cmpint(scan_kind(of(" \n{")), ==, '{');
	g_assert_cmpint(scan_kind(of("  ")), ==, 0);
	g_assert_cmpint(scan_kind((struct span){ NULL, 0 }), ==, 0);
}

static void assert_spliced(GString *got, const char *wanted)
{
	g_assert_cmpstr(got->str, ==, wanted);
	g_string_free(got, TRUE);
}

static void test_splice(void)
{
	static const char *const list[] = { "a", NULL };
	struct span full = of("{ \"a\" : [1, 2 ] }");
	struct span empty = of("{\"a\":[ ]}");
	struct span object = of("{\"a\":{\"b\":1}}");

	assert_spliced(splice_into(full, scan_path(full, list), "3,4"),
		       "{ \"a\" : [1, 2 ,3,4] }");
	assert_spliced(splice_into(full, scan_path(full, list), ""), full.start);
	assert_spliced(splice_into(empty, scan_path(empty, list), "3"),
		       "{\"a\":[ 3]}");
	assert_spliced(splice_into(object, scan_path(object, list),
				   "\"c\":2"),
		       "{\"a\":{\"b\":1,\"c\":2}}");
	assert_spliced(splice_over(full, scan_path(full, list), "null"),
		       "{ \"a\" : null }");
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/scan/members", test_members);
	g_test_add_func("/scan/twice", test_twice);
	g_test_add_func("/scan/cut", test_cut);
	g_test_add_func("/scan/refused", test_refused);
	g_test_add_func("/scan/deep", test_deep);
	g_test_add_func("/scan/path", test_path);
	g_test_add_func("/scan/is", test_is);
	g_test_add_func("/scan/text", test_text);
	g_test_add_func("/scan/int", test_int);
	g_test_add_func("/scan/kind", test_kind);
	g_test_add_func("/scan/splice", test_splice);
	return g_test_run();
}
