// SPDX-License-Identifier: GPL-2.0-only
/*
 * The loop of rescan.c. Nobody but the waiter is seen to take the lock: perhaps
 * it is there for callers of frame_release(), who then cannot come in between.
 *
 * replay: 13 confirmed-if
 */
#include "rescan.h"

void pool_free(struct pool *pool)
{
	mutex_lock(&pool->lock);
	pool_wait_event(pool);
	pool_check(pool);
	mutex_unlock(&pool->lock);
}

void frame_put(struct frame *f)
{
	if (atomic_sub_return(1, &f->users) == 1)
		wake_up_var(&f->users);
}
