// SPDX-License-Identifier: GPL-2.0-only
/*
 * All calls that are easy to see hold the lock. Each function has one more
 * caller, or an address that may be called through; the first two have not.
 */
#include "sess.h"

#define EXPORT_SYMBOL(sym) \
	static void *__attribute__((used, section(".discard.addressable"))) \
		__addressable_##sym = (void *)(unsigned long)&sym

void sess_mark(struct sess *s)
{
	s->state = SESS_DEAD;
}

/* whoever calls it from another tree, nobody knows */
void sess_exported(struct sess *s)
{
	s->state = SESS_DEAD;
}
EXPORT_SYMBOL(sess_exported);

/* an included file calls it */
void sess_included(struct sess *s)
{
	s->state = SESS_DEAD; /* expect: check-then-lock */
}

/* a callback of a header does */
void sess_handed(struct sess *s)
{
	s->state = SESS_DEAD; /* expect: check-then-lock */
}

/* through a pointer to anything */
void sess_matched(struct sess *s)
{
	s->state = SESS_DEAD; /* expect: check-then-lock */
}

/* through a number */
void sess_wide(struct sess *s)
{
	s->state = SESS_DEAD; /* expect: check-then-lock */
}

/* from a table in a function */
void sess_kept(struct sess *s)
{
	s->state = SESS_DEAD; /* expect: check-then-lock */
}

/* one of two, in no record */
void sess_chosen(struct sess *s)
{
	s->state = SESS_DEAD; /* expect: check-then-lock */
}

/* one of two, in a record */
void sess_member(struct sess *s)
{
	s->state = SESS_DEAD; /* expect: check-then-lock */
}

/* in a record without a name */
void sess_literal(struct sess *s)
{
	s->state = SESS_DEAD; /* expect: check-then-lock */
}

/* in a table of an included file */
void sess_linked(struct sess *s)
{
	s->state = SESS_DEAD; /* expect: check-then-lock */
}

/* by another name */
void sess_aliased(struct sess *s)
{
	s->state = SESS_DEAD; /* expect: check-then-lock */
}

/* the other definition of the name is weak */
void sess_beaten(struct sess *s)
{
	s->state = SESS_DEAD; /* expect: check-then-lock */
}

void sess_other_name(struct sess *s) __attribute__((alias("sess_aliased")));
