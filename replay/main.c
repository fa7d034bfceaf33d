// SPDX-License-Identifier: GPL-2.0-only
/*
 * replay_main(): the command line of an emitted executable, and what its
 * explorations amount to. Explores nothing itself.
 */
#include <errno.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>

#include "verdict.h"

struct command {
	struct replay_options options;
	bool memory_given, mode_given, json;
};

static const char *const verdict_names[] = {
	[VERDICT_NOT_REPRODUCED] = "not-reproduced",
	[VERDICT_CONFIRMED] = "confirmed",
	[VERDICT_CONFIRMED_WEAK] = "confirmed-weak",
	[VERDICT_CONFIRMED_IF] = "confirmed-if",
	[VERDICT_INCONCLUSIVE] = "inconclusive",
	[VERDICT_UNSUPPORTED] = "unsupported",
};

const char *verdict_name(enum verdict_kind kind)
{
	return verdict_names[kind];
}

int verdict_status(enum verdict_kind kind)
{
	switch (kind) {
	case VERDICT_NOT_REPRODUCED:
		return 0;
	case VERDICT_INCONCLUSIVE:
	case VERDICT_UNSUPPORTED:
		return 3;
	default:
		return 1;
	}
}

/*
 * The verdict
 */

static const struct exploration *run(struct verdict *v,
				     const struct replay_options *options)
{
	struct exploration *e = &v->runs[v->n_runs++];

	e->memory = options->memory;
	e->mode = options->mode;
	e->control = options->control;
	replay_explore(v->program, options, &e->result);
	return e;
}

static void decide(struct verdict *v, enum verdict_kind kind,
		   const char *reason)
{
	v->kind = kind;
	v->reason = reason;
}

/*
 * The failure with the fewest preemptions. The exploration that found it has
 * shown one already, which serves when the state cache meets a limit first.
 */
static void find_story(struct verdict *v, const struct command *c,
		       const struct exploration *found)
{
	struct replay_options o = c->options;
	const struct exploration *shortest;

	v->story = found;
	if (c->mode_given)
		return;
	o.memory = found->memory;
	o.mode = REPLAY_BOUND;
	shortest = run(v, &o);
	if (shortest->result.failure)
		v->story = shortest;
}

/* Does the failure hang on the value of a condition that nobody knows? */
static void weigh_opaque(struct verdict *v, const struct command *c)
{
	struct replay_options o = c->options;
	const struct exploration *e;

	if (!v->story->result.used_opaque)
		return;
	o.memory = v->story->memory;
	o.all = true;
	e = run(v, &o);
	v->valuations = e->result.valuations;
	v->failing_valuations = e->result.failing_valuations;
}

static bool has_guess(const struct replay_program *p)
{
	unsigned int i;

	for (i = 0; i < p->n_assumptions; i++)
		if (p->assumptions[i].guessed)
			return true;
	return false;
}

static void judge_failure(struct verdict *v, const struct command *c,
			  const struct exploration *found)
{
	struct replay_options o = c->options;
	const struct exploration *control;

	find_story(v, c, found);
	if (!v->program->control) {
		decide(v, VERDICT_INCONCLUSIVE,
		       "it fails, but there is no control to hold against it");
		return;
	}
	o.memory = found->memory;
	o.control = true;
	control = run(v, &o);
	if (control->result.failure)
		decide(v, VERDICT_UNSUPPORTED,
		       "control fails: the model is too loose");
	else if (!control->result.whole_space)
		decide(v, VERDICT_INCONCLUSIVE,
		       "it fails, but the control met a limit");
	if (v->reason)
		return;
	weigh_opaque(v, c);
	if (has_guess(v->program) || v->failing_valuations < v->valuations)
		v->kind = VERDICT_CONFIRMED_IF;
	else if (found->memory != REPLAY_SC)
		v->kind = VERDICT_CONFIRMED_WEAK;
	else
		v->kind = VERDICT_CONFIRMED;
}

/* Explores one memory; true if the verdict is known. */
static bool judge_memory(struct verdict *v, const struct command *c,
			 enum replay_memory memory)
{
	struct replay_options o = c->options;
	const struct exploration *e;

	o.memory = memory;
	e = run(v, &o);
	if (e->result.unsupported)
		decide(v, VERDICT_UNSUPPORTED, e->result.unsupported);
	else if (e->result.failure)
		judge_failure(v, c, e);
	else if (!e->result.whole_space)
		decide(v, VERDICT_INCONCLUSIVE, "a limit was met");
	else
		return false;
	return true;
}

static void judge(struct verdict *v, const struct command *c)
{
	int m;

	v->kind = VERDICT_NOT_REPRODUCED;
	if (v->program->unsupported) {
		decide(v, VERDICT_UNSUPPORTED, v->program->unsupported);
		return;
	}
	for (m = REPLAY_SC; m < REPLAY_N_MEMORIES; m++) {
		if (c->memory_given && m != REPLAY_SC &&
		    m != (int)c->options.memory)
			continue;
		if (judge_memory(v, c, (enum replay_memory)m))
			return;
	}
}

/* One exploration or one order, as it was asked for: no control, no story. */
static void run_alone(struct verdict *v, const struct command *c)
{
	const struct exploration *e = run(v, &c->options);

	if (e->result.unsupported) {
		decide(v, VERDICT_UNSUPPORTED, e->result.unsupported);
	} else if (e->result.failure) {
		v->kind = VERDICT_CONFIRMED;
		v->story = e;
	} else if (!c->options.schedule && !e->result.whole_space) {
		decide(v, VERDICT_INCONCLUSIVE, "a limit was met");
	}
	v->valuations = e->result.valuations;
	v->failing_valuations = e->result.failing_valuations;
}

/*
 * The command line
 */

static int usage(const char *name)
{
	fprintf(stderr,
		"usage: %s [--memory sc|tso|pso|arm] [--control]\n"
		"       [--schedule ORDER] [--all] [--json]\n"
		"       [--mode plain|sleep|dpor|bound|states]\n"
		"       [--limit-executions N] [--limit-steps N]\n"
		"       [--limit-memory MIB] [--time-limit SECONDS]\n", name);
	return 2;
}

/* The index of @word among @n names, or -1. */
static int find_name(const char *word, const char *(*name)(unsigned int),
		     unsigned int n)
{
	unsigned int i;

	for (i = 0; i < n; i++)
		if (!strcmp(word, name(i)))
			return (int)i;
	return -1;
}

static const char *memory_name(unsigned int i)
{
	return replay_memory_name((enum replay_memory)i);
}

static const char *mode_name(unsigned int i)
{
	return replay_mode_name((enum replay_mode)i);
}

static int parse_number(const char *text, double most, double *ret)
{
	char *end;
	double value;

	errno = 0;
	value = strtod(text, &end);
	if (errno || end == text || *end || !(value >= 0 && value <= most))
		return -1;
	*ret = value;
	return 0;
}

static int parse_value(struct command *c, int option, const char *text)
{
	struct replay_options *o = &c->options;
	double number = 0;
	int i;

	switch (option) {
	case 'm':
		i = find_name(text, memory_name, REPLAY_N_MEMORIES);
		o->memory = (enum replay_memory)i;
		c->memory_given = true;
		return i;
	case 'd':
		i = find_name(text, mode_name, REPLAY_N_MODES);
		o->mode = (enum replay_mode)i;
		c->mode_given = true;
		return i;
	case 'x':
		i = parse_number(text, 1e18, &number);
		o->max_executions = (u64)number;
		return i;
	case 'p':
		i = parse_number(text, 30000, &number);
		o->max_steps = (u32)number;
		return i;
	case 'b':
		i = parse_number(text, 1e6, &number);
		o->max_bytes = (u64)number << 20;
		return i;
	case 't':
		return parse_number(text, 1e9, &o->seconds);
	default:
		return -1;
	}
}

static int parse(struct command *c, int argc, char **argv)
{
	static const struct option options[] = {
		{ "memory", required_argument, NULL, 'm' },
		{ "control", no_argument, NULL, 'c' },
		{ "schedule", required_argument, NULL, 's' },
		{ "all", no_argument, NULL, 'a' },
		{ "json", no_argument, NULL, 'j' },
		{ "mode", required_argument, NULL, 'd' },
		{ "limit-executions", required_argument, NULL, 'x' },
		{ "limit-steps", required_argument, NULL, 'p' },
		{ "limit-memory", required_argument, NULL, 'b' },
		{ "time-limit", required_argument, NULL, 't' },
		{ NULL, 0, NULL, 0 },
	};
	int option;

	c->options.mode = REPLAY_DPOR;
	while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (option == 'c')
			c->options.control = true;
		else if (option == 's')
			c->options.schedule = optarg;
		else if (option == 'a')
			c->options.all = true;
		else if (option == 'j')
			c->json = true;
		else if (parse_value(c, option, optarg) < 0)
			return -1;
	}
	return optind == argc ? 0 : -1;
}

int replay_main(int argc, char **argv, const struct replay_program *program)
{
	struct command c = { .memory_given = false };
	struct verdict v = { .program = program, .valuations = 1,
			     .failing_valuations = 1 };
	unsigned int i;

	if (parse(&c, argc, argv))
		return usage(argv[0]);
	if (c.options.control || c.options.schedule || c.options.all)
		run_alone(&v, &c);
	else
		judge(&v, &c);
	if (c.json)
		report_json(stdout, &v);
	else
		report_text(stdout, &v);
	for (i = 0; i < v.n_runs; i++)
		replay_result_clear(&v.runs[i].result);
	return verdict_status(v.kind);
}
