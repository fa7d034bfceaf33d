/* SPDX-License-Identifier: GPL-2.0-only */
/* Requests that were sent, and what is to happen with their replies. */
#ifndef PINCHECK_LSP_REPLIES_H
#define PINCHECK_LSP_REPLIES_H

#include "lsp/message.h"

struct replies;

/* What came belongs to the caller. */
typedef void (*reply_call)(const struct message *reply, void *data);

struct replies *replies_new(void);
/* Forgets all that did not come. Takes NULL. */
void replies_free(struct replies *r);
/*
 * Once the reply to the request @id came, @call gets it; @forget (may be NULL)
 * is called instead if it does not come.
 */
void replies_await(struct replies *r, struct span id, reply_call call,
		   GDestroyNotify forget, void *data);
/* Hands out a reply; FALSE: nobody waits for it. */
gboolean replies_take(struct replies *r, const struct message *reply);

#endif
