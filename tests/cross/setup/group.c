// SPDX-License-Identifier: GPL-2.0-only
/* The references of groups. */
#include "group.h"

void group_get(struct group *g)
{
	refcount_inc(&g->refs);
}

void group_put(struct group *g)
{
	if (refcount_dec_and_test(&g->refs)) {
		kfree(g->map);
		kfree(g);
	}
}
