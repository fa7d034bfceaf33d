// SPDX-License-Identifier: GPL-2.0-only
/*
 * document: LP 1787089 and b1f382178d15, ext4_break_layouts()
 * variant:  before, the loop goes on only if the wait slept
 * rules:    wait-without-rescan
 * result:   sc: sometimes, tso: sometimes, pso: sometimes, arm: sometimes
 *
 * The scan returns the first of several busy pages. Whether to scan again
 * hangs on "retry", and only ext4_wait_dax_page(), the command that the
 * wait runs before it sleeps, sets it. If the page falls idle between the
 * scan and the wait's first look, nobody sets it, and the other busy page
 * is never looked for.
 *
 * CPU 0: ext4_punch_hole            CPU 1: direct I/O on pages P and Q
 *                                   holds P and Q (count 2 each)
 *   retry = false
 *   scan: P is busy
 *                                   put P: count 1, wake
 *   wait: count == 1, no sleep
 *   retry is false: return 0
 *   truncate: Q has count 2
 *   WARN in dax_disassociate_entry
 *
 * The other race that the document tells, a new get after the check, does
 * not exist here: the scan unmaps first, a get needs a mapped page, and
 * mapping one needs i_mmap_sem, which is held. A report of
 * idle-check-unlocked for dax_busy_page() would be false; race1.c has the
 * code for which it is true. The page is used after the scan's lock without
 * a reference; that is fine too, DAX pages are never freed.
 *
 * Boiled down: one level of page tables, entries are one page each, no
 * locked entries; the journal and the extents are gone.
 */
#include "ext4.h"

static void ext4_wait_dax_page(struct ext4_inode_info *ei, bool *did_unlock)
{
	*did_unlock = true;
	up_write(&ei->i_mmap_sem);
	schedule();
	down_write(&ei->i_mmap_sem);
}

int ext4_break_layouts(struct inode *inode)
{
	struct ext4_inode_info *ei = EXT4_I(inode);
	struct page *page;
	bool retry;
	int error;

	if (WARN_ON_ONCE(!rwsem_is_locked(&ei->i_mmap_sem)))
		return -EINVAL;

	do {
		retry = false;
		page = dax_layout_busy_page(inode->i_mapping);
		if (!page)
			return 0;

		error = ___wait_var_event(&page->_refcount, /* expect: wait-without-rescan */
				atomic_read(&page->_refcount) == 1,
				TASK_INTERRUPTIBLE, 0, 0,
				ext4_wait_dax_page(ei, &retry));
	} while (error == 0 && retry);

	return error;
}

int ext4_punch_hole(struct inode *inode, loff_t offset, loff_t length)
{
	int ret;

	inode_lock(inode);
	down_write(&EXT4_I(inode)->i_mmap_sem);
	ret = ext4_break_layouts(inode);
	if (ret)
		goto out_dio;

	truncate_pagecache_range(inode, offset, offset + length - 1);
	ret = ext4_ext_remove_space(inode, offset, offset + length - 1);
out_dio:
	up_write(&EXT4_I(inode)->i_mmap_sem);
	inode_unlock(inode);
	return ret;
}

int ext4_dax_fault(struct vm_area_struct *vma, pgoff_t index)
{
	struct inode *inode = vma->vm_inode;
	int ret;

	down_read(&EXT4_I(inode)->i_mmap_sem);
	ret = dax_iomap_fault(vma, index);
	up_read(&EXT4_I(inode)->i_mmap_sem);
	return ret;
}

/* A direct I/O of another file whose buffer is this file's memory. */
struct page *iov_iter_get_page(struct vm_area_struct *vma, pgoff_t index)
{
	return follow_page_pte(vma, index);
}

void bio_release_page(struct page *page)
{
	put_devmap_managed_page(page);
}
