/* SPDX-License-Identifier: GPL-2.0-only */
/* Tasks and sleeping. */
#ifndef _LINUX_SCHED_H
#define _LINUX_SCHED_H

#include <linux/compiler.h>
#include <linux/types.h>

#define TASK_RUNNING		0x0000
#define TASK_INTERRUPTIBLE	0x0001
#define TASK_UNINTERRUPTIBLE	0x0002
#define TASK_WAKEKILL		0x0100
#define TASK_NORMAL		(TASK_INTERRUPTIBLE | TASK_UNINTERRUPTIBLE)
#define TASK_KILLABLE		(TASK_WAKEKILL | TASK_UNINTERRUPTIBLE)

struct task_struct {
	unsigned int __state;
	pid_t pid;
};

struct task_struct *get_current(void);
#define current	get_current()

void set_current_state(unsigned int state);
void __set_current_state(unsigned int state);
int signal_pending_state(unsigned int state, struct task_struct *p);
int wake_up_state(struct task_struct *tsk, unsigned int state);
void schedule(void);
void io_schedule(void);

#endif /* _LINUX_SCHED_H */
