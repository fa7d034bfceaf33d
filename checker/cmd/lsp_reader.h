/* SPDX-License-Identifier: GPL-2.0-only */
/* Lines from a pipe, and whether there is another one yet. */
#ifndef PINCHECK_CMD_LSP_READER_H
#define PINCHECK_CMD_LSP_READER_H

#include <glib.h>

struct lines;

struct lsp_reader {
	int fd;
	struct lines *lines; /* what was read; the caller makes and frees it */
};

/*
 * Waits for a line. It is the reader's until the next call, and has no end of
 * line. NULL: there is none any more; the start of one does not count. O(line).
 */
const char *lsp_reader_next(struct lsp_reader *r, gsize *ret_size);
enum lsp_event {
	LSP_LINE,  /* lsp_reader_next() will not wait long, or at all */
	LSP_OTHER, /* there is something in the other pipe, or its end */
	LSP_QUIET, /* so many ms passed */
};
/* Waits for one of them. @other: -1, there is none; @ms: -1, any time. */
enum lsp_event lsp_reader_wait(const struct lsp_reader *r, int other, int ms);

#endif
