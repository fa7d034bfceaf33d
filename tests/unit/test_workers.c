// SPDX-License-Identifier: GPL-2.0-only
/* The pool of workers: every unit is either done or lost, and only once. */
#include <glib.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "cmd/workers.h"

#define UNITS 40
#define LARGE_BYTES 300000

/* What a unit does in its worker, by its number modulo 5. */
enum { WELL, ABORT, LEAVE, NOISY, LARGE, KINDS };

struct outcome {
	int done[UNITS];
	char *lost[UNITS];
	int noise, hang, nonsense;
	int timeout;
};

/* The result is the unit's number, over and over. */
static GBytes *run(size_t unit, void *data)
{
	const struct outcome *o = data;
	/* Larger than a pipe holds, so that it comes in parts. */
	size_t n = unit % KINDS == LARGE ? LARGE_BYTES : 1;

	while ((int)unit == o->hang)
		pause();
	switch (unit % KINDS) {
	case ABORT:
		abort();
	case LEAVE:
		_exit(7);
	case NOISY:
		fputs("on stderr\n", stderr);
		puts("on stdout");
		fflush(stdout);
	}
	return g_bytes_new_take(memset(g_malloc(n), (int)unit, n), n);
}

static gboolean done(size_t unit, GBytes *result, char **ret_why, void *data)
{
	struct outcome *o = data;
	gsize n;
	const guint8 *bytes = g_bytes_get_data(result, &n);

	g_assert_cmpuint(unit, <, UNITS);
	if ((int)unit == o->nonsense) {
		*ret_why = g_strdup("it is nonsense");
		return FALSE;
	}
	g_assert_cmpuint(n, ==, unit % KINDS == LARGE ? LARGE_BYTES : 1);
	for (gsize i = 0; i < n; i++)
		g_assert_cmpint(bytes[i], ==, (int)unit);
	o->done[unit]++;
	return TRUE;
}

static void lost(size_t unit, const char *reason, void *data)
{
	struct outcome *o = data;

	g_assert_cmpuint(unit, <, UNITS);
	g_assert_null(o->lost[unit]);
	o->lost[unit] = g_strdup(reason);
}

static void noise(const char *line, void *data)
{
	struct outcome *o = data;

	g_assert_true(g_str_has_prefix(line, "on std"));
	o->noise++;
}

static int seconds(size_t unit, void *data)
{
	const struct outcome *o = data;

	return o->timeout;
}

static void pool(struct outcome *o, size_t count, int workers, int timeout)
{
	const struct workers_job job = { count, workers, o, seconds,
					 run, done, lost, noise, NULL };

	o->timeout = timeout;
	workers_run(&job);
}

static void outcome_clear(struct outcome *o)
{
	for (int i = 0; i < UNITS; i++)
		g_free(o->lost[i]);
}

static void check_unit(const struct outcome *o, int unit)
{
	const char *reason = o->lost[unit];

	switch (unit % KINDS) {
	case ABORT:
		g_assert_nonnull(reason);
		g_assert_true(g_str_has_prefix(reason,
					       "worker killed by signal 6"));
		break;
	case LEAVE:
		g_assert_cmpstr(reason, ==, "worker exited with status 7");
		break;
	default:
		g_assert_cmpint(o->done[unit], ==, 1);
		g_assert_null(reason);
	}
}

static void run_with(int workers)
{
	struct outcome o = { .hang = -1, .nonsense = -1 };

	pool(&o, UNITS, workers, 60);
	for (int i = 0; i < UNITS; i++)
		check_unit(&o, i);
	/* stdio of a worker that aborts later may lose its stdout line. */
	g_assert_cmpint(o.noise, >=, UNITS / KINDS);
	outcome_clear(&o);
}

static void test_one(void)
{
	run_with(1);
}

static void test_several(void)
{
	run_with(7);
}

static void test_more_than_units(void)
{
	struct outcome o = { .hang = -1, .nonsense = -1 };

	pool(&o, 1, 50, 60);
	g_assert_cmpint(o.done[WELL], ==, 1);
	outcome_clear(&o);
}

static void test_none(void)
{
	struct outcome o = { .hang = -1, .nonsense = -1 };

	pool(&o, 0, 4, 60);
	outcome_clear(&o);
}

static void test_timeout(void)
{
	struct outcome o = { .hang = 5, .nonsense = -1 };

	pool(&o, 11, 2, 1);
	g_assert_cmpstr(o.lost[5], ==, "timed out after 1 s");
	g_assert_cmpint(o.done[10], ==, 1);
	outcome_clear(&o);
}

static void test_nonsense(void)
{
	struct outcome o = { .hang = -1, .nonsense = 0 };

	pool(&o, 1, 1, 60);
	g_assert_cmpstr(o.lost[0], ==,
			"worker sent an unreadable report: it is nonsense");
	g_assert_cmpint(o.done[0], ==, 0);
	outcome_clear(&o);
}

/* No descriptor is left for a pipe: each unit is lost, and none is hung. */
static void test_no_worker(void)
{
	struct outcome o = { .hang = -1, .nonsense = -1 };
	struct rlimit old, none;
	int fd = dup(STDIN_FILENO);

	g_assert_cmpint(fd, >=, 0);
	close(fd);
	g_assert_cmpint(getrlimit(RLIMIT_NOFILE, &old), ==, 0);
	none = old;
	none.rlim_cur = (rlim_t)fd;
	g_assert_cmpint(setrlimit(RLIMIT_NOFILE, &none), ==, 0);
	pool(&o, 3, 2, 60);
	g_assert_cmpint(setrlimit(RLIMIT_NOFILE, &old), ==, 0);
	for (int i = 0; i < 3; i++)
		g_assert_cmpstr(o.lost[i], ==,
				"no worker process could be started");
	outcome_clear(&o);
}

/* The second of four units keeps more than a worker may. */
#define KEPT_BYTES ((size_t)300 << 20)
#define FEW 4

static GBytes *tell_process(size_t unit, void *data)
{
	pid_t pid = getpid();

	if (unit == 1) {
		volatile char *kept = g_malloc(KEPT_BYTES);

		for (size_t i = 0; i < KEPT_BYTES; i += 1024)
			kept[i] = 1;
	}
	return g_bytes_new(&pid, sizeof(pid));
}

static gboolean note_process(size_t unit, GBytes *result, char **ret_why,
			     void *data)
{
	pid_t *pids = data;

	memcpy(&pids[unit], g_bytes_get_data(result, NULL), sizeof(*pids));
	return TRUE;
}

static void none_lost(size_t unit, const char *reason, void *data)
{
	g_assert_not_reached();
}

static int no_limit(size_t unit, void *data)
{
	return 0;
}

static void test_large(void)
{
	pid_t pids[FEW] = { 0 };
	const struct workers_job job = { FEW, 1, pids, no_limit, tell_process,
					 note_process, none_lost, noise,
					 NULL };

	workers_run(&job);
	g_assert_cmpint(pids[0], ==, pids[1]);
	g_assert_cmpint(pids[1], !=, pids[2]);
	g_assert_cmpint(pids[2], ==, pids[3]);
}

/* All but the third are of one kind, which the successor goes on with. */
static guint kind(size_t unit, void *data)
{
	return unit == 2 ? 2 : 1;
}

static gboolean note_order(size_t unit, GBytes *result, char **ret_why,
			   void *data)
{
	g_string_append_printf(data, "%zu", unit);
	return TRUE;
}

static void test_kinds(void)
{
	GString *order = g_string_new(NULL);
	const struct workers_job job = { FEW, 1, order, no_limit, tell_process,
					 note_order, none_lost, noise, kind };

	workers_run(&job);
	g_assert_cmpstr(order->str, ==, "0132");
	g_string_free(order, TRUE);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/workers/one", test_one);
	g_test_add_func("/workers/several", test_several);
	g_test_add_func("/workers/more-than-units", test_more_than_units);
	g_test_add_func("/workers/none", test_none);
	g_test_add_func("/workers/timeout", test_timeout);
	g_test_add_func("/workers/nonsense", test_nonsense);
	g_test_add_func("/workers/no-worker", test_no_worker);
	g_test_add_func("/workers/large", test_large);
	g_test_add_func("/workers/kinds", test_kinds);
	return g_test_run();
}
