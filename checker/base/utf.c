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

/* The bytes of the character that begins at @c, of which @left are there. */
static size_t length_at(const char *c, size_t left)
{
	unsigned char lead = (unsigned char)*c;
	size_t n = 1;

	if (lead >= 0xc0 && lead < 0xf8)
		n = lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
	return n < left ? n : left;
}

/* As how many characters one of so many bytes counts. */
static size_t units_of(enum encoding e, size_t bytes)
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
		characters += units_of(e, length);
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
		seen += units_of(e, length);
		if (seen > characters)
			break;
	}
	return at;
}
