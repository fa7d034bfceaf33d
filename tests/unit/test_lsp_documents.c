// SPDX-License-Identifier: GPL-2.0-only
/*
 * The open documents: by which name they are found, what edits make of them, and
 * where the items are afterwards.
 */
#include <glib.h>
#include <json-c/json.h>
#include <string.h>

#include "lsp/documents.h"

#define URI "file:///tmp/a%2Bb.c"
#define TEXT "one\ntwo\nthree\nfour\n"

/* An item at a range, with a step in this file and one in another. */
#define STEP(uri, line, from, to)                                            \
	"{\"location\":{\"uri\":\"" uri "\",\"range\":" RANGE(line, from, to) \
	"},\"message\":\"step\"}"
#define RANGE(line, from, to)                                              \
	"{\"start\":{\"line\":" #line ",\"character\":" #from "},\"end\":" \
	"{\"line\":" #line ",\"character\":" #to "}}"
#define ITEM(line, from, to)                                              \
	"{\"range\":" RANGE(line, from, to) ",\"relatedInformation\":["   \
	STEP("file:///tmp/a+b.c", 3, 0, 4) "," STEP("file:///c.c", 3, 0, 4) "]}"

struct fixture {
	struct documents *docs;
	struct document *d;
};

static void setup(struct fixture *f, const void *data)
{
	f->docs = documents_new(FALSE);
	f->d = documents_open(f->docs, URI, "0", TEXT, strlen(TEXT));
}

static void teardown(struct fixture *f, const void *data)
{
	documents_free(f->docs);
}

static enum change_result change(struct fixture *f, const char *changes)
{
	json_object *o = json_tokener_parse(changes);
	enum change_result r = documents_change(f->docs, URI, "1", o);

	json_object_put(o);
	return r;
}

static void check_text(const struct document *d, const char *text)
{
	GString *got = g_string_new(NULL);

	text_put(d->text, got);
	g_assert_cmpstr(got->str, ==, text);
	g_string_free(got, TRUE);
}

static void take_items(struct fixture *f, guint64 stamp, const char *items)
{
	document_set_items(f->d, stamp, json_tokener_parse(items));
}

/* "line:from-to>line of the step here,line of that elsewhere" for each item. */
static char *items_told(const struct document *d)
{
	GString *out = g_string_new(NULL);
	char *text = document_items(d);
	char *array = g_strdup_printf("[%s]", text);
	json_object *items = json_tokener_parse(array);

	for (size_t i = 0; i < json_object_array_length(items); i++) {
		json_object *item = json_object_array_get_idx(items, i);
		int at[5];
		const char *const paths[] = {
			"/range/start/line", "/range/start/character",
			"/range/end/character",
			"/relatedInformation/0/location/range/start/line",
			"/relatedInformation/1/location/range/start/line",
		};

		for (int n = 0; n < 5; n++) {
			json_object *value = NULL;

			json_pointer_get(item, paths[n], &value);
			at[n] = json_object_get_int(value);
		}
		g_string_append_printf(out, "%s%d:%d-%d>%d,%d", i ? " " : "",
				       at[0], at[1], at[2], at[3], at[4]);
	}
	json_object_put(items);
	g_free(array);
	g_free(text);
	return g_string_free(out, FALSE);
}

static void check_items(const struct fixture *f, const char *expected)
{
	char *got = items_told(f->d);

	g_assert_cmpstr(got, ==, expected);
	g_free(got);
}

#define EDIT(l1, c1, l2, c2, text)                                         \
	"{\"range\":{\"start\":{\"line\":" #l1 ",\"character\":" #c1       \
	"},\"end\":{\"line\":" #l2 ",\"character\":" #c2 "}},\"text\":\"" \
	text "\"}"

/* One file, whatever the spelling; none for what is no file. */
static void test_names(struct fixture *f, const void *data)
{
	g_assert_nonnull(f->d);
	g_assert_cmpstr(f->d->path, ==, "/tmp/a+b.c");
	g_assert_cmpstr(f->d->uri, ==, URI);
	g_assert_true(documents_find(f->docs, "file:///tmp/a+b.c") == f->d);
	g_assert_true(documents_at(f->docs, "/tmp/a+b.c") == f->d);
	g_assert_null(documents_find(f->docs, "file:///tmp/ab.c"));
	g_assert_null(documents_find(f->docs, "untitled:1"));
	g_assert_null(documents_open(f->docs, "untitled:1", "0", "", 0));
	documents_close(f->docs, "file:///tmp/a+b.c");
	g_assert_null(documents_find(f->docs, URI));
	documents_close(f->docs, URI);
}

static void test_list(struct fixture *f, const void *data)
{
	GPtrArray *list;
	GString *paths = g_string_new(NULL);

	documents_open(f->docs, "file:///z.c", "1", "", 0);
	documents_open(f->docs, "file:///b.c", "1", "", 0);
	list = documents_list(f->docs);
	for (guint i = 0; i < list->len; i++) {
		const struct document *d = list->pdata[i];

		g_string_append_printf(paths, "%s ", d->path);
	}
	g_assert_cmpstr(paths->str, ==, "/b.c /tmp/a+b.c /z.c ");
	g_string_free(paths, TRUE);
	g_ptr_array_unref(list);
}

static void test_versions(struct fixture *f, const void *data)
{
	json_object *none = json_object_new_array();

	g_assert_cmpstr(f->d->version, ==, "0");
	documents_change(f->docs, URI, "9007199254740993", none);
	g_assert_cmpstr(f->d->version, ==, "9007199254740993");
	documents_change(f->docs, URI, "null", none);
	g_assert_null(f->d->version);
	documents_change(f->docs, URI, NULL, none);
	g_assert_null(f->d->version);
	json_object_put(none);
}

static void test_changes(struct fixture *f, const void *data)
{
	g_assert_cmpint(change(f, "[" EDIT(0, 0, 0, 3, "1") ","
				  EDIT(0, 1, 1, 0, " ") "]"), ==, CHANGE_DONE);
	check_text(f->d, "1 two\nthree\nfour\n");
	g_assert_cmpint(change(f, "[{\"range\":null,\"text\":\"a\\u0000\"}]"),
			==, CHANGE_DONE);
	g_assert_cmpuint(text_size(f->d->text), ==, 2);
	g_assert_cmpint(change(f, "[" EDIT(0.0, 1, 0, 2, "b") "]"), ==,
			CHANGE_DONE);
	check_text(f->d, "ab");
}

/* clangd does not know what is meant, and goes on. */
static void test_ignored(struct fixture *f, const void *data)
{
	const char *const bad[] = {
		"null", "{}", "[3]", "[{}]", "[{\"text\":null}]",
		"[" EDIT(0, 0, 0, 3, "1") ",{\"range\":3,\"text\":\"\"}]",
		"[" EDIT(0, 0.5, 0, 3, "1") "]",
		"[" EDIT(0, 0, 0, 1e30, "1") "]",
		"[{\"text\":\"\",\"rangeLength\":\"1\"}]",
	};

	for (size_t i = 0; i < G_N_ELEMENTS(bad); i++)
		g_assert_cmpint(change(f, bad[i]), ==, CHANGE_IGNORED);
	check_text(f->d, TEXT);
	g_assert_cmpstr(f->d->version, ==, "0");
}

/* clangd closes it, and takes no more edits, not even the whole text. */
static void test_lost(struct fixture *f, const void *data)
{
	g_assert_cmpint(change(f, "[" EDIT(0, 0, 0, 3, "") ","
				  EDIT(0, 1, 0, 1, "x") "]"), ==, CHANGE_LOST);
	documents_close(f->docs, URI);
	g_assert_cmpint(change(f, "[{\"text\":\"\"}]"), ==, CHANGE_IGNORED);
	f->d = documents_open(f->docs, URI, "3", TEXT, strlen(TEXT));
	g_assert_cmpint(
		change(f, "[{\"text\":\"\",\"range\":" RANGE(0, 0, 1)
			  ",\"rangeLength\":-1}]"), ==, CHANGE_LOST);
}

/* Without clangd, places that are not there are the nearest that are. */
static void check_alone(const char *before, const char *edits,
			const char *after)
{
	struct documents *docs = documents_new(TRUE);
	struct fixture f = { docs, documents_open(docs, URI, "1", before,
						  strlen(before)) };

	g_assert_cmpint(change(&f, edits), ==, CHANGE_DONE);
	check_text(f.d, after);
	documents_free(docs);
}

static void test_alone(void)
{
	check_alone("ab\ncd\n", "[" EDIT(0, 70, 0, 70, "x") "]", "abx\ncd\n");
	check_alone("ab\ncd\n", "[" EDIT(0, 1, 0, 70, "x") "]", "ax\ncd\n");
	check_alone("ab\ncd\n", "[" EDIT(0, 0, 9, 3, "x") "]", "x");
	check_alone("ab\ncd\n", "[" EDIT(5, 0, 6, 0, "x") "]", "ab\ncd\nx");
	check_alone("ab\ncd", "[" EDIT(5, 0, 6, 0, "x") "]", "ab\ncdx");
	check_alone("ab\ncd", "[" EDIT(2, 0, 2, 0, "x") "]", "ab\ncd\nx");
	check_alone("ab\n", "[" EDIT(-1, -1, 0, 1, "x") "]", "xb\n");
	check_alone("ab\n", "[" EDIT(0, 2, 0, 1, "x") "]", "abx\n");
	/* the start of a pair, not its middle */
	check_alone("\xf0\x9f\x98\x80\n", "[" EDIT(0, 1, 0, 2, "x") "]", "x\n");
	check_alone("ab\n", "[{\"text\":\"\",\"range\":" RANGE(0, 0, 1)
			    ",\"rangeLength\":9}]", "b\n");
}

/* The places of items are moved by where the edit was made. */
static void test_alone_items(void)
{
	struct documents *docs = documents_new(TRUE);
	struct fixture f = { docs, documents_open(docs, URI, "1", TEXT,
						  strlen(TEXT)) };

	take_items(&f, document_stamp(f.d), "[" ITEM(1, 0, 3) "]");
	change(&f, "[" EDIT(0, 70, 0, 70, "\\n") "]");
	check_items(&f, "2:0-3>4,3");
	documents_free(docs);
}

static void test_items(struct fixture *f, const void *data)
{
	check_items(f, "");
	take_items(f, document_stamp(f->d),
		   "[" ITEM(0, 0, 3) "," ITEM(1, 0, 3) "," ITEM(2, 1, 4) "]");
	change(f, "[" EDIT(1, 0, 1, 0, "x\\n") "]");
	check_items(f, "0:0-3>4,3 2:0-3>4,3 3:1-4>4,3");
	change(f, "[" EDIT(2, 1, 3, 1, "") "]");
	check_items(f, "0:0-3>3,3 2:1-4>3,3");
	/* a step that is touched stays, and its item */
	change(f, "[" EDIT(3, 1, 3, 2, "") "]");
	check_items(f, "0:0-3>3,3 2:1-4>3,3");
	take_items(f, document_stamp(f->d), "[]");
	check_items(f, "");
}

static void test_sync(struct fixture *f, const void *data)
{
	const char *const items = "[" ITEM(0, 0, 3) "," ITEM(1, 0, 3) ","
				  ITEM(2, 1, 4) "]";

	take_items(f, document_stamp(f->d), items);
	change(f, "[{\"text\":\"one\\ntwo\\nthree\\nfour\\n\"}]");
	check_items(f, "0:0-3>3,3 1:0-3>3,3 2:1-4>3,3");
	change(f, "[{\"text\":\"one\\n2\\n2\\nthree\\nfour\\n\"}]");
	check_items(f, "0:0-3>4,3 3:1-4>4,3");
	check_text(f->d, "one\n2\n2\nthree\nfour\n");
	/* opened again without being closed */
	documents_open(f->docs, "file:///tmp/a+b.c", "7", TEXT, strlen(TEXT));
	check_items(f, "0:0-3>3,3 2:1-4>3,3");
	check_text(f->d, TEXT);
	g_assert_cmpstr(f->d->uri, ==, "file:///tmp/a+b.c");
	change(f, "[{\"text\":\"\"}]");
	check_items(f, "");
}

/* An answer about a text that was edited since. */
static void test_late(struct fixture *f, const void *data)
{
	guint64 stamp = document_stamp(f->d), later;

	change(f, "[" EDIT(0, 0, 0, 0, "x\\n") "]");
	later = document_stamp(f->d);
	g_assert_cmpuint(later, !=, stamp);
	change(f, "[" EDIT(0, 0, 0, 0, "y\\n") "]");
	take_items(f, stamp, "[" ITEM(1, 0, 3) "]");
	check_items(f, "3:0-3>5,3");
	take_items(f, later, "[" ITEM(1, 0, 3) "]");
	check_items(f, "2:0-3>4,3");
	/* edits that are forgotten: nobody knows where the items are */
	take_items(f, stamp, "[" ITEM(1, 0, 3) "]");
	check_items(f, "");
	g_assert_null(f->d->items);
}

/* Nobody answers, for long. */
static void test_many_edits(struct fixture *f, const void *data)
{
	guint64 stamp = document_stamp(f->d), recent;

	for (int i = 0; i < 10000; i++)
		change(f, "[" EDIT(0, 0, 0, 0, "x") "]");
	recent = document_stamp(f->d);
	g_assert_cmpuint(recent, ==, stamp + 10000);
	take_items(f, stamp, "[" ITEM(1, 0, 3) "]");
	g_assert_null(f->d->items);
	change(f, "[" EDIT(0, 0, 0, 0, "x\\n") "]");
	take_items(f, recent, "[" ITEM(1, 0, 3) "]");
	check_items(f, "2:0-3>4,3");
}

static void test_damaged(struct fixture *f, const void *data)
{
	take_items(f, document_stamp(f->d),
		   "[3,{},{\"range\":{\"start\":{\"line\":1}}}," ITEM(1, 0, 3)
		   ",{\"range\":" RANGE(2, 0, 1)
		   ",\"relatedInformation\":[{},3,null]}]");
	change(f, "[" EDIT(0, 0, 0, 0, "x\\n") "]");
	check_items(f, "2:0-3>4,3 3:0-1>0,0");
}

static void test_publish(struct fixture *f, const void *data)
{
	document_set_publish(f->d, "old", 3);
	document_set_publish(f->d, "n\0w!", 4);
	g_assert_cmpmem(f->d->publish, f->d->publish_size, "n\0w!", 4);
}

static void test_encoding(struct fixture *f, const void *data)
{
	documents_set_encoding(f->docs, ENCODING_UTF8);
	take_items(f, document_stamp(f->d), "[" ITEM(0, 0, 3) "]");
	change(f, "[" EDIT(0, 0, 0, 0, "\xc3\xa4") "]");
	check_items(f, "0:2-5>3,3");
}

int main(int argc, char **argv)
{
	static const struct {
		const char *name;
		void (*run)(struct fixture *f, const void *data);
	} tests[] = {
		{ "/documents/names", test_names },
		{ "/documents/list", test_list },
		{ "/documents/versions", test_versions },
		{ "/documents/changes", test_changes },
		{ "/documents/ignored", test_ignored },
		{ "/documents/lost", test_lost },
		{ "/documents/items", test_items },
		{ "/documents/sync", test_sync },
		{ "/documents/late", test_late },
		{ "/documents/many-edits", test_many_edits },
		{ "/documents/damaged", test_damaged },
		{ "/documents/publish", test_publish },
		{ "/documents/encoding", test_encoding },
	};

	g_test_init(&argc, &argv, NULL);
	for (size_t i = 0; i < G_N_ELEMENTS(tests); i++)
		g_test_add(tests[i].name, struct fixture, NULL, setup,
			   tests[i].run, teardown);
	g_test_add_func("/documents/alone", test_alone);
	g_test_add_func("/documents/alone/items", test_alone_items);
	return g_test_run();
}
