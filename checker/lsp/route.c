// SPDX-License-Identifier: GPL-2.0-only
/*
 * The tables of what is done with which message. What stands in none of them, or
 * cannot be read, passes as it came.
 */
#include "lsp/route.h"

#include "lsp/actions.h"
#include "lsp/clangd.h"
#include "lsp/diagnostics.h"
#include "lsp/hover.h"
#include "lsp/initialize.h"
#include "lsp/joint.h"
#include "lsp/replay.h"
#include "lsp/server.h"
#include "lsp/sync.h"

struct route {
	const char *method;
	/* Is it for us alone, or was it sent on otherwise? NULL: no. */
	gboolean (*claim)(struct router *r, const struct message *m);
	/* Looks at what went on to the other side; NULL: nobody does. */
	void (*see)(struct router *r, const struct message *m);
};

static const struct route from_editor[] = {
	{ "textDocument/didChange", NULL, sync_changed },
	{ "textDocument/didOpen", NULL, sync_opened },
	{ "textDocument/didSave", NULL, sync_saved },
	{ "textDocument/didClose", NULL, sync_closed },
	{ "textDocument/codeAction", NULL, actions_asked },
	{ "textDocument/hover", NULL, hover_asked },
	{ "workspace/executeCommand", replay_asked, NULL },
	{ "window/workDoneProgress/cancel", replay_cancelled_progress, NULL },
	{ "$/cancelRequest", replay_cancelled_request, joint_cancelled },
	{ "initialize", initialize_asked, NULL },
};

static const struct route from_clangd[] = {
	{ "textDocument/publishDiagnostics", diagnostics_published, NULL },
};

/* Where @m is to go; all that is not in the table goes nowhere. */
static struct route find(const struct route *routes, size_t n,
			 const struct message *m)
{
	for (size_t i = 0; i < n; i++)
		if (scan_is(m->method, routes[i].method))
			return routes[i];
	return (struct route){ NULL, NULL, NULL };
}

static gboolean claims(const struct route *route, struct router *r,
		       const struct message *m)
{
	return route->claim && route->claim(r, m);
}

/* Where clangd would answer, if we stood in front of one. */
static void serve(struct router *r, const struct message *m)
{
	struct route route = find(from_editor, G_N_ELEMENTS(from_editor), m);

	if (!server_allows(r->server, m) || claims(&route, r, m))
		return;
	if (route.see)
		route.see(r, m);
	else
		server_take(r->server, m);
}

static void pass_on(struct router *r, const struct frame *f,
		    const struct message *m)
{
	struct route route = find(from_editor, G_N_ELEMENTS(from_editor), m);

	if (!claims(&route, r, m))
		clangd_forward(r->clangd, f);
	if (route.see)
		route.see(r, m);
}

/* Is it the reply to a request of ours? */
static gboolean is_taken(struct replies *replies, const struct message *m)
{
	return !m->method.start && m->id.start && replies_take(replies, m);
}

void route_from_editor(struct router *r, enum frame_kind kind,
		       const struct frame *f)
{
	struct message m;

	if (kind != FRAME_WHOLE || !message_read(f, &m)) {
		if (r->clangd)
			clangd_forward(r->clangd, f);
	} else if (is_taken(r->asked, &m)) {
		return;
	} else if (r->clangd) {
		pass_on(r, f, &m);
	} else if (m.method.start) {
		serve(r, &m);
	}
}

void route_from_clangd(struct router *r, enum frame_kind kind,
		       const struct frame *f)
{
	struct route route;
	struct message m;

	if (kind == FRAME_WHOLE && message_read(f, &m)) {
		route = find(from_clangd, G_N_ELEMENTS(from_clangd), &m);
		if (is_taken(r->overheard, &m) || claims(&route, r, &m))
			return;
	}
	peer_forward(r->editor, f);
}
