// SPDX-License-Identifier: GPL-2.0-only
/*
 * The shortest story: executions with no preemption, then with one, two, ...
 * until one fails or none was left out. A state that was reached before with
 * as few preemptions is not explored again. A state is what memory holds and
 * what each agent has seen so far, which decides what it will do; 64 bits of
 * digest stand for it, so that of ten million states two are taken for one
 * with a probability of some millionths.
 */
#include <stdlib.h>
#include <string.h>

#include "private.h"

struct state {
	u64 digest; /* 0: free */
	u32 preemptions;
};

static struct {
	struct state *states;
	u64 size, n; /* size is a power of two */
	u32 bound;
	bool hit, full;
} cache;

void rp_bound_start(u32 bound)
{
	cache.bound = bound;
	cache.hit = false;
	cache.n = 0;
	if (cache.states)
		memset(cache.states, 0, cache.size * sizeof(*cache.states));
}

bool rp_bound_hit(void)
{
	return cache.hit;
}

bool rp_bound_full(void)
{
	return cache.full;
}

u64 rp_bound_states(void)
{
	return cache.n;
}

void rp_bound_destroy(void)
{
	free(cache.states);
	memset(&cache, 0, sizeof(cache));
}

static struct state *slot_of(u64 digest)
{
	u64 i = digest & (cache.size - 1);

	while (cache.states[i].digest && cache.states[i].digest != digest)
		i = (i + 1) & (cache.size - 1);
	return &cache.states[i];
}

/* Doubles the table; false when it may not grow. */
static bool grow(void)
{
	struct state *old = cache.states;
	u64 size = cache.size, i;

	if (size * 2 * sizeof(*old) > rp.options.max_bytes && size)
		return false;
	cache.size = size ? size * 2 : 1024;
	cache.states = calloc(cache.size, sizeof(*old));
	if (!cache.states) {
		cache.states = old;
		cache.size = size;
		return false;
	}
	for (i = 0; i < size; i++)
		if (old[i].digest)
			*slot_of(old[i].digest) = old[i];
	free(old);
	return true;
}

/* Was the state reached before with no more preemptions? Notes it if not. */
static bool is_known(u64 digest, u32 preemptions)
{
	struct state *s;

	if (cache.n * 2 >= cache.size && !grow()) {
		cache.full = true;
		return true;
	}
	s = slot_of(digest);
	if (s->digest && s->preemptions <= preemptions)
		return true;
	cache.n += !s->digest;
	*s = (struct state){ digest, preemptions };
	return false;
}

/* ARM: the old values of the word that loads since @window may return. */
static u64 digest_stale(u64 h, const struct word *w, u32 seen, s32 window)
{
	s32 i;

	for (i = w->history; i != NEVER; i = rp.stale[i].older) {
		const struct stale *s = &rp.stale[i];

		if (s->until <= window || s->version < seen)
			break;
		h = rp_mix(h, s->value);
	}
	return rp_mix(h, 1);
}

static u64 digest_word(u32 id)
{
	const struct word *w = &rp.words[id];
	u64 h = rp_mix(rp_mix(w->offset + 1, w->size), rp_peek(w));
	u32 i;

	if (rp.memory != REPLAY_ARM || w->history == NEVER)
		return h;
	for (i = 0; i < rp.n_agents; i++) {
		const struct agent *a = &rp.agents[i];

		if (a->kind != AGENT_BUFFER)
			h = digest_stale(h, w,
					 id < a->seen_size ? a->seen[id] : 0,
					 a->window);
	}
	return digest_stale(h, w, 0, rp.grace_event);
}

static u64 digest_agent(const struct agent *a)
{
	u64 h = rp_mix(rp_mix(a->kind + 1, a->number), a->history);
	agents left;
	u32 i;

	h = rp_mix(h, a->over | (u64)a->reading << 1);
	for (i = 0; i < a->n_buffer; i++)
		h = rp_mix(h, a->buffer[i].sequence);
	for (i = 0; i < a->n_sightings; i++)
		h = rp_mix(h, rp_foreign_version(a->sightings[i].word, a->id) >
				      a->sightings[i].version);
	for (left = a->grace; left; left &= left - 1) {
		u32 id = (u32)__builtin_ctzll(left);

		h = rp_mix(h, id << 1 | (rp.agents[id].reading &&
					 rp.agents[id].section ==
						 a->grace_section[id]));
	}
	return h;
}

static u64 digest_state(const struct node *n)
{
	u64 h = rp_mix(n->runner, rp.failures);
	u32 i;

	for (i = 0; i < rp.n_agents; i++)
		if (rp.agents[i].kind != AGENT_BUFFER)
			h += rp_mix(digest_agent(&rp.agents[i]), 3);
	for (i = 0; i < rp.n_touched; i++)
		h += rp_mix(digest_word(rp.touched[i]), 5);
	for (i = 1; i < rp.n_objects; i++)
		h += rp_mix(rp.objects[i].offset, rp.objects[i].state + 7);
	return h ? h : 1;
}

int rp_bound_pick(agents enabled, struct node *n)
{
	agents free_ones = enabled, left;
	u32 i;

	if (is_known(digest_state(n), n->preemptions)) {
		rp.end = END_COVERED;
		return -1;
	}
	if (n->runner != NOBODY && enabled & AGENT_BIT(n->runner)) {
		/* To leave it is a preemption, but for a store buffer. */
		for (left = enabled; left; left &= left - 1) {
			i = (u32)__builtin_ctzll(left);
			if (i != n->runner &&
			    rp.agents[i].kind != AGENT_BUFFER)
				free_ones &= ~AGENT_BIT(i);
		}
	}
	n->todo = enabled;
	if (n->preemptions >= cache.bound && free_ones != enabled) {
		cache.hit = true;
		n->todo = free_ones;
	}
	if (n->todo & AGENT_BIT(n->runner % MAX_AGENTS) &&
	    n->runner != NOBODY)
		return n->runner;
	return __builtin_ctzll(n->todo);
}
