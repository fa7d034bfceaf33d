/* SPDX-License-Identifier: GPL-2.0-only */
/* Sleeping reader-writer locks. */
#ifndef _LINUX_RWSEM_H
#define _LINUX_RWSEM_H

#include <linux/spinlock.h>
#include <linux/types.h>

struct rw_semaphore {
	atomic_long_t count;
	raw_spinlock_t wait_lock;
	struct list_head wait_list;
};

int rwsem_is_locked(struct rw_semaphore *sem);
void init_rwsem(struct rw_semaphore *sem);
void down_read(struct rw_semaphore *sem);
void up_read(struct rw_semaphore *sem);
void down_write(struct rw_semaphore *sem);
int down_write_trylock(struct rw_semaphore *sem);
void up_write(struct rw_semaphore *sem);

#endif /* _LINUX_RWSEM_H */
