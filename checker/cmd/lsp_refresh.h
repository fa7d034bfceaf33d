/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The store after a file was saved: a process of its own reads that unit again
 * and links it, while this one answers.
 */
#ifndef PINCHECK_CMD_LSP_REFRESH_H
#define PINCHECK_CMD_LSP_REFRESH_H

#include <glib.h>

struct run_options;

struct lsp_refresh;

/* With the -p, --model and --store of @o, which stays as long. */
struct lsp_refresh *lsp_refresh_new(const struct run_options *o);
/* What runs, runs to its end. Takes NULL. */
void lsp_refresh_free(struct lsp_refresh *r);
/* After those that are due, if it is not one of them. */
void lsp_refresh_add(struct lsp_refresh *r, const char *path,
		     const char *store);
/* Can be read when lsp_refresh_step() has something to do; -1: nothing runs. */
int lsp_refresh_fd(const struct lsp_refresh *r);
/* Has a run ended that worked something out anew? */
gboolean lsp_refresh_step(struct lsp_refresh *r);

/*
 * The process's part: the unit at @path goes into the store of @o, which is
 * linked again as far as that makes a difference. One that this program did not
 * link is left as it is. The exit status.
 */
int lsp_refresh_run(struct run_options *o, char *path);

#endif
