/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef CROSS_SEAT_H
#define CROSS_SEAT_H

#include "kernel.h"

struct seat {
	refcount_t refs;
	int number;
	struct completion left;
	struct list_head link;
};

struct hall {
	spinlock_t lock;
	struct list_head seats;
	int first, second, changes;
};

struct ticket {
	struct seat *seat;
	int valid;
};

struct ticket ticket_of(struct seat *s);
void seat_put(struct seat *s);
void seat_put_unless(struct seat *other, struct seat *s);
void hall_relax(struct hall *h);
struct seat *hall_seat(struct hall *h);

#endif
