// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the runtime calls a failure, and what it must not: each row is a
 * program of two threads and the failure that its exploration ends in. A row
 * that fails has a neighbour that is right and stays silent.
 */
#include <glib.h>
#include <replay.h>

static struct world {
	int x, y;
	bool ready;
	atomic_t refs;
	refcount_t counted;
	unsigned long flags;
	spinlock_t a, b;
	struct mutex m;
	struct rw_semaphore sem;
	wait_queue_head_t queue;
	struct completion done;
	struct work_struct work;
	struct timer_list timer;
	int *object;
} *w;

struct item {
	int value;
	struct rcu_head rcu;
};

static struct item *item;
static bool ran;

static void on_work(struct work_struct *work)
{
	WRITE_ONCE(w->x, READ_ONCE(*w->object));
}

static void on_timer(struct timer_list *timer)
{
	WRITE_ONCE(w->y, READ_ONCE(w->y) + 1);
}

static void setup(void)
{
	w = replay_new(struct world, "w");
	w->object = kzalloc(sizeof(*w->object), GFP_KERNEL);
	replay_name(w->object, "object");
	item = kzalloc(sizeof(*item), GFP_KERNEL);
	replay_keep(item);
	refcount_set(&w->counted, 1);
	replay_counts(&w->refs.counter);
	INIT_WORK(&w->work, on_work);
	timer_setup(&w->timer, on_timer, 0);
	replay_keep(w);
	ran = false;
}

#define THREAD(name, ...)                     \
	static void name(void *arg)           \
	{                                     \
		__VA_ARGS__;                  \
	}

THREAD(nothing, (void)0)
THREAD(use, READ_ONCE(*w->object))
THREAD(free_it, kfree(w->object))
THREAD(use_flagged, if (READ_ONCE(w->flags)) READ_ONCE(*w->object))
THREAD(use_locked, spin_lock(&w->a);
       if (!READ_ONCE(w->ready))
	       READ_ONCE(*w->object);
       spin_unlock(&w->a))
THREAD(free_locked, spin_lock(&w->a); WRITE_ONCE(w->ready, true);
       kfree(w->object); spin_unlock(&w->a))
THREAD(use_null, int *p = NULL; READ_ONCE(*p))
THREAD(use_beyond, READ_ONCE(w->object[1]))
THREAD(free_inside, kfree(&w->y))
THREAD(free_null, kfree(NULL))
THREAD(put, refcount_dec_and_test(&w->counted) ? (void)0 : (void)0)
THREAD(get, refcount_inc(&w->counted))
THREAD(get_careful, if (refcount_inc_not_zero(&w->counted))
	       refcount_dec(&w->counted))
THREAD(dec_watched, atomic_dec(&w->refs))
THREAD(inc_watched_not_zero, atomic_inc_not_zero(&w->refs))
THREAD(set_flag, set_bit(0, &w->flags))
THREAD(set_twice, WRITE_FIELD(w->flags, 2ul, true))
THREAD(set_field, WRITE_FIELD(w->flags, 4ul, true))
THREAD(a_then_b, spin_lock(&w->a); spin_lock(&w->b);
       spin_unlock(&w->b); spin_unlock(&w->a))
THREAD(b_then_a, spin_lock(&w->b); spin_lock(&w->a);
       spin_unlock(&w->a); spin_unlock(&w->b))
THREAD(b_try_a, spin_lock(&w->b);
       if (spin_trylock(&w->a))
	       spin_unlock(&w->a);
       spin_unlock(&w->b))
THREAD(lock_twice, mutex_lock(&w->m); mutex_lock(&w->m))
THREAD(unlock_free, spin_unlock(&w->a))
THREAD(unlock_foreign, spin_lock(&w->a); spin_unlock(&w->a);
       spin_unlock(&w->a))
THREAD(read_both, down_read(&w->sem); complete(&w->done);
       WRITE_ONCE(w->ready, true); up_read(&w->sem))
THREAD(read_and_wait, down_read(&w->sem); wait_for_completion(&w->done);
       up_read(&w->sem))
THREAD(write_and_wait, down_write(&w->sem); wait_for_completion(&w->done);
       up_write(&w->sem))
THREAD(complete_it, complete(&w->done))
THREAD(wait, wait_event(w->queue, READ_ONCE(w->x)))
THREAD(wake, WRITE_ONCE(w->x, 1); wake_up(&w->queue))
THREAD(wake_first, wake_up(&w->queue); WRITE_ONCE(w->x, 1))
THREAD(wait_badly, if (!READ_ONCE(w->x)) {
	       prepare_to_wait(&w->queue, NULL, TASK_UNINTERRUPTIBLE);
	       schedule();
	       finish_wait(&w->queue, NULL);
       })
THREAD(sleep_alone, set_current_state(TASK_UNINTERRUPTIBLE);
       if (!READ_ONCE(w->x))
	       schedule())
THREAD(wake_thread, WRITE_ONCE(w->x, 1); wake_up_process(0))
THREAD(wait_bit, wait_on_bit(&w->flags, 3, TASK_UNINTERRUPTIBLE))
THREAD(hold_bit, set_bit(3, &w->flags); clear_and_wake_up_bit(3, &w->flags))
THREAD(hold_bit_silently, set_bit(3, &w->flags);
       clear_bit_unlock(3, &w->flags))
THREAD(wait_var, wait_var_event(&w->refs, atomic_read(&w->refs) == 1))
THREAD(put_var, atomic_set(&w->refs, 1); wake_up_var(&w->refs))
THREAD(spin, while (!READ_ONCE(w->x)) cpu_relax())
THREAD(store, WRITE_ONCE(w->x, 1))
THREAD(take_bit, while (test_and_set_bit_lock(7, &w->flags)) cpu_relax();
       clear_bit_unlock(7, &w->flags))
THREAD(keep_bit, test_and_set_bit_lock(7, &w->flags))
THREAD(reader, rcu_read_lock();
       if (!READ_ONCE(w->ready))
	       READ_ONCE(item->value);
       rcu_read_unlock())
THREAD(reader_after, READ_ONCE(w->ready); READ_ONCE(item->value))
THREAD(unlink_free_rcu, WRITE_ONCE(w->ready, true); kfree_rcu(item, rcu))
THREAD(unlink_sync_free, WRITE_ONCE(w->ready, true); synchronize_rcu();
       kfree(item))
THREAD(unlink_free, WRITE_ONCE(w->ready, true); kfree(item))
THREAD(sync_inside, rcu_read_lock(); synchronize_rcu(); rcu_read_unlock())
THREAD(queue, queue_work(NULL, &w->work))
THREAD(queue_free, queue_work(NULL, &w->work); kfree(w->object))
THREAD(queue_cancel_free, queue_work(NULL, &w->work);
       cancel_work_sync(&w->work); kfree(w->object))
THREAD(queue_nowait_free, queue_work(NULL, &w->work);
       cancel_work(&w->work); kfree(w->object))
THREAD(queue_flush_free, queue_work(NULL, &w->work);
       flush_work(&w->work); kfree(w->object))
THREAD(arm_twice, mod_timer(&w->timer, 1); del_timer_sync(&w->timer);
       replay_assert(READ_ONCE(w->y) <= 1))
THREAD(assert_x, BUG_ON(READ_ONCE(w->x)))
THREAD(warn_x, if (WARN_ON(READ_ONCE(w->x))) ran = true)
THREAD(lassert_x, LASSERT(!READ_ONCE(w->x)))
THREAD(choose_x, if (choose(3, "which") == 2) WRITE_ONCE(w->x, 1))
THREAD(not_both, replay_assert(opaque("c") == opaque("c")))
THREAD(leak, kmalloc(8, GFP_KERNEL))
THREAD(no_leak, kfree(kmalloc(8, GFP_KERNEL)))

static void balanced(void)
{
	replay_expect_refs(&w->refs, test_bit(0, &w->flags) ? 1 : 0,
			   "the bit owns a reference");
}

static void both_fields(void)
{
	replay_expect(READ_ONCE(w->flags) == 6, "two fields were set");
}

static void x_is_clear(void)
{
	replay_assert(!READ_ONCE(w->x));
}

struct row {
	void (*threads[2])(void *arg);
	enum replay_failure failure;
	void (*at_rest)(void);
};

#define ROW(a, b, failure, end) { { a, b }, failure, end }

static const struct row table[] = {
	ROW(use, free_it, REPLAY_USE_AFTER_FREE, NULL),
	ROW(use_locked, free_locked, REPLAY_OK, NULL),
	ROW(use_flagged, free_it, REPLAY_OK, NULL),
	ROW(free_it, free_it, REPLAY_DOUBLE_FREE, NULL),
	ROW(use_null, nothing, REPLAY_BAD_ACCESS, NULL),
	ROW(use_beyond, nothing, REPLAY_BAD_ACCESS, NULL),
	ROW(free_inside, nothing, REPLAY_BAD_FREE, NULL),
	ROW(free_null, nothing, REPLAY_OK, NULL),
	ROW(put, put, REPLAY_UNDERFLOW, NULL),
	ROW(put, get, REPLAY_UNDERFLOW, NULL),
	ROW(put, get_careful, REPLAY_OK, NULL),
	ROW(dec_watched, nothing, REPLAY_UNDERFLOW, NULL),
	ROW(inc_watched_not_zero, nothing, REPLAY_OK, NULL),
	ROW(set_flag, nothing, REPLAY_MISMATCH, balanced),
	ROW(nothing, nothing, REPLAY_OK, balanced),
	ROW(set_twice, set_field, REPLAY_MISMATCH, both_fields),
	ROW(a_then_b, b_then_a, REPLAY_DEADLOCK, NULL),
	ROW(a_then_b, a_then_b, REPLAY_OK, NULL),
	ROW(a_then_b, b_try_a, REPLAY_OK, NULL),
	ROW(lock_twice, nothing, REPLAY_DEADLOCK, NULL),
	ROW(unlock_free, nothing, REPLAY_BAD_UNLOCK, NULL),
	ROW(unlock_foreign, nothing, REPLAY_BAD_UNLOCK, NULL),
	ROW(read_both, read_and_wait, REPLAY_OK, NULL),
	ROW(read_both, write_and_wait, REPLAY_DEADLOCK, NULL),
	ROW(complete_it, write_and_wait, REPLAY_OK, NULL),
	ROW(wait, wake, REPLAY_OK, NULL),
	ROW(wait, wake_first, REPLAY_LOST_WAKE_UP, NULL),
	ROW(wait_badly, wake, REPLAY_LOST_WAKE_UP, NULL),
	ROW(sleep_alone, wake_thread, REPLAY_OK, NULL),
	ROW(sleep_alone, store, REPLAY_LOST_WAKE_UP, NULL),
	ROW(wait_bit, hold_bit, REPLAY_OK, NULL),
	ROW(wait_bit, hold_bit_silently, REPLAY_LOST_WAKE_UP, NULL),
	ROW(wait_var, put_var, REPLAY_OK, NULL),
	ROW(spin, store, REPLAY_OK, NULL),
	ROW(spin, nothing, REPLAY_LIVELOCK, NULL),
	ROW(take_bit, take_bit, REPLAY_OK, NULL),
	ROW(take_bit, keep_bit, REPLAY_LIVELOCK, NULL),
	ROW(reader, unlink_free_rcu, REPLAY_OK, NULL),
	ROW(reader, unlink_sync_free, REPLAY_OK, NULL),
	ROW(reader, unlink_free, REPLAY_USE_AFTER_FREE, NULL),
	ROW(reader_after, unlink_free_rcu, REPLAY_USE_AFTER_FREE, NULL),
	ROW(sync_inside, nothing, REPLAY_DEADLOCK, NULL),
	ROW(queue, nothing, REPLAY_OK, NULL),
	ROW(queue_free, nothing, REPLAY_USE_AFTER_FREE, NULL),
	ROW(queue_cancel_free, nothing, REPLAY_OK, NULL),
	ROW(queue_nowait_free, nothing, REPLAY_USE_AFTER_FREE, NULL),
	ROW(queue_flush_free, nothing, REPLAY_OK, NULL),
	ROW(arm_twice, nothing, REPLAY_OK, NULL),
	ROW(assert_x, store, REPLAY_ASSERTION, NULL),
	ROW(warn_x, store, REPLAY_ASSERTION, NULL),
	ROW(lassert_x, store, REPLAY_ASSERTION, NULL),
	ROW(assert_x, nothing, REPLAY_OK, NULL),
	ROW(choose_x, nothing, REPLAY_ASSERTION, x_is_clear),
	ROW(not_both, not_both, REPLAY_OK, NULL),
};

static struct replay_result explore(const struct row *row,
				    enum replay_memory memory,
				    enum replay_mode mode, bool leaks)
{
	const struct replay_thread threads[] = {
		{ "first", row->threads[0], NULL },
		{ "second", row->threads[1], NULL },
	};
	const struct replay_program program = {
		.name = "row", .setup = setup, .threads = threads,
		.n_threads = 2, .at_rest = row->at_rest,
		.check_leaks = leaks,
	};
	const struct replay_options options = { .memory = memory,
						.mode = mode };
	struct replay_result result;

	g_assert_cmpint(replay_explore(&program, &options, &result), ==, 0);
	return result;
}

/* The same failure, or none, however it is looked for. */
static void test_row(gconstpointer data)
{
	const struct row *row = data;
	int memory, mode;

	for (memory = 0; memory < REPLAY_N_MEMORIES; memory++)
		for (mode = 0; mode < REPLAY_N_MODES; mode++) {
			struct replay_result r =
				explore(row, (enum replay_memory)memory,
					(enum replay_mode)mode, false);

			g_assert_cmpstr(replay_failure_name(r.failure), ==,
					replay_failure_name(row->failure));
			g_assert_true(r.whole_space || r.failure);
			replay_result_clear(&r);
		}
}

static void test_leak(void)
{
	static const struct row clean = ROW(no_leak, free_it, REPLAY_OK, NULL);
	static const struct row bad = ROW(leak, free_it, REPLAY_OK, NULL);
	struct replay_result r;

	r = explore(&clean, REPLAY_SC, REPLAY_DPOR, true);
	g_assert_cmpint(r.failure, ==, REPLAY_OK);
	replay_result_clear(&r);
	r = explore(&bad, REPLAY_SC, REPLAY_DPOR, true);
	g_assert_cmpint(r.failure, ==, REPLAY_LEAK);
	replay_result_clear(&r);
	r = explore(&bad, REPLAY_SC, REPLAY_DPOR, false);
	g_assert_cmpint(r.failure, ==, REPLAY_OK);
	replay_result_clear(&r);
}

int main(int argc, char **argv)
{
	size_t i;

	g_test_init(&argc, &argv, NULL);
	for (i = 0; i < ARRAY_SIZE(table); i++) {
		char *path = g_strdup_printf("/oracles/%02zu %s", i,
					     replay_failure_name(
						     table[i].failure));

		g_test_add_data_func(path, &table[i], test_row);
		g_free(path);
	}
	g_test_add_func("/oracles/leak", test_leak);
	return g_test_run();
}
