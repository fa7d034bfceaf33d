/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef CROSS_JOB_H
#define CROSS_JOB_H

#include "kernel.h"

struct job {
	refcount_t refs;
	int id;
	struct mutex lock;
	struct completion done;
	struct list_head link;
};

struct job *job_find(struct list_head *jobs, int id);
void job_put(struct job *j);
void job_finish(struct job *j, int why);
void job_note(struct job *j, int why);

#endif
