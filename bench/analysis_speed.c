// SPDX-License-Identifier: GPL-2.0-only
/*
 * analysis_speed [--cross-file] [--functions] STORE: flow and rules over each
 * unit of a store, as `check` would run them on what it has loaded. A line of
 * JSON a unit: its path, how many functions it has and how many of them are
 * analysed in part, the traces, and CPU time in microseconds of the load, of
 * flow and of the rules. The last line has the largest memory, in kB. With
 * --functions a line for each function of a main file instead.
 *
 * Nothing is parsed and nothing is written: units that changed since they were
 * read are left out, and so are annotations in the code.
 */
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>

#include "clock.h"
#include "facts/program.h"
#include "flow/flow.h"
#include "link/link.h"
#include "model/model.h"
#include "report/finding.h"
#include "rules/rules.h"

struct run {
	struct store *store;
	const struct model *model;
	bool cross_file, functions;
	int unread;
};

static double now_us(void)
{
	return cpu_ns() / 1e3;
}

static void print_function(const char *path, const struct func_flow *ff)
{
	if (ff->func->in_main_file)
		printf("{\"file\":\"%s\",\"function\":\"%s\",\"steps\":%d,"
		       "\"traces\":%u,\"outcomes\":%d,\"bound\":\"%s\"}\n",
		       path, ff->func->name, ff->steps, ff->traces->len,
		       ff->summary.known ? ff->summary.n_outcomes : -1,
		       ff->bounded ? ff->bound : "");
}

/* The functions of the main file; *@ret_partly: of those, cut off. */
static int count_functions(const struct flow *fl, int *ret_partly)
{
	int n = 0;
	guint i;

	*ret_partly = 0;
	for (i = 0; i < fl->funcs->len; i++) {
		const struct func_flow *ff = fl->funcs->pdata[i];

		n += ff->func->in_main_file;
		*ret_partly += ff->func->in_main_file && ff->bounded;
	}
	return n;
}

static void print_unit(const char *path, const struct flow *fl,
		       const double at[static 4])
{
	int partly, n = count_functions(fl, &partly);

	printf("{\"file\":\"%s\",\"functions\":%d,\"partly\":%d,"
	       "\"load_us\":%.0f,\"flow_us\":%.0f,\"rules_us\":%.0f}\n",
	       path, n, partly, at[1] - at[0], at[2] - at[1], at[3] - at[2]);
}

static void measure(struct run *r, const char *path, const char *command)
{
	struct report *report = report_new();
	struct imports *imports = NULL;
	double at[4] = { now_us() };
	struct flow *fl;
	struct unit *u;
	guint i;

	u = store_load(r->store, path, command);
	r->unread += !u;
	if (u) {
		unit_keep_wanted(u, model_wants_body, (void *)r->model);
		if (r->cross_file)
			imports = imports_load(r->store, path);
		at[1] = now_us();
		fl = flow_new(u, r->model, imports_world(imports));
		at[2] = now_us();
		rules_run(fl, NULL, report, NULL);
		at[3] = now_us();
		for (i = 0; i < fl->funcs->len && r->functions; i++)
			print_function(path, fl->funcs->pdata[i]);
		if (!r->functions)
			print_unit(path, fl, at);
		flow_free(fl);
		imports_free(imports);
		unit_free(u);
	}
	report_free(report);
}

struct row {
	char *path, *command;
};

static void row_clear(gpointer p)
{
	struct row *r = p;

	g_free(r->path);
	g_free(r->command);
}

static void add_row(const char *path, const char *command, void *rows)
{
	const struct row r = { g_strdup(path), g_strdup(command) };

	g_array_append_val((GArray *)rows, r);
}

static void measure_all(struct run *r)
{
	GArray *rows = g_array_new(FALSE, FALSE, sizeof(struct row));
	struct rusage used;
	guint i;

	g_array_set_clear_func(rows, row_clear);
	/* no command begins like this, so all are told */
	store_stale(r->store, "\n", add_row, rows);
	for (i = 0; i < rows->len; i++) {
		const struct row *row = &g_array_index(rows, struct row, i);

		measure(r, row->path, row->command);
	}
	g_array_unref(rows);
	getrusage(RUSAGE_SELF, &used);
	if (!r->functions)
		printf("{\"unread\":%d,\"max_kb\":%ld}\n", r->unread,
		       used.ru_maxrss);
}

static bool parse(int argc, char **argv, struct run *r)
{
	int i;

	for (i = 1; i < argc - 1; i++) {
		r->cross_file |= !strcmp(argv[i], "--cross-file");
		r->functions |= !strcmp(argv[i], "--functions");
	}
	return argc - 2 == r->cross_file + r->functions;
}

int main(int argc, char **argv)
{
	struct run r = { 0 };
	char *notice, *error = NULL;
	struct model *m;

	if (!parse(argc, argv, &r)) {
		fputs("usage: analysis_speed [--cross-file] [--functions] "
		      "STORE\n", stderr);
		return 2;
	}
	error = store_refusal(argv[argc - 1]);
	if (!error)
		r.store = store_open(argv[argc - 1], &notice, &error);
	if (!r.store) {
		fprintf(stderr, "analysis_speed: %s\n", error);
		g_free(error);
		return 2;
	}
	r.model = m = model_new_builtin();
	measure_all(&r);
	model_free(m);
	store_close(r.store);
	return 0;
}
