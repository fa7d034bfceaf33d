/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Wire: plain values as bytes and back, for what is kept in the store. One
 * function describes a structure for both directions: called on a writer it
 * appends each field, on a reader it fills each in.
 *
 * Numbers take 7 bits a byte, small ones one byte; a string that came before
 * is its number. GVariant would do the same with an allocation for each value
 * and no sharing of strings.
 *
 * Bytes from outside are not trusted: a reader never leaves its buffer, and
 * once something is wrong all that follows reads as 0 and NULL.
 */
#ifndef PINCHECK_BASE_WIRE_H
#define PINCHECK_BASE_WIRE_H

#include <glib.h>
#include <stdbool.h>

struct wire;

/* Ends in wire_finish. */
struct wire *wire_writer(void);
/* Reads @bytes, which must outlive it. Ends in wire_done. */
struct wire *wire_reader(GBytes *bytes);
bool wire_reads(const struct wire *w);

/* Frees a writer; its bytes are the caller's. */
GBytes *wire_finish(struct wire *w);
/* Frees a reader; false: the bytes were damaged, or more than was read. */
bool wire_done(struct wire *w);

/* A reader's caller saw that the bytes make no sense. */
void wire_fail(struct wire *w);
bool wire_failed(const struct wire *w);

void wire_int(struct wire *w, int *value);
void wire_int64(struct wire *w, gint64 *value);
void wire_bool(struct wire *w, bool *value);
/* NULL stays NULL. What is read is interned. */
void wire_string(struct wire *w, const char **value);
/* Bytes as they are; what is read is the caller's, and never NULL. */
void wire_bytes(struct wire *w, GBytes **value);
/*
 * The number of elements that follow, each of at least one byte: @n of a
 * writer. A reader gets no more than its bytes can hold.
 */
int wire_count(struct wire *w, int n);
/* An int from 0 to @limit - 1. */
int wire_choice(struct wire *w, int value, int limit);

/* The same of an enumeration whose last value is below @limit. */
#define wire_enum(w, lvalue, limit) \
	((lvalue) = wire_choice(w, (int)(lvalue), (int)(limit)))

#endif
