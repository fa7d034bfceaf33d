// SPDX-License-Identifier: GPL-2.0-only
/* The program pincheck-lsp: the language server, which pincheck lsp becomes. */
#include "lsp/lsp.h"

int main(int argc, char **argv)
{
	return lsp_main(argc, argv);
}
