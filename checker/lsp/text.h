/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The text of a document, and places in it as the protocol counts them: lines
 * and, in the encoding that was agreed on, characters.
 *
 * Source: "Position" of the Language Server Protocol 3.17, and what clangd 19
 * makes of it (clangd/SourceCode.cpp): a line ends with \n only, a place must be
 * there, or be the line behind the last, and what is not UTF-8 counts as its first
 * bytes say.
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
	struct position start, end; /* the end is not part of it */
};

/* What an editor says it changed: bytes in the place of a range. */
struct change {
	struct range range;
	int length; /* of the range, as the editor counted; -1: it did not */
	const char *bytes;
	size_t size;
};

struct text;
/* Copies @size bytes, which may be any. */
struct text *text_new(const char *bytes, size_t size);
void text_free(struct text *t); /* takes NULL */
size_t text_size(const struct text *t);
/* Appends all of it. */
void text_put(const struct text *t, GString *out);
/*
 * false: there is no such range, or it has another length; the editor's text is
 * not ours then, which is of no more use. O(size / 64 KiB + the lines that change).
 */
bool text_apply(struct text *t, enum encoding e, const struct change *c);
/*
 * Moves @c to where it can be, as the protocol wants it: what is past the end of
 * its line to that end, past the last line to the end of the text.
 */
void text_fit(struct text *t, enum encoding e, struct change *c);
/*
 * What makes @t these bytes: the lines that differ, as one change, whose bytes
 * are among @bytes. false: nothing differs. O(size).
 */
bool text_compare(const struct text *t, enum encoding e, const char *bytes,
		  size_t size, struct change *ret);

/* What a change does to the places behind it. */
struct shift {
	struct range gone;
	struct position end; /* of what came for it */
};
struct shift change_shift(const struct change *c, enum encoding e);
/*
 * Moves a range along; false: the change touched it. What was in it is where
 * the change is, then.
 */
bool range_shift(struct range *r, const struct shift *s);

#endif
