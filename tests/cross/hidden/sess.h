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
void sess_exported(struct sess *s);
void sess_included(struct sess *s);
void sess_handed(struct sess *s);
void sess_matched(struct sess *s);
void sess_wide(struct sess *s);
void sess_kept(struct sess *s);
void sess_chosen(struct sess *s);
void sess_member(struct sess *s);
void sess_literal(struct sess *s);
void sess_linked(struct sess *s);
void sess_aliased(struct sess *s);
void sess_beaten(struct sess *s);

#endif
