// SPDX-License-Identifier: GPL-2.0-only
/*
 * replay_explore(): one exploration, its limits and its counts.
 */
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "private.h"

#define DEFAULT_STEPS 10000u
#define MOST_STEPS 30000u /* clocks are 16 bits */
#define DEFAULT_BYTES (1ull << 30)

/* Which opaque conditions an execution asked, and which were true. */
struct valuation {
	u32 asked, truth;
};

struct counting {
	struct replay_result *ret;
	struct valuation *failing;
	u32 n_failing, failing_size;
	double start;
	bool cut; /* a limit was hit */
};

const char *replay_memory_name(enum replay_memory memory)
{
	static const char *const names[] = { "sc", "tso", "pso", "arm" };

	return names[memory];
}

const char *replay_mode_name(enum replay_mode mode)
{
	static const char *const names[] = { "plain", "sleep", "dpor",
					     "bound", "states" };

	return names[mode];
}

const char *replay_failure_name(enum replay_failure failure)
{
	static const char *const names[] = {
		[REPLAY_OK] = "ok",
		[REPLAY_USE_AFTER_FREE] = "use after free",
		[REPLAY_DOUBLE_FREE] = "double free",
		[REPLAY_BAD_ACCESS] = "bad access",
		[REPLAY_BAD_FREE] = "bad free",
		[REPLAY_UNDERFLOW] = "reference underflow",
		[REPLAY_MISMATCH] = "mismatch at rest",
		[REPLAY_ASSERTION] = "assertion",
		[REPLAY_DEADLOCK] = "deadlock",
		[REPLAY_LOST_WAKE_UP] = "lost wake-up",
		[REPLAY_LIVELOCK] = "livelock",
		[REPLAY_BAD_UNLOCK] = "bad unlock",
		[REPLAY_LEAK] = "leak",
	};

	return names[failure];
}

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void note_valuation(struct counting *c)
{
	struct valuation v = { rp.opaque_asked, rp.opaque_true };
	u32 i;

	for (i = 0; i < c->n_failing; i++)
		if (c->failing[i].asked == v.asked &&
		    c->failing[i].truth == v.truth)
			return;
	c->failing = rp_grow(c->failing, &c->failing_size, c->n_failing + 1,
			     sizeof(*c->failing));
	c->failing[c->n_failing++] = v;
}

/* Of all values of the opaque conditions, for how many something failed. */
static void count_valuations(struct counting *c)
{
	u32 v, i;

	c->ret->valuations = 1ull << rp.n_opaque;
	c->ret->failing_valuations = 0;
	for (v = 0; v < c->ret->valuations; v++) {
		for (i = 0; i < c->n_failing; i++)
			if ((v & c->failing[i].asked) == c->failing[i].truth)
				break;
		c->ret->failing_valuations += i < c->n_failing;
	}
}

static void note_failure(struct counting *c)
{
	struct replay_result *ret = c->ret;

	note_valuation(c);
	ret->kinds |= rp.failures;
	ret->first_kinds |= 1u << rp.failure;
	if (ret->failures++)
		return;
	ret->failure = rp.failure;
	ret->message = rp.message;
	rp.message = NULL;
	ret->schedule = rp_schedule_text(rp.fault_depth);
	ret->used_opaque = rp.opaque_asked;
	if (rp.fault_depth)
		ret->preemptions = rp.nodes[rp.fault_depth - 1].preemptions +
				   rp_preempts(rp.fault_depth - 1);
}

static void call_outcome(void)
{
	const struct replay_options *o = &rp.options;
	/* Failures have no state at rest. */
	u64 outcome = rp.failures ? rp_mix(rp.failures, 1)
				  : rp_mix(rp.outcome, 2);

	if (o->outcome)
		o->outcome(o->outcome_data, outcome);
}

/* The clock is not read each time. */
static bool is_over_limit(const struct counting *c)
{
	const struct replay_options *o = &rp.options;
	u64 runs = c->ret->executions + c->ret->blocked + c->ret->dropped;

	if (o->max_executions && c->ret->executions >= o->max_executions)
		return true;
	if (o->max_runs && runs >= o->max_runs)
		return true;
	return o->seconds > 0 && !(runs & 0x3f) &&
	       now() - c->start > o->seconds;
}

/* Counts the execution that ended; true if another one may follow. */
static bool count(struct counting *c)
{
	struct replay_result *ret = c->ret;

	ret->total_steps += rp.depth;
	switch (rp.end) {
	case END_WHOLE:
	case END_FAILED:
		ret->executions++;
		call_outcome();
		if (rp.failure)
			note_failure(c);
		break;
	case END_STEPS:
		ret->dropped++;
		if (rp.failure)
			note_failure(c);
		break;
	case END_MISMATCH:
		rp.unsupported = rp_format("the schedule cannot be followed "
					   "after %u steps", rp.depth);
		return false;
	case END_UNSUPPORTED:
		return false;
	default:
		ret->blocked++;
	}
	if (ret->failures && !rp.options.all)
		return false;
	c->cut = is_over_limit(c);
	return !c->cut;
}

/* Everything there is, or up to the first failure. */
static bool explore(struct counting *c)
{
	rp.replay = 0;
	rp.fresh = 0;
	do {
		rp_run();
		if (rp.learned || !count(c))
			return false;
	} while (rp_backtrack());
	return true;
}

static bool explore_bounded(struct counting *c)
{
	u32 bound;

	for (bound = 0;; bound++) {
		rp_bound_start(bound);
		if (!explore(c))
			return false;
		c->ret->states = rp_bound_states();
		if (rp_bound_full())
			return false;
		if (!rp_bound_hit())
			return true;
	}
}

/* Each state once. */
static bool explore_states(struct counting *c)
{
	bool whole;

	rp_bound_start(~0u);
	whole = explore(c);
	c->ret->states = rp_bound_states();
	return whole && !rp_bound_full();
}

/* Again and again, until nothing was loaded that was not reckoned with. */
static bool explore_by_mode(struct counting *c)
{
	bool whole;

	do {
		rp.learned = false;
		free(c->ret->message);
		free(c->ret->schedule);
		*c->ret = (struct replay_result){ .failure = REPLAY_OK };
		c->n_failing = 0;
		if (rp.mode == REPLAY_BOUND)
			whole = explore_bounded(c);
		else if (rp.mode == REPLAY_STATES)
			whole = explore_states(c);
		else
			whole = explore(c);
	} while (rp.learned && !rp.unsupported);
	return whole;
}

/* Runs the failing schedule once more, and keeps the steps. */
static void trace(struct replay_result *ret)
{
	rp.options.all = false;
	rp.script = ret->schedule;
	rp.script_done = 0;
	rp.replay = 0;
	rp.fresh = 0;
	rp.mode = REPLAY_PLAIN;
	rp.tracing = true;
	rp_run();
	if (rp.failure != ret->failure && !ret->unsupported)
		ret->unsupported = rp_format("the failing order does not fail "
					     "when it is run again");
	ret->steps = rp.steps;
	ret->n_steps = rp.n_steps;
	rp.steps = NULL;
	rp.n_steps = 0;
}

static void start(const struct replay_program *program,
		  const struct replay_options *options)
{
	struct replay_options *o = &rp.options;

	rp.program = program;
	*o = *options;
	rp.memory = o->memory;
	rp.mode = o->schedule ? REPLAY_PLAIN : o->mode;
	rp.script = o->schedule;
	if (!o->max_steps)
		o->max_steps = DEFAULT_STEPS;
	if (o->max_steps > MOST_STEPS)
		o->max_steps = MOST_STEPS;
	if (!o->max_bytes)
		o->max_bytes = DEFAULT_BYTES;
}

int replay_explore(const struct replay_program *program,
		   const struct replay_options *options,
		   struct replay_result *ret)
{
	struct counting c = { .ret = ret, .start = now() };
	bool whole = false;

	memset(ret, 0, sizeof(*ret));
	if (!program->n_threads || program->n_threads > REPLAY_MAX_THREADS) {
		ret->unsupported = rp_format("%u threads",
					     program->n_threads);
		return -1;
	}
	if (rp_sched_init()) {
		ret->unsupported = rp_format("no memory for the arena");
		rp_sched_destroy();
		return -1;
	}
	start(program, options);
	if (options->schedule) {
		rp_run();
		count(&c);
	} else {
		whole = explore_by_mode(&c);
	}
	ret->whole_space = whole && !ret->dropped && !c.cut;
	count_valuations(&c);
	free(c.failing);
	ret->unsupported = rp.unsupported;
	rp.unsupported = NULL;
	if (ret->failure && !ret->unsupported)
		trace(ret);
	rp_bound_destroy();
	rp_sched_destroy();
	return ret->unsupported ? -1 : 0;
}

void replay_result_clear(struct replay_result *result)
{
	rp_steps_free(result->steps, result->n_steps);
	free(result->message);
	free(result->schedule);
	free(result->unsupported);
	memset(result, 0, sizeof(*result));
}
