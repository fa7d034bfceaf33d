// SPDX-License-Identifier: GPL-2.0-only
/*
 * Explorations of an event list by the replay runtime: their limits, and what
 * they found in the words of the step machine.
 */
#include "events/weak.h"

#include <string.h>

#include <replay.h>

#include "events/interpret.h"

#define DEFAULT_RUNS 10000
#define MAX_STEPS 2000

const char *memory_name(enum memory m)
{
	return replay_memory_name((enum replay_memory)m);
}

enum memory memory_find(const char *name)
{
	enum memory m;

	for (m = MEMORY_SC; m < N_MEMORIES; m++)
		if (!strcmp(memory_name(m), name))
			break;
	return m;
}

static enum failure failure_of(enum replay_failure failure)
{
	static const enum failure failures[] = {
		[REPLAY_OK] = FAILURE_NONE,
		[REPLAY_USE_AFTER_FREE] = FAILURE_USE_AFTER_FREE,
		[REPLAY_DOUBLE_FREE] = FAILURE_DOUBLE_FREE,
		[REPLAY_BAD_ACCESS] = FAILURE_NULL,
		[REPLAY_BAD_FREE] = FAILURE_NULL,
		[REPLAY_UNDERFLOW] = FAILURE_UNDERFLOW,
		[REPLAY_MISMATCH] = FAILURE_INVARIANT,
		[REPLAY_ASSERTION] = FAILURE_ASSERT,
		[REPLAY_DEADLOCK] = FAILURE_DEADLOCK,
		[REPLAY_LOST_WAKE_UP] = FAILURE_LOST_WAKEUP,
		[REPLAY_LIVELOCK] = FAILURE_LIVELOCK,
		[REPLAY_BAD_UNLOCK] = FAILURE_BAD_UNLOCK,
		[REPLAY_LEAK] = FAILURE_INVARIANT,
	};

	return failures[failure];
}

static unsigned int failures_of(u32 kinds)
{
	unsigned int sum = 0, i;

	for (i = REPLAY_OK + 1; i < REPLAY_N_FAILURES; i++)
		if (kinds >> i & 1)
			sum |= 1u << failure_of((enum replay_failure)i);
	return sum;
}

static const char *keep(struct arena *a, const char *text)
{
	return text ? arena_copy(a, text, strlen(text) + 1) : "";
}

/*
 * The list's thread of a step. The runtime numbers the threads that are no
 * agents; a work is known by its name, and what is left is an RCU callback.
 */
static int thread_of(const struct program *p, const struct replay_step *s)
{
	int i, cpu = 0, agent = 0;

	for (i = 0; i < p->n_threads; i++) {
		if (!p->threads[i].agent && cpu++ == s->column)
			return i;
		if (!p->threads[i].agent)
			continue;
		agent = i;
		if (!strcmp(p->threads[i].name, s->agent))
			return i;
	}
	return agent;
}

/* The failing run of @r, which is about to go. */
static void keep_story(struct weak_result *ret, const struct program *p,
		       const struct replay_result *r, struct arena *a)
{
	u32 i;

	ret->n_steps = 0;
	ret->failure = failure_of(r->failure);
	ret->used_assumed = r->used_opaque;
	ret->schedule = keep(a, r->schedule);
	ret->steps = arena_new_array(a, struct weak_step, r->n_steps);
	for (i = 0; i < r->n_steps; i++) {
		const struct replay_step *s = &r->steps[i];
		struct weak_step *to = &ret->steps[ret->n_steps];

		if (!strcmp(s->file, INTERPRETER_FILE))
			continue;
		ret->n_steps++;
		to->thread = thread_of(p, s);
		to->file = s->file;
		to->line = s->line;
		to->text = s->text;
		to->effect = keep(a, s->effect);
		to->becomes_visible = s->buffer;
	}
}

/* A failure with fewer preemptions, if one is found within the limit. */
static void find_story(const struct interpreter *in, const struct program *p,
		       const struct replay_options *found,
		       struct weak_result *ret, struct arena *a)
{
	struct replay_options o = *found;
	struct replay_result r;

	o.mode = REPLAY_BOUND;
	o.max_bytes = 64u << 20;
	replay_explore(interpreter_program(in), &o, &r);
	if (r.failure && !r.unsupported)
		keep_story(ret, p, &r, a);
	replay_result_clear(&r);
}

void weak_run(const struct program *p, enum memory memory,
	      const struct weak_limits *limits, struct arena *a,
	      struct weak_result *ret)
{
	const struct interpreter *in = interpreter_new(p, a);
	const struct replay_options o = {
		.memory = (enum replay_memory)memory,
		.mode = REPLAY_DPOR,
		.all = limits->all,
		.max_runs = limits->max_runs ? limits->max_runs : DEFAULT_RUNS,
		.max_steps = MAX_STEPS,
	};
	struct replay_result r;

	memset(ret, 0, sizeof(*ret));
	replay_explore(interpreter_program(in), &o, &r);
	ret->failures = failures_of(r.kinds);
	ret->first = failures_of(r.first_kinds);
	ret->runs = r.executions + r.blocked + r.dropped;
	ret->executions = r.executions;
	ret->complete = r.whole_space && !r.unsupported;
	if (r.failure) {
		keep_story(ret, p, &r, a);
		if (!limits->all)
			find_story(in, p, &o, ret, a);
	}
	replay_result_clear(&r);
}
