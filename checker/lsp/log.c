// SPDX-License-Identifier: GPL-2.0-only
/*
 * Counts lines by the second. What is left out is lost: who needs all of it runs
 * the worker by hand.
 */
#include "lsp/log.h"

#include <json-c/json.h>
#include <string.h>

#define LINES_A_SECOND 50
/* Bytes of a line that are shown. */
#define LONGEST_LINE 2000
/* Bytes that the editor has not taken, so that more would only delay it. */
#define BEHIND (1024 * 1024)

struct log {
	struct router *router;
	guint lines;  /* of this second */
	guint missed; /* that are to be told */
	guint second; /* the source that ends it; 0: none runs */
};

struct log *log_new(struct router *r)
{
	struct log *l = g_new0(struct log, 1);

	l->router = r;
	return l;
}

void log_free(struct log *l)
{
	if (!l)
		return;
	if (l->second)
		g_source_remove(l->second);
	g_free(l);
}

/* At the beginning of a character, should it be UTF-8. */
static size_t shown_size(const char *line)
{
	size_t size = strnlen(line, LONGEST_LINE + 1);

	if (size <= LONGEST_LINE)
		return size;
	for (size = LONGEST_LINE; size && (line[size] & 0xc0) == 0x80;)
		size--;
	return size;
}

static void send(struct log *l, const char *line)
{
	size_t size = shown_size(line);
	char *text = g_strdup_printf("%.*s%s", (int)size, line,
				     line[size] ? "..." : "");

	router_show(l->router, SHOW_LOG, text);
	g_free(text);
}

static gboolean is_behind(const struct log *l)
{
	return peer_queued(l->router->editor) > BEHIND;
}

static gboolean on_second(void *log)
{
	struct log *l = log;
	char *line;

	if (is_behind(l))
		return G_SOURCE_CONTINUE;
	if (l->missed) {
		line = g_strdup_printf("pincheck: %u more lines", l->missed);
		send(l, line);
		g_free(line);
	}
	l->lines = l->missed = l->second = 0;
	return G_SOURCE_REMOVE;
}

void log_line(struct log *l, const char *line)
{
	if (!l->second)
		l->second = g_timeout_add_seconds(1, on_second, l);
	if (l->lines == LINES_A_SECOND || is_behind(l)) {
		l->missed++;
		return;
	}
	l->lines++;
	send(l, line);
}
