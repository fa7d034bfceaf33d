/* SPDX-License-Identifier: GPL-2.0-only */
/* What the editor is sent of findings: one list with clangd's diagnostics. */
#ifndef PINCHECK_LSP_DIAGNOSTICS_H
#define PINCHECK_LSP_DIAGNOSTICS_H

#include "lsp/documents.h"
#include "lsp/router.h"

/* clangd publishes; FALSE: what it sent is to pass as it is. */
gboolean diagnostics_published(struct router *r, const struct message *m);
/* The document's items are new. */
void diagnostics_found(struct router *r, struct document *d);
/*
 * Edits did not fit, and it is to be closed: ours are taken back, as nobody knows
 * where they would be.
 */
void diagnostics_lost(struct router *r, struct document *d);
/* The document is to be closed. */
void diagnostics_end(struct router *r, struct document *d);

#endif
