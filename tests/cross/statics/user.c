// SPDX-License-Identifier: GPL-2.0-only
/* Two files have a static function of one name; only one of them puts. */
#include "job.h"

void net_bad(int id)
{
	struct job *j = job_find(id);

	if (!j)
		return;
	net_end(j); /* expect: put-before-wait */
	wait_for_completion(&j->done);
}

void disk_ok(int id)
{
	struct job *j = job_find(id);

	if (!j)
		return;
	disk_end(j);
	wait_for_completion(&j->done);
}
