// SPDX-License-Identifier: GPL-2.0-only
/* Functions with more ways to end than callers in other files are told. */
#include "seat.h"

static int keep_all;

void seat_put(struct seat *s)
{
	if (refcount_dec_and_test(&s->refs))
		kfree(s);
}

/* Two ways with one variable as result, and other members in it. */
struct ticket ticket_of(struct seat *s)
{
	struct ticket t = { 0 };

	if (s->number) {
		t.valid = 0;
		return t;
	}
	t.seat = s;
	t.valid = 1;
	return t;
}

/* NULL is only one half of why it does nothing. */
void seat_put_unless(struct seat *other, struct seat *s)
{
	if (!other && READ_ONCE(keep_all))
		return;
	seat_put(s);
}

/* One way of three lets go of the caller's lock for a while. */
void hall_relax(struct hall *h)
{
	if (h->first) {
		h->first = 0;
		return;
	}
	if (h->second) {
		spin_unlock(&h->lock);
		cond_resched();
		spin_lock(&h->lock);
		return;
	}
	h->changes = 1;
}

/* The first seat comes with a reference, the second one with none. */
struct seat *hall_seat(struct hall *h)
{
	struct seat *s, *next;

	spin_lock(&h->lock);
	if (list_empty(&h->seats)) {
		spin_unlock(&h->lock);
		return NULL;
	}
	s = list_first_entry(&h->seats, struct seat, link);
	refcount_inc(&s->refs);
	if (h->first) {
		spin_unlock(&h->lock);
		return s;
	}
	next = list_first_entry(&s->link, struct seat, link);
	if (h->second)
		h->changes = 1;
	spin_unlock(&h->lock);
	return next;
}
