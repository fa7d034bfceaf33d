/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The messages in a stream of bytes: each a header, a blank line, and as many
 * bytes as the header says.
 *
 * Source: Base Protocol of the Language Server Protocol 3.17. What clangd makes
 * of a stream that keeps to it badly is what we do: see frame.c.
 */
#ifndef PINCHECK_LSP_FRAME_H
#define PINCHECK_LSP_FRAME_H

#include <glib.h>

/* Bytes that came and were not taken yet. */
struct framer;

struct framer *framer_new(void);
void framer_free(struct framer *f); /* takes NULL */
/* Copies @size bytes to the end. Amortised O(size). */
void framer_add(struct framer *f, const char *bytes, size_t size);

enum frame_kind {
	FRAME_NONE,  /* not all of it is there yet */
	FRAME_WHOLE, /* a message */
	FRAME_STRAY, /* bytes that are none, to be passed on as they are */
};
/*
 * The next of what is there: all its bytes with the header, and of a message its
 * body. They are the framer's until the next call on it.
 */
struct frame {
	const char *bytes, *body;
	size_t size, body_size;
};
enum frame_kind framer_next(struct framer *f, struct frame *ret);
/* At the end of the stream: what is left is stray. */
enum frame_kind framer_rest(struct framer *f, struct frame *ret);

/* Appends the header of a message of @size bytes. */
void frame_put_header(GString *out, size_t size);

#endif
