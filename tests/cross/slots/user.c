// SPDX-License-Identifier: GPL-2.0-only
/* Only what is known to put is one put too many. */
#include "job.h"

struct own_ops {
	void (*finish)(struct job *j);
};

typedef struct {
	void (*finish)(struct job *j);
} nameless_ops;

static void keep(struct job *j)
{
	pr_info("job %d\n", j->id);
}

const struct own_ops keep_own = { keep };
const nameless_ops keep_nameless = { keep };

void finish_bad(int id)
{
	struct job *j = job_find(id);

	if (!j)
		return;
	j->ops->finish(j); /* expect: put-before-wait */
	wait_for_completion(&j->done);
}

void pointed_ok(int id)
{
	struct job *j = job_find(id);

	if (!j)
		return;
	j->ops->pointed(j);
	wait_for_completion(&j->done);
}

void swapped_ok(int id)
{
	struct job *j = job_find(id);

	if (!j)
		return;
	j->ops->swapped(j);
	wait_for_completion(&j->done);
}

void chosen_ok(int id)
{
	struct job *j = job_find(id);

	if (!j)
		return;
	j->ops->chosen(j);
	wait_for_completion(&j->done);
}

void second_bad(int id)
{
	struct job *j = job_find(id);

	if (!j)
		return;
	j->ops->second(j); /* expect: put-before-wait */
	wait_for_completion(&j->done);
}

void raw_ok(int id)
{
	struct job *j = job_find(id);

	if (!j)
		return;
	j->raw->finish(j);
	wait_for_completion(&j->done);
}

void own_ok(int id, const struct own_ops *own)
{
	struct job *j = job_find(id);

	if (!j)
		return;
	own->finish(j);
	wait_for_completion(&j->done);
}

void nameless_ok(int id, const nameless_ops *own)
{
	struct job *j = job_find(id);

	if (!j)
		return;
	own->finish(j);
	wait_for_completion(&j->done);
}

void inner_ok(int id)
{
	struct job *j = job_find(id);

	if (!j)
		return;
	j->inner->finish(j);
	wait_for_completion(&j->done);
}
