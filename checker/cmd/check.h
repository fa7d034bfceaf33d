/* SPDX-License-Identifier: GPL-2.0-only */
/* The parts of `pincheck check`: options, the run, what is told of it. */
#ifndef PINCHECK_CMD_CHECK_H
#define PINCHECK_CMD_CHECK_H

#include <glib.h>

#include "cmd/units.h"
#include "report/report.h"

struct compile_command;
struct engine_model;
struct pipeline_options;

struct check_options {
	/* As given; owned. */
	char *engine, *rules, *format_name, *output, *db_dir, *store;
	char *min_severity, *fail_on, *memory;
	char **models, **paths;
	int jobs, timeout, agreement;
	gboolean verify, verbose, no_color, replay, no_store;
	gboolean no_pch, cross_file;
	/* What they mean. */
	char **clang_args; /* in main's argv; NULL: there was no "--" */
	const struct report_format *format;
	enum severity min, fail;
	gboolean never_fail;
};

/* CMD_GO, or the exit status; check_options_clear is due in both cases. */
int check_options_parse(struct check_options *o, int argc, char **argv);
void check_options_clear(struct check_options *o);
/* Are all of @rules (comma separated; NULL: all) rules? Complains if not. */
gboolean check_known_rules(const char *rules);

/* How a run is made. */
struct check_run {
	const struct units *units;
	/* What is done to each: pipeline_check, pipeline_index */
	struct report *(*pass)(const struct compile_command *cmd,
			       const struct pipeline_options *opt);
	const struct pipeline_options *pipeline;
	const char *store;    /* each worker opens it; NULL: none */
	gboolean linked;      /* and it knows what other units do */
	gboolean no_pch;      /* parse every unit by itself */
	const GPtrArray *engines; /* const struct engine *, besides clang; */
				  /* NULL: none */
	const struct engine_model *engine_model;
	gboolean engines_only;	  /* without the pipeline */
	const char *mode;	  /* of struct engine_job */
	int jobs, timeout;
	enum severity min;    /* what the progress bar counts */
	struct report *start; /* taken: what is known before the run */
	/* Out: lines that workers wrote on stderr; the caller's array. */
	GPtrArray *noise;
};

/*
 * The finished report: the start and all units, with file names as the user
 * sees them from the current folder. The caller frees it. It is the same
 * whatever the number of jobs.
 */
struct report *check_run(const struct check_run *run);
/* @file as the user sees it from the current folder; the caller frees it. */
char *check_file_name(const char *file);

/* The functions of the ledger, one a line. */
void check_tell_functions(const struct report *r);
/* Errors and notices; with @verbose all that is worth knowing, and @noise. */
void check_tell(gboolean verbose, const struct report *r,
		const struct units *units, const GPtrArray *noise);
/*
 * The closing line. @r is filtered; @hidden findings were dropped for their
 * severity, @lonely for want of engines that agree.
 */
void check_summarize(const struct report *r, int hidden, int lonely);

#endif
