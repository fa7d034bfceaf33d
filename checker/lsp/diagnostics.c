// SPDX-License-Identifier: GPL-2.0-only
/*
 * An editor forgets, with each list that is published for a file, the one before
 * it. So ours go into each of clangd's; and when they are new, clangd's last is
 * sent again with them. Its own bytes are never changed.
 */
#include "lsp/diagnostics.h"

#include <json-c/json.h>
#include <string.h>

#include "base/json.h"
#include "lsp/question.h"

#define METHOD "textDocument/publishDiagnostics"
/* In ms: how long ours wait for what clangd has to say about the same text. */
#define PATIENCE 1000

static const char *const at_list[] = { "params", "diagnostics", NULL };

/* Does @items differ from what is shown? It is kept as what is shown now. */
static gboolean is_news(struct document *d, char *items)
{
	gboolean same = !g_strcmp0(d->shown, items);

	g_free(d->shown);
	d->shown = items;
	return !same;
}

/* ---- in front of clangd ---- */

static void send_joined(struct router *r, struct span body, const char *items)
{
	peer_send(r->editor,
		  splice_into(body, scan_path(body, at_list), items));
}

static void stop_waiting(struct document *d)
{
	if (d->late)
		g_source_remove(d->late);
	d->late = 0;
}

gboolean diagnostics_published(struct router *r, const struct message *m)
{
	static const char *const at[] = { "uri", NULL };
	char *uri = scan_text(scan_path(m->params, at));
	struct document *d = uri ? documents_find(r->documents, uri) : NULL;

	g_free(uri);
	if (!d || scan_kind(scan_path(m->body, at_list)) != '[')
		return FALSE;
	stop_waiting(d);
	document_set_publish(d, m->body.start, m->body.size);
	is_news(d, document_items(d));
	if (!*d->shown)
		return FALSE;
	send_joined(r, m->body, d->shown);
	return TRUE;
}

/*
 * Is the last about an older text? Then clangd will publish again, and what it
 * found there would come to lie in wrong places. No version: we cannot know.
 */
static gboolean is_outdated(const struct document *d, struct span publish)
{
	static const char *const at[] = { "params", "version", NULL };
	gint64 then, now;

	return d->version && scan_int(scan_path(publish, at), &then) &&
	       scan_int((struct span){ d->version, strlen(d->version) },
			&now) &&
	       then < now;
}

static void send_news(struct router *r, struct document *d)
{
	struct span body = { d->publish, d->publish_size };

	if (is_news(d, document_items(d)))
		send_joined(r, body, d->shown);
}

struct late {
	struct router *router;
	struct document *document; /* removes the source when it is closed */
};

static gboolean on_late(void *late)
{
	const struct late *l = late;

	l->document->late = 0;
	send_news(l->router, l->document);
	return G_SOURCE_REMOVE;
}

/*
 * It does not publish again if the text is one that it has seen: typed and taken
 * back faster than it looks. Where its places were then is where they are.
 */
static void send_late(struct router *r, struct document *d)
{
	struct late *l = g_new(struct late, 1);

	*l = (struct late){ r, d };
	d->late = g_timeout_add_full(G_PRIORITY_DEFAULT, PATIENCE, on_late, l,
				     g_free);
}

static void send_again(struct router *r, struct document *d)
{
	struct span body = { d->publish, d->publish_size };

	stop_waiting(d);
	if (!d->publish)
		return;
	if (is_outdated(d, body))
		send_late(r, d);
	else
		send_news(r, d);
}

/* ---- alone ---- */

static void publish(struct router *r, struct document *d, char *items)
{
	json_object *params;
	GString *empty;

	if (!is_news(d, items))
		return;
	params = json_object_new_object();
	json_put_text(params, "uri", d->uri);
	if (d->version)
		question_put(params, "version",
			     (struct span){ d->version, strlen(d->version) });
	json_put_array(params, "diagnostics");
	empty = message_call(NULL, METHOD, params);
	send_joined(r, (struct span){ empty->str, empty->len }, d->shown);
	g_string_free(empty, TRUE);
}

/* ---- either ---- */

void diagnostics_found(struct router *r, struct document *d)
{
	if (r->clangd)
		send_again(r, d);
	else
		publish(r, d, document_items(d));
}

void diagnostics_lost(struct router *r, struct document *d)
{
	if (r->clangd && d->publish && d->shown && *d->shown)
		peer_send(r->editor, g_string_new_len(d->publish,
						      (gssize)d->publish_size));
}

void diagnostics_end(struct router *r, struct document *d)
{
	if (!r->clangd && d->shown && *d->shown)
		publish(r, d, g_strdup(""));
}
