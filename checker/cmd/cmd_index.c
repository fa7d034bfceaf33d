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

#define DEFAULT_TIMEOUT 120

struct options {
	char *db_dir, *store, *shard;
	struct units_shard part;	/* what @shard means */
	char **paths, **models, **clang_args;
	int jobs, timeout;
	gboolean no_pch;
};

static int parse(int argc, char **argv, struct options *o)
{
	const GOptionEntry entries[] = {
		{ "compile-db", 'p', 0, G_OPTION_ARG_FILENAME, &o->db_dir,
		  "Folder of compile_commands.json", "DIR" },
		{ "store", 0, 0, G_OPTION_ARG_FILENAME, &o->store,
		  "The store (.cache/pincheck/facts.db beside the database)",
		  "FILE" },
		{ "shard", 0, 0, G_OPTION_ARG_STRING, &o->shard,
		  "Only the K-th of N parts of the units", "K/N" },
		{ "model", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &o->models,
		  "Load this .pincheck file (repeatable)", "FILE" },
		{ "jobs", 'j', 0, G_OPTION_ARG_INT, &o->jobs,
		  "Worker processes (one a processor)", "N" },
		{ "timeout", 0, 0, G_OPTION_ARG_INT, &o->timeout,
		  "Give up on a unit after this (120; 0: never)", "SECONDS" },
		{ "no-pch", 0, 0, G_OPTION_ARG_NONE, &o->no_pch,
		  "Parse each unit by itself, without precompiled headers",
		  NULL },
		{ G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_FILENAME_ARRAY,
		  &o->paths, NULL, "[PATH...] [-- CLANG-ARGS]" },
		G_OPTION_ENTRY_NULL
	};

	return cmd_parse(argc, argv, entries, NULL,
			 "Reads files, or all units below folders (the current"
			 " one), into the facts\nstore. What has not changed"
			 " since the last time is not read again.");
}

static void options_clear(struct options *o)
{
	g_free(o->db_dir);
	g_free(o->store);
	g_free(o->shard);
	g_strfreev(o->paths);
	g_strfreev(o->models);
}

static struct report *run(const struct options *o, const char *reader,
			  struct units *units)
{
	const struct pipeline_options pipeline = { .reader = reader };
	GPtrArray *noise = g_ptr_array_new_with_free_func(g_free);
	const struct check_run run = {
		.units = units, .pass = pipeline_index,
		.pipeline = &pipeline, .store = o->store,
		.no_pch = o->no_pch,
		.jobs = o->jobs, .timeout = o->timeout,
		.start = units->report, .noise = noise
	};
	struct report *r;

	units->report = NULL;
	r = check_run(&run);
	check_tell(FALSE, r, units, noise);
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
	struct store *s = stores_open(o->store);
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
	stores_tell(s, o->store, done->str);
	g_string_free(done, TRUE);
	store_close(s);
}

static void link_program(const struct options *o, const char *reader,
			 struct model *model, char *digest,
			 struct link_outcome *ret)
{
	GPtrArray *noise = g_ptr_array_new_with_free_func(g_free);
	struct units none = { .list = g_ptr_array_new() };
	const struct pipeline_options pipeline = {
		.model = model, .model_digest = digest, .reader = reader
	};
	const struct link_run run = {
		.store = o->store, .pipeline = &pipeline, .units = &none,
		.index = TRUE, .no_pch = o->no_pch,
		.jobs = o->jobs, .timeout = o->timeout, .noise = noise
	};

	stores_name_database(o->store, o->paths[0], o->db_dir);
	link_run(&run, ret);
	for (guint i = 0; i < ret->notices->len; i++)
		cmd_say("%s", (char *)ret->notices->pdata[i]);
	if (ret->ambiguous)
		cmd_say("%s", ret->ambiguous);
	g_ptr_array_unref(none.list);
	g_ptr_array_unref(noise);
}

static int fill(const struct options *o, struct model *model, char *digest)
{
	const struct units_flags flags = { o->db_dir, o->clang_args };
	struct units *units = units_collect(o->paths, &flags);
	gint64 before = last_unit(o->store);
	struct link_outcome linked = { 0 };
	char *reader = pipeline_reader();
	struct report *r;
	int status;

	if (o->shard)
		units_keep_shard(units, &o->part);
	r = run(o, reader, units);
	status = r->incomplete ? STATUS_INCOMPLETE : STATUS_OK;
	/* a part knows too little of the program */
	if (!o->shard)
		link_program(o, reader, model, digest, &linked);
	summarize(o, r, &linked, before);
	if (!o->shard && (!linked.linked || linked.lost))
		status = STATUS_INCOMPLETE;
	link_outcome_clear(&linked);
	report_free(r);
	units_free(units);
	g_free(reader);
	return status;
}

static int load_and_fill(const struct options *o)
{
	char **found = models_find(o->paths);
	struct model *model = models_load(found, o->models);
	char *digest = models_digest(found, o->models);
	int status = model ? fill(o, model, digest) : STATUS_USAGE;

	models_free(model);
	g_free(digest);
	g_strfreev(found);
	return status;
}

static int check_and_fill(struct options *o)
{
	if (o->db_dir && o->clang_args)
		return cmd_usage("either -p DIR or -- CLANG-ARGS");
	if (o->jobs < 1)
		return cmd_usage("-j must be at least 1");
	if (o->timeout < 0)
		return cmd_usage("--timeout must not be negative");
	if (o->shard && !units_parse_shard(o->shard, &o->part))
		return cmd_usage("--shard takes K/N with K from 1 to N, not %s",
				 o->shard);
	if (!o->paths)
		o->paths = g_strsplit(".", " ", 1);
	if (!o->store)
		o->store = stores_default(o->paths[0], o->db_dir);
	if (!o->store)
		return cmd_usage("no compile_commands.json at or above %s;"
				 " --store FILE says where to keep the facts",
				 o->paths[0]);
	return stores_prepare(o->store) ? load_and_fill(o) : STATUS_INCOMPLETE;
}

int cmd_index(int argc, char **argv)
{
	struct options o = { .jobs = (int)g_get_num_processors(),
			     .timeout = DEFAULT_TIMEOUT };
	int status;

	o.clang_args = cmd_split_args(&argc, argv);
	status = parse(argc, argv, &o);
	if (status == CMD_GO)
		status = check_and_fill(&o);
	options_clear(&o);
	return status;
}
