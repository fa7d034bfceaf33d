// SPDX-License-Identifier: GPL-2.0-only
/* task_try() drops its caller's reference where it fails, and only there. */
#include "task.h"

static DEFINE_SPINLOCK(tasks_lock);

struct task *task_of(struct list_head *tasks, int id)
{
	struct task *t, *found = NULL;

	spin_lock(&tasks_lock);
	list_for_each_entry(t, tasks, link) {
		if (t->id == id) {
			refcount_inc(&t->refs);
			found = t;
		}
	}
	spin_unlock(&tasks_lock);
	return found;
}

void task_put(struct task *t)
{
	if (refcount_dec_and_test(&t->refs))
		kfree(t);
}

int task_try(struct task *t)
{
	if (t->stopped) {
		task_put(t);
		return -EINVAL;
	}
	return 0;
}
