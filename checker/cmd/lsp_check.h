/* SPDX-License-Identifier: GPL-2.0-only */
/* The findings of a document as it is in the editor. */
#ifndef PINCHECK_CMD_LSP_CHECK_H
#define PINCHECK_CMD_LSP_CHECK_H

#include "cmd/lsp_worker.h"

struct lsp_trials;
struct pipeline_options;

/* What was found in a document, until a text or what is around it changes. */
struct lsp_check {
	/*
	 * As `pincheck check` would tell it, but for the names of files, which
	 * are absolute. Findings of other files are not in it.
	 */
	struct report *report;
	GPtrArray *reads; /* char *: the other open documents that the */
			  /* unit reads, by path */
	/* Of the documents, the workspace and the session when it was made. */
	guint changes, around, base;
	struct lsp_trials *trials; /* lsp_fixes.c's; NULL: nobody asked yet */
};

/* Checks it anew; what comes of it is the worker's, and replaces the last. */
struct lsp_check *lsp_check(struct lsp_worker *w, const struct document *doc);
/* What it was, if it would still be the same; else anew. */
struct lsp_check *lsp_check_last(struct lsp_worker *w,
				 const struct document *doc);
/*
 * The report of what @doc would be with this text, with all notes, which leaves
 * no trace. The caller frees it.
 */
struct report *lsp_check_text(struct lsp_worker *w, const struct document *doc,
			      const GString *text);
void lsp_check_free(void *check); /* a struct lsp_check */

/* When nobody asks anything: makes the next check of the last unit cheap. */
void lsp_check_idle(struct lsp_worker *w);

/* The pipeline's part of it, for @unit and the buffers given. */
struct pipeline_options lsp_check_options(const struct lsp_worker *w,
					  const struct workspace_unit *unit,
					  const GArray *buffers);
/*
 * Is it checked at all? What names no compile command is not, nor what is larger
 * than 4 MB, which the log has.
 */
bool lsp_check_unit(struct lsp_worker *w, const struct document *doc,
		    struct workspace_unit *ret);

#endif
