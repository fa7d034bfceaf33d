// SPDX-License-Identifier: GPL-2.0-only
/*
 * pincheck replay: one finding's interleavings, and the program that shows
 * them. What is compiled and run holds lowered events only, nothing of the
 * analysed code.
 */
#include <string.h>

#include "base/process.h"
#include "base/share.h"
#include "cmd/common.h"
#include "cmd/models.h"
#include "cmd/units.h"
#include "pipeline.h"

struct options {
	char *emit, *memory, *db_dir;
	char **models, **args;
	gboolean build;
	/* What the argument means. */
	char *file, *fingerprint;
	int line;
};

static void options_clear(struct options *o)
{
	g_free(o->emit);
	g_free(o->memory);
	g_free(o->db_dir);
	g_free(o->file);
	g_free(o->fingerprint);
	g_strfreev(o->models);
	g_strfreev(o->args);
}

static const char summary[] =
	"Searches the interleavings of one finding, FILE:LINE or\n"
	"FILE:FINGERPRINT, and prints the shortest one that fails.\n"
	"\n"
	"Exit status: 0 not reproduced, 1 confirmed, 2 wrong usage,\n"
	"3 neither.";

static int parse(int argc, char **argv, struct options *o)
{
	const GOptionEntry entries[] = {
		{ "emit", 0, 0, G_OPTION_ARG_FILENAME, &o->emit,
		  "Write replay.c and replay.pml into this folder", "DIR" },
		{ "build", 0, 0, G_OPTION_ARG_NONE, &o->build,
		  "Compile and run what was written (with --emit)", NULL },
		{ "memory", 0, 0, G_OPTION_ARG_STRING, &o->memory,
		  "Memory of that run: sc (default), tso, pso or arm",
		  "NAME" },
		{ "compile-db", 'p', 0, G_OPTION_ARG_FILENAME, &o->db_dir,
		  "Folder of compile_commands.json", "DIR" },
		{ "model", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &o->models,
		  "Load this .pincheck file (repeatable)", "FILE" },
		{ G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_FILENAME_ARRAY,
		  &o->args, NULL, "FILE:LINE [-- CLANG-ARGS]" },
		G_OPTION_ENTRY_NULL
	};

	return cmd_parse(argc, argv, entries, NULL, summary);
}

/* FILE:LINE or FILE:FINGERPRINT */
static gboolean split_place(struct options *o)
{
	const char *colon = strrchr(o->args[0], ':');
	char *end;

	if (!colon || colon == o->args[0] || !colon[1])
		return FALSE;
	o->file = g_strndup(o->args[0], (gsize)(colon - o->args[0]));
	o->line = (int)g_ascii_strtoll(colon + 1, &end, 10);
	if (*end || strlen(colon + 1) == 16)
		o->fingerprint = g_strdup(colon + 1);
	return TRUE;
}

static int run_program(const char *const *argv)
{
	const struct process_request req = { .argv = argv };
	struct process_result ran;
	char *error = NULL;
	int status;

	if (process_run(&req, &ran, &error) < 0) {
		cmd_say("%s", error);
		g_free(error);
		return STATUS_INCOMPLETE;
	}
	status = ran.status < 0 ? STATUS_INCOMPLETE : ran.status;
	process_result_clear(&ran);
	return status;
}

static int build_and_run(const struct options *o)
{
	char *runtime = share_path("replay");
	char *include = g_strconcat("-I", runtime, "/include", NULL);
	char *library = g_build_filename(runtime, "libpincheck-replay.a",
					 NULL);
	char *source = g_build_filename(o->emit, "replay.c", NULL);
	char *program = g_build_filename(o->emit, "replay", NULL);
	const char *const compile[] = { "cc", "-std=gnu11", "-O2", include,
					"-o", program, source, library, NULL };
	const char *const run[] = { program, "--all", "--memory",
				    o->memory ? o->memory : "sc", NULL };
	int status = run_program(compile);

	if (status)
		status = STATUS_INCOMPLETE;
	else
		status = run_program(run);
	g_free(runtime);
	g_free(include);
	g_free(library);
	g_free(source);
	g_free(program);
	return status;
}

static int emit(const struct options *o, const struct pipeline_replay *r)
{
	int status;

	if (!r->c) {
		cmd_say("there is no program to write");
		return STATUS_INCOMPLETE;
	}
	status = cmd_write_into(o->emit, "replay.c", r->c);
	if (!status)
		status = cmd_write_into(o->emit, "replay.pml", r->promela);
	if (!status && o->build)
		status = build_and_run(o);
	return status;
}

static int status_of(const char *verdict)
{
	if (g_str_has_prefix(verdict, "confirmed"))
		return STATUS_FINDINGS;
	return strcmp(verdict, "not-reproduced") ? STATUS_INCOMPLETE :
						   STATUS_OK;
}

static int tell(const struct options *o, const struct pipeline_replay *r)
{
	GString *out = g_string_new(r->text);
	int status = cmd_write(NULL, out);

	g_string_free(out, TRUE);
	if (status)
		return status;
	if (o->emit && (status = emit(o, r)) && !o->build)
		return status;
	return o->build ? status : status_of(r->verdict);
}

static int replay_unit(const struct check_unit *u, const struct model *m,
		       const struct options *o)
{
	const struct pipeline_options opt = { .model = m };
	char *error = NULL;
	struct pipeline_replay *r = pipeline_replay(u->cmd, &opt, o->line,
						    o->fingerprint, &error);
	int status = STATUS_USAGE;

	if (r)
		status = tell(o, r);
	else
		cmd_say("%s", error);
	g_free(error);
	pipeline_replay_free(r);
	return status;
}

static int replay(const struct options *o, char **clang_args)
{
	const struct units_flags flags = { o->db_dir, clang_args };
	char *paths[] = { o->file, NULL };
	char **found = models_find(paths);
	struct model *m = models_load(found, o->models);
	struct units *units = units_collect(paths, &flags);
	int status = STATUS_USAGE;
	guint i;

	for (i = 0; i < units->report->errors->len; i++)
		cmd_say("%s", (const char *)units->report->errors->pdata[i]);
	if (m && units->list->len)
		status = replay_unit(units->list->pdata[0], m, o);
	else if (m)
		status = STATUS_INCOMPLETE;
	units_free(units);
	models_free(m);
	g_strfreev(found);
	return status;
}

static int check_and_replay(struct options *o, char **clang_args)
{
	if (!o->args || g_strv_length(o->args) != 1 || !split_place(o))
		return cmd_usage("replay takes one FILE:LINE");
	if (o->build && !o->emit)
		return cmd_usage("--build needs --emit DIR");
	if (o->db_dir && clang_args)
		return cmd_usage("either -p DIR or -- CLANG-ARGS");
	return replay(o, clang_args);
}

int cmd_replay(int argc, char **argv)
{
	struct options o = { 0 };
	char **clang_args = cmd_split_args(&argc, argv);
	int status = parse(argc, argv, &o);

	if (status == CMD_GO)
		status = check_and_replay(&o, clang_args);
	options_clear(&o);
	return status;
}
