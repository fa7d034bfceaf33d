/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The folders in which a unit's inclusions were looked for, and whether
 * something else would be found there now.
 */
#ifndef PINCHECK_FRONTEND_FOLDERS_H
#define PINCHECK_FRONTEND_FOLDERS_H

#include <glib.h>
#include <stdbool.h>

#include "frontend/frontend.h"

struct folders;

/*
 * @inputs: what @cmd's unit read, absolute paths as the keys; its parse began
 * at @start (µs, real time). O(folders x folders below them that are named).
 */
struct folders *folders_new(const struct compile_command *cmd,
			    GHashTable *inputs, gint64 start);
void folders_free(struct folders *f); /* takes NULL */
/* Has no file come or gone that the unit may include? One look at each folder. */
bool folders_same(struct folders *f);
/* May a file of this name be one that it includes? */
bool folders_matter(const struct folders *f, const char *name);

#endif
