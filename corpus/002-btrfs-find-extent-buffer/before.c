// SPDX-License-Identifier: GPL-2.0-only
/*
 * document: btrfs 062c19e9dd69, find_extent_buffer()
 * variant:  before, the lookup takes its reference and asks nothing
 * rules:    idle-check-unlocked
 * result:   sc: sometimes, tso: sometimes, pso: sometimes, arm: sometimes
 *
 * refs_lock makes "nobody but the tree and me" and the loss of the tree's
 * reference one step, but the lookup raises the count without refs_lock.
 *
 * CPU 0: free_extent_buffer         CPU 1: btrfs_create_tree
 *   refs is 2, STALE is set
 *   DIRTY is clear
 *                                   find: refs = 3
 *                                   TREE_REF is set: fine
 *                                   clear STALE
 *                                   TREE_REF is set: fine; set DIRTY
 *   clear TREE_REF, refs = 2
 *   refs = 1
 *                                   free: refs = 0
 *                                   BUG: the buffer is dirty
 *
 * The same for free_extent_buffer_stale(), which sets STALE itself, and
 * for try_release_extent_buffer(), where 1 means: the tree only. In the
 * first two 2 means idle: the caller's reference, which the function drops
 * itself, and TREE_REF's. The free proper is safe (dec_and_test); what goes
 * by a check that does not hold is the flag with its reference.
 *
 * Boiled down: a buffer has one page, buffers outside of the tree
 * (UNMAPPED) are gone, and so are reading, writing and the generation
 * checks. btrfs_create_tree() keeps of its namesake what matters here.
 */
#include "extent_io.h"

struct extent_buffer *find_extent_buffer(struct btrfs_fs_info *fs_info,
					 u64 start)
{
	struct extent_buffer *eb;

	eb = find_extent_buffer_nolock(fs_info, start);
	if (!eb)
		return NULL;
	mark_extent_buffer_accessed(eb);
	return eb;
}

void free_extent_buffer(struct extent_buffer *eb)
{
	int refs;

	if (!eb)
		return;

	refs = atomic_read(&eb->refs);
	while (refs > 3) {
		if (atomic_try_cmpxchg(&eb->refs, &refs, refs - 1))
			return;
	}

	spin_lock(&eb->refs_lock);
	if (atomic_read(&eb->refs) == 2 && /* expect: idle-check-unlocked */
	    test_bit(EXTENT_BUFFER_STALE, &eb->bflags) &&
	    !extent_buffer_under_io(eb) &&
	    test_and_clear_bit(EXTENT_BUFFER_TREE_REF, &eb->bflags))
		atomic_dec(&eb->refs);

	release_extent_buffer(eb);
}

void free_extent_buffer_stale(struct extent_buffer *eb)
{
	if (!eb)
		return;

	spin_lock(&eb->refs_lock);
	set_bit(EXTENT_BUFFER_STALE, &eb->bflags);

	if (atomic_read(&eb->refs) == 2 && !extent_buffer_under_io(eb) && /* expect: idle-check-unlocked */
	    test_and_clear_bit(EXTENT_BUFFER_TREE_REF, &eb->bflags))
		atomic_dec(&eb->refs);
	release_extent_buffer(eb);
}

int try_release_extent_buffer(struct page *page)
{
	struct extent_buffer *eb;

	/* ->private is the buffer, and keeps being it under this lock. */
	spin_lock(&page->mapping->private_lock);
	if (!PagePrivate(page)) {
		spin_unlock(&page->mapping->private_lock);
		return 1;
	}
	eb = (struct extent_buffer *)page->private;

	/* Taken before private_lock goes, or the buffer could go with it. */
	spin_lock(&eb->refs_lock);
	if (atomic_read(&eb->refs) != 1 || extent_buffer_under_io(eb)) { /* expect: idle-check-unlocked */
		spin_unlock(&eb->refs_lock);
		spin_unlock(&page->mapping->private_lock);
		return 0;
	}
	spin_unlock(&page->mapping->private_lock);

	/* Without the tree's reference the one that is left is somebody's. */
	if (!test_and_clear_bit(EXTENT_BUFFER_TREE_REF, &eb->bflags)) {
		spin_unlock(&eb->refs_lock);
		return 0;
	}

	return release_extent_buffer(eb);
}

bool set_extent_buffer_dirty(struct extent_buffer *eb)
{
	bool was_dirty;

	check_buffer_tree_ref(eb);
	was_dirty = test_and_set_bit(EXTENT_BUFFER_DIRTY, &eb->bflags);

	WARN_ON(atomic_read(&eb->refs) == 0);
	WARN_ON(!test_bit(EXTENT_BUFFER_TREE_REF, &eb->bflags));
	return was_dirty;
}

struct extent_buffer *alloc_extent_buffer(struct btrfs_fs_info *fs_info,
					  u64 start)
{
	struct extent_buffer *eb, *exists;
	int ret;

	eb = find_extent_buffer(fs_info, start);
	if (eb)
		return eb;

	eb = __alloc_extent_buffer(fs_info, start);
again:
	spin_lock(&fs_info->buffer_lock);
	ret = radix_tree_insert(&fs_info->buffer_radix,
				start >> fs_info->sectorsize_bits, eb);
	spin_unlock(&fs_info->buffer_lock);
	if (ret == -EEXIST) {
		exists = find_extent_buffer(fs_info, start);
		if (!exists)
			goto again;
		kmem_cache_free(extent_buffer_cache, eb);
		return exists;
	}
	/* The tree's reference. */
	check_buffer_tree_ref(eb);
	set_bit(EXTENT_BUFFER_IN_TREE, &eb->bflags);
	return eb;
}

/* A freed block is used again: no longer stale. Returns it write-locked. */
struct extent_buffer *btrfs_init_new_buffer(struct btrfs_fs_info *fs_info,
					    u64 bytenr)
{
	struct extent_buffer *buf = alloc_extent_buffer(fs_info, bytenr);

	down_write(&buf->lock);
	clear_bit(EXTENT_BUFFER_STALE, &buf->bflags);
	set_bit(EXTENT_BUFFER_UPTODATE, &buf->bflags);
	return buf;
}

/* Who dirties a new block and lets go of it: the other CPU of the story. */
void btrfs_create_tree(struct btrfs_fs_info *fs_info, u64 bytenr)
{
	struct extent_buffer *leaf = btrfs_init_new_buffer(fs_info, bytenr);

	set_extent_buffer_dirty(leaf);
	up_write(&leaf->lock);
	free_extent_buffer(leaf);
}

void btrfs_release_path(struct btrfs_path *p)
{
	int i;

	for (i = 0; i < BTRFS_MAX_LEVEL; i++) {
		free_extent_buffer(p->nodes[i]);
		p->nodes[i] = NULL;
	}
}

static bool btree_release_folio(struct folio *folio, gfp_t gfp_flags)
{
	if (PageWriteback(&folio->page) || PageDirty(&folio->page))
		return false;

	return try_release_extent_buffer(&folio->page);
}

const struct address_space_operations btree_aops = {
	.release_folio	= btree_release_folio,
};
