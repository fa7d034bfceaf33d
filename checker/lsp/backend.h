/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A worker process (`pincheck lsp-worker`) and the questions it is asked, one at
 * a time. It may die, hang, or write nonsense: then all that it was asked is
 * lost, and the next question starts another. docs/lsp-worker.md has what is said
 * between the two.
 */
#ifndef PINCHECK_LSP_BACKEND_H
#define PINCHECK_LSP_BACKEND_H

#include <glib.h>
#include <json-c/json_types.h>

struct backend;

/* The calls come from the main loop, and each may free the backend. */
struct backend_setup {
	char **argv;	      /* of the worker; NULL-terminated; the caller's */
	unsigned int timeout; /* in ms, for an answer; 0: any time */
	/*
	 * The first message for each new worker; the backend puts it. A new one
	 * knows nothing of what was told to those before. Must not call back.
	 */
	json_object *(*hello)(void *data);
	/* A line for the log of the editor. */
	void (*log)(const char *line, void *data);
	/* The worker says something unasked; may be NULL. */
	void (*notice)(const char *what, void *data);
	/*
	 * It ended, and why, or could not be started; before what is lost by that
	 * is answered, and not when it was interrupted.
	 */
	void (*lost)(const char *why, void *data);
	void *data;
};

/*
 * What came: NULL if it was lost, and why. @answer is the backend's; its "log" is
 * told already.
 */
typedef void (*backend_answer)(json_object *answer, const char *why,
			       void *data);

/* Starts nothing yet; works on the default main context. SIGPIPE is ignored. */
struct backend *backend_new(const struct backend_setup *setup);
/* Kills the worker. Answers that are due do not come. Takes NULL. */
void backend_free(struct backend *b);
/*
 * Takes @question and asks it when those before are answered. @answer (may be
 * NULL: nobody wants it) is called once, with @data, never from here.
 */
void backend_ask(struct backend *b, json_object *question,
		 backend_answer answer, void *data);
/* Kills the worker, so that what it was asked is lost. */
void backend_interrupt(struct backend *b);
/* 0: there is none now. */
GPid backend_pid(const struct backend *b);

#endif
