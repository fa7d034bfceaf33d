/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef CROSS_GROUP_H
#define CROSS_GROUP_H

#include "kernel.h"

/* active, under lock, owns one reference on the group itself. */
struct group {
	refcount_t refs;
	spinlock_t lock;
	bool active;
	int *map;
	int first, second, third;
};

void group_get(struct group *g);
void group_put(struct group *g);

#endif
