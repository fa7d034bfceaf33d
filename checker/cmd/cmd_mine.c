// SPDX-License-Identifier: GPL-2.0-only
/*
 * pincheck mine: from all units below some folders to what the program keeps
 * to: a .pincheck file on stdout, and what of it acts beside the store. Units
 * are counted by workers and summed here, in their order.
 */
#include <string.h>

#include "cmd/check.h"
#include "cmd/common.h"
#include "cmd/link_run.h"
#include "cmd/mining.h"
#include "cmd/models.h"
#include "cmd/stores.h"
#include "mine/print.h"
#include "model/model.h"
#include "pipeline/pipeline.h"

#define DEFAULT_TIMEOUT 120

struct options {
	char *db_dir, *store, *output, *format;
	char **models, **paths, **clang_args;
	int jobs, timeout;
	gboolean no_builtin, no_store, cross_file, json;
};

static int parse(int argc, char **argv, struct options *o)
{
	const GOptionEntry entries[] = {
		{ "compile-db", 'p', 0, G_OPTION_ARG_FILENAME, &o->db_dir,
		  "Folder of compile_commands.json", "DIR" },
		{ "store", 0, 0, G_OPTION_ARG_FILENAME, &o->store,
		  "Take units from this store, and keep them there (that of"
		  " pincheck index)", "FILE" },
		{ "no-store", 0, 0, G_OPTION_ARG_NONE, &o->no_store,
		  "Read every unit anew", NULL },
		{ "cross-file", 0, 0, G_OPTION_ARG_NONE, &o->cross_file,
		  "With a store: use what its other units do as well", NULL },
		{ "jobs", 'j', 0, G_OPTION_ARG_INT, &o->jobs,
		  "Worker processes (one a processor)", "N" },
		{ "timeout", 0, 0, G_OPTION_ARG_INT, &o->timeout,
		  "Give up on a unit after this (120; 0: never)", "SECONDS" },
		{ "model", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &o->models,
		  "A .pincheck file to use beside those that are found",
		  "FILE" },
		{ "no-builtin", 0, 0, G_OPTION_ARG_NONE, &o->no_builtin,
		  "Without the pairs that pincheck knows", NULL },
		{ "format", 0, 0, G_OPTION_ARG_STRING, &o->format,
		  "pincheck (default) or json", "FORMAT" },
		{ "output", 'o', 0, G_OPTION_ARG_FILENAME, &o->output,
		  "Write to a file", "FILE" },
		{ G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_FILENAME_ARRAY,
		  &o->paths, NULL, "[PATH...] [-- CLANG-ARGS]" },
		G_OPTION_ENTRY_NULL
	};

	return cmd_parse(argc, argv, entries, NULL,
			 "Counts, over all units below folders (the current"
			 " one), which flag owns which\nreference, which bits"
			 " pin and which locks guard, and writes it as a"
			 " .pincheck file.\nWhat acts goes beside the store,"
			 " too, where check finds it.");
}

static void options_clear(struct options *o)
{
	g_free(o->db_dir);
	g_free(o->store);
	g_free(o->output);
	g_free(o->format);
	g_strfreev(o->models);
	g_strfreev(o->paths);
}

static struct report *run(const struct options *o, const struct run_model *m,
			  struct units *units)
{
	char *reader = o->store ? pipeline_reader() : NULL;
	const struct pipeline_options pipeline = {
		.model = m->model, .model_digest = m->digest,
		.reader = reader
	}, own = {
		.model = m->own, .model_digest = m->own_digest,
		.reader = reader
	};
	GPtrArray *noise = g_ptr_array_new_with_free_func(g_free);
	const struct link_run linking = {
		.store = o->store, .pipeline = &own, .units = units,
		.jobs = o->jobs, .timeout = o->timeout, .noise = noise
	};
	struct check_run run = {
		.units = units, .pass = pipeline_evidence,
		.pipeline = &pipeline, .store = o->store,
		.jobs = o->jobs, .timeout = o->timeout,
		.start = units->report, .noise = noise
	};
	struct report *r;

	if (o->store && o->cross_file)
		run.linked = link_units(&linking, units);
	units->report = NULL;
	r = check_run(&run);
	check_tell(FALSE, r, units, noise);
	g_ptr_array_unref(noise);
	g_free(reader);
	return r;
}

static struct evidence *sum(struct report *r)
{
	struct evidence *all = evidence_new();

	for (guint i = 0; i < r->texts->len; i++) {
		struct evidence *e;

		e = pipeline_unpack_evidence(r->texts->pdata[i]);
		if (e)
			evidence_add(all, e);
		else
			r->incomplete = TRUE;
		evidence_free(e);
	}
	return all;
}

static struct mine_style style_of(const struct report *r)
{
	return (struct mine_style){ check_file_name, pincheck_version(),
				    r->files };
}

static int write_acting(const char *file, const struct mining *m,
			const struct mine_style *style)
{
	GString *text = g_string_new(NULL);
	int status;

	mine_print(text, m, style, true);
	status = cmd_write(file, text);
	g_string_free(text, TRUE);
	return status;
}

/*
 * For check: it finds what acts beside the store. A part of the program must
 * not take the place of what the whole of it gave.
 */
static int keep(const struct options *o, const struct mining *m,
		const struct units *units, const struct report *r)
{
	const struct mine_style style = style_of(r);
	guint lacking = stores_lacking(o->store, o->paths[0], o->db_dir, units);
	guint lost = units->list->len - r->texts->len;
	char *file = stores_mined(o->store);
	int status = STATUS_OK;

	if (!lacking && !lost)
		status = write_acting(file, m, &style);
	else
		cmd_say("%s is left as it was: %u of the program's %u units"
			" are not in this", file, lacking + lost,
			lacking + units->list->len);
	g_free(file);
	return status;
}

static int tell(const struct options *o, const struct mining *m,
		const struct report *r)
{
	const struct mine_style style = style_of(r);
	GString *text = g_string_new(NULL);
	int status;

	if (o->json)
		mine_print_json(text, m, &style);
	else
		mine_print(text, m, &style, false);
	status = cmd_write(o->output, text);
	g_string_free(text, TRUE);
	return status;
}

static int mine_units(const struct options *o, const struct run_model *rm)
{
	const struct units_flags flags = { o->db_dir, o->clang_args };
	struct units *units = units_collect(o->paths, &flags);
	struct report *r = run(o, rm, units);
	struct evidence *e = sum(r);
	struct mining *m = mining_beside(e, rm->model);
	int status = tell(o, m, r);

	if (!status && o->store && !o->no_builtin)
		status = keep(o, m, units, r);
	if (!status && r->incomplete)
		status = STATUS_INCOMPLETE;
	mining_free(m);
	evidence_free(e);
	report_free(r);
	units_free(units);
	return status;
}

/* The built-in pairs; those that files declare stay. */
static void forget_pairs(struct model *m, char **digest)
{
	char *other = g_strconcat("no-builtin ", *digest, NULL);

	model_forget_builtin(m);
	g_free(*digest);
	*digest = other;
}

static int load_and_mine(const struct options *o)
{
	char **found = models_find(o->paths);
	struct run_model m;
	int status = STATUS_USAGE;

	if (run_model_load(&m, found, o->models)) {
		if (o->no_builtin)
			forget_pairs(m.model, &m.digest);
		status = mine_units(o, &m);
	}
	run_model_clear(&m);
	g_strfreev(found);
	return status;
}

static int check_and_mine(struct options *o)
{
	o->json = !g_strcmp0(o->format, "json");
	if (o->format && !o->json && strcmp(o->format, "pincheck"))
		return cmd_usage("no format is called '%s'", o->format);
	if (o->db_dir && o->clang_args)
		return cmd_usage("either -p DIR or -- CLANG-ARGS");
	if (o->store && o->no_store)
		return cmd_usage("either --store or --no-store");
	if (o->cross_file && o->no_store)
		return cmd_usage("either --cross-file or --no-store");
	if (o->jobs < 1)
		return cmd_usage("-j must be at least 1");
	if (o->timeout < 0)
		return cmd_usage("--timeout must not be negative");
	if (!o->paths)
		o->paths = g_strsplit(".", " ", 1);
	if (!o->no_store && (o->store || !o->clang_args) &&
	    !stores_choose(&o->store, o->paths[0], o->db_dir))
		return STATUS_INCOMPLETE;
	return load_and_mine(o);
}

int cmd_mine(int argc, char **argv)
{
	struct options o = { .jobs = (int)g_get_num_processors(),
			     .timeout = DEFAULT_TIMEOUT };
	int status;

	o.clang_args = cmd_split_args(&argc, argv);
	status = parse(argc, argv, &o);
	if (status == CMD_GO)
		status = check_and_mine(&o);
	options_clear(&o);
	return status;
}
