// SPDX-License-Identifier: GPL-2.0-only
/*
 * bcache 50a260e85996: btree_flush_write() (A) against whoever frees the node
 * that it chose, or gives it another key. See
 * corpus/003-bcache-btree-flush-write.
 *
 * Nodes are not counted and struct btree stays; what comes and goes is the key
 * that a node belongs to, and the memory of its keys. Two oracles: the weak one
 * asks what the flush wrote, the strict one whether it touched a node that was
 * on a free list by then.
 *
 * A list and the hash are a word of the node that says where it is. The heap of
 * 128 is a sorted array. io_mutex, a semaphore of one, is a bit. A write ends
 * in a thread of its own, some time after it was submitted.
 *
 * Not here: closures (io_mutex waits for the same write), RCU, the timer of the
 * delayed write (a thread calls it), journal_full().
 */
#include "seed.h"

#define MAX_NODES 2
#define N_PINS 2
#define ENOMEM 12

enum code {
	BEFORE,	   /* a heap that outlives the call */
	BASE,	   /* one node, found by a walk */
	AFTER,	   /* marked under bucket_lock */
	REWRITTEN, /* marked under bucket_lock and write_lock */
};

enum option {
	STRICT = 1,
	TWO_NODES = 2,
};

enum btree_flags {
	BTREE_NODE_dirty,
	BTREE_NODE_write_idx,
	BTREE_NODE_journal_flush,
};

enum where {
	BTREE_CACHE, /* and in the hash */
	BTREE_CACHE_FREEABLE,
	BTREE_CACHE_FREED,
};

struct bset {
	unsigned int written;
};

struct btree_write {
	atomic_t *journal;
};

struct btree {
	u64 key;
	enum where list;
	unsigned long seq;
	struct rw_semaphore lock;
	struct mutex write_lock;
	unsigned long flags;
	struct bset *data;
	unsigned long io_mutex;
	struct work_struct io;
	struct btree_write writes[2];
};

struct cache_set {
	struct mutex bucket_lock;
	struct {
		spinlock_t lock;
		spinlock_t flush_write_lock;
		bool btree_flushing;
		atomic_t pin[N_PINS]; /* oldest first */
	} journal;
	struct btree *heap[MAX_NODES]; /* oldest pin first */
	unsigned int heap_used;
	atomic_long_t flush_write;
	atomic_long_t retry_flush_write;
};

static struct cache_set *the_set;
static struct btree *the_nodes[MAX_NODES];
/* For the oracle: what A took each node of the heap for. */
static u64 heap_keys[MAX_NODES];

static unsigned int n_nodes(void)
{
	return seed_option(TWO_NODES) ? 2 : 1;
}

static bool has_flush_bit(void)
{
	return seed_code() == AFTER || seed_code() == REWRITTEN;
}

/*
 * btree.h
 */

#define down(s)                                             \
	replay_bit_lock(REPLAY_SITE("down(" #s ")"), s, 1)
#define down_trylock(s)                                            \
	replay_bit(REPLAY_SITE("down_trylock(" #s ")"), s, 1,      \
		   REPLAY_OR, REPLAY_ACQUIRE)
#define up(s)                                                        \
	((void)replay_bit(REPLAY_SITE("up(" #s ")"), s, 1,           \
			  REPLAY_AND, REPLAY_RELEASE))

#define semaphore_held(s)                                           \
	replay_bit_test(REPLAY_SITE("count of " #s), s, 1, REPLAY_RELAXED)

#define btree_node_dirty(b) test_bit(BTREE_NODE_dirty, &(b)->flags)
#define btree_node_write_idx(b) test_bit(BTREE_NODE_write_idx, &(b)->flags)
#define btree_node_journal_flush(b) \
	test_bit(BTREE_NODE_journal_flush, &(b)->flags)
#define set_btree_node_journal_flush(b) \
	set_bit(BTREE_NODE_journal_flush, &(b)->flags)

static struct btree_write *btree_current_write(struct btree *b)
{
	return b->writes + btree_node_write_idx(b);
}

static struct btree_write *btree_prev_write(struct btree *b)
{
	return b->writes + (btree_node_write_idx(b) ^ 1);
}

/* Is @l a newer pin than @r? Both are in the array, or NULL by now. */
static bool journal_pin_cmp(atomic_t *l, atomic_t *r)
{
	return (uintptr_t)l > (uintptr_t)r;
}

static void rw_unlock(struct btree *b)
{
	WRITE(b->seq, READ(b->seq) + 1);
	up_write(&b->lock);
}

static void btree_complete_write(struct btree_write *w)
{
	if (READ(w->journal))
		atomic_dec(READ(w->journal));
	WRITE(w->journal, NULL);
}

static void do_btree_node_write(struct btree *b)
{
	struct bset *data = READ(b->data);

	WRITE(data->written, READ(data->written) + 1);
	queue_work(btree_io_wq, &b->io);
}

static void __bch_btree_node_write(struct btree *b)
{
	down(&b->io_mutex);
	clear_bit(BTREE_NODE_dirty, &b->flags);
	change_bit(BTREE_NODE_write_idx, &b->flags);
	do_btree_node_write(b);
}

static void btree_node_write_done(struct work_struct *io)
{
	struct btree *b = container_of(io, struct btree, io);

	btree_complete_write(btree_prev_write(b));
	up(&b->io_mutex);
}

static void bch_btree_leaf_dirty(struct btree *b, atomic_t *journal_ref)
{
	struct btree_write *w = btree_current_write(b);

	set_bit(BTREE_NODE_dirty, &b->flags);
	if (READ(w->journal) &&
	    journal_pin_cmp(READ(w->journal), journal_ref)) {
		atomic_dec(READ(w->journal));
		WRITE(w->journal, NULL);
	}
	if (!READ(w->journal)) {
		WRITE(w->journal, journal_ref);
		atomic_inc(READ(w->journal));
	}
}

static void mca_data_free(struct btree *b)
{
	BUG_ON(semaphore_held(&b->io_mutex));

	kfree(READ(b->data));
	WRITE(b->data, NULL);
	WRITE(b->list, BTREE_CACHE_FREED);
}

static void mca_bucket_free(struct btree *b)
{
	BUG_ON(btree_node_dirty(b));

	WRITE(b->key, 0);
	WRITE(b->list, BTREE_CACHE_FREEABLE);
}

/*
 * The oracles
 */

static void flush_begins(struct btree *b)
{
	if (seed_option(STRICT))
		replay_assert(READ(b->list) == BTREE_CACHE);
}

static void flush_writes(struct btree *b, u64 key)
{
	replay_assert(READ(b->key) == key);
	__bch_btree_node_write(b);
}

/*
 * btree_flush_write(), as it was
 */

/* Who has a pin; the oldest first. */
static void btree_fill_heap(struct cache_set *c)
{
	unsigned int used = 0, at;

	for (unsigned int i = 0; i < n_nodes(); i++) {
		struct btree *b = the_nodes[i];
		atomic_t *pin;

		if (READ(b->list) != BTREE_CACHE)
			continue;
		pin = READ(btree_current_write(b)->journal);
		if (!pin)
			continue;
		at = used++;
		if (at && journal_pin_cmp(
			READ(btree_current_write(READ(c->heap[0]))->journal),
			pin)) {
			WRITE(c->heap[1], READ(c->heap[0]));
			heap_keys[1] = heap_keys[0];
			at = 0;
		}
		WRITE(c->heap[at], b);
		heap_keys[at] = READ(b->key);
	}
	WRITE(c->heap_used, used);
}

static struct btree *heap_pop(struct cache_set *c, u64 *ret_key)
{
	unsigned int used = READ(c->heap_used);
	struct btree *b;

	if (used == 0)
		return NULL;
	b = READ(c->heap[0]);
	*ret_key = heap_keys[0];
	WRITE(c->heap[0], READ(c->heap[1]));
	heap_keys[0] = heap_keys[1];
	WRITE(c->heap_used, used - 1);
	return b;
}

static struct btree *from_heap(struct cache_set *c, u64 *ret_key)
{
	struct btree *b;

	spin_lock(&c->journal.lock);
	if (READ(c->heap_used) == 0)
		btree_fill_heap(c);
	b = heap_pop(c, ret_key);
	spin_unlock(&c->journal.lock);
	return b;
}

/* The walk over the hash: the oldest pin, read twice a node. */
static struct btree *oldest_node(u64 *ret_key)
{
	struct btree *best = NULL;

	for (unsigned int i = 0; i < n_nodes(); i++) {
		struct btree *b = the_nodes[i];

		if (READ(b->list) != BTREE_CACHE ||
		    !READ(btree_current_write(b)->journal))
			continue;
		if (!best ||
		    journal_pin_cmp(READ(btree_current_write(best)->journal),
				    READ(btree_current_write(b)->journal)))
			best = b;
	}
	if (best)
		*ret_key = READ(best->key);
	return best;
}

static struct btree *from_hash(struct cache_set *c, u64 *ret_key)
{
	return oldest_node(ret_key);
}

/* Before the fix: no lock is held from the picking to the write_lock. */
static void flush_picked(struct cache_set *c,
			 struct btree *(*pick)(struct cache_set *c,
					       u64 *ret_key))
{
	struct btree *b;
	u64 key = 0;

	atomic_long_inc(&c->flush_write);
retry:
	b = pick(c, &key);
	if (b) {
		mutex_lock(&b->write_lock);
		flush_begins(b);
		if (!READ(btree_current_write(b)->journal)) {
			mutex_unlock(&b->write_lock);
			atomic_long_inc(&c->retry_flush_write);
			goto retry;
		}

		flush_writes(b, key);
		mutex_unlock(&b->write_lock);
	}
}

static void btree_flush_write_before(struct cache_set *c)
{
	flush_picked(c, from_heap);
}

static void btree_flush_write_base(struct cache_set *c)
{
	flush_picked(c, from_hash);
}

static void btree_flush_write_after(struct cache_set *c)
{
	struct btree *b;
	u64 key = 0;

	atomic_long_inc(&c->flush_write);
retry:
	mutex_lock(&c->bucket_lock);
	b = oldest_node(&key);
	if (b)
		set_btree_node_journal_flush(b);
	mutex_unlock(&c->bucket_lock);

	if (b) {
		mutex_lock(&b->write_lock);
		flush_begins(b);
		if (!READ(btree_current_write(b)->journal)) {
			clear_bit(BTREE_NODE_journal_flush, &b->flags);
			mutex_unlock(&b->write_lock);
			goto retry;
		}

		flush_writes(b, key);
		clear_bit(BTREE_NODE_journal_flush, &b->flags);
		mutex_unlock(&b->write_lock);
	}
}

/*
 * As it is in 6.1
 */

static unsigned int mark_nodes(struct cache_set *c, struct btree **nodes,
			       u64 *keys)
{
	unsigned int nr = 0;

	mutex_lock(&c->bucket_lock);
	for (unsigned int i = n_nodes(); i-- > 0;) {
		struct btree *b = the_nodes[i];

		if (READ(b->list) != BTREE_CACHE)
			continue;
		replay_assert(!btree_node_journal_flush(b));
		mutex_lock(&b->write_lock);
		if (!btree_node_dirty(b) ||
		    READ(btree_current_write(b)->journal) !=
		    &c->journal.pin[0]) {
			mutex_unlock(&b->write_lock);
			continue;
		}
		set_btree_node_journal_flush(b);
		mutex_unlock(&b->write_lock);

		keys[nr] = READ(b->key);
		nodes[nr++] = b;
	}
	mutex_unlock(&c->bucket_lock);
	return nr;
}

static void write_marked(struct btree *b, u64 key)
{
	replay_assert(btree_node_journal_flush(b));
	mutex_lock(&b->write_lock);
	flush_begins(b);
	if (READ(btree_current_write(b)->journal) && btree_node_dirty(b))
		flush_writes(b, key);
	clear_bit(BTREE_NODE_journal_flush, &b->flags);
	mutex_unlock(&b->write_lock);
}

static void btree_flush_write_rewritten(struct cache_set *c)
{
	struct btree *nodes[MAX_NODES];
	u64 keys[MAX_NODES];
	atomic_t *fifo_front_p = &c->journal.pin[0];
	unsigned int nr = 0;
	int ref_nr;

	if (READ(c->journal.btree_flushing))
		return;

	spin_lock(&c->journal.flush_write_lock);
	if (READ(c->journal.btree_flushing)) {
		spin_unlock(&c->journal.flush_write_lock);
		return;
	}
	WRITE(c->journal.btree_flushing, true);
	spin_unlock(&c->journal.flush_write_lock);

	spin_lock(&c->journal.lock);
	ref_nr = atomic_read(fifo_front_p);
	spin_unlock(&c->journal.lock);
	if (ref_nr > 0) {
		atomic_long_inc(&c->flush_write);
		nr = mark_nodes(c, nodes, keys);
	}

	for (unsigned int i = 0; i < nr; i++)
		write_marked(nodes[i], keys[i]);

	spin_lock(&c->journal.flush_write_lock);
	WRITE(c->journal.btree_flushing, false);
	spin_unlock(&c->journal.flush_write_lock);
}

static void btree_flush_write(struct cache_set *c)
{
	static void (*const flush[])(struct cache_set *c) = {
		[BEFORE] = btree_flush_write_before,
		[BASE] = btree_flush_write_base,
		[AFTER] = btree_flush_write_after,
		[REWRITTEN] = btree_flush_write_rewritten,
	};

	flush[seed_code()](c);
}

/*
 * Who frees or reuses a node
 */

/* Leaves with write_lock. */
static void wait_for_flush(struct btree *b)
{
retry:
	mutex_lock(&b->write_lock);
	if (has_flush_bit() && btree_node_journal_flush(b)) {
		mutex_unlock(&b->write_lock);
		udelay(1);
		goto retry;
	}
}

static int mca_reap(struct btree *b, bool flush)
{
	if (!down_write_trylock(&b->lock))
		return -ENOMEM;

	BUG_ON(btree_node_dirty(b) && !READ(b->data));

	if (!flush) {
		if (btree_node_dirty(b))
			goto out_unlock;

		if (down_trylock(&b->io_mutex))
			goto out_unlock;
		up(&b->io_mutex);
	}

	wait_for_flush(b);
	if (btree_node_dirty(b))
		__bch_btree_node_write(b);
	mutex_unlock(&b->write_lock);

	down(&b->io_mutex);
	up(&b->io_mutex);

	return 0;
out_unlock:
	rw_unlock(b);
	return -ENOMEM;
}

/* Entered with the node's lock. */
static void btree_node_free(struct btree *b)
{
	wait_for_flush(b);
	if (btree_node_dirty(b)) {
		btree_complete_write(btree_current_write(b));
		clear_bit(BTREE_NODE_dirty, &b->flags);
	}
	mutex_unlock(&b->write_lock);

	mutex_lock(&the_set->bucket_lock);
	mca_bucket_free(b);
	mutex_unlock(&the_set->bucket_lock);
}

static void bch_mca_scan(struct cache_set *c)
{
	mutex_lock(&c->bucket_lock);
	for (unsigned int i = n_nodes(); i-- > 0;) {
		struct btree *b = the_nodes[i];

		if (READ(b->list) == BTREE_CACHE && !mca_reap(b, false)) {
			mca_bucket_free(b);
			mca_data_free(b);
			rw_unlock(b);
		}
	}
	mutex_unlock(&c->bucket_lock);
}

static struct btree *mca_find(enum where list, bool flush)
{
	for (unsigned int i = 0; i < n_nodes(); i++) {
		struct btree *b = the_nodes[i];

		if (READ(b->list) == list && !mca_reap(b, flush))
			return b;
	}
	return NULL;
}

static struct btree *mca_alloc(u64 k)
{
	struct btree *b = mca_find(BTREE_CACHE_FREEABLE, false);

	if (!b)
		b = mca_find(BTREE_CACHE, true);
	if (!b)
		return NULL;
	BUG_ON(semaphore_held(&b->io_mutex));

	WRITE(b->key, k);
	WRITE(b->list, BTREE_CACHE);
	WRITE(b->flags, 0);
	return b;
}

static struct btree *bch_btree_node_alloc(struct cache_set *c, u64 k)
{
	struct btree *b;

	mutex_lock(&c->bucket_lock);
	b = mca_alloc(k);
	mutex_unlock(&c->bucket_lock);
	return b;
}

static void bch_btree_insert_node(struct btree *b, atomic_t *journal_ref)
{
	mutex_lock(&b->write_lock);
	bch_btree_leaf_dirty(b, journal_ref);
	mutex_unlock(&b->write_lock);
}

static void btree_node_write_work(struct btree *b)
{
	mutex_lock(&b->write_lock);
	if (btree_node_dirty(b))
		__bch_btree_node_write(b);
	mutex_unlock(&b->write_lock);
}

/*
 * The threads
 */

/* The journal is full; with two nodes, twice. */
static void flush(void *arg)
{
	for (unsigned int i = 0; i < n_nodes(); i++)
		btree_flush_write(the_set);
}

static void shrink(void *arg)
{
	bch_mca_scan(the_set);
}

/* A node for another key, and an insertion into it. */
static void reuse(void *arg)
{
	struct btree *b = bch_btree_node_alloc(the_set, 100);

	if (!b)
		return;
	bch_btree_insert_node(b, &the_set->journal.pin[1]);
	rw_unlock(b);
}

/* The last node, as the error paths of btree_split() free theirs. */
static void node_free(void *arg)
{
	struct btree *b = the_nodes[n_nodes() - 1];

	down_write(&b->lock);
	if (READ(b->list) == BTREE_CACHE)
		btree_node_free(b);
	rw_unlock(b);
}

static void free_and_reuse(void *arg)
{
	node_free(arg);
	reuse(arg);
}

static void delayed_write(void *arg)
{
	btree_node_write_work(the_nodes[n_nodes() - 1]);
}

static const char *const node_names[MAX_NODES] = { "node A", "node B" };

/* Dirty nodes, each with its own pin. */
static void setup(void)
{
	the_set = replay_new(struct cache_set, "cache_set");
	for (unsigned int i = 0; i < n_nodes(); i++) {
		struct btree *b = replay_new(struct btree, node_names[i]);

		b->key = i + 1;
		b->data = kzalloc(sizeof(*b->data), GFP_KERNEL);
		b->flags = BIT(BTREE_NODE_dirty);
		b->writes[0].journal = &the_set->journal.pin[i];
		the_set->journal.pin[i].counter = 1;
		INIT_WORK(&b->io, btree_node_write_done);
		the_nodes[i] = b;
	}
}

static void at_rest(void)
{
	int refs[N_PINS] = { 0 };

	for (unsigned int i = 0; i < n_nodes(); i++) {
		for (int w = 0; w < 2; w++) {
			atomic_t *pin = READ(the_nodes[i]->writes[w].journal);

			if (pin)
				refs[pin - the_set->journal.pin]++;
		}
	}
	for (int i = 0; i < N_PINS; i++)
		replay_expect_refs(&the_set->journal.pin[i], refs[i],
				   "a node that is not written has one");
}

/* What is asked for decides: with the old key, the right node is written. */
#define OTHER_KEY "who takes the node wants it for another key than it has"

#define MEETS(variant_, code_, what, options_, extra_, run, name_, guess_)  \
	{ .name = variant_ "." what, .variant = variant_, .code = code_,    \
	  .options = options_, .extra = extra_, .threads = { flush, run },  \
	  .names = { "btree_flush_write", name_ }, .guess = guess_ }
#define MEETS_TWO(variant_, code_, what, options_, extra_, run, name_,      \
		  run2, name2, guess_)                                      \
	{ .name = variant_ "." what, .variant = variant_, .code = code_,    \
	  .options = options_, .extra = extra_,                             \
	  .threads = { flush, run, run2 },                                  \
	  .names = { "btree_flush_write", name_, name2 }, .guess = guess_ }
#define NODES(variant, code, suffix, options, extra)                       \
	MEETS(variant, code, "reuse" suffix, options, extra, reuse,        \
	      "mca_alloc", OTHER_KEY),                                     \
	MEETS(variant, code, "node_free" suffix, options, extra,           \
	      node_free, "btree_node_free", NULL),                         \
	MEETS_TWO(variant, code, "shrink" suffix, options, extra,          \
		  delayed_write, "btree_node_write_work",                  \
		  shrink, "bch_mca_scan", NULL),                           \
	MEETS_TWO(variant, code, "free_reuse" suffix, options, extra,      \
		  node_free, "btree_node_free", reuse, "mca_alloc",        \
		  OTHER_KEY)
#define ORACLES(variant, code)                               \
	NODES(variant, code, "", 0, false),                  \
	NODES(variant, code, "_strict", STRICT, true)
#define TWO(variant, code)                                           \
	MEETS(variant, code, "reuse_two_nodes", TWO_NODES, false,    \
	      reuse, "mca_alloc", OTHER_KEY)
#define TWO_FLUSHES(variant, code)                                         \
	MEETS_TWO(variant, code, "two_flushes", 0, false, flush,           \
		  "btree_flush_write", reuse, "mca_alloc", OTHER_KEY),     \
	MEETS_TWO(variant, code, "two_flushes_free", 0, false, flush,      \
		  "btree_flush_write", free_and_reuse,                     \
		  "btree_node_free, mca_alloc", OTHER_KEY)

static const struct seed_case cases[] = {
	ORACLES("before", BEFORE),
	TWO("before", BEFORE),
	ORACLES("base", BASE),
	ORACLES("after", AFTER),
	TWO_FLUSHES("after", AFTER),
	ORACLES("rewritten", REWRITTEN),
	TWO_FLUSHES("rewritten", REWRITTEN),
	TWO("rewritten", REWRITTEN),
};

static void take_lock(void)
{
	the_nodes[0]->lock.held = REPLAY_WRITER;
}

static void clean(void)
{
	the_nodes[0]->flags = 0;
	the_nodes[0]->writes[0].journal = NULL;
	the_set->journal.pin[0].counter = 0;
}

static void run_flush(void *arg)
{
	btree_flush_write(the_set);
}

static void run_node_free(void *arg)
{
	btree_node_free(the_nodes[0]);
}

static void run_insert(void *arg)
{
	bch_btree_insert_node(the_nodes[0], &the_set->journal.pin[1]);
}

static void run_alloc(void *arg)
{
	bch_btree_node_alloc(the_set, 100);
}

static void run_write_done(void *arg)
{
	btree_node_write_done(&the_nodes[0]->io);
}

#define FUNCTIONS(variant)                                                 \
	{ "btree_node_free", variant ".node_free", take_lock,              \
	  run_node_free },                                                 \
	{ "btree_node_free", variant ".free_reuse", take_lock,             \
	  run_node_free },                                                 \
	{ "bch_mca_scan", variant ".shrink", clean, shrink },              \
	{ "bch_btree_node_alloc", variant ".reuse", NULL, run_alloc },     \
	{ "bch_btree_insert_node", variant ".reuse", clean, run_insert },  \
	{ "btree_node_write_work", variant ".shrink", NULL,                \
	  delayed_write },                                                 \
	{ "btree_node_write_done", variant ".reuse", NULL, run_write_done }
#define FLUSH(case_name) { "btree_flush_write", case_name, NULL, run_flush }

static const struct seed_function functions[] = {
	FLUSH("before.reuse"),
	FUNCTIONS("before"),
	FLUSH("base.reuse"),
	FUNCTIONS("base"),
	FLUSH("after.reuse"),
	FLUSH("after.two_flushes"),
	FUNCTIONS("after"),
	FLUSH("rewritten.reuse"),
	FLUSH("rewritten.two_flushes"),
	FUNCTIONS("rewritten"),
};

static const unsigned int controls[] = {
	[BEFORE] = REWRITTEN,
	[BASE] = REWRITTEN,
	[AFTER] = REWRITTEN,
	[REWRITTEN] = REWRITTEN,
};

static const struct replay_assumption assumptions[] = {
	{ NULL, 0, "no more flushes at a time than the case has", false },
};

const struct seed this_seed = {
	.folder = "003-bcache-btree-flush-write",
	.about = "a flush of a node that is another one by now",
	.control = "nodes are marked under bucket_lock and write_lock",
	SEED_TABLES,
};
