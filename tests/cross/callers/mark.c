// SPDX-License-Identifier: GPL-2.0-only
/* Whose callers, in other files, hold the lock; all of them, or not all. */
#include "sess.h"

void sess_kick(struct sess *s)
{
	s->state = 1;
}

void sess_last(struct sess *s)
{
	s->state = 2; /* expect: check-then-lock */
}

void sess_other_way(struct sess *s)
{
	s->state = 3; /* expect: check-then-lock */
}

void sess_flush(struct sess *s)
{
	s->state = 4; /* expect: check-then-lock */
}

void sess_gap(struct sess *s)
{
	s->state = 5; /* expect: check-then-lock */
}

void sess_retaken(struct sess *s)
{
	s->state = 6;
}

void sess_sub(struct sess *s)
{
	s->state = 7;
}

/* Enters itself again without the lock that it was entered under. */
void sess_bounce(struct sess *s)
{
	s->state = 8; /* expect: check-then-lock */
	spin_unlock(&s->lock);
	if (s->depth)
		sess_bounce(s);
	spin_lock(&s->lock);
}

void sess_step(struct sess *s)
{
	s->state = 9;
}

void sess_lonely(struct sess *s)
{
	s->state = 10; /* expect: check-then-lock */
}

void sess_dead(struct sess *s)
{
	s->state = 11; /* expect: check-then-lock */
}
