/* SPDX-License-Identifier: GPL-2.0-only */
/* What an editor offers where a finding is: code actions of the protocol. */
#ifndef PINCHECK_CMD_LSP_ACTIONS_H
#define PINCHECK_CMD_LSP_ACTIONS_H

#include "cmd/lsp_worker.h"

/*
 * An array of those for the findings of @doc that meet @range (of the protocol),
 * of the kinds in @only (an array of texts; NULL: all).
 */
json_object *lsp_actions(struct lsp_worker *w, const struct document *doc,
			 json_object *range, json_object *only);

#endif
