/* SPDX-License-Identifier: GPL-2.0-only */
/* A pool of frames, and what rescan*.c need to wait until one is idle. */
#ifndef RESCAN_H
#define RESCAN_H

#include <kernel.h>

extern struct wait_queue_head *__var_waitqueue(void *p);
extern void wake_up_var(void *var);
extern int atomic_sub_return(int i, atomic_t *v);

/* As in linux/wait_bit.h, without signals */
#define ___wait_var_event(var, condition, cmd)				\
do {									\
	struct wait_queue_head *__wq_head = __var_waitqueue(var);	\
	DEFINE_WAIT(__entry);						\
									\
	for (;;) {							\
		prepare_to_wait(__wq_head, &__entry,			\
				TASK_UNINTERRUPTIBLE);			\
		if (condition)						\
			break;						\
		cmd;							\
	}								\
	finish_wait(__wq_head, &__entry);				\
} while (0)

struct frame {
	atomic_t users;
	struct list_head list;
};

struct pool {
	struct mutex lock;
	struct list_head frames;
};

static inline struct frame *busy_frame(struct pool *pool)
{
	struct frame *f;

	list_for_each_entry(f, &pool->frames, list)
		if (atomic_read(&f->users) > 1)
			return f;
	return NULL;
}

static inline void wait_unlocked(struct pool *pool, bool *slept)
{
	*slept = true;
	mutex_unlock(&pool->lock);
	schedule();
	mutex_lock(&pool->lock);
}

static inline void pool_check(struct pool *pool)
{
	struct frame *f;

	list_for_each_entry(f, &pool->frames, list)
		BUG_ON(atomic_read(&f->users) > 1);
}

/* Wrong: it looks for others only if it slept. */
#define pool_wait_event(pool)						\
do {									\
	struct frame *f;						\
	bool again;							\
									\
	do {								\
		again = false;						\
		f = busy_frame(pool);					\
		if (f)							\
			___wait_var_event(&f->users,			\
					  atomic_read(&f->users) == 1,	\
					  wait_unlocked(pool, &again));	\
	} while (again);						\
} while (0)

#endif
