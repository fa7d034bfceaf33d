// SPDX-License-Identifier: GPL-2.0-only
/* Cuts a stream into lines. Each byte is looked at once. */
#include "base/lines.h"

#include <string.h>

struct lines {
	GString *bytes;
	size_t start;	/* of what is not taken */
	size_t scanned; /* no line ends before that, from start on */
};

struct lines *lines_new(void)
{
	struct lines *l = g_new0(struct lines, 1);

	l->bytes = g_string_new(NULL);
	return l;
}

void lines_free(struct lines *l)
{
	if (!l)
		return;
	g_string_free(l->bytes, TRUE);
	g_free(l);
}

void lines_add(struct lines *l, const char *bytes, size_t size)
{
	/* here, since what was taken is the caller's until now */
	g_string_erase(l->bytes, 0, (gssize)l->start);
	l->scanned -= l->start;
	l->start = 0;
	g_string_append_len(l->bytes, bytes, (gssize)size);
}

static const char *take(struct lines *l, size_t end, size_t *ret_size)
{
	const char *line = l->bytes->str + l->start;

	*ret_size = end - l->start;
	l->start = l->scanned = MIN(end + 1, l->bytes->len);
	return line;
}

const char *lines_next(struct lines *l, size_t *ret_size)
{
	char *end = memchr(l->bytes->str + l->scanned, '\n',
			   l->bytes->len - l->scanned);

	l->scanned = l->bytes->len;
	if (!end)
		return NULL;
	*end = '\0';
	return take(l, (size_t)(end - l->bytes->str), ret_size);
}

size_t lines_size(const struct lines *l)
{
	return l->bytes->len - l->start;
}

const char *lines_rest(struct lines *l, size_t *ret_size)
{
	if (l->start == l->bytes->len)
		return NULL;
	return take(l, l->bytes->len, ret_size);
}
