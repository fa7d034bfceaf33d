// SPDX-License-Identifier: GPL-2.0-only
/*
 * document: bcache 91be66e1318f, btree_flush_write()
 * variant:  rewritten, as in 6.1: up to 8 nodes, marked under both locks
 * rules:    none
 * result:   sc: never, tso: never, pso: never, arm: inconclusive
 *
 * The walk is over btree_cache under bucket_lock, and the bit is set with
 * the node's write_lock held as well, after dirty and the pin were seen
 * there. So btree_node_free(), which clears dirty under write_lock, either
 * sees the bit or leaves a node that is not chosen any more.
 *
 * One flusher at a time (btree_flushing): only it clears the bit, which is
 * why the test of it before write_lock is taken again stays true; it is no
 * more than a complaint. The test of btree_flushing without the lock only
 * saves the lock.
 *
 * Left out: giving up when the oldest entry changes during the walk, and
 * the bound on it by the entry's count.
 */
#include "btree.h"

BTREE_FLAG(journal_flush);

static void btree_flush_write(struct cache_set *c)
{
	struct btree *b, *t, *btree_nodes[BTREE_FLUSH_NR];
	unsigned int i, nr = 0;
	atomic_t *fifo_front_p;
	int ref_nr;

	if (c->journal.btree_flushing)
		return;

	spin_lock(&c->journal.flush_write_lock);
	if (c->journal.btree_flushing) {
		spin_unlock(&c->journal.flush_write_lock);
		return;
	}
	c->journal.btree_flushing = true;
	spin_unlock(&c->journal.flush_write_lock);

	spin_lock(&c->journal.lock);
	fifo_front_p = &fifo_front(&c->journal.pin);
	ref_nr = atomic_read(fifo_front_p);
	spin_unlock(&c->journal.lock);
	if (ref_nr <= 0)
		goto out;

	atomic_long_inc(&c->flush_write);
	memset(btree_nodes, 0, sizeof(btree_nodes));

	mutex_lock(&c->bucket_lock);
	list_for_each_entry_safe_reverse(b, t, &c->btree_cache, list) {
		if (btree_node_journal_flush(b))
			pr_err("BUG: flush_write bit should not be set here!\n");

		mutex_lock(&b->write_lock);
		if (!btree_node_dirty(b) ||
		    btree_current_write(b)->journal != fifo_front_p) {
			mutex_unlock(&b->write_lock);
			continue;
		}
		set_btree_node_journal_flush(b);
		mutex_unlock(&b->write_lock);

		btree_nodes[nr++] = b;
		if (nr == BTREE_FLUSH_NR)
			break;
	}
	mutex_unlock(&c->bucket_lock);

	for (i = 0; i < nr; i++) {
		b = btree_nodes[i];
		if (!btree_node_journal_flush(b)) {
			pr_err("BUG: bnode %p: journal_flush bit cleaned\n", b);
			continue;
		}

		mutex_lock(&b->write_lock);
		if (btree_current_write(b)->journal && btree_node_dirty(b))
			__bch_btree_node_write(b, NULL);
		clear_bit(BTREE_NODE_journal_flush, &b->flags);
		mutex_unlock(&b->write_lock);
	}

out:
	spin_lock(&c->journal.flush_write_lock);
	c->journal.btree_flushing = false;
	spin_unlock(&c->journal.flush_write_lock);
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
