// SPDX-License-Identifier: GPL-2.0-only
/*
 * A replay as one is emitted, small: a cache holds a reference on its entry
 * for as long as the bit CACHED is set. The reaper clears the bit and puts;
 * the finder sees the bit, and gets. Entries are never freed, as pages. What is wrong is chosen by the name of
 * the executable's first argument, which replay_main() does not see:
 *
 *	example WHAT [OPTIONS]
 *
 *	race         the finder tests the bit without the lock
 *	weak         only a missing barrier
 *	opaque       fails if a condition holds that the replay does not know
 *	guess        as race, with a guessed start
 *	clean        nothing
 *	loose        the control fails as well
 *	uncontrolled there is no control
 *	unsupported  it could not be lowered
 *	endless      spins for ever
 */
#include <replay.h>
#include <string.h>

#define CACHED 0

static struct entry {
	unsigned long flags;
	refcount_t refs;
	spinlock_t lock;
	int data, ready;
	int a, b;
} *e;

static void setup(void)
{
	e = replay_new_page(struct entry, "entry");
	set_bit(CACHED, &e->flags);
	refcount_set(&e->refs, 1);
}

static void reap(void *arg)
{
	bool was_cached;

	spin_lock(&e->lock);
	was_cached = test_and_clear_bit(CACHED, &e->flags);
	spin_unlock(&e->lock);
	if (was_cached && refcount_dec_and_test(&e->refs))
		WRITE_ONCE(e->ready, -1);
}

#line 100 "cache.c"
static void find(void *arg)
{
	bool lock = replay_is_control();

	if (lock)
		spin_lock(&e->lock);
	if (test_bit(CACHED, &e->flags))
		refcount_inc(&e->refs);
	if (lock)
		spin_unlock(&e->lock);
}

/* Right in itself, and without what makes the object go away. */
static void find_only(void *arg)
{
	replay_says("if (entry is cached)");
	if (test_bit(CACHED, &e->flags))
		refcount_inc(&e->refs);
}

static void find_maybe(void *arg)
{
	if (opaque("entry->hot") && !opaque("entry->pinned") &&
	    !replay_is_control())
		BUG_ON(!READ_ONCE(e->data));
}

static void publish(void *arg)
{
	WRITE_ONCE(e->data, 1);
	if (replay_is_control())
		smp_wmb();
	WRITE_ONCE(e->ready, 1);
}

static void consume(void *arg)
{
	if (READ_ONCE(e->ready)) {
		smp_rmb();
		BUG_ON(!READ_ONCE(e->data));
	}
}

static void always(void *arg)
{
	BUG_ON(!READ_ONCE(e->data));
}

/* Each waits for the other's flag to fall, and raises its own meanwhile. */
static void insist(void *arg)
{
	int *mine = arg ? &e->a : &e->b, *other = arg ? &e->b : &e->a;

	for (;;) {
		WRITE_ONCE(*mine, 1);
		if (!READ_ONCE(*other))
			break;
		WRITE_ONCE(*mine, 0);
		cpu_relax();
	}
	WRITE_ONCE(*mine, 0);
}

#define THREADS(a, b) { { #a, a, NULL }, { #b, b, (void *)1 } }

static const struct replay_assumption guess[] = {
	{ "cache.c", 42, "one reference at the start", true },
};

static const struct example {
	const char *name;
	struct replay_thread threads[2];
	const char *control, *unsupported;
	unsigned int n_assumptions;
} examples[] = {
	{ "race", THREADS(reap, find), "the lock is held over test and get",
	  NULL, 0 },
	{ "weak", THREADS(publish, consume), "smp_wmb()", NULL, 0 },
	{ "opaque", THREADS(find_only, find_maybe), "no assertion", NULL, 0 },
	{ "guess", THREADS(reap, find), "the lock is held over test and get",
	  NULL, 1 },
	{ "clean", THREADS(find_only, find_only), "none", NULL, 0 },
	{ "loose", THREADS(always, find_only), "none", NULL, 0 },
	{ "uncontrolled", THREADS(reap, find), NULL, NULL, 0 },
	{ "unsupported", THREADS(reap, find), NULL, "a jump into a loop", 0 },
	{ "endless", THREADS(insist, insist), "none", NULL, 0 },
};

int main(int argc, char **argv)
{
	const struct example *x;

	for (x = examples; x < examples + ARRAY_SIZE(examples); x++) {
		const struct replay_program program = {
			.name = x->name, .setup = setup,
			.threads = x->threads, .n_threads = 2,
			.control = x->control, .unsupported = x->unsupported,
			.assumptions = guess,
			.n_assumptions = x->n_assumptions,
		};

		if (argc > 1 && !strcmp(argv[1], x->name))
			return replay_main(argc - 1, argv + 1, &program);
	}
	return 2;
}
