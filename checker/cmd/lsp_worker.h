/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The parts of `pincheck lsp-worker`, which answers one question at a time; what
 * it is asked and answers is in docs/lsp-worker.md.
 */
#ifndef PINCHECK_CMD_LSP_WORKER_H
#define PINCHECK_CMD_LSP_WORKER_H

#include <json-c/json_types.h>

#include "base/utf.h"
#include "cmd/lsp_documents.h"
#include "cmd/lsp_log.h"
#include "cmd/lsp_workspace.h"
#include "cmd/run_options.h"
#include "report/report.h"

struct lsp_refresh;

struct lsp_worker {
	struct run_options run;
	char *rules, *memory;	/* NULL: all; sc */
	enum severity min;
	struct lsp_log *log;
	struct documents *documents;
	struct workspace *workspace;
	struct session *session;
	struct lsp_refresh *refresh;
	struct compile_command *cold; /* the unit whose next parse is to be */
				      /* made cheap; or NULL */
	GHashTable *checks;	/* path -> struct lsp_check, owned */
	/* What the editor can do, as `start` said. */
	enum encoding encoding;
	gboolean related;	/* it shows related information */
	gboolean changes;	/* it takes documentChanges */
};

#endif
