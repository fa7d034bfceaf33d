// SPDX-License-Identifier: GPL-2.0-only
/* A progress bar on stderr, when that is a terminal. */
#include "cmd/progress.h"

#include <glib.h>
#include <stdio.h>
#include <unistd.h>

#define BAR_WIDTH 30
#define REDRAW_MICROSECONDS (G_USEC_PER_SEC / 10)
#define ERASE_TO_END "\33[K"

struct progress {
	size_t total, done;
	const char *of_what;
	int findings;
	gint64 drawn; /* when, by the monotonic clock */
};

struct progress *progress_new(size_t total, const char *of_what)
{
	struct progress *p;

	if (!isatty(STDERR_FILENO) ||
	    !g_strcmp0(g_getenv("TERM"), "dumb") || !total)
		return NULL;
	p = g_new0(struct progress, 1);
	p->total = total;
	p->of_what = of_what;
	return p;
}

static void draw(const struct progress *p)
{
	int full = (int)(p->done * BAR_WIDTH / p->total);
	char *bar = g_strnfill(BAR_WIDTH, '.');

	for (int i = 0; i < full; i++)
		bar[i] = '#';
	fprintf(stderr, "\r[%s] %zu/%zu %s, %d finding%s" ERASE_TO_END, bar,
		p->done, p->total, p->of_what, p->findings,
		p->findings == 1 ? "" : "s");
	fflush(stderr);
	g_free(bar);
}

void progress_step(struct progress *p, int findings)
{
	gint64 now = g_get_monotonic_time();

	if (!p)
		return;
	p->done++;
	p->findings += findings;
	if (now - p->drawn < REDRAW_MICROSECONDS)
		return;
	p->drawn = now;
	draw(p);
}

void progress_free(struct progress *p)
{
	if (!p)
		return;
	if (p->drawn)
		fputs("\r" ERASE_TO_END, stderr);
	fflush(stderr);
	g_free(p);
}
