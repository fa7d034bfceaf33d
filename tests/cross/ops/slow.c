// SPDX-License-Identifier: GPL-2.0-only
#include "job.h"

static void finish(struct job *j)
{
	pr_info("slow %d ends\n", j->id);
	if (refcount_dec_and_test(&j->refs))
		kfree(j);
}

static void note(struct job *j)
{
	pr_info("slow %d\n", j->id);
}

const struct job_ops slow_ops = {
	.finish = finish,
	.note = note,
};
