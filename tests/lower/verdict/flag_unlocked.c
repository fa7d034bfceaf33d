// SPDX-License-Identifier: GPL-2.0-only
/*
 * The flag owns a reference. Two CPUs test it without the lock, and both drop
 * what it owned; the one that tests under the lock is right.
 *
 * replay: session_close:session.busy confirmed
 */
#include <kernel.h>

struct session {
	spinlock_t lock;
	refcount_t refs;
	bool busy;
};

static void session_put(struct session *s)
{
	if (refcount_dec_and_test(&s->refs))
		kfree(s);
}

/* wrong: tested outside of the section that clears it */
void session_close(struct session *s)
{
	if (s->busy) {
		spin_lock(&s->lock);
		s->busy = false;
		spin_unlock(&s->lock);
		session_put(s);
	}
	session_put(s);
}

void session_start(struct session *s)
{
	spin_lock(&s->lock);
	if (!s->busy) {
		refcount_inc(&s->refs);
		s->busy = true;
	}
	spin_unlock(&s->lock);
}
