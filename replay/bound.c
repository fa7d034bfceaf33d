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

/* ARM: when a value that can still be loaded was overwritten. */
struct end_of_value {
	s32 until;
	u64 digest; /* of which value it is */
};

static struct {
	struct state *states;
	u64 size, n; /* size is a power of two */
	u32 bound;
	bool hit, full;
	struct end_of_value *ends;
	u32 n_ends, ends_size;
} cache;

void rp_bound_start(u32 bound)
{
	cache.bound = bound;
	cache.hit = false;
	cache.full = false;
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
	free(cache.ends);
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

static u32 oldest_seen(const struct agent *a, u32 word)
{
	return word < a->seen_size ? a->seen[word] : 0;
}

/*
 * ARM: pointers. A pointer that became visible at some moment hides from who
 * follows it what of its target had been overwritten by then. Of the moments
 * no more matters than how they lie to each other: which of the values that
 * somebody may still load had been overwritten.
 */

/* Of the old values of @w: those after this one, nobody can load. */
static s32 oldest_shown(u32 id)
{
	const struct word *w = &rp.words[id];
	u32 i, seen = w->version;
	s32 window = (s32)rp.depth;

	for (i = 0; i < rp.n_agents; i++) {
		const struct agent *a = &rp.agents[i];
		s32 since = rp_window(a, w->object);

		if (a->kind == AGENT_BUFFER || !rp_may_load(a, id))
			continue;
		window = since < window ? since : window;
		if (oldest_seen(a, id) < seen)
			seen = oldest_seen(a, id);
	}
	for (s32 at = w->history; at != NEVER; at = rp.stale[at].older)
		if (rp.stale[at].until <= window || rp.stale[at].version < seen)
			return at;
	return NEVER;
}

/* Notes when the values that can be loaded were overwritten. */
static void note_ends(u32 id)
{
	const struct word *w = &rp.words[id];
	s32 last = oldest_shown(id), i;

	for (i = w->history; i != last; i = rp.stale[i].older) {
		cache.ends = rp_grow(cache.ends, &cache.ends_size,
				     cache.n_ends + 1, sizeof(*cache.ends));
		cache.ends[cache.n_ends++] = (struct end_of_value){
			rp.stale[i].until,
			rp_mix(w->offset, w->version - rp.stale[i].version),
		};
	}
}

/* 0: of what was overwritten later, nobody can load anything. */
static u64 digest_moment(s32 moment)
{
	u64 h = 0;
	u32 i;

	for (i = 0; i < cache.n_ends; i++)
		if (cache.ends[i].until <= moment)
			h += cache.ends[i].digest;
	return h;
}

static bool is_pointer(const struct word *w, u64 value)
{
	return w->size == sizeof(void *) &&
	       rp_object_at((const void *)(uintptr_t)value);
}

/* When the word's values, of those that can be loaded, became visible. */
static u64 digest_pointers(u32 id)
{
	const struct word *w = &rp.words[id];
	s32 last = oldest_shown(id), i = w->history;
	u64 value = rp_peek(w), h = 0;

	for (;;) {
		if (is_pointer(w, value))
			h = rp_mix(h, digest_moment(rp_since(i)));
		if (i == last)
			return h ? rp_mix(h, w->offset) : 0;
		value = rp.stale[i].value;
		i = rp.stale[i].older;
	}
}

/* What the agent knows of single objects. */
static u64 digest_followed(const struct agent *a)
{
	u64 h = 0;
	u32 i;

	for (i = 1; i < a->followed_size && i < rp.n_objects; i++)
		if (a->followed[i] > a->window)
			h += rp_mix(rp.objects[i].offset,
				    digest_moment(a->followed[i]));
	return h;
}

static u64 digest_word(u32 id)
{
	const struct word *w = &rp.words[id];
	u64 h = rp_mix(rp_mix(w->offset + 1, w->size), rp_peek(w));
	u32 i;

	if (rp.memory != REPLAY_ARM)
		return h;
	if (cache.n_ends)
		h = rp_mix(h, digest_pointers(id));
	if (w->history == NEVER)
		return h;
	for (i = 0; i < rp.n_agents; i++) {
		const struct agent *a = &rp.agents[i];

		if (a->kind != AGENT_BUFFER && rp_may_load(a, id))
			h = rp_mix(digest_stale(h, w, oldest_seen(a, id),
						rp_window(a, w->object)), i);
	}
	return h;
}

static u64 digest_agent(const struct agent *a)
{
	u64 h = rp_mix(rp_mix(a->kind + 1, a->number), a->history);
	agents left;
	u32 i;

	h = rp_mix(h, a->over | (u64)a->reading << 1);
	if (cache.n_ends)
		h = rp_mix(h, digest_followed(a));
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
	bool states = rp.mode == REPLAY_STATES;
	u64 h = rp_mix(states ? NOBODY : n->runner, rp.failures);
	u32 i;

	cache.n_ends = 0;
	if (rp.memory == REPLAY_ARM)
		for (i = 0; i < rp.n_touched; i++)
			note_ends(rp.touched[i]);
	if (cache.n_ends)
		h = rp_mix(h, digest_moment(rp.grace_event));
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

	/* Without a bound, all that a state lacks is to be reached again. */
	if (is_known(digest_state(n),
		     rp.mode == REPLAY_STATES ? 0 : n->preemptions)) {
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
