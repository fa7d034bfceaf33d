// SPDX-License-Identifier: GPL-2.0-only
/*
 * Pages that a store keeps, and that users get out of a table of their numbers.
 * The table has no reference on them; filling it takes the store's lock.
 *
 * A page that nobody else has is taken out of the store while its number still
 * stands in the table: who looks there takes a reference. That the number is
 * there is no guess, since somebody puts it there. With EMPTIED the table is
 * emptied first, and the lock that is held keeps it so. With the other options
 * it is one where nobody sees what is put in (GUESSED), where what is filled is
 * perhaps another table (SHADOW, STACK, POINTER), or where what is emptied is
 * another slot (OTHER_EMPTIED) or another table's (OTHER_WINDOW).
 *
 * replay: 127 confirmed
 */
#include <kernel.h>

struct slot {
	unsigned long nr;
};

struct window {
	spinlock_t lock;
	struct slot *slots;
};

struct store {
	struct rw_semaphore fill_lock;
	struct xarray pages;
	struct slot *shadow;	/* nobody takes references by it */
};

struct slot make_slot(struct page *page, int flags);
struct slot make_swap(unsigned long offset);
void store_show(const struct slot *slots);

static struct page *entry_page(void *entry)
{
	return pfn_to_page((unsigned long)entry >> 1);
}

static void fill(struct store *st, struct window *w, struct slot *slots,
		 unsigned long i, struct page *page)
{
#if defined(GUESSED)
	w->slots[i] = make_swap(i);	/* no page's number */
#elif defined(SHADOW)
	st->shadow[i] = make_slot(page, 0);
#elif defined(STACK)
	struct slot tmp[2];

	tmp[0] = make_slot(page, 0);
	store_show(tmp);
#elif defined(POINTER)
	slots[i] = make_slot(page, 0);
#else
	w->slots[i] = make_slot(page, 0);
#endif
}

int store_fill(struct store *st, struct window *w, struct slot *slots,
	       unsigned long i)
{
	XA_STATE(xas, &st->pages, i);
	void *entry;

	down_read(&st->fill_lock);
	entry = xas_find(&xas, i);
	if (entry) {
		spin_lock(&w->lock);
		fill(st, w, slots, i, entry_page(entry));
		spin_unlock(&w->lock);
	}
	up_read(&st->fill_lock);
	return entry ? 0 : -ENOENT;
}

struct page *window_get(struct window *w, unsigned long i)
{
	struct page *page;

	spin_lock(&w->lock);
	if (!w->slots[i].nr) {
		spin_unlock(&w->lock);
		return NULL;
	}
	page = pfn_to_page(w->slots[i].nr);
	get_page(page);
	spin_unlock(&w->lock);
	return page;
}

/* Where it has been taken out, nobody may have it. */
static void disown(struct page *page)
{
	WARN_ON(page_ref_count(page) > 1);
	page->mapping = NULL;
}

#ifdef OTHER_WINDOW
void store_evict(struct store *st, struct window *w, struct window *other,
		 unsigned long i)
#else
void store_evict(struct store *st, struct window *w, unsigned long i)
#endif
{
	XA_STATE(xas, &st->pages, i);
	struct page *page;
	void *entry;

	down_write(&st->fill_lock);
#ifdef EMPTIED
	spin_lock(&w->lock);
	w->slots[i].nr = 0;
	spin_unlock(&w->lock);
#elif defined(OTHER_EMPTIED)
	spin_lock(&w->lock);
	w->slots[i + 1].nr = 0;
	spin_unlock(&w->lock);
#elif defined(OTHER_WINDOW)
	spin_lock(&w->lock);
	other->slots[i].nr = 0;
	spin_unlock(&w->lock);
#endif
	entry = xas_find(&xas, i);
	page = entry_page(entry);
	if (entry && page_ref_count(page) <= 1) {
		disown(page);
		xas_store(&xas, NULL);
	}
	up_write(&st->fill_lock);
}
