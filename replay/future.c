// SPDX-License-Identifier: GPL-2.0-only
/*
 * ARM: what an agent may still load. Whether a value was overwritten before an
 * acquire or after it is nothing to an agent that never loads that word again.
 * Which words it does is learned: for each place in the source at which it was
 * about to do something, what it loaded from there on in any execution so far.
 * An exploration that learns something starts again, with all that it knows by
 * then. One that learns nothing had no load that it did not reckon with, so
 * that what it took for the same was the same.
 *
 * Knows words, not values: what is loaded in one execution counts in all. So
 * do the pointers that lead from one object to another.
 */
#include "private.h"

/*
 * Who has the spots of @a: a thread its own. The others get their ids in the
 * order in which they are created, and share them.
 */
static struct agent *keeper_of(const struct agent *a)
{
	return a->kind == AGENT_THREAD ? &rp.agents[a->id] : &rp.outside;
}

/* Most often it comes after the last one, @at. */
static u32 spot_of(struct agent *keeper, const struct replay_site *site, u32 at)
{
	u32 i, n = keeper->n_spots;

	for (i = 0; i < n; i++) {
		at = at + 1 < n ? at + 1 : 0;
		if (keeper->spots[at].site == site)
			return at;
	}
	keeper->spots = rp_grow(keeper->spots, &keeper->spots_size, n + 1,
				sizeof(*keeper->spots));
	keeper->spots[n] = (struct spot){ .site = site };
	return keeper->n_spots++;
}

void rp_future_visit(struct agent *a, struct op *op)
{
	struct agent *keeper = keeper_of(a);
	struct spot *s;

	op->access.later = ~0ull;
	if (rp.mode == REPLAY_PLAIN)
		return;
	a->spot = spot_of(keeper, op->site, a->spot);
	s = &keeper->spots[a->spot];
	s->epoch = rp.epoch;
	/* What was overwritten before a grace period, no reader loads. */
	if (op->kind != OP_RCU_START)
		op->access.later = s->loads;
}

void rp_future_load(struct agent *a, u32 word)
{
	u64 bit = WORD_BIT(word);
	u32 i;

	if (rp.mode == REPLAY_PLAIN)
		return;
	/* Who is created knows what its creator knew. */
	for (; a; a = a->creator) {
		struct agent *keeper = keeper_of(a);

		for (i = 0; i < keeper->n_spots; i++) {
			struct spot *s = &keeper->spots[i];

			if (s->epoch != rp.epoch || s->loads & bit)
				continue;
			s->loads |= bit;
			rp.learned = true;
		}
	}
}

bool rp_may_load(const struct agent *a, u32 word)
{
	return a->op && !a->over &&
	       keeper_of(a)->spots[a->spot].loads & WORD_BIT(word);
}

void rp_future_follow(u16 from, u16 to)
{
	u8 a = rp.objects[from].bit, b = rp.objects[to].bit;
	u64 more = 1ull << b | rp.reached[b];
	u32 i;

	if (!from || rp.mode == REPLAY_PLAIN || rp.reached[a] >> b & 1)
		return;
	for (i = 0; i < 64; i++)
		if (i == a || rp.reached[i] >> a & 1)
			rp.reached[i] |= more;
	rp.learned = true;
}
