// SPDX-License-Identifier: GPL-2.0-only
/*
 * rehash.c with a condition that nobody knows: one way ends in an assertion
 * that fails, the other one only if a new place in the hash is another key. So
 * it matters which way it goes.
 *
 * replay: 54 confirmed-if
 */
#include <kernel.h>

enum node_flags { NODE_dirty, NODE_side };

struct node {
	struct hlist_node hash;
	struct mutex lock;
	unsigned long flags;
	int key;
	int lent;
};

struct cache {
	struct mutex lock;
	struct hlist_head nodes;
	struct node *root;
};

void node_write(struct cache *c, struct node *n);
bool node_quick(void);

/* The cache is locked. */
static void node_rekey(struct cache *c, struct node *n, int key)
{
	BUG_ON(n == c->root);
	mutex_lock(&n->lock);
	if (test_bit(NODE_dirty, &n->flags)) {
		clear_bit(NODE_dirty, &n->flags);
		change_bit(NODE_side, &n->flags);
		node_write(c, n);
	}
	hlist_del_init(&n->hash);
	n->key = key;
	hlist_add_head(&n->hash, &c->nodes);
	mutex_unlock(&n->lock);
}

void cache_flush(struct cache *c)
{
	struct node *n, *best = NULL;

	hlist_for_each_entry(n, &c->nodes, hash)
		best = n;
	if (!best || best->lent)
		return;
	mutex_lock(&best->lock);
	if (!node_quick())
		BUG_ON(best->lent);
	else if (test_bit(NODE_dirty, &best->flags))
		node_write(c, best);
	mutex_unlock(&best->lock);
}

void cache_dirty(struct node *n)
{
	mutex_lock(&n->lock);
	set_bit(NODE_dirty, &n->flags);
	mutex_unlock(&n->lock);
}

struct node *cache_take(struct cache *c, int key)
{
	struct node *n;

	mutex_lock(&c->lock);
	hlist_for_each_entry(n, &c->nodes, hash) {
		node_rekey(c, n, key);
		set_bit(NODE_dirty, &n->flags);
		n->lent = 1;
		mutex_unlock(&c->lock);
		return n;
	}
	mutex_unlock(&c->lock);
	return NULL;
}
