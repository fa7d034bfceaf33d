/* SPDX-License-Identifier: GPL-2.0-only */
/* The first request: what the editor can do, and what it is told that we can. */
#ifndef PINCHECK_LSP_INITIALIZE_H
#define PINCHECK_LSP_INITIALIZE_H

#include "lsp/router.h"

/* The command behind the action that replays a finding. */
#define COMMAND_REPLAY "pincheck.replay"

/*
 * The request: is answered, or sent on to clangd and its reply completed. TRUE:
 * it is not to be forwarded any more.
 */
gboolean initialize_asked(struct router *r, const struct message *m);

#endif
