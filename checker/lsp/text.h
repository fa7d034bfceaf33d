/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The text of a document, and places in it as the protocol counts them: lines
 * and, in the encoding that was agreed on, characters.
 *
 * Source: "Position" of the Language Server Protocol 3.17; a place past the end
 * of its line is that end, and one past the last line the end of the text, as
 * in clangd.
 */
#ifndef PINCHECK_LSP_TEXT_H
#define PINCHECK_LSP_TEXT_H

#include <glib.h>
#include <stdbool.h>

#include "base/utf.h"

struct position {
	int line, character; /* both from 0 */
};
struct range {
	struct position start, end;
};

struct text;
/* Copies @size bytes, which may be any. */
struct text *text_new(const char *bytes, size_t size);
void text_free(struct text *t); /* takes NULL */
const char *text_bytes(const struct text *t, size_t *ret_size);
/* O(log lines + length of the line) */
size_t text_offset(struct text *t, enum encoding e, struct position p);
/* O(lines behind it + size). */
void text_replace(struct text *t, enum encoding e, struct range r,
		  const char *bytes, size_t size);

/*
 * Where @p is after @r was replaced by @bytes; false: it was in what is gone.
 */
bool position_shift(struct position *p, struct range r, const char *bytes,
		    size_t size, enum encoding e);

#endif
