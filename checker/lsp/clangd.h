/* SPDX-License-Identifier: GPL-2.0-only */
/* The clangd that we stand in front of. */
#ifndef PINCHECK_LSP_CLANGD_H
#define PINCHECK_LSP_CLANGD_H

#include "lsp/router.h"

struct clangd;

/*
 * Starts it, and has the router end as it does. NULL: *@ret_status is what to
 * exit with, after a message on stderr.
 */
struct clangd *clangd_start(struct router *r, int *ret_status);
/* Does not wait for its end. Takes NULL. */
void clangd_free(struct clangd *c);
/* As peer_forward() and peer_send(). */
void clangd_forward(struct clangd *c, const struct frame *f);
void clangd_send(struct clangd *c, GString *body);
/* The editor has nothing more to say. */
void clangd_finish(struct clangd *c);

#endif
