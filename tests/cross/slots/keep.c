// SPDX-License-Identifier: GPL-2.0-only
/* Other ways in which a member comes to its value. */
#include "job.h"

static void keep(struct job *j)
{
	pr_info("job %d\n", j->id);
}

const struct job_ops keep_ops = {
	.chosen = sizeof(long) == 8 ? keep : (void *)0,
};

/* nor are braces needed */
struct outer_ops {
	struct inner_ops inner;
	int n;
};
const struct outer_ops elided_ops = { keep, 1 };

void keep_pointed(struct job_ops *ops)
{
	void (**slot)(struct job *j) = &ops->pointed;

	*slot = keep;
}

void keep_swapped(struct job_ops *ops)
{
	xchg(&ops->swapped, keep);
}

void keep_raw(struct raw_ops *ops)
{
	*(void (**)(struct job *))((char *)ops + 0) = keep;
}
