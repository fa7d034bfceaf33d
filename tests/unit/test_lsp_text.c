// SPDX-License-Identifier: GPL-2.0-only
/*
 * Texts under edits: what clangd accepts and refuses, many random edits against
 * a plain string, what moves with an edit; and the paths of URIs.
 */
#include <glib.h>
#include <stdio.h>
#include <string.h>

#include "lsp/text.h"
#include "lsp/uri.h"

/* Longer than a few blocks, so that edits reach over their borders. */
#define LONG_BYTES (400 * 1024)
#define ROUNDS 300

static char *text_dup(const struct text *t)
{
	GString *s = g_string_new(NULL);

	text_put(t, s);
	g_assert_cmpuint(s->len, ==, text_size(t));
	return g_string_free(s, FALSE);
}

static struct change change_at(int line, int from, int to_line, int to,
			       const char *bytes)
{
	return (struct change){ { { line, from }, { to_line, to } }, -1, bytes,
				strlen(bytes) };
}

static void check_edit(const char *before, enum encoding e, struct change c,
		       const char *after)
{
	struct text *t = text_new(before, strlen(before));
	bool done = text_apply(t, e, &c);
	char *got = text_dup(t);

	g_assert_cmpint(done, ==, after != NULL);
	g_assert_cmpstr(got, ==, after ? after : before);
	g_free(got);
	text_free(t);
}

static void test_edits(void)
{
	const enum encoding e = ENCODING_UTF16;

	check_edit("", e, change_at(0, 0, 0, 0, "a\nb"), "a\nb");
	check_edit("a\nb", e, change_at(0, 0, 1, 1, ""), "");
	check_edit("abc\n", e, change_at(0, 1, 0, 2, "X"), "aXc\n");
	check_edit("a\nb\n", e, change_at(2, 0, 2, 0, "c"), "a\nb\nc");
	check_edit("a\nb\nc\n", e, change_at(0, 1, 2, 0, ""), "ac\n");
	check_edit("a\n\n", e, change_at(1, 0, 1, 0, "x\n"), "a\nx\n\n");
}

/* The editor's text is another then: clangd forgets the document. */
static void test_refused(void)
{
	const enum encoding e = ENCODING_UTF16;
	struct change length = change_at(0, 1, 1, 1, "");

	check_edit("ab\n", e, change_at(0, 3, 0, 3, "x"), NULL);
	check_edit("ab\n", e, change_at(2, 0, 2, 0, "x"), NULL);
	check_edit("ab\n", e, change_at(0, -1, 0, 1, "x"), NULL);
	check_edit("ab\n", e, change_at(-1, 0, 0, 1, "x"), NULL);
	check_edit("ab\n", e, change_at(0, 2, 0, 1, "x"), NULL);
	check_edit("a\nb\n", e, change_at(1, 0, 0, 0, "x"), NULL);
	length.length = 3;
	check_edit("ab\ncd\n", e, length, "ad\n");
	length.length = 4;
	check_edit("ab\ncd\n", e, length, NULL);
}

/* An editor may believe that the last line ended. */
static void test_last_line(void)
{
	const enum encoding e = ENCODING_UTF16;
	struct change c = change_at(0, 1, 1, 0, "");

	check_edit("a", e, change_at(1, 0, 1, 0, "b"), "a\nb");
	check_edit("", e, change_at(1, 0, 1, 0, "b"), "\nb");
	check_edit("x\na", e, change_at(1, 0, 2, 0, ""), "x\n");
	check_edit("a\n", e, change_at(2, 0, 2, 0, "b"), NULL);
	c.length = 1;
	check_edit("a", e, c, "a");
}

/* A character of 1, 2, 3 and 4 bytes, and one behind. */
#define MIXED "a\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80z\n"

static void test_encodings(void)
{
	check_edit(MIXED, ENCODING_UTF16, change_at(0, 3, 0, 5, ""),
		   "a\xc3\xa4\xe2\x82\xacz\n");
	check_edit(MIXED, ENCODING_UTF16, change_at(0, 4, 0, 5, ""), NULL);
	check_edit(MIXED, ENCODING_UTF16, change_at(0, 6, 0, 7, ""), NULL);
	check_edit(MIXED, ENCODING_UTF32, change_at(0, 2, 0, 4, ""),
		   "a\xc3\xa4z\n");
	check_edit(MIXED, ENCODING_UTF32, change_at(0, 5, 0, 6, ""), NULL);
	check_edit(MIXED, ENCODING_UTF8, change_at(0, 3, 0, 10, ""),
		   "a\xc3\xa4z\n");
	check_edit(MIXED, ENCODING_UTF8, change_at(0, 11, 0, 12, ""), NULL);
	/* an offset by bytes may be inside a character */
	check_edit("\xc3\xa4\n", ENCODING_UTF8, change_at(0, 1, 0, 2, ""),
		   "\xc3\n");
}

static void test_odd_bytes(void)
{
	const enum encoding e = ENCODING_UTF16;

	/* neither of these begins a character: one unit each */
	check_edit("\x80\xff.\n", e, change_at(0, 2, 0, 3, ""), "\x80\xff\n");
	/* what is cut off by the end of the line cannot be stepped over */
	check_edit("\xe2\x82\n", e, change_at(0, 1, 0, 1, "x"), NULL);
	/* only \n ends a line */
	check_edit("a\r\nb", e, change_at(0, 2, 1, 0, " "), "a\r b");
	check_edit("a\rb\n", e, change_at(0, 2, 0, 3, ""), "a\r\n");
	check_edit("a\rb\n", e, change_at(1, 1, 1, 1, ""), NULL);
	/* half a pair, as it comes out of JSON */
	check_edit("\xef\xbf\xbd.\n", e, change_at(0, 1, 0, 2, ""),
		   "\xef\xbf\xbd\n");
}

static void test_nul(void)
{
	struct text *t = text_new("a\0b\n", 4);
	struct change c = { { { 0, 2 }, { 0, 3 } }, 1, "\0c", 2 };
	GString *s = g_string_new(NULL);

	g_assert_true(text_apply(t, ENCODING_UTF16, &c));
	text_put(t, s);
	g_assert_cmpmem(s->str, s->len, "a\0\0c\n", 5);
	g_string_free(s, TRUE);
	text_free(t);
}

static void test_names(void)
{
	enum encoding e;

	g_assert_true(encoding_parse("utf-32", &e));
	g_assert_cmpint(e, ==, ENCODING_UTF32);
	g_assert_true(encoding_parse("utf-8", &e));
	g_assert_cmpint(e, ==, ENCODING_UTF8);
	g_assert_false(encoding_parse("utf8", &e));
}

/* ---- against a plain string ---- */

static const char *const pieces[] = { "x", "\n", "\r\n", "\xc3\xa4",
				      "\xe2\x82\xac", "\xf0\x9f\x98\x80",
				      "some words", "\n\n\n" };

static void put_random(GRand *rand, GString *out, size_t size)
{
	while (out->len < size)
		g_string_append(out, pieces[g_rand_int_range(
					     rand, 0, G_N_ELEMENTS(pieces))]);
}

static size_t random_spot(GRand *rand, const GString *s, size_t near)
{
	size_t at = g_rand_boolean(rand) ?
			    near + (size_t)g_rand_int_range(rand, 0, 200) :
			    (size_t)g_rand_int_range(rand, 0, (int)s->len + 1);

	at = MIN(at, s->len);
	while (at < s->len && (s->str[at] & 0xc0) == 0x80)
		at++;
	return at;
}

static int units_of(const char *bytes, size_t size, enum encoding e)
{
	glong count = (glong)size;

	if (e == ENCODING_UTF32)
		count = g_utf8_strlen(bytes, (gssize)size);
	if (e == ENCODING_UTF16)
		g_free(g_utf8_to_utf16(bytes, (glong)size, NULL, &count, NULL));
	return (int)count;
}

static struct position place_of(const GString *s, size_t at, enum encoding e)
{
	struct position p = { 0 };
	size_t line = 0;

	for (size_t i = 0; i < at; i++) {
		if (s->str[i] == '\n') {
			p.line++;
			line = i + 1;
		}
	}
	p.character = units_of(s->str + line, at - line, e);
	return p;
}

static void edit_both(GRand *rand, GString *plain, struct text *t,
		      enum encoding e)
{
	size_t a = random_spot(rand, plain, 0);
	size_t b = random_spot(rand, plain, a);
	size_t from = MIN(a, b), to = MAX(a, b);
	GString *new = g_string_new(NULL);
	struct change c;

	put_random(rand, new, (size_t)g_rand_int_range(rand, 0, 30));
	if (to - from > LONG_BYTES / 8)
		put_random(rand, new, to - from);
	c = (struct change){ { place_of(plain, from, e),
			       place_of(plain, to, e) },
			     units_of(plain->str + from, to - from, e),
			     new->str, new->len };
	g_assert_true(text_apply(t, e, &c));
	g_string_erase(plain, (gssize)from, (gssize)(to - from));
	g_string_insert_len(plain, (gssize)from, new->str, (gssize)new->len);
	g_string_free(new, TRUE);
}

static void test_random(const void *data)
{
	enum encoding e = (enum encoding)GPOINTER_TO_INT(data);
	GRand *rand = g_rand_new_with_seed(7);
	GString *plain = g_string_new(NULL), *got = g_string_new(NULL);
	struct text *t;

	put_random(rand, plain, LONG_BYTES);
	t = text_new(plain->str, plain->len);
	for (int i = 0; i < ROUNDS; i++) {
		edit_both(rand, plain, t, e);
		g_string_truncate(got, 0);
		text_put(t, got);
		g_assert_cmpmem(got->str, got->len, plain->str, plain->len);
	}
	text_free(t);
	g_string_free(plain, TRUE);
	g_string_free(got, TRUE);
	g_rand_free(rand);
}

/* For "-m perf": what an edit costs in a document of 20 MB, anywhere in it. */
static void test_speed(void)
{
	const char line[] = "\tif (PagePrivate(page)) /* a line of C */\n";
	const int lines = 20 * 1000 * 1000 / (int)strlen(line), edits = 2000;
	GString *bytes = g_string_new(NULL);
	GRand *rand = g_rand_new_with_seed(7);
	struct text *t;
	double us;

	for (int i = 0; i < lines; i++)
		g_string_append(bytes, line);
	t = text_new(bytes->str, bytes->len);
	g_test_timer_start();
	for (int i = 0; i < edits; i++) {
		int at = g_rand_int_range(rand, 0, lines);
		struct change c = change_at(at, 4, at, 5, i % 3 ? "x" : "\n");

		text_apply(t, ENCODING_UTF16, &c);
	}
	us = g_test_timer_elapsed() * 1e6 / edits;
	g_test_minimized_result(us, "%.1f us for an edit", us);
	text_free(t);
	g_rand_free(rand);
	g_string_free(bytes, TRUE);
}

/* ---- comparison ---- */

/* The lines that differ, and what makes the new text of the old one. */
static void check_compare(const char *old, const char *new, int from, int to,
			  const char *bytes)
{
	struct text *t = text_new(old, strlen(old));
	struct change c;
	char *got;

	g_assert_cmpint(text_compare(t, ENCODING_UTF16, new, strlen(new), &c),
			==, strcmp(old, new) != 0);
	g_assert_cmpint(c.range.start.line, ==, from);
	g_assert_cmpint(c.range.end.line, ==, to);
	g_assert_cmpmem(c.bytes, c.size, bytes, strlen(bytes));
	g_assert_true(text_apply(t, ENCODING_UTF16, &c));
	got = text_dup(t);
	g_assert_cmpstr(got, ==, new);
	g_free(got);
	text_free(t);
}

static void test_compare(void)
{
	check_compare("a\nb\nc\n", "a\nb\nc\n", 3, 3, "");
	check_compare("a\nb\nc\n", "a\nx\nc\n", 1, 2, "x\n");
	check_compare("a\nb\nc\n", "a\nx\nb\nc\n", 1, 1, "x\n");
	check_compare("a\nb\nc\n", "a\nc\n", 1, 2, "");
	check_compare("b\n", "xb\n", 0, 1, "xb\n");
	check_compare("a\nb", "a\nb\n", 1, 1, "b\n");
	check_compare("a\nb", "a\n", 1, 1, "");
	check_compare("a\na\n", "a\na\na\n", 2, 2, "a\n");
	check_compare("", "a", 0, 0, "a");
	check_compare("a\r\nb\r\n", "a\nb\r\n", 0, 1, "a\n");
}

/* ---- what moves ---- */

static void check_shift(struct change c, const char *before, const char *after)
{
	struct shift s = change_shift(&c, ENCODING_UTF16);
	struct range r;
	bool untouched;
	char *got;

	g_assert_cmpint(sscanf(before, "%d:%d-%d:%d", &r.start.line,
			       &r.start.character, &r.end.line,
			       &r.end.character), ==, 4);
	untouched = range_shift(&r, &s);
	got = g_strdup_printf("%d:%d-%d:%d%s", r.start.line, r.start.character,
			      r.end.line, r.end.character,
			      untouched ? "" : " touched");
	g_assert_cmpstr(got, ==, after);
	g_free(got);
}

static void test_shift(void)
{
	/* a line before, one behind, and one in two */
	check_shift(change_at(1, 0, 1, 0, "x\n"), "5:2-5:4", "6:2-6:4");
	check_shift(change_at(6, 0, 6, 0, "x\n"), "5:2-5:4", "5:2-5:4");
	check_shift(change_at(5, 3, 5, 3, "\n"), "5:2-5:4", "5:2-6:1 touched");
	/* in the line of the range */
	check_shift(change_at(5, 0, 5, 1, "\xf0\x9f\x98\x80."), "5:2-5:4",
		    "5:4-5:6");
	check_shift(change_at(5, 1, 5, 1, "x\ny"), "5:2-5:4", "6:2-6:4");
	check_shift(change_at(4, 3, 5, 1, ""), "5:2-5:4", "4:4-4:6");
	/* at its ends it is not touched */
	check_shift(change_at(5, 2, 5, 2, "ab"), "5:2-5:4", "5:4-5:6");
	check_shift(change_at(5, 4, 5, 4, "ab"), "5:2-5:4", "5:2-5:4");
	check_shift(change_at(5, 2, 5, 2, "ab"), "5:2-5:2", "5:4-5:4");
	/* over one end, the other, and all of it */
	check_shift(change_at(5, 1, 5, 3, ""), "5:2-5:4", "5:1-5:2 touched");
	check_shift(change_at(5, 3, 6, 0, "x"), "5:2-5:4", "5:2-5:3 touched");
	check_shift(change_at(4, 0, 7, 0, "x"), "5:2-5:4", "4:0-4:0 touched");
}

/* ---- URIs ---- */

static void check_uri(const char *uri, const char *path)
{
	char *got = uri_path(uri);

	g_assert_cmpstr(got, ==, path);
	g_free(got);
}

static void test_uri(void)
{
	check_uri("file:///a/b.c", "/a/b.c");
	check_uri("file://localhost/a%2Bb.c", "/a+b.c");
	check_uri("file:///a+b.c", "/a+b.c");
	check_uri("file:/a.c", "/a.c");
	check_uri("file:///%c3%A4/%E2%82%ac.c", "/\xc3\xa4/\xe2\x82\xac.c");
	check_uri("file:///50%/%zz/%4", "/50%/%zz/%4");
	check_uri("file:///a%252Fb", "/a%2Fb");
	check_uri("file:///a%20b#c?d", "/a b#c?d");
	check_uri("file:///", "/");
	check_uri("file:///a%00b", NULL);
	check_uri("file://server/a.c", NULL);
	check_uri("file://localhosts/a.c", NULL);
	check_uri("file:a.c", NULL);
	check_uri("untitled:/a.c", NULL);
	check_uri("/a.c", NULL);
	check_uri("", NULL);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/text/edits", test_edits);
	g_test_add_func("/text/refused", test_refused);
	g_test_add_func("/text/last-line", test_last_line);
	g_test_add_func("/text/encodings", test_encodings);
	g_test_add_func("/text/odd-bytes", test_odd_bytes);
	g_test_add_func("/text/nul", test_nul);
	g_test_add_func("/text/names", test_names);
	g_test_add_data_func("/text/random/utf-16",
			     GINT_TO_POINTER(ENCODING_UTF16), test_random);
	g_test_add_data_func("/text/random/utf-8",
			     GINT_TO_POINTER(ENCODING_UTF8), test_random);
	g_test_add_data_func("/text/random/utf-32",
			     GINT_TO_POINTER(ENCODING_UTF32), test_random);
	if (g_test_perf())
		g_test_add_func("/text/speed", test_speed);
	g_test_add_func("/text/compare", test_compare);
	g_test_add_func("/text/shift", test_shift);
	g_test_add_func("/uri", test_uri);
	return g_test_run();
}
