// SPDX-License-Identifier: GPL-2.0-only
/*
 * A pin that owns a reference, and functions that let go of it without a lock.
 * That invalidation runs with the page locked and after writeback, as its
 * callers have to see to, stands in assertions only. The object is found by a
 * number in the page.
 *
 * Invalidation does not meet itself; it meets the end of writeback only if
 * that lets go of the pin afterwards.
 *
 * replay: pin_invalidate:pinned.pin not-reproduced
 * replay: pin_complete:pinned.pin not-reproduced
 */
#include <kernel.h>

struct pinned {
	refcount_t ref;
	struct page *page;
	unsigned int pin;
};

static void pinned_put(struct pinned *p)
{
	if (refcount_dec_and_test(&p->ref))
		kfree(p);
}

static void pin_set(struct pinned *p)
{
	refcount_inc(&p->ref);
	p->pin = 1;
}

static void pin_clear(struct pinned *p)
{
	if (p->pin) {
		p->pin = 0;
		pinned_put(p);
	}
}

void pin_start(struct pinned *p)
{
	lock_page(p->page);
	wait_on_page_writeback(p->page);
	pin_set(p);
	unlock_page(p->page);
}

void pin_complete(struct pinned *p)
{
	BUG_ON(!p->pin);
	pin_clear(p);
	BUG_ON(!test_bit(PG_writeback, &p->page->flags));
	end_page_writeback(p->page);
}

void pin_invalidate(struct page *page)
{
	struct pinned *p;

	BUG_ON(!test_bit(PG_locked, &page->flags));
	BUG_ON(test_bit(PG_writeback, &page->flags));
	p = (struct pinned *)page->private;
	if (!p)
		return;
	refcount_inc(&p->ref);
	pin_clear(p);
	page->private = 0;
	pinned_put(p);
	pinned_put(p);
}
