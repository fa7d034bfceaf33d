/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What is around a document: the compile database that names it, the .pincheck
 * files that hold for it, the facts store. Each is read again when its files
 * changed, which is asked each time.
 */
#ifndef PINCHECK_CMD_LSP_WORKSPACE_H
#define PINCHECK_CMD_LSP_WORKSPACE_H

#include <glib.h>
#include <stdbool.h>

struct compile_command;
struct lsp_log;
struct model;
struct run_options;
struct store;
struct workspace;

struct workspace_unit {
	const struct compile_command *cmd;
	const char *file; /* by which the database names it; absolute */
	const struct model *model;
	struct store *outside; /* what other units do is known; or NULL */
};

/*
 * By the -p, --model and store of @o, which stays as long; @alone: what other
 * units do is not asked.
 */
struct workspace *workspace_new(const struct run_options *o, gboolean alone,
				struct lsp_log *log);
void workspace_free(struct workspace *w); /* takes NULL */
/*
 * The unit at an absolute path; what it has is the workspace's until the next
 * call on it. false: no database names it.
 */
bool workspace_find(struct workspace *w, const char *path,
		    struct workspace_unit *ret);

/* Grows when workspace_find() sees that something was changed. */
guint workspace_changes(const struct workspace *w);
/*
 * The store of the unit that was found last, if this program linked it; NULL:
 * there is none. The workspace's until the next call on it.
 */
const char *workspace_store(const struct workspace *w);
/* Does it say how others are compiled, or what holds for them? */
bool workspace_rules_over(const struct workspace *w, const char *path);

#endif
