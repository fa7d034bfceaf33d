// SPDX-License-Identifier: GPL-2.0-only
/*
 * lock_asserted.c, with a path before the assertion that does nothing: all
 * callers hold the lock nevertheless.
 *
 * replay: session_close:session.busy not-reproduced
 */
#include <kernel.h>

struct pool {
	spinlock_t lock;
};

struct session {
	struct pool *pool;
	refcount_t refs;
	bool busy;
};

static void session_put(struct session *s)
{
	if (refcount_dec_and_test(&s->refs))
		kfree(s);
}

void session_close(struct session *s)
{
	if (!s)
		return;
	lockdep_assert_held(&s->pool->lock);
	if (s->busy) {
		s->busy = false;
		session_put(s);
	}
	session_put(s);
}

void session_start(struct session *s)
{
	spin_lock(&s->pool->lock);
	if (!s->busy) {
		refcount_inc(&s->refs);
		s->busy = true;
	}
	spin_unlock(&s->pool->lock);
}
