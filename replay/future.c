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
 * Knows words, not values: what is loaded in one execution counts in all.
 */
#include "private.h"

/* The place of @op in the source; most often it comes after the last one. */
static u32 spot_of(struct agent *a, const struct replay_site *site)
{
	u32 i, n = a->n_spots, at = a->spot;

	for (i = 0; i < n; i++) {
		at = at + 1 < n ? at + 1 : 0;
		if (a->spots[at].site == site)
			return at;
	}
	a->spots = rp_grow(a->spots, &a->spots_size, n + 1, sizeof(*a->spots));
	a->spots[n] = (struct spot){ .site = site };
	return a->n_spots++;
}

void rp_future_visit(struct agent *a, struct op *op)
{
	op->access.later = ~0ull;
	if (rp.mode == REPLAY_PLAIN)
		return;
	a->spot = spot_of(a, op->site);
	a->spots[a->spot].epoch = rp.epoch;
	/* What was overwritten before a grace period, no reader loads. */
	if (op->kind != OP_RCU_START)
		op->access.later = a->spots[a->spot].loads;
}

void rp_future_load(struct agent *a, u32 word)
{
	u64 bit = WORD_BIT(word);
	u32 i;

	if (rp.mode == REPLAY_PLAIN)
		return;
	/* Who is created knows what its creator knew. */
	for (; a; a = a->creator) {
		for (i = 0; i < a->n_spots; i++) {
			struct spot *s = &a->spots[i];

			if (s->epoch != rp.epoch || s->loads & bit)
				continue;
			s->loads |= bit;
			rp.learned = true;
		}
	}
}

bool rp_may_load(const struct agent *a, u32 word)
{
	return a->op && !a->over && a->spots[a->spot].loads & WORD_BIT(word);
}
