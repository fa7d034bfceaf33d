// SPDX-License-Identifier: GPL-2.0-only
/*
 * The command line of the seeds, and their table. Every verdict is counted
 * here from an exploration of all executions; none is written down.
 */
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "seed.h"

/*
 * Of one exploration; a larger one is inconclusive. Numbers and no time, so
 * that verdicts are the same on all machines.
 */
#define MAX_EXECUTIONS 1000000
/* Of states: half a million, of three threads an eighth. */
#define MAX_ARM_BYTES(n_threads) ((n_threads) > 2 ? 2ull << 20 : 16ull << 20)

/* Constant while something is explored; setup() has no argument. */
static const struct seed_case *now_case;

unsigned int seed_code(void)
{
	return replay_is_control() ? this_seed.controls[now_case->code]
				   : now_case->code;
}

bool seed_option(unsigned int option)
{
	if (replay_is_control() && (this_seed.control_drops & option))
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

/* With what the program points to. */
struct case_program {
	struct replay_program program;
	struct replay_thread threads[SEED_MAX_THREADS];
	struct replay_assumption assumptions[SEED_MAX_ASSUMPTIONS + 1];
};

static unsigned int make_assumptions(const struct seed_case *c,
				     struct replay_assumption *ret)
{
	unsigned int n = 0;

	if (this_seed.n_assumptions > SEED_MAX_ASSUMPTIONS)
		abort(); /* the seed's own table is too long */
	for (; n < this_seed.n_assumptions; n++)
		ret[n] = this_seed.assumptions[n];
	if (c->guess)
		ret[n++] = (struct replay_assumption){
			.text = c->guess, .guessed = true,
		};
	return n;
}

static void make_program(const struct seed_case *c, struct case_program *ret)
{
	unsigned int n = 0;

	for (; n < SEED_MAX_THREADS && c->threads[n]; n++)
		ret->threads[n] = (struct replay_thread){
			.name = c->names[n], .run = c->threads[n],
		};
	now_case = c;
	ret->program = (struct replay_program){
		.name = c->name,
		.about = this_seed.about,
		.setup = this_seed.setup,
		.threads = ret->threads,
		.n_threads = n,
		.at_rest = this_seed.at_rest,
		.control = this_seed.control,
		.assumptions = ret->assumptions,
		.n_assumptions = make_assumptions(c, ret->assumptions),
	};
}

static const struct seed_case *find_case(const char *name)
{
	for (unsigned int i = 0; i < this_seed.n_cases; i++)
		if (!strcmp(this_seed.cases[i].name, name))
			return &this_seed.cases[i];
	for (unsigned int i = 0; i < this_seed.n_cases; i++)
		if (!strcmp(this_seed.cases[i].variant, name))
			return &this_seed.cases[i];
	return NULL;
}

/*
 * The table
 */

/*
 * Where loads may be early, executions outnumber states by far, and the cache
 * of states visits all ends as well.
 */
static enum replay_mode whole_mode(enum replay_memory memory)
{
	return memory == REPLAY_ARM ? REPLAY_STATES : REPLAY_DPOR;
}

static int explore(const struct replay_program *program,
		   enum replay_memory memory, enum replay_mode mode,
		   bool control, bool all, struct replay_result *ret)
{
	struct replay_options options = {
		.memory = memory,
		.mode = mode,
		.control = control,
		.all = all,
		.max_executions = MAX_EXECUTIONS,
		.max_bytes = memory == REPLAY_ARM
				     ? MAX_ARM_BYTES(program->n_threads) : 0,
	};

	return replay_explore(program, &options, ret);
}

static bool control_is_clean(const struct replay_program *program,
			     enum replay_memory memory)
{
	struct replay_result result;
	bool clean = explore(program, memory, whole_mode(memory), true, true,
			     &result) == 0 &&
		     result.whole_space && result.failures == 0;

	replay_result_clear(&result);
	return clean;
}

/* One failure is enough for "sometimes"; the others need the whole space. */
static const char *verdict(const struct replay_program *program,
			   enum replay_memory memory,
			   const struct replay_result *all)
{
	if (all->unsupported)
		return "unsupported";
	if (all->failures == 0)
		return all->whole_space ? "never" : "inconclusive";
	if (!control_is_clean(program, memory))
		return "unsupported";
	if (all->failures < all->executions)
		return "sometimes";
	return all->whole_space ? "always" : "inconclusive";
}


static double milliseconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

/* What was not counted, or not found, is printed as "-". */
struct row {
	const char *verdict;
	const char *failure;
	long preemptions; /* of the shortest failing order */
	u64 executions, failing;
	double milliseconds;
	char *schedule; /* that order; NULL: none. Of who has the row */
};

static void find_shortest(const struct replay_program *program,
			  enum replay_memory memory, struct row *row)
{
	struct replay_result result;

	if (explore(program, memory, REPLAY_BOUND, false, false,
		    &result) == 0 && result.failure != REPLAY_OK) {
		row->preemptions = result.preemptions;
		row->schedule = result.schedule;
		result.schedule = NULL;
	}
	replay_result_clear(&result);
}

static void print_number(u64 n, bool known)
{
	if (known)
		printf("\t%llu", (unsigned long long)n);
	else
		printf("\t-");
}

static void print_row(const char *name, enum replay_memory memory,
		      const struct row *row)
{
	printf("%s\t%s\t%s\t%s", name, replay_memory_name(memory),
	       row->verdict, row->failure);
	print_number((u64)row->preemptions, row->preemptions >= 0);
	print_number(row->executions, row->executions > 0);
	print_number(row->failing, row->executions > 0);
	printf("\t%.1f\t%s\n", row->milliseconds,
	       row->schedule ? row->schedule : "-");
	fflush(stdout);
}

static struct row explore_row(const struct replay_program *program,
			      enum replay_memory memory)
{
	struct row row = { .failure = "-", .preemptions = -1 };
	double start = milliseconds();
	struct replay_result all;

	explore(program, memory, whole_mode(memory), false, true, &all);
	row.verdict = verdict(program, memory, &all);
	row.executions = all.executions;
	row.failing = all.failures;
	if (all.failures) {
		row.failure = replay_failure_name(all.failure);
		find_shortest(program, memory, &row);
	}
	replay_result_clear(&all);
	row.milliseconds = milliseconds() - start;
	return row;
}

/*
 * @stronger: the verdict in the memory before, or NULL. Every order of pso is
 * one of arm: if some fail there and some do not, it is so here too, and needs
 * no search.
 */
static struct row row_of(const struct replay_program *program,
			 enum replay_memory memory, const char *stronger)
{
	struct row unsearched = { .failure = "-", .preemptions = -1 };

	if (memory == REPLAY_ARM && program->n_threads > 1 && stronger &&
	    !strcmp(stronger, "sometimes")) {
		unsearched.verdict = "sometimes";
		return unsearched;
	}
	return explore_row(program, memory);
}

static void print_rows(const struct seed_case *c, const char *memory)
{
	const char *stronger = NULL;
	struct case_program p;
	struct row row;

	make_program(c, &p);
	for (int m = 0; m < REPLAY_N_MEMORIES; m++) {
		if (memory && strcmp(memory, replay_memory_name(m)))
			continue;
		row = row_of(&p.program, m, stronger);
		print_row(c->name, m, &row);
		stronger = row.verdict;
		free(row.schedule);
	}
}

static int print_table(const struct seed_case *only, const char *memory)
{
	bool any = false;

	for (int m = 0; m < REPLAY_N_MEMORIES; m++)
		any |= !memory || !strcmp(memory, replay_memory_name(m));
	if (!any) {
		fprintf(stderr, "no memory is called %s\n", memory);
		return 2;
	}
	for (unsigned int i = 0; i < this_seed.n_cases; i++) {
		if (!only || only == &this_seed.cases[i])
			print_rows(&this_seed.cases[i], memory);
	}
	return 0;
}

static int print_list(void)
{
	for (unsigned int i = 0; i < this_seed.n_cases; i++)
		printf("%s\t%s\t%s\n", this_seed.cases[i].name,
		       this_seed.cases[i].variant,
		       this_seed.cases[i].extra ? "extra" : "-");
	return 0;
}

/*
 * The steps of a function. An execution leaves its steps behind only when it
 * fails, so this one fails when it is over.
 */

static const struct seed_function *now_function;

static void setup_function(void)
{
	this_seed.setup();
	if (now_function->before)
		now_function->before();
}

static void fail_at_rest(void)
{
	replay_fail(REPLAY_SITE("the function is over"), REPLAY_ASSERTION);
}

static int print_steps(const struct seed_function *function)
{
	const struct seed_case *c = find_case(function->case_name);
	struct replay_result result;
	struct case_program p;

	make_program(c, &p);
	p.threads[0].run = function->run;
	p.program.n_threads = 1;
	p.program.setup = setup_function;
	p.program.at_rest = fail_at_rest;
	now_function = function;
	if (explore(&p.program, REPLAY_SC, REPLAY_DPOR, false, true, &result))
		return 3;
	printf("%s\t%s\t%s\n", c->variant, function->name, c->name);
	for (u32 i = 0; i < result.n_steps; i++)
		if (!strcmp(result.steps[i].agent, p.threads[0].name))
			printf("\t%s\t%s\n", result.steps[i].text,
			       result.steps[i].effect);
	replay_result_clear(&result);
	return 0;
}

static int print_trace(void)
{
	int status = 0;

	for (unsigned int i = 0; i < this_seed.n_functions; i++)
		if (print_steps(&this_seed.functions[i]))
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
static int run_case(int argc, char **argv, const struct seed_case *c)
{
	struct case_program p;
	int n = 0;

	for (int i = 0; i < argc; i++) {
		if (option_value(argc, argv, i, "--variant"))
			i++;
		else
			argv[n++] = argv[i];
	}
	argv[n] = NULL;
	make_program(c, &p);
	return replay_main(n, argv, &p.program);
}

int main(int argc, char **argv)
{
	const struct seed_case *only = NULL;
	const char *memory = NULL, *value;
	bool table = false;

	for (int i = 1; i < argc; i++) {
		if (!strcmp(argv[i], "--list"))
			return print_list();
		if (!strcmp(argv[i], "--trace"))
			return print_trace();
		if (!strcmp(argv[i], "--table"))
			table = true;
		if ((value = option_value(argc, argv, i, "--memory")))
			memory = value;
		value = option_value(argc, argv, i, "--variant");
		if (!value)
			continue;
		only = find_case(value);
		if (!only) {
			fprintf(stderr, "no case is called %s; see --list\n",
				value);
			return 2;
		}
	}
	if (table)
		return print_table(only, memory);
	return run_case(argc, argv, only ? only : &this_seed.cases[0]);
}
