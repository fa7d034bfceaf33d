// SPDX-License-Identifier: GPL-2.0-only
/*
 * The router's life: it is set up, runs until clangd or the editor ends it, and
 * gives back the status. What happens with a message is in route.c.
 */
#include "lsp/lsp.h"

#include <json-c/json.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "base/json.h"
#include "base/process.h"
#include "lsp/checks.h"
#include "lsp/clangd.h"
#include "lsp/documents.h"
#include "lsp/log.h"
#include "lsp/replay.h"
#include "lsp/route.h"
#include "lsp/router.h"
#include "lsp/server.h"
#include "lsp/worker.h"

/* ---- to the editor ---- */

void router_tell(struct router *r, const char *method, json_object *params)
{
	peer_send(r->editor, message_call(NULL, method, params));
}

void router_ask(struct router *r, const char *method, json_object *params,
		reply_call call, GDestroyNotify forget, void *data)
{
	char *id = g_strdup_printf("pincheck:%u", ++r->last_id);
	char *json = g_strdup_printf("\"%s\"", id);

	replies_await(r->asked, (struct span){ json, strlen(json) }, call,
		      forget, data);
	peer_send(r->editor, message_call(id, method, params));
	g_free(json);
	g_free(id);
}

void router_reply(struct router *r, struct span id, const char *result)
{
	peer_send(r->editor, message_reply(id, result));
}

void router_fail(struct router *r, struct span id, int code, const char *text)
{
	peer_send(r->editor, message_error(id, code, text));
}

void router_show(struct router *r, enum show how, const char *text)
{
	json_object *params = json_object_new_object();

	json_put_int(params, "type", how);
	json_put_text(params, "message", text);
	router_tell(r, how == SHOW_LOG ? "window/logMessage" :
					 "window/showMessage", params);
}

void router_log(struct router *r, const char *line)
{
	log_line(r->log, line);
}

/* ---- life ---- */

void router_leave(struct router *r, int status)
{
	/* clangd's replies that wait for ours go without */
	worker_stop(r->worker);
	r->leaving = TRUE;
	r->status = status;
	if (!peer_queued(r->editor))
		g_main_loop_quit(r->loop);
}

static void on_message(enum frame_kind kind, const struct frame *f,
		       void *router)
{
	route_from_editor(router, kind, f);
}

static void on_end(void *router)
{
	struct router *r = router;

	if (r->clangd)
		clangd_finish(r->clangd);
	else
		server_finish(r->server);
}

static void on_drained(void *router)
{
	struct router *r = router;

	if (r->leaving)
		g_main_loop_quit(r->loop);
}

/* FALSE: r->status is what to exit with. */
static gboolean start(struct router *r)
{
	static const struct peer_events events = { on_message, on_end,
						   on_drained };

	if (r->options->clangd) {
		r->clangd = clangd_start(r, &r->status);
		if (!r->clangd)
			return FALSE;
	} else {
		r->server = server_new(r);
	}
	r->editor = peer_new(STDIN_FILENO, STDOUT_FILENO, &events, r);
	return TRUE;
}

static void clear(struct router *r)
{
	replays_free(r->replays);
	worker_free(r->worker);
	g_queue_clear(&r->held);
	log_free(r->log);
	checks_free(r->checks);
	documents_free(r->documents);
	replies_free(r->overheard);
	replies_free(r->asked);
	server_free(r->server);
	clangd_free(r->clangd);
	peer_free(r->editor);
	g_main_loop_unref(r->loop);
}

static int run(const struct options *o)
{
	struct router r = { .options = o };

	r.loop = g_main_loop_new(NULL, FALSE);
	r.asked = replies_new();
	r.overheard = replies_new();
	r.documents = documents_new(!o->clangd);
	r.checks = checks_new(&r);
	r.log = log_new(&r);
	r.worker = worker_new(&r);
	r.replays = replays_new();
	if (start(&r))
		g_main_loop_run(r.loop);
	clear(&r);
	return r.status;
}

int lsp_main(int argc, char **argv)
{
	struct options o;
	int status;

	process_fill_descriptors();
	/* Who starts us may ignore it, and then no exit status is kept. */
	signal(SIGCHLD, SIG_DFL);
	/* Writing to a program that ended is an error like others. */
	signal(SIGPIPE, SIG_IGN);
	g_set_prgname("pincheck lsp");
	status = options_read(argc, argv, &o);
	if (status != OPTIONS_GO)
		return status;
	status = run(&o);
	options_clear(&o);
	return status;
}
