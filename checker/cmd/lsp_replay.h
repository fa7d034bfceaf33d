/* SPDX-License-Identifier: GPL-2.0-only */
/* One finding of an open document, replayed. */
#ifndef PINCHECK_CMD_LSP_REPLAY_H
#define PINCHECK_CMD_LSP_REPLAY_H

#include "cmd/lsp_worker.h"

struct pipeline_replay;

/*
 * Of the text as it is now; the caller frees it with pipeline_replay_free().
 * NULL with one line in *@ret_error, which it frees: there is no such finding.
 */
struct pipeline_replay *lsp_replay(struct lsp_worker *w,
				   const struct document *doc,
				   const char *fingerprint, char **ret_error);

#endif
