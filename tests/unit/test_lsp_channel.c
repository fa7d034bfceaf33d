// SPDX-License-Identifier: GPL-2.0-only
/* Bytes over descriptors that are full, closed, or freed in the middle. */
#include <fcntl.h>
#include <glib-unix.h>
#include <glib.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "lsp/channel.h"

/* More than a pipe holds, many times. */
#define LONG_BYTES ((size_t)5 * 1024 * 1024)

struct fixture {
	int to[2], from[2]; /* pipes: what the channel reads, and writes */
	struct channel *c;
	GString *got;
	int ended, drained;
	gboolean free_when_called;
};

static void called(struct fixture *f)
{
	if (f->free_when_called)
		g_clear_pointer(&f->c, channel_free);
}

static void on_received(const char *bytes, size_t size, void *fixture)
{
	struct fixture *f = fixture;

	g_string_append_len(f->got, bytes, (gssize)size);
	called(f);
}

static void on_ended(void *fixture)
{
	struct fixture *f = fixture;

	f->ended++;
	called(f);
}

static void on_drained(void *fixture)
{
	struct fixture *f = fixture;

	f->drained++;
	called(f);
}

static const struct channel_events events = { on_received, on_ended,
					      on_drained };

static void setup(struct fixture *f, const void *data)
{
	g_assert_true(g_unix_open_pipe(f->to, FD_CLOEXEC, NULL));
	g_assert_true(g_unix_open_pipe(f->from, FD_CLOEXEC, NULL));
	f->got = g_string_new(NULL);
	f->c = channel_new(f->to[0], f->from[1], &events, f);
}

static void close_end(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

static void teardown(struct fixture *f, const void *data)
{
	channel_free(f->c);
	close_end(&f->to[1]);
	close_end(&f->from[0]);
	g_string_free(f->got, TRUE);
}

static void turn(void)
{
	while (g_main_context_iteration(NULL, FALSE))
		;
}

static void test_reads(struct fixture *f, const void *data)
{
	g_assert_cmpint(write(f->to[1], "a\0b", 3), ==, 3);
	turn();
	g_assert_cmpmem(f->got->str, f->got->len, "a\0b", 3);
	g_assert_cmpint(write(f->to[1], "c", 1), ==, 1);
	close_end(&f->to[1]);
	turn();
	g_assert_cmpint(f->ended, ==, 1);
	g_assert_cmpuint(f->got->len, ==, 4);
}

/* What is there already, without the loop; the end is not told by that. */
static void test_read_rest(struct fixture *f, const void *data)
{
	channel_read_rest(f->c);
	g_assert_cmpint(write(f->to[1], "ab", 2), ==, 2);
	close_end(&f->to[1]);
	channel_read_rest(f->c);
	g_assert_cmpstr(f->got->str, ==, "ab");
	g_assert_cmpint(f->ended, ==, 0);
	turn();
	g_assert_cmpint(f->ended, ==, 1);
}

/* Reads the other end of @f->from until nothing is there; the bytes. */
static size_t read_some(struct fixture *f, guint8 *next)
{
	guint8 buffer[10000];
	size_t sum = 0;
	ssize_t n;

	while ((n = read(f->from[0], buffer, sizeof(buffer))) > 0) {
		for (ssize_t i = 0; i < n; i++)
			g_assert_cmpint(buffer[i], ==, (*next)++);
		sum += (size_t)n;
	}
	return sum;
}

static void write_counting(struct fixture *f, size_t from, size_t size)
{
	guint8 *bytes = g_malloc(size);

	for (size_t i = 0; i < size; i++)
		bytes[i] = (guint8)(from + i);
	channel_write(f->c, (const char *)bytes, size);
	g_free(bytes);
}

/* In order, however much it is and however slowly it is taken. */
static void test_queue(struct fixture *f, const void *data)
{
	size_t written = 0, got = 0;
	guint8 next = 0;

	g_unix_set_fd_nonblocking(f->from[0], TRUE, NULL);
	for (size_t n = 1; written < LONG_BYTES; n = n * 3 % 200003) {
		write_counting(f, written, n);
		written += n;
		if (n % 5 == 0) {
			turn();
			got += read_some(f, &next);
		}
	}
	g_assert_cmpuint(channel_queued(f->c), >, 0);
	channel_finish(f->c);
	channel_write(f->c, "dropped", 7);
	while (channel_queued(f->c)) {
		turn();
		got += read_some(f, &next);
	}
	g_assert_cmpuint(got + read_some(f, &next), ==, written);
	/* and then the end */
	g_assert_cmpint(read(f->from[0], &next, 1), ==, 0);
	g_assert_cmpint(f->drained, >=, 1);
}

/* Nobody will ever read that. */
static void test_reader_gone(struct fixture *f, const void *data)
{
	write_counting(f, 0, LONG_BYTES);
	close_end(&f->from[0]);
	turn();
	g_assert_cmpuint(channel_queued(f->c), ==, 0);
	g_assert_cmpint(f->drained, ==, 1);
	channel_write(f->c, "x", 1);
	g_assert_cmpuint(channel_queued(f->c), ==, 0);
	g_assert_cmpint(f->ended, ==, 0);
}

static void test_freed_in_call(struct fixture *f, const void *data)
{
	const char *which = data;

	f->free_when_called = TRUE;
	if (*which == 'w')
		write_counting(f, 0, LONG_BYTES);
	else if (*which == 'r')
		g_assert_cmpint(write(f->to[1], "x", 1), ==, 1);
	close_end(*which == 'w' ? &f->from[0] : &f->to[1]);
	turn();
	g_assert_null(f->c);
	g_assert_cmpint((f->got->len > 0) + f->ended + f->drained, ==, 1);
}

/* What others see of the same open file is as it was. */
static void test_flags(struct fixture *f, const void *data)
{
	int in = dup(f->to[0]), out = dup(f->from[1]);

	g_assert_cmpint(fcntl(in, F_GETFL) & O_NONBLOCK, !=, 0);
	g_assert_cmpint(fcntl(out, F_GETFL) & O_NONBLOCK, !=, 0);
	g_clear_pointer(&f->c, channel_free);
	g_assert_cmpint(fcntl(in, F_GETFL) & O_NONBLOCK, ==, 0);
	g_assert_cmpint(fcntl(out, F_GETFL) & O_NONBLOCK, ==, 0);
	close(in);
	close(out);
}

static void test_one_way(void)
{
	struct fixture f = { .ended = 0 };
	struct channel *c = channel_new(-1, -1, &events, &f);

	channel_write(c, "x", 1);
	channel_finish(c);
	turn();
	g_assert_cmpuint(channel_queued(c), ==, 0);
	g_assert_cmpint(f.ended + f.drained, ==, 0);
	channel_free(c);
	channel_free(NULL);
}

int main(int argc, char **argv)
{
	static const struct {
		const char *name, *data;
		void (*run)(struct fixture *f, const void *data);
	} tests[] = {
		{ "/channel/reads", NULL, test_reads },
		{ "/channel/read-rest", NULL, test_read_rest },
		{ "/channel/queue", NULL, test_queue },
		{ "/channel/reader-gone", NULL, test_reader_gone },
		{ "/channel/freed/received", "r", test_freed_in_call },
		{ "/channel/freed/ended", "e", test_freed_in_call },
		{ "/channel/freed/drained", "w", test_freed_in_call },
		{ "/channel/flags", NULL, test_flags },
	};

	g_test_init(&argc, &argv, NULL);
	signal(SIGPIPE, SIG_IGN);
	for (size_t i = 0; i < G_N_ELEMENTS(tests); i++)
		g_test_add(tests[i].name, struct fixture, tests[i].data, setup,
			   tests[i].run, teardown);
	g_test_add_func("/channel/one-way", test_one_way);
	return g_test_run();
}
