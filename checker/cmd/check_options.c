// SPDX-License-Identifier: GPL-2.0-only
/* What commands that show findings are asked, and whether it makes sense. */
#include <string.h>
#include <unistd.h>

#include "cmd/check.h"
#include "cmd/common.h"
#include "cmd/engines.h"
#include "cmd/formats.h"
#include "pipeline/pipeline.h"
#include "rules/rules.h"

/* @own first, and then what all commands have that show findings. */
static int parse(struct check_options *o, const struct run_command *command,
		 const GOptionEntry *own, const char *formats, int argc,
		 char **argv)
{
	const GOptionEntry shared[] = {
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
	GArray *all = g_array_new(TRUE, TRUE, sizeof(GOptionEntry));
	int status;

	for (; own->long_name; own++)
		g_array_append_val(all, *own);
	g_array_append_vals(all, shared, G_N_ELEMENTS(shared));
	status = run_options_parse(&o->run, command,
				   (const GOptionEntry *)all->data, argc, argv);
	g_array_unref(all);
	return status;
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
	if ((o->show_types || o->terse) &&
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
	if (o->memory && !pipeline_knows_memory(o->memory))
		cmd_usage("no such memory: %s", o->memory);
	else if (o->memory && !o->replay)
		cmd_usage("--memory needs --replay");
	else
		return TRUE;
	return FALSE;
}

static gboolean resolve(struct check_options *o)
{
	return resolve_format(o) && resolve_severity(o) && check_rest(o) &&
	       check_known_rules(o->rules);
}

int check_options_parse(struct check_options *o,
			const struct run_command *command,
			const GOptionEntry *own, int argc, char **argv)
{
	char *formats = formats_help();
	int status = parse(o, command, own, formats, argc, argv);

	if (status == CMD_GO && !resolve(o))
		status = STATUS_USAGE;
	g_free(formats);
	return status;
}

/* ---- what they mean for a report ---- */

static gboolean wants_color(const struct check_options *o)
{
	const char *no_color = g_getenv("NO_COLOR");

	return !o->no_color && !o->output && isatty(STDOUT_FILENO) &&
	       !(no_color && *no_color) &&
	       g_strcmp0(g_getenv("TERM"), "dumb") != 0;
}

struct report_style check_style(const struct check_options *o)
{
	struct report_style style = formats_style();

	style.color = wants_color(o);
	style.show_types = o->show_types;
	style.terse = o->terse;
	return style;
}

int check_status(const struct report *r, gboolean failed)
{
	/* First: who trusts a status of 1 believes that this was all. */
	if (r->incomplete)
		return STATUS_INCOMPLETE;
	return failed ? STATUS_FINDINGS : STATUS_OK;
}
