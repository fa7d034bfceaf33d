/* SPDX-License-Identifier: GPL-2.0-only */
/* A function that each file which includes it has callers of. */
#ifndef HEADER_H
#define HEADER_H

#include <kernel.h>

struct session {
	spinlock_t lock;
	refcount_t refs;
	bool busy;
};

static inline void session_put(struct session *s)
{
	if (refcount_dec_and_test(&s->refs))
		kfree(s);
}

static inline void session_close(struct session *s, bool drop)
{
	if (s->busy) {
		spin_lock(&s->lock);
		s->busy = false;
		spin_unlock(&s->lock);
		if (drop)
			session_put(s);
	}
	session_put(s);
}

#endif
