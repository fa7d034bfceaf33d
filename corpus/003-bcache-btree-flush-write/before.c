// SPDX-License-Identifier: GPL-2.0-only
/*
 * document: bcache c4dc2497d50d, fixed by 50a260e85996, btree_flush_write()
 * variant:  before, a heap of 128 nodes that outlives the call
 * rules:    select-then-flush
 * result:   sc: sometimes, tso: sometimes, pso: sometimes, arm: sometimes
 *
 * The nodes with the oldest pins are collected into a heap of the cache set
 * and written one a call; journal.lock covers the heap, and nothing covers
 * the nodes. Between the walk and the flush lie up to 128 calls. That the
 * popped node left the heap makes it nobody's own: it is still in the hash
 * and on btree_cache.
 *
 * CPU 0: btree_flush_write          CPU 1: bch_mca_scan
 *   walk: heap = A, B, ...
 *   pop A; write A
 *                                   B is clean after a delayed write
 *                                   bucket_lock; mca_reap(B)
 *                                   mca_bucket_free(B)
 *                                   mca_data_free(B)
 *   pop B
 *   write_lock of B: free, or
 *   another key's by now
 *   write B
 *
 * The check of the pin under write_lock catches a node without one, not a
 * node that has a new one under its new key. The walk itself runs over the
 * hash without bucket_lock and, for all its name, without rcu_read_lock().
 * 249a5f6da57c went back to base.c.
 */
#include "btree.h"

#define journal_max_cmp(l, r)						\
	(fifo_idx(&c->journal.pin, btree_current_write(l)->journal) <	\
	 fifo_idx(&c->journal.pin, btree_current_write(r)->journal))
#define journal_min_cmp(l, r)						\
	(fifo_idx(&c->journal.pin, btree_current_write(l)->journal) >	\
	 fifo_idx(&c->journal.pin, btree_current_write(r)->journal))

static void btree_fill_heap(struct cache_set *c)
{
	struct btree *b;
	unsigned int i;

	for_each_cached_btree(b, c, i)
		if (btree_current_write(b)->journal) {
			if (!heap_full(&c->flush_btree))
				heap_add(&c->flush_btree, b, journal_max_cmp);
			else if (journal_max_cmp(b,
					heap_peek(&c->flush_btree))) {
				c->flush_btree.data[0] = b;
				heap_sift(&c->flush_btree, 0, journal_max_cmp);
			}
		}

	/* Newest first so far; from now on oldest first. */
	for (i = c->flush_btree.used / 2; i-- > 0;)
		heap_sift(&c->flush_btree, i, journal_min_cmp);
}

static void btree_flush_write(struct cache_set *c)
{
	struct btree *b;

	atomic_long_inc(&c->flush_write);
retry:
	spin_lock(&c->journal.lock);
	if (heap_empty(&c->flush_btree))
		btree_fill_heap(c);
	b = NULL;
	heap_pop(&c->flush_btree, b, journal_min_cmp);
	spin_unlock(&c->journal.lock);

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
