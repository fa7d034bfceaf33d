// SPDX-License-Identifier: GPL-2.0-only
#include "sess.h"

void user_mark(struct sess *s)
{
	spin_lock(&s->lock);
	s->depth++;
	sess_mark(s);
	spin_unlock(&s->lock);
}

void user_mark_twice(struct sess *s)
{
	spin_lock(&s->lock);
	sess_mark(s);
	sess_mark(s);
	spin_unlock(&s->lock);
}

void user_drop(struct sess *s)
{
	spin_lock(&s->lock);
	sess_drop(s);
	spin_unlock(&s->lock);
}

void user_drop_bare(struct sess *s)
{
	sess_drop(s);
}
