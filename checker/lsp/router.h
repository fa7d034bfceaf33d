/* SPDX-License-Identifier: GPL-2.0-only */
/* What the parts of the router share. */
#ifndef PINCHECK_LSP_ROUTER_H
#define PINCHECK_LSP_ROUTER_H

#include <json-c/json_types.h>

#include "lsp/message.h"
#include "lsp/options.h"
#include "lsp/peer.h"
#include "lsp/replies.h"
#include "lsp/text.h"

/* What the editor said of itself. */
struct client {
	gboolean progress;  /* it shows how far we are */
	gboolean documents; /* it opens a document that we name */
	gboolean markdown; /* in hovers */
	gboolean related;  /* information with diagnostics */
	gboolean changes;  /* edits with the version that they are for */
	gboolean literals; /* code actions that are more than a command */
};

struct router {
	const struct options *options;
	GMainLoop *loop;
	struct peer *editor;
	struct clangd *clangd;	  /* NULL: we are the only server */
	struct server *server;	  /* if we are */
	struct replies *asked;	  /* by us, of the editor */
	struct replies *overheard; /* asked by the editor, of clangd */
	GQueue held; /* of struct joint: what waits for ours alone */
	guint last_id;
	struct documents *documents;
	struct checks *checks;
	struct worker *worker;
	struct replays *replays;
	struct log *log;
	struct client client;
	enum encoding encoding;
	gboolean leaving;
	int status; /* to exit with */
};

/* Exits with @status once the editor took all that was sent. */
void router_leave(struct router *r, int status);

/* A notification to the editor; @params is put. */
void router_tell(struct router *r, const char *method, json_object *params);
/* A request to the editor; see replies_await(). */
void router_ask(struct router *r, const char *method, json_object *params,
		reply_call call, GDestroyNotify forget, void *data);
/* Answers a request of the editor's. */
void router_reply(struct router *r, struct span id, const char *result);
void router_fail(struct router *r, struct span id, int code,
		 const char *text);
/* What the user is to see, by the protocol's MessageType. */
enum show { SHOW_WARNING = 2, SHOW_INFO = 3, SHOW_LOG = 4 };
/* window/showMessage, or for the log window/logMessage. */
void router_show(struct router *r, enum show how, const char *text);
/* A line for the editor's log, if there is room (log.h). */
void router_log(struct router *r, const char *line);

#endif
