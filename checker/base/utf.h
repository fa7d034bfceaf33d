/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Characters of a line as the Language Server Protocol counts them, in the
 * encoding that editor and server agreed on. Text may be any bytes.
 *
 * Source: "Position" of the Language Server Protocol 3.17. Bytes that are no
 * UTF-8 are counted as clangd does: a lead byte says how long its character is,
 * and what cannot be one is a character of its own.
 */
#ifndef PINCHECK_BASE_UTF_H
#define PINCHECK_BASE_UTF_H

#include <stdbool.h>
#include <stddef.h>

enum encoding { ENCODING_UTF16, ENCODING_UTF8, ENCODING_UTF32 };
/* false: "utf-16", "utf-8" and "utf-32" are known. */
bool encoding_parse(const char *name, enum encoding *ret);
const char *encoding_name(enum encoding e);

/* The bytes of the character that begins with @lead: 1 to 4. */
size_t utf_length(char lead);
/* As how many characters one of so many bytes counts. */
size_t utf_units(enum encoding e, size_t bytes);
/* How many characters the first @n bytes of a line are. O(n). */
size_t utf_characters(enum encoding e, const char *line, size_t n);
/*
 * How many bytes the first @characters of a line of @size bytes are: @size at
 * most; a place in the middle of a character is its beginning. O(result).
 */
size_t utf_bytes(enum encoding e, const char *line, size_t size,
		 size_t characters);

#endif
