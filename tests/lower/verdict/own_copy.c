// SPDX-License-Identifier: GPL-2.0-only
/*
 * Variables that are defined by themselves, a number and the node of a list.
 * There is a verdict, and soon.
 *
 * replay: copied any
 * replay: linked any
 */
#include <kernel.h>

struct thing {
	refcount_t refs;
	bool busy;
	struct list_head link;
};

static void thing_put(struct thing *t)
{
	if (refcount_dec_and_test(&t->refs))
		kfree(t);
}

void thing_get(struct thing *t)
{
	refcount_inc(&t->refs);
	t->busy = true;
}

void copied(struct thing *t)
{
	unsigned long x = x;

	if (t->busy && (x & 1)) {
		t->busy = false;
		thing_put(t);
	}
}

void linked(struct list_head *head)
{
	struct list_head *pos = pos, *node = head->next;
	struct thing *t = container_of(pos, struct thing, link);
	struct thing *u = container_of(node, struct thing, link);

	if (t->busy) {
		t->busy = false;
		thing_put(t);
	}
	if (u->busy) {
		u->busy = false;
		thing_put(u);
	}
}
