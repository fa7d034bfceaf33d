// SPDX-License-Identifier: GPL-2.0-only
/*
 * A function that asserts nothing drops the session it is given, whose lock its
 * caller asserts. With each option that is perhaps the lock of another session:
 * FIELDS, PARTS and ARRAY name two, ASSIGNED and SOMETIMES change the parameter
 * behind the assertion, FOUND drops what it finds, GLOBAL asserts the lock of a
 * session that is no parameter; with GIVEN another file may let go of it.
 *
 * replay: session_drop:session.busy not-reproduced
 */
#include <kernel.h>

struct session {
	spinlock_t lock;
	refcount_t refs;
	bool busy;
};

static void session_put(struct session *s)
{
	if (refcount_dec_and_test(&s->refs))
		kfree(s);
}

void session_start(struct session *s)
{
	spin_lock(&s->lock);
	if (!s->busy) {
		refcount_inc(&s->refs);
		s->busy = true;
	}
	spin_unlock(&s->lock);
}

void session_resume(struct session *s)
{
	spin_lock(&s->lock);
	if (!s->busy) {
		refcount_inc(&s->refs);
		s->busy = true;
	}
	spin_unlock(&s->lock);
}

void session_retry(struct session *s)
{
	spin_lock(&s->lock);
	if (!s->busy) {
		refcount_inc(&s->refs);
		s->busy = true;
	}
	spin_unlock(&s->lock);
}

static void session_drop(struct session *s)
{
	if (s->busy) {
		s->busy = false;
		session_put(s);
	}
	session_put(s);
}

#ifdef FIELDS
struct link {
	struct session *a, *b;
};

void session_move(struct link *l)
{
	session_drop(l->b);
	lockdep_assert_held(&l->a->lock);
}
#elif defined(PARTS)
void session_move(struct session **two)
{
	lockdep_assert_held(&two[0]->lock);
	session_drop(two[1]);
}
#elif defined(ARRAY)
struct link {
	struct session two[2];
};

void session_move(struct link *l)
{
	lockdep_assert_held(&l->two[0].lock);
	session_drop(&l->two[1]);
}
#elif defined(ASSIGNED)
void session_move(struct session *s, struct session *other)
{
	lockdep_assert_held(&s->lock);
	s = other;
	session_drop(s);
}
#elif defined(SOMETIMES)
void session_move(struct session *s, struct session *other, bool change)
{
	lockdep_assert_held(&s->lock);
	if (change)
		s = other;
	session_drop(s);
}
#elif defined(FOUND)
struct session *session_next(struct session *s);

void session_move(struct session *s)
{
	lockdep_assert_held(&s->lock);
	session_drop(session_next(s));
}
#elif defined(GLOBAL)
extern struct session *current_session;

void session_move(struct session *s)
{
	lockdep_assert_held(&current_session->lock);
	session_drop(s);
}
#else
void session_log(struct session *s);

void session_move(struct session *s)
{
	lockdep_assert_held(&s->lock);
#ifdef GIVEN
	session_log(s);
#endif
	session_drop(s);
}
#endif
