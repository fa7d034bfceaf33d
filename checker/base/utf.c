// SPDX-License-Identifier: GPL-2.0-only
/* Characters of a line in the encodings of the Language Server Protocol. */
#include "base/utf.h"

#include <string.h>

static const char *const names[] = {
	[ENCODING_UTF16] = "utf-16",
	[ENCODING_UTF8] = "utf-8",
	[ENCODING_UTF32] = "utf-32",
};

bool encoding_parse(const char *name, enum encoding *ret)
{
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		if (strcmp(name, names[i]))
			continue;
		*ret = (enum encoding)i;
		return true;
	}
	return false;
}

const char *encoding_name(enum encoding e)
{
	return names[e];
}

size_t utf_length(char lead)
{
	const unsigned char c = (unsigned char)lead;

	if (c < 0xc0 || c >= 0xf8)
		return 1;
	return c < 0xe0 ? 2 : c < 0xf0 ? 3 : 4;
}

/* The bytes of the character that begins at @c, of which @left are there. */
static size_t length_at(const char *c, size_t left)
{
	size_t n = utf_length(*c);

	return n < left ? n : left;
}

size_t utf_units(enum encoding e, size_t bytes)
{
	if (e == ENCODING_UTF8)
		return bytes;
	return e == ENCODING_UTF16 && bytes == 4 ? 2 : 1;
}

size_t utf_characters(enum encoding e, const char *line, size_t n)
{
	size_t at = 0, characters = 0, length;

	if (e == ENCODING_UTF8)
		return n;
	for (; at < n; at += length) {
		length = length_at(line + at, n - at);
		characters += utf_units(e, length);
	}
	return characters;
}

size_t utf_bytes(enum encoding e, const char *line, size_t size,
		 size_t characters)
{
	size_t at = 0, seen = 0, length;

	if (e == ENCODING_UTF8)
		return characters < size ? characters : size;
	for (; at < size && seen < characters; at += length) {
		length = length_at(line + at, size - at);
		seen += utf_units(e, length);
		if (seen > characters)
			break;
	}
	return at;
}
