/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The files that a compile command sees, of which -ivfsoverlay may put some at
 * the names of others.
 *
 * Source: RedirectingFileSystem in llvm/Support/VirtualFileSystem.h.
 */
#ifndef PINCHECK_FRONTEND_OVERLAY_H
#define PINCHECK_FRONTEND_OVERLAY_H

#include <stdbool.h>
#include <sys/stat.h>

#include <glib.h>

#include "frontend/frontend.h"

struct overlay;

/*
 * What @cmd asks for; *@ret is freed with overlay_free(), and NULL if that is
 * nothing. false: it cannot be read, or says what we do not follow, so that it
 * is not known which files the command sees. O(size of the description).
 */
bool overlay_read(const struct compile_command *cmd, struct overlay **ret);
void overlay_free(struct overlay *o);
/* Are they read from the same description? */
bool overlay_same(const struct overlay *a, const struct overlay *b);

/* Of an absolute @path, as @o (may be NULL) has it; false: unreadable. */
bool overlay_stat(const struct overlay *o, const char *path, struct stat *ret);
/* The caller frees *@ret. */
bool overlay_text(const struct overlay *o, const char *path, char **ret,
		  gsize *ret_size);

#endif
