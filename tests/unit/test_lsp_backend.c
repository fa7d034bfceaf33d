// SPDX-License-Identifier: GPL-2.0-only
/*
 * Workers that answer, and those that die, hang or write nonsense: what is lost,
 * who is told, that the next question is answered, and that nothing stays.
 */
#include <errno.h>
#include <glib.h>
#include <json-c/json.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include "lsp/backend.h"
#include "base/lines.h"

/* Where nothing is expected to take that long. */
#define PATIENCE_MS 60000
/* Where it is. */
#define TIMEOUT_MS 600

/* Does what the question says; the id comes last in a line. */
static const char worker[] =
	"while read -r line; do\n"
	"	id=${line##*:}; id=${id%\\}}\n"
	"	answer=\"{\\\"id\\\":$id}\"\n"
	"	case $line in\n"
	"	*die*) kill -SEGV $$;;\n"
	"	*leave*) exit 3;;\n"
	"	*hang*) sleep 1000 & echo $! >&2; wait;;\n"
	"	*quiet*) sleep 1000;;\n"
	"	*nonsense*) echo hello; sleep 1000;;\n"
	"	*number*) echo $id; sleep 1000;;\n"
	"	*other*) echo '{\"id\":123456}'; sleep 1000;;\n"
	"	*twice*) echo \"$answer\"; echo \"$answer\"; sleep 1000;;\n"
	"	*half*) printf %s \"$answer\"; exit 0;;\n"
	"	*last*) echo \"$answer\"; printf bye >&2; exit 0;;\n"
	"	*silent*) exec >&-; sleep 1000;;\n"
	"	*orphan*) sleep 1000 & echo $! >&2; kill -9 $$;;\n"
	"	*slow*) for i in 1 2 3 4; do sleep 0.2\n"
	"		echo \"{\\\"id\\\":$id,\\\"progress\\\":$i}\"\n"
	"		done; echo \"$answer\";;\n"
	"	*notice*) echo '{\"notice\":\"changed\"}'; echo \"$answer\";;\n"
	"	*log*) echo \"{\\\"id\\\":$id,\\\"log\\\":[\\\"a\\\",\\\"b\\\"]}\";;\n"
	"	*) echo \"$answer\";;\n"
	"	esac\n"
	"done\n";

struct fixture {
	char *argv[4];
	struct backend *b;
	GString *told; /* what came, in order */
	int hellos, due; /* answers that are to come */
	gboolean free_in_answer;
};

static json_object *question(const char *what)
{
	json_object *o = json_object_new_object();

	json_object_object_add(o, "do", json_object_new_string(what));
	return o;
}

static json_object *on_hello(void *fixture)
{
	struct fixture *f = fixture;

	f->hellos++;
	return question("start");
}

static void on_log(const char *line, void *fixture)
{
	struct fixture *f = fixture;

	g_string_append_printf(f->told, "[log %s]", line);
}

static void on_notice(const char *what, void *fixture)
{
	struct fixture *f = fixture;

	g_string_append_printf(f->told, "[notice %s]", what);
}

static void on_lost(const char *why, void *fixture)
{
	struct fixture *f = fixture;

	g_string_append_printf(f->told, "[lost: %s]", why);
}

static void on_answer(json_object *answer, const char *why, void *fixture)
{
	struct fixture *f = fixture;

	g_assert_true(!answer == !!why);
	g_string_append(f->told, answer ? "[answer]" : "[none]");
	f->due--;
	if (f->free_in_answer)
		g_clear_pointer(&f->b, backend_free);
}

static void setup(struct fixture *f, const void *data)
{
	const char *const argv[] = { "sh", "-c", worker, NULL };
	struct backend_setup s = {
		.argv = f->argv, .timeout = GPOINTER_TO_UINT(data),
		.hello = on_hello, .log = on_log, .notice = on_notice,
		.lost = on_lost, .data = f
	};

	memcpy(f->argv, argv, sizeof(argv));
	f->told = g_string_new(NULL);
	f->b = backend_new(&s);
}

/* Nothing of ours is left, once the loop had time to see it. */
static void teardown(struct fixture *f, const void *data)
{
	backend_free(f->b);
	while (waitpid(-1, NULL, WNOHANG) >= 0 || errno != ECHILD)
		if (!g_main_context_iteration(NULL, FALSE))
			g_usleep(1000);
	g_string_free(f->told, TRUE);
}

static void ask(struct fixture *f, const char *what)
{
	f->due++;
	backend_ask(f->b, question(what), on_answer, f);
}

static void wait_answers(struct fixture *f)
{
	while (f->due)
		g_main_context_iteration(NULL, TRUE);
}

static void check_told(struct fixture *f, const char *expected)
{
	g_assert_cmpstr(f->told->str, ==, expected);
	g_string_truncate(f->told, 0);
}

/* Asks @what, and then something that a good worker answers. */
static void check_case(struct fixture *f, const char *what,
		       const char *expected, int hellos)
{
	ask(f, what);
	wait_answers(f);
	ask(f, "well");
	wait_answers(f);
	check_told(f, expected);
	g_assert_cmpint(f->hellos, ==, hellos);
}

static void test_answers(struct fixture *f, const void *data)
{
	g_assert_cmpint(backend_pid(f->b), ==, 0);
	for (int i = 0; i < 200; i++)
		ask(f, "well");
	g_assert_cmpint(backend_pid(f->b), !=, 0);
	g_assert_cmpstr(f->told->str, ==, "");
	wait_answers(f);
	g_assert_cmpuint(f->told->len, ==, 200 * strlen("[answer]"));
	g_assert_cmpint(f->hellos, ==, 1);
}

static void test_says(struct fixture *f, const void *data)
{
	check_case(f, "notice", "[notice changed][answer][answer]", 1);
	check_case(f, "log", "[log a][log b][answer][answer]", 1);
	backend_ask(f->b, question("nobody wants it"), NULL, NULL);
	check_case(f, "well", "[answer][answer]", 1);
}

static void test_ends(struct fixture *f, const void *data)
{
	check_case(f, "die",
		   "[lost: killed by signal 11 (Segmentation fault)][none]"
		   "[answer]", 2);
	check_case(f, "leave", "[lost: exited with status 3][none][answer]", 3);
	check_case(f, "half", "[lost: ended][none][answer]", 4);
	check_case(f, "silent",
		   "[lost: killed by signal 9 (Killed)][none][answer]", 5);
}

/* What it wrote before its end counts; the end is told all the same. */
static void test_last_words(struct fixture *f, const void *data)
{
	ask(f, "last");
	wait_answers(f);
	while (backend_pid(f->b))
		g_main_context_iteration(NULL, TRUE);
	check_told(f, "[answer][log bye][lost: ended]");
	ask(f, "well");
	wait_answers(f);
	check_told(f, "[answer]");
}

static void test_nonsense(struct fixture *f, const void *data)
{
	const char *const said =
		"[lost: wrote what nobody understands][none][answer]";

	check_case(f, "nonsense", said, 2);
	check_case(f, "number", said, 3);
	check_case(f, "other", said, 4);
	ask(f, "twice");
	ask(f, "well");
	wait_answers(f);
	check_told(f, "[answer][lost: wrote what nobody understands][none]");
}

/* A new worker knows nothing, so what was to come next is lost, too. */
static void test_queue_is_lost(struct fixture *f, const void *data)
{
	ask(f, "well");
	ask(f, "die");
	ask(f, "well");
	ask(f, "well");
	wait_answers(f);
	check_told(f, "[answer][lost: killed by signal 11 (Segmentation fault)]"
		      "[none][none][none]");
	g_assert_cmpint(f->hellos, ==, 1);
}

/* Is the process that the log told of still running? */
static gboolean runs(const char *told)
{
	const char *number = strstr(told, "[log ");
	char *path, *stat = NULL;
	gboolean is = FALSE;

	g_assert_nonnull(number);
	path = g_strdup_printf("/proc/%d/stat", atoi(number + 5));
	if (g_file_get_contents(path, &stat, NULL, NULL))
		is = strrchr(stat, ')')[2] != 'Z';
	g_free(stat);
	g_free(path);
	return is;
}

static void wait_gone(struct fixture *f)
{
	while (runs(f->told->str))
		g_usleep(1000);
}

/* Without an answer in time, with all that it had started. */
static void test_hangs(struct fixture *f, const void *data)
{
	char *end;

	ask(f, "hang");
	wait_answers(f);
	wait_gone(f);
	end = strchr(f->told->str, ']') + 1;
	g_assert_cmpstr(end, ==, "[lost: gave no answer within 600 ms][none]");
	g_string_truncate(f->told, 0);
	ask(f, "well");
	wait_answers(f);
	check_told(f, "[answer]");
}

/* Longer than the timeout, but it is heard of. */
static void test_progress(struct fixture *f, const void *data)
{
	check_case(f, "slow", "[answer][answer]", 1);
}

/* It never reads: asking does not wait for it, or would do so for ever. */
static void test_deaf(struct fixture *f, const void *data)
{
	char *text = g_strnfill(8 * 1024 * 1024, 'x');

	ask(f, "well");
	wait_answers(f);
	kill(backend_pid(f->b), SIGSTOP);
	ask(f, text);
	wait_answers(f);
	check_told(f, "[answer][lost: gave no answer within 600 ms][none]");
	g_free(text);
}

static void test_orphan(struct fixture *f, const void *data)
{
	ask(f, "orphan");
	wait_answers(f);
	wait_gone(f);
	g_assert_nonnull(strstr(f->told->str,
				"[lost: killed by signal 9 (Killed)][none]"));
}

static void test_interrupt(struct fixture *f, const void *data)
{
	backend_interrupt(f->b);
	ask(f, "well");
	wait_answers(f);
	ask(f, "quiet");
	backend_interrupt(f->b);
	backend_interrupt(f->b);
	wait_answers(f);
	check_told(f, "[answer][none]");
	ask(f, "well");
	wait_answers(f);
	check_told(f, "[answer]");
	g_assert_cmpint(f->hellos, ==, 2);
}

static void test_free(struct fixture *f, const void *data)
{
	ask(f, "hang");
	while (!f->told->len)
		g_main_context_iteration(NULL, TRUE);
	g_clear_pointer(&f->b, backend_free);
	wait_gone(f);
	g_assert_cmpint(f->due, ==, 1);
}

static void check_free(struct fixture *f, const char *what)
{
	f->free_in_answer = TRUE;
	ask(f, what);
	ask(f, "well");
	while (f->b)
		g_main_context_iteration(NULL, TRUE);
	g_assert_cmpint(f->due, ==, 1);
}

static void test_free_in_answer(struct fixture *f, const void *data)
{
	check_free(f, "well");
}

static void test_free_when_lost(struct fixture *f, const void *data)
{
	check_free(f, "leave");
}

static void test_missing(struct fixture *f, const void *data)
{
	f->argv[0] = (char *)"/nonexistent/worker";
	ask(f, "well");
	ask(f, "well");
	g_assert_cmpint(f->due, ==, 2);
	wait_answers(f);
	g_assert_true(g_str_has_prefix(f->told->str, "[lost: "));
	g_assert_true(g_str_has_suffix(f->told->str, "][none][none]"));
	f->argv[0] = (char *)"sh";
	g_string_truncate(f->told, 0);
	ask(f, "well");
	wait_answers(f);
	check_told(f, "[answer]");
}

/* One that ends before it was asked anything is not started for ever. */
static void test_bad_start(struct fixture *f, const void *data)
{
	f->argv[2] = (char *)"exit 4";
	ask(f, "well");
	ask(f, "well");
	wait_answers(f);
	check_told(f, "[lost: exited with status 4][none][none]");
	g_assert_cmpint(f->hellos, ==, 1);
}

/* ---- lines ---- */

static void test_lines(void)
{
	static const char text[] = "one\n\ntwo\r\nlast";

	/* in pieces of each size */
	for (size_t step = 1; step < sizeof(text); step++) {
		struct lines *l = lines_new();
		GString *got = g_string_new(NULL);
		const char *line;
		size_t size;

		for (size_t at = 0; at < strlen(text); at += step) {
			lines_add(l, text + at, MIN(step, strlen(text) - at));
			while ((line = lines_next(l, &size)))
				g_string_append_printf(got, "%s %zu,", line,
						       size);
		}
		line = lines_rest(l, &size);
		g_string_append_printf(got, "%s %zu", line, size);
		g_assert_cmpstr(got->str, ==, "one 3, 0,two\r 4,last 4");
		g_assert_null(lines_rest(l, &size));
		g_string_free(got, TRUE);
		lines_free(l);
	}
}

int main(int argc, char **argv)
{
	static const struct {
		const char *name;
		unsigned int timeout;
		void (*run)(struct fixture *f, const void *data);
	} tests[] = {
		{ "/backend/answers", PATIENCE_MS, test_answers },
		{ "/backend/says", PATIENCE_MS, test_says },
		{ "/backend/ends", PATIENCE_MS, test_ends },
		{ "/backend/last-words", PATIENCE_MS, test_last_words },
		{ "/backend/nonsense", PATIENCE_MS, test_nonsense },
		{ "/backend/queue-is-lost", PATIENCE_MS, test_queue_is_lost },
		{ "/backend/hangs", TIMEOUT_MS, test_hangs },
		{ "/backend/progress", TIMEOUT_MS, test_progress },
		{ "/backend/deaf", TIMEOUT_MS, test_deaf },
		{ "/backend/orphan", PATIENCE_MS, test_orphan },
		{ "/backend/interrupt", PATIENCE_MS, test_interrupt },
		{ "/backend/free", PATIENCE_MS, test_free },
		{ "/backend/free-in-answer", PATIENCE_MS, test_free_in_answer },
		{ "/backend/free-when-lost", 0, test_free_when_lost },
		{ "/backend/missing", PATIENCE_MS, test_missing },
		{ "/backend/bad-start", PATIENCE_MS, test_bad_start },
	};

	g_test_init(&argc, &argv, NULL);
	signal(SIGPIPE, SIG_IGN);
	for (size_t i = 0; i < G_N_ELEMENTS(tests); i++)
		g_test_add(tests[i].name, struct fixture,
			   GUINT_TO_POINTER(tests[i].timeout), setup,
			   tests[i].run, teardown);
	g_test_add_func("/lines", test_lines);
	return g_test_run();
}
