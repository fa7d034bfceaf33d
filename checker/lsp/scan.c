// SPDX-License-Identifier: GPL-2.0-only
/*
 * Finds members of JSON objects by reading past everything else. What it accepts
 * is JSON (RFC 8259), but for numbers, of which only the characters are looked
 * at, and for the encoding of strings, which its caller has checked.
 *
 * json-c would make a tree of each message, and print it otherwise than it came.
 */
#include "lsp/scan.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* As deep as json-c reads; what is deeper is for clangd alone. */
#define DEPTH 512
/* What stands for half a surrogate pair, as clangd takes it. */
#define REPLACEMENT 0xfffd

struct cursor {
	const char *at, *end;
};

static struct cursor cursor_of(struct span s)
{
	const char *start = s.start ? s.start : "";

	return (struct cursor){ start, start + s.size };
}

static void skip_blanks(struct cursor *c)
{
	while (c->at < c->end && (*c->at == ' ' || *c->at == '\t' ||
				  *c->at == '\n' || *c->at == '\r'))
		c->at++;
}

/* Takes @wanted if it is next, blanks skipped. */
static bool take(struct cursor *c, char wanted)
{
	skip_blanks(c);
	if (c->at == c->end || *c->at != wanted)
		return false;
	c->at++;
	return true;
}

/* ---- past a value ---- */

static bool skip_escape(struct cursor *c)
{
	if (c->at == c->end)
		return false;
	if (*c->at != 'u')
		return *c->at && strchr("\"\\/bfnrt", *c->at++);
	if (c->end - c->at < 5)
		return false;
	for (int i = 1; i < 5; i++)
		if (!g_ascii_isxdigit(c->at[i]))
			return false;
	c->at += 5;
	return true;
}

static bool skip_string(struct cursor *c)
{
	if (!take(c, '"'))
		return false;
	while (c->at < c->end) {
		unsigned char byte = (unsigned char)*c->at++;

		if (byte == '"')
			return true;
		if (byte < ' ' || (byte == '\\' && !skip_escape(c)))
			return false;
	}
	return false;
}

static bool skip_word(struct cursor *c, const char *word)
{
	size_t size = strlen(word);

	if ((size_t)(c->end - c->at) < size || memcmp(c->at, word, size))
		return false;
	c->at += size;
	return true;
}

static bool skip_number(struct cursor *c)
{
	const char *start = c->at;

	while (c->at < c->end && *c->at &&
	       strchr("+-.0123456789Ee", *c->at))
		c->at++;
	return c->at > start;
}

static bool skip_value(struct cursor *c, int depth);

/* Elements up to @close; the cursor is behind the opening bracket. */
static bool skip_elements(struct cursor *c, char close, int depth)
{
	if (depth > DEPTH)
		return false;
	if (take(c, close))
		return true;
	do {
		if (close == '}' && (!skip_string(c) || !take(c, ':')))
			return false;
		if (!skip_value(c, depth))
			return false;
	} while (take(c, ','));
	return take(c, close);
}

static bool skip_value(struct cursor *c, int depth)
{
	skip_blanks(c);
	if (c->at == c->end)
		return false;
	switch (*c->at) {
	case '"':
		return skip_string(c);
	case '{':
		c->at++;
		return skip_elements(c, '}', depth + 1);
	case '[':
		c->at++;
		return skip_elements(c, ']', depth + 1);
	case 't':
		return skip_word(c, "true");
	case 'f':
		return skip_word(c, "false");
	case 'n':
		return skip_word(c, "null");
	default:
		return skip_number(c);
	}
}

/* ---- members ---- */

static struct span span_from(const char *start, const struct cursor *c)
{
	return (struct span){ start, (size_t)(c->at - start) };
}

/* One member, with the colon between name and value. */
static bool read_member(struct cursor *c, struct span *ret_name,
			struct span *ret_value)
{
	const char *start;

	skip_blanks(c);
	start = c->at;
	if (!skip_string(c))
		return false;
	*ret_name = span_from(start, c);
	if (!take(c, ':'))
		return false;
	skip_blanks(c);
	start = c->at;
	if (!skip_value(c, 0))
		return false;
	*ret_value = span_from(start, c);
	return true;
}

static void keep_member(struct span name, struct span value,
			const char *const *names, struct span *ret)
{
	for (size_t i = 0; names[i]; i++)
		if (scan_is(name, names[i]))
			ret[i] = value;
}

static bool read_members(struct cursor *c, const char *const *names,
			 struct span *ret)
{
	struct span name, value;

	if (!take(c, '{'))
		return false;
	if (!take(c, '}')) {
		do {
			if (!read_member(c, &name, &value))
				return false;
			keep_member(name, value, names, ret);
		} while (take(c, ','));
		if (!take(c, '}'))
			return false;
	}
	skip_blanks(c);
	return c->at == c->end;
}

static void clear(const char *const *names, struct span *ret)
{
	for (size_t i = 0; names[i]; i++)
		ret[i] = (struct span){ NULL, 0 };
}

bool scan_members(struct span object, const char *const *names,
		  struct span *ret)
{
	struct cursor c = cursor_of(object);

	clear(names, ret);
	if (read_members(&c, names, ret))
		return true;
	clear(names, ret);
	return false;
}

struct span scan_path(struct span object, const char *const *path)
{
	for (; *path; path++) {
		const char *const names[] = { *path, NULL };

		scan_members(object, names, &object);
	}
	return object;
}

/* ---- what a value means ---- */

static guint32 hex(const char *digits)
{
	guint32 value = 0;

	for (int i = 0; i < 4; i++)
		value = value << 4 | (guint32)g_ascii_xdigit_value(digits[i]);
	return value;
}

/* Behind "\u": the unit there, and the second of a pair if it has one. */
static guint32 read_units(struct cursor *c)
{
	guint32 first = hex(c->at), second;

	c->at += 4;
	if (first < 0xd800 || first > 0xdfff)
		return first;
	if (first > 0xdbff || c->end - c->at < 6 || c->at[0] != '\\' ||
	    c->at[1] != 'u')
		return REPLACEMENT;
	second = hex(c->at + 2);
	if (second < 0xdc00 || second > 0xdfff)
		return REPLACEMENT;
	c->at += 6;
	return 0x10000 + ((first - 0xd800) << 10) + (second - 0xdc00);
}

/* The next of a string as UTF-8: one byte, or all that an escape means. */
static size_t read_unit(struct cursor *c, char ret[6])
{
	static const char letters[] = "bfnrt", means[] = "\b\f\n\r\t";
	const char *letter;

	*ret = *c->at++;
	if (*ret != '\\')
		return 1;
	*ret = *c->at++;
	if (*ret == 'u')
		return (size_t)g_unichar_to_utf8(read_units(c), ret);
	letter = strchr(letters, *ret);
	if (letter)
		*ret = means[letter - letters];
	return 1;
}

/* What is between the quotes of a string that was read past; false: it is none. */
static bool inside(struct span value, struct cursor *ret)
{
	struct cursor c = cursor_of(value);

	if (!skip_string(&c) || c.at != c.end)
		return false;
	*ret = (struct cursor){ value.start + 1, c.end - 1 };
	return true;
}

bool scan_is(struct span value, const char *text)
{
	struct cursor c;

	if (!inside(value, &c))
		return false;
	while (c.at < c.end) {
		char unit[6];
		size_t size = read_unit(&c, unit);

		/* a NUL of @text is its end, and no unit of ours */
		if (!unit[0] || strncmp(text, unit, size))
			return false;
		text += size;
	}
	return !*text;
}

char *scan_text(struct span value)
{
	struct cursor c;
	GString *text;

	if (!inside(value, &c))
		return NULL;
	text = g_string_sized_new((gsize)(c.end - c.at));
	while (c.at < c.end) {
		char unit[6];

		g_string_append_len(text, unit,
				    (gssize)read_unit(&c, unit));
	}
	if (!memchr(text->str, 0, text->len))
		return g_string_free(text, FALSE);
	g_string_free(text, TRUE);
	return NULL;
}

bool scan_int(struct span value, gint64 *ret)
{
	char *text, *end;
	gint64 number;
	bool whole;

	if (!value.size)
		return false;
	text = g_strndup(value.start, value.size);
	errno = 0;
	number = g_ascii_strtoll(text, &end, 10);
	whole = !errno && end == text + value.size;
	g_free(text);
	if (whole)
		*ret = number;
	return whole;
}

char scan_kind(struct span value)
{
	struct cursor c = cursor_of(value);

	skip_blanks(&c);
	return c.at < c.end ? *c.at : 0;
}
