// SPDX-License-Identifier: GPL-2.0-only
/* What is done where no other file does better. */
#include "job.h"

void __attribute__((__weak__)) arch_end(struct job *j)
{
}

#pragma weak arch_stop
void arch_stop(struct job *j)
{
}

void common_bad(int id)
{
	struct job *j = job_find(id);

	if (!j)
		return;
	arch_end(j); /* expect: put-before-wait */
	wait_for_completion(&j->done);
}

void __attribute__((__weak__)) arch_note(struct job *j)
{
	pr_info("job %d\n", j->id);
}
