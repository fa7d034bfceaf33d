// SPDX-License-Identifier: GPL-2.0-only
/*
 * Closing waits for a bit that stopping clears. Would callers hold one lock
 * around both, it would wait for ever, but only if nobody else clears the bit,
 * and if it is not one that stopping has set itself. With ALONE nobody else
 * does; with SETS stopping has, and nobody else does. With CALLED others do by
 * stopping, and it sets another bit; with HELPER by what stopping calls.
 *
 * replay: session_close:session.busy confirmed-if
 */
#include <kernel.h>

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

void session_close(struct session *s)
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

void session_stop(struct session *s)
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
