// SPDX-License-Identifier: GPL-2.0-only
/* A hash set of states that lie one behind the other. */
#include "events/space.h"

#define FIRST_CAPACITY 256

static bool is_same(const struct space *s, guint32 number, const gint8 *state)
{
	const gint8 *other = space_state(s, number);
	guint64 difference = 0;
	gsize i;

	for (i = 0; i < s->size; i += 8) {
		guint64 x, y;

		memcpy(&x, state + i, 8);
		memcpy(&y, other + i, 8);
		difference |= x ^ y;
	}
	return !difference;
}

static guint64 mix(guint64 hash, const gint8 *at)
{
	guint64 word;
	__uint128_t product;

	memcpy(&word, at, 8);
	product = (__uint128_t)(hash ^ word) * 0xd6e8feb86659fd93;
	return (guint64)product ^ (guint64)(product >> 64);
}

static guint32 hash_state(const struct space *s, const gint8 *state)
{
	/*
	 * Odd constants without structure. In two halves that do not wait for
	 * each other: multiplications are most of what a lookup in cache costs.
	 */
	guint64 even = 0x9e3779b97f4a7c15, odd = 0xc2b2ae3d27d4eb4f;
	gsize i;

	for (i = 0; i + 8 < s->size; i += 16) {
		even = mix(even, state + i);
		odd = mix(odd, state + i + 8);
	}
	if (i < s->size)
		even = mix(even, state + i);
	even += odd ^ odd >> 32;
	return (guint32)(even ^ even >> 32);
}

static void set_capacity(struct space *s, guint32 capacity)
{
	s->capacity = capacity;
	s->states = g_realloc_n(s->states, capacity, s->size);
	s->edges = g_renew(struct edge, s->edges, capacity);
}

static void insert(struct space *s, guint32 hash, guint32 number)
{
	guint32 i = hash & s->mask;

	while (s->slots[i])
		i = (i + 1) & s->mask;
	s->slots[i] = (guint64)hash << 32 | (number + 1);
}

static void set_slots(struct space *s, guint32 n_slots)
{
	guint64 *old = s->slots;
	guint32 i, n_old = old ? s->mask + 1 : 0;

	s->slots = g_new0(guint64, n_slots);
	s->mask = n_slots - 1;
	for (i = 0; i < n_old; i++)
		if (old[i])
			insert(s, (guint32)(old[i] >> 32),
			       (guint32)old[i] - 1);
	g_free(old);
}

void space_init(struct space *s, gsize size)
{
	memset(s, 0, sizeof(*s));
	s->size = size;
	set_capacity(s, FIRST_CAPACITY);
	set_slots(s, 2 * FIRST_CAPACITY);
}

void space_clear(struct space *s)
{
	g_free(s->states);
	g_free(s->edges);
	g_free(s->slots);
}

gint8 *space_scratch(struct space *s)
{
	if (s->n == s->capacity) {
		set_capacity(s, 2 * s->capacity);
		set_slots(s, 2 * s->capacity);
	}
	return space_state(s, s->n);
}

guint32 space_add(struct space *s, struct edge edge, bool *ret_new)
{
	const gint8 *state = space_state(s, s->n);
	guint32 hash = hash_state(s, state);
	guint32 i;

	for (i = hash & s->mask; s->slots[i]; i = (i + 1) & s->mask) {
		guint32 number = (guint32)s->slots[i] - 1;

		if (s->slots[i] >> 32 != hash || !is_same(s, number, state))
			continue;
		*ret_new = false;
		return number;
	}
	s->slots[i] = (guint64)hash << 32 | (s->n + 1);
	s->edges[s->n] = edge;
	*ret_new = true;
	return s->n++;
}
