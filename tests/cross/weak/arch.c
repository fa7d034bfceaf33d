// SPDX-License-Identifier: GPL-2.0-only
#include "job.h"

void arch_end(struct job *j)
{
	if (refcount_dec_and_test(&j->refs))
		kfree(j);
}

void arch_stop(struct job *j)
{
	arch_end(j);
}
