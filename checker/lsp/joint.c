// SPDX-License-Identifier: GPL-2.0-only
/*
 * Brings two answers together. clangd's reply waits for ours a moment, while all
 * else of clangd's goes on: JSON-RPC lets replies come in any order. If ours is
 * late, clangd's goes alone.
 */
#include "lsp/joint.h"

#include <json-c/json.h>

#include "lsp/documents.h"
#include "lsp/worker.h"

struct joint {
	struct router *router;
	joint_merge merge;
	guint patience;	      /* in ms */
	GString *id, *theirs; /* JSON; clangd's reply, NULL: not there */
	json_object *question, *ours;
	guint64 stamp;	      /* of the text that it is about */
	gboolean answered;    /* ours came, or will not */
	gboolean sent;
	guint timer;	      /* 0: none runs */
};

static void clear(void *joint)
{
	struct joint *j = joint;

	if (j->timer)
		g_source_remove(j->timer);
	if (j->theirs)
		g_string_free(j->theirs, TRUE);
	g_string_free(j->id, TRUE);
	json_object_put(j->question);
	json_object_put(j->ours);
}

/* For each of those who know of it: the replies, and the worker. */
static void release(void *joint)
{
	g_rc_box_release_full(joint, clear);
}

static struct span span_of(const GString *text)
{
	return (struct span){ text->str, text->len };
}

/* The editor took it back, or edited on: it wants nothing of ours, either. */
static gboolean is_cancelled(struct span error)
{
	static const char *const path[] = { "code", NULL };
	gint64 code = 0;

	return scan_int(scan_path(error, path), &code) &&
	       (code == ERROR_CANCELLED || code == ERROR_MODIFIED);
}

static const struct document *document_of(const struct joint *j)
{
	json_object *path = json_object_object_get(j->question, "path");

	return documents_at(j->router->documents,
			    json_object_get_string(path));
}

/* If the text was edited since, its places are others: ours do not fit them. */
static bool is_outdated(const struct joint *j)
{
	const struct document *d = document_of(j);

	return !d || document_stamp(d) != j->stamp;
}

/* The message to send instead of clangd's reply; NULL: none. */
static GString *compose(struct joint *j)
{
	struct frame f = { 0 };
	struct message m = { 0 };
	struct span theirs;
	GString *result, *body;

	if (j->theirs) {
		f.body = j->theirs->str;
		f.body_size = j->theirs->len;
		message_read(&f, &m);
	}
	if (!j->ours || is_cancelled(m.error) || is_outdated(j))
		return NULL;
	theirs = m.result;
	if (scan_kind(theirs) == 'n')
		theirs = (struct span){ NULL, 0 };
	result = j->merge(j->router, j->question, theirs, j->ours);
	if (!result)
		return NULL;
	if (m.result.start)
		body = splice_over(m.body, m.result, result->str);
	else
		body = message_reply(span_of(j->id), result->str);
	g_string_free(result, TRUE);
	return body;
}

/* It has its reply, and so nobody wants ours; may free @j. */
static void settle(struct joint *j)
{
	j->sent = TRUE;
	g_queue_remove(&j->router->held, j);
	if (j->timer)
		g_source_remove(j->timer);
	j->timer = 0;
	worker_withdraw(j->router->worker, j);
}

/* May free @j. */
static void finish(struct joint *j)
{
	GString *body = compose(j);

	if (!body && j->theirs)
		body = g_string_new_len(j->theirs->str,
					(gssize)j->theirs->len);
	else if (!body)
		body = message_reply(span_of(j->id), "null");
	peer_send(j->router->editor, body);
	settle(j);
}

static gboolean on_late(void *joint)
{
	struct joint *j = joint;

	j->timer = 0;
	finish(j);
	return G_SOURCE_REMOVE;
}

static void on_theirs(const struct message *reply, void *joint)
{
	struct joint *j = joint;

	j->theirs = g_string_new_len(reply->body.start,
				     (gssize)reply->body.size);
	if (j->answered || is_cancelled(reply->error)) {
		finish(j);
	} else {
		j->timer = g_timeout_add(j->patience, on_late, j);
		g_queue_push_tail(&j->router->held, j);
	}
	release(j);
}

static void on_ours(json_object *answer, void *joint)
{
	struct joint *j = joint;

	j->answered = TRUE;
	j->ours = json_object_get(answer);
	if (!j->sent && (j->theirs || !j->router->clangd))
		finish(j);
	release(j);
}

void joint_ask(struct router *r, const struct message *request,
	       json_object *question, joint_merge merge, guint patience)
{
	struct joint *j;

	if (!question || !request->id.start) {
		/* a notification, whatever it says, is not replied to */
		if (!r->clangd && request->id.start)
			router_reply(r, request->id, "null");
		json_object_put(question);
		return;
	}
	j = g_rc_box_new0(struct joint);
	j->router = r;
	j->merge = merge;
	j->patience = patience;
	j->question = json_object_get(question);
	j->id = g_string_new_len(request->id.start, (gssize)request->id.size);
	j->stamp = document_stamp(document_of(j));
	if (r->clangd)
		replies_await(r->overheard, request->id, on_theirs, release,
			      g_rc_box_acquire(j));
	else
		g_queue_push_tail(&r->held, j);
	worker_ask(r->worker, question, on_ours, release, j);
}

static struct joint *find(const struct router *r, struct span id)
{
	for (GList *l = r->held.head; l; l = l->next) {
		struct joint *j = l->data;

		if (message_means(span_of(j->id), id))
			return j;
	}
	return NULL;
}

void joint_cancelled(struct router *r, const struct message *m)
{
	static const char *const at[] = { "id", NULL };
	struct span id = scan_path(m->params, at);
	struct joint *j = id.start ? find(r, id) : NULL;

	if (!j)
		return;
	if (r->clangd) {
		finish(j);
		return;
	}
	router_fail(r, span_of(j->id), ERROR_CANCELLED, "cancelled");
	settle(j);
}
