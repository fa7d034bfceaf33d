/* SPDX-License-Identifier: GPL-2.0-only */
/* The one unit that a subcommand is about, and the model for it. */
#ifndef PINCHECK_CMD_TARGET_H
#define PINCHECK_CMD_TARGET_H

#include <glib.h>

#include "cmd/models.h"
#include "cmd/run_options.h"
#include "cmd/units.h"

struct pipeline_options;

struct target {
	struct run_options run;
	/* What target_open found. */
	struct units *units;
	struct run_model model;
	const struct check_unit *unit;
	/* With a store that was indexed. */
	struct store *store;
	char *reader;
};

/* The rows that such a command has. */
#define TARGET_ROWS \
	(RUN_DATABASE | RUN_CLANG_ARGS | RUN_STORE_READ | RUN_MODELS)

/* CMD_GO if there is one argument; or the status. */
int target_check(const struct target *t, const char *command,
		 const char *what);
/*
 * Finds out how @file is compiled and loads the model. CMD_GO, or the exit
 * status after messages on stderr; target_clear is due in both cases.
 */
int target_open(struct target *t, char *file);
/* What the pipeline is told of it: the model, and what other files do. */
struct pipeline_options target_pipeline(const struct target *t);
void target_clear(struct target *t);

#endif
