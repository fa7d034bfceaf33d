// SPDX-License-Identifier: GPL-2.0-only
/*
 * A pin that owns a reference is dropped by a function that asserts nothing. Of
 * those who call it, each says that the page is locked, before the call or
 * behind it. With UNSAID one of them does not; with UNLOCKED one lets go of the
 * lock first; with OTHER it has two pages, and says it of one of them.
 *
 * replay: pin_drop:pinned.pin not-reproduced
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

void pin_set(struct pinned *p)
{
	lock_page(p->page);
	if (!p->pin) {
		refcount_inc(&p->ref);
		p->pin = 1;
	}
	unlock_page(p->page);
}

/* Its caller's reference goes as well. */
static void pin_drop(struct pinned *p)
{
	if (p->pin) {
		p->pin = 0;
		pinned_put(p);
	}
	pinned_put(p);
}

#ifdef OTHER
void pin_release(struct page *page, struct page *old, struct pinned *p)
#else
void pin_release(struct page *page, struct pinned *p)
#endif
{
	BUG_ON(!test_bit(PG_locked, &page->flags));
#ifdef UNLOCKED
	unlock_page(page);
#endif
	pin_drop(p);
}

void pin_truncate(struct page *page, struct pinned *p)
{
	pin_drop(p);
#ifndef UNSAID
	BUG_ON(!test_bit(PG_locked, &page->flags));
#endif
}
