// SPDX-License-Identifier: GPL-2.0-only
/* pincheck dump: the text of one unit after a pass, for who works on it. */
#include "cmd/common.h"
#include "cmd/models.h"
#include "cmd/units.h"
#include "pipeline.h"

struct options {
	char *pass, *function, *db_dir;
	char **models, **files;
};

static void options_clear(struct options *o)
{
	g_free(o->pass);
	g_free(o->function);
	g_free(o->db_dir);
	g_strfreev(o->models);
	g_strfreev(o->files);
}

static int parse(int argc, char **argv, struct options *o)
{
	const GOptionEntry entries[] = {
		{ "after", 0, 0, G_OPTION_ARG_STRING, &o->pass,
		  "The pass after which to print", "PASS" },
		{ "function", 0, 0, G_OPTION_ARG_STRING, &o->function,
		  "Print only this function", "NAME" },
		{ "compile-db", 'p', 0, G_OPTION_ARG_FILENAME, &o->db_dir,
		  "Folder of compile_commands.json", "DIR" },
		{ "model", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &o->models,
		  "Load this .pincheck file (repeatable)", "FILE" },
		{ G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_FILENAME_ARRAY,
		  &o->files, NULL, "FILE [-- CLANG-ARGS]" },
		G_OPTION_ENTRY_NULL
	};

	return cmd_parse(argc, argv, entries, NULL,
			 "Prints what pincheck knows of a unit after a pass.");
}

static gboolean is_pass(const char *name)
{
	for (const char *const *pass = pipeline_passes; *pass; pass++)
		if (!g_strcmp0(*pass, name))
			return TRUE;
	return FALSE;
}

static int complain_pass(const char *name)
{
	char *names = g_strjoinv(", ", (char **)pipeline_passes);
	int status;

	if (name)
		status = cmd_usage("no such pass: %s (there are %s)", name,
				   names);
	else
		status = cmd_usage("--after=PASS is missing (one of %s)",
				   names);
	g_free(names);
	return status;
}

static int dump_unit(const struct check_unit *u, const struct model *m,
		     const struct options *o)
{
	const struct pipeline_options opt = { .model = m };
	char *error = NULL;
	char *text = pipeline_dump(u->cmd, &opt, o->pass, o->function,
				   &error);
	GString *out;
	int status;

	if (!text) {
		cmd_say("%s", error);
		g_free(error);
		return STATUS_INCOMPLETE;
	}
	out = g_string_new(text);
	status = cmd_write(NULL, out);
	g_string_free(out, TRUE);
	g_free(text);
	return status;
}

static void say_all(const GPtrArray *lines)
{
	for (guint i = 0; i < lines->len; i++)
		cmd_say("%s", (const char *)lines->pdata[i]);
}

static int dump(const struct options *o, char **clang_args)
{
	const struct units_flags flags = { o->db_dir, clang_args };
	char **found = models_find(o->files);
	struct model *m = models_load(found, o->models);
	struct units *units = units_collect(o->files, &flags);
	int status = STATUS_USAGE;

	say_all(units->notices);
	say_all(units->report->errors);
	if (m && units->list->len)
		status = dump_unit(units->list->pdata[0], m, o);
	else if (m)
		status = STATUS_INCOMPLETE;
	units_free(units);
	models_free(m);
	g_strfreev(found);
	return status;
}

static int check_and_dump(const struct options *o, char **clang_args)
{
	if (!o->pass || !is_pass(o->pass))
		return complain_pass(o->pass);
	if (!o->files || g_strv_length(o->files) != 1)
		return cmd_usage("dump takes one file");
	if (o->db_dir && clang_args)
		return cmd_usage("either -p DIR or -- CLANG-ARGS");
	return dump(o, clang_args);
}

int cmd_dump(int argc, char **argv)
{
	struct options o = { 0 };
	char **clang_args = cmd_split_args(&argc, argv);
	int status = parse(argc, argv, &o);

	if (status == CMD_GO)
		status = check_and_dump(&o, clang_args);
	options_clear(&o);
	return status;
}
