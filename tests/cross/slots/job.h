/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef CROSS_JOB_H
#define CROSS_JOB_H

#include "kernel.h"

struct job;

struct job_ops {
	void (*finish)(struct job *j);
	void (*pointed)(struct job *j);
	void (*swapped)(struct job *j);
	void (*chosen)(struct job *j);
	void (*second)(struct job *j);
};

/* Written to through a cast. */
struct raw_ops {
	void (*finish)(struct job *j);
};

struct inner_ops {
	void (*finish)(struct job *j);
};

struct job {
	refcount_t refs;
	int id;
	const struct job_ops *ops;
	const struct raw_ops *raw;
	const struct inner_ops *inner;
	struct completion done;
	struct list_head link;
};

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
