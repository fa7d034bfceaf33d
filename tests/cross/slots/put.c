// SPDX-License-Identifier: GPL-2.0-only
/* Of all members, tables that are easy to see say that they put. */
#include "job.h"

struct own_ops {
	void (*finish)(struct job *j);
};

typedef struct {
	void (*finish)(struct job *j);
} nameless_ops;

static void put(struct job *j)
{
	if (refcount_dec_and_test(&j->refs))
		kfree(j);
}

const struct job_ops put_ops = {
	.finish = put,
	.pointed = put,
	.swapped = put,
	.chosen = put,
};

/* what follows a designator goes on from there */
const struct job_ops mixed_ops = { .chosen = put, put };

const struct raw_ops put_raw = { put };
const struct inner_ops put_inner = { put };
const struct own_ops put_own = { put };
const nameless_ops put_nameless = { put };
