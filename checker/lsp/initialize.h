/* SPDX-License-Identifier: GPL-2.0-only */
/* The first request: what the editor can do, and what it is told that we can. */
#ifndef PINCHECK_LSP_INITIALIZE_H
#define PINCHECK_LSP_INITIALIZE_H

#include "lsp/router.h"

/* The command behind the action that replays a finding. */
#define COMMAND_REPLAY "pincheck.replay"

/* In front of clangd: sends the request on, and later its reply. */
gboolean initialize_forward(struct router *r, const struct message *m);
/* The reply of ours alone. */
void initialize_answer(struct router *r, const struct message *m);

#endif
