// SPDX-License-Identifier: GPL-2.0-only
/*
 * The step machine and spin agree: the same failures for the hand-written event
 * lists and for random ones. Without spin nothing is tested, which is said.
 *
 *	lower_test_spin [--random FIRST COUNT]
 *
 * With --random only that many random programs, from that seed on.
 */
#include <stdlib.h>
#include <string.h>

#include "events.h"
#include "events/emit.h"
#include "events/machine.h"
#include "scratch.h"

#define N_RANDOM 12

/* The failures that spin finds: 1 << each enum failure. */
static unsigned int spin_failures(const struct program *p)
{
	static const char mark[] = "failure ";
	char *dir = scratch_new();
	GString *model = g_string_new(NULL);
	unsigned int failures = 0;
	char *out, *at;

	emit_promela(model, p);
	scratch_write(dir, "model.pml", model->str);
	out = scratch_run(dir, "spin -a model.pml >spin.out 2>&1 || "
		  "{ cat spin.out; exit 1; }; "
		  "cc -w -O0 -DSAFETY -DPRINTF -DMEMLIM=1024 -o pan pan.c && "
		  "./pan -E -c0 -m100000 -n", 0);
	g_assert_null(strstr(out, "max search depth too small"));
	g_assert_null(strstr(out, "out of memory"));
	for (at = out; (at = strstr(at, mark)); at += strlen(mark))
		failures |= 1u << atoi(at + strlen(mark));
	/* What is not ours is an error of the model itself. */
	g_assert_true(!failures == !strstr(out, "pan:1:"));
	scratch_remove(dir);
	g_string_free(model, TRUE);
	g_free(out);
	return failures;
}

static void check_same(const char *name, const char *text, const char *expect)
{
	struct arena *a = arena_new();
	const struct program *p = events_parse(a, text);
	struct machine_result r;
	unsigned int spin;

	machine_run(p, NULL, a, &r);
	spin = spin_failures(p);
	if (r.failures != spin)
		g_test_message("%s: machine %#x, spin %#x\n%s", name,
			       r.failures, spin, text);
	g_assert_cmphex(r.failures, ==, spin);
	arena_free(a);
}

static bool has_spin(void)
{
	char *path = g_find_program_in_path("spin");

	g_free(path);
	return path;
}

static void test_documented(void)
{
	if (has_spin())
		events_each(check_same);
	else
		g_test_skip("there is no spin");
}

static void check_random(guint32 first, guint32 count)
{
	guint32 i;

	for (i = 0; i < count; i++) {
		char *text = events_random(first + i);

		check_same("random", text, NULL);
		g_free(text);
	}
}

static void test_random(void)
{
	if (has_spin())
		check_random(1, N_RANDOM);
	else
		g_test_skip("there is no spin");
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	if (argc == 4 && strcmp(argv[1], "--random") == 0) {
		check_random((guint32)atoi(argv[2]), (guint32)atoi(argv[3]));
		return 0;
	}
	g_test_add_func("/spin/documented", test_documented);
	g_test_add_func("/spin/random", test_random);
	return g_test_run();
}
