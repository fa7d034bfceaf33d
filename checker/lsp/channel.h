/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Bytes to and from another process, over descriptors that never block us: what
 * the other side does not take yet is kept, however much it is.
 */
#ifndef PINCHECK_LSP_CHANNEL_H
#define PINCHECK_LSP_CHANNEL_H

#include <glib.h>

struct channel;

/* Called from the main loop; each may free the channel. */
struct channel_events {
	/* What came; it is the channel's. */
	void (*received)(const char *bytes, size_t size, void *data);
	/* Nothing more will come: the end, or an error. Once. */
	void (*ended)(void *data);
	/* All is written that was queued, or it never will be; may be NULL. */
	void (*drained)(void *data);
};

/*
 * Owns @in and @out (-1: there is none), which it makes non-blocking and puts
 * back as they were before it closes them. Works on the default main context.
 * Writing to a process that is gone sends SIGPIPE: the caller ignores that.
 */
struct channel *channel_new(int in, int out,
			    const struct channel_events *events, void *data);
/* Drops what is not written yet. Takes NULL. */
void channel_free(struct channel *c);
/*
 * Copies what cannot be written at once. Once the other side is gone, or the
 * channel was told to close, bytes are dropped. Calls nobody.
 */
void channel_write(struct channel *c, const char *bytes, size_t size);
/*
 * Takes what is there to read, for when the other side is known to have ended;
 * may call received(), and not ended().
 */
void channel_read_rest(struct channel *c);
/* Closes @out when all is written: the other side sees the end. */
void channel_finish(struct channel *c);
/* Bytes that are not written yet. */
size_t channel_queued(const struct channel *c);

#endif
