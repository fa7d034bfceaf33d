// SPDX-License-Identifier: GPL-2.0-only
/*
 * Units by kind, and who works on which. Nobody waits for a kind of his own:
 * when there is none left, two workers share the one that needs it most.
 */
#include "cmd/queue.h"

struct lot {
	GArray *units; /* size_t, rising */
	guint next;    /* in @units: the first that nobody has */
	guint workers; /* that are at it */
	gboolean free; /* its units share nothing: any worker does */
};

struct queue {
	GPtrArray *lots; /* struct lot *; the free one is the first */
	size_t left;	 /* units that nobody has */
};

static struct lot *lot_new(struct queue *q)
{
	struct lot *l = g_new0(struct lot, 1);

	l->units = g_array_new(FALSE, FALSE, sizeof(size_t));
	g_ptr_array_add(q->lots, l);
	return l;
}

static void lot_free(void *lot)
{
	struct lot *l = lot;

	g_array_unref(l->units);
	g_free(l);
}

static guint lot_left(const struct lot *l)
{
	return l->units->len - l->next;
}

struct queue *queue_new(size_t count, guint (*kind)(size_t unit, void *data),
			void *data)
{
	struct queue *q = g_new0(struct queue, 1);
	GHashTable *by_kind = g_hash_table_new(NULL, NULL);
	size_t i;

	q->left = count;
	q->lots = g_ptr_array_new_with_free_func(lot_free);
	lot_new(q)->free = TRUE;
	g_hash_table_insert(by_kind, GUINT_TO_POINTER(0), q->lots->pdata[0]);
	for (i = 0; i < count; i++) {
		void *k = GUINT_TO_POINTER(kind ? kind(i, data) : 0);
		struct lot *l = g_hash_table_lookup(by_kind, k);

		if (!l) {
			l = lot_new(q);
			g_hash_table_insert(by_kind, k, l);
		}
		g_array_append_val(l->units, i);
	}
	g_hash_table_unref(by_kind);
	return q;
}

void queue_free(struct queue *q)
{
	g_ptr_array_unref(q->lots);
	g_free(q);
}

gboolean queue_is_empty(const struct queue *q)
{
	return !q->left;
}

/* Would a worker that comes to @a have more to do than one at @b? */
static gboolean needs_more(const struct lot *a, const struct lot *b)
{
	return (guint64)lot_left(a) * (b->workers + 1) >
	       (guint64)lot_left(b) * (a->workers + 1);
}

/* One that has units left: the first that nobody has, or one to share. */
static struct lot *choose(const struct queue *q)
{
	struct lot *l, *shared = NULL;
	guint i;

	for (i = 0; i < q->lots->len; i++) {
		l = q->lots->pdata[i];
		if (!lot_left(l))
			continue;
		if (l->free || !l->workers)
			return l;
		if (!shared || needs_more(l, shared))
			shared = l;
	}
	return shared;
}

size_t queue_take(struct queue *q, struct lot **lot)
{
	if (!*lot || !lot_left(*lot)) {
		queue_leave(*lot);
		*lot = choose(q);
		(*lot)->workers++;
	}
	q->left--;
	return g_array_index((*lot)->units, size_t, (*lot)->next++);
}

void queue_leave(struct lot *lot)
{
	if (lot)
		lot->workers--;
}
