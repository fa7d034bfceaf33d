// SPDX-License-Identifier: GPL-2.0-only
/*
 * References on nodes and disks: who gets and who puts. Above each function
 * stands what `dump --after=balance` has to say of it.
 */
#include "node.h"

/* balance: consumes 1 on container_of(ref, disk, ref), always */
static void disk_release(struct kref *ref)
{
	kfree(container_of(ref, struct disk, ref));
}

/* balance: returns 1 on its result, always */
struct disk *disk_get(struct disk *d)
{
	kref_get(&d->ref);
	return d;
}

/* balance: consumes 1 on d, always */
void disk_put(struct disk *d)
{
	kref_put(&d->ref, disk_release);
}

/* balance: takes 1 on n, always */
void node_get(struct node *n)
{
	refcount_inc(&n->refs);
}

/* balance: takes 1 on n, if it returns 1 */
bool node_tryget(struct node *n)
{
	return refcount_inc_not_zero(&n->refs);
}

/* balance: consumes 1 on n, always; ends 1 on n->disk, with n */
void node_put(struct node *n)
{
	if (refcount_dec_and_test(&n->refs)) {
		disk_put(n->disk);
		kfree(n);
	}
}

/* balance: returns 1 on its result, if it returns > 0 */
struct node *node_find(struct tree *t, int id)
{
	struct node *n, *found = NULL;

	spin_lock(&t->lock);
	list_for_each_entry(n, &t->nodes, link) {
		if (n->id == id) {
			node_get(n);
			found = n;
			break;
		}
	}
	spin_unlock(&t->lock);
	return found;
}

/* balance: returns 1 on its result, if it returns > 0; hands over 1 on d, if it returns > 0 */
struct node *node_new(struct disk *d, int refs)
{
	struct node *n = kzalloc(sizeof(*n), GFP_KERNEL);

	if (!n)
		return NULL;
	refcount_set(&n->refs, 1);
	n->disk = disk_get(d);
	return n;
}

/* The caller keeps its reference, whatever this returns. */
int node_check(struct node *n)
{
	return n->dead ? -EIO : 0;
}

/* The caller sees whether it is gone. */
/* balance: consumes 1 on n, if it returns -5; ends 1 on n->disk, with n */
int node_check_or_put(struct node *n)
{
	if (n->dead) {
		node_put(n);
		return -EIO;
	}
	return 0;
}

/* The caller does not. */
/* balance: consumes 1 on n, at odds; ends 1 on n->disk, with n */
int node_forget(struct node *n)
{
	if (roll())
		node_put(n);
	return 0;
}

/* A recursion over two files. */
/* balance: consumes 1 on n, always; ends 1 on n->disk, with n */
void node_put_even(struct node *n, int depth)
{
	if (depth)
		node_put_odd(n, depth - 1);
	else
		node_put(n);
}
