// SPDX-License-Identifier: GPL-2.0-only
/*
 * Depth-first search over the executions, without states: the events up to the
 * last point with something left to explore are replayed, then another agent
 * is picked there. What is left at a point is decided by the mode: everybody
 * (plain), everybody but those whose turn is covered elsewhere (sleep sets),
 * those that reverse a race (DPOR), or what the bound allows.
 */
#include "private.h"

/* Makes room for the event at this depth and its node. */
static struct node *new_node(void)
{
	u32 size = rp.events_size;

	if (rp.depth == size) {
		rp.events = rp_grow(rp.events, &rp.events_size, size + 1,
				    sizeof(*rp.events));
		rp.events_size = size;
		rp.nodes = rp_grow(rp.nodes, &rp.events_size, size + 1,
				   sizeof(*rp.nodes));
		rp.events_size = size;
		rp.clocks = rp_grow(rp.clocks, &rp.events_size, size + 1,
				    sizeof(*rp.clocks));
	}
	return &rp.nodes[rp.depth];
}

/*
 * Who still sleeps: whoever was explored from the node before, or slept there,
 * and would do the same after the event as before it.
 */
static agents still_asleep(void)
{
	const struct event *ev;
	const struct node *n;
	agents left, sleep = 0;

	if (!rp.depth || (rp.mode != REPLAY_SLEEP && rp.mode != REPLAY_DPOR))
		return 0;
	ev = &rp.events[rp.depth - 1];
	n = &rp.nodes[rp.depth - 1];
	left = (n->sleep | n->done) & ~AGENT_BIT(ev->agent) & rp.alive;
	for (; left; left &= left - 1) {
		u32 id = (u32)__builtin_ctzll(left);
		struct access next = rp_access(&rp.agents[id]);

		if (!rp_conflict(&ev->access, ev->owner, &next,
				 rp.agents[id].owner))
			sleep |= AGENT_BIT(id);
	}
	return sleep;
}

/* Another one goes on though the last one could; store buffers do not count. */
bool rp_preempts(u32 d)
{
	const struct node *n = &rp.nodes[d];
	u8 id = rp.events[d].agent;

	return n->runner != NOBODY && n->runner != id &&
	       rp.agents[id].kind != AGENT_BUFFER &&
	       n->enabled & AGENT_BIT(n->runner);
}

/* Who runs, and how many preemptions it took to get here. */
static void count_preemptions(struct node *n)
{
	u32 d = rp.depth;
	u8 id;

	n->preemptions = 0;
	n->runner = NOBODY;
	if (!d)
		return;
	id = rp.events[d - 1].agent;
	n->preemptions = n[-1].preemptions + rp_preempts(d - 1);
	n->runner = rp.agents[id].kind == AGENT_BUFFER ? n[-1].runner : id;
}

static int end(enum end end)
{
	rp.end = end;
	return -1;
}

/* The running one as long as it can, else the first. */
static int prefer(const struct node *n, agents among)
{
	if (n->runner != NOBODY && among & AGENT_BIT(n->runner))
		return n->runner;
	return __builtin_ctzll(among);
}

static int pick_scripted(struct node *n)
{
	u32 choice;
	int id = rp_schedule_next(&choice);

	if (id == NOBODY)
		id = prefer(n, n->enabled);
	else if (id < 0 || !(n->enabled & AGENT_BIT(id))) {
		/* The control takes other steps; it follows where it can. */
		if (!rp.options.control)
			return end(END_MISMATCH);
		id = prefer(n, n->enabled);
	}
	rp.events[rp.depth].choice = (u16)choice;
	return id;
}

int rp_pick_new(void)
{
	agents enabled = rp_all_enabled(), open;
	struct node *n;
	int id;

	if (!enabled)
		return end(END_STUCK);
	if (rp.depth >= rp.options.max_steps)
		return end(END_STEPS);
	n = new_node();
	count_preemptions(n);
	n->enabled = enabled;
	n->done = 0;
	n->sleep = still_asleep();
	rp.events[rp.depth].choice = 0;
	open = enabled & ~n->sleep;
	if (rp.script)
		id = pick_scripted(n);
	else if (rp.mode >= REPLAY_BOUND)
		id = rp_bound_pick(enabled, n);
	else if (!open)
		id = end(END_COVERED);
	else
		id = prefer(n, open);
	if (id < 0)
		return id;
	rp.events[rp.depth].agent = (u8)id;
	if (rp.mode < REPLAY_BOUND)
		n->todo = rp.mode == REPLAY_DPOR ? AGENT_BIT(id) : open;
	return id;
}

/* @a goes on without being picked: it only makes a choice. */
void rp_node_forced(struct agent *a)
{
	struct node *n;
	u32 choice = 0;

	if (rp.depth < rp.replay)
		return;
	n = new_node();
	count_preemptions(n);
	n->enabled = AGENT_BIT(a->id);
	n->todo = n->enabled;
	n->done = 0;
	n->sleep = still_asleep();
	if (rp.script)
		rp_schedule_next(&choice);
	rp.events[rp.depth].agent = a->id;
	rp.events[rp.depth].choice = (u16)choice;
}

bool rp_backtrack(void)
{
	u32 d;

	for (d = rp.depth; d > 0; d--) {
		struct event *ev = &rp.events[d - 1];
		struct node *n = &rp.nodes[d - 1];
		agents left;

		rp.replay = d;
		rp.fresh = d - 1;
		if (ev->choice + 1 < ev->choices) {
			ev->choice++;
			return true;
		}
		n->done |= AGENT_BIT(ev->agent);
		left = n->todo & ~n->done & ~n->sleep;
		if (left) {
			ev->agent = (u8)__builtin_ctzll(left);
			ev->choice = 0;
			return true;
		}
	}
	return false;
}
