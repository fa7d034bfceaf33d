// SPDX-License-Identifier: GPL-2.0-only
/*
 * A text as a row of blocks of whole lines, each of about 64 KiB and with the
 * number of its lines: a change writes the blocks anew that it touches, and
 * finding a line adds up the numbers of those before it. There is no index of
 * all lines, which each change would have to move.
 *
 * Nothing here checks that a text is UTF-8.
 */
#include "lsp/text.h"

#include <string.h>

/* Blocks are cut there; a line that is longer stays whole. */
#define BLOCK_BYTES ((size_t)64 * 1024)
/* What is left of a block that lost more goes into its neighbour. */
#define SMALL_BYTES (BLOCK_BYTES / 4)

/* All blocks but the last end with the end of a line. */
struct block {
	char *bytes;
	size_t size;
	int lines; /* line ends, rather */
};

struct text {
	GArray *blocks; /* struct block; at least one */
	size_t size;
};

/* A place by bytes. */
struct spot {
	guint block;
	size_t at; /* in the block */
};

/* ---- characters ---- */

/*
 * Bytes and units of the character that begins with @c. Bytes that begin none
 * count as one each, and those behind the first are believed to be there.
 */
static size_t character_size(char c, enum encoding e, int *ret_units)
{
	/* each byte is a place of its own */
	size_t size = e == ENCODING_UTF8 ? 1 : utf_length(c);

	*ret_units = (int)utf_units(e, size);
	return size;
}

static int count_units(const char *bytes, size_t size, enum encoding e)
{
	int count = 0, units;

	for (size_t at = 0; at < size; count += units)
		at += character_size(bytes[at], e, &units);
	return count;
}

/* false: the line is shorter, or its character @units is half of one. */
static bool find_unit(const char *line, size_t size, enum encoding e, int units,
		      size_t *ret)
{
	size_t at = 0;

	while (units > 0 && at < size) {
		int n;

		at += character_size(line[at], e, &n);
		units -= n;
	}
	*ret = at;
	return !units && at <= size;
}

/* ---- lines ---- */

static const char *end_of_line(const char *bytes, size_t size)
{
	return size ? memchr(bytes, '\n', size) : NULL;
}

static int count_lines(const char *bytes, size_t size)
{
	const char *end = bytes + size, *newline;
	int count = 0;

	for (; (newline = end_of_line(bytes, (size_t)(end - bytes))); count++)
		bytes = newline + 1;
	return count;
}

static struct block *block_at(const struct text *t, guint i)
{
	return &g_array_index(t->blocks, struct block, i);
}

/* The beginning of a line; false: there are not so many. */
static bool find_line(const struct text *t, int line, struct spot *ret)
{
	const struct block *b = block_at(t, 0);
	guint last = t->blocks->len - 1;

	*ret = (struct spot){ 0 };
	for (; ret->block < last && line >= b->lines; b++, ret->block++)
		line -= b->lines;
	if (line < 0 || line > b->lines)
		return false;
	for (; line; line--)
		ret->at = (size_t)(end_of_line(b->bytes + ret->at,
					       b->size - ret->at) -
				   b->bytes) + 1;
	return true;
}

/* The line that begins at @s, without its end. */
static const char *line_at(const struct text *t, struct spot s,
			   size_t *ret_size)
{
	const struct block *b = block_at(t, s.block);
	const char *line = b->bytes + s.at;
	const char *end = end_of_line(line, b->size - s.at);

	*ret_size = end ? (size_t)(end - line) : b->size - s.at;
	return line;
}

static bool find_spot(const struct text *t, enum encoding e, struct position p,
		      struct spot *ret)
{
	const char *line;
	size_t size, at;

	if (!find_line(t, p.line, ret))
		return false;
	line = line_at(t, *ret, &size);
	if (!find_unit(line, size, e, p.character, &at))
		return false;
	ret->at += at;
	return true;
}

/* ---- blocks ---- */

/* How many of @size bytes make a block: whole lines, or all that is left. */
static size_t block_cut(const char *bytes, size_t size)
{
	const char *end;

	if (size <= BLOCK_BYTES + SMALL_BYTES)
		return size;
	end = end_of_line(bytes + BLOCK_BYTES, size - BLOCK_BYTES);
	return end ? (size_t)(end - bytes) + 1 : size;
}

/* At least one. */
static GArray *blocks_of(const char *bytes, size_t size)
{
	GArray *blocks = g_array_new(FALSE, FALSE, sizeof(struct block));

	do {
		size_t n = block_cut(bytes, size);
		struct block b = { g_malloc(n + 1), n, count_lines(bytes, n) };

		memcpy(b.bytes, bytes, n);
		g_array_append_val(blocks, b);
		bytes += n;
		size -= n;
	} while (size);
	return blocks;
}

/* Writes the blocks from @first to @last anew: they are these bytes now. */
static void replace_blocks(struct text *t, guint first, guint last,
			   const GString *bytes)
{
	GArray *blocks = blocks_of(bytes->str, bytes->len);

	for (guint i = first; i <= last; i++)
		g_free(block_at(t, i)->bytes);
	g_array_remove_range(t->blocks, first, last - first + 1);
	g_array_insert_vals(t->blocks, first, blocks->data, blocks->len);
	g_array_free(blocks, TRUE);
}

static void put_block(const struct block *b, GString *out)
{
	g_string_append_len(out, b->bytes, (gssize)b->size);
}

static void replace(struct text *t, struct spot from, struct spot to,
		    const char *bytes, size_t size)
{
	const struct block *start = block_at(t, from.block);
	const struct block *end = block_at(t, to.block);
	GString *all = g_string_sized_new(from.at + size + end->size - to.at);

	g_string_append_len(all, start->bytes, (gssize)from.at);
	g_string_append_len(all, bytes, (gssize)size);
	g_string_append_len(all, end->bytes + to.at,
			    (gssize)(end->size - to.at));
	if (all->len < SMALL_BYTES && to.block + 1 < t->blocks->len)
		put_block(block_at(t, ++to.block), all);
	for (guint i = from.block; i <= to.block; i++)
		t->size -= block_at(t, i)->size;
	t->size += all->len;
	replace_blocks(t, from.block, to.block, all);
	g_string_free(all, TRUE);
}

/* ---- text ---- */

struct text *text_new(const char *bytes, size_t size)
{
	struct text *t = g_new(struct text, 1);

	t->blocks = blocks_of(bytes, size);
	t->size = size;
	return t;
}

void text_free(struct text *t)
{
	if (!t)
		return;
	for (guint i = 0; i < t->blocks->len; i++)
		g_free(block_at(t, i)->bytes);
	g_array_free(t->blocks, TRUE);
	g_free(t);
}

size_t text_size(const struct text *t)
{
	return t->size;
}

void text_put(const struct text *t, GString *out)
{
	for (guint i = 0; i < t->blocks->len; i++)
		put_block(block_at(t, i), out);
}

static bool spot_is_before(struct spot a, struct spot b)
{
	return a.block < b.block || (a.block == b.block && a.at < b.at);
}

/* As the editor would have counted them. */
static int range_length(const struct text *t, enum encoding e, struct spot from,
			struct spot to)
{
	int count = 0;

	for (guint i = from.block; i <= to.block; i++) {
		const struct block *b = block_at(t, i);
		size_t start = i == from.block ? from.at : 0;
		size_t end = i == to.block ? to.at : b->size;

		count += count_units(b->bytes + start, end - start, e);
	}
	return count;
}

static int last_line(const struct text *t)
{
	int lines = 0;

	for (guint i = 0; i < t->blocks->len; i++)
		lines += block_at(t, i)->lines;
	return lines;
}

/*
 * An editor whose texts are arrays of lines may speak of the line behind a last
 * one without an end, where ours has none: neovim issue 17085. clangd believes
 * it, and so do we, or all further edits would be elsewhere.
 */
static void infer_newline(struct text *t, struct position p)
{
	struct block *b = block_at(t, t->blocks->len - 1);

	if (p.character || (b->size && b->bytes[b->size - 1] == '\n') ||
	    p.line != last_line(t) + 1)
		return;
	b->bytes = g_realloc(b->bytes, b->size + 1);
	b->bytes[b->size++] = '\n';
	b->lines++;
	t->size++;
}

bool text_apply(struct text *t, enum encoding e, const struct change *c)
{
	struct spot from, to;

	infer_newline(t, c->range.start);
	infer_newline(t, c->range.end);
	if (!find_spot(t, e, c->range.start, &from) ||
	    !find_spot(t, e, c->range.end, &to) || spot_is_before(to, from))
		return false;
	if (c->length >= 0 && range_length(t, e, from, to) != c->length)
		return false;
	replace(t, from, to, c->bytes, c->size);
	return true;
}

/* ---- places that are not there ---- */

static bool is_before(struct position a, struct position b)
{
	return a.line < b.line ||
	       (a.line == b.line && a.character < b.character);
}

/* The units of the characters that are whole in the first @units. */
static int whole_units(const char *line, size_t size, enum encoding e,
		       int units)
{
	int count = 0, n;

	for (size_t at = 0; at < size; count += n) {
		at += character_size(line[at], e, &n);
		if (at > size || n > units - count)
			break;
	}
	return count;
}

static struct position fit_place(const struct text *t, enum encoding e,
				 struct position p)
{
	int last = last_line(t);
	const char *line;
	struct spot s;
	size_t size;

	if (p.line > last)
		p = (struct position){ last, G_MAXINT };
	p.line = MAX(p.line, 0);
	find_line(t, p.line, &s);
	line = line_at(t, s, &size);
	p.character = whole_units(line, size, e, p.character);
	return p;
}

void text_fit(struct text *t, enum encoding e, struct change *c)
{
	infer_newline(t, c->range.start);
	infer_newline(t, c->range.end);
	c->range.start = fit_place(t, e, c->range.start);
	c->range.end = fit_place(t, e, c->range.end);
	if (is_before(c->range.end, c->range.start))
		c->range.end = c->range.start;
	c->length = -1;
}

/* ---- comparison ---- */

/* How many bytes @a and @b begin with that are the same, as whole lines. */
static size_t same_start(const char *a, const char *b, size_t size)
{
	size_t at = 0, line = 0;

	for (; at < size && a[at] == b[at]; at++)
		if (a[at] == '\n')
			line = at + 1;
	return line;
}

static bool starts_line(const char *bytes, size_t at)
{
	return !at || bytes[at - 1] == '\n';
}

/* How many bytes @a and @b end with that are the same, as whole lines. */
static size_t same_end(const char *a, size_t a_size, const char *b,
		       size_t b_size)
{
	size_t n = 0, lines = 0;

	for (; n <= a_size && n <= b_size; n++) {
		if (n && a[a_size - n] != b[b_size - n])
			break;
		if (starts_line(a, a_size - n) && starts_line(b, b_size - n))
			lines = n;
	}
	return lines;
}

/* The last line of @bytes, and what it holds. */
static struct position end_position(const char *bytes, size_t size,
				    enum encoding e)
{
	struct position p = { .line = count_lines(bytes, size) };
	size_t start = size;

	while (!starts_line(bytes, start))
		start--;
	p.character = count_units(bytes + start, size - start, e);
	return p;
}

bool text_compare(const struct text *t, enum encoding e, const char *bytes,
		  size_t size, struct change *ret)
{
	GString *old = g_string_sized_new(t->size);
	bool differ;
	size_t start, end;

	text_put(t, old);
	differ = old->len != size || memcmp(old->str, bytes, size);
	start = same_start(old->str, bytes, MIN(old->len, size));
	end = same_end(old->str + start, old->len - start, bytes + start,
		       size - start);
	*ret = (struct change){ .length = -1, .bytes = bytes + start,
				.size = size - start - end };
	ret->range.start = end_position(old->str, start, e);
	ret->range.end = end_position(old->str, old->len - end, e);
	g_string_free(old, TRUE);
	return differ;
}

/* ---- what a change does to places ---- */

struct shift change_shift(const struct change *c, enum encoding e)
{
	struct position start = c->range.start;
	struct position end = end_position(c->bytes, c->size, e);

	if (!end.line)
		end.character += start.character;
	end.line += start.line;
	return (struct shift){ c->range, end };
}

static struct position shift_behind(struct position p, const struct shift *s)
{
	if (p.line == s->gone.end.line)
		p.character += s->end.character - s->gone.end.character;
	p.line += s->end.line - s->gone.end.line;
	return p;
}

/* What was inside goes to where the change begins. */
static struct position shift_place(struct position p, const struct shift *s)
{
	if (!is_before(p, s->gone.end))
		return shift_behind(p, s);
	return is_before(s->gone.start, p) ? s->gone.start : p;
}

bool range_shift(struct range *r, const struct shift *s)
{
	bool is_behind = !is_before(r->start, s->gone.end);

	if (!is_behind && !is_before(s->gone.start, r->end))
		return true;
	r->start = shift_place(r->start, s);
	r->end = shift_place(r->end, s);
	return is_behind;
}
