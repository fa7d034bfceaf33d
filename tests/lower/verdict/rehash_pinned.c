// SPDX-License-Identifier: GPL-2.0-only
/*
 * rehash.c with a bit that keeps the node its key's: it is set with the cache
 * locked, and asked for before the node gets another. One CPU writes at a time:
 * a bit counts one pin only.
 *
 * replay: cache_flush:node not-reproduced
 */
#include <kernel.h>

enum node_flags { NODE_dirty, NODE_side, NODE_busy };

struct node {
	struct hlist_node hash;
	struct mutex lock;
	unsigned long flags;
	int key;
};

struct cache {
	struct mutex lock;
	struct mutex flush;
	struct hlist_head nodes;
	struct node *root;
};

void node_write(struct cache *c, struct node *n);

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

	mutex_lock(&c->flush);
	mutex_lock(&c->lock);
	hlist_for_each_entry(n, &c->nodes, hash)
		best = n;
	if (best)
		set_bit(NODE_busy, &best->flags);
	mutex_unlock(&c->lock);
	if (!best)
		goto out;
	mutex_lock(&best->lock);
	if (test_bit(NODE_dirty, &best->flags))
		node_write(c, best);
	clear_bit(NODE_busy, &best->flags);
	mutex_unlock(&best->lock);
out:
	mutex_unlock(&c->flush);
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
		if (test_bit(NODE_busy, &n->flags))
			continue;
		node_rekey(c, n, key);
		set_bit(NODE_dirty, &n->flags);
		mutex_unlock(&c->lock);
		return n;
	}
	mutex_unlock(&c->lock);
	return NULL;
}
