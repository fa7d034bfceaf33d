// SPDX-License-Identifier: GPL-2.0-only
#include "job.h"

void odd_end(struct job *j, int n)
{
	if (n > 0) {
		even_end(j, n - 1);
		return;
	}
	if (refcount_dec_and_test(&j->refs))
		kfree(j);
}
