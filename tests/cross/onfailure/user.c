// SPDX-License-Identifier: GPL-2.0-only
#include "task.h"

int try_bad(struct list_head *tasks, int id)
{
	struct task *t = task_of(tasks, id);
	int err;

	if (!t)
		return -ENOENT;
	err = task_try(t); /* expect: put-before-wait */
	if (err)
		wait_for_completion(&t->done);
	else
		task_put(t);
	return err;
}

int try_ok(struct list_head *tasks, int id)
{
	struct task *t = task_of(tasks, id);
	int err;

	if (!t)
		return -ENOENT;
	err = task_try(t);
	if (err)
		return err;
	wait_for_completion(&t->done);
	task_put(t);
	return 0;
}
