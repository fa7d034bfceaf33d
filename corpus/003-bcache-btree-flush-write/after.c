// SPDX-License-Identifier: GPL-2.0-only
/*
 * document: bcache 50a260e85996, btree_flush_write()
 * variant:  after, the node is marked while bucket_lock is held
 * rules:    reap-ignores-pin
 * result:   sc: sometimes, tso: sometimes, pso: sometimes, arm: sometimes
 *
 * The walk runs under bucket_lock, and before that goes, journal_flush
 * marks the node. mca_reap() and btree_node_free() test the bit under
 * write_lock and wait.
 *
 * mca_reap() is called with bucket_lock, which the setter holds too: closed.
 * btree_node_free() is not. It tests under write_lock, lets go of it, and
 * only then takes bucket_lock and frees; meanwhile the bit may be set.
 *
 * CPU 0: btree_flush_write          CPU 1: btree_node_free
 *   bucket_lock
 *   walk: best = A (has a pin)
 *                                   write_lock
 *                                     journal_flush is clear
 *                                     not dirty any more, pin dropped
 *                                   unlock
 *   set journal_flush
 *   unlock bucket_lock
 *                                   bucket_lock
 *                                   mca_bucket_free(A)
 *                                   unlock
 *   write_lock of A: A is on the
 *   free list
 *   no pin: clear the bit, retry
 *
 * What that comes to is little: mca_alloc() takes no node whose bit is set,
 * and the pin is looked at again. Whether a touch of a node on the free list
 * counts as broken is the oracle's choice.
 *
 * What breaks is two flushes at once, which nothing keeps out: the bit is one
 * for both, and the first to end clears it.
 *
 * CPU 0: btree_flush_write     CPU 1: btree_flush_write     CPU 2: mca_alloc
 *   set journal_flush of A
 *   write_lock
 *                                set journal_flush of A
 *     write A
 *     clear journal_flush
 *   unlock
 *                                                             mca_reap(A)
 *                                                             A is another
 *                                                             key's
 *                                write_lock
 *                                  A has a pin: write it
 */
#include "btree.h"

BTREE_FLAG(journal_flush);

static void btree_flush_write(struct cache_set *c)
{
	struct btree *b, *best;
	unsigned int i;

	atomic_long_inc(&c->flush_write);
retry:
	best = NULL;

	mutex_lock(&c->bucket_lock);
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
	if (b)
		set_btree_node_journal_flush(b);
	mutex_unlock(&c->bucket_lock);

	if (b) {
		mutex_lock(&b->write_lock);
		if (!btree_current_write(b)->journal) {
			clear_bit(BTREE_NODE_journal_flush, &b->flags);
			mutex_unlock(&b->write_lock);
			/* Somebody else wrote it. */
			goto retry;
		}

		__bch_btree_node_write(b, NULL);
		clear_bit(BTREE_NODE_journal_flush, &b->flags);
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

retry:
	mutex_lock(&b->write_lock);
	if (btree_node_journal_flush(b)) {
		mutex_unlock(&b->write_lock);
		udelay(1);
		goto retry;
	}
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

retry:
	mutex_lock(&b->write_lock);
	if (btree_node_journal_flush(b)) {
		mutex_unlock(&b->write_lock);
		udelay(1);
		goto retry;
	}
	if (btree_node_dirty(b)) {
		btree_complete_write(b, btree_current_write(b));
		clear_bit(BTREE_NODE_dirty, &b->flags);
	}
	mutex_unlock(&b->write_lock);

	cancel_delayed_work(&b->work);

	mutex_lock(&b->c->bucket_lock);
	bch_bucket_free(b->c, &b->key);
	mca_bucket_free(b); /* expect: reap-ignores-pin */
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
