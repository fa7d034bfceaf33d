// SPDX-License-Identifier: GPL-2.0-only
/* The strong definition counts, and the weak one where it is alone. */
#include "job.h"

void strong_bad(int id)
{
	struct job *j = job_find(id);

	if (!j)
		return;
	arch_end(j); /* expect: put-before-wait */
	wait_for_completion(&j->done);
}

void pragma_bad(int id)
{
	struct job *j = job_find(id);

	if (!j)
		return;
	arch_stop(j); /* expect: put-before-wait */
	wait_for_completion(&j->done);
}

void weak_ok(int id)
{
	struct job *j = job_find(id);

	if (!j)
		return;
	arch_note(j);
	wait_for_completion(&j->done);
}
