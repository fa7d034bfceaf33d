// SPDX-License-Identifier: GPL-2.0-only
#include "seat.h"

void by_member(struct seat *s)
{
	struct ticket t = ticket_of(s);

	if (t.valid) {
		seat_put(s); /* expect-note: put-before-wait */
		wait_for_completion(&s->left);
	}
}

void by_null(struct seat *s)
{
	seat_put_unless(NULL, s); /* expect-note: put-before-wait */
	wait_for_completion(&s->left);
}

void in_section(struct hall *h)
{
	struct seat *s;

	spin_lock(&h->lock);
	s = list_first_entry(&h->seats, struct seat, link);
	hall_relax(h);
	s->number = 1; /* expect: select-then-flush */
	spin_unlock(&h->lock);
}

void by_result(struct hall *h)
{
	struct seat *s = hall_seat(h);

	if (s)
		s->number = 1; /* expect-note: select-then-flush */
}

void seat_remove(struct hall *h, struct seat *s)
{
	spin_lock(&h->lock);
	list_del(&s->link);
	spin_unlock(&h->lock);
	seat_put(s);
}
