// SPDX-License-Identifier: GPL-2.0-only
/* The get is in the caller, the put in a callee of another file. */
#include "job.h"

void cancel_bad(struct list_head *jobs, int id)
{
	struct job *j = job_find(jobs, id);

	if (!j)
		return;
	job_finish(j, 1); /* expect: put-before-wait */
	wait_for_completion(&j->done);
}

void cancel_ok(struct list_head *jobs, int id)
{
	struct job *j = job_find(jobs, id);

	if (!j)
		return;
	wait_for_completion(&j->done);
	job_finish(j, 1);
}

void note_ok(struct list_head *jobs, int id)
{
	struct job *j = job_find(jobs, id);

	if (!j)
		return;
	job_note(j, 1);
	wait_for_completion(&j->done);
	job_put(j);
}
