// SPDX-License-Identifier: GPL-2.0-only
/*
 * put_unlocked.c with the put that takes the lock for the last reference.
 *
 * replay: group_leave:group.busy not-reproduced
 */
#include <kernel.h>

struct group {
	struct kref refs;
	struct list_head list;
	bool busy;
};

static LIST_HEAD(groups);
static DEFINE_MUTEX(groups_lock);

static void group_release(struct kref *kref)
{
	struct group *g = container_of(kref, struct group, refs);

	list_del(&g->list);
	mutex_unlock(&groups_lock);
	kfree(g);
}

struct group *group_find(void)
{
	struct group *g;

	mutex_lock(&groups_lock);
	list_for_each_entry(g, &groups, list) {
		kref_get(&g->refs);
		g->busy = true;
		mutex_unlock(&groups_lock);
		return g;
	}
	mutex_unlock(&groups_lock);
	return NULL;
}

void group_leave(struct group *g)
{
	g->busy = false;
	kref_put_mutex(&g->refs, group_release, &groups_lock);
}
