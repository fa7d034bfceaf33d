/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * For --cross-file: what units know of each other in the states of a series. A
 * copy of the run's store is linked for the state before a patch and another for
 * that after it; a unit in which nothing changed is judged as well if what it
 * takes from others did.
 */
#ifndef PINCHECK_CMD_PATCH_WORLDS_H
#define PINCHECK_CMD_PATCH_WORLDS_H

#include <glib.h>

struct patch_worlds;
struct run_model;
struct run_options;
struct units;

/*
 * Takes a copy of the store of @o into @scratch, and links it for @units as they
 * are in the base. NULL: the store is of no use, which a notice of @units tells.
 * What it points at has to outlive it. O(size of the store).
 */
struct patch_worlds *patch_worlds_new(const struct run_options *o,
				      const struct run_model *m,
				      const char *scratch, struct units *units,
				      GPtrArray *noise);
/* Takes NULL; the copies stay. */
void patch_worlds_free(struct patch_worlds *w);

/*
 * Links a second copy for the next state, in which @units changed and the files
 * @gone (char *) are not any more. The files of all units that take something
 * else from others now, or are in one of the states only, sorted; for
 * g_strfreev(). NULL: it could not be linked. O(size of the store).
 */
char **patch_worlds_step(struct patch_worlds *w, struct units *units,
			 const GPtrArray *gone);
/* The options of a run in the state before the step, or after it. */
const struct run_options *patch_worlds_options(const struct patch_worlds *w,
					       gboolean after);
/*
 * The files of those @units (char *; the caller unrefs it) that are no part of
 * the state before the step, or after it: what others take from them is unknown.
 */
GPtrArray *patch_worlds_lacking(const struct patch_worlds *w, gboolean after,
				const struct units *units);
/* From now on the state after the step is the one before the next. */
void patch_worlds_advance(struct patch_worlds *w);

#endif
