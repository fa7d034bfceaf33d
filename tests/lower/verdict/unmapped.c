// SPDX-License-Identifier: GPL-2.0-only
/*
 * A page is evicted if it is idle, once nobody can find it by a page table any
 * more: how that is emptied stands in another file. Who finds a page does so
 * under the lock under which the table is written, and the drain waits for him.
 * With BARE he takes no lock: what else keeps him out is not known. With LATE the
 * table is emptied behind the look at the count, with MAPPED not at all; with
 * OTHER it is a table of another kind, which is not emptied so.
 *
 * Whether the drain empties this table, and for good, is in doubt: with MAPPING
 * it is about another object, with GIVEN and WHOLE another file may fill the
 * table, with READERS the lock is not the one under which it is written, with
 * UNWRITTEN nobody writes it, with TWO readers hold another lock as well; with
 * FILL the unit itself fills it, and what the drain waits for is no lock that
 * both sides take. With OWN the drain would wait for its own caller. With COPY what
 * is found is a copy of the element, which is not followed.
 *
 * replay: store_evict:page._refcount not-reproduced
 * assumes: store_evict:page._refcount nobody in another file fills what is emptied here
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
	spinlock_t lock, other_lock;
	pte_t *table;
};

void unmap_mapping_pages(struct address_space *mapping, unsigned long start,
			 unsigned long nr, bool even_cows);

#ifdef MAPPING
int store_evict(struct address_space *own, struct address_space *mapping,
		unsigned long nr)
#elif defined(OWN)
static int evict(struct address_space *mapping, unsigned long nr)
#else
int store_evict(struct address_space *mapping, unsigned long nr)
#endif
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

#ifdef OWN
int store_evict(struct window *w, struct address_space *mapping,
		unsigned long nr)
{
	int err;

	spin_lock(&w->lock);
	err = evict(mapping, nr);
	spin_unlock(&w->lock);
	return err;
}
#endif

#ifndef UNWRITTEN
void window_forget(struct window *w, unsigned long i)
{
#ifdef READERS
	spin_lock(&w->other_lock);
	w->table[i].pte = 0;
	spin_unlock(&w->other_lock);
#else
	spin_lock(&w->lock);
	w->table[i].pte = 0;
	spin_unlock(&w->lock);
#endif
}
#endif

#ifdef GIVEN
void table_fill(pte_t *slot);

void window_fault(struct window *w, unsigned long i)
{
	spin_lock(&w->lock);
	table_fill(&w->table[i]);
	spin_unlock(&w->lock);
}
#elif defined(WHOLE)
void table_fill(struct window *w, unsigned long i);

void window_fault(struct window *w, unsigned long i)
{
	spin_lock(&w->lock);
	table_fill(w, i);
	spin_unlock(&w->lock);
}
#elif defined(FILL)
pte_t make_slot(struct page *page);

void window_fault(struct window *w, unsigned long i, struct page *page)
{
	spin_lock(&w->lock);
	w->table[i] = make_slot(page);
	spin_unlock(&w->lock);
}
#endif

struct page *window_get(struct window *w, unsigned long i)
{
	struct page *page;
#ifdef COPY
	pte_t slot;
#endif

#ifdef TWO
	spin_lock(&w->other_lock);
#endif
#ifndef BARE
	spin_lock(&w->lock);
#endif
#ifdef COPY
	slot = w->table[i];
	page = slot.pte ? pfn_to_page(slot.pte >> 1) : NULL;
#else
	page = pfn_to_page(w->table[i].pte >> 1);
#endif
	if (page)
		get_page(page);
#ifndef BARE
	spin_unlock(&w->lock);
#endif
#ifdef TWO
	spin_unlock(&w->other_lock);
#endif
	return page;
}
