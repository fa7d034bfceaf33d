// SPDX-License-Identifier: GPL-2.0-only
/*
 * How fast the replay runtime explores; bench/replay runs it. Prints a line
 * for each measurement, in CPU time of this process.
 *
 *	replay_speed
 */
#include <replay.h>
#include <stdlib.h>
#include <time.h>

#define LONG_STEPS 2000
#define THREADS 3

static struct world {
	atomic_t refs;
	unsigned long flags;
	spinlock_t lock;
	int words[THREADS];
} *w;

static void setup(void)
{
	w = replay_new(struct world, "world");
	atomic_set(&w->refs, 3);
}

/* Almost all steps are the same in every execution. */
static void run_long(void *arg)
{
	int *word = arg ? &w->words[1] : &w->words[0], i;

	for (i = 0; i < LONG_STEPS; i++)
		WRITE_ONCE(*word, i);
}

/* Six steps: a flag and its reference change under a lock. */
static void run_short(void *arg)
{
	spin_lock(&w->lock);
	if (!test_and_set_bit(0, &w->flags))
		atomic_inc(&w->refs);
	spin_unlock(&w->lock);
	atomic_read(&w->refs);
	if (test_bit(0, &w->flags))
		atomic_dec(&w->refs);
}

/* Eight steps without a lock, two of them on the words of the others. */
static void run_open(void *arg)
{
	int *mine = &w->words[(uintptr_t)arg], i;

	for (i = 0; i < 3; i++)
		WRITE_ONCE(*mine, i);
	atomic_inc(&w->refs);
	for (i = 0; i < 3; i++)
		READ_ONCE(*mine);
	test_and_set_bit(0, &w->flags);
}

static double cpu_seconds(void)
{
	return (double)clock() / CLOCKS_PER_SEC;
}

static void measure(const char *what, void (*run)(void *arg),
		    unsigned int n_threads, enum replay_mode mode,
		    u64 executions)
{
	const struct replay_thread threads[THREADS] = {
		{ "a", run, (void *)0 },
		{ "b", run, (void *)1 },
		{ "c", run, (void *)2 },
	};
	const struct replay_program program = {
		.name = what, .setup = setup, .threads = threads,
		.n_threads = n_threads,
	};
	const struct replay_options options = {
		.mode = mode, .all = true, .max_executions = executions,
	};
	struct replay_result r;
	u64 done = 0, steps = 0;
	double start = cpu_seconds(), took;

	do {
		replay_explore(&program, &options, &r);
		done += r.executions + r.blocked;
		steps += r.total_steps;
		replay_result_clear(&r);
	} while (cpu_seconds() - start < 1);
	took = cpu_seconds() - start;
	printf("%-14s %-6s %6.1f ns a step, %9.0f executions/s, "
	       "%6.1f steps each\n", what, replay_mode_name(mode),
	       took / (double)steps * 1e9, (double)done / took,
	       (double)steps / (double)done);
}

int main(void)
{
	measure("rerun", run_long, 2, REPLAY_PLAIN, 2000);
	measure("2 short", run_short, 2, REPLAY_PLAIN, 0);
	measure("3 short", run_short, 3, REPLAY_PLAIN, 500000);
	measure("2 open", run_open, 2, REPLAY_PLAIN, 500000);
	measure("3 short", run_short, 3, REPLAY_SLEEP, 500000);
	measure("3 short", run_short, 3, REPLAY_DPOR, 500000);
	measure("3 short", run_short, 3, REPLAY_BOUND, 500000);
	return 0;
}
