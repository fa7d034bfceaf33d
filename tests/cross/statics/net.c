// SPDX-License-Identifier: GPL-2.0-only
#include "job.h"

static void end(struct job *j)
{
	if (refcount_dec_and_test(&j->refs))
		kfree(j);
}

void net_end(struct job *j)
{
	end(j);
}
