// SPDX-License-Identifier: GPL-2.0-only
/*
 * pincheck cocci: the semantic patches over whole folders with spatch alone,
 * which needs no build and no flags; or written out for a tree of one's own.
 */
#include "engines/cocci.h"

#include <string.h>

#include "base/words.h"
#include "cmd/check.h"
#include "cmd/common.h"
#include "cmd/engine_model.h"
#include "cmd/engines.h"
#include "cmd/formats.h"
#include "cmd/models.h"
#include "cmd/suppress.h"
#include "model/model.h"
#include "pipeline/pipeline.h"

/* One rule and file; few need more than a second. */
#define DEFAULT_TIMEOUT 60

struct options {
	char *mode, *rules, *format_name, *output, *emit;
	struct run_options run;
	const struct report_format *format;
};

static void options_clear(struct options *o)
{
	g_free(o->mode);
	g_free(o->rules);
	g_free(o->format_name);
	g_free(o->output);
	g_free(o->emit);
	run_options_clear(&o->run);
}

static const struct run_command command = {
	RUN_DATABASE | RUN_CLANG_ARGS | RUN_MODELS | RUN_JOBS, "PATH...",
	"Runs the rules' semantic patches over files, or over all .c files below\n"
	"folders, with spatch. Modes are those of the kernel's coccicheck:\n"
	"report, patch, context and org. A report also lists the functions that\n"
	"spatch could not parse.\n"
	"\n"
	"With --emit the semantic patches are written instead, for the pairs that\n"
	"are built in, declared in .pincheck files, or shown by the code of the\n"
	"paths, which is compiled for that (-p or --): plain files that need no\n"
	"pincheck.\n"
	"\n"
	"Exit status: 0 nothing reported, 1 findings (in other modes than report:\n"
	"0), 2 wrong usage, 3 incomplete: some file was not analysed."
};

static int parse(struct options *o, int argc, char **argv, const char *formats)
{
	const GOptionEntry entries[] = {
		{ "mode", 0, 0, G_OPTION_ARG_STRING, &o->mode,
		  "report (default), patch, context or org", "MODE" },
		{ "rules", 0, 0, G_OPTION_ARG_STRING, &o->rules,
		  "Rules to use (all; see 'pincheck rules')", "RULE,..." },
		{ "emit", 0, 0, G_OPTION_ARG_FILENAME, &o->emit,
		  "Write the semantic patches into this folder", "DIR" },
		{ "format", 0, 0, G_OPTION_ARG_STRING, &o->format_name,
		  formats, "FORMAT" },
		{ "output", 'o', 0, G_OPTION_ARG_FILENAME, &o->output,
		  "Write what is found here (stdout)", "FILE" },
		{ "timeout", 0, 0, G_OPTION_ARG_INT, &o->run.timeout,
		  "Give up on a file and rule after this (60; 0: never)",
		  "SECONDS" },
		G_OPTION_ENTRY_NULL
	};

	return run_options_parse(&o->run, &command, entries, argc, argv);
}

/* Takes the mode "report" away: it is what no mode means. */
static gboolean resolve_mode(struct options *o)
{
	static const char *const modes[] = { "report", "patch", "context",
					     "org", NULL };

	if (o->mode && !g_strv_contains(modes, o->mode)) {
		cmd_usage("no such mode: %s", o->mode);
		return FALSE;
	}
	if (!g_strcmp0(o->mode, "report"))
		g_clear_pointer(&o->mode, g_free);
	return TRUE;
}

static gboolean resolve(struct options *o)
{
	o->format = formats_find(o->format_name);
	if (!o->format)
		return FALSE;
	if (!o->run.args && !o->emit)
		cmd_usage("no file or folder given");
	else if ((o->run.db_dir || o->run.clang_args) &&
		 !(o->emit && o->run.args))
		cmd_usage("only --emit DIR PATH needs flags");
	else
		return resolve_mode(o) && check_known_rules(o->rules) &&
		       engines_cover(engine_cocci.name, o->rules);
	return FALSE;
}

/* ---- the run ---- */

static int exit_status(const struct report *r)
{
	if (r->incomplete)
		return STATUS_INCOMPLETE;
	return r->findings->len ? STATUS_FINDINGS : STATUS_OK;
}

static int write_result(const struct options *o, const struct report *r)
{
	const struct report_style style = formats_style();
	GString *text = g_string_new(NULL);
	int status;

	if (!o->mode)
		o->format->write(r, &style, text);
	for (guint i = 0; i < r->texts->len; i++)
		g_string_append(text, r->texts->pdata[i]);
	status = cmd_write(o->output, text);
	g_string_free(text, TRUE);
	return status;
}

static int tell(const struct options *o, const struct units *units,
		const struct engines *engines, struct report *r,
		const GPtrArray *noise)
{
	struct check_hidden hidden = { 0 };
	int status;

	/* A patch or an org file is no list of findings. */
	if (!o->mode)
		hidden.suppressed = suppress(r, units, o->rules, engines,
					     NULL);
	hidden.severe = report_filter(r, SEVERITY_WARNING);
	status = write_result(o, r);
	/* What spatch could not parse is what this command must not hide. */
	check_tell_functions(r);
	check_tell(FALSE, r, units, noise);
	check_summarize(r, &hidden);
	return status ? status : exit_status(r);
}

static int run_engine(const struct options *o, struct units *units,
		      const struct engines *engines,
		      const struct engine_model *em)
{
	const struct pipeline_options pipeline = { .rules = o->rules };
	GPtrArray *noise = g_ptr_array_new_with_free_func(g_free);
	const struct check_run run = {
		.options = &o->run, .units = units, .pipeline = &pipeline,
		.engines = engines->others, .engine_model = em,
		.engines_only = TRUE, .mode = o->mode,
		.min = SEVERITY_WARNING, .noise = noise
	};
	struct report *r = check_run(&run);
	int status = tell(o, units, engines, r, noise);

	report_free(r);
	g_ptr_array_unref(noise);
	return status;
}

static int run(const struct options *o, const struct engine_model *em)
{
	char *no_flags[] = { NULL };
	const struct units_flags flags = { .clang_args = no_flags };
	struct units *units = units_collect(o->run.args, &flags);
	struct engines engines;
	int status;

	engines_choose(engine_cocci.name, units->report, &engines);
	status = run_engine(o, units, &engines, em);
	engines_clear(&engines);
	units_free(units);
	return status;
}

/* ---- writing the semantic patches ---- */

static int emit_rule(const struct options *o, const char *rule,
		     const struct engine_model *em)
{
	char *error = NULL, *text = cocci_patch(rule, em, &error);
	char *name = cocci_file_name(rule);
	int status = STATUS_INCOMPLETE;

	if (text)
		status = cmd_write_into(o->emit, name, text);
	else
		cmd_say("%s", error);
	g_free(error);
	g_free(text);
	g_free(name);
	return status;
}

/* Adds what no earlier unit showed and nobody declared. */
static int add_shown(const struct check_unit *u, const struct model *m,
		     struct engine_model *em)
{
	const struct pipeline_options opt = { .model = m };
	GPtrArray *shown = g_ptr_array_new_with_free_func(
		(GDestroyNotify)pair_decl_free);
	int failed = pipeline_pairs(u->cmd, &opt, shown);

	for (guint i = 0; i < shown->len; i++)
		engine_model_add(em, shown->pdata[i]);
	g_ptr_array_unref(shown);
	if (!failed)
		return STATUS_OK;
	cmd_say("%s: has errors, pairs may be missing", u->file);
	return STATUS_INCOMPLETE;
}

/* The pairs that the units of the paths show by themselves. */
static int add_all_shown(const struct options *o, const struct model *m,
			 struct engine_model *em)
{
	struct units *units = run_options_units(&o->run);
	int status = units->report->errors->len ? STATUS_INCOMPLETE : STATUS_OK;

	check_tell(FALSE, units->report, units, NULL);
	for (guint i = 0; i < units->list->len; i++)
		if (add_shown(units->list->pdata[i], m, em))
			status = STATUS_INCOMPLETE;
	units_free(units);
	return status;
}

static int emit(const struct options *o, const struct model *m,
		struct engine_model *em)
{
	const char *const *rule;
	int status = o->run.args ? add_all_shown(o, m, em) : STATUS_OK;

	for (rule = engine_cocci.rules; *rule; rule++)
		if (words_have(o->rules, *rule) && emit_rule(o, *rule, em))
			return STATUS_INCOMPLETE;
	return status;
}

static int load_and_run(const struct options *o)
{
	char *here[] = { (char *)".", NULL };
	struct engine_model *em;
	struct run_model m;
	int status = STATUS_USAGE;

	if (run_model_load(&m, o->run.args ? o->run.args : here,
			   o->run.models)) {
		em = engine_model_of(m.model);
		status = o->emit ? emit(o, m.model, em) : run(o, em);
		engine_model_free(em);
	}
	run_model_clear(&m);
	return status;
}

int cmd_cocci(int argc, char **argv)
{
	struct options o = { .run.timeout = DEFAULT_TIMEOUT };
	char *formats = formats_help();
	int status = parse(&o, argc, argv, formats);

	if (status == CMD_GO)
		status = resolve(&o) ? load_and_run(&o) : STATUS_USAGE;
	options_clear(&o);
	g_free(formats);
	return status;
}
