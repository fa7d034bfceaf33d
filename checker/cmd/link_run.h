/* SPDX-License-Identifier: GPL-2.0-only */
/* The store's units as one program: brought up to date, and linked. */
#ifndef PINCHECK_CMD_LINK_RUN_H
#define PINCHECK_CMD_LINK_RUN_H

#include <glib.h>

#include "cmd/units.h"

struct run_model;
struct run_options;

struct link_run {
	const struct run_options *options; /* its store, and the workers */
	const struct run_model *model;
	const struct units *units; /* that are wanted; read if they are not */
	gboolean index;		/* link it whoever did so before, or nobody */
	gboolean only;		/* other units stay as they were read, even if */
				/* their files changed */
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
 * For a run over @units with these options: if they want it, the same; what
 * there is to say goes to the notices. May the run use what the store knows of
 * other units?
 */
gboolean link_units(const struct run_options *o, const struct run_model *m,
		    struct units *units, GPtrArray *noise);
void link_outcome_clear(struct link_outcome *o);

#endif
