// SPDX-License-Identifier: GPL-2.0-only
/* base/utf: characters of a line in three encodings, of any bytes. */
#include <glib.h>
#include <string.h>

#include "base/utf.h"

/* One, two, three and four bytes. */
#define LINE "a" "\xc3\xa9" "\xe2\x82\xac" "\xf0\x9f\x90\xa7" "b"

static void test_names(void)
{
	enum encoding e = ENCODING_UTF8;

	g_assert_true(encoding_parse("utf-16", &e) && e == ENCODING_UTF16);
	g_assert_true(encoding_parse("utf-8", &e) && e == ENCODING_UTF8);
	g_assert_true(encoding_parse("utf-32", &e) && e == ENCODING_UTF32);
	g_assert_false(encoding_parse("UTF-8", &e));
	g_assert_cmpint(e, ==, ENCODING_UTF32);
}

static void test_count(void)
{
	static const struct {
		size_t bytes, characters[3];
	} places[] = { { 0, { 0, 0, 0 } },  { 1, { 1, 1, 1 } },
		       { 3, { 2, 3, 2 } },  { 6, { 3, 6, 3 } },
		       { 10, { 5, 10, 4 } }, { 11, { 6, 11, 5 } } };

	for (size_t i = 0; i < G_N_ELEMENTS(places); i++)
		for (int e = ENCODING_UTF16; e <= ENCODING_UTF32; e++) {
			size_t n = places[i].characters[e];

			g_assert_cmpuint(utf_characters(e, LINE,
							places[i].bytes),
					 ==, n);
			g_assert_cmpuint(utf_bytes(e, LINE, strlen(LINE), n),
					 ==, places[i].bytes);
		}
}

static void test_ends(void)
{
	g_assert_cmpuint(utf_bytes(ENCODING_UTF16, LINE, strlen(LINE), 99), ==,
			 strlen(LINE));
	g_assert_cmpuint(utf_bytes(ENCODING_UTF8, LINE, strlen(LINE), 99), ==,
			 strlen(LINE));
	/* between the two halves of a pair */
	g_assert_cmpuint(utf_bytes(ENCODING_UTF16, LINE, strlen(LINE), 4), ==,
			 6);
}

static void test_malformed(void)
{
	/* a tail alone, 0xff, and a lead at the end */
	static const char line[] = "\x80\xff" "a" "\xe2";

	g_assert_cmpuint(utf_characters(ENCODING_UTF16, line, 4), ==, 4);
	g_assert_cmpuint(utf_bytes(ENCODING_UTF16, line, 4, 2), ==, 2);
	g_assert_cmpuint(utf_bytes(ENCODING_UTF32, line, 4, 9), ==, 4);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/utf/names", test_names);
	g_test_add_func("/utf/count", test_count);
	g_test_add_func("/utf/ends", test_ends);
	g_test_add_func("/utf/malformed", test_malformed);
	return g_test_run();
}
