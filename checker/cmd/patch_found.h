/* SPDX-License-Identifier: GPL-2.0-only */
/* The units of a series in its states, and what is found in them. */
#ifndef PINCHECK_CMD_PATCH_FOUND_H
#define PINCHECK_CMD_PATCH_FOUND_H

#include "cmd/patch_judge.h"
#include "cmd/run_options.h"

struct patch_worlds;

/* How units are checked in a state. */
struct patch_runner {
	const struct patch_judge *judge;
	struct run_options overlaid; /* for states that are no tree */
	char *reader;		     /* of pipeline_reader() */
	struct patch_worlds *worlds; /* with --cross-file; or NULL */
};

/* Is its file there in state @k? */
gboolean patch_unit_exists(const struct patch_runner *r,
			   const struct patch_unit *u, unsigned k);
/*
 * Those of @all (struct patch_unit *) that are there in state @k: as they lie in
 * the tree, or not; or both. units_free() is due.
 */
struct units *patch_units_in(const struct patch_runner *r,
			     const GPtrArray *all, unsigned k,
			     gboolean in_tree);
struct units *patch_units_all_in(const struct patch_runner *r,
				 const GPtrArray *all, unsigned k);

/* What there is in a state. */
struct patch_found {
	struct units *units;
	struct report *report;	/* finished; findings have their state */
};

/* In @all as they are in state @k; with --cross-file, before or after a patch. */
struct patch_found patch_find(const struct patch_runner *r,
			      const GPtrArray *all, unsigned k,
			      gboolean after);
/* Adds what is found in more units; takes @more. */
void patch_found_add(struct patch_found *f, struct patch_found more);
void patch_found_clear(struct patch_found *f);

#endif
