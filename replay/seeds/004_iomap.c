// SPDX-License-Identifier: GPL-2.0-only
/*
 * iomap pages and migration, 9a1ea439b16b and 8e47a457321c: the move of a page
 * (M) against faults that wait for it (W), and the same with a metapage of
 * jfs. See corpus/004-iomap-put-and-wait.
 *
 * M has locked the page, holds a reference of its own, and has put migration
 * entries into the page table. A waiter reads its entry under ptl, as
 * migration_entry_wait() does before __migration_entry_wait() is called. In
 * its wait a page is a key only, and queues know who waits, so that
 * PG_waiters is not here.
 *
 * Not here: several blocks, signals, the copy of the contents.
 */
#include "page.h"
#include "seed.h"

#define MIGRATEPAGE_SUCCESS 0
#define EAGAIN 11

enum code {
	BEFORE,
	AFTER,
	JFS_LIKE,
	JFS_PAIRED, /* jfs_like with a reference; the control only */
};

enum option {
	KEEP = 1,   /* before 9a1ea439b16b: waiters keep their reference */
	STRICT = 2, /* at rest PG_private must own a reference */
	USER = 4,   /* the metapage has a user */
};

enum behavior {
	SHARED,
	DROP,
};

struct address_space {
	spinlock_t xa_lock; /* of i_pages */
	struct page *i_pages;
};

struct iomap_page {
	atomic_t read_count;
	atomic_t write_count;
};

#define META_dirty 2
#define META_io 6

struct metapage {
	unsigned long flag;
	unsigned long count;
	struct page *page;
};

struct page_wait_table {
	spinlock_t lock;
	wait_queue_head_t head;
};

struct page_table {
	spinlock_t ptl;
	bool migrating; /* the entry is a migration entry */
};

static struct address_space *the_mapping;
static struct page *the_page, *the_newpage;
static struct page_wait_table *the_queue;
static struct page_table *the_table;
static struct metapage *the_metapage;

static bool is_jfs(void)
{
	return seed_code() == JFS_LIKE || seed_code() == JFS_PAIRED;
}

/* Does PG_private own a reference? */
static bool paired(void)
{
	return seed_code() == AFTER || seed_code() == JFS_PAIRED;
}

/*
 * migrate.h: the memory manager
 */

static int expected_page_refs(struct page *page)
{
	return 1 + 1 + page_has_private(page);
}

static int migrate_page_move_mapping(struct address_space *mapping,
				     struct page *newpage, struct page *page)
{
	int expected_count = expected_page_refs(page);

	spin_lock_irq(&mapping->xa_lock);
	if (!ref_freeze(&page->_refcount, expected_count)) {
		spin_unlock_irq(&mapping->xa_lock);
		return -EAGAIN;
	}

	WRITE(newpage->index, READ(page->index));
	WRITE(newpage->mapping, READ(page->mapping));
	atomic_add(1, &newpage->_refcount);
	if (PageDirty(page)) {
		ClearPageDirty(page);
		SetPageDirty(newpage);
	}
	WRITE(mapping->i_pages, newpage);

	VM_BUG_ON_PAGE(page_ref_count(page) != 0, page);
	ref_unfreeze(&page->_refcount, expected_count - 1);
	spin_unlock_irq(&mapping->xa_lock);
	return MIGRATEPAGE_SUCCESS;
}

static bool trylock_page_bit_common(struct page *page, int bit_nr)
{
	return !test_bit(bit_nr, &page->flags);
}

static void wait_on_page_bit_common(struct page_wait_table *q,
				    struct page *page, int bit_nr,
				    enum behavior behavior)
{
	DEFINE_WAIT(wait);
	bool done;

	spin_lock_irq(&q->lock);
	done = trylock_page_bit_common(page, bit_nr);
	if (!done)
		prepare_to_wait(&q->head, &wait, TASK_UNINTERRUPTIBLE);
	spin_unlock_irq(&q->lock);

	if (behavior == DROP)
		put_page(page);

	if (!done)
		io_schedule();
	finish_wait(&q->head, &wait);
}

static void unlock_page_and_wake(struct page_wait_table *q, struct page *page)
{
	unlock_page(page);
	smp_mb__after_atomic();
	replay_lock(REPLAY_SITE("lock the queue"), &q->lock.held, REPLAY_LOCK);
	wake_up(&q->head);
	replay_lock(REPLAY_SITE("unlock the queue"), &q->lock.held,
		    REPLAY_UNLOCK);
}

static void migration_entry_wait(struct page_table *table, struct page *page)
{
	spin_lock(&table->ptl);
	if (!READ(table->migrating) || !get_page_unless_zero(page)) {
		spin_unlock(&table->ptl);
		return;
	}
	spin_unlock(&table->ptl);
	if (seed_option(KEEP)) {
		wait_on_page_bit_common(the_queue, page, PG_locked, SHARED);
		put_page(page);
	} else {
		wait_on_page_bit_common(the_queue, page, PG_locked, DROP);
	}
}

/*
 * iomap
 */

static void iomap_page_create(struct page *page)
{
	struct iomap_page *iop;

	if (page_has_private(page))
		return;
	iop = kzalloc(sizeof(*iop), GFP_NOFS);
	atomic_set(&iop->read_count, 0);
	atomic_set(&iop->write_count, 0);
	if (paired())
		get_page(page);
	WRITE(page->private, iop);
	SetPagePrivate(page);
}

static void iomap_page_release(struct page *page)
{
	struct iomap_page *iop;

	if (!page_has_private(page))
		return;
	iop = READ(page->private);
	WARN_ON(atomic_read(&iop->read_count));
	WARN_ON(atomic_read(&iop->write_count));
	ClearPagePrivate(page);
	WRITE(page->private, NULL);
	if (paired())
		put_page(page);
	kfree(iop);
}

static int iomap_releasepage(struct page *page)
{
	if (PageDirty(page) || PageWriteback(page))
		return 0;
	iomap_page_release(page);
	return 1;
}

static int iomap_migrate_page(struct address_space *mapping,
			      struct page *newpage, struct page *page)
{
	int ret;

	ret = migrate_page_move_mapping(mapping, newpage, page);
	if (ret != MIGRATEPAGE_SUCCESS)
		return ret;

	if (page_has_private(page)) {
		ClearPagePrivate(page);
		if (paired())
			get_page(newpage);
		WRITE(newpage->private, READ(page->private));
		WRITE(page->private, NULL);
		if (paired())
			put_page(page);
		SetPagePrivate(newpage);
	}
	return MIGRATEPAGE_SUCCESS;
}

/*
 * jfs
 */

static void insert_metapage(struct page *page, struct metapage *mp)
{
	if (paired())
		get_page(page);
	WRITE(page->private, mp);
	SetPagePrivate(page);
}

static void remove_metapage(struct page *page)
{
	WRITE(page->private, NULL);
	ClearPagePrivate(page);
	if (paired())
		put_page(page);
}

static bool metapage_release_folio(struct page *page)
{
	struct metapage *mp;

	if (!PagePrivate(page))
		return true;
	mp = READ(page->private);
	if (READ(mp->count) || test_bit(META_dirty, &mp->flag))
		return false;
	remove_metapage(page);
	kfree(mp);
	return true;
}

static void drop_metapage(struct page *page, struct metapage *mp)
{
	if (READ(mp->count) || test_bit(META_dirty, &mp->flag) ||
	    test_bit(META_io, &mp->flag))
		return;
	remove_metapage(page);
	kfree(mp);
}

static void grab_metapage(struct metapage *mp)
{
	struct page *page = READ(mp->page);

	get_page(page);
	lock_page(page);
	WRITE(mp->count, READ(mp->count) + 1);
	unlock_page_and_wake(the_queue, page);
}

static void release_metapage(struct metapage *mp)
{
	struct page *page = READ(mp->page);

	lock_page(page);
	WRITE(mp->count, READ(mp->count) - 1);
	if (READ(mp->count)) {
		unlock_page_and_wake(the_queue, page);
		put_page(page);
		return;
	}
	if (test_bit(META_dirty, &mp->flag))
		SetPageDirty(page);
	drop_metapage(page, mp);
	unlock_page_and_wake(the_queue, page);
	put_page(page);
}

/* The core's, for who has no migration: the private data goes first. */
static int fallback_migrate_page(struct address_space *mapping,
				 struct page *newpage, struct page *page)
{
	if (page_has_private(page) && !metapage_release_folio(page))
		return -EAGAIN;
	return migrate_page_move_mapping(mapping, newpage, page);
}

/*
 * The threads
 */

static void move_to_new_page(void *arg)
{
	int ret;

	if (is_jfs())
		ret = fallback_migrate_page(the_mapping, the_newpage, the_page);
	else
		ret = iomap_migrate_page(the_mapping, the_newpage, the_page);

	spin_lock(&the_table->ptl);
	WRITE(the_table->migrating, false);
	spin_unlock(&the_table->ptl);
	unlock_page_and_wake(the_queue, the_page);
	put_page(the_page);
	if (ret == MIGRATEPAGE_SUCCESS)
		put_page(the_newpage);
}

static void fault(void *arg)
{
	migration_entry_wait(the_table, the_page);
}

static void user(void *arg)
{
	grab_metapage(the_metapage);
	release_metapage(the_metapage);
	release_metapage(the_metapage);
}

/* Reclaim has isolated an unmapped page, and locked it, as M has. */
static void shrink_page_list(void *arg)
{
	int idle = 2; /* the page cache's reference, and reclaim's */

	replay_assert(page_ref_count(the_page) -
		      page_has_private(the_page) == idle);
}

static void setup(void)
{
	bool used = seed_option(USER);

	the_mapping = replay_new(struct address_space, "mapping");
	the_page = replay_new_page(struct page, "page");
	the_newpage = replay_new_page(struct page, "newpage");
	the_queue = replay_new(struct page_wait_table, "page_wait_table");
	the_table = replay_new(struct page_table, "page table");
	the_metapage = NULL;
	replay_counts(&the_page->_refcount.counter);
	replay_counts(&the_newpage->_refcount.counter);

	the_table->migrating = true;
	the_mapping->i_pages = the_page;
	the_page->mapping = the_mapping;
	the_page->flags = BIT(PG_locked);
	the_page->_refcount.counter = 2 + used; /* page cache, M, user */
	the_newpage->_refcount.counter = 1;
	if (is_jfs()) {
		the_metapage = kzalloc(sizeof(*the_metapage), GFP_NOFS);
		the_metapage->page = the_page;
		the_metapage->count = used;
		insert_metapage(the_page, the_metapage);
	} else {
		iomap_page_create(the_page);
	}
}

static void at_rest(void)
{
	struct page *page = READ(the_mapping->i_pages);
	int refs = 1;

	if (!seed_runs(move_to_new_page))
		return;
	if (PagePrivate(page) && (paired() || seed_option(STRICT)))
		refs++;
	replay_expect_refs(&page->_refcount, refs,
			   "the page cache's, and PG_private's");
	if (page != the_page)
		replay_expect_refs(&the_page->_refcount, 0, "it was moved");
}

#define M move_to_new_page
#define IOMAP(variant_, code_)                                             \
	{ variant_ ".migrate", variant_, code_, 0, false, NULL,            \
	  { M, fault }, { "iomap_migrate_page", "migration_entry_wait" } }, \
	{ variant_ ".two_waiters", variant_, code_, 0, false, NULL,        \
	  { M, fault, fault },                                             \
	  { "iomap_migrate_page", "migration_entry_wait",                  \
	    "migration_entry_wait (2)" } },                                \
	{ variant_ ".nobody_waits", variant_, code_, 0, true, NULL,        \
	  { M }, { "iomap_migrate_page" } },                               \
	{ variant_ ".waiter_keeps", variant_, code_, KEEP, true, NULL,     \
	  { M, fault }, { "iomap_migrate_page", "migration_entry_wait" } }, \
	{ variant_ ".count", variant_, code_, STRICT, true, NULL,          \
	  { M, fault }, { "iomap_migrate_page", "migration_entry_wait" } }

static const struct seed_case cases[] = {
	IOMAP("before", BEFORE),
	IOMAP("after", AFTER),
	{ "jfs_like.migrate", "jfs_like", JFS_LIKE, 0, false, NULL,
	  { M, fault }, { "fallback_migrate_page", "migration_entry_wait" } },
	{ "jfs_like.user", "jfs_like", JFS_LIKE, USER, false, NULL,
	  { M, fault, user },
	  { "fallback_migrate_page", "migration_entry_wait",
	    "release_metapage" } },
	{ "jfs_like.reclaim", "jfs_like", JFS_LIKE, 0, true, NULL,
	  { shrink_page_list }, { "shrink_page_list" } },
};

static void unlocked(void)
{
	the_page->flags = BIT(PG_private);
}

/* Nobody expects a reference that the bit does not own. */
static void no_private(void)
{
	the_page->flags = BIT(PG_locked);
	the_page->_refcount.counter = 2;
}

/* As many references as M expects, whoever has them. */
static void three_references(void)
{
	the_page->_refcount.counter = 3;
}

static void run_create(void *arg)
{
	iomap_page_create(the_page);
}

static void run_release(void *arg)
{
	iomap_releasepage(the_page);
}

static void run_migrate(void *arg)
{
	iomap_migrate_page(the_mapping, the_newpage, the_page);
}

static void run_release_folio(void *arg)
{
	metapage_release_folio(the_page);
}

static void run_grab(void *arg)
{
	grab_metapage(the_metapage);
}

static void run_release_metapage(void *arg)
{
	release_metapage(the_metapage);
}

#define FUNCTIONS(variant)                                              \
	{ "iomap_page_create", variant, no_private, run_create },       \
	{ "iomap_releasepage", variant, NULL, run_release },            \
	{ "iomap_migrate_page", variant, three_references, run_migrate }, \
	{ "migration_entry_wait", variant, unlocked, fault }

static const struct seed_function functions[] = {
	FUNCTIONS("before.migrate"),
	FUNCTIONS("after.migrate"),
	{ "metapage_release_folio", "jfs_like.migrate", NULL,
	  run_release_folio },
	{ "grab_metapage", "jfs_like.user", unlocked, run_grab },
	{ "release_metapage", "jfs_like.user", unlocked,
	  run_release_metapage },
};

static const unsigned int controls[] = {
	[BEFORE] = AFTER,
	[AFTER] = AFTER,
	[JFS_LIKE] = JFS_PAIRED,
	[JFS_PAIRED] = JFS_PAIRED,
};

static const struct replay_assumption assumptions[] = {
	{ NULL, 0, "the page is in the page cache, and moved once", false },
};

const struct seed this_seed = {
	.folder = "004-iomap-put-and-wait",
	.about = "a put on a page whose count is 0",
	.control = "PG_private owns a reference",
	SEED_TABLES,
};
