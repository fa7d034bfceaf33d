// SPDX-License-Identifier: GPL-2.0-only
/*
 * A page is evicted if it is idle, once nobody can find it by a page table any
 * more: how that is emptied stands in another file. Who finds a page does so
 * under the table's lock, and the drain waits for him. With BARE he takes no
 * lock: what else keeps him out is not known. With LATE the table is emptied
 * behind the look at the count, with MAPPED not at all; with OTHER it is a table
 * of another kind, which is not emptied so.
 *
 * replay: store_evict:page._refcount not-reproduced
 */
#include <kernel.h>

#define BUSY(page) (atomic_read(&(page)->_refcount) > 1)

#ifdef OTHER
#define pte_t own_entry_t
#endif

typedef struct {
	unsigned long pte;
} pte_t;

struct window {
	spinlock_t lock;
	pte_t *table;
};

void unmap_mapping_pages(struct address_space *mapping, unsigned long start,
			 unsigned long nr, bool even_cows);

int store_evict(struct address_space *mapping, unsigned long nr)
{
	struct page *page = pfn_to_page(nr);

#if !defined(LATE) && !defined(MAPPED)
	unmap_mapping_pages(mapping, nr, 1, false);
#endif
	if (BUSY(page))
		return -1;
#ifdef LATE
	unmap_mapping_pages(mapping, nr, 1, false);
#endif
	WARN_ON(BUSY(page));
	page->mapping = NULL;
	return 0;
}

struct page *window_get(struct window *w, unsigned long i)
{
	struct page *page;

#ifndef BARE
	spin_lock(&w->lock);
#endif
	page = pfn_to_page(w->table[i].pte >> 1);
	if (page)
		get_page(page);
#ifndef BARE
	spin_unlock(&w->lock);
#endif
	return page;
}
