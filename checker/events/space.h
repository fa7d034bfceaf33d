/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A set of packed states, each with the state it was first reached from.
 *
 * Not a GHashTable: that would cost an allocation and a pointer a state, and
 * the search spends nearly all its time in here.
 */
#ifndef PINCHECK_EVENTS_SPACE_H
#define PINCHECK_EVENTS_SPACE_H

#include <glib.h>
#include <stdbool.h>
#include <string.h>

/* A step from one state to another; @thread -1: of the first state. */
struct edge {
	guint32 from;
	gint8 thread, choice;
};

struct space {
	gsize size;		/* of a state, a multiple of 8 */
	guint32 n;		/* states, numbered in the order they came */
	guint32 capacity;
	gint8 *states;
	struct edge *edges;	/* how each was reached */
	/* Open addressing: hash in the upper half, number + 1 in the lower. */
	guint64 *slots;
	guint32 mask;		/* number of slots - 1 */
};

void space_init(struct space *s, gsize size);
void space_clear(struct space *s);

/*
 * Room for a state behind the last, with what was there before in it; for
 * space_add() to look at. Pointers to states are void then.
 */
gint8 *space_scratch(struct space *s);
/*
 * The number of the state in the scratch, which is added with @edge if it was
 * not there; *@ret_new says so. Constant time on average.
 */
guint32 space_add(struct space *s, struct edge edge, bool *ret_new);

static inline gint8 *space_state(const struct space *s, guint32 number)
{
	return s->states + number * s->size;
}

/* States are a few words: a call of memcpy() would cost more than they do. */
static inline void space_copy(const struct space *s, gint8 *to, guint32 number)
{
	const gint8 *from = space_state(s, number);
	gsize i;

	for (i = 0; i < s->size; i += 8)
		memcpy(to + i, from + i, 8);
}

#endif
