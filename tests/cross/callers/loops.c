// SPDX-License-Identifier: GPL-2.0-only
/* Calls that no path comes to, since loops are taken twice. */
#include "sess.h"

void loop_kick(struct sess *s)
{
	spin_lock(&s->lock);
	for (; s; s = s->next)
		sess_kick(s);
	spin_unlock(&s->lock);
}

void loop_locked(struct sess *s)
{
	spin_lock(&s->lock);
	sess_kick(s);
	sess_last(s);
	sess_other_way(s);
	spin_unlock(&s->lock);
}

void loop_last(struct sess *s)
{
	int i;

	for (i = 0; i < 5; i++)
		if (i == 4)
			sess_last(s);
}

/* One call of it is seen, the other one is not. */
void loop_other_way(struct sess *s)
{
	int i;

	spin_lock(&s->lock);
	sess_other_way(s);
	spin_unlock(&s->lock);
	for (i = 0; i < 5; i++)
		if (i == 4)
			sess_other_way(s);
}
