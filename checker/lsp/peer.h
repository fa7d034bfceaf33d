/* SPDX-License-Identifier: GPL-2.0-only */
/* Another program that speaks the protocol with us: the editor, or clangd. */
#ifndef PINCHECK_LSP_PEER_H
#define PINCHECK_LSP_PEER_H

#include <glib.h>

#include "lsp/frame.h"

struct peer;

/* Called from the main loop; none may free the peer. */
struct peer_events {
	/* A message, or stray bytes; both are the peer's. */
	void (*came)(enum frame_kind kind, const struct frame *f, void *data);
	/* Nothing more will come. Once. */
	void (*ended)(void *data);
	/* All is written; may be NULL. */
	void (*drained)(void *data);
};

/* Owns @in and @out, as channel.h says. */
struct peer *peer_new(int in, int out, const struct peer_events *events,
		      void *data);
/* Drops what is not written yet. Takes NULL. */
void peer_free(struct peer *p);
/* Sends bytes as they came from another. */
void peer_forward(struct peer *p, const struct frame *f);
/* Sends a message of ours or one that we changed, and frees it. */
void peer_send(struct peer *p, GString *body);
/* Closes what we write to, behind what was sent. */
void peer_finish(struct peer *p);
/* Bytes that are not written yet. */
size_t peer_queued(const struct peer *p);

#endif
