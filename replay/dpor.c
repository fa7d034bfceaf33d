// SPDX-License-Identifier: GPL-2.0-only
/*
 * Dynamic partial order reduction with source sets (Abdulla, Aronis, Jonsson,
 * Sagonas, POPL 2014), extended to operations that wait.
 *
 * For each new event: which earlier ones happened before it, and with which is
 * it in a race, so that the other order must be explored too. One walk back
 * over the events finds both. A dependent event that is not yet known to have
 * happened before is
 *
 *	a race		if ours was possible just before it: the other order
 *			exists;
 *	an enabler	if it was not (the unlock before our lock): the order
 *			is fixed, but what lies further back may still be a
 *			race (the lock before that unlock), so that its clock
 *			is joined only at the end of the walk.
 *
 * A thread that relaxes goes on after any one of several stores. Each of them
 * is therefore dependent with it, also those that come when it could already
 * go on: had they been first, it would have gone on after them alone.
 */
#include <string.h>

#include "private.h"

static void join(struct clock *c, const struct clock *other)
{
	int i;

	/* All of them, and without a branch: compilers make it a few vectors. */
	for (i = 0; i < MAX_AGENTS; i++)
		c->of[i] = c->of[i] > other->of[i] ? c->of[i] : other->of[i];
}

/* Agents with events that @c does not stand for. */
static agents unknown(const struct clock *c)
{
	agents set = 0;
	u32 i;

	for (i = 0; i < rp.n_agents; i++)
		if ((u32)c->of[i] < rp.agents[i].n_events)
			set |= AGENT_BIT(i);
	return set;
}

/* Did the event at @depth happen before all that @c stands for? */
static bool knows(const struct clock *c, u32 depth)
{
	const struct event *ev = &rp.events[depth];

	return (u32)c->of[ev->agent] >= ev->index;
}

static bool happened_before(u32 first, u32 second)
{
	return knows(&rp.clocks[second], first);
}

enum relation { INDEPENDENT, ENABLER, RACE };

/* An operation, executed or not, whose past is looked for. */
struct present {
	const struct agent *a;
	const struct op *op; /* NULL: of a store buffer */
	const struct access *access;
	u32 depth;   /* where it stands, or would */
	u32 after;   /* own stores with a lower sequence had to be visible */
	s32 enabler; /* what let a relaxing thread go on; NEVER: nothing */
	u64 value;   /* of its word, at the place that is looked at */
	struct clock *clock;
};

/* Did the operation have to wait for this event of its own store buffer? */
static bool waits_for_store(const struct present *p, const struct event *ev)
{
	bool same_word = ev->access.word == p->access->word && ev->access.word;

	if (!p->op)
		return ev->sequence < p->after;
	switch (p->op->drain) {
	case DRAIN_ALL:
		return true;
	case DRAIN_OBJECT:
		return ev->access.object == p->access->object;
	case DRAIN_WORD:
		return same_word || ev->sequence < p->after;
	default:
		/* A load may come before the store, but not before a change. */
		return same_word && ev->kind != OP_STORE;
	}
}

/* Does the operation need this event, whatever else happens? */
static bool needs(const struct present *p, const struct event *ev)
{
	const struct agent *a = p->a;

	if (ev->flush && ev->owner == a->owner)
		return waits_for_store(p, ev);
	return p->op && p->op->kind == OP_RCU_END && ev->kind == OP_RCU_EXIT &&
	       a->grace & AGENT_BIT(ev->owner) &&
	       a->grace_section[ev->owner] == ev->version;
}

/* Does the event change, or free, a word that the relaxing thread had read? */
static bool lets_relax(const struct agent *a, const struct event *ev)
{
	u32 i;

	if (!(ev->access.flags & (ACCESS_WRITE | ACCESS_FREE)) ||
	    ev->owner == a->id ||
	    (ev->kind == OP_RMW && ev->before == ev->result))
		return false;
	for (i = 0; i < a->n_relaxed; i++) {
		u32 word = a->sightings[i].word;

		if (ev->access.flags & ACCESS_FREE ?
		    rp.words[word].object == ev->access.object :
		    word == ev->access.word &&
		    a->sightings[i].version < ev->version)
			return true;
	}
	return false;
}

/* What let the relaxing thread go on is the first such event. */
static s32 find_enabler(const struct agent *a)
{
	s32 d, first = NEVER;

	for (d = (s32)rp.depth - 1; d >= 0; d--)
		if (lets_relax(a, &rp.events[d]))
			first = d;
	return first;
}

/*
 * Could @p be done without the event at @d and all that happened after it?
 * Only what happened beside it can have made it possible.
 */
static bool possible_without(const struct present *p, u32 d)
{
	bool waits = p->op && (p->op->need_clear | p->op->need_set);
	bool relaxes = p->enabler < (s32)d;
	u64 value = p->value;
	u32 j;

	for (j = d + 1; j < p->depth; j++) {
		const struct event *ev = &rp.events[j];
		bool beside = !happened_before(d, j);

		if (!beside && needs(p, ev))
			return false;
		if (!beside)
			continue;
		if (waits && ev->access.word == p->access->word &&
		    ev->access.flags & ACCESS_WRITE)
			value = ev->result;
		waits &= !(ev->access.flags & ACCESS_FREE &&
			   ev->access.object == p->access->object);
		relaxes |= !relaxes && lets_relax(p->a, ev);
	}
	return relaxes && (!waits || rp_guard(p->op, value));
}

/* May @p not change places with this store of its own thread? */
static bool conflicts_with_own(const struct present *p,
			       const struct access *store)
{
	if (p->op && store->word && store->word == p->access->word)
		return true;
	return rp_aims_at(store, p->access) || rp_aims_at(p->access, store);
}

/* How the event at depth @d, by another agent, is to @p. */
static enum relation relation(const struct present *p, u32 d)
{
	const struct event *ev = &rp.events[d];

	if (needs(p, ev))
		return ENABLER;
	if (!(ev->flush && ev->owner == p->a->owner ?
	      conflicts_with_own(p, &ev->access) :
	      rp_conflict(&ev->access, ev->owner, p->access, p->a->owner)))
		return INDEPENDENT;
	return possible_without(p, d) ? RACE : ENABLER;
}

/*
 * Agents that may come first when what did not happen after the event @race is
 * moved before it, with @p at the end.
 */
static agents initials(const struct present *p, u32 race)
{
	u32 first[MAX_AGENTS], j;
	agents in = 0, seen = 0, left;

	for (j = race + 1; j <= p->depth; j++) {
		const struct clock *c =
			j < p->depth ? &rp.clocks[j] : p->clock;
		u32 id = j < p->depth ? rp.events[j].agent : p->a->id;

		if (j < p->depth && happened_before(race, j))
			continue;
		if (seen & AGENT_BIT(id))
			continue;
		for (left = seen; left; left &= left - 1) {
			u32 other = (u32)__builtin_ctzll(left);

			if ((u32)c->of[other] >= first[other])
				break;
		}
		if (!left)
			in |= AGENT_BIT(id);
		seen |= AGENT_BIT(id);
		first[id] = j < p->depth ? rp.events[j].index : ~0u;
	}
	return in;
}

/* Has the other order of @race and @p explored. */
static void reverse(const struct present *p, u32 race)
{
	struct node *n = &rp.nodes[race];
	agents in = initials(p, race);

	if (in & (n->todo | n->sleep))
		return;
	in &= n->enabled;
	if (in & AGENT_BIT(p->a->id))
		n->todo |= AGENT_BIT(p->a->id);
	else if (in)
		n->todo |= in & -in;
	else
		/* Only what waits could come first: try everybody. */
		n->todo |= n->enabled;
}

/* The clock of @p, and the races that it is in. */
static void look_back(struct present *p)
{
	struct clock late = { { 0 } };
	agents open = unknown(p->clock);
	u32 n_races = 0, i;
	s32 d;

	for (d = (s32)p->depth - 1; d >= 0 && open; d--) {
		const struct event *ev = &rp.events[d];
		enum relation r;

		if (ev->access.word == p->access->word &&
		    ev->access.flags & ACCESS_WRITE)
			p->value = ev->before;
		if (!(open & AGENT_BIT(ev->agent)) || knows(p->clock, (u32)d))
			continue;
		r = relation(p, (u32)d);
		if (r == ENABLER)
			join(&late, &rp.clocks[d]);
		if (r != RACE)
			continue;
		join(p->clock, &rp.clocks[d]);
		open = unknown(p->clock);
		rp.races = rp_grow(rp.races, &rp.races_size, n_races + 1,
				   sizeof(*rp.races));
		rp.races[n_races++] = (u32)d;
	}
	join(p->clock, &late);
	for (i = 0; i < n_races; i++)
		reverse(p, rp.races[i]);
}

/* What the agent's own past and its creation make known. */
static void start_clock(struct clock *c, const struct agent *a)
{
	memset(c, 0, sizeof(*c));
	if (a->last_event != NEVER)
		join(c, &rp.clocks[a->last_event]);
	/* For a store buffer, this is where the store was issued. */
	if (a->born != NEVER &&
	    (a->last_event == NEVER || a->kind == AGENT_BUFFER))
		join(c, &rp.clocks[a->born]);
}

void rp_dpor_event(const struct agent *a)
{
	const struct event *ev = &rp.events[rp.depth];
	struct present p = {
		.a = a,
		.op = ev->flush || ev->kind == OP_CHOOSE ? NULL : a->op,
		.access = &ev->access,
		.depth = rp.depth,
		.after = ev->after,
		.enabler = NEVER,
		.value = ev->before,
		.clock = &rp.clocks[rp.depth],
	};

	start_clock(p.clock, a);
	p.clock->of[a->id] = (s16)ev->index;
	if (ev->kind == OP_RELAX)
		p.enabler = find_enabler(a);
	look_back(&p);
}

/*
 * The execution ended, and some still wait, for a lock perhaps: had they been
 * first, it would have gone on in another way.
 */
void rp_dpor_end(void)
{
	agents left;

	for (left = rp.alive; left; left &= left - 1) {
		const struct agent *a = &rp.agents[__builtin_ctzll(left)];
		struct clock clock;
		struct present p = {
			.a = a, .op = a->op, .depth = rp.depth,
			.after = a->barrier, .enabler = NEVER, .clock = &clock,
		};

		if (a->kind == AGENT_BUFFER || !a->op ||
		    a->op->kind == OP_RELAX || rp_enabled(a))
			continue;
		p.access = &a->op->access;
		if (p.access->word)
			p.value = rp_peek(&rp.words[p.access->word]);
		start_clock(&clock, a);
		clock.of[a->id]++;
		look_back(&p);
	}
}
