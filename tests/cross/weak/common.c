// SPDX-License-Identifier: GPL-2.0-only
/* What is done where no other file does better. */
#include "job.h"

void __attribute__((__weak__)) arch_end(struct job *j)
{
}

void __attribute__((__weak__)) arch_note(struct job *j)
{
	pr_info("job %d\n", j->id);
}
