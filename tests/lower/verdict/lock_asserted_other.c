// SPDX-License-Identifier: GPL-2.0-only
/*
 * A function that asserts nothing drops one of its caller's two sessions; the
 * lock that the caller asserts is the other one's. With SAME it is that one's.
 *
 * replay: session_drop:session.busy confirmed-if
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

void session_start(struct session *s)
{
	spin_lock(&s->lock);
	if (!s->busy) {
		refcount_inc(&s->refs);
		s->busy = true;
	}
	spin_unlock(&s->lock);
}

static void session_drop(struct session *s)
{
	if (s->busy) {
		s->busy = false;
		session_put(s);
	}
	session_put(s);
}

void session_move(struct session *to, struct session *from)
{
	session_drop(from);
#ifdef SAME
	lockdep_assert_held(&from->lock);
#else
	lockdep_assert_held(&to->lock);
#endif
}
