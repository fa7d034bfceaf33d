/* SPDX-License-Identifier: GPL-2.0-only */
/* The state that iomap keeps of a page with several blocks. */
#ifndef _CORPUS_IOMAP_H
#define _CORPUS_IOMAP_H

#include <linux/slab.h>

#include "migrate.h"

struct iomap_page {
	atomic_t read_count;
	atomic_t write_count;
	unsigned long uptodate[BITS_TO_LONGS(PAGE_SIZE / 512)];
};

static inline struct iomap_page *to_iomap_page(struct page *page)
{
	if (page_has_private(page))
		return (struct iomap_page *)page_private(page);
	return NULL;
}

static inline unsigned int i_blocks_per_page(struct inode *inode)
{
	return PAGE_SIZE >> inode->i_blkbits;
}

#endif /* _CORPUS_IOMAP_H */
