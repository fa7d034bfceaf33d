// SPDX-License-Identifier: GPL-2.0-only
#include "pool.h"

/* Nobody puts the job. */
int job_error(struct pool *p, int id)
{
	struct job *j = job_find(p, id);

	if (!j)
		return -ENOENT;
	job_close(p, j);
	return j->error;
}

/* A finding that is there all along: the message needs what the put freed. */
int job_fail(struct pool *p, int id)
{
	struct job *j = job_find(p, id);

	if (!j)
		return -ENOENT;
	job_put(p, j);
	pr_err("job %d failed\n", j->id);
	return 0;
}
