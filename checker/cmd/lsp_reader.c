// SPDX-License-Identifier: GPL-2.0-only
/*
 * A reader of lines. stdio would read as well, but hides whether it has more.
 */
#include "cmd/lsp_reader.h"

#include <errno.h>
#include <poll.h>
#include <unistd.h>

#include "base/lines.h"

#define BLOCK (64 << 10)

/* FALSE: the pipe has ended. */
static gboolean read_more(struct lsp_reader *r)
{
	char *bytes = g_malloc(BLOCK);
	ssize_t n;

	do
		n = read(r->fd, bytes, BLOCK);
	while (n < 0 && errno == EINTR);
	if (n > 0)
		lines_add(r->lines, bytes, (size_t)n);
	g_free(bytes);
	return n > 0;
}

const char *lsp_reader_next(struct lsp_reader *r, gsize *ret_size)
{
	const char *line;

	while (!(line = lines_next(r->lines, ret_size)))
		if (!read_more(r))
			return NULL;
	return line;
}

enum lsp_event lsp_reader_wait(const struct lsp_reader *r, int other, int ms)
{
	struct pollfd in[] = { { .fd = r->fd, .events = POLLIN },
			       { .fd = other, .events = POLLIN } };
	int n;

	if (lines_size(r->lines))
		return LSP_LINE;
	do
		n = poll(in, 2, ms);
	while (n < 0 && errno == EINTR);
	if (!n)
		return LSP_QUIET;
	return in[0].revents || !in[1].revents ? LSP_LINE : LSP_OTHER;
}
