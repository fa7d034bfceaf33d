/* SPDX-License-Identifier: GPL-2.0-only */
/* What units that could not be parsed may read, by text. */
#ifndef PINCHECK_CMD_PATCH_UNREAD_H
#define PINCHECK_CMD_PATCH_UNREAD_H

#include <glib.h>

struct compile_command;

struct unread;

struct unread *unread_new(void);
/* Takes NULL. */
void unread_free(struct unread *u);
/*
 * Adds a unit, and follows the inclusions of all texts behind it, whatever
 * conditions they are under. O(their bytes); a file is read once for all units.
 */
void unread_add(struct unread *u, const struct compile_command *cmd);
/*
 * How many units may read the file @path (absolute, without links): they
 * include it, or one of its name if it is not there. *@ret_one: the first of
 * them, of @u; NULL: there is none.
 */
guint unread_count(const struct unread *u, const char *path,
		   const char **ret_one);

#endif
