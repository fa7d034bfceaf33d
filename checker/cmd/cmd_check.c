// SPDX-License-Identifier: GPL-2.0-only
/*
 * pincheck check: the main job. This file is the order of things; options,
 * units, models, the run and the messages each have their own.
 */
#include "cmd/check.h"
#include "cmd/common.h"
#include "cmd/engine_model.h"
#include "cmd/engines.h"
#include "cmd/formats.h"
#include "cmd/known.h"
#include "cmd/link_run.h"
#include "cmd/models.h"
#include "cmd/stores.h"
#include "cmd/suppress.h"
#include "engines/engine.h"
#include "pipeline/pipeline.h"
#include "rules/rules.h"

static const struct run_command command = {
	RUN_UNITS | RUN_STORE_KEPT, "PATH...",
	"Checks files, or all units below folders, and reports races between\n"
	"flags and reference counts. How a file is compiled is taken from\n"
	"compile_commands.json (-p DIR; else the nearest one above the file),\n"
	"or from what stands after --. A .pincheck file in a folder or above\n"
	"it, up to the top of the repository, adds to the model.\n"
	"\n"
	"Exit status: 0 no finding shown at --fail-on or above, 1 findings,\n"
	"2 wrong usage, 3 incomplete: something could not be analysed, whether\n"
	"or not there are findings."
};

/* A run that is over, and all that can be told of it. */
struct outcome {
	const struct check_options *options;
	const struct units *units;
	const struct engines *engines;
	struct report *report;
	GPtrArray *noise;
};

static void filter(const struct outcome *oc, struct check_hidden *ret_hidden)
{
	const struct check_options *o = oc->options;
	struct report *r = oc->report;

	ret_hidden->suppressed = suppress(r, oc->units, o->rules, oc->engines,
					  NULL);
	if (o->known)
		baseline_mark(o->known, r);
	ret_hidden->severe = report_filter(r, o->min);
	ret_hidden->agreed = report_filter_agreed(r, o->agreement);
	ret_hidden->known = o->format->shows_known ? 0 :
				    report_filter_known(r);
}

static int show(const struct outcome *oc)
{
	const struct check_options *o = oc->options;
	const struct report_style style = check_style(o);
	struct report *r = oc->report;
	GString *text = g_string_new(NULL);
	struct check_hidden hidden;
	gboolean failed;
	int status;

	filter(oc, &hidden);
	failed = !o->never_fail && report_has_new(r, o->fail);
	o->format->write(r, &style, text);
	status = cmd_write(o->output, text);
	g_string_free(text, TRUE);
	check_tell(o->run.verbose, r, oc->units, oc->noise);
	if (o->known && o->run.verbose && !r->incomplete)
		known_tell_gone(o->known, o->rules, o->run.args);
	check_summarize(r, &hidden);
	return status ? status : check_status(r, failed);
}

static gboolean known_rule(const char *rule)
{
	return rule_info_find(rule) != NULL;
}

static void summarize_verify(const struct report *r,
			     const struct verify_counts *n)
{
	cmd_say("%d expectation%s in %d file%s: %d violation%s%s",
		n->expectations, n->expectations == 1 ? "" : "s", n->files,
		n->files == 1 ? "" : "s", n->violations,
		n->violations == 1 ? "" : "s",
		r->incomplete ? "; INCOMPLETE" : "");
}

static int verify(const struct outcome *oc)
{
	const struct report *r = oc->report;
	char **names = check_unit_names(oc->units);
	GString *text = g_string_new(NULL);
	struct verify_counts n;
	int status;

	report_verify(r, (const char *const *)names, known_rule, text, &n);
	status = cmd_write(oc->options->output, text);
	check_tell(oc->options->run.verbose, r, oc->units, oc->noise);
	summarize_verify(r, &n);
	g_string_free(text, TRUE);
	g_strfreev(names);
	return status ? status : check_status(r, n.violations > 0);
}

/* Runs over @units, whose report goes into the run's. */
static struct report *run_units(const struct check_options *o,
				const struct run_model *m, struct units *units,
				const struct engines *engines,
				GPtrArray *noise)
{
	char *reader = o->run.store ? pipeline_reader() : NULL;
	const struct pipeline_options pipeline = {
		.model = m->model, .model_digest = m->digest,
		.rules = o->rules, .replay = o->replay,
		.memory = o->memory, .reader = reader
	};
	struct engine_model *em = engine_model_of(m->model);
	struct check_run run = {
		.options = &o->run, .units = units, .pass = pipeline_check,
		.pipeline = &pipeline,
		.engines = engines->others, .engine_model = em,
		.engines_only = !engines->clang,
		.min = o->min, .noise = noise
	};
	struct report *r;

	run.linked = engines->clang && link_units(&o->run, m, units, noise);
	r = check_run(&run);
	engine_model_free(em);
	g_free(reader);
	return r;
}

static int check_units(const struct check_options *o, const struct run_model *l,
		       struct units *units, const struct engines *engines)
{
	GPtrArray *noise = g_ptr_array_new_with_free_func(g_free);
	struct report *r = run_units(o, l, units, engines, noise);
	const struct outcome oc = { o, units, engines, r, noise };
	int status = o->verify ? verify(&oc) : show(&oc);

	report_free(r);
	g_ptr_array_unref(noise);
	return status;
}

static int check(const struct check_options *o, const struct run_model *l)
{
	struct units *units = run_options_units(&o->run);
	struct engines engines;
	int status;

	engines_choose(o->engine, units->report, &engines);
	for (guint i = 0; o->run.verbose && i < engines.versions->len; i++)
		cmd_say("engine: %s", (char *)engines.versions->pdata[i]);
	if (o->agreement > 1 && (int)engines_count(&engines) < o->agreement)
		status = cmd_usage("--require-agreement %d, and %u engines",
				   o->agreement, engines_count(&engines));
	else
		status = check_units(o, l, units, &engines);
	engines_clear(&engines);
	units_free(units);
	return status;
}

static int load_and_check(const struct check_options *o)
{
	struct run_model m;
	int status = STATUS_USAGE;

	if (run_model_load(&m, o->run.args, o->run.models)) {
		run_model_add_mined(&m, o->run.store);
		status = check(o, &m);
		for (char **file = m.found; o->run.verbose && *file; file++)
			cmd_say("model: %s", *file);
	}
	run_model_clear(&m);
	return status;
}

int check_with(struct check_options *o)
{
	int status = run_options_choose_store(&o->run, o->run.args[0]);
	gboolean incomplete; /* what it lacks shows as new */

	if (status != CMD_GO)
		return status;
	if (o->baseline)
		o->known = known_load(o->baseline, &incomplete);
	return o->known || !o->baseline ? load_and_check(o) :
					  STATUS_INCOMPLETE;
}

static int parse(struct check_options *o, int argc, char **argv)
{
	char *names = engines_list();
	char *engines = g_strdup_printf(
		"Of %s (clang, and cocci if it is there)", names);
	const GOptionEntry own[] = {
		{ "engine", 0, 0, G_OPTION_ARG_STRING, &o->engine,
		  engines, "NAME,..." },
		{ "require-agreement", 0, 0, G_OPTION_ARG_INT, &o->agreement,
		  "Show what at least so many engines found (1)", "N" },
		{ "baseline", 0, 0, G_OPTION_ARG_FILENAME, &o->baseline,
		  "Hide what this file knows (see 'pincheck baseline'), or with"
		  " --format lkp mark the rest", "FILE" },
		{ "verify", 0, 0, G_OPTION_ARG_NONE, &o->verify,
		  "Compare with the expectations in the files' comments",
		  NULL },
		G_OPTION_ENTRY_NULL
	};
	int status = check_options_parse(o, &command, own, argc, argv);

	g_free(engines);
	g_free(names);
	return status;
}

static gboolean resolve(const struct check_options *o)
{
	if (!o->run.args)
		cmd_usage("no file or folder given");
	else if (o->verify && (o->format_name || o->baseline))
		cmd_usage("--verify has no --format and no --baseline");
	else if (o->agreement < 1)
		cmd_usage("--require-agreement must be at least 1");
	else
		return check_known_engines(o->engine) &&
		       engines_cover(o->engine, o->rules);
	return FALSE;
}

int cmd_check(int argc, char **argv)
{
	struct check_options o = { .agreement = 1 };
	int status = parse(&o, argc, argv);

	if (status == CMD_GO)
		status = resolve(&o) ? check_with(&o) : STATUS_USAGE;
	check_options_clear(&o);
	return status;
}
