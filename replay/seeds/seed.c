// SPDX-License-Identifier: GPL-2.0-only
/*
 * The command line of the seeds, and their table. Every verdict is counted
 * here from an exploration of all executions; none is written down.
 */
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "seed.h"

/* Constant while something is explored; setup() has no argument. */
static const struct seed *now_seed;
static const struct seed_case *now_case;

unsigned int seed_code(void)
{
	return replay_is_control() ? now_seed->controls[now_case->code]
				   : now_case->code;
}

bool seed_option(unsigned int option)
{
	if (replay_is_control() && (now_seed->control_drops & option))
		return false;
	return now_case->options & option;
}

bool seed_runs(void (*run)(void *arg))
{
	for (int i = 0; i < SEED_MAX_THREADS; i++)
		if (now_case->threads[i] == run)
			return true;
	return false;
}

/*
 * A case as a program
 */

static void make_program(const struct seed *seed, const struct seed_case *c,
			 struct replay_thread *threads,
			 struct replay_program *ret)
{
	unsigned int n = 0;

	for (; n < SEED_MAX_THREADS && c->threads[n]; n++)
		threads[n] = (struct replay_thread){
			.name = c->names[n], .run = c->threads[n],
		};
	now_seed = seed;
	now_case = c;
	*ret = (struct replay_program){
		.name = c->name,
		.about = seed->about,
		.setup = seed->setup,
		.threads = threads,
		.n_threads = n,
		.at_rest = seed->at_rest,
		.control = seed->control,
		.assumptions = seed->assumptions,
		.n_assumptions = seed->n_assumptions,
	};
}

static const struct seed_case *find_case(const struct seed *seed,
					 const char *name)
{
	for (unsigned int i = 0; i < seed->n_cases; i++)
		if (!strcmp(seed->cases[i].name, name))
			return &seed->cases[i];
	for (unsigned int i = 0; i < seed->n_cases; i++)
		if (!strcmp(seed->cases[i].variant, name))
			return &seed->cases[i];
	return NULL;
}

/*
 * The table
 */

static int explore(const struct replay_program *program,
		   enum replay_memory memory, enum replay_mode mode,
		   bool control, struct replay_result *ret)
{
	struct replay_options options = {
		.memory = memory,
		.mode = mode,
		.control = control,
		/* A bound stops at the first failure, which is the shortest. */
		.all = mode == REPLAY_DPOR,
	};

	return replay_explore(program, &options, ret);
}

static bool control_is_clean(const struct replay_program *program,
			     enum replay_memory memory)
{
	struct replay_result result;
	bool clean = explore(program, memory, REPLAY_DPOR, true, &result) == 0 &&
		     result.whole_space && result.failures == 0;

	replay_result_clear(&result);
	return clean;
}

static const char *verdict(const struct replay_program *program,
			   enum replay_memory memory,
			   const struct replay_result *all)
{
	if (all->unsupported)
		return "unsupported";
	if (!all->whole_space)
		return "inconclusive";
	if (all->failures == 0)
		return "never";
	if (!control_is_clean(program, memory))
		return "unsupported (control fails)";
	return all->failures == all->executions ? "always" : "sometimes";
}

/* Of the shortest failing order; -1: none was found. */
static long fewest_preemptions(const struct replay_program *program,
			       enum replay_memory memory)
{
	struct replay_result result;
	long n = -1;

	if (explore(program, memory, REPLAY_BOUND, false, &result) == 0 &&
	    result.failure != REPLAY_OK)
		n = result.preemptions;
	replay_result_clear(&result);
	return n;
}

static double milliseconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static void print_row(const struct seed *seed, const struct seed_case *c,
		      enum replay_memory memory)
{
	struct replay_thread threads[SEED_MAX_THREADS];
	struct replay_program program;
	struct replay_result all;
	double start = milliseconds();
	const char *word;
	long preemptions = -1;

	make_program(seed, c, threads, &program);
	explore(&program, memory, REPLAY_DPOR, false, &all);
	word = verdict(&program, memory, &all);
	if (all.failures)
		preemptions = fewest_preemptions(&program, memory);
	printf("%s\t%s\t%s\t%s\t", c->name, replay_memory_name(memory), word,
	       all.failures ? replay_failure_name(all.failure) : "-");
	if (preemptions >= 0)
		printf("%ld", preemptions);
	else
		putchar('-');
	printf("\t%llu\t%llu\t%.1f\n", (unsigned long long)all.executions,
	       (unsigned long long)all.failures, milliseconds() - start);
	fflush(stdout);
	replay_result_clear(&all);
}

static int print_table(const struct seed *seed, const struct seed_case *only,
		       const char *memory)
{
	bool any = false;

	for (int m = 0; m < REPLAY_N_MEMORIES; m++)
		any |= !memory || !strcmp(memory, replay_memory_name(m));
	if (!any) {
		fprintf(stderr, "no memory is called %s\n", memory);
		return 2;
	}
	for (unsigned int i = 0; i < seed->n_cases; i++) {
		if (only && only != &seed->cases[i])
			continue;
		for (int m = 0; m < REPLAY_N_MEMORIES; m++)
			if (!memory || !strcmp(memory, replay_memory_name(m)))
				print_row(seed, &seed->cases[i], m);
	}
	return 0;
}

static int print_list(const struct seed *seed)
{
	for (unsigned int i = 0; i < seed->n_cases; i++)
		printf("%s\t%s\t%s\n", seed->cases[i].name,
		       seed->cases[i].variant,
		       seed->cases[i].extra ? "extra" : "-");
	return 0;
}

/*
 * The steps of a function. An execution leaves its steps behind only when it
 * fails, so this one fails when it is over.
 */

static const struct seed_function *now_function;

static void setup_function(void)
{
	now_seed->setup();
	if (now_function->before)
		now_function->before();
}

static void fail_at_rest(void)
{
	replay_fail(REPLAY_SITE("the function is over"), REPLAY_ASSERTION);
}

static int print_steps(const struct seed *seed,
		       const struct seed_function *function)
{
	const struct seed_case *c = find_case(seed, function->case_name);
	struct replay_thread threads[SEED_MAX_THREADS];
	struct replay_program program;
	struct replay_result result;

	make_program(seed, c, threads, &program);
	threads[0].run = function->run;
	program.n_threads = 1;
	program.setup = setup_function;
	program.at_rest = fail_at_rest;
	now_function = function;
	if (explore(&program, REPLAY_SC, REPLAY_DPOR, false, &result))
		return 3;
	printf("%s\t%s\n", c->variant, function->name);
	for (u32 i = 0; i < result.n_steps; i++)
		if (!strcmp(result.steps[i].agent, threads[0].name))
			printf("\t%s\t%s\n", result.steps[i].text,
			       result.steps[i].effect);
	replay_result_clear(&result);
	return 0;
}

static int print_trace(const struct seed *seed)
{
	int status = 0;

	for (unsigned int i = 0; i < seed->n_functions; i++)
		if (print_steps(seed, &seed->functions[i]))
			status = 3;
	return status;
}

/*
 * The command line
 */

/* The value of @argv[i], an option with one; NULL if it is another. */
static const char *option_value(int argc, char **argv, int i, const char *name)
{
	if (strcmp(argv[i], name) || i + 1 == argc)
		return NULL;
	return argv[i + 1];
}

/* What is not ours goes to the runtime. */
static int run_case(int argc, char **argv, const struct seed *seed,
		    const struct seed_case *c)
{
	struct replay_thread threads[SEED_MAX_THREADS];
	struct replay_program program;
	int n = 0;

	for (int i = 0; i < argc; i++) {
		if (option_value(argc, argv, i, "--variant"))
			i++;
		else
			argv[n++] = argv[i];
	}
	argv[n] = NULL;
	make_program(seed, c, threads, &program);
	return replay_main(n, argv, &program);
}

int seed_main(int argc, char **argv, const struct seed *seed)
{
	const struct seed_case *only = NULL;
	const char *memory = NULL, *value;
	bool table = false;

	for (int i = 1; i < argc; i++) {
		if (!strcmp(argv[i], "--list"))
			return print_list(seed);
		if (!strcmp(argv[i], "--trace"))
			return print_trace(seed);
		if (!strcmp(argv[i], "--table"))
			table = true;
		if ((value = option_value(argc, argv, i, "--memory")))
			memory = value;
		value = option_value(argc, argv, i, "--variant");
		if (!value)
			continue;
		only = find_case(seed, value);
		if (!only) {
			fprintf(stderr, "no case is called %s; see --list\n",
				value);
			return 2;
		}
	}
	if (table)
		return print_table(seed, only, memory);
	return run_case(argc, argv, seed, only ? only : &seed->cases[0]);
}
