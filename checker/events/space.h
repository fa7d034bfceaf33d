/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A set of packed states, numbered in the order they came.
 *
 * Not a GHashTable: that would cost an allocation and a pointer a state, and
 * the search spends nearly all its time in here.
 */
#ifndef PINCHECK_EVENTS_SPACE_H
#define PINCHECK_EVENTS_SPACE_H

#include <glib.h>
#include <string.h>

/* All 0 is one that was never used. */
struct space {
	gsize size;		/* of a state, a multiple of 8 */
	guint32 n;		/* states */
	guint32 room;		/* for so many, and the scratch */
	gint8 *states;
	guint32 *hashes;	/* one a state */
	/* Open addressing: hash in the upper half, number + 1 in the lower. */
	guint64 *slots;
	guint32 mask;		/* number of slots - 1 */
	/* What there is memory for, of this set and those before. */
	gsize max_bytes;
	guint32 max_hashes, max_slots;
};

/* An empty set, in the memory of the one before. */
void space_begin(struct space *s, gsize size);
void space_clear(struct space *s);
/* For space_scratch(). */
void space_grow(struct space *s);
/*
 * The number of the state in the scratch, which is added if it was not there.
 * Constant time on average.
 */
guint32 space_add(struct space *s);

static inline gint8 *space_state(const struct space *s, guint32 number)
{
	return s->states + number * s->size;
}

/*
 * Room for a state behind the last, with what was there before in it; for
 * space_add() to look at. Pointers to states are void then.
 */
static inline gint8 *space_scratch(struct space *s)
{
	if (G_UNLIKELY(s->n == s->room))
		space_grow(s);
	return space_state(s, s->n);
}

/* States are a few words: a call of memcpy() would cost more than they do. */
static inline void space_copy(const struct space *s, gint8 *to, guint32 number)
{
	const gint8 *from = space_state(s, number), *end = from + s->size;

	for (; from < end; from += 8, to += 8)
		memcpy(to, from, 8);
}

#endif
