// SPDX-License-Identifier: GPL-2.0-only
/*
 * machine_speed FILE ROUNDS: runs the step machine on an event list that many
 * times and prints, as one line of JSON, what it saw and the CPU time a
 * transition in nanoseconds: of the fastest round, since others use the
 * machine too. machine_speed --promela FILE prints the event list for spin.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "events/emit.h"
#include "events/machine.h"

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

static void measure(const struct program *p, int rounds)
{
	double best = 0;
	struct machine_result r = { .failure = FAILURE_NONE };
	struct machine *m = machine_new();
	int i;

	for (i = 0; i < rounds; i++) {
		struct arena *a = arena_new();
		double start = cpu_ns(), took;

		machine_search(m, p, NULL, a, &r);
		took = cpu_ns() - start;
		if (!i || took < best)
			best = took;
		arena_free(a);
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
