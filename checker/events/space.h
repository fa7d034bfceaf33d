/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A set of vectors of bytes, all of one size, numbered in the order they came.
 *
 * Not a GHashTable: that would cost an allocation and a pointer a vector, and
 * the search spends most of its time in here.
 */
#ifndef PINCHECK_EVENTS_SPACE_H
#define PINCHECK_EVENTS_SPACE_H

#include <stdbool.h>
#include <string.h>

#include <glib.h>

/* All 0 is one that was never used. */
struct space {
	gsize size;		/* of a vector in bytes: 8, 16... */
	guint32 n;		/* vectors */
	guint32 room;		/* for so many */
	gint8 *vectors;
	guint32 *hashes;	/* one a vector */
	/* Open addressing: hash in the upper half, number + 1 in the lower. */
	guint64 *slots;
	guint32 mask;		/* number of slots - 1 */
	/* What there is memory for, of this set and those before. */
	gsize max_bytes;
	guint32 max_hashes, max_slots;
};

/* An empty set of vectors of that size, in the memory of the one before. */
void space_begin(struct space *s, gsize size);
void space_clear(struct space *s);
/*
 * The number of @vector, which is added if it was not there: then pointers to
 * others are void. Constant time on average.
 */
guint32 space_add(struct space *s, const void *vector);

static inline const void *space_at(const struct space *s, guint32 number)
{
	return s->vectors + number * s->size;
}

static G_ALWAYS_INLINE inline bool space_is_same(const void *a, const void *b,
						 gsize size)
{
	guint64 difference = 0;
	gsize i;

	for (i = 0; i < size; i += 8) {
		guint64 x, y;

		memcpy(&x, (const gint8 *)a + i, 8);
		memcpy(&y, (const gint8 *)b + i, 8);
		difference |= x ^ y;
	}
	return !difference;
}

/* May be read whatever was written there. */
typedef guint64 __attribute__((may_alias)) space_word;

/*
 * Word by word, also for the compiler: what was just written that way can only
 * be read in larger pieces once it has come to the cache.
 */
static G_ALWAYS_INLINE inline void space_copy(void *to, const void *from,
					      gsize size)
{
	gsize i;

	for (i = 0; i < size; i += 8)
		*(space_word *)((gint8 *)to + i) =
			*(const volatile space_word *)((const gint8 *)from + i);
}

/* For space_find(): doubles what there is room for. */
void space_grow(struct space *s);

static inline guint32 space_empty_slot(const struct space *s, guint32 hash)
{
	guint32 i = hash & s->mask;

	while (s->slots[i])
		i = (i + 1) & s->mask;
	return i;
}

/* What the slot of a vector holds. */
static inline guint64 space_slot_of(guint32 hash, guint32 number)
{
	return (guint64)hash << 32 | (number + 1);
}

/* One that is not there, and belongs in that slot. */
static G_ALWAYS_INLINE inline guint32
space_insert(struct space *s, const void *vector, gsize size, guint32 hash,
	     guint32 slot)
{
	guint32 number = s->n;

	if (G_UNLIKELY(number == s->room)) {
		space_grow(s);
		slot = space_empty_slot(s, hash);
	}
	space_copy(s->vectors + number * size, vector, size);
	s->hashes[number] = hash;
	s->slots[slot] = space_slot_of(hash, number);
	s->n = number + 1;
	return number;
}

/*
 * space_add() of a vector whose hash is known, in a set whose vectors all got
 * theirs the same way. Of a constant @size, which is s->size, it has no loops.
 */
static G_ALWAYS_INLINE inline guint32 space_find(struct space *s,
						 const void *vector, gsize size,
						 guint32 hash)
{
	guint32 i;

	for (i = hash & s->mask; s->slots[i]; i = (i + 1) & s->mask) {
		guint32 number = (guint32)s->slots[i] - 1;

		if (s->slots[i] >> 32 == hash &&
		    space_is_same(s->vectors + number * size, vector, size))
			return number;
	}
	return space_insert(s, vector, size, hash, i);
}

#endif
