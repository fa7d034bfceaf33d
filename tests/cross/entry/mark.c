// SPDX-License-Identifier: GPL-2.0-only
/* Whose callers, in another file, hold the lock; all of them, or not all. */
#include "sess.h"

static void mark(struct sess *s)
{
	s->state = SESS_DEAD;
}

void sess_mark(struct sess *s)
{
	mark(s);
}

void sess_drop(struct sess *s)
{
	s->state = SESS_DEAD; /* expect: check-then-lock */
}

