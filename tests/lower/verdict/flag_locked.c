// SPDX-License-Identifier: GPL-2.0-only
/*
 * flag_unlocked.c with the test where it belongs: in the section that clears.
 *
 * replay: session_close:session.busy not-reproduced
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

void session_close(struct session *s)
{
	bool mine = false;

	spin_lock(&s->lock);
	if (s->busy) {
		s->busy = false;
		mine = true;
	}
	spin_unlock(&s->lock);
	if (mine)
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
