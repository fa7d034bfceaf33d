// SPDX-License-Identifier: GPL-2.0-only
/*
 * document: bcache 249a5f6da57c, fixed by 50a260e85996, btree_flush_write()
 * variant:  base, the fix's parent: one node, found by a walk
 * rules:    select-then-flush
 * result:   sc: sometimes, tso: sometimes, pso: sometimes, arm: sometimes
 *
 * The walk over the hash finds the node with the oldest pin and holds
 * nothing while it does, nor from there to the node's write_lock.
 *
 * CPU 0: btree_flush_write          CPU 1: mca_alloc
 *   walk: best = A
 *                                   bucket_lock; mca_reap(A)
 *                                     write_lock; write A; unlock
 *                                   A belongs to another key, flags = 0
 *                                   unlock bucket_lock
 *                                   bch_btree_insert_node: write_lock,
 *                                   A gets a new pin
 *   write_lock of A: waits for
 *   another node's owner
 *   write A: the wrong node
 *
 * The same with bch_mca_scan(), once somebody else wrote the node, and with
 * btree_node_free(), which does not come through mca_reap().
 * struct btree is not freed, so this is no use after free of the node's
 * head; the memory of its keys is, and so is its identity.
 */
#include "btree.h"

static void btree_flush_write(struct cache_set *c)
{
	struct btree *b, *best;
	unsigned int i;

	atomic_long_inc(&c->flush_write);
retry:
	best = NULL;

	for_each_cached_btree(b, c, i)
		if (btree_current_write(b)->journal) {
			if (!best)
				best = b;
			else if (journal_pin_cmp(c,
					btree_current_write(best)->journal,
					btree_current_write(b)->journal)) {
				best = b;
			}
		}

	b = best;
	if (b) {
		mutex_lock(&b->write_lock); /* expect: select-then-flush */
		if (!btree_current_write(b)->journal) {
			mutex_unlock(&b->write_lock);
			/* Somebody else wrote it. */
			atomic_long_inc(&c->retry_flush_write);
			goto retry;
		}

		__bch_btree_node_write(b, NULL);
		mutex_unlock(&b->write_lock);
	}
}

static int mca_reap(struct btree *b, unsigned int min_order, bool flush)
{
	struct closure cl;

	closure_init_stack(&cl);
	lockdep_assert_held(&b->c->bucket_lock);

	if (!down_write_trylock(&b->lock))
		return -ENOMEM;

	BUG_ON(btree_node_dirty(b) && !b->keys.data);

	if (b->keys.page_order < min_order)
		goto out_unlock;

	if (!flush) {
		if (btree_node_dirty(b))
			goto out_unlock;

		if (down_trylock(&b->io_mutex))
			goto out_unlock;
		up(&b->io_mutex);
	}

	mutex_lock(&b->write_lock);
	if (btree_node_dirty(b))
		__bch_btree_node_write(b, &cl);
	mutex_unlock(&b->write_lock);

	closure_sync(&cl);

	/* A write of somebody else's may be under way. */
	down(&b->io_mutex);
	up(&b->io_mutex);

	return 0;
out_unlock:
	rw_unlock(true, b);
	return -ENOMEM;
}

static void btree_node_free(struct btree *b)
{
	BUG_ON(b == b->c->root);

	mutex_lock(&b->write_lock);
	if (btree_node_dirty(b)) {
		btree_complete_write(b, btree_current_write(b));
		clear_bit(BTREE_NODE_dirty, &b->flags);
	}
	mutex_unlock(&b->write_lock);

	cancel_delayed_work(&b->work);

	mutex_lock(&b->c->bucket_lock);
	bch_bucket_free(b->c, &b->key);
	mca_bucket_free(b);
	mutex_unlock(&b->c->bucket_lock);
}

/* The journal is full: the nodes that keep its oldest entry are written. */
void bch_journal(struct cache_set *c)
{
	spin_lock(&c->journal.lock);
	while (journal_full(&c->journal)) {
		journal_reclaim(c);
		spin_unlock(&c->journal.lock);
		btree_flush_write(c);
		spin_lock(&c->journal.lock);
	}
	spin_unlock(&c->journal.lock);
}

unsigned long bch_mca_scan(struct cache_set *c, unsigned long nr)
{
	return __bch_mca_scan(c, nr);
}

static int bch_btree_insert_node(struct btree *b, atomic_t *journal_ref,
				 struct bkey *k1, struct bkey *k2, bool split)
{
	if (split)
		return btree_split(b, k1, k2);

	mutex_lock(&b->write_lock);
	bch_btree_leaf_dirty(b, journal_ref);
	mutex_unlock(&b->write_lock);
	return 0;
}

/* The leaf is locked as bcache_btree() does it. */
int bch_btree_insert(struct btree *b, atomic_t *journal_ref, struct bkey *k1,
		     struct bkey *k2, bool split)
{
	int ret;

	down_write(&b->lock);
	ret = bch_btree_insert_node(b, journal_ref, k1, k2, split);
	rw_unlock(true, b);
	return ret;
}

/* The delayed write of a dirty node. */
void btree_node_write_work(struct work_struct *w)
{
	struct btree *b = container_of(w, struct btree, work.work);

	mutex_lock(&b->write_lock);
	if (btree_node_dirty(b))
		__bch_btree_node_write(b, NULL);
	mutex_unlock(&b->write_lock);
}

void btree_node_write_done(struct btree *b)
{
	__btree_node_write_done(b);
}
