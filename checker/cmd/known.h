/* SPDX-License-Identifier: GPL-2.0-only */
/* The baseline of a run: which findings are known, and which are gone. */
#ifndef PINCHECK_CMD_KNOWN_H
#define PINCHECK_CMD_KNOWN_H

#include <glib.h>

struct report;

/*
 * The entries in @file, a baseline or a report that may be incomplete; NULL
 * after a message. The caller unrefs them.
 */
GPtrArray *known_load(const char *file, gboolean *ret_incomplete);
/*
 * Names the entries that no finding met, though a run of @rules (NULL: all)
 * over @paths (NULL-terminated) should have found them.
 */
void known_tell_gone(const GPtrArray *entries, const char *rules, char **paths);

#endif
