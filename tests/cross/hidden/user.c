// SPDX-License-Identifier: GPL-2.0-only
#include "sess.h"

void user_locked(struct sess *s)
{
	spin_lock(&s->lock);
	sess_mark(s);
	sess_exported(s);
	sess_included(s);
	sess_handed(s);
	sess_matched(s);
	sess_wide(s);
	sess_kept(s);
	sess_chosen(s);
	sess_member(s);
	sess_literal(s);
	sess_linked(s);
	sess_aliased(s);
	sess_beaten(s);
	spin_unlock(&s->lock);
}
