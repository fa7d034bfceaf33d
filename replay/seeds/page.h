/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Pages, their flags and their count, as the seeds need them. A page is
 * type-stable: its last put makes it free, and its memory stays a page.
 *
 * Not here: compound pages, PG_waiters (a wake-up looks at the queue itself).
 */
#ifndef REPLAY_SEED_PAGE_H
#define REPLAY_SEED_PAGE_H

#include <replay.h>

#define PAGE_SIZE 4096

enum pageflags {
	PG_locked,
	PG_uptodate,
	PG_dirty,
	PG_private,
	PG_writeback,
};

struct page {
	unsigned long flags;
	struct address_space *mapping;
	unsigned long index;
	void *private;
	atomic_t _refcount;
};

#define TESTPAGEFLAG_(text, page, bit)                                   \
	replay_bit_test(REPLAY_SITE(text), &(page)->flags, BIT(PG_##bit), \
			REPLAY_RELAXED)
#define PAGEFLAG_(text, page, bit, op, order)                              \
	replay_bit(REPLAY_SITE(text), &(page)->flags, BIT(PG_##bit), op, order)
#define SETPAGEFLAG_(text, page, bit) \
	((void)PAGEFLAG_(text, page, bit, REPLAY_OR, REPLAY_VOID))
#define CLEARPAGEFLAG_(text, page, bit) \
	((void)PAGEFLAG_(text, page, bit, REPLAY_AND, REPLAY_VOID))

#define PageLocked(page) TESTPAGEFLAG_("PageLocked(" #page ")", page, locked)
#define SetPageUptodate(page) \
	SETPAGEFLAG_("SetPageUptodate(" #page ")", page, uptodate)
#define PageDirty(page) TESTPAGEFLAG_("PageDirty(" #page ")", page, dirty)
#define SetPageDirty(page) SETPAGEFLAG_("SetPageDirty(" #page ")", page, dirty)
#define ClearPageDirty(page) \
	CLEARPAGEFLAG_("ClearPageDirty(" #page ")", page, dirty)
#define PagePrivate(page) TESTPAGEFLAG_("PagePrivate(" #page ")", page, private)
#define page_has_private(page) \
	TESTPAGEFLAG_("page_has_private(" #page ")", page, private)
#define SetPagePrivate(page) \
	SETPAGEFLAG_("SetPagePrivate(" #page ")", page, private)
#define ClearPagePrivate(page) \
	CLEARPAGEFLAG_("ClearPagePrivate(" #page ")", page, private)
#define PageWriteback(page) \
	TESTPAGEFLAG_("PageWriteback(" #page ")", page, writeback)

#define lock_page(page)                                        \
	replay_bit_lock(REPLAY_SITE("lock_page(" #page ")"),   \
			&(page)->flags, BIT(PG_locked))
#define unlock_page(page)                                          \
	((void)PAGEFLAG_("unlock_page(" #page ")", page, locked,   \
			 REPLAY_AND, REPLAY_RELEASE))

/*
 * The end of writeback is test_and_clear_bit() in the kernel, a full barrier.
 * Whoever waits and finds it over has made a plain test; only one that slept
 * is ordered, by what wakes it.
 */
#define page_queue(page) replay_queue_of(&(page)->flags)
#define end_page_writeback(page)                                            \
	do {                                                                \
		if (!PAGEFLAG_("end_page_writeback(" #page ")", page,       \
			       writeback, REPLAY_AND, REPLAY_FULL))         \
			BUG();                                              \
		replay_wake_up(REPLAY_SITE("wake up: " #page),              \
			       page_queue(page));                           \
	} while (0)
#define wait_on_page_writeback(page)                                        \
	do {                                                                \
		if (!TESTPAGEFLAG_("wait_on_page_writeback(" #page ")",     \
				   page, writeback))                        \
			break;                                              \
		REPLAY_WAIT_("wait_on_page_writeback(" #page ")",           \
			     page_queue(page), !PageWriteback(page),        \
			     REPLAY_SLEEP_("wait_on_page_writeback(" #page  \
					   ")"));                           \
		smp_rmb();                                                  \
	} while (0)

#define page_ref_count(page)                                         \
	REPLAY_LOAD_("page_ref_count(" #page ")",                    \
		     (page)->_refcount.counter, REPLAY_RELAXED)
#define PAGE_COUNT_(page)                                               \
	REPLAY_LOAD_("count of " #page, (page)->_refcount.counter,      \
		     REPLAY_RELAXED)
#define get_page(page)                                                    \
	do {                                                              \
		VM_BUG_ON_PAGE(PAGE_COUNT_(page) <= 0, page);             \
		REPLAY_RMW_("get_page(" #page ")",                        \
			    (page)->_refcount.counter, ADD, 1, 0, VOID);  \
	} while (0)
#define get_page_unless_zero(page)                                         \
	(REPLAY_RMW_("get_page_unless_zero(" #page ")",                    \
		     (page)->_refcount.counter, ADD_UNLESS, 1, 0, FULL) != 0)
/* True for the last one. A page that is free is nobody's, and stays. */
#define put_page(page)                                                      \
	({                                                                  \
		VM_BUG_ON_PAGE(PAGE_COUNT_(page) == 0, page);               \
		(void)REPLAY_RMW_("put_page(" #page ")",                    \
				  (page)->_refcount.counter, ADD, -1, 0,    \
				  FULL);                                    \
	})

#endif
