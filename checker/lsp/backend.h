/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A worker process (`pincheck lsp-worker`) and the questions it is asked, one at
 * a time. It may die, hang, or write nonsense: then it is started again, and its
 * question is lost. docs/lsp-worker.md has what is said between the two.
 */
#ifndef PINCHECK_LSP_BACKEND_H
#define PINCHECK_LSP_BACKEND_H

#include <glib.h>
#include <json-c/json_types.h>

struct backend;

struct backend_setup {
	char **argv;	     /* of the worker; NULL-terminated */
	unsigned int timeout; /* in ms, for an answer; 0: any time */
	/* The first message for each new worker; the caller puts it. */
	json_object *(*hello)(void *data);
	/* A line for the log of the editor. */
	void (*log)(const char *line, void *data);
	/* It ended, and why; once for each time it does. */
	void (*lost)(const char *why, void *data);
	void *data;
};

/*
 * What came: NULL if it was lost, and why. @answer is the backend's.
 */
typedef void (*backend_answer)(json_object *answer, const char *why,
			       void *data);

/* Starts nothing yet; works on the default main context. */
struct backend *backend_new(const struct backend_setup *setup);
/* Kills the worker. Answers that are due do not come. Takes NULL. */
void backend_free(struct backend *b);
/*
 * Takes @question and asks it when those before are answered. @answer (may be
 * NULL: there is none) is called once, with @data, from the main loop.
 */
void backend_ask(struct backend *b, json_object *question,
		 backend_answer answer, void *data);
/* Takes back what was asked with @data and did not begin yet; its call comes no more. */
gboolean backend_withdraw(struct backend *b, void *data);
/* Kills the worker, so that what it does is lost; the next question starts one. */
void backend_interrupt(struct backend *b);
/* 0: there is none now. */
GPid backend_pid(const struct backend *b);

#endif
