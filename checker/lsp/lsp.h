/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The language server: a router between an editor, clangd (if it stands in front
 * of one) and a worker process that finds things. It holds no libclang.
 */
#ifndef PINCHECK_LSP_LSP_H
#define PINCHECK_LSP_LSP_H

/*
 * The program: `pincheck-lsp [OPTION...] [-- CLANGD ARGUMENT...]`, or under the
 * name pincheck-clangd with clangd's own arguments. Returns the exit status:
 * clangd's where there is one.
 */
int lsp_main(int argc, char **argv);

#endif
