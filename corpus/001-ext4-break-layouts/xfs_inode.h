/* SPDX-License-Identifier: GPL-2.0-only */
/* An inode of XFS, as of 4.18. */
#ifndef _CORPUS_XFS_INODE_H
#define _CORPUS_XFS_INODE_H

#include "dax.h"

#define XFS_IOLOCK_EXCL		(1u << 0)
#define XFS_MMAPLOCK_EXCL	(1u << 4)

enum layout_break_reason {
	BREAK_WRITE,
	BREAK_UNMAP,
};

struct xfs_inode {
	struct rw_semaphore i_mmaplock;
	struct inode i_vnode;
};

static inline struct xfs_inode *XFS_I(struct inode *inode)
{
	return container_of(inode, struct xfs_inode, i_vnode);
}

static inline void xfs_ilock(struct xfs_inode *ip, uint lock_flags)
{
	if (lock_flags & XFS_IOLOCK_EXCL)
		inode_lock(&ip->i_vnode);
	if (lock_flags & XFS_MMAPLOCK_EXCL)
		down_write(&ip->i_mmaplock);
}

static inline void xfs_iunlock(struct xfs_inode *ip, uint lock_flags)
{
	if (lock_flags & XFS_IOLOCK_EXCL)
		inode_unlock(&ip->i_vnode);
	if (lock_flags & XFS_MMAPLOCK_EXCL)
		up_write(&ip->i_mmaplock);
}

#ifdef CONFIG_EXPORTFS_BLOCK_OPS
/* Sets *did_unlock when it let go of *iolock to wait for a lease. */
int xfs_break_leased_layouts(struct inode *inode, uint *iolock,
			     bool *did_unlock);
#else
/* There are no leases to wait for. */
static inline int xfs_break_leased_layouts(struct inode *inode, uint *iolock,
					   bool *did_unlock)
{
	return 0;
}
#endif

int xfs_free_file_space(struct xfs_inode *ip, loff_t offset, loff_t len);

#endif /* _CORPUS_XFS_INODE_H */
