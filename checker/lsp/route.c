// SPDX-License-Identifier: GPL-2.0-only
/*
 * The tables of what is done with which message. What stands in none of them, or
 * cannot be read, passes as it came.
 */
#include "lsp/route.h"

#include "lsp/clangd.h"
#include "lsp/initialize.h"
#include "lsp/server.h"

struct route {
	const char *method;
	/* Is it for us alone, or was it sent on otherwise? NULL: no. */
	gboolean (*claim)(struct router *r, const struct message *m);
	/* Looks at what went on to the other side; NULL: nobody does. */
	void (*see)(struct router *r, const struct message *m);
};

static const struct route from_editor[] = {
	{ "initialize", initialize_forward, NULL },
};

static const struct route *find(const struct route *routes, size_t n,
				const struct message *m)
{
	for (size_t i = 0; m->method.start && i < n; i++)
		if (scan_is(m->method, routes[i].method))
			return &routes[i];
	return NULL;
}

/* ---- from the editor ---- */

/* Without clangd: our parts have the first look, and the server answers the rest. */
static void serve(struct router *r, const struct message *m)
{
	if (scan_is(m->method, "exit") || server_allows(r->server, m))
		server_take(r->server, m);
}

void route_from_editor(struct router *r, enum frame_kind kind,
		       const struct frame *f)
{
	const struct route *route;
	struct message m;
	gboolean read = kind == FRAME_WHOLE && message_read(f, &m);

	if (read && !m.method.start && m.id.start &&
	    replies_take(r->asked, &m))
		return;
	if (!r->clangd) {
		if (read && m.method.start)
			serve(r, &m);
		return;
	}
	route = read ? find(from_editor, G_N_ELEMENTS(from_editor), &m) : NULL;
	if (!route || !route->claim || !route->claim(r, &m))
		clangd_forward(r->clangd, f);
	if (route && route->see)
		route->see(r, &m);
}

/* ---- from clangd ---- */

void route_from_clangd(struct router *r, enum frame_kind kind,
		       const struct frame *f)
{
	struct message m;

	if (kind == FRAME_WHOLE && message_read(f, &m) && !m.method.start &&
	    m.id.start && replies_take(r->overheard, &m))
		return;
	peer_forward(r->editor, f);
}
