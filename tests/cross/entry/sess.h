/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef CROSS_SESS_H
#define CROSS_SESS_H

#include "kernel.h"

enum sess_state { SESS_NEW, SESS_LIVE, SESS_DEAD };

struct sess {
	spinlock_t lock;
	enum sess_state state __guarded_by(lock);
	int depth;
};

void sess_mark(struct sess *s);
void sess_drop(struct sess *s);

#endif
