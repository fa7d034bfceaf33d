// SPDX-License-Identifier: GPL-2.0-only
#include "pool.h"

int job_cancel(struct pool *p, int id)
{
	struct job *j = job_find(p, id);

	if (!j)
		return -ENOENT;
	wait_for_completion(&j->done);
	job_put(p, j);
	return 0;
}

/* Nobody puts the job. */
void job_wait(struct pool *p, int id)
{
	struct job *j = job_find(p, id);

	if (!j)
		return;
	job_close(p, j);
	wait_for_completion(&j->done);
}

void job_reset_first(struct pool *p)
{
	struct job *j;

	spin_lock(&p->lock);
	j = list_first_entry_or_null(&p->jobs, struct job, link);
	if (j)
		job_hold(j);
	spin_unlock(&p->lock);
	if (!j)
		return;
	mutex_lock(&j->lock);
	j->error = 0;
	mutex_unlock(&j->lock);
	job_put(p, j);
}
