/* SPDX-License-Identifier: GPL-2.0-only */
/* The one unit that a subcommand is about, and the model for it. */
#ifndef PINCHECK_CMD_TARGET_H
#define PINCHECK_CMD_TARGET_H

#include <glib.h>

#include "cmd/units.h"

struct model;

struct target {
	/* Options as given; owned. */
	char *db_dir;
	char **models, **args, *store_file;
	char **clang_args;	/* in main's argv; NULL: there was no "--" */
	/* What target_open found. */
	struct units *units;
	struct model *model;
	const struct check_unit *unit;
	/* With a store that was indexed: what to give pipeline_options. */
	struct store *store;
	char *reader;
};

/* Rows of an option table; @what is the argument's name for --help. */
#define TARGET_ENTRIES(t, what) \
	{ "compile-db", 'p', 0, G_OPTION_ARG_FILENAME, &(t)->db_dir, \
	  "Folder of compile_commands.json", "DIR" }, \
	{ "model", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &(t)->models, \
	  "Load this .pincheck file (repeatable)", "FILE" }, \
	{ "store", 0, 0, G_OPTION_ARG_FILENAME, &(t)->store_file, \
	  "Use what this store knows of other files", "FILE" }, \
	{ G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_FILENAME_ARRAY, \
	  &(t)->args, NULL, what " [-- CLANG-ARGS]" }

/* CMD_GO if there is one argument and one way to compile it; or the status. */
int target_check(const struct target *t, const char *command,
		 const char *what);
/*
 * Finds out how @file is compiled and loads the model. CMD_GO, or the exit
 * status after messages on stderr; target_clear is due in both cases.
 */
int target_open(struct target *t, char *file);
void target_clear(struct target *t);

#endif
