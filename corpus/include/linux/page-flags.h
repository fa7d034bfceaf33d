/* SPDX-License-Identifier: GPL-2.0-only */
/* Flags of a page, their functions made by macros. */
#ifndef _LINUX_PAGE_FLAGS_H
#define _LINUX_PAGE_FLAGS_H

#include <linux/bitops.h>
#include <linux/mm_types.h>

enum pageflags {
	PG_locked,
	PG_error,
	PG_uptodate,
	PG_dirty,
	PG_waiters,
	PG_private,
	PG_private_2,
	PG_writeback,
};

#define PAGE_FLAGS_PRIVATE	(1UL << PG_private | 1UL << PG_private_2)

#define TESTPAGEFLAG(uname, lname)					\
static __always_inline int Page##uname(struct page *page)		\
	{ return test_bit(PG_##lname, &page->flags); }

#define SETPAGEFLAG(uname, lname)					\
static __always_inline void SetPage##uname(struct page *page)		\
	{ set_bit(PG_##lname, &page->flags); }

#define CLEARPAGEFLAG(uname, lname)					\
static __always_inline void ClearPage##uname(struct page *page)		\
	{ clear_bit(PG_##lname, &page->flags); }

#define TESTCLEARFLAG(uname, lname)					\
static __always_inline int TestClearPage##uname(struct page *page)	\
	{ return test_and_clear_bit(PG_##lname, &page->flags); }

#define PAGEFLAG(uname, lname)						\
	TESTPAGEFLAG(uname, lname)					\
	SETPAGEFLAG(uname, lname)					\
	CLEARPAGEFLAG(uname, lname)

TESTPAGEFLAG(Locked, locked)
PAGEFLAG(Waiters, waiters)
PAGEFLAG(Error, error)
PAGEFLAG(Uptodate, uptodate)
PAGEFLAG(Dirty, dirty)
TESTCLEARFLAG(Dirty, dirty)
PAGEFLAG(Private, private)
TESTPAGEFLAG(Writeback, writeback)

static inline int page_has_private(struct page *page)
{
	return !!(page->flags & PAGE_FLAGS_PRIVATE);
}

#endif /* _LINUX_PAGE_FLAGS_H */
