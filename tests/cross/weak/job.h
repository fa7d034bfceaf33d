/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef CROSS_JOB_H
#define CROSS_JOB_H

#include "kernel.h"

struct job {
	refcount_t refs;
	int id;
	struct completion done;
	struct list_head link;
};

void arch_end(struct job *j);
void arch_stop(struct job *j);
void arch_note(struct job *j);

extern struct list_head jobs;
extern spinlock_t jobs_lock;

/* The caller gets a reference. */
static inline struct job *job_find(int id)
{
	struct job *j, *found = NULL;

	spin_lock(&jobs_lock);
	list_for_each_entry(j, &jobs, link) {
		if (j->id == id) {
			refcount_inc(&j->refs);
			found = j;
			break;
		}
	}
	spin_unlock(&jobs_lock);
	return found;
}

#endif
