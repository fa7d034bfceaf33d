/* SPDX-License-Identifier: GPL-2.0-only */
/* Lines from a pipe, and whether there is another one yet. */
#ifndef PINCHECK_CMD_LSP_READER_H
#define PINCHECK_CMD_LSP_READER_H

#include <glib.h>

struct lsp_reader {
	int fd;
	GString *bytes;	/* that were read; the caller makes and frees it */
	gsize taken;	/* of them, what earlier lines were */
};

/*
 * Waits for a line. It is the reader's until the next call, and has no end of
 * line. NULL: there is none any more; the start of one does not count. O(line).
 */
char *lsp_reader_next(struct lsp_reader *r, gsize *ret_size);
/* Does somebody ask within so many ms, or is gone? */
gboolean lsp_reader_busy(const struct lsp_reader *r, int ms);

#endif
