/* SPDX-License-Identifier: GPL-2.0-only */
/* What clangd does of the protocol's life, for when there is none. */
#ifndef PINCHECK_LSP_SERVER_H
#define PINCHECK_LSP_SERVER_H

#include "lsp/router.h"

struct server;

struct server *server_new(struct router *r);
void server_free(struct server *s); /* takes NULL */
/* May the editor ask for anything now? If not, @m is answered if it asks. */
gboolean server_allows(struct server *s, const struct message *m);
/* Answers what no other part of ours does. */
void server_take(struct server *s, const struct message *m);
/* The editor has nothing more to say. */
void server_finish(struct server *s);

#endif
