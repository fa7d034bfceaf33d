// SPDX-License-Identifier: GPL-2.0-only
/*
 * As flag_unlocked.c, with bits. Another bit of the word is flipped meanwhile,
 * which the program does by comparing the word with what it was before.
 *
 * replay: session_close confirmed
 */
#include <kernel.h>

enum {
	SESSION_SIDE,
	SESSION_BUSY,
};

struct session {
	spinlock_t lock;
	refcount_t refs;
	unsigned long flags;
};

static void session_put(struct session *s)
{
	if (refcount_dec_and_test(&s->refs))
		kfree(s);
}

/* wrong: tested outside of the section that clears it */
void session_close(struct session *s)
{
	if (test_bit(SESSION_BUSY, &s->flags)) {
		change_bit(SESSION_SIDE, &s->flags);
		spin_lock(&s->lock);
		clear_bit(SESSION_BUSY, &s->flags);
		spin_unlock(&s->lock);
		session_put(s);
	}
	session_put(s);
}

void session_start(struct session *s)
{
	spin_lock(&s->lock);
	if (!test_bit(SESSION_BUSY, &s->flags)) {
		refcount_inc(&s->refs);
		set_bit(SESSION_BUSY, &s->flags);
	}
	spin_unlock(&s->lock);
}
