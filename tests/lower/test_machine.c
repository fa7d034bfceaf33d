// SPDX-License-Identifier: GPL-2.0-only
/* What the step machine says of programs whose outcome is known. */
#include "events.h"
#include "events/machine.h"

static void check_documented(const char *name, const char *text,
			     const char *expect)
{
	struct arena *a = arena_new();
	struct machine_result r;

	machine_run(events_parse(a, text), NULL, a, &r);
	g_test_message("%s: %s, %s; %d preemptions, %d ops; states %"
		       G_GUINT64_FORMAT ", transitions %" G_GUINT64_FORMAT,
		       name, failure_text(r.failure), r.what, r.preemptions,
		       r.n_schedule, r.states, r.transitions);
	g_assert_cmpstr(failure_text(r.failure), ==, expect);
	arena_free(a);
}

static void test_documented(void)
{
	events_each(check_documented);
}

#define HEAD \
	"program x\ntype t\nfield n count\nfield w\nfield p pointer\n" \
	"field l lock\nfield m lock\ntype u stable\nfield v\n" \
	"object a t n=1\nobject b t pool n=1 w=5\nobject s u\n"
#define FAILS(name) (1u << FAILURE_##name)

/*
 * One or two threads, and all the ways in which they can fail. What an op does
 * is asserted by the programs themselves: no failure means it was so.
 */
static const struct {
	const char *name, *text;
	unsigned int failures;
} cases[] = {
	{ "values", "thread t\nreg r\n"
	  "r = set (1 + 2)\nassert (r == 3)\nassert (!r == 0)\n"
	  "assert (~r == -4)\nassert (-r == -3)\nassert ((r & 2) == 2)\n"
	  "assert ((r | 4) == 7)\nassert ((r ^ 1) == 2)\nassert (r < 4)\n"
	  "assert (r >= 3)\nassert (r <= 3)\nassert (r > 2)\n"
	  "assert (r != 2)\nassert (r && 1)\nassert (0 || r)\nend\n", 0 },
	{ "rmw", "thread t\nreg r\n"
	  "r = add &a->n 2\nassert (r == 3)\n"
	  "r = or &a->w 6\nassert (r == 0)\nr = or &a->w 2\nassert (r == 2)\n"
	  "r = andnot &a->w 3\nassert (r == 2)\nr = load &a->w\n"
	  "assert (r == 4)\nr = xchg &a->w 9\nassert (r == 4)\n"
	  "r = cmpxchg &a->w 1 2\nassert (r == 9)\n"
	  "r = cmpxchg &a->w 9 2\nassert (r == 9)\nr = load &a->w\n"
	  "assert (r == 2)\nr = add_unless &a->w 2 1\nassert (r == 0)\n"
	  "r = add_unless &a->w 0 1\nassert (r == 1)\nr = load &a->w\n"
	  "assert (r == 3)\nend\n", 0 },
	{ "assert", "thread t\nassert 0\nend\n", FAILS(ASSERT) },
	{ "choices", "thread t\nreg r\nr = choose 3\nassert (r != 2)\n"
	  "end\n", FAILS(ASSERT) },
	{ "drop", "thread t\nreg r\nr = choose 2\nbranch r on\ndrop\non:\n"
	  "assert r\nend\n", 0 },
	{ "use after free", "thread t\nfree &a\nuse &a\nend\n",
	  FAILS(USE_AFTER_FREE) },
	{ "free on the other CPU", "thread t\nfree &a\nend\n"
	  "thread q\nreg r\nr = load &a->w\nend\n", FAILS(USE_AFTER_FREE) },
	{ "double free", "thread t\nfree &a\nfree &a\nend\n",
	  FAILS(DOUBLE_FREE) },
	{ "free of NULL", "thread t\nfree 0\nend\n", 0 },
	{ "free of a stable one", "thread t\nfree &s\nfree &s\nuse &s\nend\n",
	  0 },
	{ "NULL", "thread t\nreg r\nr = load &a->p\nuse r\nend\n",
	  FAILS(NULL) },
	{ "underflow", "thread t\nadd &a->n -1\nadd &a->n -1\nend\n",
	  FAILS(UNDERFLOW) },
	{ "resurrection", "thread t\nadd &a->n -1\nadd &a->n 1\nend\n",
	  FAILS(RESURRECT) },
	{ "no resurrection", "thread t\nreg r\nadd &a->n -1\n"
	  "r = add_unless &a->n 0 1\nassert !r\nstore &a->n 1\nend\n", 0 },
	{ "allocation", "thread t\nreg r\nr = alloc t\nassert (r == 2)\n"
	  "r = load &b->w\nassert (r == 5)\nfree &b\nr = alloc t\n"
	  "assert 0 \"never reached: the pool is empty\"\nend\n", 0 },
	{ "invariant", "invariant t \"w\" (w == 0)\nthread t\n"
	  "store &a->w 1\nend\n", FAILS(INVARIANT) },
	{ "invariant of what is gone", "invariant t \"w\" (w == 0)\nthread t\n"
	  "store &a->w 1\nfree &a\nend\n", 0 },
	{ "too large", "thread t\nreg r\nr = set (127 + 1)\nassert 0\nend\n",
	  0 },
	{ "mutual exclusion", "thread t\nreg r\nlock spin &a->l\n"
	  "r = load &a->w\nstore &a->w (r + 1)\nunlock spin &a->l\nend\n"
	  "thread q\nreg r\nreg x\nlock mutex &a->l\nr = load &a->w\n"
	  "x = load &a->w\nassert (r == x)\nunlock mutex &a->l\nend\n", 0 },
	{ "readers", "thread t\nlock read &a->l\nlock read &a->l\n"
	  "unlock read &a->l\nunlock read &a->l\nlock write &a->l\n"
	  "unlock write &a->l\nend\n", 0 },
	{ "reader and writer", "thread t\nlock read &a->l\nlock write &a->l\n"
	  "end\n", FAILS(DEADLOCK) },
	{ "lock order", "thread t\nlock spin &a->l\nlock spin &a->m\n"
	  "unlock spin &a->m\nunlock spin &a->l\nend\n"
	  "thread q\nlock spin &a->m\nlock spin &a->l\n"
	  "unlock spin &a->l\nunlock spin &a->m\nend\n", FAILS(DEADLOCK) },
	{ "trylock", "thread t\nreg r\nlock spin &a->l\n"
	  "r = trylock spin &a->l\nassert !r\nunlock spin &a->l\n"
	  "r = trylock spin &a->l\nassert r\nunlock spin &a->l\nend\n", 0 },
	{ "bad unlock", "thread t\nunlock spin &a->l\nend\n",
	  FAILS(BAD_UNLOCK) },
	{ "another's lock", "thread t\nlock spin &a->l\nstore &a->w 1\nend\n"
	  "thread q\nreg r\nr = load &a->w\nbranch !r out\n"
	  "unlock spin &a->l\nout:\nend\n", FAILS(BAD_UNLOCK) },
	{ "another's bit", "thread t\nlock bit &a->l\nstore &a->w 1\nend\n"
	  "thread q\nreg r\nr = load &a->w\nbranch !r out\n"
	  "unlock bit &a->l\nout:\nend\n", 0 },
	{ "count set below 0", "thread t\nstore &a->n -1\nend\n",
	  FAILS(UNDERFLOW) },
	{ "wake-up of what is freed", "thread t\nfree &a\nwake &a->w\nend\n",
	  0 },
	{ "relaxing without a look", "thread t\nrelax\nrelax\nend\n", 0 },
	{ "lock of what is freed", "thread t\nlock spin &a->l\nfree &a\nend\n"
	  "thread q\nlock spin &a->l\nunlock spin &a->l\nend\n",
	  FAILS(USE_AFTER_FREE) },
	{ "rcu", "thread t\nreg r\nrcu_lock\nr = load &a->p\nbranch r out\n"
	  "use &a\nout:\nrcu_unlock\nend\n"
	  "thread q\nstore &a->p 1\nsynchronize\nfree &a\nend\n",
	  FAILS(USE_AFTER_FREE) /* a reader that comes later loads from a */ },
	{ "synchronize", "thread t\nreg r\nrcu_lock\nr = load &s->v\n"
	  "branch r out\nuse &a\nout:\nrcu_unlock\nend\n"
	  "thread q\nstore &s->v 1\nsynchronize\nfree &a\nend\n", 0 },
	{ "synchronize too early", "thread t\nreg r\nrcu_lock\n"
	  "r = load &s->v\nbranch r out\nuse &a\nout:\nrcu_unlock\nend\n"
	  "thread q\nsynchronize\nstore &s->v 1\nfree &a\nend\n",
	  FAILS(USE_AFTER_FREE) },
	{ "synchronize inside", "thread t\nrcu_lock\nsynchronize\nrcu_unlock\n"
	  "end\n", FAILS(DEADLOCK) },
	{ "call_rcu", "thread t\nreg r\nrcu_lock\nr = load &s->v\n"
	  "branch r out\nuse &a\nout:\nrcu_unlock\nend\n"
	  "thread q\nstore &s->v 1\ncall_rcu 2 &a\nend\n"
	  "thread f agent\nreg o\nfree o\nend\n", 0 },
	{ "call_rcu twice", "thread t\ncall_rcu 1 &a\ncall_rcu 1 &a\nend\n"
	  "thread f agent\nreg o\nuse o\nend\n", FAILS(DOUBLE_FREE) },
	{ "wait", "thread t\nreg r\nagain:\nprepare &a->w\nr = load &a->w\n"
	  "branch r done\nschedule\ngoto again\ndone:\nfinish\nend\n"
	  "thread q\nstore &a->w 1\nwake &a->w\nend\n", 0 },
	{ "test before prepare", "thread t\nreg r\nr = load &a->w\n"
	  "branch r done\nprepare &a->w\nschedule\nfinish\ndone:\nend\n"
	  "thread q\nstore &a->w 1\nwake &a->w\nend\n", FAILS(LOST_WAKEUP) },
	{ "spinning", "thread t\nreg r\nagain:\nr = load &a->w\n"
	  "branch r done\nrelax\ngoto again\ndone:\nend\n"
	  "thread q\nstore &a->w 1\nend\n", 0 },
	{ "spinning for nothing", "thread t\nreg r\nagain:\nr = load &a->w\n"
	  "branch r done\nrelax\ngoto again\ndone:\nend\n"
	  "thread q\nstore &a->w 0\nend\n", FAILS(LIVELOCK) },
	{ "spinning on what is freed", "thread t\nreg r\nagain:\n"
	  "r = load &a->w\nbranch r done\nrelax\ngoto again\ndone:\nend\n"
	  "thread q\nfree &a\nend\n", FAILS(USE_AFTER_FREE) },
	{ "work", "thread t\nreg r\nr = start 1 &a\nassert r\n"
	  "r = start 1 &a\nend\n"
	  "thread w agent\nreg o\nadd o->w 1\nend\n"
	  "invariant t \"once or twice\" (w == 1) | (w == 2)\n", 0 },
	{ "work that runs twice", "thread t\nreg r\nr = start 1 &a\n"
	  "r = start 1 &a\nend\n"
	  "thread w agent\nreg o\nadd o->w 1\nend\n"
	  "invariant t \"once\" (w == 1)\n", FAILS(INVARIANT) },
	{ "a loop without an end", "thread t\nagain:\ngoto again\nend\n", 0 },
};

static void test_cases(void)
{
	guint i;

	for (i = 0; i < G_N_ELEMENTS(cases); i++) {
		struct arena *a = arena_new();
		char *text = g_strconcat(HEAD, cases[i].text, NULL);
		struct machine_result r;

		machine_run(events_parse(a, text), NULL, a, &r);
		g_test_message("%s: %s", cases[i].name,
			       failure_text(r.failure));
		g_assert_cmphex(r.failures, ==, cases[i].failures);
		g_assert_true(!r.failure == !r.failures);
		g_assert_true(r.complete == !r.dropped);
		g_free(text);
		arena_free(a);
	}
}

/* The run that is told: as short as can be, whole, the failing op last. */
static void test_story(void)
{
	static const char text[] = HEAD
		"thread t\nreg r\nr = load &a->w\nuse &a\nuse &a\n"
		"r = load &a->w\nassert (r != 1)\nend\n"
		"thread q\nuse &a\nuse &a\nstore &a->w 1\nstore &a->w 2\n"
		"end\n";
	static const struct transition expected[] = {
		{ 1, 0, 0 }, { 1, 1, 0 }, { 1, 2, 0 }, { 0, 0, 0 },
		{ 0, 1, 0 }, { 0, 2, 0 }, { 0, 3, 0 }, { 0, 4, 0 },
	};
	struct arena *a = arena_new();
	struct machine_result r;

	machine_run(events_parse(a, text), NULL, a, &r);
	g_assert_cmpint(r.failure, ==, FAILURE_ASSERT);
	g_assert_cmpint(r.preemptions, ==, 1);
	g_assert_cmpint(r.n_schedule, ==, G_N_ELEMENTS(expected));
	g_assert_cmpmem(r.schedule, sizeof(expected), expected,
			sizeof(expected));
	g_assert_false(r.used_assumed);
	arena_free(a);
}

static void test_assumed(void)
{
	static const char text[] = HEAD
		"thread t\nreg r\nr = choose 2 assumed\nbranch r out\n"
		"assert 0\nout:\nend\n";
	static const char either[] = HEAD
		"thread t\nreg r\nreg x\nx = choose 2\nbranch x fails\n"
		"r = choose 2 assumed\nbranch r out\n"
		"fails:\nassert 0\nout:\nend\n";
	struct arena *a = arena_new();
	struct machine_result r;

	machine_run(events_parse(a, text), NULL, a, &r);
	g_assert_cmpint(r.failure, ==, FAILURE_ASSERT);
	g_assert_true(r.used_assumed);
	machine_run(events_parse(a, either), NULL, a, &r);
	g_assert_cmpint(r.failure, ==, FAILURE_ASSERT);
	g_assert_false(r.used_assumed);
	arena_free(a);
}

static void test_limit(void)
{
	static const char text[] = HEAD
		"thread t\nuse &a\nuse &a\nuse &a\nuse &a\nend\n"
		"thread q\nuse &a\nuse &a\nuse &a\nuse &a\nend\n";
	const struct machine_limits limits = { .max_states = 10 };
	struct arena *a = arena_new();
	struct machine_result r;

	machine_run(events_parse(a, text), NULL, a, &r);
	g_assert_true(r.complete);
	g_assert_cmpuint(r.states, ==, 25);
	g_assert_cmpuint(r.transitions, ==, 40);
	machine_run(events_parse(a, text), &limits, a, &r);
	g_assert_false(r.complete);
	arena_free(a);
}

/* @n threads of @k times the op, all interleavings of which are told apart. */
static void check_count(struct machine *m, int n, int k, const char *op)
{
	GString *text = g_string_new(HEAD);
	struct arena *a = arena_new();
	guint64 others = 1;
	struct machine_result r;
	int i, j;

	for (i = 0; i < n; i++) {
		g_string_append_printf(text, "thread t%d\n", i);
		for (j = 0; j < k; j++)
			g_string_append_printf(text, "%s\n", op);
		g_string_append(text, "end\n");
		others *= i ? (guint64)k + 1 : 1;
	}
	machine_search(m, events_parse(a, text->str), NULL, a, &r);
	g_assert_cmphex(r.failures, ==, 0);
	g_assert_true(r.complete);
	g_assert_cmpuint(r.states, ==, others * ((guint64)k + 1));
	g_assert_cmpuint(r.transitions, ==, others * (guint64)(n * k));
	arena_free(a);
	g_string_free(text, TRUE);
}

/* By each number of threads, and more states than tables start with. */
static void test_counts(void)
{
	struct machine *m = machine_new();
	int n;

	check_count(m, 3, 30, "add &a->w 1");
	for (n = 1; n <= 8; n++) {
		check_count(m, n, 2, "use &a");
		check_count(m, n, 2, "add &a->w 1");
	}
	machine_free(m);
}

static void test_nothing_shared(void)
{
	static const char text[] = "program x\nthread t\nreg r\n"
		"r = choose 3\nassert (r != 2)\nend\n";
	struct arena *a = arena_new();
	struct machine_result r;

	machine_run(events_parse(a, text), NULL, a, &r);
	g_assert_cmphex(r.failures, ==, FAILS(ASSERT));
	arena_free(a);
}

/* Without a run that is told, the same is found. */
static void test_brief(void)
{
	const struct machine_limits limits = { .brief = true };
	int failing = 0, told = 0;
	guint32 seed;

	for (seed = 1; seed <= 400; seed++) {
		struct arena *a = arena_new();
		char *text = events_random(seed);
		struct program *p = events_parse(a, text);
		struct machine_result whole, brief;

		machine_run(p, NULL, a, &whole);
		machine_run(p, &limits, a, &brief);
		g_assert_cmphex(brief.failures, ==, whole.failures);
		g_assert_cmpint(brief.failure, ==, whole.failure);
		g_assert_cmpuint(brief.states, ==, whole.states);
		g_assert_true(brief.complete == whole.complete);
		failing += whole.failure != FAILURE_NONE;
		told += brief.n_schedule > 0;
		g_free(text);
		arena_free(a);
	}
	g_assert_cmpint(failing, >, 50);
	g_assert_cmpint(told, <, failing);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/machine/documented", test_documented);
	g_test_add_func("/machine/cases", test_cases);
	g_test_add_func("/machine/story", test_story);
	g_test_add_func("/machine/assumed", test_assumed);
	g_test_add_func("/machine/limit", test_limit);
	g_test_add_func("/machine/counts", test_counts);
	g_test_add_func("/machine/nothing-shared", test_nothing_shared);
	g_test_add_func("/machine/brief", test_brief);
	return g_test_run();
}
