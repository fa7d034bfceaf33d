/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A patch as an overlay: the files it changes are copied, patched there by
 * git, and shown to the compiler in place of the originals, headers as well.
 * The source tree is only read, and no search path changes.
 */
#ifndef PINCHECK_CMD_PATCH_H
#define PINCHECK_CMD_PATCH_H

#include "frontend/frontend.h"

struct patch;

/*
 * Applies @diff, a unified diff as git writes it, to copies. Its paths begin at
 * the outermost folder above @file (absolute) that has most of the files it
 * changes. NULL after messages on stderr, which name file and line, when it
 * does not apply or leads out of that folder. The caller frees it.
 */
struct patch *patch_apply(const char *diff, const char *file);
/* How the unit is compiled with the patch, as long as that lives; the caller's. */
struct compile_command *patch_command(const struct patch *p,
				      const struct compile_command *cmd);
/* Removes the copies. Takes NULL. */
void patch_free(struct patch *p);

#endif
