/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef CROSS_TASK_H
#define CROSS_TASK_H

#include "kernel.h"

struct task {
	refcount_t refs;
	int id;
	bool stopped;
	struct list_head link;
	struct completion done;
};

struct task *task_of(struct list_head *tasks, int id);
void task_put(struct task *t);
int task_try(struct task *t);

#endif
