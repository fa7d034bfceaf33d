/* SPDX-License-Identifier: GPL-2.0-only */
/* Where an editor can open the documentation of a rule. */
#ifndef PINCHECK_CMD_LSP_LINKS_H
#define PINCHECK_CMD_LSP_LINKS_H

/*
 * The URI of a Markdown file with what `pincheck explain` prints, in the user's
 * cache folder. It is written if it is not there or not the same. NULL: there is
 * no such rule, or no place for it. The caller frees it.
 */
char *lsp_link(const char *rule);

#endif
