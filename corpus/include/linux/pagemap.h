/* SPDX-License-Identifier: GPL-2.0-only */
/* The page cache. */
#ifndef _LINUX_PAGEMAP_H
#define _LINUX_PAGEMAP_H

#include <linux/fs.h>
#include <linux/mm.h>
#include <linux/wait_bit.h>

void lock_page(struct page *page);
int trylock_page(struct page *page);
void unlock_page(struct page *page);
void wait_on_page_writeback(struct page *page);
void set_page_writeback(struct page *page);
void end_page_writeback(struct page *page);
void mark_page_accessed(struct page *page);
struct page *find_lock_page(struct address_space *mapping, pgoff_t index);
struct page *grab_cache_page(struct address_space *mapping, pgoff_t index);

/* The private data of a page cache page owns a reference on the page. */
static inline void attach_page_private(struct page *page, void *data)
{
	get_page(page);
	set_page_private(page, (unsigned long)data);
	SetPagePrivate(page);
}

static inline void *detach_page_private(struct page *page)
{
	void *data = (void *)page_private(page);

	if (!PagePrivate(page))
		return NULL;
	ClearPagePrivate(page);
	set_page_private(page, 0);
	put_page(page);

	return data;
}

#endif /* _LINUX_PAGEMAP_H */
