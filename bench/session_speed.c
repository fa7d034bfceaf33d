// SPDX-License-Identifier: GPL-2.0-only
/*
 * session_speed [-n EDITS] DIRECTORY-OF-DATABASE FILE... (or FILE... --
 * FLAG...): what a check after an edit costs, and what is kept of it. Each unit
 * is parsed in a session and warmed; then a line is added to its first function
 * and taken out again. CPU milliseconds, on average over the edits but for the
 * first two rows, and the memory of the process in MB.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "clock.h"
#include "edit.h"
#include "flow/flow.h"
#include "frontend/session.h"
#include "model/model.h"
#include "report/report.h"
#include "rules/rules.h"
#include "units.h"

struct run {
	const struct model *model;
	int edits;
	double parse, lower, flow, rules; /* ms, sums */
};

/* CPU time since @since, in ms. */
static double ms_since(double since)
{
	return (cpu_ns() - since) / 1e6;
}

/* Memory of the process that is there, in MB. */
static double resident(void)
{
	long pages = 0;
	FILE *f = fopen("/proc/self/statm", "r");

	if (!f || fscanf(f, "%*d %ld", &pages) != 1)
		pages = 0;
	if (f)
		fclose(f);
	return (double)pages * (double)sysconf(_SC_PAGESIZE) / 1e6;
}

static struct unit *parse(const struct run *r, struct session *s,
			  const struct compile_command *cmd,
			  const struct buffer *b, double *ret_ms)
{
	const struct frontend_options fo = { .want = model_wants_body,
					     .want_data = (void *)r->model };
	double start = cpu_ns();
	struct unit *u;

	session_parse(s, cmd, b, 1, &fo, &u);
	*ret_ms += ms_since(start);
	return u;
}

static void analyse(struct run *r, struct unit *u)
{
	struct report *report = report_new();
	GHashTable *subjects = g_hash_table_new(NULL, NULL);
	double start = cpu_ns();
	struct flow *fl = flow_new(u, r->model, NULL);

	r->flow += ms_since(start);
	start = cpu_ns();
	rules_run(fl, NULL, report, subjects);
	r->rules += ms_since(start);
	flow_free(fl);
	g_hash_table_unref(subjects);
	report_free(report);
}

static void edit(struct run *r, struct session *s,
		 const struct compile_command *cmd, const struct buffer *b)
{
	struct unit *u = parse(r, s, cmd, b, &r->parse);

	analyse(r, u);
	unit_free(u);
	/* nothing has changed: it is only lowered again */
	unit_free(parse(r, s, cmd, b, &r->lower));
}

static void tell(const struct run *r)
{
	const double n = r->edits ? r->edits : 1;

	printf("  parse %.1f, lowering %.1f, flow %.1f, rules %.1f: %.1f ms\n",
	       (r->parse - r->lower) / n, r->lower / n, r->flow / n,
	       r->rules / n, (r->parse + r->flow + r->rules) / n);
}

static void run_edits(struct run *r, struct session *s,
		      const struct compile_command *cmd,
		      struct buffer buffers[2])
{
	int i;

	r->parse = r->lower = r->flow = r->rules = 0;
	for (i = 0; i < r->edits; i++) {
		if (i == 10)
			printf("  after 10 edits %.1f MB\n", resident());
		edit(r, s, cmd, &buffers[i % 2]);
	}
	printf("  after %d edits %.1f MB\n", r->edits, resident());
	tell(r);
}

static void run_session(struct run *r, const struct compile_command *cmd,
			struct buffer buffers[2])
{
	struct session *s = session_new(1, SESSION_PREAMBLE);
	double first = 0, warm;

	printf("%s\n  at first %.1f MB\n", cmd->file, resident());
	unit_free(parse(r, s, cmd, &buffers[1], &first));
	printf("  parse and lowering %.1f ms, %.1f MB\n", first, resident());
	warm = cpu_ns();
	session_warm(s, cmd);
	printf("  warming %.1f ms, %.1f MB\n", ms_since(warm), resident());
	run_edits(r, s, cmd, buffers);
	session_free(s);
	printf("  without it %.1f MB\n", resident());
}

static void run_unit(const struct compile_command *cmd, void *data)
{
	char *path = g_canonicalize_filename(cmd->file, cmd->directory);
	char *text, *changed;
	struct run *r = data;

	if (!g_file_get_contents(path, &text, NULL, NULL)) {
		fprintf(stderr, "session_speed: %s: cannot be read\n", path);
	} else {
		changed = text_with_line(text);
		run_session(r, cmd, (struct buffer[2]){
			{ path, changed ? changed : text,
			  strlen(changed ? changed : text) },
			{ path, text, strlen(text) } });
		g_free(changed);
		g_free(text);
	}
	g_free(path);
}

int main(int argc, char **argv)
{
	struct run r = { .edits = 20 };
	int missing;

	if (argc > 2 && !strcmp(argv[1], "-n")) {
		r.edits = atoi(argv[2]);
		argv += 2;
		argc -= 2;
	}
	if (argc < 3) {
		fprintf(stderr, "usage: session_speed [-n EDITS] DIR FILE... | FILE... -- FLAG...\n");
		return 2;
	}
	r.model = model_new_builtin();
	missing = units_each("session_speed", argv + 1, run_unit, &r);
	model_free((struct model *)r.model);
	return missing ? 2 : 0;
}
