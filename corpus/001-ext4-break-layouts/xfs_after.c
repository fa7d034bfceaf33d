// SPDX-License-Identifier: GPL-2.0-only
/*
 * document: e25ff835af89, xfs_break_dax_layouts(), the sibling of 001
 * variant:  xfs_after, "retry" says that a busy page was found
 * rules:    none
 * result:   sc: never, tso: never, pso: never, arm: inconclusive
 *
 * The flag is set as soon as the scan found a page, whether or not the wait
 * has to sleep. So the loop ends only with a scan that found none.
 */
#include "xfs_inode.h"

static void xfs_wait_dax_page(struct inode *inode)
{
	struct xfs_inode *ip = XFS_I(inode);

	xfs_iunlock(ip, XFS_MMAPLOCK_EXCL);
	schedule();
	xfs_ilock(ip, XFS_MMAPLOCK_EXCL);
}

static int xfs_break_dax_layouts(struct inode *inode, bool *retry)
{
	struct page *page;

	page = dax_layout_busy_page(inode->i_mapping);
	if (!page)
		return 0;

	*retry = true;
	return ___wait_var_event(&page->_refcount,
			atomic_read(&page->_refcount) == 1, TASK_INTERRUPTIBLE,
			0, 0, xfs_wait_dax_page(inode));
}

int xfs_break_layouts(struct inode *inode, uint *iolock,
		      enum layout_break_reason reason)
{
	bool retry;
	int error;

	do {
		retry = false;
		switch (reason) {
		case BREAK_UNMAP:
			error = xfs_break_dax_layouts(inode, &retry);
			if (error || retry)
				break;
			fallthrough;
		case BREAK_WRITE:
			error = xfs_break_leased_layouts(inode, iolock, &retry);
			break;
		default:
			WARN_ON_ONCE(1);
			error = -EINVAL;
		}
	} while (error == 0 && retry);

	return error;
}

int xfs_file_punch_hole(struct inode *inode, loff_t offset, loff_t len)
{
	struct xfs_inode *ip = XFS_I(inode);
	uint iolock = XFS_IOLOCK_EXCL | XFS_MMAPLOCK_EXCL;
	int error;

	xfs_ilock(ip, iolock);
	error = xfs_break_layouts(inode, &iolock, BREAK_UNMAP);
	if (error)
		goto out_unlock;

	truncate_pagecache_range(inode, offset, offset + len - 1);
	error = xfs_free_file_space(ip, offset, len);
out_unlock:
	xfs_iunlock(ip, iolock);
	return error;
}

int xfs_filemap_fault(struct vm_area_struct *vma, pgoff_t index)
{
	struct xfs_inode *ip = XFS_I(vma->vm_inode);
	int ret;

	down_read(&ip->i_mmaplock);
	ret = dax_iomap_fault(vma, index);
	up_read(&ip->i_mmaplock);
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
