// SPDX-License-Identifier: GPL-2.0-only
/*
 * put_unlocked.c with a condition that nobody knows before the get. Whichever
 * way it goes, the get is made. With MATTERS it is on one way only.
 *
 * replay: 56 confirmed
 */
#include <kernel.h>

struct group {
	struct kref refs;
	struct list_head list;
	int quiet;
};

static LIST_HEAD(groups);
static DEFINE_MUTEX(groups_lock);

bool group_is_busy(int id);

static void group_release(struct kref *kref)
{
	struct group *g = container_of(kref, struct group, refs);

	mutex_lock(&groups_lock);
	list_del(&g->list);
	mutex_unlock(&groups_lock);
	kfree(g);
}

struct group *group_find(int id)
{
	struct group *g, *found = NULL;

	mutex_lock(&groups_lock);
	list_for_each_entry(g, &groups, list) {
#ifdef MATTERS
		if (group_is_busy(id))
			break;
#else
		if (group_is_busy(id))
			g->quiet = 1;
#endif
		kref_get(&g->refs);
		found = g;
		break;
	}
	mutex_unlock(&groups_lock);
	return found;
}

void group_leave(struct group *g)
{
	if (g->quiet)
		g->quiet = 0;
	kref_put(&g->refs, group_release);
}
