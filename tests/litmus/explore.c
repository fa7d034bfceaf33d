/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The main() of a litmus test.
 *
 *	TEST                  explores every memory; prints a line "MEMORY
 *	                      OUTCOME" for each outcome that it has
 *	TEST MEMORY OUTCOME   prints an order that ends in that outcome
 *
 * It does not know the test's condition: litmus.py judges the outcomes.
 * Exit status: 0; 1 if the outcome is not seen; 2 usage; 3 a memory was not
 * explored in full, or the test failed in a way of its own (said on stderr).
 */
#include <inttypes.h>
#include <stdlib.h>

#include "litmus.h"

/*
 * What the executions ended in, each outcome once. The runtime cannot hold
 * them: what it hands to its caller is a digest.
 */
static u64 *seen;
static size_t n_seen;

static bool looks_for_one;
static u64 wanted;

u64 litmus_value(u64 value)
{
	u64 i;

	if (value < 128)
		return value;
	for (i = 0; litmus_places[i]; i++) {
		if (value == (u64)(uintptr_t)litmus_places[i])
			return 128 + i;
	}
	replay_fail(REPLAY_SITE("a value that no outcome can hold"),
		    REPLAY_BAD_ACCESS);
}

static void add_outcome(u64 outcome)
{
	size_t i;

	for (i = 0; i < n_seen; i++) {
		if (seen[i] == outcome)
			return;
	}
	seen = realloc(seen, (n_seen + 1) * sizeof(*seen));
	if (!seen)
		abort();
	seen[n_seen++] = outcome;
}

void litmus_end(const u64 *values)
{
	u64 outcome = 0;
	int i;

	for (i = 0; i < LITMUS_MAX_VALUES; i++)
		outcome |= values[i] << 8 * i;
	add_outcome(outcome);
	replay_assert(!looks_for_one || outcome != wanted);
}

static bool explore_memory(enum replay_memory memory)
{
	const char *name = replay_memory_name(memory);
	const struct replay_options options = {
		.memory = memory,
		.mode = REPLAY_DPOR,
		.all = true,
	};
	struct replay_result result;
	bool ok;
	size_t i;

	n_seen = 0;
	ok = replay_explore(&litmus_program, &options, &result) == 0 &&
	     result.whole_space && result.failure == REPLAY_OK;
	if (!ok)
		fprintf(stderr, "%s: %s\n", name,
			result.unsupported ? result.unsupported :
			result.message ? result.message :
			"not explored in full");
	for (i = 0; i < n_seen; i++)
		printf("%s 0x%" PRIx64 "\n", name, seen[i]);
	replay_result_clear(&result);
	return ok;
}

static int explore_all(void)
{
	int memory, status = 0;

	for (memory = 0; memory < REPLAY_N_MEMORIES; memory++) {
		if (!explore_memory(memory))
			status = 3;
	}
	free(seen);
	return status;
}

static int show_one(enum replay_memory memory)
{
	const struct replay_options options = {
		.memory = memory,
		.mode = REPLAY_DPOR,
	};
	struct replay_result result;
	u32 i;

	looks_for_one = true;
	replay_explore(&litmus_program, &options, &result);
	for (i = 0; i < result.n_steps; i++) {
		const struct replay_step *step = &result.steps[i];

		printf("%4d  %-14s %-40s %s\n", step->line, step->agent,
		       step->text, step->effect);
	}
	free(seen);
	i = result.n_steps;
	replay_result_clear(&result);
	return i ? 0 : 1;
}

int main(int argc, char **argv)
{
	int memory;

	if (argc == 1)
		return explore_all();
	for (memory = 0; argc == 3 && memory < REPLAY_N_MEMORIES; memory++) {
		if (strcmp(argv[1], replay_memory_name(memory)) == 0) {
			wanted = strtoull(argv[2], NULL, 0);
			return show_one(memory);
		}
	}
	fprintf(stderr, "usage: %s [MEMORY OUTCOME]\n", argv[0]);
	return 2;
}
