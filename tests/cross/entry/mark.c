// SPDX-License-Identifier: GPL-2.0-only
/* Whose callers, in another file, hold the lock; all of them, or not all. */
#include "sess.h"

void sess_go_live(struct sess *s)
{
	spin_lock(&s->lock);
	if (s->state == SESS_NEW)
		s->state = SESS_LIVE;
	spin_unlock(&s->lock);
}

void sess_close(struct sess *s)
{
	spin_lock(&s->lock);
	if (s->state == SESS_LIVE)
		s->state = SESS_DEAD;
	spin_unlock(&s->lock);
}

void sess_reset(struct sess *s)
{
	spin_lock(&s->lock);
	if (s->state == SESS_DEAD)
		s->state = SESS_NEW;
	spin_unlock(&s->lock);
}

static void mark(struct sess *s)
{
	if (s->state == SESS_LIVE)
		s->state = SESS_DEAD;
}

void sess_mark(struct sess *s)
{
	mark(s);
}

void sess_drop(struct sess *s)
{
	if (s->state == SESS_NEW)
		s->state = SESS_DEAD; /* expect: check-then-lock */
}
