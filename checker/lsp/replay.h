/* SPDX-License-Identifier: GPL-2.0-only */
/* The command that replays a finding: progress, cancellation, and the table. */
#ifndef PINCHECK_LSP_REPLAY_H
#define PINCHECK_LSP_REPLAY_H

#include "lsp/router.h"

struct replays;

struct replays *replays_new(void);
/* Ends those that run. Takes NULL. */
void replays_free(struct replays *all);

/* Messages of the editor's that are about a replay; FALSE: it is not. */
gboolean replay_asked(struct router *r, const struct message *m);
gboolean replay_cancelled_request(struct router *r, const struct message *m);
gboolean replay_cancelled_progress(struct router *r, const struct message *m);

#endif
