/* SPDX-License-Identifier: GPL-2.0-only */
/* The parts of `pincheck check`: options, the run, what is told of it. */
#ifndef PINCHECK_CMD_CHECK_H
#define PINCHECK_CMD_CHECK_H

#include <glib.h>

#include "cmd/run_options.h"
#include "cmd/units.h"
#include "report/report.h"

struct compile_command;
struct engine_model;
struct pipeline_options;

struct check_options {
	/* As given; owned. */
	char *engine, *rules, *format_name, *output;
	char *min_severity, *fail_on, *memory, *baseline;
	int agreement;
	gboolean verify, no_color, replay, show_types, terse;
	struct run_options run;
	/* What they mean. */
	const struct report_format *format;
	enum severity min, fail;
	gboolean never_fail;
	GPtrArray *known; /* of the baseline; NULL: there is none */
};

/*
 * Parses what all commands that show findings have, and @own of this one. @o is
 * zero but for defaults. CMD_GO, or the exit status; check_options_clear is due
 * in both cases.
 */
int check_options_parse(struct check_options *o,
			const struct run_command *command,
			const GOptionEntry *own, int argc, char **argv);
void check_options_clear(struct check_options *o);
/* How they want a report to be written. */
struct report_style check_style(const struct check_options *o);
/* The exit status for @r, in which findings that count are there or not. */
int check_status(const struct report *r, gboolean failed);
/* Are all of @rules (comma separated; NULL: all) rules? Complains if not. */
gboolean check_known_rules(const char *rules);
/* The same of engines. */
gboolean check_known_engines(const char *engines);
/*
 * Checks, writes and tells, as `pincheck check` does with options that make
 * sense. The exit status.
 */
int check_with(struct check_options *o);

/* How a run is made. */
struct check_run {
	const struct run_options *options; /* NULL store: there is none */
	struct units *units;  /* their report becomes that of the run */
	/* What is done to each: pipeline_check, pipeline_index */
	struct report *(*pass)(const struct compile_command *cmd,
			       const struct pipeline_options *opt);
	const struct pipeline_options *pipeline;
	gboolean linked;      /* the store knows what other units do */
	const GPtrArray *engines; /* const struct engine *, besides clang; */
				  /* NULL: none */
	const struct engine_model *engine_model;
	gboolean engines_only;	  /* without the pipeline */
	const char *mode;	  /* of struct engine_job */
	enum severity min;    /* what the progress bar counts */
	/* Out: lines that workers wrote on stderr; the caller's array. */
	GPtrArray *noise;
};

/*
 * The finished report, with file names as the user sees them from the current
 * folder. The caller frees it. It is the same whatever the number of jobs.
 */
struct report *check_run(const struct check_run *run);
/* @file as the user sees it from the current folder; the caller frees it. */
char *check_file_name(const char *file);
/* A report_rename that does so; relative names are in the folder @data. */
char *check_visible_name(const char *file, void *data);
/* Those of all units; NULL-terminated, the caller frees it. */
char **check_unit_names(const struct units *units);

/* The functions of the ledger, one a line. */
void check_tell_functions(const struct report *r);
/*
 * Notices, and the first error of each file, of the first files; with @verbose
 * all that is worth knowing, and @noise.
 */
void check_tell(gboolean verbose, const struct report *r,
		const struct units *units, const GPtrArray *noise);
/* What was read of how much: "3 files, 20 functions, 1 skipped". */
void check_put_coverage(GString *out, const struct report *r);
/* ", 3 suppressed"; nothing if there is none. */
void check_put_hidden(GString *out, int n, const char *why);
/* How many findings were dropped, and why. */
struct check_hidden {
	int suppressed, /* by comments */
	    severe,	/* not severe enough */
	    agreed,	/* for want of engines that agree */
	    known;	/* in the baseline */
};
/* The closing line of @r, which is filtered. */
void check_summarize(const struct report *r, const struct check_hidden *hidden);

#endif
