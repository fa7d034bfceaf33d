// SPDX-License-Identifier: GPL-2.0-only
/*
 * Closing waits for a bit that stopping clears. Would callers hold one lock
 * around both, it would wait for ever, but only if nobody else clears the bit,
 * and if it is not one that stopping has set itself. With ALONE nobody else
 * does; with SETS stopping has, and nobody else does. With CALLED others do by
 * stopping, and it sets another bit; with HELPER by what stopping calls. With
 * XCHG, CMPXCHG, CLEARED, COPIED, ADDRESS and OBJECT nobody clears the bit by its
 * name, but the word may change otherwise. With SEQUENCE whoever closes has
 * stopped before.
 *
 * replay: session_close:session.busy confirmed-if
 */
#include <kernel.h>

#if defined(XCHG) || defined(CMPXCHG) || defined(CLEARED) || \
	defined(COPIED) || defined(ADDRESS) || defined(OBJECT)
#define UNSEEN
#endif

#ifdef SEQUENCE
#define EXPORTED static
#else
#define EXPORTED
#endif

enum { S_BUSYIO, S_STOPPED };

struct session {
	refcount_t refs;
	unsigned long io;
	bool busy;
};

int wait_on_bit(unsigned long *word, int bit, unsigned int mode);

static void session_put(struct session *s)
{
	if (refcount_dec_and_test(&s->refs))
		kfree(s);
}

EXPORTED void session_close(struct session *s)
{
	wait_on_bit(&s->io, S_BUSYIO, 2);
	if (s->busy) {
		s->busy = false;
		session_put(s);
	}
	session_put(s);
}

static void session_io_done(struct session *s)
{
	clear_bit(S_BUSYIO, &s->io);
}

EXPORTED void session_stop(struct session *s)
{
#ifdef SETS
	set_bit(S_BUSYIO, &s->io);
#endif
#ifdef CALLED
	set_bit(S_STOPPED, &s->io);
#endif
	session_io_done(s);
	if (s->busy) {
		s->busy = false;
		session_put(s);
	}
	session_put(s);
}

void session_begin_io(struct session *s)
{
	set_bit(S_BUSYIO, &s->io);
}

#if defined(CALLED)
void session_shutdown(struct session *s)
{
	session_stop(s);
}
#elif defined(HELPER)
void session_abort_io(struct session *s)
{
	session_io_done(s);
}
#elif defined(SEQUENCE)
void session_shutdown(struct session *s)
{
	session_stop(s);
	session_close(s);
}
#elif defined(UNSEEN)
void word_reset(unsigned long *word);
void session_restore(struct session *s);

void session_reset(struct session *s)
{
#if defined(XCHG)
	xchg(&s->io, 0);
#elif defined(CMPXCHG)
	cmpxchg(&s->io, 1, 0);
#elif defined(CLEARED)
	memset(&s->io, 0, sizeof(s->io));
#elif defined(COPIED)
	struct session fresh = { 0 };

	*s = fresh;
#elif defined(ADDRESS)
	word_reset(&s->io);
#else
	session_restore(s);
#endif
}
#elif !defined(ALONE) && !defined(SETS)
void session_end_io(struct session *s)
{
	clear_bit(S_BUSYIO, &s->io);
}
#endif

void session_start(struct session *s)
{
	if (!s->busy) {
		refcount_inc(&s->refs);
		s->busy = true;
	}
}
