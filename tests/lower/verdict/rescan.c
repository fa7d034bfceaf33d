// SPDX-License-Identifier: GPL-2.0-only
/*
 * Before a pool is thrown away its frames must be idle: each has one user then,
 * the pool. Whoever waits for one of them looks for others only if he slept.
 * The same loop that asks for another look at once is right, and not reported;
 * it takes the pool's lock too, so that this is not there for frame_release().
 * By force both are known for what they are; what would repair the wrong one is
 * then not.
 *
 * replay: 36 confirmed
 * replay: pool_wait_right:frame.users not-reproduced
 * replay: pool_destroy:frame.users inconclusive
 */
#include "rescan.h"

static void pool_wait_right(struct pool *pool)
{
	struct frame *f;
	bool slept, again;

	do {
		again = false;
		f = busy_frame(pool);
		if (f) {
			again = true;
			___wait_var_event(&f->users,
					  atomic_read(&f->users) == 1,
					  wait_unlocked(pool, &slept));
		}
	} while (again);
}

void pool_destroy(struct pool *pool)
{
	mutex_lock(&pool->lock);
	pool_wait_event(pool);
	pool_check(pool);
	mutex_unlock(&pool->lock);
}

void pool_shrink(struct pool *pool)
{
	mutex_lock(&pool->lock);
	pool_wait_right(pool);
	pool_check(pool);
	mutex_unlock(&pool->lock);
}

void frame_release(struct frame *f)
{
	if (atomic_sub_return(1, &f->users) == 1)
		wake_up_var(&f->users);
}
