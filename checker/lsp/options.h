/* SPDX-License-Identifier: GPL-2.0-only */
/* The command line of the language server. */
#ifndef PINCHECK_LSP_OPTIONS_H
#define PINCHECK_LSP_OPTIONS_H

struct options {
	char **worker; /* its command line */
	char **clangd; /* clangd's; NULL: there is none */
	int debounce;  /* in ms */
	int timeout;   /* in seconds, for an answer of the worker; 0: any */
};

/* What options_read returns when the server is to run. */
#define OPTIONS_GO (-1)

/*
 * Reads the command line of pincheck-lsp, or of clangd if that is what argv[0]
 * ends in. Returns OPTIONS_GO and fills @ret for options_clear(), or the exit
 * status after the help or a message; clangd answers for itself to --version,
 * --help and --check.
 */
int options_read(int argc, char **argv, struct options *ret);
void options_clear(struct options *o);

#endif
