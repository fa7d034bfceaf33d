// SPDX-License-Identifier: GPL-2.0-only
/*
 * flag_locked.c, and the code of flag_unlocked.c where a stub never leads.
 *
 * replay: session_close:session.busy not-reproduced
 */
#include <kernel.h>

struct session {
	spinlock_t lock;
	refcount_t refs;
	bool busy;
};

static inline bool session_is_single(struct session *s)
{
	return false;
}

static void session_put(struct session *s)
{
	if (refcount_dec_and_test(&s->refs))
		kfree(s);
}

static void session_end(struct session *s)
{
	s->busy = false;
	session_put(s);
}

void session_close(struct session *s)
{
	bool busy;

	if (session_is_single(s)) {
		if (s->busy)
			session_end(s);
		session_put(s);
		return;
	}
	spin_lock(&s->lock);
	busy = s->busy;
	s->busy = false;
	spin_unlock(&s->lock);
	if (busy)
		session_put(s);
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
