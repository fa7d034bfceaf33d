// SPDX-License-Identifier: GPL-2.0-only
/* A hash set of states that lie one behind the other. */
#include "events/space.h"

#include <stdbool.h>

/* Of the table; and how many states it is for. */
#define FIRST_SLOTS 1024
#define most_states(n_slots) ((n_slots) / 2)

static G_ALWAYS_INLINE inline bool is_same(const gint8 *a, const gint8 *b,
					   gsize size)
{
	guint64 difference = 0;
	gsize i;

	for (i = 0; i < size; i += 8) {
		guint64 x, y;

		memcpy(&x, a + i, 8);
		memcpy(&y, b + i, 8);
		difference |= x ^ y;
	}
	return !difference;
}

static G_ALWAYS_INLINE inline guint64 mix(guint64 hash, const gint8 *at)
{
	guint64 word;
	__uint128_t product;

	memcpy(&word, at, 8);
	product = (__uint128_t)(hash ^ word) * 0xd6e8feb86659fd93;
	return (guint64)product ^ (guint64)(product >> 64);
}

static G_ALWAYS_INLINE inline guint32 hash_state(const gint8 *state, gsize size)
{
	/*
	 * Odd constants without structure. In two halves that do not wait for
	 * each other: multiplications are most of what a lookup in cache costs.
	 */
	guint64 even = 0x9e3779b97f4a7c15, odd = 0xc2b2ae3d27d4eb4f;
	gsize i;

	for (i = 0; i + 8 < size; i += 16) {
		even = mix(even, state + i);
		odd = mix(odd, state + i + 8);
	}
	if (i < size)
		even = mix(even, state + i);
	even += odd ^ odd >> 32;
	return (guint32)(even ^ even >> 32);
}

/* All states again, in an empty table of that many slots. */
static void set_slots(struct space *s, guint32 n_slots)
{
	guint32 number, i;

	if (n_slots > s->max_slots) {
		g_free(s->slots);
		s->slots = g_new(guint64, n_slots);
		s->max_slots = n_slots;
	}
	memset(s->slots, 0, n_slots * sizeof(*s->slots));
	s->mask = n_slots - 1;
	for (number = 0; number < s->n; number++) {
		for (i = s->hashes[number] & s->mask; s->slots[i];)
			i = (i + 1) & s->mask;
		s->slots[i] = (guint64)s->hashes[number] << 32 | (number + 1);
	}
}

void space_begin(struct space *s, gsize size)
{
	s->size = size;
	s->n = 0;
	set_slots(s, FIRST_SLOTS);
	space_grow(s);
}

void space_clear(struct space *s)
{
	g_free(s->states);
	g_free(s->hashes);
	g_free(s->slots);
}

void space_grow(struct space *s)
{
	gsize needed;

	if (s->n >= most_states(s->mask + 1))
		set_slots(s, 2 * (s->mask + 1));
	s->room = most_states(s->mask + 1);
	needed = (s->room + 1) * s->size;
	if (needed > s->max_bytes) {
		s->max_bytes = needed;
		s->states = g_realloc(s->states, needed);
	}
	if (s->room + 1 > s->max_hashes) {
		s->max_hashes = s->room + 1;
		s->hashes = g_renew(guint32, s->hashes, s->max_hashes);
	}
}

/* @size is s->size. */
static G_ALWAYS_INLINE inline guint32 add(struct space *s, gsize size)
{
	const gint8 *state = s->states + s->n * size;
	guint32 hash = hash_state(state, size);
	guint32 i;

	for (i = hash & s->mask; s->slots[i]; i = (i + 1) & s->mask) {
		guint32 number = (guint32)s->slots[i] - 1;

		if (s->slots[i] >> 32 == hash &&
		    is_same(s->states + number * size, state, size))
			return number;
	}
	s->hashes[s->n] = hash;
	s->slots[i] = (guint64)hash << 32 | (s->n + 1);
	return s->n++;
}

/* Of a known size, it is done without loops. */
guint32 space_add(struct space *s)
{
	switch (s->size) {
	case 8:
		return add(s, 8);
	case 16:
		return add(s, 16);
	case 24:
		return add(s, 24);
	case 32:
		return add(s, 32);
	case 40:
		return add(s, 40);
	case 48:
		return add(s, 48);
	case 56:
		return add(s, 56);
	case 64:
		return add(s, 64);
	default:
		return add(s, s->size);
	}
}
