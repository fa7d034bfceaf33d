// SPDX-License-Identifier: GPL-2.0-only
/* The options of `pincheck check`, and whether they make sense. */
#include <string.h>

#include "cmd/check.h"
#include "cmd/common.h"
#include "cmd/engines.h"
#include "cmd/formats.h"
#include "cmd/known.h"
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

static int parse(struct check_options *o, int argc, char **argv,
		 const char *engines, const char *formats)
{
	const GOptionEntry entries[] = {
		{ "engine", 0, 0, G_OPTION_ARG_STRING, &o->engine,
		  engines, "NAME,..." },
		{ "require-agreement", 0, 0, G_OPTION_ARG_INT, &o->agreement,
		  "Show what at least so many engines found (1)", "N" },
		{ "rules", 0, 0, G_OPTION_ARG_STRING, &o->rules,
		  "Rules to use (all; see 'pincheck rules')", "RULE,..." },
		{ "format", 0, 0, G_OPTION_ARG_STRING, &o->format_name,
		  formats, "FORMAT" },
		{ "show-types", 0, 0, G_OPTION_ARG_NONE, &o->show_types,
		  "With --format checkpatch: the rule as a type", NULL },
		{ "terse", 0, 0, G_OPTION_ARG_NONE, &o->terse,
		  "With --format checkpatch: one line a finding", NULL },
		{ "output", 'o', 0, G_OPTION_ARG_FILENAME, &o->output,
		  "Write the report here (stdout)", "FILE" },
		{ "min-severity", 0, 0, G_OPTION_ARG_STRING,
		  &o->min_severity,
		  "Show from: note, warning (default), error", "LEVEL" },
		{ "fail-on", 0, 0, G_OPTION_ARG_STRING, &o->fail_on,
		  "Exit 1 from: note, warning (default), error; or never",
		  "LEVEL" },
		{ "baseline", 0, 0, G_OPTION_ARG_FILENAME, &o->baseline,
		  "Hide what this file knows (see 'pincheck baseline'), or with"
		  " --format lkp mark the rest", "FILE" },
		{ "verify", 0, 0, G_OPTION_ARG_NONE, &o->verify,
		  "Compare with the expectations in the files' comments",
		  NULL },
		{ "replay", 0, 0, G_OPTION_ARG_NONE, &o->replay,
		  "Search the interleavings of each finding for a failure",
		  NULL },
		{ "memory", 0, 0, G_OPTION_ARG_STRING, &o->memory,
		  "With --replay: the weakest memory to search, sc (default), "
		  "tso, pso or arm", "NAME" },
		{ "no-color", 0, 0, G_OPTION_ARG_NONE, &o->no_color,
		  "No colour, as with NO_COLOR in the environment", NULL },
		G_OPTION_ENTRY_NULL
	};

	return run_options_parse(&o->run, &command, entries, argc, argv);
}

void check_options_clear(struct check_options *o)
{
	g_free(o->engine);
	g_free(o->rules);
	g_free(o->format_name);
	g_free(o->output);
	g_free(o->min_severity);
	g_free(o->fail_on);
	g_free(o->memory);
	g_free(o->baseline);
	if (o->known)
		g_ptr_array_unref(o->known);
	run_options_clear(&o->run);
}

/* Names the first item of a comma separated list that is unknown. */
static char *find_unknown(const char *list, gboolean (*known)(const char *))
{
	char **names = g_strsplit(list ? list : "", ",", -1);
	char *unknown = list && !*list ? g_strdup("") : NULL;

	for (char **name = names; *name && !unknown; name++)
		if (!known(*name))
			unknown = g_strdup(*name);
	g_strfreev(names);
	return unknown;
}

static gboolean known_rule(const char *name)
{
	return rule_info_find(name) != NULL;
}

static gboolean check_list(const char *what, const char *list,
			   gboolean (*known)(const char *))
{
	char *unknown = find_unknown(list, known);

	if (!unknown)
		return TRUE;
	cmd_usage("no such %s: '%s'", what, unknown);
	g_free(unknown);
	return FALSE;
}

gboolean check_known_rules(const char *rules)
{
	return check_list("rule", rules, known_rule);
}

gboolean check_known_engines(const char *engines)
{
	return check_list("engine", engines, engines_known);
}

static gboolean resolve_format(struct check_options *o)
{
	o->format = formats_find(o->format_name);
	if (!o->format)
		return FALSE;
	if (o->verify && (o->format_name || o->baseline))
		cmd_usage("--verify has no --format and no --baseline");
	else if ((o->show_types || o->terse) &&
		 strcmp(o->format->name, "checkpatch"))
		cmd_usage("--show-types and --terse need --format checkpatch");
	else
		return TRUE;
	return FALSE;
}

static gboolean resolve_severity(struct check_options *o)
{
	o->min = o->fail = SEVERITY_WARNING;
	o->never_fail = !g_strcmp0(o->fail_on, "never");
	if (o->min_severity && !severity_parse(o->min_severity, &o->min)) {
		cmd_usage("no such severity: %s", o->min_severity);
		return FALSE;
	}
	if (o->fail_on && !o->never_fail &&
	    !severity_parse(o->fail_on, &o->fail)) {
		cmd_usage("no such severity: %s", o->fail_on);
		return FALSE;
	}
	/* What makes the run fail must be seen, unless hidden on purpose. */
	if (!o->min_severity)
		o->min = MIN(o->min, o->fail);
	return TRUE;
}

static gboolean check_rest(const struct check_options *o)
{
	if (!o->run.args)
		cmd_usage("no file or folder given");
	else if (o->memory && !pipeline_knows_memory(o->memory))
		cmd_usage("no such memory: %s", o->memory);
	else if (o->memory && !o->replay)
		cmd_usage("--memory needs --replay");
	else if (o->agreement < 1)
		cmd_usage("--require-agreement must be at least 1");
	else
		return TRUE;
	return FALSE;
}

static gboolean load_baseline(struct check_options *o)
{
	o->known = o->baseline ? known_load(o->baseline) : NULL;
	return o->known || !o->baseline;
}

static gboolean resolve(struct check_options *o)
{
	return resolve_format(o) && resolve_severity(o) && check_rest(o) &&
	       check_known_engines(o->engine) &&
	       check_known_rules(o->rules) &&
	       engines_cover(o->engine, o->rules) && load_baseline(o);
}

int check_options_parse(struct check_options *o, int argc, char **argv)
{
	char *names = engines_list(), *formats = formats_help();
	char *engines = g_strdup_printf(
		"Of %s (clang, and cocci if it is there)", names);
	int status;

	memset(o, 0, sizeof(*o));
	o->agreement = 1;
	status = parse(o, argc, argv, engines, formats);
	if (status == CMD_GO && !resolve(o))
		status = STATUS_USAGE;
	g_free(engines);
	g_free(formats);
	g_free(names);
	return status;
}
