// SPDX-License-Identifier: GPL-2.0-only
/*
 * A pair of descriptors on the main loop. It writes at once what it can, so that
 * a message costs one system call, and waits for room only with the rest. It
 * knows nothing of messages.
 */
#include "lsp/channel.h"

#include <errno.h>
#include <fcntl.h>
#include <glib-unix.h>
#include <string.h>
#include <unistd.h>

/* What a pipe holds. */
#define READ_BYTES (64 * 1024)
/* An empty queue that once was longer gives its memory back. */
#define KEPT_BYTES (1024 * 1024)

struct end {
	int fd, flags; /* -1: closed; as they were when we got it */
	guint source;  /* 0: none */
};

struct channel {
	const struct channel_events *events;
	void *data;
	struct end in, out;
	GString *queue;
	size_t written; /* of the queue */
	gboolean finishing;
	guint calls; /* that are under way: it cannot be freed yet */
	gboolean freed;
	char buffer[READ_BYTES];
};

static struct end end_open(int fd)
{
	struct end e = { .fd = fd, .flags = fcntl(fd, F_GETFL) };

	if (e.flags >= 0)
		fcntl(fd, F_SETFL, e.flags | O_NONBLOCK);
	return e;
}

static void end_watch(struct end *e, GIOCondition condition,
		      GUnixFDSourceFunc call, void *data)
{
	if (e->fd >= 0 && !e->source)
		e->source = g_unix_fd_add(e->fd, condition, call, data);
}

static void end_ignore(struct end *e)
{
	if (e->source)
		g_source_remove(e->source);
	e->source = 0;
}

/* Others may have the same open file: what they see of it is as it was. */
static void end_close(struct end *e)
{
	end_ignore(e);
	if (e->fd < 0)
		return;
	if (e->flags >= 0)
		fcntl(e->fd, F_SETFL, e->flags);
	close(e->fd);
	e->fd = -1;
}

static gboolean is_transient(int error)
{
	return error == EAGAIN || error == EWOULDBLOCK || error == EINTR;
}

/* Around a call of the owner's, in which he may free @c; TRUE: he did. */
static void call_begin(struct channel *c)
{
	c->calls++;
}

static gboolean call_end(struct channel *c)
{
	gboolean freed = c->freed;

	c->calls--;
	if (freed && !c->calls)
		g_free(c);
	return freed;
}

/* ---- reading ---- */

static void end_of_input(struct channel *c)
{
	end_close(&c->in);
	call_begin(c);
	c->events->ended(c->data);
	call_end(c);
}

/* FALSE: the owner freed @c. */
static gboolean deliver(struct channel *c, size_t size)
{
	call_begin(c);
	c->events->received(c->buffer, size, c->data);
	return !call_end(c);
}

static gboolean on_readable(int fd, GIOCondition condition, void *channel)
{
	struct channel *c = channel;
	ssize_t n = read(fd, c->buffer, sizeof(c->buffer));

	if (n < 0 && is_transient(errno))
		return G_SOURCE_CONTINUE;
	if (n <= 0) {
		end_of_input(c);
		return G_SOURCE_REMOVE;
	}
	return deliver(c, (size_t)n) ? G_SOURCE_CONTINUE : G_SOURCE_REMOVE;
}

void channel_read_rest(struct channel *c)
{
	ssize_t n;

	do
		n = read(c->in.fd, c->buffer, sizeof(c->buffer));
	while ((n < 0 && errno == EINTR) || (n > 0 && deliver(c, (size_t)n)));
}

/* ---- writing ---- */

/* How many bytes went out; what a dead reader will not take counts as out. */
static size_t write_some(struct channel *c, const char *bytes, size_t size)
{
	size_t done = 0;

	while (done < size && c->out.fd >= 0) {
		ssize_t n = write(c->out.fd, bytes + done, size - done);

		if (n >= 0) {
			done += (size_t)n;
		} else if (errno == EAGAIN || errno == EWOULDBLOCK) {
			return done;
		} else if (errno != EINTR) {
			end_close(&c->out);
		}
	}
	return size;
}

static void queue_forget_written(struct channel *c)
{
	size_t left = c->queue->len - c->written;

	/* Moving only when at least half goes makes it cheap on average. */
	if (!left && c->queue->len > KEPT_BYTES) {
		g_string_free(c->queue, TRUE);
		c->queue = g_string_new(NULL);
	} else if (c->written >= left) {
		g_string_erase(c->queue, 0, (gssize)c->written);
	} else {
		return;
	}
	c->written = 0;
}

static gboolean on_writable(int fd, GIOCondition condition, void *channel)
{
	struct channel *c = channel;

	c->written += write_some(c, c->queue->str + c->written,
				 c->queue->len - c->written);
	queue_forget_written(c);
	if (c->queue->len)
		return G_SOURCE_CONTINUE;
	/* the source goes with the return value, or went with the end */
	c->out.source = 0;
	if (c->finishing)
		end_close(&c->out);
	if (c->events->drained) {
		call_begin(c);
		c->events->drained(c->data);
		call_end(c);
	}
	return G_SOURCE_REMOVE;
}

void channel_write(struct channel *c, const char *bytes, size_t size)
{
	size_t done = 0;

	if (c->finishing || c->out.fd < 0)
		return;
	if (!c->queue->len)
		done = write_some(c, bytes, size);
	if (done == size)
		return;
	g_string_append_len(c->queue, bytes + done, (gssize)(size - done));
	end_watch(&c->out, G_IO_OUT | G_IO_ERR | G_IO_HUP, on_writable, c);
}

void channel_finish(struct channel *c)
{
	c->finishing = TRUE;
	if (!c->queue->len)
		end_close(&c->out);
}

size_t channel_queued(const struct channel *c)
{
	return c->queue->len - c->written;
}

/* ---- life ---- */

struct channel *channel_new(int in, int out,
			    const struct channel_events *events, void *data)
{
	struct channel *c = g_new0(struct channel, 1);

	c->events = events;
	c->data = data;
	c->in = end_open(in);
	c->out = end_open(out);
	c->queue = g_string_new(NULL);
	end_watch(&c->in, G_IO_IN | G_IO_HUP | G_IO_ERR, on_readable, c);
	return c;
}

void channel_free(struct channel *c)
{
	if (!c)
		return;
	/* one file for both had its flags when the first was opened */
	end_close(&c->out);
	end_close(&c->in);
	g_string_free(c->queue, TRUE);
	c->queue = NULL;
	c->freed = TRUE;
	if (!c->calls)
		g_free(c);
}
