// SPDX-License-Identifier: GPL-2.0-only
/*
 * The header of a message as clangd 19 reads it, so that both of us cut a stream
 * of bytes at the same places however it is written. It does not look at bodies,
 * and drops nothing.
 *
 * Source: readStandardMessage() and readLine() of clangd's JSONTransport.cpp, and
 * getAsUnsignedInteger() of LLVM's StringRef.
 */
#include "lsp/frame.h"

#include <string.h>

/* clangd reads a line in pieces of so many bytes; a NUL ends such a piece. */
#define PIECE 127
/* A buffer that once was longer gives its memory back. */
#define KEPT_BYTES (1024 * 1024)
/* clangd takes a longer message for a mistake, and reads on in its body. */
#define LONGEST (1ull << 30)

static const char length_name[] = "Content-Length: ";

struct framer {
	GString *bytes;
	size_t start;	/* of the first that were not given out */
	size_t scanned; /* up to where its header was read, from start */
	size_t header;	/* the size of that when it is whole; 0: it is not */
	GString *line;	/* of the header, as far as it came */
	unsigned long long length;
	size_t given; /* to forget at the next call */
};

struct framer *framer_new(void)
{
	struct framer *f = g_new0(struct framer, 1);

	f->bytes = g_string_new(NULL);
	f->line = g_string_new(NULL);
	return f;
}

void framer_free(struct framer *f)
{
	if (!f)
		return;
	g_string_free(f->bytes, TRUE);
	g_string_free(f->line, TRUE);
	g_free(f);
}

static void forget_given(struct framer *f)
{
	f->start += f->given;
	f->given = 0;
	if (f->start == f->bytes->len && f->start > KEPT_BYTES) {
		g_string_free(f->bytes, TRUE);
		f->bytes = g_string_new(NULL);
		f->start = 0;
	}
	/* Moving only when at least half goes makes it cheap on average. */
	if (f->start >= f->bytes->len - f->start) {
		g_string_erase(f->bytes, 0, (gssize)f->start);
		f->start = 0;
	}
}

void framer_add(struct framer *f, const char *bytes, size_t size)
{
	forget_given(f);
	g_string_append_len(f->bytes, bytes, (gssize)size);
}

/* ---- the header ---- */

static const char *skip_blanks(const char *text)
{
	return text + strspn(text, " \t\n\v\f\r");
}

/* Base 0 is C's, with 0b and 0o. */
static unsigned int take_base(const char **text)
{
	const char *t = *text;
	char kind = t[0] == '0' ? g_ascii_tolower(t[1]) : 0;

	if (kind == 'x' || kind == 'b' || kind == 'o') {
		*text += 2;
		return kind == 'x' ? 16 : kind == 'b' ? 2 : 8;
	}
	if (!g_ascii_isdigit(kind))
		return 10;
	*text += 1;
	return 8;
}

static unsigned int digit_of(char c)
{
	if (g_ascii_isdigit(c))
		return (unsigned int)(c - '0');
	if (g_ascii_isalpha(c))
		return (unsigned int)(g_ascii_tolower(c) - 'a') + 10;
	return G_MAXUINT;
}

/* Digits as far as there are any; nothing at all leaves the last length. */
static void read_length(const char *text, unsigned long long *length)
{
	unsigned int base, digit;

	text = skip_blanks(text);
	base = take_base(&text);
	if (!*skip_blanks(text))
		return;
	for (*length = 0; (digit = digit_of(*text)) < base; text++) {
		unsigned long long last = *length;

		*length = last * base + digit;
		if (*length / base < last)
			return;
	}
}

/* The next line into f->line; false: its end did not come yet. */
static gboolean read_line(struct framer *f)
{
	for (;;) {
		const char *at = f->bytes->str + f->start + f->scanned;
		size_t left = f->bytes->len - f->start - f->scanned;
		const char *end = memchr(at, '\n', MIN(left, PIECE));
		size_t size = end ? (size_t)(end - at) + 1 : PIECE;
		size_t seen;

		if (!end && left < PIECE)
			return FALSE;
		seen = strnlen(at, size);
		g_string_append_len(f->line, at, (gssize)seen);
		f->scanned += size;
		if (end && seen == size)
			return TRUE;
	}
}

/* true: its blank line came. */
static gboolean read_header(struct framer *f)
{
	while (!f->header && read_line(f)) {
		const char *line = f->line->str;

		if (g_str_has_prefix(line, length_name))
			read_length(line + strlen(length_name), &f->length);
		else if (!*skip_blanks(line))
			f->header = f->scanned;
		g_string_truncate(f->line, 0);
	}
	return f->header > 0;
}

/* ---- frames ---- */

/* Gives out @size bytes from the start, and begins a new header. */
static void give(struct framer *f, size_t size, struct frame *ret)
{
	*ret = (struct frame){ .bytes = f->bytes->str + f->start,
			       .size = size };
	f->given = size;
	f->header = f->scanned = 0;
	f->length = 0;
	g_string_truncate(f->line, 0);
}

enum frame_kind framer_next(struct framer *f, struct frame *ret)
{
	size_t header;

	forget_given(f);
	if (!read_header(f))
		return FRAME_NONE;
	header = f->header;
	if (!f->length || f->length > LONGEST) {
		give(f, header, ret);
		return FRAME_STRAY;
	}
	if (f->bytes->len - f->start - header < f->length)
		return FRAME_NONE;
	give(f, header + f->length, ret);
	ret->body = ret->bytes + header;
	ret->body_size = ret->size - header;
	return FRAME_WHOLE;
}

enum frame_kind framer_rest(struct framer *f, struct frame *ret)
{
	forget_given(f);
	if (f->start == f->bytes->len)
		return FRAME_NONE;
	give(f, f->bytes->len - f->start, ret);
	return FRAME_STRAY;
}

void frame_put_header(GString *out, size_t size)
{
	g_string_append_printf(out, "%s%" G_GSIZE_FORMAT "\r\n\r\n",
			       length_name, size);
}
