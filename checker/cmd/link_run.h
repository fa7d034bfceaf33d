/* SPDX-License-Identifier: GPL-2.0-only */
/* The store's units as one program: brought up to date, and linked. */
#ifndef PINCHECK_CMD_LINK_RUN_H
#define PINCHECK_CMD_LINK_RUN_H

#include <glib.h>

#include "cmd/units.h"

struct pipeline_options;

struct link_run {
	const char *store;
	const struct pipeline_options *pipeline; /* its model and names */
	const struct units *units; /* that are wanted; read if they are not */
	gboolean index;		/* link it whoever did so before, or nobody */
	gboolean no_pch;	/* as of struct check_run */
	int jobs, timeout;
	GPtrArray *noise;	/* as of struct check_run */
};

/* What came of it. */
struct link_outcome {
	gboolean linked;	/* what the store knows of other units holds */
	guint functions, kept;	/* summarised, and not */
	guint reread;		/* units that were not asked for */
	guint lost;
	char *ambiguous;	/* a line about names of several functions */
	GPtrArray *notices;	/* char *: lines worth a look */
};

/*
 * Brings the store's program up to date. One that nobody indexed stays as it
 * is, and so does one that another version linked, unless @run->index.
 */
void link_run(const struct link_run *run, struct link_outcome *ret);
/*
 * The same for a run over @units, whose notices get what there is to say. May
 * it use what the store knows of other units?
 */
gboolean link_units(const struct link_run *run, struct units *units);
void link_outcome_clear(struct link_outcome *o);

#endif
