/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Edits that an editor is offered for a finding: repairs that were tried, and a
 * comment that hides it.
 */
#ifndef PINCHECK_CMD_LSP_FIXES_H
#define PINCHECK_CMD_LSP_FIXES_H

#include "cmd/lsp_places.h"
#include "cmd/lsp_worker.h"

struct lsp_check;

/* A finding of the last check of @doc, and how the editor has it. */
struct lsp_found {
	const struct document *doc;
	struct lsp_check *check;
	const struct finding *finding;
	json_object *item;
};

/*
 * Adds the code actions to @array, the best first: only such repairs as leave a
 * text without the finding, and with nothing else that was not there. What
 * comes of a repair is remembered in the check: the first question about a
 * finding costs up to three checks, the next one none.
 */
void lsp_fixes_add(struct lsp_worker *w, struct places *p,
		   const struct lsp_found *found, json_object *array);
/* What lsp_fixes_add() keeps in a check; takes NULL. */
struct lsp_trials;
void lsp_trials_free(struct lsp_trials *t);

#endif
