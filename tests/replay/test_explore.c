// SPDX-License-Identifier: GPL-2.0-only
/*
 * Exploring: how many executions there are, what limits do, that schedules
 * run again, and what the runtime refuses.
 */
#include <glib.h>
#include <replay.h>

static struct world {
	int x, y;
	union {
		u32 whole;
		u16 half[2];
	} mixed;
	wait_queue_head_t first, second;
	atomic_t refs;
} *w;

static int kept = 5;
static int calls;

static void setup(void)
{
	w = replay_new(struct world, "w");
	replay_static(kept);
}

#define THREAD(name, ...)                     \
	static void name(void *arg)           \
	{                                     \
		__VA_ARGS__;                  \
	}

THREAD(nothing, (void)0)
THREAD(three_x, WRITE_ONCE(w->x, 1); WRITE_ONCE(w->x, 2);
       WRITE_ONCE(w->x, 3))
THREAD(three_y, WRITE_ONCE(w->y, 1); WRITE_ONCE(w->y, 2);
       WRITE_ONCE(w->y, 3))
THREAD(many, for (int i = 0; i < 40; i++) READ_ONCE(w->x))
THREAD(choices, if (choose(3, "a")) choose(2, "b"))
THREAD(change_static, WRITE_ONCE(kept, READ_ONCE(kept) + 1))
THREAD(whole, READ_ONCE(w->mixed.whole))
THREAD(half, READ_ONCE(w->mixed.half[1]))
THREAD(two_queues, prepare_to_wait(&w->first, NULL, 0);
       prepare_to_wait(&w->second, NULL, 0))
THREAD(too_much, kmalloc(1 << 30, GFP_KERNEL))
THREAD(not_the_same, if (choose(++calls % 2 + 1, "how many"))
	       READ_ONCE(w->x))
/* Fails only if the other one is between the two, twice. */
THREAD(between, int a = READ_ONCE(w->x); int b = READ_ONCE(w->x);
       int c = READ_ONCE(w->x); BUG_ON(a != b && b != c))
THREAD(x_alone, WRITE_ONCE(w->x, 1))
THREAD(y_after_x, WRITE_ONCE(w->x, 1); WRITE_ONCE(w->y, 1))
THREAD(sees_y_first, BUG_ON(READ_ONCE(w->y) && !READ_ONCE(w->x)))
THREAD(conditions, if (opaque("p") && opaque("q"))
	       BUG_ON(!opaque("r")))
THREAD(says_no_more, choose(2, "a"); BUG_ON(choose(2, "b") && READ_ONCE(w->x)))

/*
 * Ends when one of two words is set: by either, and after any number of
 * looks. Partial order reduction once missed that the later store of the two
 * could have been the one that ended it.
 */
static int spun;

THREAD(spin_on_two, int n = 0, a, b;
       while (a = READ_ONCE(w->x), b = READ_ONCE(w->y), !a && !b) {
	       n++;
	       cpu_relax();
       }
       spun = 4 * n + 2 * a + b)
THREAD(y_alone, WRITE_ONCE(w->y, 1))

static void report_spun(void)
{
	replay_outcome((u64)spun);
}

static void count_outcome(void *data, u64 outcome)
{
	g_hash_table_add(data, g_memdup2(&outcome, sizeof(outcome)));
}

/* All modes come to the same number of different ends. */
static void check_outcomes(const struct replay_program *program,
			   enum replay_memory memory, guint expected)
{
	int mode;

	for (mode = 0; mode < REPLAY_N_MODES; mode++) {
		GHashTable *set = g_hash_table_new_full(
			g_int64_hash, g_int64_equal, g_free, NULL);
		struct replay_options o = { .memory = memory,
					    .mode = (enum replay_mode)mode,
					    .outcome = count_outcome,
					    .outcome_data = set };
		struct replay_result r;

		g_assert_cmpint(replay_explore(program, &o, &r), ==, 0);
		g_assert_true(r.whole_space);
		g_assert_cmpuint(g_hash_table_size(set), ==, expected);
		replay_result_clear(&r);
		g_hash_table_unref(set);
	}
}

static void test_relax(void)
{
	static const struct replay_thread threads[] = {
		{ "spins", spin_on_two, NULL },
		{ "x", x_alone, NULL },
		{ "y", y_alone, NULL },
	};
	static const struct replay_program program = {
		.name = "relax", .setup = setup, .threads = threads,
		.n_threads = 3, .at_rest = report_spun,
	};

	check_outcomes(&program, REPLAY_SC, 6);
}

/*
 * Whether the pointer or the cell changed first is seen by nobody who reads
 * memory, but decides what who follows the pointer may read.
 */
static struct cell {
	int value;
	struct cell *next;
} *cell, *head;
static struct cell **pointer;
static int followed;

static void setup_pointer(void)
{
	setup();
	cell = replay_new(struct cell, "cell");
	head = replay_new(struct cell, "head");
	head->next = cell;
	pointer = replay_new(struct cell *, "pointer");
	followed = 0;
}

THREAD(fill, WRITE_ONCE(cell->value, 1); smp_wmb(); WRITE_ONCE(w->x, 1))
THREAD(point, WRITE_ONCE(*pointer, cell))
THREAD(follow, int x = READ_ONCE(w->x); struct cell *p = READ_ONCE(*pointer);
       followed = 4 * x + (p ? 2 + READ_ONCE(p->value) : 0))
/* Through a second pointer, which was always there. */
THREAD(point_to_head, WRITE_ONCE(*pointer, head))
THREAD(follow_twice, struct cell *p = READ_ONCE(*pointer);
       int x = READ_ONCE(w->x);
       followed = 4 * x + (p ? 2 + READ_ONCE(READ_ONCE(p->next)->value) : 0))

static void report_followed(void)
{
	replay_outcome((u64)followed);
}

static void check_pointer(void (*points)(void *), void (*follows)(void *))
{
	const struct replay_thread threads[] = {
		{ "fills", fill, NULL },
		{ "points", points, NULL },
		{ "follows", follows, NULL },
	};
	const struct replay_program program = {
		.name = "pointer", .setup = setup_pointer, .threads = threads,
		.n_threads = 3, .at_rest = report_followed,
	};

	check_outcomes(&program, REPLAY_SC, 5);
	check_outcomes(&program, REPLAY_ARM, 6);
}

static void test_pointer(void)
{
	check_pointer(point, follow);
	check_pointer(point_to_head, follow_twice);
}

static void check_static(void)
{
	replay_assert(READ_ONCE(kept) == 6);
}

static struct replay_result explore(void (*a)(void *), void (*b)(void *),
				    struct replay_options options,
				    void (*at_rest)(void))
{
	const struct replay_thread threads[] = { { "a", a, NULL },
						 { "b", b, NULL } };
	const struct replay_program program = {
		.name = "test", .setup = setup, .threads = threads,
		.n_threads = 2, .at_rest = at_rest,
	};
	struct replay_result result;
	int ret = replay_explore(&program, &options, &result);

	g_assert_cmpint(ret, ==, result.unsupported ? -1 : 0);
	return result;
}

static u64 executions(void (*a)(void *), void (*b)(void *),
		      enum replay_mode mode)
{
	struct replay_result r = explore(
		a, b, (struct replay_options){ .mode = mode }, NULL);
	u64 n = r.executions;

	g_assert_true(r.whole_space);
	g_assert_null(r.message);
	replay_result_clear(&r);
	return n;
}

static void test_counts(void)
{
	/* 6 over 3; and one is enough where nothing is shared. */
	g_assert_cmpuint(executions(three_x, three_x, REPLAY_PLAIN), ==, 20);
	g_assert_cmpuint(executions(three_x, three_x, REPLAY_DPOR), ==, 20);
	g_assert_cmpuint(executions(three_x, three_y, REPLAY_PLAIN), ==, 20);
	g_assert_cmpuint(executions(three_x, three_y, REPLAY_SLEEP), ==, 1);
	g_assert_cmpuint(executions(three_x, three_y, REPLAY_DPOR), ==, 1);
	g_assert_cmpuint(executions(three_x, nothing, REPLAY_PLAIN), ==, 1);
	g_assert_cmpuint(executions(choices, nothing, REPLAY_DPOR), ==, 5);
	g_assert_cmpuint(executions(choices, choices, REPLAY_DPOR), ==, 25);
}

static void test_limits(void)
{
	struct replay_options o = { .mode = REPLAY_PLAIN,
				    .max_executions = 7 };
	struct replay_result r = explore(three_x, three_x, o, NULL);

	g_assert_cmpuint(r.executions, ==, 7);
	g_assert_false(r.whole_space);
	replay_result_clear(&r);

	o = (struct replay_options){ .mode = REPLAY_PLAIN, .max_steps = 4 };
	r = explore(three_x, three_x, o, NULL);
	g_assert_cmpuint(r.executions, ==, 0);
	g_assert_cmpuint(r.dropped, >, 0);
	g_assert_false(r.whole_space);
	replay_result_clear(&r);

	o = (struct replay_options){ .mode = REPLAY_BOUND, .max_bytes = 64 };
	r = explore(many, many, o, NULL);
	g_assert_false(r.whole_space);
	replay_result_clear(&r);
	o.max_bytes = 0;
	r = explore(many, many, o, NULL);
	g_assert_true(r.whole_space);
	replay_result_clear(&r);
}

static void test_statics(void)
{
	struct replay_options o = { .mode = REPLAY_PLAIN };
	struct replay_result r;

	r = explore(change_static, nothing, o, check_static);
	g_assert_true(r.whole_space);
	replay_result_clear(&r);
	r = explore(change_static, change_static, o, check_static);
	g_assert_cmpint(r.failure, ==, REPLAY_ASSERTION);
	replay_result_clear(&r);
	g_assert_cmpint(kept, ==, 5);
}

static void test_refusals(void)
{
	static const struct {
		void (*a)(void *);
		void (*b)(void *);
		const char *why;
	} table[] = {
		{ whole, half, "one word is accessed in two sizes" },
		{ half, whole, "one word is accessed in two sizes" },
		{ two_queues, nothing, "a thread on two wait queues" },
		{ too_much, nothing, "the objects need too much memory" },
		{ not_the_same, x_alone, "the program is not deterministic" },
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(table); i++) {
		struct replay_result r = explore(
			table[i].a, table[i].b,
			(struct replay_options){ .mode = REPLAY_PLAIN },
			NULL);

		g_assert_cmpstr(r.unsupported, ==, table[i].why);
		replay_result_clear(&r);
	}
}

static void test_threads(void)
{
	static const struct replay_program none = { .name = "none" };
	static const struct replay_program many_threads = {
		.name = "many", .n_threads = REPLAY_MAX_THREADS + 1
	};
	const struct replay_options o = { .mode = REPLAY_DPOR };
	struct replay_result r;

	g_assert_cmpint(replay_explore(&none, &o, &r), ==, -1);
	g_assert_cmpstr(r.unsupported, ==, "0 threads");
	replay_result_clear(&r);
	g_assert_cmpint(replay_explore(&many_threads, &o, &r), ==, -1);
	g_assert_cmpstr(r.unsupported, ==, "9 threads");
	replay_result_clear(&r);
}

/* Whatever failed fails again when its schedule is asked for. */
static void check_again(void (*a)(void *), void (*b)(void *),
			enum replay_memory memory, enum replay_mode mode)
{
	struct replay_options o = { .memory = memory, .mode = mode };
	struct replay_result r = explore(a, b, o, NULL), again;

	g_assert_nonnull(r.schedule);
	o.schedule = r.schedule;
	again = explore(a, b, o, NULL);
	g_assert_cmpstr(again.message, ==, r.message);
	g_assert_cmpstr(again.schedule, ==, r.schedule);
	g_assert_cmpuint(again.n_steps, ==, r.n_steps);
	g_assert_cmpuint(r.n_steps, >, 0);
	replay_result_clear(&again);
	replay_result_clear(&r);
}

static void test_schedules(void)
{
	int mode;

	for (mode = 0; mode < REPLAY_N_MODES; mode++) {
		enum replay_mode m = (enum replay_mode)mode;

		check_again(between, three_x, REPLAY_SC, m);
		check_again(between, three_x, REPLAY_TSO, m);
		check_again(sees_y_first, y_after_x, REPLAY_PSO, m);
		check_again(sees_y_first, y_after_x, REPLAY_ARM, m);
		check_again(conditions, nothing, REPLAY_SC, m);
		check_again(says_no_more, x_alone, REPLAY_SC, m);
	}
}

static void test_bad_schedules(void)
{
	static const char *const bad[] = { "7", "x", "0*9", "b0", "0=1 0=1",
					   "1*2" };
	size_t i;

	for (i = 0; i < ARRAY_SIZE(bad); i++) {
		struct replay_result r = explore(
			x_alone, x_alone,
			(struct replay_options){ .schedule = bad[i] }, NULL);

		g_assert_nonnull(r.unsupported);
		replay_result_clear(&r);
	}
}

static void test_shortest(void)
{
	struct replay_options o = { .mode = REPLAY_BOUND };
	struct replay_result r = explore(between, three_x, o, NULL);

	g_assert_cmpuint(r.preemptions, ==, 3);
	replay_result_clear(&r);
	r = explore(between, x_alone, o, NULL);
	g_assert_cmpint(r.failure, ==, REPLAY_OK);
	g_assert_cmpuint(r.states, >, 0);
	replay_result_clear(&r);
}

static void test_valuations(void)
{
	struct replay_result r = explore(
		conditions, nothing,
		(struct replay_options){ .mode = REPLAY_DPOR, .all = true },
		NULL);

	g_assert_true(r.used_opaque);
	g_assert_cmpuint(r.valuations, ==, 8);
	g_assert_cmpuint(r.failing_valuations, ==, 1);
	g_assert_cmpuint(r.failures, ==, 1);
	g_assert_cmpuint(r.executions, ==, 4);
	replay_result_clear(&r);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/explore/counts", test_counts);
	g_test_add_func("/explore/limits", test_limits);
	g_test_add_func("/explore/statics", test_statics);
	g_test_add_func("/explore/refusals", test_refusals);
	g_test_add_func("/explore/threads", test_threads);
	g_test_add_func("/explore/schedules", test_schedules);
	g_test_add_func("/explore/bad schedules", test_bad_schedules);
	g_test_add_func("/explore/relax", test_relax);
	g_test_add_func("/explore/pointer", test_pointer);
	g_test_add_func("/explore/shortest", test_shortest);
	g_test_add_func("/explore/valuations", test_valuations);
	return g_test_run();
}
