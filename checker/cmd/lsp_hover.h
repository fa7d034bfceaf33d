/* SPDX-License-Identifier: GPL-2.0-only */
/* What is known of the flag or the accessor under the mouse. */
#ifndef PINCHECK_CMD_LSP_HOVER_H
#define PINCHECK_CMD_LSP_HOVER_H

#include "cmd/lsp_worker.h"

/*
 * "text" (Markdown) and "range" of @answer, both null if nothing is known of
 * what stands at @position (of the protocol) in @doc.
 */
void lsp_hover(struct lsp_worker *w, const struct document *doc,
	       json_object *position, json_object *answer);

#endif
