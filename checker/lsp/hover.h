/* SPDX-License-Identifier: GPL-2.0-only */
/* What is shown for a word: clangd's text and below it the pair of a flag. */
#ifndef PINCHECK_LSP_HOVER_H
#define PINCHECK_LSP_HOVER_H

#include "lsp/router.h"

/* A request that clangd, if there is one, has been sent. */
void hover_asked(struct router *r, const struct message *m);

#endif
