// SPDX-License-Identifier: GPL-2.0-only
/*
 * The framer: a stream is cut where clangd 19 cuts it, wherever the bytes were
 * cut on their way, and no byte is lost.
 */
#include <glib.h>
#include <string.h>

#include "lsp/frame.h"

/* A stream, and what it is: "[body]" a message, "<bytes>" stray ones. */
struct example {
	const char *stream;
	size_t size;
	const char *frames;
};

#define EXAMPLE(stream, frames) { stream, sizeof(stream) - 1, frames }
#define LENGTH(n) "Content-Length: " #n "\r\n"

static const struct example examples[] = {
	EXAMPLE("", ""),
	EXAMPLE(LENGTH(2) "\r\n{}", "[{}]"),
	EXAMPLE(LENGTH(2) "\r\n{}" LENGTH(3) "\r\nabc", "[{}][abc]"),
	/* ends of lines, other headers, comments */
	EXAMPLE("Content-Length: 2\n\n{}", "[{}]"),
	EXAMPLE(LENGTH(2) " \t\r\n{}", "[{}]"),
	EXAMPLE("Content-Type: x; charset=utf-8\r\n" LENGTH(2) "\r\n{}",
		"[{}]"),
	EXAMPLE(LENGTH(2) "Content-Type: x\r\n\r\n{}", "[{}]"),
	EXAMPLE("# told\r\n" LENGTH(2) "\r\n{}", "[{}]"),
	/* which number counts */
	EXAMPLE(LENGTH(1) LENGTH(2) "\r\n{}", "[{}]"),
	EXAMPLE(LENGTH(2) "Content-Length: \r\n\r\n{}", "[{}]"),
	EXAMPLE("Content-Length:   2  \r\n\r\n{}", "[{}]"),
	EXAMPLE(LENGTH(2junk) "\r\n{}", "[{}]"),
	EXAMPLE(LENGTH(0x2) "\r\n{}", "[{}]"),
	EXAMPLE(LENGTH(0b10) "\r\n{}", "[{}]"),
	EXAMPLE(LENGTH(0o2) "\r\n{}", "[{}]"),
	EXAMPLE(LENGTH(010) "\r\n12345678", "[12345678]"),
	EXAMPLE("content-length: 2\r\n" LENGTH(3) "\r\nabc", "[abc]"),
	EXAMPLE("Content-Length:2\r\n" LENGTH(3) "\r\nabc", "[abc]"),
	/* no length: the header is stray, what comes then is a new one */
	EXAMPLE("\r\n" LENGTH(2) "\r\n{}", "<\r\n>[{}]"),
	EXAMPLE(LENGTH(0) "\r\n" LENGTH(2) "\r\n{}",
		"<" LENGTH(0) "\r\n>[{}]"),
	EXAMPLE(LENGTH(2) LENGTH(-1) "\r\n" LENGTH(1) "\r\n1",
		"<" LENGTH(2) LENGTH(-1) "\r\n>[1]"),
	EXAMPLE(LENGTH(1073741825) "\r\n" LENGTH(1) "\r\n1",
		"<" LENGTH(1073741825) "\r\n>[1]"),
	/* 2^64 + 2, where clangd stops multiplying */
	EXAMPLE(LENGTH(18446744073709551618) "\r\n{}",
		"[{}]"),
	EXAMPLE("{}\r\n\r\n" LENGTH(1) "\r\n1", "<{}\r\n\r\n>[1]"),
	/* the end comes too early */
	EXAMPLE(LENGTH(3) "\r\n{}", "<" LENGTH(3) "\r\n{}>"),
	EXAMPLE(LENGTH(3), "<" LENGTH(3) ">"),
	EXAMPLE(LENGTH(2) "\r\n{}Cont", "[{}]<Cont>"),
	/* a NUL hides the rest of its line, and the end of that with it */
	EXAMPLE("a\0b\r\n" LENGTH(9) "\r\n" LENGTH(2) "\r\n{}",
		"<a\\0b\r\n" LENGTH(9) "\r\n>[{}]"),
	EXAMPLE(LENGTH(2) "\0\r\n\r\n\r\n{}", "[\r\n]<{}>"),
	/* bodies are not looked at */
	EXAMPLE(LENGTH(4) "\r\n\0\r\n\0", "[\\0\r\n\\0]"),
};

static void put(GString *out, const char *marks, const char *bytes,
		size_t size)
{
	g_string_append_c(out, marks[0]);
	for (size_t i = 0; i < size; i++)
		if (bytes[i])
			g_string_append_c(out, bytes[i]);
		else
			g_string_append(out, "\\0");
	g_string_append_c(out, marks[1]);
}

/* What is there to take; its bytes also go to @all. */
static void take(struct framer *f, GString *out, GString *all)
{
	enum frame_kind kind;
	struct frame frame;

	while ((kind = framer_next(f, &frame)) != FRAME_NONE) {
		g_string_append_len(all, frame.bytes, (gssize)frame.size);
		if (kind == FRAME_WHOLE)
			put(out, "[]", frame.body, frame.body_size);
		else
			put(out, "<>", frame.bytes, frame.size);
	}
}

/* The stream of @e cut in pieces of @first bytes and then @step each. */
static void check_cut(const struct example *e, size_t first, size_t step)
{
	struct framer *f = framer_new();
	GString *out = g_string_new(NULL), *all = g_string_new(NULL);
	struct frame rest;
	size_t at = 0, size = MIN(first, e->size);

	while (at < e->size) {
		framer_add(f, e->stream + at, size);
		take(f, out, all);
		at += size;
		size = MIN(step, e->size - at);
	}
	if (framer_rest(f, &rest) != FRAME_NONE) {
		g_string_append_len(all, rest.bytes, (gssize)rest.size);
		put(out, "<>", rest.bytes, rest.size);
	}
	g_assert_cmpstr(out->str, ==, e->frames);
	g_assert_cmpmem(all->str, all->len, e->stream, e->size);
	g_string_free(all, TRUE);
	g_string_free(out, TRUE);
	framer_free(f);
}

static void test_examples(void)
{
	for (size_t i = 0; i < G_N_ELEMENTS(examples); i++) {
		const struct example *e = &examples[i];

		check_cut(e, e->size, 1);
		check_cut(e, 1, 1);
		for (size_t cut = 1; cut < e->size; cut++)
			check_cut(e, cut, e->size);
	}
}

/*
 * clangd reads a long line in pieces of 127 bytes: a NUL takes the rest of its
 * piece away, and so the end of the line only if it is in the last.
 */
static void check_long_line(size_t nul, const char *begin, const char *end)
{
	enum { LONG = 300 };
	GString *stream = g_string_new(NULL), *frames = g_string_new(begin);
	struct example e;

	for (size_t i = 0; i < LONG; i++)
		g_string_append_c(stream, i == nul ? 0 : 'x');
	g_string_append(stream, "\r\n" LENGTH(2) "\r\n{}");
	if (*begin) {
		put(frames, "  ", stream->str, stream->len - 2);
		g_string_erase(frames, 1, 1);
		g_string_truncate(frames, frames->len - 1);
	}
	g_string_append(frames, end);
	e = (struct example){ stream->str, stream->len, frames->str };
	check_cut(&e, 1, 1);
	check_cut(&e, e.size, 1);
	g_string_free(frames, TRUE);
	g_string_free(stream, TRUE);
}

static void test_pieces(void)
{
	check_long_line(300, "", "[{}]");
	check_long_line(100, "", "[{}]");
	check_long_line(253, "", "[{}]");
	check_long_line(254, "<", "><{}>");
	check_long_line(299, "<", "><{}>");
}

/* Many small messages in one lump, as after a pause of ours. */
static void test_many(void)
{
	enum { MANY = 20000 };
	struct framer *f = framer_new();
	GString *stream = g_string_new(NULL);
	struct frame frame;
	int n = 0;

	for (int i = 0; i < MANY; i++)
		g_string_append(stream, LENGTH(5) "\r\n[1,2]");
	framer_add(f, stream->str, stream->len);
	while (framer_next(f, &frame) == FRAME_WHOLE)
		n++;
	g_assert_cmpint(n, ==, MANY);
	g_string_free(stream, TRUE);
	framer_free(f);
}

static void test_header(void)
{
	GString *out = g_string_new("x");

	frame_put_header(out, 12);
	g_assert_cmpstr(out->str, ==, "xContent-Length: 12\r\n\r\n");
	g_string_free(out, TRUE);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/frame/examples", test_examples);
	g_test_add_func("/frame/pieces", test_pieces);
	g_test_add_func("/frame/many", test_many);
	g_test_add_func("/frame/header", test_header);
	return g_test_run();
}
