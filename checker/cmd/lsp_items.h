/* SPDX-License-Identifier: GPL-2.0-only */
/* Findings as diagnostics of the Language Server Protocol. */
#ifndef PINCHECK_CMD_LSP_ITEMS_H
#define PINCHECK_CMD_LSP_ITEMS_H

#include "cmd/lsp_places.h"
#include "cmd/lsp_worker.h"

/* Which part of @doc the editor underlines for a finding in it. */
struct place lsp_item_place(struct places *p, const struct document *doc,
			    const struct finding *f);
json_object *lsp_item(const struct lsp_worker *w, struct places *p,
		      const struct document *doc, const struct finding *f);
/* An array of all. */
json_object *lsp_items(const struct lsp_worker *w, const struct document *doc,
		       const struct report *r);

#endif
