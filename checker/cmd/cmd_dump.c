// SPDX-License-Identifier: GPL-2.0-only
/* pincheck dump: the text of one unit after a pass, for who works on it. */
#include "cmd/common.h"
#include "cmd/target.h"
#include "pipeline/pipeline.h"

struct options {
	char *pass, *function;
	struct target target;
};

static void options_clear(struct options *o)
{
	g_free(o->pass);
	g_free(o->function);
	target_clear(&o->target);
}

static const struct run_command command = {
	TARGET_ROWS, "FILE",
	"Prints what pincheck knows of a unit after a pass.\n"
	"\n"
	"Exit status: 0 printed, 2 wrong usage, 3 incomplete."
};

static int parse(int argc, char **argv, struct options *o)
{
	const GOptionEntry entries[] = {
		{ "after", 0, 0, G_OPTION_ARG_STRING, &o->pass,
		  "The pass after which to print", "PASS" },
		{ "function", 0, 0, G_OPTION_ARG_STRING, &o->function,
		  "Print only this function", "NAME" },
		G_OPTION_ENTRY_NULL
	};

	return run_options_parse(&o->target.run, &command, entries, argc, argv);
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

static int dump_unit(const struct options *o)
{
	const struct pipeline_options opt = target_pipeline(&o->target);
	char *error = NULL;
	char *text = pipeline_dump(o->target.unit->cmd, &opt, o->pass,
				   o->function, &error);
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

static int check_and_dump(struct options *o)
{
	int status;

	if (!o->pass || !is_pass(o->pass))
		return complain_pass(o->pass);
	status = target_check(&o->target, "dump", "FILE");
	if (status == CMD_GO)
		status = target_open(&o->target, o->target.run.args[0]);
	return status == CMD_GO ? dump_unit(o) : status;
}

int cmd_dump(int argc, char **argv)
{
	struct options o = { 0 };
	int status = parse(argc, argv, &o);

	if (status == CMD_GO)
		status = check_and_dump(&o);
	options_clear(&o);
	return status;
}
