// SPDX-License-Identifier: GPL-2.0-only
/* Running other programs: arguments, streams, limits, and who is killed. */
#include <glib.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "base/process.h"

#define LIMIT 65536
#define ARGV(...) ((const char *const[]){ __VA_ARGS__, NULL })

static struct process_result run(const struct process_request *req)
{
	struct process_result r;
	char *error = NULL;

	g_assert_cmpint(process_run(req, &r, &error), ==, 0);
	g_assert_null(error);
	return r;
}

static struct process_result run_shell(const char *script)
{
	const struct process_request req = {
		.argv = ARGV("sh", "-c", script), .limit = LIMIT, .timeout = 30
	};

	return run(&req);
}

static void test_output(void)
{
	struct process_result r = run_shell("echo out; echo err >&2; exit 3");
	char *why = process_failure(&r);

	g_assert_cmpstr(r.out->str, ==, "out\n");
	g_assert_cmpstr(r.err->str, ==, "err\n");
	g_assert_cmpint(r.status, ==, 3);
	g_assert_cmpstr(why, ==, "exited with status 3");
	g_assert_false(r.out_cut || r.err_cut || r.timed_out);
	g_free(why);
	process_result_clear(&r);
	r = run_shell("kill -TERM $$");
	g_assert_cmpint(r.status, ==, -1);
	g_assert_cmpint(r.signal, ==, SIGTERM);
	process_result_clear(&r);
	r = run_shell("true");
	g_assert_null(process_failure(&r));
	process_result_clear(&r);
}

/* A status that nobody kept is not success. */
static void test_lost_status(void)
{
	void (*old)(int) = signal(SIGCHLD, SIG_IGN);
	struct process_result r = run_shell("exit 3");
	char *why = process_failure(&r);

	signal(SIGCHLD, old);
	g_assert_cmpint(r.status, ==, -1);
	g_assert_cmpint(r.signal, ==, 0);
	g_assert_nonnull(why);
	g_free(why);
	process_result_clear(&r);
}

/* Each argument arrives as it is; the program is run by nobody else. */
static void test_arguments(void)
{
	static const char *const odd[] = {
		"a b", "a'b", "a\"b", "a\nb", "-n", "--", "$(touch x)", "a;b",
		"*", "a\\b", "", "\xff"
	};

	for (gsize i = 0; i < G_N_ELEMENTS(odd); i++) {
		const struct process_request req = {
			.argv = ARGV("printf", "[%s]", odd[i]), .limit = LIMIT
		};
		struct process_result r = run(&req);
		char *want = g_strdup_printf("[%s]", odd[i]);

		g_assert_cmpstr(r.out->str, ==, want);
		g_free(want);
		process_result_clear(&r);
	}
}

static void test_surroundings(void)
{
	const char *script = "pwd; echo $ADDED; echo ${REMOVED-gone}; cat";
	const struct process_request req = {
		.argv = ARGV("sh", "-c", script), .cwd = "/",
		.env = ARGV("ADDED=a=b c", "REMOVED"), .input = "the input",
		.limit = LIMIT
	};
	struct process_result r;

	g_setenv("REMOVED", "there", TRUE);
	r = run(&req);
	g_assert_cmpstr(r.out->str, ==, "/\na=b c\ngone\nthe input");
	process_result_clear(&r);
	r = run_shell("cat");
	g_assert_cmpstr(r.out->str, ==, "");
	process_result_clear(&r);
}

/* Much output is read to its end, little of it is kept. */
static void test_bounded(void)
{
	const struct process_request req = {
		.argv = ARGV("sh", "-c",
			     "head -c 3000000 /dev/zero | tr '\\0' x; "
			     "echo more >&2"),
		.limit = 1000
	};
	struct process_result r = run(&req);

	g_assert_cmpuint(r.out->len, ==, 1000);
	g_assert_true(r.out_cut);
	g_assert_cmpstr(r.err->str, ==, "more\n");
	g_assert_false(r.err_cut);
	g_assert_cmpint(r.status, ==, 0);
	process_result_clear(&r);
}

static void test_missing(void)
{
	const struct process_request req = {
		.argv = ARGV("no-such-program-anywhere"), .limit = LIMIT
	};
	struct process_result r;
	char *error = NULL;

	g_assert_cmpint(process_run(&req, &r, &error), ==, -1);
	g_assert_nonnull(strstr(error, "no-such-program-anywhere"));
	g_free(error);
}

/* A zombie is gone: its reaper is none of ours. */
static gboolean is_gone(pid_t pid)
{
	char *name = g_strdup_printf("/proc/%d/stat", (int)pid), *text = NULL;
	gboolean gone = !g_file_get_contents(name, &text, NULL, NULL) ||
			strstr(text, ") Z");

	g_free(text);
	g_free(name);
	return gone;
}

static void assert_soon_gone(const char *pid)
{
	pid_t number = atoi(pid);

	g_assert_cmpint(number, >, 1);
	for (int i = 0; i < 500 && !is_gone(number); i++)
		g_usleep(10000);
	g_assert_true(is_gone(number));
}

/* More seconds than an int has microseconds. */
static void test_long_timeout(void)
{
	const struct process_request req = {
		.argv = ARGV("sh", "-c", "echo done"), .limit = LIMIT,
		.timeout = G_MAXINT
	};
	struct process_result r = run(&req);

	g_assert_false(r.timed_out);
	g_assert_cmpstr(r.out->str, ==, "done\n");
	process_result_clear(&r);
}

/* It ignores TERM and has a child that does: both are killed. */
static void test_timeout(void)
{
	const struct process_request req = {
		.argv = ARGV("sh", "-c",
			     "trap '' TERM INT HUP; sleep 1000 & "
			     "echo $$ $!; wait; sleep 1000"),
		.limit = LIMIT, .timeout = 1
	};
	struct process_result r = run(&req);
	char *why = process_failure(&r);
	char **pids = g_strsplit(g_strstrip(r.out->str), " ", 2);

	g_assert_true(r.timed_out);
	g_assert_cmpstr(why, ==, "timed out");
	g_assert_cmpint(r.signal, ==, SIGKILL);
	assert_soon_gone(pids[0]);
	assert_soon_gone(pids[1]);
	g_strfreev(pids);
	g_free(why);
	process_result_clear(&r);
}

/* What it leaves behind holds its pipes open: nobody waits for that. */
static void test_left_behind(void)
{
	gint64 before = g_get_monotonic_time();
	struct process_result r = run_shell("sleep 1000 & echo $!");

	g_assert_cmpint(g_get_monotonic_time() - before, <,
			20 * G_USEC_PER_SEC);
	g_assert_cmpint(r.status, ==, 0);
	assert_soon_gone(r.out->str);
	process_result_clear(&r);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/process/output", test_output);
	g_test_add_func("/process/lost-status", test_lost_status);
	g_test_add_func("/process/arguments", test_arguments);
	g_test_add_func("/process/surroundings", test_surroundings);
	g_test_add_func("/process/bounded", test_bounded);
	g_test_add_func("/process/missing", test_missing);
	g_test_add_func("/process/timeout", test_timeout);
	g_test_add_func("/process/long-timeout", test_long_timeout);
	g_test_add_func("/process/left-behind", test_left_behind);
	return g_test_run();
}
