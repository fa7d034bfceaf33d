/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef CROSS_CALLERS_H
#define CROSS_CALLERS_H

#include "kernel.h"

/* lock guards state. */
struct sess {
	spinlock_t lock;
	int state __guarded_by(lock);
	int depth;
	struct sess *next;
};

void sess_kick(struct sess *s);
void sess_last(struct sess *s);
void sess_other_way(struct sess *s);
void sess_flush(struct sess *s);
void sess_gap(struct sess *s);
void sess_retaken(struct sess *s);
void sess_sub(struct sess *s);
void sess_climb(struct sess *s);
void sess_step(struct sess *s);
void sess_bounce(struct sess *s);
void sess_lonely(struct sess *s);
void sess_dead(struct sess *s);

#endif
