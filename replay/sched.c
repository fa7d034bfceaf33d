// SPDX-License-Identifier: GPL-2.0-only
/*
 * Runs one execution: agents, their fibers, and the hand-over from one to the
 * next. The scheduler has no stack of its own; whoever announces an operation
 * asks who is next, and a step that does not change agents switches nothing.
 * Who that is comes from the recorded events, or from explore.c.
 */
#include <stdlib.h>
#include <string.h>

#include "private.h"

struct machine rp;

int rp_sched_init(void)
{
	rp.outside.id = NOBODY;
	rp.outside.owner = NOBODY;
	return rp_memory_init();
}

void rp_sched_destroy(void)
{
	u32 i;

	for (i = 0; i < MAX_FIBERS; i++)
		rp_fiber_destroy(&rp.fibers[i]);
	for (i = 0; i < MAX_AGENTS; i++) {
		free(rp.agents[i].buffer);
		free(rp.agents[i].seen);
		free(rp.agents[i].followed);
		free(rp.agents[i].spots);
	}
	free(rp.outside.spots);
	rp_memory_destroy();
	free(rp.events);
	free(rp.nodes);
	free(rp.clocks);
	free(rp.races);
	rp_steps_free(rp.steps, rp.n_steps);
	free(rp.message);
	memset(&rp, 0, sizeof(rp));
}

/*
 * Failures
 */

static char *fault_text(enum replay_failure failure,
			const struct replay_site *site, const char *text)
{
	const char *name = replay_failure_name(failure);
	const char *colon = text ? ": " : "";

	text = text ? text : "";
	if (!site)
		return rp_format("%s%s%s", name, colon, text);
	return rp_format("%s at %s:%d: %s%s%s", name, site->file, site->line,
			 site->text, colon, text);
}

void rp_fault(enum replay_failure failure, const struct replay_site *site,
	      char *text)
{
	rp.faulted = true;
	rp.failures |= 1u << failure;
	if (!rp.failure) {
		rp.failure = failure;
		rp.fault_depth = rp.depth + rp.in_event;
		rp.message = fault_text(failure, site, text);
	}
	free(text);
}

__attribute__((noreturn)) static void leave(enum end end)
{
	rp.end = end;
	if (rp.solo || !rp.running)
		longjmp(rp.solo_exit, 1);
	rp_fiber_switch(rp.running->fiber, &rp.home);
	abort();
}

/* The others go on: what they do may be a race with this. */
__attribute__((noreturn)) static void give_up(struct agent *me)
{
	me->over = true;
	rp.alive &= ~AGENT_BIT(me->id);
	rp.faulted = false;
	rp_yield(me);
	abort();
}

void rp_die(void)
{
	struct agent *me = rp.running;

	if (!rp.solo && rp.options.all)
		give_up(me);
	leave(END_FAILED);
}

void replay_drop(const char *why)
{
	(void)why;
	rp.dropped = true;
	if (!rp.solo)
		give_up(rp.running);
	leave(END_STEPS);
	abort();
}

void rp_unsupported(char *text)
{
	free(rp.unsupported);
	rp.unsupported = text;
	leave(END_UNSUPPORTED);
}

/*
 * Agents
 */

struct agent *rp_agent_new(enum agent_kind kind, const struct agent *parent)
{
	struct agent *a = &rp.agents[rp.n_agents];

	if (rp.n_agents == MAX_AGENTS)
		rp_unsupported(rp_format("more than %d agents", MAX_AGENTS));
	memset(a, 0, offsetof(struct agent, grace_section));
	if (rp.memory == REPLAY_ARM && a->seen)
		memset(a->seen, 0, a->seen_size * sizeof(*a->seen));
	if (rp.memory == REPLAY_ARM && a->followed)
		memset(a->followed, 0xff, /* NEVER */
		       a->followed_size * sizeof(*a->followed));
	a->id = (u8)rp.n_agents++;
	a->kind = kind;
	a->owner = kind == AGENT_BUFFER ? parent->id : a->id;
	a->number = rp.numbers[kind]++;
	a->born = NEVER;
	if (parent)
		a->born = parent->last_event == NEVER ? parent->born
						      : parent->last_event;
	a->last_event = NEVER;
	/* It knows what its creator knew. */
	a->window = parent && !rp.solo ? (s32)rp.depth - 1 : NEVER;
	rp.alive |= AGENT_BIT(a->id);
	return a;
}

static void agent_main(void *arg)
{
	struct agent *a = arg;

	if (a->op)
		rp_perform(a, a->op);
	a->run(a->arg);
	a->over = true;
	rp.alive &= ~AGENT_BIT(a->id);
	rp_yield(a);
	abort();
}

static void give_fiber(struct agent *a, void (*run)(void *arg), void *arg)
{
	u32 n = rp.n_fibers;

	if (n == MAX_FIBERS)
		rp_unsupported(rp_format("more than %d threads, callbacks and "
					 "deferred functions", MAX_FIBERS));
	a->fiber = &rp.fibers[n];
	if (!a->fiber->stack && rp_fiber_init(a->fiber))
		rp_unsupported(rp_format("no memory for stacks"));
	rp.n_fibers++;
	a->run = run;
	a->arg = arg;
	rp_memory_slice(a, n);
	rp_fiber_prepare(a->fiber, agent_main, a);
}

struct agent *rp_spawn(enum agent_kind kind, const struct op *first,
		       void (*run)(void *arg), void *arg)
{
	struct agent *creator = rp.solo ? NULL : rp.running;
	struct agent *a = rp_agent_new(kind, creator);

	a->creator = creator;
	a->first = *first;
	if (rp.memory != REPLAY_SC)
		rp_order(&a->first);
	rp_announce(a, &a->first);
	give_fiber(a, run, arg);
	return a;
}

/* Has it nothing more to do, should nobody give it more? */
static bool at_rest(const struct agent *a)
{
	if (a->kind == AGENT_BUFFER)
		return !rp_buffer_next(a);
	return a->kind == AGENT_DEFERRED && a->idle_ok;
}

agents rp_all_enabled(void)
{
	agents enabled = 0, left;

	for (left = rp.alive; left; left &= left - 1) {
		u32 id = (u32)__builtin_ctzll(left);

		if (rp_enabled(&rp.agents[id]))
			enabled |= AGENT_BIT(id);
	}
	return enabled;
}

/*
 * Events
 */

struct event *rp_event_begin(struct agent *a, enum op_kind kind)
{
	struct event *ev = &rp.events[rp.depth];

	a->n_events++;
	rp.in_event = true;
	if (rp.depth < rp.fresh)
		return ev;
	ev->owner = a->owner;
	ev->kind = (u8)kind;
	ev->flush = false;
	ev->choices = 1;
	ev->index = a->n_events;
	ev->sequence = 0;
	ev->after = a->barrier;
	ev->version = 0;
	return ev;
}

void rp_event_end(struct agent *a, struct event *ev)
{
	if (ev->choice >= ev->choices)
		rp_unsupported(rp_format("the program is not deterministic"));
	if (rp.mode == REPLAY_DPOR && rp.depth >= rp.fresh)
		rp_dpor_event(a);
	a->last_event = (s32)rp.depth;
	rp.depth++;
	rp.in_event = false;
	if (!rp.faulted)
		return;
	if (a->kind != AGENT_BUFFER)
		rp_die();
	rp.faulted = false;
	if (!rp.options.all)
		rp.end = END_FAILED;
}

/* Who is next; store buffers are served on the way. NULL: the end. */
static struct agent *pick(void)
{
	while (!rp.end) {
		int id = rp.depth < rp.replay ? rp.events[rp.depth].agent
					      : rp_pick_new();
		struct agent *a;

		if (id < 0)
			return NULL;
		a = &rp.agents[id];
		if (a->kind != AGENT_BUFFER)
			return a;
		rp_buffer_flush(a);
	}
	return NULL;
}

void rp_yield(struct agent *me)
{
	struct agent *next = rp.starting ? NULL : pick();

	if (next == me)
		return;
	rp.running = next ? next : me;
	rp_fiber_switch(me->fiber, next ? next->fiber : &rp.home);
}

/*
 * An execution from its beginning to its end
 */

static void solo(void (*run)(void))
{
	rp.solo = true;
	rp.running = &rp.outside;
	if (!setjmp(rp.solo_exit))
		run();
	rp.solo = false;
	rp.running = NULL;
}

static void reset(void)
{
	rp.depth = 0;
	rp.n_agents = 0;
	rp.n_fibers = 0;
	rp.alive = 0;
	memset(rp.numbers, 0, sizeof(rp.numbers));
	rp.end = END_NONE;
	rp.failures = 0;
	rp.failure = REPLAY_OK;
	rp.faulted = false;
	rp.dropped = false;
	free(rp.message);
	rp.message = NULL;
	rp.outcome = 0;
	rp.opaque_asked = 0;
	rp.opaque_true = 0;
	rp.in_event = false;
	rp.outside.reading = false;
	rp.outside.depth = 0;
	rp_memory_reset();
}

/* Threads are the first agents: their ids are their places in the program. */
static void create_threads(void)
{
	u32 i;

	for (i = 0; i < rp.program->n_threads; i++) {
		const struct replay_thread *t = &rp.program->threads[i];
		struct agent *a = rp_agent_new(AGENT_THREAD, NULL);

		a->name = t->name;
		give_fiber(a, t->run, t->arg);
	}
	if (rp.program->setup)
		rp.program->setup();
}

/* Every thread runs up to its first operation. */
static void start_threads(void)
{
	u32 i;

	rp.starting = true;
	for (i = 0; i < rp.program->n_threads && !rp.end; i++) {
		rp.running = &rp.agents[i];
		rp_fiber_switch(&rp.home, rp.running->fiber);
	}
	rp.starting = false;
}

/* Nobody is enabled, and @a is one of those that wait. */
static bool is_stuck(const struct agent *a)
{
	return a->kind != AGENT_BUFFER && !at_rest(a);
}

static enum replay_failure why_stuck(void)
{
	bool relaxing = false, locked = false;
	agents left;

	for (left = rp.alive; left; left &= left - 1) {
		const struct agent *a = &rp.agents[__builtin_ctzll(left)];

		if (!is_stuck(a))
			continue;
		relaxing |= a->op->kind == OP_RELAX;
		locked |= a->op->kind == OP_RMW || a->op->kind == OP_RCU_END;
	}
	if (locked)
		return REPLAY_DEADLOCK;
	return relaxing ? REPLAY_LIVELOCK : REPLAY_LOST_WAKE_UP;
}

/* Who waits for what, all of them. */
static char *stuck_text(void)
{
	char *text = NULL;
	agents left;

	for (left = rp.alive; left; left &= left - 1) {
		const struct agent *a = &rp.agents[__builtin_ctzll(left)];
		const struct replay_site *site = a->op ? a->op->site : NULL;
		char *longer;

		if (!is_stuck(a) || !site)
			continue;
		longer = rp_format("%s%sCPU %u waits at %s:%d: %s",
				   text ? text : "", text ? ", " : "", a->id,
				   site->file, site->line, site->text);
		free(text);
		text = longer;
	}
	return text;
}

static void rest(void)
{
	if (rp.program->at_rest)
		rp.program->at_rest();
	if (rp.program->check_leaks)
		rp_check_leaks();
}

/* Nobody is enabled: all are done, or somebody waits for ever. */
static void judge_end(void)
{
	agents left;

	if (rp.end != END_STUCK)
		return;
	rp.end = END_WHOLE;
	for (left = rp.alive; left; left &= left - 1)
		if (!at_rest(&rp.agents[__builtin_ctzll(left)]))
			rp.end = END_STUCK;
	if (rp.dropped)
		rp.end = END_STEPS;
	else if (rp.failure)
		rp.end = END_FAILED;
	else if (rp.end == END_STUCK)
		rp_fault(why_stuck(), NULL, stuck_text());
	else
		solo(rest);
	if (rp.failure && !rp.dropped)
		rp.end = END_FAILED;
}

static struct agent *pick_first(void)
{
	rp.running = NULL;
	return rp.end || setjmp(rp.solo_exit) ? NULL : pick();
}

void rp_run(void)
{
	struct agent *next;
	u32 i;

	reset();
	solo(create_threads);
	if (!rp.end)
		start_threads();
	next = pick_first();
	if (next) {
		rp.running = next;
		rp_fiber_switch(&rp.home, next->fiber);
	}
	if (rp.mode == REPLAY_DPOR && rp.end != END_UNSUPPORTED &&
	    rp.end != END_FAILED)
		rp_dpor_end();
	judge_end();
	for (i = 0; i < rp.n_fibers; i++)
		rp_fiber_abandon(&rp.fibers[i], &rp.home);
}
