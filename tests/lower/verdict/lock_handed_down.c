// SPDX-License-Identifier: GPL-2.0-only
/*
 * A function that asserts nothing gets two sessions and drops the second. Its
 * caller asserts the lock of each, and so the second's is held. With FIRST it
 * asserts the first one's only; with SWAPPED the other caller hands them down
 * the other way round, and asserts the lock of what is the first then. With OWN
 * nobody but the function itself asserts anything, of the first: another CPU
 * may come with another first one.
 *
 * replay: session_replace:session.busy not-reproduced
 */
#include <kernel.h>

struct session {
	spinlock_t lock;
	refcount_t refs;
	bool busy;
	int owner;
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

static void session_replace(struct session *by, struct session *s)
{
#ifdef OWN
	lockdep_assert_held(&by->lock);
#endif
	by->owner = s->owner;
	if (s->busy) {
		s->busy = false;
		session_put(s);
	}
	session_put(s);
}

void session_move(struct session *to, struct session *from)
{
	session_replace(to, from);
#ifndef OWN
	lockdep_assert_held(&to->lock);
#endif
#if !defined(FIRST) && !defined(OWN)
	lockdep_assert_held(&from->lock);
#endif
}

#ifdef SWAPPED
void session_move_back(struct session *to, struct session *from)
{
	session_replace(from, to);
	lockdep_assert_held(&from->lock);
}
#endif
