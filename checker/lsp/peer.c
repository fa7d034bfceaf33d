// SPDX-License-Identifier: GPL-2.0-only
/* A channel and the framer of what comes from it. */
#include "lsp/peer.h"

#include "lsp/channel.h"

struct peer {
	struct channel *channel;
	struct framer *framer;
	const struct peer_events *events;
	void *data;
};

static void on_bytes(const char *bytes, size_t size, void *peer)
{
	struct peer *p = peer;
	enum frame_kind kind;
	struct frame f;

	framer_add(p->framer, bytes, size);
	while ((kind = framer_next(p->framer, &f)) != FRAME_NONE)
		p->events->came(kind, &f, p->data);
}

static void on_end(void *peer)
{
	struct peer *p = peer;
	struct frame f;

	if (framer_rest(p->framer, &f) != FRAME_NONE)
		p->events->came(FRAME_STRAY, &f, p->data);
	p->events->ended(p->data);
}

static void on_drained(void *peer)
{
	struct peer *p = peer;

	if (p->events->drained)
		p->events->drained(p->data);
}

struct peer *peer_new(int in, int out, const struct peer_events *events,
		      void *data)
{
	static const struct channel_events calls = { on_bytes, on_end,
						     on_drained };
	struct peer *p = g_new0(struct peer, 1);

	p->events = events;
	p->data = data;
	p->framer = framer_new();
	p->channel = channel_new(in, out, &calls, p);
	return p;
}

void peer_free(struct peer *p)
{
	if (!p)
		return;
	channel_free(p->channel);
	framer_free(p->framer);
	g_free(p);
}

void peer_forward(struct peer *p, const struct frame *f)
{
	channel_write(p->channel, f->bytes, f->size);
}

void peer_send(struct peer *p, GString *body)
{
	GString *header = g_string_new(NULL);

	/* in front of the body, so that both go in one call of the system */
	frame_put_header(header, body->len);
	g_string_prepend_len(body, header->str, (gssize)header->len);
	channel_write(p->channel, body->str, body->len);
	g_string_free(header, TRUE);
	g_string_free(body, TRUE);
}

void peer_finish(struct peer *p)
{
	channel_finish(p->channel);
}

size_t peer_queued(const struct peer *p)
{
	return channel_queued(p->channel);
}
