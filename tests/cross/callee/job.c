// SPDX-License-Identifier: GPL-2.0-only
/* References of jobs: taken by those who find one, dropped by job_finish(). */
#include "job.h"

static DEFINE_SPINLOCK(jobs_lock);

struct job *job_find(struct list_head *jobs, int id)
{
	struct job *j, *found = NULL;

	spin_lock(&jobs_lock);
	list_for_each_entry(j, jobs, link) {
		if (j->id == id) {
			refcount_inc(&j->refs);
			found = j;
			break;
		}
	}
	spin_unlock(&jobs_lock);
	return found;
}

void job_put(struct job *j)
{
	if (refcount_dec_and_test(&j->refs))
		kfree(j);
}

void job_note(struct job *j, int why)
{
	pr_info("job %d: %d\n", j->id, why);
}

void job_finish(struct job *j, int why)
{
	job_note(j, why);
	job_put(j);
}
