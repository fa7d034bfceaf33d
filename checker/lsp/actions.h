/* SPDX-License-Identifier: GPL-2.0-only */
/* What can be done about a finding, in one list with what clangd can do. */
#ifndef PINCHECK_LSP_ACTIONS_H
#define PINCHECK_LSP_ACTIONS_H

#include "lsp/router.h"

/* A request that clangd, if there is one, has been sent. */
void actions_asked(struct router *r, const struct message *m);

#endif
