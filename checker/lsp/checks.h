/* SPDX-License-Identifier: GPL-2.0-only */
/* Which open documents are to be checked, and when. */
#ifndef PINCHECK_LSP_CHECKS_H
#define PINCHECK_LSP_CHECKS_H

#include "lsp/backend.h"
#include "lsp/documents.h"
#include "lsp/router.h"

struct checks;

struct checks *checks_new(struct router *r);
void checks_free(struct checks *c); /* takes NULL */

/* What the editor did with a document. */
void checks_opened(struct checks *c, const struct document *d);
void checks_changed(struct checks *c, const struct document *d);
void checks_saved(struct checks *c, const struct document *d);
void checks_closed(struct checks *c, const char *path, const char *uri);
/* All that is open is to be checked again. */
void checks_all(struct checks *c);

/*
 * The next question for the worker, which the caller puts; NULL: there is none.
 * Its answer goes to checks_answer(), NULL if it is lost.
 */
json_object *checks_next(struct checks *c);
void checks_answer(struct checks *c, json_object *answer);
/* Tells the worker what it does not know yet of the documents. */
void checks_send_texts(struct checks *c, struct backend *b);
/* The worker is a new one, which knows nothing. */
void checks_forget_sent(struct checks *c);

/*
 * A worker was lost over the text of a document that it was told: nothing is
 * asked about that until it is another one.
 */
void checks_spoil(struct checks *c, const char *path);
gboolean checks_are_spoiled(const struct checks *c, const char *path);

#endif
