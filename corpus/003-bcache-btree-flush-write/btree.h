/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * bcache's cache of btree nodes and its journal, without keys and without
 * I/O. Nodes are not counted: a node is in use while its lock is held, and it
 * belongs to its key while bucket_lock is held. struct btree itself lives as
 * long as the cache set; the memory behind keys.data comes and goes.
 */
#ifndef _CORPUS_BTREE_H
#define _CORPUS_BTREE_H

#include <linux/atomic.h>
#include <linux/bitops.h>
#include <linux/delay.h>
#include <linux/err.h>
#include <linux/kernel.h>
#include <linux/lockdep.h>
#include <linux/mutex.h>
#include <linux/rculist.h>
#include <linux/rwsem.h>
#include <linux/semaphore.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/workqueue.h>

#include "util.h"

#define BUCKET_HASH_BITS	12
#define BTREE_FLUSH_NR		8

struct closure {
	atomic_t remaining;
};

void closure_init_stack(struct closure *cl);
void closure_sync(struct closure *cl);

struct bkey {
	u64 high;
	u64 low;
	u64 ptr[1];
};

struct btree_keys {
	u8 page_order;
	void *data;
};

struct btree_write {
	atomic_t *journal; /* pin on a journal entry, or NULL */
};

struct btree {
	struct hlist_node hash;
	struct bkey key;
	unsigned long seq;
	struct rw_semaphore lock;
	struct cache_set *c;
	struct btree *parent;
	struct mutex write_lock;
	unsigned long flags;
	u16 written;
	u8 level;
	struct btree_keys keys;
	struct semaphore io_mutex;
	struct list_head list;
	struct delayed_work work;
	struct btree_write writes[2];
};

struct journal {
	spinlock_t lock;
	spinlock_t flush_write_lock;
	bool btree_flushing;
	DECLARE_FIFO(atomic_t, pin);
};

struct cache_set {
	struct mutex bucket_lock;
	struct list_head btree_cache;
	struct list_head btree_cache_freeable;
	struct list_head btree_cache_freed;
	unsigned int btree_cache_used;
	struct hlist_head bucket_hash[1 << BUCKET_HASH_BITS];
	struct btree *root;
	struct journal journal;
	DECLARE_HEAP(struct btree *, flush_btree);
	atomic_long_t flush_write;
	atomic_long_t retry_flush_write;
};

#define BTREE_FLAG(flag)						\
static inline bool btree_node_ ## flag(struct btree *b)			\
{	return test_bit(BTREE_NODE_ ## flag, &b->flags); }		\
									\
static inline void set_btree_node_ ## flag(struct btree *b)		\
{	set_bit(BTREE_NODE_ ## flag, &b->flags); }

enum btree_flags {
	BTREE_NODE_dirty,
	BTREE_NODE_write_idx,
	BTREE_NODE_journal_flush, /* since the fix */
};

BTREE_FLAG(dirty);
BTREE_FLAG(write_idx);

#define for_each_cached_btree(b, c, iter)				\
	for (iter = 0;							\
	     iter < ARRAY_SIZE((c)->bucket_hash);			\
	     iter++)							\
		hlist_for_each_entry_rcu((b), (c)->bucket_hash + iter, hash)

#define journal_pin_cmp(c, l, r)					\
	(fifo_idx(&(c)->journal.pin, (l)) > fifo_idx(&(c)->journal.pin, (r)))

static inline struct btree_write *btree_current_write(struct btree *b)
{
	return b->writes + btree_node_write_idx(b);
}

static inline struct btree_write *btree_prev_write(struct btree *b)
{
	return b->writes + (btree_node_write_idx(b) ^ 1);
}

static inline void rw_unlock(bool w, struct btree *b)
{
	if (w)
		b->seq++;
	if (w)
		up_write(&b->lock);
	else
		up_read(&b->lock);
}

static inline void btree_complete_write(struct btree *b, struct btree_write *w)
{
	if (w->journal)
		atomic_dec(w->journal);
	w->journal = NULL;
}

/* Submits the node's keys; btree_node_write_done() follows. */
void do_btree_node_write(struct btree *b, struct closure *parent);

static inline void __bch_btree_node_write(struct btree *b,
					  struct closure *parent)
{
	lockdep_assert_held(&b->write_lock);

	cancel_delayed_work(&b->work);
	down(&b->io_mutex);
	clear_bit(BTREE_NODE_dirty, &b->flags);
	change_bit(BTREE_NODE_write_idx, &b->flags);
	do_btree_node_write(b, parent);
}

static inline void __btree_node_write_done(struct btree *b)
{
	btree_complete_write(b, btree_prev_write(b));
	up(&b->io_mutex);
}

static inline void bch_btree_leaf_dirty(struct btree *b, atomic_t *journal_ref)
{
	struct btree_write *w = btree_current_write(b);

	lockdep_assert_held(&b->write_lock);

	set_btree_node_dirty(b);
	if (w->journal && journal_pin_cmp(b->c, w->journal, journal_ref)) {
		atomic_dec(w->journal);
		w->journal = NULL;
	}
	if (!w->journal) {
		w->journal = journal_ref;
		atomic_inc(w->journal);
	}
}

/* Both under bucket_lock: the node's memory goes, or only its key. */
static inline void mca_data_free(struct btree *b)
{
	BUG_ON(b->io_mutex.count != 1);

	kfree(b->keys.data);
	b->keys.data = NULL;
	b->c->btree_cache_used--;
	list_move(&b->list, &b->c->btree_cache_freed);
}

static inline void mca_bucket_free(struct btree *b)
{
	BUG_ON(btree_node_dirty(b));

	b->key.ptr[0] = 0;
	hlist_del_init_rcu(&b->hash);
	list_move(&b->list, &b->c->btree_cache_freeable);
}

void bch_bucket_free(struct cache_set *c, struct bkey *k);
struct hlist_head *mca_hash(struct cache_set *c, struct bkey *k);

/* 0: the node is idle, clean and write-locked. Each case has its own. */
static int mca_reap(struct btree *b, unsigned int min_order, bool flush);
static void btree_node_free(struct btree *b);
static void btree_flush_write(struct cache_set *c);

/* The shrinker. */
static inline unsigned long __bch_mca_scan(struct cache_set *c,
					   unsigned long nr)
{
	struct btree *b, *t;
	unsigned long freed = 0;

	mutex_lock(&c->bucket_lock);
	list_for_each_entry_safe_reverse(b, t, &c->btree_cache, list) {
		if (!nr--)
			break;
		if (!mca_reap(b, 0, false)) {
			mca_bucket_free(b);
			mca_data_free(b);
			rw_unlock(true, b);
			freed++;
		}
	}
	mutex_unlock(&c->bucket_lock);
	return freed;
}

/* A node for another key: one that is free already, or somebody else's. */
static inline struct btree *mca_alloc(struct cache_set *c, struct bkey *k,
				      int level)
{
	struct btree *b;

	lockdep_assert_held(&c->bucket_lock);

	list_for_each_entry(b, &c->btree_cache_freeable, list)
		if (!mca_reap(b, 0, false))
			goto out;
	list_for_each_entry(b, &c->btree_cache, list)
		if (!mca_reap(b, 0, true))
			goto out;
	return ERR_PTR(-ENOMEM);
out:
	BUG_ON(b->io_mutex.count != 1);

	b->key = *k;
	list_move(&b->list, &c->btree_cache);
	hlist_del_init_rcu(&b->hash);
	hlist_add_head_rcu(&b->hash, mca_hash(c, k));
	b->parent = NULL;
	b->flags = 0;
	b->written = 0;
	b->level = level;
	return b;
}

static inline struct btree *bch_btree_node_alloc(struct cache_set *c,
						 struct bkey *k, int level)
{
	struct btree *b;

	mutex_lock(&c->bucket_lock);
	b = mca_alloc(c, k, level);
	mutex_unlock(&c->bucket_lock);
	return b;
}

/*
 * Replaces a node by two and frees it. When the second cannot be had, the
 * first is freed on the way out: no way to btree_node_free() leads through
 * mca_reap().
 */
static inline int btree_split(struct btree *b, struct bkey *k1,
			      struct bkey *k2)
{
	struct btree *n1, *n2;

	n1 = bch_btree_node_alloc(b->c, k1, b->level);
	if (IS_ERR(n1))
		goto err;
	n2 = bch_btree_node_alloc(b->c, k2, b->level);
	if (IS_ERR(n2))
		goto err_free1;

	rw_unlock(true, n2);
	btree_node_free(b);
	rw_unlock(true, n1);
	return 0;
err_free1:
	btree_node_free(n1);
	rw_unlock(true, n1);
err:
	return -ENOMEM;
}

bool journal_full(struct journal *j);
void journal_reclaim(struct cache_set *c);

#endif /* _CORPUS_BTREE_H */
