/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Which unit a worker gets next. Units of one kind share what a worker has to
 * load before the first of them, so they go to one worker as far as all others
 * have something to do as well.
 */
#ifndef PINCHECK_CMD_QUEUE_H
#define PINCHECK_CMD_QUEUE_H

#include <glib.h>

struct queue;
struct lot; /* the units of one kind */

/*
 * Units 0 to @count - 1, each of which is given out once. @kind: from 1, or 0
 * for one that shares nothing; those come first. NULL: all do that. In a lot,
 * and from lot to lot, the order is that of the numbers. O(count).
 */
struct queue *queue_new(size_t count, guint (*kind)(size_t unit, void *data),
			void *data);
void queue_free(struct queue *q);
gboolean queue_is_empty(const struct queue *q);
/*
 * The next unit for a worker whose last one was of *@lot (the queue's; NULL:
 * it is new), and *@lot is that of this unit then. The queue is not empty.
 * O(kinds).
 */
size_t queue_take(struct queue *q, struct lot **lot);
/* Who had @lot, or NULL, has ended, and nobody goes on in its place. */
void queue_leave(struct lot *lot);

#endif
