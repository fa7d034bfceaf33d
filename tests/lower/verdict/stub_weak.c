// SPDX-License-Identifier: GPL-2.0-only
/*
 * stub.c, but the stub is weak: another definition of it wins at link time. So
 * what it returns is an assumption, also where it writes something besides.
 *
 * replay: session_close:session.busy confirmed-if
 * replay: session_end:session.busy confirmed-if
 * assumes: session_close:session.busy session_is_kept() is not overridden
 */
#include <kernel.h>

struct session {
	spinlock_t lock;
	refcount_t refs;
	bool busy, left;
};

__attribute__((weak)) bool session_is_kept(struct session *s)
{
	return false;
}

__attribute__((weak)) bool session_is_left(struct session *s)
{
	s->left = true;
	return false;
}

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
		if (session_is_kept(s))
			return;
		session_put(s);
	}
	session_put(s);
}

/* the same */
void session_end(struct session *s)
{
	if (s->busy) {
		spin_lock(&s->lock);
		s->busy = false;
		spin_unlock(&s->lock);
		if (session_is_left(s))
			return;
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
