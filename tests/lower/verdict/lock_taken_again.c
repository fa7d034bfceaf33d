// SPDX-License-Identifier: GPL-2.0-only
/*
 * A function that is called with a lock lets go of it if it has to wait, and has
 * it again in the end, on each path; then its caller lets go of it. With LEFT a
 * path returns without the lock; with OTHER it has another session's instead.
 * With ASKED a parameter says whether the caller has the lock, and with BARE a
 * caller has not.
 *
 * replay: session_wait:session.busy not-reproduced
 */
#include <kernel.h>

struct conn {
	refcount_t refs;
};

struct session {
	spinlock_t lock;
	struct conn *conn;
	struct session *next;
	bool busy;
	bool full;
};

static void conn_put(struct conn *c)
{
	if (refcount_dec_and_test(&c->refs))
		kfree(c);
}

/* Called with the lock. */
#ifdef ASKED
int session_wait(struct session *s, bool locked)
#else
int session_wait(struct session *s)
#endif
{
#ifdef OTHER
	struct session *next = s->next;
#else
	struct session *next = s;
#endif

#ifdef ASKED
	if (locked) {
#else
	if (s->full) {
#endif
		spin_unlock(&s->lock);
#ifdef LEFT
		return -1;
#endif
		schedule();
		spin_lock(&next->lock);
	}
	if (s->busy) {
		s->busy = false;
		conn_put(s->conn);
	}
	return 0;
}

#ifdef BARE
void session_poll(struct session *s)
{
	session_wait(s);
}
#endif

void session_stop(struct session *s)
{
	spin_lock(&s->lock);
	if (s->busy) {
		s->busy = false;
		conn_put(s->conn);
	}
	spin_unlock(&s->lock);
}

void session_start(struct session *s)
{
	spin_lock(&s->lock);
	if (!s->busy) {
		refcount_inc(&s->conn->refs);
		s->busy = true;
	}
	spin_unlock(&s->lock);
}
