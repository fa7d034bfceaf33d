/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Inodes and address spaces. The page methods are those of the kernels
 * the cases come from; 6.1 has the folio ones only.
 */
#ifndef _LINUX_FS_H
#define _LINUX_FS_H

#include <linux/list.h>
#include <linux/rwsem.h>
#include <linux/spinlock.h>
#include <linux/types.h>
#include <linux/xarray.h>

struct folio;
struct inode;
struct page;
enum migrate_mode;

struct address_space {
	struct inode *host;
	struct xarray i_pages;
	struct rw_semaphore invalidate_lock;
	struct list_head i_mmap; /* an interval tree, there */
	struct rw_semaphore i_mmap_rwsem;
	unsigned long flags;
	spinlock_t private_lock;
};

struct super_block {
	void *s_fs_info;
	unsigned long s_blocksize;
};

struct inode {
	struct super_block *i_sb;
	struct address_space *i_mapping;
	struct rw_semaphore i_rwsem;
	loff_t i_size;
	u8 i_blkbits;
};

struct address_space_operations {
	bool (*release_folio)(struct folio *folio, gfp_t gfp);
	int (*releasepage)(struct page *page, gfp_t gfp);
	void (*invalidatepage)(struct page *page, unsigned int offset,
			       unsigned int length);
	int (*migratepage)(struct address_space *mapping, struct page *newpage,
			   struct page *page, enum migrate_mode mode);
};

static inline void inode_lock(struct inode *inode)
{
	down_write(&inode->i_rwsem);
}

static inline void inode_unlock(struct inode *inode)
{
	up_write(&inode->i_rwsem);
}

static inline void filemap_invalidate_lock(struct address_space *mapping)
{
	down_write(&mapping->invalidate_lock);
}

static inline void filemap_invalidate_unlock(struct address_space *mapping)
{
	up_write(&mapping->invalidate_lock);
}

#endif /* _LINUX_FS_H */
