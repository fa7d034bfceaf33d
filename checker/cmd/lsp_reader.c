// SPDX-License-Identifier: GPL-2.0-only
/*
 * A reader of lines. stdio would read as well, but hides whether it has more.
 */
#include "cmd/lsp_reader.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#define BLOCK (64 << 10)

/* FALSE: the pipe has ended. */
static gboolean read_more(struct lsp_reader *r)
{
	gsize size = r->bytes->len;
	ssize_t n;

	g_string_set_size(r->bytes, size + BLOCK);
	do
		n = read(r->fd, r->bytes->str + size, BLOCK);
	while (n < 0 && errno == EINTR);
	g_string_set_size(r->bytes, size + (n > 0 ? (gsize)n : 0));
	return n > 0;
}

char *lsp_reader_next(struct lsp_reader *r, gsize *ret_size)
{
	gsize searched = 0;
	char *end;

	g_string_erase(r->bytes, 0, (gssize)r->taken);
	r->taken = 0;
	while (!(end = memchr(r->bytes->str + searched, '\n',
			      r->bytes->len - searched))) {
		searched = r->bytes->len;
		if (!read_more(r))
			return NULL;
	}
	*end = '\0';
	*ret_size = (gsize)(end - r->bytes->str);
	r->taken = *ret_size + 1;
	return r->bytes->str;
}

enum lsp_event lsp_reader_wait(const struct lsp_reader *r, int other, int ms)
{
	struct pollfd in[] = { { .fd = r->fd, .events = POLLIN },
			       { .fd = other, .events = POLLIN } };
	int n;

	if (r->bytes->len > r->taken)
		return LSP_LINE;
	do
		n = poll(in, 2, ms);
	while (n < 0 && errno == EINTR);
	if (!n)
		return LSP_QUIET;
	return in[0].revents || !in[1].revents ? LSP_LINE : LSP_OTHER;
}
