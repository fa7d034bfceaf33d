/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Files on DAX: a page is idle when its count is 1, and it is never freed.
 * The scan and the truncation of fs/dax.c, page tables of one level, and a
 * direct I/O that takes pages out of them.
 */
#ifndef _CORPUS_DAX_H
#define _CORPUS_DAX_H

#include <linux/bug.h>
#include <linux/errno.h>
#include <linux/fs.h>
#include <linux/mm.h>
#include <linux/wait_bit.h>
#include <linux/xarray.h>

struct vm_area_struct {
	struct list_head shared; /* in i_mmap */
	struct inode *vm_inode;
	spinlock_t ptl;
	pte_t *pte;
};

#define DAX_SHIFT	4 /* below it are the entry's flags */

pte_t mk_pte(struct page *page);

static inline unsigned long pte_pfn(pte_t pte)
{
	return pte.pte >> PAGE_SHIFT;
}

#define pte_page(pte)	pfn_to_page(pte_pfn(pte))

static inline struct page *dax_to_page(void *entry)
{
	return pfn_to_page(xa_to_value(entry) >> DAX_SHIFT);
}

static inline bool pte_present(pte_t pte)
{
	return pte.pte != 0;
}

/*
 * Takes a page only while it is mapped. The kernel's other way,
 * get_user_pages_fast(), has no lock; unmapping waits for it by flushing the
 * other CPUs' translations.
 */
static inline struct page *follow_page_pte(struct vm_area_struct *vma,
					   pgoff_t index)
{
	struct page *page = NULL;

	spin_lock(&vma->ptl);
	if (pte_present(vma->pte[index])) {
		page = pte_page(vma->pte[index]);
		get_page(page);
	}
	spin_unlock(&vma->ptl);
	return page;
}

/* The end of a direct I/O on the page. */
static inline void put_devmap_managed_page(struct page *page)
{
	if (page_ref_sub_return(page, 1) == 1)
		wake_up_var(&page->_refcount);
}

/* A page fault's part; the file system holds its fault lock for reading. */
static inline int dax_iomap_fault(struct vm_area_struct *vma, pgoff_t index)
{
	XA_STATE(xas, &vma->vm_inode->i_mapping->i_pages, index);
	void *entry;

	xas_lock_irq(&xas);
	entry = xas_load(&xas);
	xas_unlock_irq(&xas);
	if (!entry)
		return -ENOENT;

	spin_lock(&vma->ptl);
	vma->pte[index] = mk_pte(dax_to_page(entry));
	spin_unlock(&vma->ptl);
	return 0;
}

static inline void unmap_mapping_pages(struct address_space *mapping,
				       pgoff_t start, pgoff_t nr)
{
	struct vm_area_struct *vma;
	pgoff_t i;

	down_read(&mapping->i_mmap_rwsem);
	list_for_each_entry(vma, &mapping->i_mmap, shared) {
		spin_lock(&vma->ptl);
		for (i = start; i < start + nr; i++)
			vma->pte[i].pte = 0;
		spin_unlock(&vma->ptl);
	}
	up_read(&mapping->i_mmap_rwsem);
}

static inline struct page *dax_busy_page(void *entry)
{
	struct page *page = dax_to_page(entry);

	if (page_ref_count(page) > 1)
		return page;
	return NULL;
}

/*
 * The first busy page. Unmaps all of them first, so that from the scan on,
 * while the caller keeps faults out, counts only fall.
 */
static inline struct page *dax_layout_busy_page(struct address_space *mapping)
{
	XA_STATE(xas, &mapping->i_pages, 0);
	pgoff_t end = mapping->host->i_size >> PAGE_SHIFT;
	struct page *page = NULL;
	void *entry;

	unmap_mapping_pages(mapping, 0, end);

	xas_lock_irq(&xas);
	xas_for_each(&xas, entry, end) {
		page = dax_busy_page(entry);
		if (page)
			break;
	}
	xas_unlock_irq(&xas);
	return page;
}

/* What breaks: the blocks of a page that is still written to are freed. */
static inline void dax_disassociate_entry(void *entry,
					  struct address_space *mapping,
					  bool trunc)
{
	struct page *page = dax_to_page(entry);

	WARN_ON_ONCE(trunc && page_ref_count(page) > 1);
	WARN_ON_ONCE(page->mapping && page->mapping != mapping);
	page->mapping = NULL;
	page->index = 0;
}

static inline void truncate_pagecache_range(struct inode *inode, loff_t lstart,
					    loff_t lend)
{
	struct address_space *mapping = inode->i_mapping;
	XA_STATE(xas, &mapping->i_pages, lstart >> PAGE_SHIFT);
	void *entry;

	xas_lock_irq(&xas);
	xas_for_each(&xas, entry, lend >> PAGE_SHIFT) {
		dax_disassociate_entry(entry, mapping, true);
		xas_store(&xas, NULL);
	}
	xas_unlock_irq(&xas);
}

#endif /* _CORPUS_DAX_H */
