// SPDX-License-Identifier: GPL-2.0-only
/*
 * document: LP 1787089 and b1f382178d15, ext4_break_layouts()
 * variant:  after, it scans until a scan finds nothing
 * rules:    none
 * result:   sc: never, tso: never, pso: never, arm: inconclusive
 *
 * The loop ends only with a scan that found no busy page, or with a signal.
 * i_mmap_sem is held from that scan to the end of the truncation, and the
 * pages were unmapped under it, so what the scan saw stays true.
 *
 * The wait lets go of i_mmap_sem; what happens meanwhile does not matter,
 * since another scan follows.
 */
#include "ext4.h"

static void ext4_wait_dax_page(struct ext4_inode_info *ei)
{
	up_write(&ei->i_mmap_sem);
	schedule();
	down_write(&ei->i_mmap_sem);
}

int ext4_break_layouts(struct inode *inode)
{
	struct ext4_inode_info *ei = EXT4_I(inode);
	struct page *page;
	int error;

	if (WARN_ON_ONCE(!rwsem_is_locked(&ei->i_mmap_sem)))
		return -EINVAL;

	do {
		page = dax_layout_busy_page(inode->i_mapping);
		if (!page)
			return 0;

		error = ___wait_var_event(&page->_refcount,
				atomic_read(&page->_refcount) == 1,
				TASK_INTERRUPTIBLE, 0, 0,
				ext4_wait_dax_page(ei));
	} while (error == 0);

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
