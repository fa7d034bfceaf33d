/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The editor's log, which a worker may write into without end: no more goes there
 * than somebody could read, and nothing while the editor is behind.
 */
#ifndef PINCHECK_LSP_LOG_H
#define PINCHECK_LSP_LOG_H

#include "lsp/router.h"

struct log;

struct log *log_new(struct router *r);
void log_free(struct log *l); /* takes NULL */
/*
 * Sends a line, the beginning of a long one; or counts it: how many were left out
 * is told when there is room.
 */
void log_line(struct log *l, const char *line);

#endif
