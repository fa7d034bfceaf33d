/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Extent buffers of btrfs without their pages' contents, and the helpers that
 * all cases share. TREE_REF owns one reference and is changed under refs_lock;
 * the count itself is raised without it.
 */
#ifndef _CORPUS_EXTENT_IO_H
#define _CORPUS_EXTENT_IO_H

#include <linux/atomic.h>
#include <linux/bitops.h>
#include <linux/err.h>
#include <linux/lockdep.h>
#include <linux/pagemap.h>
#include <linux/radix-tree.h>
#include <linux/rcupdate.h>
#include <linux/rwsem.h>
#include <linux/slab.h>

enum {
	EXTENT_BUFFER_UPTODATE,
	EXTENT_BUFFER_DIRTY,
	EXTENT_BUFFER_TREE_REF,
	EXTENT_BUFFER_STALE,
	EXTENT_BUFFER_WRITEBACK,
	EXTENT_BUFFER_IN_TREE,
};

struct btrfs_fs_info {
	spinlock_t buffer_lock;
	struct radix_tree_root buffer_radix;
	u32 sectorsize_bits;
};

struct extent_buffer {
	u64 start;
	unsigned long bflags;
	struct btrfs_fs_info *fs_info;
	spinlock_t refs_lock;
	atomic_t refs;
	atomic_t io_pages;
	struct rcu_head rcu_head;
	struct rw_semaphore lock;
	struct page *pages[1];
};

#define BTRFS_MAX_LEVEL 8

struct btrfs_path {
	struct extent_buffer *nodes[BTRFS_MAX_LEVEL];
};

extern struct kmem_cache *extent_buffer_cache;

static inline int extent_buffer_under_io(const struct extent_buffer *eb)
{
	return (atomic_read(&eb->io_pages) ||
		test_bit(EXTENT_BUFFER_WRITEBACK, &eb->bflags) ||
		test_bit(EXTENT_BUFFER_DIRTY, &eb->bflags));
}

static inline void btrfs_release_extent_buffer_rcu(struct rcu_head *head)
{
	struct extent_buffer *eb =
			container_of(head, struct extent_buffer, rcu_head);

	kmem_cache_free(extent_buffer_cache, eb);
}

/* Where the race shows: a buffer that is dirty must not come here. */
static inline void btrfs_release_extent_buffer_pages(struct extent_buffer *eb)
{
	struct page *page = eb->pages[0];

	BUG_ON(extent_buffer_under_io(eb));
	spin_lock(&page->mapping->private_lock);
	if (PagePrivate(page) && page->private == (unsigned long)eb)
		detach_page_private(page);
	spin_unlock(&page->mapping->private_lock);

	put_page(page);
}

/* Entered with refs_lock, which it drops. */
static inline int release_extent_buffer(struct extent_buffer *eb)
	__releases(&eb->refs_lock)
{
	lockdep_assert_held(&eb->refs_lock);

	WARN_ON(atomic_read(&eb->refs) == 0);
	if (atomic_dec_and_test(&eb->refs)) {
		if (test_and_clear_bit(EXTENT_BUFFER_IN_TREE, &eb->bflags)) {
			struct btrfs_fs_info *fs_info = eb->fs_info;

			spin_unlock(&eb->refs_lock);

			spin_lock(&fs_info->buffer_lock);
			radix_tree_delete(&fs_info->buffer_radix,
					  eb->start >> fs_info->sectorsize_bits);
			spin_unlock(&fs_info->buffer_lock);
		} else {
			spin_unlock(&eb->refs_lock);
		}

		btrfs_release_extent_buffer_pages(eb);
		call_rcu(&eb->rcu_head, btrfs_release_extent_buffer_rcu);
		return 1;
	}
	spin_unlock(&eb->refs_lock);

	return 0;
}

/*
 * Gives the tree its reference back. The first test only saves the lock, and
 * the caller's own reference is one of the two.
 */
static inline void check_buffer_tree_ref(struct extent_buffer *eb)
{
	int refs;

	refs = atomic_read(&eb->refs);
	if (refs >= 2 && test_bit(EXTENT_BUFFER_TREE_REF, &eb->bflags))
		return;

	spin_lock(&eb->refs_lock);
	if (!test_and_set_bit(EXTENT_BUFFER_TREE_REF, &eb->bflags))
		atomic_inc(&eb->refs);
	spin_unlock(&eb->refs_lock);
}

static inline void mark_extent_buffer_accessed(struct extent_buffer *eb)
{
	check_buffer_tree_ref(eb);
	mark_page_accessed(eb->pages[0]);
}

/* Count and tree, without refs_lock. */
static inline struct extent_buffer *
find_extent_buffer_nolock(struct btrfs_fs_info *fs_info, u64 start)
{
	struct extent_buffer *eb;

	rcu_read_lock();
	eb = radix_tree_lookup(&fs_info->buffer_radix,
			       start >> fs_info->sectorsize_bits);
	if (eb && atomic_inc_not_zero(&eb->refs)) {
		rcu_read_unlock();
		return eb;
	}
	rcu_read_unlock();
	return NULL;
}

static inline struct extent_buffer *
__alloc_extent_buffer(struct btrfs_fs_info *fs_info, u64 start)
{
	struct extent_buffer *eb;

	eb = kmem_cache_zalloc(extent_buffer_cache, GFP_NOFS | __GFP_NOFAIL);
	eb->start = start;
	eb->fs_info = fs_info;
	init_rwsem(&eb->lock);
	spin_lock_init(&eb->refs_lock);
	atomic_set(&eb->refs, 1);
	atomic_set(&eb->io_pages, 0);
	return eb;
}

#endif /* _CORPUS_EXTENT_IO_H */
