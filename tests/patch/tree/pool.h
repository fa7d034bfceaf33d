/* SPDX-License-Identifier: GPL-2.0-only */
/* Jobs of a pool. The pool owns none of them: the last put takes a job out. */
#ifndef PATCH_POOL_H
#define PATCH_POOL_H

#include "kernel.h"

struct job {
	refcount_t refs;
	int id;
	int error;
	struct mutex lock;
	struct completion done;
	struct list_head link;
};

struct pool {
	spinlock_t lock;
	struct list_head jobs;
};

static inline void job_hold(struct job *j)
{
	refcount_inc(&j->refs);
}

static inline void job_put(struct pool *p, struct job *j)
{
	if (!refcount_dec_and_lock(&j->refs, &p->lock))
		return;
	list_del_init(&j->link);
	spin_unlock(&p->lock);
	kfree(j);
}

/* A job that the caller has to put. */
static inline struct job *job_find(struct pool *p, int id)
{
	struct job *j, *found = NULL;

	spin_lock(&p->lock);
	list_for_each_entry(j, &p->jobs, link) {
		if (j->id == id) {
			refcount_inc(&j->refs);
			found = j;
			break;
		}
	}
	spin_unlock(&p->lock);
	return found;
}

static inline void job_close(struct pool *p, struct job *j)
{
	pr_info("job %d: %d\n", j->id, j->error);
}

#endif
