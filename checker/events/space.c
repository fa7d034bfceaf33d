// SPDX-License-Identifier: GPL-2.0-only
/* A hash set of vectors that lie one behind the other. */
#include "events/space.h"

/* Of the table; and how many vectors it is for. */
#define FIRST_SLOTS 256
#define most_vectors(n_slots) ((n_slots) / 2)

static G_ALWAYS_INLINE inline guint64 mix(guint64 hash, const gint8 *at)
{
	guint64 word;
	__uint128_t product;

	memcpy(&word, at, 8);
	product = (__uint128_t)(hash ^ word) * 0xd6e8feb86659fd93;
	return (guint64)product ^ (guint64)(product >> 64);
}

static G_ALWAYS_INLINE inline guint32 hash_of(const gint8 *vector, gsize size)
{
	/*
	 * Odd constants without structure. In two halves that do not wait for
	 * each other: multiplications are most of what a lookup in cache costs.
	 */
	guint64 even = 0x9e3779b97f4a7c15, odd = 0xc2b2ae3d27d4eb4f;
	gsize i;

	for (i = 0; i + 8 < size; i += 16) {
		even = mix(even, vector + i);
		odd = mix(odd, vector + i + 8);
	}
	if (i < size)
		even = mix(even, vector + i);
	even += odd ^ odd >> 32;
	return (guint32)(even ^ even >> 32);
}

/* All vectors again, in an empty table of that many slots. */
static void set_slots(struct space *s, guint32 n_slots)
{
	guint32 i;

	if (n_slots > s->max_slots) {
		g_free(s->slots);
		s->slots = g_new(guint64, n_slots);
		s->max_slots = n_slots;
	}
	memset(s->slots, 0, n_slots * sizeof(*s->slots));
	s->mask = n_slots - 1;
	for (i = 0; i < s->n; i++)
		s->slots[space_empty_slot(s, s->hashes[i])] =
			space_slot_of(s->hashes[i], i);
}

static void make_room(struct space *s)
{
	s->room = most_vectors(s->mask + 1);
	if (s->room * s->size > s->max_bytes) {
		s->max_bytes = s->room * s->size;
		s->vectors = g_realloc(s->vectors, s->max_bytes);
	}
	if (s->room > s->max_hashes) {
		s->max_hashes = s->room;
		s->hashes = g_renew(guint32, s->hashes, s->max_hashes);
	}
}

void space_begin(struct space *s, gsize size)
{
	s->size = size;
	s->n = 0;
	set_slots(s, FIRST_SLOTS);
	make_room(s);
}

void space_clear(struct space *s)
{
	g_free(s->vectors);
	g_free(s->hashes);
	g_free(s->slots);
}

void space_grow(struct space *s)
{
	set_slots(s, 2 * (s->mask + 1));
	make_room(s);
}

static G_ALWAYS_INLINE inline guint32 add(struct space *s, const void *vector,
					  gsize size)
{
	return space_find(s, vector, size, hash_of(vector, size));
}

/* Of a known size, it is done without loops. */
guint32 space_add(struct space *s, const void *vector)
{
	switch (s->size) {
	case 8:
		return add(s, vector, 8);
	case 16:
		return add(s, vector, 16);
	case 24:
		return add(s, vector, 24);
	case 32:
		return add(s, vector, 32);
	case 40:
		return add(s, vector, 40);
	case 48:
		return add(s, vector, 48);
	case 56:
		return add(s, vector, 56);
	case 64:
		return add(s, vector, 64);
	default:
		return add(s, vector, s->size);
	}
}
