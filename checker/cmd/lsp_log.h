/* SPDX-License-Identifier: GPL-2.0-only */
/* What the worker has to tell the user's log: each line once in its life. */
#ifndef PINCHECK_CMD_LSP_LOG_H
#define PINCHECK_CMD_LSP_LOG_H

#include <glib.h>
#include <json-c/json_types.h>

struct lsp_log;

struct lsp_log *lsp_log_new(void);
void lsp_log_free(struct lsp_log *l); /* takes NULL */
void lsp_log_say(struct lsp_log *l, const char *format, ...)
	G_GNUC_PRINTF(2, 3);
/* What is new since the last time, as "log" of an answer; nothing if nothing. */
void lsp_log_put(struct lsp_log *l, json_object *answer);

#endif
