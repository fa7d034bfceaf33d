/* SPDX-License-Identifier: GPL-2.0-only */
/* Counting semaphores. */
#ifndef _LINUX_SEMAPHORE_H
#define _LINUX_SEMAPHORE_H

#include <linux/spinlock.h>

struct semaphore {
	raw_spinlock_t lock;
	unsigned int count;
	struct list_head wait_list;
};

void down(struct semaphore *sem);
/* 0: taken. The other way round than mutex_trylock(). */
int down_trylock(struct semaphore *sem);
void up(struct semaphore *sem);

#endif /* _LINUX_SEMAPHORE_H */
