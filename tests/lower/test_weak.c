// SPDX-License-Identifier: GPL-2.0-only
/*
 * The interpreter of event lists on the replay runtime: in each memory it finds
 * the failures that the emitted C finds there, in as many executions, and those
 * of the stronger memories; a schedule of the one fails in the other; and under
 * sequential consistency it finds what the step machine finds.
 *
 *	lower_test_weak [--random FIRST COUNT]
 *
 * With --random only that many random programs, from that seed on.
 */
#include <stdlib.h>
#include <string.h>

#include "emitted.h"
#include "events.h"
#include "events/weak.h"
#include "scratch.h"

#define N_RANDOM 15
/* Of one program. What is larger is not compared. */
#define MAX_EXECUTIONS 3000
#define TOO_LARGE G_MAXUINT

static int n_compared, n_large;

static void tell(const struct program *p, enum memory m, const char *what)
{
	GString *text = g_string_new(NULL);

	program_print(text, p);
	g_test_message("%s: %s\n%s", memory_name(m), what, text->str);
	g_string_free(text, TRUE);
}

/* The failing run of @r is one of the emitted program. */
static void check_schedule(const char *dir, enum memory m,
			   const struct weak_result *r)
{
	char *command = g_strdup_printf("./replay --memory %s --schedule '%s'",
					memory_name(m), r->schedule);

	g_free(scratch_run(dir, command, 1));
	g_free(command);
}

static void check_story(const char *dir, const struct program *p,
			enum memory m, const struct weak_result *all)
{
	const struct weak_limits one = { .max_runs = MAX_EXECUTIONS };
	struct arena *a = arena_new();
	struct weak_result r;

	weak_run(p, m, &one, a, &r);
	if (all->complete) {
		g_assert_cmpint(!r.failure, ==, !all->failures);
		g_assert_true(!r.failure ||
			      all->failures >> r.failure & 1);
	}
	if (r.failure) {
		g_assert_cmpint(r.n_steps, >, 0);
		check_schedule(dir, m, &r);
	}
	arena_free(a);
}

/*
 * In arm the runtime learns what is still loaded from each place of the source
 * on, and the places of the two are not the same: so are the runs not.
 * Returns what fails there; TOO_LARGE: not all was seen.
 */
static unsigned int check_memory(const char *dir, const struct program *p,
				 enum memory m)
{
	const struct weak_limits limits = { .max_runs = 10 * MAX_EXECUTIONS,
					    .all = true };
	char *command = g_strdup_printf("./replay --all --memory %s --json "
					"--limit-executions %d",
					memory_name(m), MAX_EXECUTIONS);
	char *json = scratch_run(dir, command, 3);
	struct emitted_report said = emitted_read(json);
	struct arena *a = arena_new();
	unsigned int failures;
	struct weak_result r;

	weak_run(p, m, &limits, a, &r);
	failures = r.complete ? r.failures : TOO_LARGE;
	if (said.executions < MAX_EXECUTIONS) {
		bool same = m == MEMORY_ARM ||
			    (gint64)r.executions == said.executions;

		if (emitted_coarse(r.failures) != said.all || !same)
			tell(p, m, json);
		g_assert_cmphex(emitted_coarse(r.failures), ==, said.all);
		g_assert_cmphex(emitted_coarse(r.first), ==, said.first);
		g_assert_true(same);
		check_story(dir, p, m, &r);
		n_compared++;
	} else {
		n_large++;
	}
	arena_free(a);
	g_free(json);
	g_free(command);
	return failures;
}

/* Failures that stop a run come first in the machine as well. */
static void check_machine(const struct program *p)
{
	const struct weak_limits limits = { .max_runs = 10 * MAX_EXECUTIONS,
					    .all = true };
	struct arena *a = arena_new();
	struct machine_result m;
	struct weak_result r;

	machine_run(p, NULL, a, &m);
	weak_run(p, MEMORY_SC, &limits, a, &r);
	if (r.complete) {
		unsigned int found = emitted_coarse(m.failures);

		g_assert_cmphex(emitted_coarse(r.first) & ~found, ==, 0);
		g_assert_cmphex(found & ~emitted_coarse(r.failures), ==, 0);
	}
	arena_free(a);
}

static void check_program(const char *name, const char *text,
			  const char *expect)
{
	struct arena *a = arena_new();
	const struct program *p = events_parse(a, text);
	char *dir = scratch_new();
	unsigned int stronger = 0, failures;
	enum memory m;

	emitted_compile(dir, p, NULL);
	for (m = MEMORY_SC; m < N_MEMORIES; m++) {
		failures = check_memory(dir, p, m);
		/* what is clean in a memory is so in all stronger ones */
		g_assert_cmphex(stronger & ~failures, ==, 0);
		if (failures != TOO_LARGE)
			stronger |= failures;
	}
	check_machine(p);
	scratch_remove(dir);
	arena_free(a);
}

static void test_documented(void)
{
	events_each(check_program);
}

static void check_random(guint32 first, guint32 count)
{
	guint32 i;

	for (i = 0; i < count; i++) {
		char *text = events_random(first + i);

		check_program("random", text, NULL);
		g_free(text);
	}
}

static void test_random(void)
{
	check_random(1, N_RANDOM);
	g_assert_cmpint(n_compared, >, 2 * N_RANDOM);
}

/* ---- the classic shapes ---- */

#define HEAD \
	"program x\ntype t\nfield x\nfield y\nfield won\nobject a t\n"
/* Sets its flag and enters if the other one's is not set: never both. */
#define DEKKER(mine, other, between) \
	"thread " mine "\nreg r\nstore &a->" mine " 1 once\n" between \
	"r = load &a->" other " once\nbranch r out\n" \
	"r = add &a->won 1 full\nassert (r < 2)\nout:\nend\n"
/* x is written before y, and what sees y sees x. */
#define WRITER(order, between) \
	"thread w\nstore &a->x 1 once\n" between \
	"store &a->y 1 " order "\nend\n"
#define READER(order, between) \
	"thread r\nreg r\nr = load &a->y " order "\nbranch !r out\n" between \
	"r = load &a->x once\nassert r\nout:\nend\n"

static const struct {
	const char *name, *text;
	enum memory fails; /* the strongest in which it does; N_MEMORIES: none */
} shapes[] = {
	{ "two flags", HEAD DEKKER("x", "y", "") DEKKER("y", "x", ""),
	  MEMORY_TSO },
	{ "two flags, one fence",
	  HEAD DEKKER("x", "y", "fence full\n") DEKKER("y", "x", ""),
	  MEMORY_TSO },
	{ "two flags, fences", HEAD DEKKER("x", "y", "fence full\n")
	  DEKKER("y", "x", "fence full\n"), N_MEMORIES },
	{ "message", HEAD WRITER("once", "") READER("once", ""), MEMORY_PSO },
	{ "message, read in order", HEAD WRITER("once", "") READER("acquire", ""),
	  MEMORY_PSO },
	{ "message, written in order",
	  HEAD WRITER("once", "fence release\n") READER("once", ""), MEMORY_ARM },
	{ "message, both in order", HEAD WRITER("once", "fence release\n")
	  READER("once", "fence acquire\n"), N_MEMORIES },
	{ "message, released", HEAD WRITER("release", "") READER("once", ""),
	  MEMORY_ARM },
	{ "message, released and acquired",
	  HEAD WRITER("release", "") READER("acquire", ""), N_MEMORIES },
};

static void test_shapes(void)
{
	static const struct weak_limits limits;
	enum memory m;
	guint i;

	for (i = 0; i < G_N_ELEMENTS(shapes); i++) {
		struct arena *a = arena_new();
		const struct program *p = events_parse(a, shapes[i].text);
		struct weak_result r;

		for (m = MEMORY_SC; m < N_MEMORIES; m++) {
			g_test_message("%s, %s", shapes[i].name,
				       memory_name(m));
			weak_run(p, m, &limits, a, &r);
			g_assert_cmpint(r.failure, ==, m >= shapes[i].fails ?
					FAILURE_ASSERT : FAILURE_NONE);
			g_assert_true(r.failure || r.complete);
		}
		arena_free(a);
	}
}

/* A limit that is met is said. */
static void test_limit(void)
{
	const struct weak_limits few = { .max_runs = 2, .all = true };
	struct arena *a = arena_new();
	const struct program *p = events_parse(a, shapes[0].text);
	struct weak_result r;

	weak_run(p, MEMORY_ARM, &few, a, &r);
	g_assert_false(r.complete);
	g_assert_cmpuint(r.runs, <=, 3);
	arena_free(a);
}

static void test_names(void)
{
	enum memory m;

	for (m = MEMORY_SC; m < N_MEMORIES; m++)
		g_assert_cmpint(memory_find(memory_name(m)), ==, m);
	g_assert_cmpint(memory_find("alpha"), ==, N_MEMORIES);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	if (argc == 4 && strcmp(argv[1], "--random") == 0) {
		check_random((guint32)atoi(argv[2]), (guint32)atoi(argv[3]));
		g_print("%d comparisons, 0 mismatches, %d too large\n",
			n_compared, n_large);
		return 0;
	}
	g_test_add_func("/weak/names", test_names);
	g_test_add_func("/weak/shapes", test_shapes);
	g_test_add_func("/weak/limit", test_limit);
	g_test_add_func("/weak/documented", test_documented);
	g_test_add_func("/weak/random", test_random);
	return g_test_run();
}
