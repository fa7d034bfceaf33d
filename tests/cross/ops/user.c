// SPDX-License-Identifier: GPL-2.0-only
/* What is called is one of the functions in two tables of other files. */
#include "job.h"

void run_bad(int id)
{
	struct job *j = job_find(id);

	if (!j)
		return;
	j->ops->finish(j); /* expect: put-before-wait */
	wait_for_completion(&j->done);
}

void run_ok(int id)
{
	struct job *j = job_find(id);

	if (!j)
		return;
	j->ops->note(j);
	wait_for_completion(&j->done);
	j->ops->finish(j);
}
