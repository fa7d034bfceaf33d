/* SPDX-License-Identifier: GPL-2.0-only */
/* An inode of ext4, as of 4.18: the fault lock is its own i_mmap_sem. */
#ifndef _CORPUS_EXT4_H
#define _CORPUS_EXT4_H

#include "dax.h"

struct ext4_inode_info {
	struct rw_semaphore i_mmap_sem;
	struct inode vfs_inode;
};

static inline struct ext4_inode_info *EXT4_I(struct inode *inode)
{
	return container_of(inode, struct ext4_inode_info, vfs_inode);
}

int ext4_ext_remove_space(struct inode *inode, loff_t start, loff_t end);

#endif /* _CORPUS_EXT4_H */
