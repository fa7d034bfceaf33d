// SPDX-License-Identifier: GPL-2.0-only
/*
 * Starts clangd, and ends when it ends, with its status: restarting it is the
 * editor's business, who knows what was open.
 */
#include "lsp/clangd.h"

#include <signal.h>
#include <stdio.h>

#include "lsp/child.h"
#include "lsp/route.h"

struct clangd {
	struct router *router;
	struct peer *peer;
	guint watch, settled; /* sources; 0: none */
	gboolean silent;      /* nothing more comes from it */
	gboolean exited;
	int status;
};

static void leave_if_over(struct clangd *c)
{
	if (c->silent && c->exited)
		router_leave(c->router, c->status);
}

static void on_message(enum frame_kind kind, const struct frame *f,
		       void *clangd)
{
	struct clangd *c = clangd;

	route_from_clangd(c->router, kind, f);
}

static void on_end(void *clangd)
{
	struct clangd *c = clangd;

	c->silent = TRUE;
	leave_if_over(c);
}

/* All that it wrote is read: whoever still holds its pipe is somebody else. */
static gboolean on_settled(void *clangd)
{
	struct clangd *c = clangd;

	c->settled = 0;
	on_end(c);
	return G_SOURCE_REMOVE;
}

static void on_child_exit(GPid pid, int wait_status, void *clangd)
{
	struct clangd *c = clangd;

	c->watch = 0;
	c->exited = TRUE;
	c->status = child_status(wait_status);
	g_spawn_close_pid(pid);
	/* when idle, so after everything that there is to read */
	c->settled = g_idle_add(on_settled, c);
	leave_if_over(c);
}

struct clangd *clangd_start(struct router *r, int *ret_status)
{
	static const struct peer_events events = { on_message, on_end, NULL };
	struct clangd *c;
	struct child child;
	char *error;

	/* By this signal it ends in good order, as it does at the end of stdin. */
	*ret_status = child_start(r->options->clangd, SIGTERM, 0, &child,
				  &error);
	if (*ret_status) {
		fprintf(stderr, "pincheck: %s\n", error);
		g_free(error);
		return NULL;
	}
	c = g_new0(struct clangd, 1);
	c->router = r;
	c->peer = peer_new(child.out, child.in, &events, c);
	c->watch = g_child_watch_add(child.pid, on_child_exit, c);
	return c;
}

void clangd_free(struct clangd *c)
{
	if (!c)
		return;
	if (c->watch)
		g_source_remove(c->watch);
	if (c->settled)
		g_source_remove(c->settled);
	peer_free(c->peer);
	g_free(c);
}

void clangd_forward(struct clangd *c, const struct frame *f)
{
	peer_forward(c->peer, f);
}

void clangd_send(struct clangd *c, GString *body)
{
	peer_send(c->peer, body);
}

void clangd_finish(struct clangd *c)
{
	peer_finish(c->peer);
}
