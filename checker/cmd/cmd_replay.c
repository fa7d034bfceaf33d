// SPDX-License-Identifier: GPL-2.0-only
/*
 * pincheck replay: one finding's interleavings, and the program that shows
 * them. What is compiled and run holds lowered events only, nothing of the
 * analysed code.
 */
#include <string.h>

#include "base/process.h"
#include "base/scratch.h"
#include "base/share.h"
#include "cmd/common.h"
#include "cmd/target.h"
#include "patch/patch.h"
#include "pipeline/pipeline.h"

struct options {
	char *emit, *memory, *after;
	struct target target;
	gboolean build;
	/* What the argument means. */
	char *file, *fingerprint;
	int line;
};

static void options_clear(struct options *o)
{
	g_free(o->emit);
	g_free(o->memory);
	g_free(o->after);
	g_free(o->file);
	g_free(o->fingerprint);
	target_clear(&o->target);
}

static const struct run_command command = {
	TARGET_ROWS, "FILE:LINE",
	"Searches the interleavings of one finding, FILE:LINE or\n"
	"FILE:FINGERPRINT, and prints the shortest one that fails.\n"
	"\n"
	"Exit status: 0 not reproduced, 1 confirmed, 2 wrong usage,\n"
	"3 neither. With --after: 0 confirmed, and with the patch not\n"
	"reproduced; 1 still confirmed; 2 also if the patch does not apply."
};

static int parse(int argc, char **argv, struct options *o)
{
	const GOptionEntry entries[] = {
		{ "emit", 0, 0, G_OPTION_ARG_FILENAME, &o->emit,
		  "Write replay.c and replay.pml into this folder", "DIR" },
		{ "build", 0, 0, G_OPTION_ARG_NONE, &o->build,
		  "Compile and run what was written (with --emit)", NULL },
		{ "memory", 0, 0, G_OPTION_ARG_STRING, &o->memory,
		  "The weakest memory to search, and that of --build: sc "
		  "(default), tso, pso or arm",
		  "NAME" },
		{ "after", 0, 0, G_OPTION_ARG_FILENAME, &o->after,
		  "Search again in the source with this patch", "PATCH" },
		G_OPTION_ENTRY_NULL
	};

	return run_options_parse(&o->target.run, &command, entries, argc, argv);
}

/* FILE:LINE or FILE:FINGERPRINT */
static gboolean split_place(struct options *o)
{
	const char *place = o->target.run.args[0];
	const char *colon = strrchr(place, ':');
	char *end;

	if (!colon || colon == place || !colon[1])
		return FALSE;
	o->file = g_strndup(place, (gsize)(colon - place));
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
	/* A relative name could be an option to cc. */
	char *folder = g_canonicalize_filename(o->emit, NULL);
	char *source = g_build_filename(folder, "replay.c", NULL);
	char *program = g_build_filename(folder, "replay", NULL);
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
	g_free(folder);
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

/* What failed and fails no more: that is what a fix is shown by. */
static int status_after(const struct pipeline_replay *r)
{
	int before = status_of(r->verdict), after = status_of(r->after->verdict);

	if (after == STATUS_OK && before != STATUS_FINDINGS)
		return STATUS_INCOMPLETE;
	return after;
}

static int tell_after(const struct options *o, const struct pipeline_replay *r)
{
	GString *out = g_string_new(NULL);
	int status;

	g_string_append_printf(out, "before: %s\nafter: %s", r->text,
			       r->after->text);
	if (r->after->line)
		g_string_append_printf(out, "still reported at %s:%d\n",
				       o->file, r->after->line);
	else
		g_string_append(out, "no longer reported\n");
	status = cmd_write(NULL, out);
	g_string_free(out, TRUE);
	return status ? status : status_after(r);
}

static int replay_with(const struct options *o,
		       const struct compile_command *patched)
{
	struct pipeline_options opt = target_pipeline(&o->target);
	struct pipeline_replay *r;
	char *error = NULL;
	int status = STATUS_USAGE;

	opt.memory = o->memory;
	r = pipeline_replay(o->target.unit->cmd, patched, &opt, o->line,
			    o->fingerprint, &error);
	if (r)
		status = r->after ? tell_after(o, r) : tell(o, r);
	else
		cmd_say("%s", error);
	g_free(error);
	pipeline_replay_free(r);
	return status;
}

/* The tree with all patches of a file: its last state. */
static struct states *read_states(const struct options *o,
				  const char *scratch, unsigned *ret_last,
				  char **ret_error)
{
	const struct series_source source = { .what = o->after };
	struct series *series = series_read(&source, scratch, NULL,
					    ret_error);
	struct states *states;
	char *tree, *why = NULL;

	if (!series)
		return NULL;
	tree = states_find_tree(series, o->target.unit->file);
	states = states_apply(series, tree, scratch, &why);
	if (!states)
		*ret_error = g_strdup_printf("%s: %s", o->after, why);
	*ret_last = series->patches->len;
	g_free(why);
	g_free(tree);
	series_free(series);
	return states;
}

static int replay_in(const struct options *o, const char *scratch)
{
	struct compile_command *patched = NULL;
	struct states *states;
	char *error = NULL;
	unsigned last;
	int status = STATUS_USAGE;

	states = read_states(o, scratch, &last, &error);
	if (states)
		patched = states_command(states, last, o->target.unit->cmd,
					 &error);
	if (patched)
		status = replay_with(o, patched);
	else
		cmd_say("%s", error);
	compile_command_free(patched);
	states_free(states);
	g_free(error);
	return status;
}

static int replay_patched(const struct options *o)
{
	char *error = NULL;
	struct scratch *scratch = scratch_make(&error);
	int status;

	if (!scratch) {
		cmd_say("%s", error);
		g_free(error);
		return STATUS_USAGE;
	}
	status = replay_in(o, scratch_folder(scratch));
	scratch_remove(scratch);
	return status;
}

static int check_and_replay(struct options *o)
{
	int status = target_check(&o->target, "replay", "FILE:LINE");

	if (status != CMD_GO)
		return status;
	if (!split_place(o))
		return cmd_usage("replay takes one FILE:LINE");
	if (o->build && !o->emit)
		return cmd_usage("--build needs --emit DIR");
	if (o->memory && !pipeline_knows_memory(o->memory))
		return cmd_usage("no such memory: %s", o->memory);
	if (o->after && o->emit)
		return cmd_usage("either --after PATCH or --emit DIR");
	status = target_open(&o->target, o->file);
	if (status != CMD_GO)
		return status;
	return o->after ? replay_patched(o) : replay_with(o, NULL);
}

int cmd_replay(int argc, char **argv)
{
	struct options o = { 0 };
	int status = parse(argc, argv, &o);

	if (status == CMD_GO)
		status = check_and_replay(&o);
	options_clear(&o);
	return status;
}
