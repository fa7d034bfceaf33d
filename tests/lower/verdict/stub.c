// SPDX-License-Identifier: GPL-2.0-only
/*
 * flag_unlocked.c with a stub of what is not configured: that nobody keeps the
 * reference is no assumption, it returns one constant.
 *
 * replay: session_close:session.busy confirmed
 */
#include <kernel.h>

struct session {
	spinlock_t lock;
	refcount_t refs;
	bool busy;
};

static inline bool session_is_kept(struct session *s)
{
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

void session_start(struct session *s)
{
	spin_lock(&s->lock);
	if (!s->busy) {
		refcount_inc(&s->refs);
		s->busy = true;
	}
	spin_unlock(&s->lock);
}
