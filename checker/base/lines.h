/* SPDX-License-Identifier: GPL-2.0-only */
/* The lines in a stream of bytes. */
#ifndef PINCHECK_BASE_LINES_H
#define PINCHECK_BASE_LINES_H

#include <glib.h>

/* Bytes whose line did not end yet. */
struct lines;

struct lines *lines_new(void);
void lines_free(struct lines *l); /* takes NULL */
/* Copies @size bytes to the end. Amortised O(size). */
void lines_add(struct lines *l, const char *bytes, size_t size);
/*
 * The next whole line without its end, NUL behind it, until the next call on @l;
 * NULL: there is none yet.
 */
const char *lines_next(struct lines *l, size_t *ret_size);
/* Bytes that are not taken: after NULL, of the line that did not end. O(1) */
size_t lines_size(const struct lines *l);
/* What is left at the end of the stream; NULL: nothing. */
const char *lines_rest(struct lines *l, size_t *ret_size);

#endif
