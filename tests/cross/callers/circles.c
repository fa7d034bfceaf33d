// SPDX-License-Identifier: GPL-2.0-only
/* Functions that call themselves, called by others, or by nobody else. */
#include "sess.h"

/* What it is entered under stays held in all calls. */
void sess_climb(struct sess *s)
{
	sess_step(s);
	if (s->depth)
		sess_climb(s);
}

void circle_locked(struct sess *s)
{
	spin_lock(&s->lock);
	sess_climb(s);
	sess_bounce(s);
	sess_lonely(s);
	sess_dead(s);
	spin_unlock(&s->lock);
}

void circle_lonely(struct sess *s, int n)
{
	sess_lonely(s);
	if (n)
		circle_lonely(s, n - 1);
}

static void circle_back(struct sess *s, int n);

static __attribute__((used)) void circle_forth(struct sess *s, int n)
{
	sess_dead(s);
	if (n)
		circle_back(s, n);
}

static void circle_back(struct sess *s, int n)
{
	circle_forth(s, n - 1);
}
