// SPDX-License-Identifier: GPL-2.0-only
/*
 * machine_speed FILE ROUNDS: runs the step machine on an event list in that
 * many rounds and prints, as one line of JSON, what it saw and the CPU time a
 * transition in nanoseconds: of the fastest round, since others use the
 * machine too. machine_speed --promela FILE prints the event list for spin.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "events/emit.h"
#include "events/machine.h"

/* A round takes as long, since to read the clock takes as long as some steps. */
#define ROUND_NS 100e3

static const struct program *read_program(struct arena *a, const char *path)
{
	struct program *p = NULL;
	char *text = NULL, *error = NULL;

	if (!g_file_get_contents(path, &text, NULL, NULL))
		fprintf(stderr, "machine_speed: cannot read %s\n", path);
	else
		p = program_parse(a, text, &error);
	if (error)
		fprintf(stderr, "%s:%s\n", path, error);
	g_free(error);
	g_free(text);
	return p;
}

/* CPU time of one of the searches of a round, in nanoseconds. */
static double one_round(struct machine *m, const struct program *p,
			int searches, struct machine_result *ret)
{
	struct arena *a = arena_new();
	double start = cpu_ns(), took;
	int i;

	for (i = 0; i < searches; i++)
		machine_search(m, p, NULL, a, ret);
	took = (cpu_ns() - start) / searches;
	arena_free(a);
	return took;
}

static void measure(const struct program *p, int rounds)
{
	double best = 0;
	struct machine_result r = { .failure = FAILURE_NONE };
	struct machine *m = machine_new();
	int searches = 1 + (int)(ROUND_NS / one_round(m, p, 1, &r));
	int i;

	for (i = 0; i < rounds; i++) {
		double took = one_round(m, p, searches, &r);

		if (!i || took < best)
			best = took;
	}
	machine_free(m);
	printf("{\"outcome\":\"%s\",\"states\":%" G_GUINT64_FORMAT
	       ",\"transitions\":%" G_GUINT64_FORMAT ",\"us\":%.1f,"
	       "\"ns\":%.1f}\n", failure_text(r.failure), r.states,
	       r.transitions, best / 1e3, best / (double)r.transitions);
}

static void print_promela(const struct program *p)
{
	GString *out = g_string_new(NULL);

	emit_promela(out, p);
	fputs(out->str, stdout);
	g_string_free(out, TRUE);
}

int main(int argc, char **argv)
{
	bool promela = argc == 3 && strcmp(argv[1], "--promela") == 0;
	struct arena *a = arena_new();
	const struct program *p;

	if (argc != 3) {
		fputs("usage: machine_speed FILE ROUNDS\n"
		      "       machine_speed --promela FILE\n", stderr);
		return 2;
	}
	p = read_program(a, argv[promela ? 2 : 1]);
	if (p && promela)
		print_promela(p);
	else if (p)
		measure(p, atoi(argv[2]));
	arena_free(a);
	return !p;
}
