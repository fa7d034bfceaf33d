// SPDX-License-Identifier: GPL-2.0-only
/* Callers that are entered under the lock and let go of it, or not. */
#include "sess.h"

static void let_go(struct sess *s)
{
	spin_unlock(&s->lock);
}

static void drop_and_flush(struct sess *s)
{
	sess_sub(s);
	let_go(s);
	sess_flush(s);
	spin_lock(&s->lock);
	sess_retaken(s);
}

/* On one of the ways only. */
static void drop_if_deep(struct sess *s)
{
	if (s->depth)
		spin_unlock(&s->lock);
	sess_gap(s);
	if (s->depth)
		spin_lock(&s->lock);
}

void released_top(struct sess *s)
{
	spin_lock(&s->lock);
	drop_and_flush(s);
	drop_if_deep(s);
	spin_unlock(&s->lock);
}
