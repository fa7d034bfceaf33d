/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The worker that finds things, and what waits to be asked: one question at a
 * time, so that one that the user waits for is next.
 */
#ifndef PINCHECK_LSP_WORKER_H
#define PINCHECK_LSP_WORKER_H

#include "lsp/router.h"

struct worker;

/* @answer is the caller's; NULL: there is none, the worker was lost. */
typedef void (*worker_answer)(json_object *answer, void *data);

struct worker *worker_new(struct router *r);
void worker_free(struct worker *w); /* takes NULL */
/*
 * Asks @question, which is put, once it is its turn. @answer gets @data; if it
 * never will, @forget does.
 */
void worker_ask(struct worker *w, json_object *question, worker_answer answer,
		GDestroyNotify forget, void *data);
/* Nobody wants what was asked with @data any more; it is, if its turn has come. */
void worker_withdraw(struct worker *w, const void *data);
/* Ends it: what waits has no answer, and nothing is asked any more. */
void worker_stop(struct worker *w);
/* There may be something to check. */
void worker_wake(struct worker *w);

#endif
