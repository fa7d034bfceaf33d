// SPDX-License-Identifier: GPL-2.0-only
/*
 * A function gets two connections, and drops the session of one. The lock that
 * it asserts keeps others out if it is that one's, as with OWN, and not the
 * other one's. With OWN the only failures left need no race, too many to acquit.
 *
 * replay: conn_move:session.busy confirmed-if
 */
#include <kernel.h>

struct conn {
	spinlock_t lock;
	struct session *s;
};

struct session {
	refcount_t refs;
	bool busy;
};

static void session_put(struct session *s)
{
	if (refcount_dec_and_test(&s->refs))
		kfree(s);
}

void conn_start(struct conn *c)
{
	struct session *s = c->s;

	spin_lock(&c->lock);
	if (!s->busy) {
		refcount_inc(&s->refs);
		s->busy = true;
	}
	spin_unlock(&c->lock);
}

void conn_move(struct conn *to, struct conn *from)
{
	struct session *s = from->s;

#ifdef OWN
	lockdep_assert_held(&from->lock);
#else
	lockdep_assert_held(&to->lock);
#endif
	if (s->busy) {
		s->busy = false;
		session_put(s);
	}
	session_put(s);
}
