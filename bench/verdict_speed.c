// SPDX-License-Identifier: GPL-2.0-only
/*
 * verdict_speed [-p DIR] ROUNDS FILE... [-- FLAGS]: the verdict of each finding
 * of warning or above, that many times, under sequential consistency. A line of
 * JSON a finding: its place, the verdict, the states that were searched, and
 * the CPU time in microseconds of the fastest round, since others use the
 * machine too. Annotations in the code are not read.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "flow/flow.h"
#include "frontend/frontend.h"
#include "lower/lower.h"
#include "model/model.h"
#include "report/finding.h"
#include "rules/rules.h"

static double now_us(void)
{
	return cpu_ns() / 1e3;
}

static void measure(const struct flow *fl, const struct finding *f,
		    const struct subject *s, int rounds)
{
	double best = 0;
	int i;

	for (i = 0; i < rounds; i++) {
		struct arena *a = arena_new();
		double start = now_us(), took;
		struct verdict v;

		lower_verdict(fl, s, MEMORY_SC, a, &v);
		took = now_us() - start;
		if (!i || took < best)
			best = took;
		if (i == rounds - 1)
			printf("{\"file\":\"%s\",\"line\":%d,\"rule\":\"%s\","
			       "\"verdict\":\"%s\",\"programs\":%d,"
			       "\"states\":%" G_GUINT64_FORMAT ",\"us\":%.1f}\n",
			       f->file, f->line, f->rule, verdict_name(v.kind),
			       v.n_tried, v.states, best);
		arena_free(a);
	}
}

static int measure_unit(const struct compile_command *cmd,
			const struct model *model, int rounds)
{
	const struct frontend_options fo = { .want = model_wants_body,
					     .want_data = (void *)model };
	GHashTable *subjects = g_hash_table_new(NULL, NULL);
	struct report *r = report_new();
	struct unit *u;
	int ret = frontend_parse(cmd, &fo, &u);
	struct flow *fl = flow_new(u, model, NULL);
	guint i;

	rules_run(fl, NULL, r, subjects);
	for (i = 0; i < r->findings->len; i++) {
		const struct finding *f = r->findings->pdata[i];

		if (f->severity != SEVERITY_NOTE)
			measure(fl, f, g_hash_table_lookup(subjects, f),
				rounds);
	}
	flow_free(fl);
	unit_free(u);
	report_free(r);
	g_hash_table_unref(subjects);
	return ret;
}

static int measure_file(const char *file, const struct compile_db *db,
			const char *const *flags, const struct model *model,
			int rounds)
{
	char *path = g_canonicalize_filename(file, NULL);
	char *here = g_get_current_dir();
	struct compile_command *cmd = db ? compile_db_command(db, path) :
					   compile_command_new(here, file, flags);
	int ret = cmd ? measure_unit(cmd, model, rounds) : -1;

	if (ret < 0)
		fprintf(stderr, "verdict_speed: %s: cannot be parsed\n", file);
	compile_command_free(cmd);
	g_free(here);
	g_free(path);
	return ret;
}

/* The arguments before "--", or all. */
static int count_files(char **args)
{
	int n;

	for (n = 0; args[n] && strcmp(args[n], "--") != 0; n++)
		;
	return n;
}

int main(int argc, char **argv)
{
	bool has_db = argc > 2 && strcmp(argv[1], "-p") == 0;
	char **args = argv + (has_db ? 3 : 1);
	int i, n = count_files(args), failed = 0;
	const char *const *flags = (const char *const *)args + n;
	struct compile_db *db = NULL;
	struct model *model;
	char *error = NULL;

	if (n < 2) {
		fputs("usage: verdict_speed [-p DIR] ROUNDS FILE... "
		      "[-- FLAGS]\n", stderr);
		return 2;
	}
	if (has_db)
		db = compile_db_load(argv[2], &error);
	if (error) {
		fprintf(stderr, "verdict_speed: %s\n", error);
		g_free(error);
		return 2;
	}
	model = model_new_builtin();
	for (i = 1; i < n; i++)
		failed |= measure_file(args[i], db, flags + (*flags != NULL),
				       model, atoi(args[0])) < 0;
	model_free(model);
	compile_db_free(db);
	return failed ? 3 : 0;
}
