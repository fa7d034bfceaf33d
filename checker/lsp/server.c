// SPDX-License-Identifier: GPL-2.0-only
/*
 * The protocol's beginning and end, as clangd keeps to them: nothing before
 * initialize, and 0 to exit with only after a shutdown.
 */
#include "lsp/server.h"

enum { STATUS_OK = 0, STATUS_NO_SHUTDOWN = 1 };

struct server {
	struct router *router;
	gboolean initialized, shut_down;
};

struct server *server_new(struct router *r)
{
	struct server *s = g_new0(struct server, 1);

	s->router = r;
	return s;
}

void server_free(struct server *s)
{
	g_free(s);
}

/* Requests that come too early or too late are answered so. */
static void refuse(struct server *s, const struct message *m)
{
	if (!m->id.start)
		return;
	if (!s->initialized)
		router_fail(s->router, m->id, ERROR_NOT_INITIALIZED,
			    "not initialized");
	else
		router_fail(s->router, m->id, ERROR_INVALID_REQUEST,
			    s->shut_down ? "shut down" :
					   "already initialized");
}

gboolean server_allows(struct server *s, const struct message *m)
{
	gboolean begins = m->id.start && scan_is(m->method, "initialize");

	if (scan_is(m->method, "exit"))
		return TRUE;
	if (begins == s->initialized || s->shut_down) {
		refuse(s, m);
		return FALSE;
	}
	s->initialized = TRUE;
	return TRUE;
}

static void shut_down(struct server *s, const struct message *m)
{
	s->shut_down = TRUE;
	router_reply(s->router, m->id, "null");
}

void server_take(struct server *s, const struct message *m)
{
	if (scan_is(m->method, "exit"))
		router_leave(s->router,
			     s->shut_down ? STATUS_OK : STATUS_NO_SHUTDOWN);
	else if (!m->id.start)
		return; /* what we do not know needs no answer */
	else if (scan_is(m->method, "shutdown"))
		shut_down(s, m);
	else
		router_fail(s->router, m->id, ERROR_UNKNOWN_METHOD,
			    "method not found");
}

void server_finish(struct server *s)
{
	router_leave(s->router, STATUS_NO_SHUTDOWN);
}
