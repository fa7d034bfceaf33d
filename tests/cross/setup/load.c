// SPDX-License-Identifier: GPL-2.0-only
/*
 * A flag whose reference is another file's affair, in functions that set an
 * object up before anybody else has it, and in one that does not.
 */
#include "group.h"

/* The accessors: flag and reference change together. */
void group_activate(struct group *g)
{
	spin_lock(&g->lock);
	if (!g->active) {
		g->active = true;
		group_get(g);
	}
	spin_unlock(&g->lock);
}

void group_finish(struct group *g)
{
	spin_lock(&g->lock);
	if (g->active) {
		g->active = false;
		group_put(g);
	}
	spin_unlock(&g->lock);
}

/* Where it fails it takes back the map: the caller throws the group away. */
int load_one_ok(struct group *g, int zone, int end)
{
	g->map = kmalloc(sizeof(*g->map), GFP_KERNEL);
	if (!g->map)
		return -ENOMEM;
	g->active = true;
	if (zone > end) {
		kfree(g->map);
		g->map = NULL;
		return -EIO;
	}
	group_get(g);
	return 0;
}

/* Nobody says that it is new: the failure leaves a flag without reference. */
int load_again_bad(struct group *g, int zone, int end)
{
	g->active = true; /* expect: direct-flag-write */
	if (zone > end)
		return -EIO;
	group_get(g);
	return 0;
}

/* Has so many ways that a caller is not told of the flag. */
static int load_members(struct group *g, const int *zone)
{
	if (zone[0] < 0)
		return -EINVAL;
	if (zone[0] > 1)
		g->first = zone[0];
	if (zone[1] > 1)
		g->second = zone[1];
	if (zone[2] > 1)
		g->third = zone[2];
	if (zone[3])
		g->active = true;
	return 0;
}

/* It takes the reference all the same. */
int load_members_ok(struct group *g, const int *zone)
{
	int ret = load_members(g, zone);

	if (!ret && g->active)
		group_get(g);
	return ret;
}
