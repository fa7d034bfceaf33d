/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A request that clangd and our worker answer together: the editor gets one
 * reply, of clangd's own bytes with ours put in.
 */
#ifndef PINCHECK_LSP_JOINT_H
#define PINCHECK_LSP_JOINT_H

#include "lsp/router.h"

/*
 * The result to send (JSON), of @theirs (clangd's result; empty: null, or an
 * error) and @ours, which answers @question. NULL: theirs as it is. Caller frees.
 */
typedef GString *(*joint_merge)(struct router *r, json_object *question,
				struct span theirs, json_object *ours);

/*
 * Asks @question (which is put) of the worker. NULL: there is nothing to ask, and
 * clangd's reply passes. It waits @patience ms for ours.
 */
void joint_ask(struct router *r, const struct message *request,
	       json_object *question, joint_merge merge, guint patience);
/* $/cancelRequest, perhaps of one: it does not wait for ours any longer. */
void joint_cancelled(struct router *r, const struct message *m);

#endif
