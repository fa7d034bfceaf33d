// SPDX-License-Identifier: GPL-2.0-only
/*
 * pincheck baseline: what is found now, or stands in a report, as findings that
 * `pincheck check --baseline` takes for known.
 */
#include "cmd/check.h"
#include "cmd/common.h"
#include "cmd/engines.h"
#include "cmd/known.h"

static const struct run_command command = {
	RUN_UNITS | RUN_STORE_KEPT, "[PATH...]",
	"Checks files or folders as 'pincheck check' does, and writes what is\n"
	"found, notes included, as a baseline: 'pincheck check --baseline FILE'\n"
	"then tells what is new. It has fingerprints and no line numbers. With\n"
	"--report it is made of a report in the format json, and nothing is\n"
	"checked; no other option but -o goes with that.\n"
	"\n"
	"Exit status: 0, 2 wrong usage, 3 incomplete: something could not be\n"
	"analysed, read or written."
};

static void write_found(const struct report *r,
			const struct report_style *style, GString *out)
{
	GPtrArray *entries = baseline_of(r);

	baseline_write(entries, style->version, out);
	g_ptr_array_unref(entries);
}

static const struct report_format format = { "baseline", NULL, FALSE,
					     write_found };

static int parse(struct check_options *o, char **ret_report, int argc,
		 char **argv)
{
	const GOptionEntry entries[] = {
		{ "report", 0, 0, G_OPTION_ARG_FILENAME, ret_report,
		  "Take the findings of this report (format json)", "FILE" },
		{ "engine", 0, 0, G_OPTION_ARG_STRING, &o->engine,
		  "The engines, as for check", "NAME,..." },
		{ "rules", 0, 0, G_OPTION_ARG_STRING, &o->rules,
		  "Rules to use (all; see 'pincheck rules')", "RULE,..." },
		{ "output", 'o', 0, G_OPTION_ARG_FILENAME, &o->output,
		  "Write the baseline here (stdout)", "FILE" },
		G_OPTION_ENTRY_NULL
	};

	return run_options_parse(&o->run, &command, entries, argc, argv);
}

static int write_from(const char *file, const char *output)
{
	gboolean incomplete = FALSE;
	GPtrArray *entries = known_load(file, &incomplete);
	GString *text;
	int status;

	if (!entries)
		return STATUS_INCOMPLETE;
	text = g_string_new(NULL);
	baseline_write(entries, pincheck_version(), text);
	status = cmd_write(output, text);
	if (incomplete) {
		cmd_say("%s is incomplete", file);
		status = STATUS_INCOMPLETE;
	}
	g_ptr_array_unref(entries);
	g_string_free(text, TRUE);
	return status;
}

static int run(struct check_options *o, const char *report)
{
	if (report && (o->run.given || o->engine || o->rules))
		return cmd_usage("--report FILE checks nothing: only -o FILE"
				 " goes with it");
	if (report)
		return write_from(report, o->output);
	if (!o->run.args)
		return cmd_usage("no file or folder given");
	return check_known_engines(o->engine) && check_known_rules(o->rules) &&
			       engines_cover(o->engine, o->rules) ?
		       check_with(o) :
		       STATUS_USAGE;
}

int cmd_baseline(int argc, char **argv)
{
	struct check_options o = { .format = &format, .agreement = 1,
				   .min = SEVERITY_NOTE, .never_fail = TRUE };
	char *report = NULL;
	int status = parse(&o, &report, argc, argv);

	if (status == CMD_GO)
		status = run(&o, report);
	check_options_clear(&o);
	g_free(report);
	return status;
}
