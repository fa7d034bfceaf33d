/* SPDX-License-Identifier: GPL-2.0-only */
/* The options that several subcommands have: one table, one meaning. */
#ifndef PINCHECK_CMD_RUN_OPTIONS_H
#define PINCHECK_CMD_RUN_OPTIONS_H

#include <glib.h>

struct units;

struct run_options {
	/* As given; owned. */
	char *db_dir, *store;
	char **models, **args;	/* NULL: none */
	int jobs, timeout;	/* in seconds; 0: never */
	gboolean no_store, cross_file, no_pch, verbose;
	char **clang_args;	/* in main's argv; NULL: there was no "--" */
	gboolean given;		/* any of these was */
	/* Not given: the store goes with the run, whose units see overlays. */
	gboolean overlaid;
};

/* Which of them a command has. */
enum run_rows {
	RUN_DATABASE = 1 << 0,	 /* -p */
	RUN_CLANG_ARGS = 1 << 1, /* what stands after "--" */
	RUN_MODELS = 1 << 2,
	RUN_STORE_MADE = 1 << 3, /* --store: the command is about it */
	RUN_STORE_KEPT = 1 << 4, /* units are kept there: and --no-store */
	RUN_STORE_READ = 1 << 5, /* only what others do is taken from it */
	RUN_PCH = 1 << 6,
	RUN_JOBS = 1 << 7,
	RUN_TIMEOUT = 1 << 8,
	RUN_VERBOSE = 1 << 9,
	RUN_HERE = 1 << 10,	 /* no path: the current folder */
	/* Of all that read units. */
	RUN_UNITS = RUN_DATABASE | RUN_CLANG_ARGS | RUN_MODELS | RUN_PCH |
		    RUN_JOBS | RUN_TIMEOUT | RUN_VERBOSE
};

/* With RUN_TIMEOUT, unless it is given. */
#define RUN_TIMEOUT_SECONDS 120

/* What a command tells of itself, for --help. */
struct run_command {
	unsigned int rows;	/* of enum run_rows */
	const char *arguments;	/* "PATH..." */
	const char *summary;
};

/*
 * Parses the options of @c and those of @own (NULL: none), and sees whether
 * they go together. Without RUN_JOBS there is one. CMD_GO, or the exit status;
 * run_options_clear() is due in both cases.
 */
int run_options_parse(struct run_options *o, const struct run_command *c,
		      const GOptionEntry *own, int argc, char **argv);
void run_options_clear(struct run_options *o);

/*
 * The store of a run, into o->store: that which was asked for, or the one of
 * the database of @path if it is there; NULL: none. CMD_GO, or the exit status
 * after a message.
 */
int run_options_choose_store(struct run_options *o, const char *path);

/* The units that the arguments mean; units_free() is due. */
struct units *run_options_units(const struct run_options *o);

#endif
