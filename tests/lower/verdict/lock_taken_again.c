// SPDX-License-Identifier: GPL-2.0-only
/*
 * A function that is called with a lock lets go of it if it has to wait, and has
 * it again in the end, on each path; then its caller lets go of it. With LEFT a
 * path returns without the lock.
 *
 * replay: session_wait:session.busy not-reproduced
 */
#include <kernel.h>

struct conn {
	refcount_t refs;
};

struct session {
	spinlock_t lock;
	struct conn *conn;
	bool busy;
	bool full;
};

static void conn_put(struct conn *c)
{
	if (refcount_dec_and_test(&c->refs))
		kfree(c);
}

/* Called with the lock. */
int session_wait(struct session *s)
{
	if (s->full) {
		spin_unlock(&s->lock);
#ifdef LEFT
		return -1;
#endif
		schedule();
		spin_lock(&s->lock);
	}
	if (s->busy) {
		s->busy = false;
		conn_put(s->conn);
	}
	return 0;
}

void session_stop(struct session *s)
{
	spin_lock(&s->lock);
	if (s->busy) {
		s->busy = false;
		conn_put(s->conn);
	}
	spin_unlock(&s->lock);
}

void session_start(struct session *s)
{
	spin_lock(&s->lock);
	if (!s->busy) {
		refcount_inc(&s->conn->refs);
		s->busy = true;
	}
	spin_unlock(&s->lock);
}
