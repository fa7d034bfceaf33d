// SPDX-License-Identifier: GPL-2.0-only
/* The options that several subcommands have, and whether they make sense. */
#include "cmd/run_options.h"

#include <stddef.h>

#include "cmd/common.h"
#include "cmd/stores.h"
#include "cmd/units.h"

struct row {
	enum run_rows of;
	gsize field;		/* of struct run_options */
	GOptionEntry entry;	/* without its arg_data */
};

/* Of a number, until it is given. */
#define UNSET G_MININT

#define FIELD(name) offsetof(struct run_options, name)

static const struct row rows[] = {
	{ RUN_DATABASE, FIELD(db_dir),
	  { "compile-db", 'p', 0, G_OPTION_ARG_FILENAME, NULL,
	    "Folder of compile_commands.json", "DIR" } },
	{ RUN_STORE_MADE, FIELD(store),
	  { "store", 0, 0, G_OPTION_ARG_FILENAME, NULL,
	    "The store (.cache/pincheck/facts.db beside the database)",
	    "FILE" } },
	{ RUN_STORE_READ, FIELD(store),
	  { "store", 0, 0, G_OPTION_ARG_FILENAME, NULL,
	    "Use what this store knows of other files", "FILE" } },
	{ RUN_STORE_KEPT, FIELD(store),
	  { "store", 0, 0, G_OPTION_ARG_FILENAME, NULL,
	    "Take units from this store, and keep them there (that of"
	    " 'pincheck index')", "FILE" } },
	{ RUN_STORE_KEPT, FIELD(no_store),
	  { "no-store", 0, 0, G_OPTION_ARG_NONE, NULL,
	    "Read every unit anew", NULL } },
	{ RUN_STORE_KEPT, FIELD(cross_file),
	  { "cross-file", 0, 0, G_OPTION_ARG_NONE, NULL,
	    "With a store: use what its other units do as well", NULL } },
	{ RUN_MODELS, FIELD(models),
	  { "model", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, NULL,
	    "Load this .pincheck file (repeatable)", "FILE" } },
	{ RUN_PCH, FIELD(no_pch),
	  { "no-pch", 0, 0, G_OPTION_ARG_NONE, NULL,
	    "Parse each unit by itself, without precompiled headers",
	    NULL } },
	{ RUN_JOBS, FIELD(jobs),
	  { "jobs", 'j', 0, G_OPTION_ARG_INT, NULL,
	    "Processes at a time (one a processor)", "N" } },
	{ RUN_TIMEOUT, FIELD(timeout),
	  { "timeout", 0, 0, G_OPTION_ARG_INT, NULL,
	    "Give up on a unit after this (120; 0: never)", "SECONDS" } },
	{ RUN_VERBOSE, FIELD(verbose),
	  { "verbose", 'v', 0, G_OPTION_ARG_NONE, NULL,
	    "List all errors, and what was skipped or left out", NULL } },
};

/* The command's own first; ends as GLib wants it. */
static GArray *entries_of(struct run_options *o, const struct run_command *c,
			  const GOptionEntry *own, const char *arguments)
{
	const GOptionEntry rest = {
		G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_FILENAME_ARRAY,
		&o->args, NULL, arguments
	};
	GArray *all = g_array_new(TRUE, TRUE, sizeof(GOptionEntry));

	for (; own && own->long_name; own++)
		g_array_append_val(all, *own);
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		GOptionEntry entry = rows[i].entry;

		entry.arg_data = (char *)o + rows[i].field;
		if (c->rows & rows[i].of)
			g_array_append_val(all, entry);
	}
	g_array_append_val(all, rest);
	return all;
}

static gboolean any_given(const struct run_options *o)
{
	return o->db_dir || o->store || o->models || o->args ||
	       o->clang_args || o->no_store || o->cross_file || o->no_pch ||
	       o->verbose || o->jobs != UNSET || o->timeout != UNSET;
}

static void set_defaults(struct run_options *o, const struct run_command *c)
{
	if (o->jobs == UNSET)
		o->jobs = c->rows & RUN_JOBS ? (int)g_get_num_processors() : 1;
	if (o->timeout == UNSET)
		o->timeout = c->rows & RUN_TIMEOUT ? RUN_TIMEOUT_SECONDS : 0;
}

static int check(const struct run_options *o)
{
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
	return CMD_GO;
}

int run_options_parse(struct run_options *o, const struct run_command *c,
		      const GOptionEntry *own, int argc, char **argv)
{
	char *arguments = g_strconcat(c->arguments, c->rows & RUN_CLANG_ARGS ?
				      " [-- CLANG-ARGS]" : "", NULL);
	GArray *entries = entries_of(o, c, own, arguments);
	int status;

	if (c->rows & RUN_CLANG_ARGS)
		o->clang_args = cmd_split_args(&argc, argv);
	o->jobs = o->timeout = UNSET;
	status = cmd_parse(argc, argv, (const GOptionEntry *)entries->data,
			   NULL, c->summary);
	o->given = any_given(o);
	set_defaults(o, c);
	if (status == CMD_GO)
		status = check(o);
	if (!o->args && c->rows & RUN_HERE)
		o->args = g_strsplit(".", " ", 1);
	g_array_unref(entries);
	g_free(arguments);
	return status;
}

void run_options_clear(struct run_options *o)
{
	g_free(o->db_dir);
	g_free(o->store);
	g_strfreev(o->models);
	g_strfreev(o->args);
}

int run_options_choose_store(struct run_options *o, const char *path)
{
	gboolean wanted = !o->no_store && (o->store || !o->clang_args);

	if (wanted && !stores_choose(&o->store, path, o->db_dir))
		return STATUS_INCOMPLETE;
	if (o->cross_file && !o->store)
		return cmd_usage("--cross-file needs a store: see"
				 " 'pincheck index'");
	return CMD_GO;
}

struct units *run_options_units(const struct run_options *o)
{
	const struct units_flags flags = { o->db_dir, o->clang_args };

	return units_collect(o->args, &flags);
}
