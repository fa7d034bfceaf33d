/* SPDX-License-Identifier: GPL-2.0-only */
/* What the editor tells of its documents. */
#ifndef PINCHECK_LSP_SYNC_H
#define PINCHECK_LSP_SYNC_H

#include "lsp/router.h"

void sync_opened(struct router *r, const struct message *m);
void sync_changed(struct router *r, const struct message *m);
void sync_saved(struct router *r, const struct message *m);
void sync_closed(struct router *r, const struct message *m);

#endif
