// SPDX-License-Identifier: GPL-2.0-only
/*
 * The only caller here gives "false": that others do not, which include the
 * header as well, is not known.
 *
 * replay: session_close:session.busy confirmed-if
 */
#include "header.h"

void session_start(struct session *s)
{
	spin_lock(&s->lock);
	if (!s->busy) {
		refcount_inc(&s->refs);
		s->busy = true;
	}
	spin_unlock(&s->lock);
}

void session_keep(struct session *s)
{
	session_start(s);
	session_close(s, false);
}
