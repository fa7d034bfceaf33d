// SPDX-License-Identifier: GPL-2.0-only
/*
 * The loop of rescan.c, but whoever lets go of a frame needs the lock that the
 * wait lets go of: between the look and the wait nobody can.
 *
 * replay: 13 not-reproduced
 */
#include "rescan.h"

void pool_close(struct pool *pool)
{
	mutex_lock(&pool->lock);
	pool_wait_event(pool);
	pool_check(pool);
	mutex_unlock(&pool->lock);
}

void frame_release(struct pool *pool, struct frame *f)
{
	mutex_lock(&pool->lock);
	if (atomic_sub_return(1, &f->users) == 1)
		wake_up_var(&f->users);
	mutex_unlock(&pool->lock);
}
