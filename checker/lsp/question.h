/* SPDX-License-Identifier: GPL-2.0-only */
/* Questions to a worker, as docs/lsp-worker.md has them. */
#ifndef PINCHECK_LSP_QUESTION_H
#define PINCHECK_LSP_QUESTION_H

#include "lsp/backend.h"
#include "lsp/documents.h"
#include "lsp/router.h"

/* The caller puts them. */
json_object *question_new(const char *what, const char *path);
/* About the document that @params name; NULL: it is not open, or not for us. */
json_object *question_about(struct router *r, const char *what,
			    struct span params);
/* What is known of an open document. */
json_object *question_text(const struct document *d);
/* Puts a part of a message into a question; what cannot be read is null. */
void question_put(json_object *question, const char *name, struct span json);

/* Is @answer about the text that the document of @question has now? */
bool question_is_current(struct router *r, json_object *question,
			 json_object *answer);

/* What a backend needs to know of @r, who is the data of its calls. */
struct backend_setup question_setup(struct router *r);
/* Tells a new backend all open documents. */
void question_send_texts(struct router *r, struct backend *b);

#endif
