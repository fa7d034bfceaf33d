// SPDX-License-Identifier: GPL-2.0-only
/*
 * Users of nodes: all that they own comes and goes by functions of node.c. In
 * this file alone nothing is known of any of them, but where it says so.
 */
#include "node.h"

/* balance: returns 1 on its result, if it returns > 0 */
struct node *find_live(struct tree *t, int id)
{
	struct node *n = node_find(t, id);

	if (!n)
		return NULL;
	if (node_check(n)) {
		node_put(n);
		return NULL;
	}
	return n;
}

/* The put is forgotten where it fails. */
/* balance: leaves 1 on an object, depends; returns 1 on its result, if it returns > 0 */
struct node *find_leaky(struct tree *t, int id)
{
	struct node *n = node_find(t, id);

	if (n && node_check(n))
		return NULL;
	return n;
}

/* balance: yields 1 on an object, if it returns 0 */
int find_into(struct tree *t, int id, struct node **ret_node)
{
	struct node *n = node_find(t, id);

	if (!n)
		return -ENOENT;
	*ret_node = n;
	return 0;
}

/* An error is no object, whatever its number. */
/* balance: returns 1 on its result, if it returns > 0 */
struct node *find_or_error(struct tree *t, int id)
{
	struct node *n;
	int err = roll();

	if (err < 0)
		return ERR_PTR(err);
	n = node_find(t, id);
	return n ? n : ERR_PTR(-ENOENT);
}

/* With a reference or without: nobody can say whether to put it. */
/* balance: returns 1 on its result, at odds */
struct node *root_of(struct tree *t)
{
	struct node *n = t->root;

	if (n && roll())
		node_get(n);
	return n;
}

/* One that is kept is handed over as it is: it says nothing of the count. */
/* balance: consumes 1 on n, depends; ends 1 on n->disk, with n */
void keep_or_put(struct tree *t, struct node *n)
{
	if (roll())
		t->root = n;
	else
		node_put(n);
}

/* What is no object has no reference. */
/* balance: consumes 1 on n, always; ends 1 on n->disk, with n */
void put_any(struct node *n)
{
	if (IS_ERR_OR_NULL(n))
		return;
	node_put(n);
}

/*
 * Got here, put by a callee of another file, on one path only. That its put
 * may be the last is a third way, which other files are not told.
 */
/* balance: takes 1 on n, if it returns 0 */
int get_checked(struct node *n)
{
	node_get(n);
	return node_check_or_put(n);
}

/* Put twice where it fails: the callee has put it already. */
/* balance: consumes 1 on n, if it returns -5; ends 1 on n->disk, with n */
int put_twice(struct node *n)
{
	int err;

	node_get(n);
	err = node_check_or_put(n);
	node_put(n);
	return err;
}

/* balance: hands over 1 on n, always */
void enlist(struct tree *t, struct node *n)
{
	node_get(n);
	spin_lock(&t->lock);
	list_add(&n->link, &t->nodes);
	spin_unlock(&t->lock);
}

/* balance: hands over 1 on n, always */
void set_root(struct tree *t, struct node *n)
{
	node_get(n);
	t->root = n;
}

/* balance: drops 1 on t->root, always; ends 1 on t->root->disk, with t->root */
void clear_root(struct tree *t)
{
	node_put(t->root);
	t->root = NULL;
}

/* Born with two references: the list's and the caller's. Seen in this file. */
/* balance: hands over 1 on an object, if it returns > 0; returns 1 on its result, if it returns > 0 */
struct node *new_listed(struct tree *t)
{
	struct node *n = kzalloc(sizeof(*n), GFP_KERNEL);

	if (!n)
		return NULL;
	refcount_set(&n->refs, 2);
	list_add(&n->link, &t->nodes);
	return n;
}

/* balance: consumes 1 on n, always; ends 1 on n->disk, with n */
void node_put_odd(struct node *n, int depth)
{
	node_put_even(n, depth);
}

/* ---- locks held on entry ---- */

static void by_callers(struct tree *t)
{
	t->root = NULL;
}

void call_one(struct tree *t)
{
	spin_lock(&t->lock);
	by_callers(t);
	spin_unlock(&t->lock);
}

void call_two(struct tree *t)
{
	spin_lock(&t->lock);
	if (roll())
		by_callers(t);
	spin_unlock(&t->lock);
}

void by_assertion(struct tree *t)
{
	lockdep_assert_held(&t->lock);
	t->root = NULL;
}

void by_release(struct tree *t)
{
	t->root = NULL;
	spin_unlock(&t->lock);
}
