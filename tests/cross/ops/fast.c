// SPDX-License-Identifier: GPL-2.0-only
#include "job.h"

static void finish(struct job *j)
{
	if (refcount_dec_and_test(&j->refs))
		kfree(j);
}

static void note(struct job *j)
{
	pr_info("fast %d\n", j->id);
}

const struct job_ops fast_ops = {
	.finish = finish,
	.note = note,
};
