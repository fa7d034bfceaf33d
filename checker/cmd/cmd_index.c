// SPDX-License-Identifier: GPL-2.0-only
/*
 * pincheck index: reads units into the facts store, so that later commands
 * find them there, and links them: what functions do is worked out over all
 * files. Only what changed since the last time is parsed, and summarised.
 */
#include "cmd/check.h"
#include "cmd/common.h"
#include "cmd/link_run.h"
#include "cmd/models.h"
#include "cmd/stores.h"
#include "facts/facts.h"
#include "pipeline/pipeline.h"

struct options {
	char *shard;
	struct units_shard part;	/* what @shard means */
	struct run_options run;
};

static const struct run_command command = {
	RUN_UNITS | RUN_STORE_MADE | RUN_HERE, "[PATH...]",
	"Reads files, or all units below folders (the current one), into the\n"
	"facts store. What has not changed since the last time is not read again.\n"
	"\n"
	"Exit status: 0 all was read, 2 wrong usage, 3 incomplete: some unit\n"
	"could not be read in full."
};

static int parse(int argc, char **argv, struct options *o)
{
	const GOptionEntry entries[] = {
		{ "shard", 0, 0, G_OPTION_ARG_STRING, &o->shard,
		  "Only the K-th of N parts of the units", "K/N" },
		G_OPTION_ENTRY_NULL
	};

	return run_options_parse(&o->run, &command, entries, argc, argv);
}

static void options_clear(struct options *o)
{
	g_free(o->shard);
	run_options_clear(&o->run);
}

static struct report *read_units(const struct options *o, struct units *units)
{
	const struct pipeline_options pipeline = { 0 };
	GPtrArray *noise = g_ptr_array_new_with_free_func(g_free);
	const struct check_run run = {
		.options = &o->run, .units = units, .pass = pipeline_index,
		.pipeline = &pipeline, .noise = noise
	};
	struct report *r = check_run(&run);

	check_tell(o->run.verbose, r, units, noise);
	g_ptr_array_unref(noise);
	return r;
}

static gint64 last_unit(const char *file)
{
	struct store_counts n = { 0 };
	struct store *s = stores_open(file);

	if (s)
		store_count(s, &n);
	store_close(s);
	return n.last_unit;
}

/* The closing line: what the store holds now, and what was done for it. */
static void summarize(const struct options *o, const struct report *r,
		      const struct link_outcome *linked, gint64 before)
{
	struct store *s = stores_open(o->run.store);
	GString *done;

	if (!s)
		return;
	store_sweep(s);
	done = g_string_new(NULL);
	g_string_printf(done, "; %" G_GINT64_FORMAT " read",
			store_count_since(s, before));
	if (linked->linked)
		g_string_append_printf(done, ", %u summarised, %u kept",
				       linked->functions, linked->kept);
	if (r->incomplete)
		g_string_append(done, "; INCOMPLETE");
	stores_tell(s, o->run.store, done->str);
	g_string_free(done, TRUE);
	store_close(s);
}

static void link_program(const struct options *o, const struct run_model *m,
			 struct link_outcome *ret)
{
	GPtrArray *noise = g_ptr_array_new_with_free_func(g_free);
	struct units none = { .list = g_ptr_array_new() };
	const struct link_run run = {
		.options = &o->run, .model = m, .units = &none, .index = TRUE,
		.noise = noise
	};

	stores_name_database(o->run.store, o->run.args[0], o->run.db_dir);
	link_run(&run, ret);
	for (guint i = 0; i < ret->notices->len; i++)
		cmd_say("%s", (char *)ret->notices->pdata[i]);
	if (ret->ambiguous)
		cmd_say("%s", ret->ambiguous);
	g_ptr_array_unref(none.list);
	g_ptr_array_unref(noise);
}

static int fill(const struct options *o, const struct run_model *m,
		struct units *units)
{
	gint64 before = last_unit(o->run.store);
	struct link_outcome linked = { 0 };
	struct report *r;
	int status;

	if (o->shard)
		units_keep_shard(units, &o->part);
	r = read_units(o, units);
	status = r->incomplete ? STATUS_INCOMPLETE : STATUS_OK;
	/* a part knows too little of the program */
	if (!o->shard)
		link_program(o, m, &linked);
	summarize(o, r, &linked, before);
	if (!o->shard && (!linked.linked || linked.lost))
		status = STATUS_INCOMPLETE;
	link_outcome_clear(&linked);
	report_free(r);
	return status;
}

/* Of a folder that is mistyped no store is made. */
static int collect_and_fill(const struct options *o, const struct run_model *m)
{
	struct units *units = run_options_units(&o->run);
	int status = STATUS_INCOMPLETE;

	if (!units->list->len)
		check_tell(o->run.verbose, units->report, units, NULL);
	else if (stores_prepare(o->run.store))
		status = fill(o, m, units);
	units_free(units);
	return status;
}

static int load_and_fill(const struct options *o)
{
	struct run_model m;
	int status = STATUS_USAGE;

	if (run_model_load(&m, o->run.args, o->run.models))
		status = collect_and_fill(o, &m);
	run_model_clear(&m);
	return status;
}

static int check_and_fill(struct options *o)
{
	struct run_options *run = &o->run;

	if (o->shard && !units_parse_shard(o->shard, &o->part))
		return cmd_usage("--shard takes K/N with K from 1 to N, not %s",
				 o->shard);
	if (!run->store)
		run->store = stores_default(run->args[0], run->db_dir);
	if (!run->store)
		return cmd_usage("no compile_commands.json at or above %s;"
				 " --store FILE says where to keep the facts",
				 run->args[0]);
	return load_and_fill(o);
}

int cmd_index(int argc, char **argv)
{
	struct options o = { 0 };
	int status = parse(argc, argv, &o);

	if (status == CMD_GO)
		status = check_and_fill(&o);
	options_clear(&o);
	return status;
}
