/* SPDX-License-Identifier: GPL-2.0-only */
/* Pages and references on them. */
#ifndef _LINUX_MM_H
#define _LINUX_MM_H

#include <linux/mm_types.h>
#include <linux/page-flags.h>
#include <linux/page_ref.h>

#define PAGE_SHIFT	12
#define PAGE_SIZE	(1UL << PAGE_SHIFT)

/* The array of all pages; asm-generic/memory_model.h in the kernel. */
extern unsigned long vmemmap_base;

#define vmemmap			((struct page *)vmemmap_base)
#define __pfn_to_page(pfn)	(vmemmap + (pfn))
#define pfn_to_page		__pfn_to_page

#define page_private(page)	((page)->private)

static inline void set_page_private(struct page *page, unsigned long private)
{
	page->private = private;
}

void __put_page(struct page *page);

static inline void get_page(struct page *page)
{
	VM_BUG_ON_PAGE(page_ref_count(page) <= 0, page);
	page_ref_inc(page);
}

static inline bool get_page_unless_zero(struct page *page)
{
	return atomic_add_unless(&page->_refcount, 1, 0);
}

static inline int put_page_testzero(struct page *page)
{
	VM_BUG_ON_PAGE(page_ref_count(page) == 0, page);
	return page_ref_dec_and_test(page);
}

static inline void put_page(struct page *page)
{
	if (put_page_testzero(page))
		__put_page(page);
}

void *page_address(const struct page *page);
int set_page_dirty(struct page *page);
int clear_page_dirty_for_io(struct page *page);
void cancel_dirty_page(struct page *page);

#endif /* _LINUX_MM_H */
