// SPDX-License-Identifier: GPL-2.0-only
/*
 * The last put is made without the lock under which others look the group up
 * and take a reference: they may take it from 0.
 *
 * replay: 44 confirmed
 */
#include <kernel.h>

struct group {
	struct kref refs;
	struct list_head list;
};

static LIST_HEAD(groups);
static DEFINE_MUTEX(groups_lock);

static void group_release(struct kref *kref)
{
	struct group *g = container_of(kref, struct group, refs);

	mutex_lock(&groups_lock);
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
		mutex_unlock(&groups_lock);
		return g;
	}
	mutex_unlock(&groups_lock);
	return NULL;
}

void group_leave(struct group *g)
{
	kref_put(&g->refs, group_release);
}
