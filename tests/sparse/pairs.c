// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the engine sparse finds of unpaired-flag, and where it must be silent.
 * The flag is PG_private, which owns a reference on a page of the page cache.
 */
#include <linux/errno.h>
#include <linux/pagemap.h>

struct made {
	struct page *page, *other;
};

int prepare(struct page *page);
void lock_it(struct page *page) __attribute__((context(x, 0, 1)));

const struct address_space_operations pairs_aops = { 0 };

void set_bad(struct page *page)
{
	lock_page(page);
	SetPagePrivate(page); /* expect: unpaired-flag "set without taking" */
	unlock_page(page);
}

void clear_bad(struct page *page)
{
	ClearPagePrivate(page); /* expect: unpaired-flag "cleared without" */
}

/* The reference follows on one of two ways. */
int one_way_bad(struct made *m)
{
	SetPagePrivate(m->page); /* expect: unpaired-flag */
	if (prepare(m->page))
		return -EIO;
	get_page(m->page);
	return 0;
}

void loop_bad(struct made *m, int n)
{
	int i;

	for (i = 0; i < n; i++)
		SetPagePrivate(m[i].page); /* expect: unpaired-flag */
}

/* Helpers are told of where they stand, not where they are called. */
static inline void helper_bad(struct page *page)
{
	SetPagePrivate(page); /* expect: unpaired-flag */
}

void calls_helper_ok(struct page *page)
{
	helper_bad(page);
}

void get_first_ok(struct page *page)
{
	get_page(page);
	SetPagePrivate(page);
}

void set_first_ok(struct page *page)
{
	SetPagePrivate(page);
	get_page(page);
}

void clear_ok(struct made *m)
{
	if (PagePrivate(m->page)) {
		ClearPagePrivate(m->page);
		put_page(m->page);
	}
}

/* A reference for the time of the function, and one for the flag. */
int temporary_ok(struct page *page)
{
	get_page(page);
	if (prepare(page)) {
		put_page(page);
		return -EIO;
	}
	get_page(page);
	SetPagePrivate(page);
	put_page(page);
	return 0;
}

int tried_ok(struct page *page)
{
	if (!get_page_unless_zero(page))
		return -EBUSY;
	SetPagePrivate(page);
	return 0;
}

void accessors_ok(struct page *page)
{
	attach_page_private(page, page);
	detach_page_private(page);
}

/* References and locks without the flag are none of its business. */
void hands_over_ok(struct made *m, struct page *page)
{
	get_page(page);
	m->page = page;
	lock_it(page);
}

/* One flag fewer here and one more there: the sum is right, the pages not. */
void moves(struct page *from, struct page *to)
{
	ClearPagePrivate(from); /* FN: unpaired-flag */
	SetPagePrivate(to);
}

static void take(struct page *page)
{
	get_page(page);
}

/* What a function of the file does is not known to sparse: no guess. */
void by_helper_ok(struct page *page)
{
	take(page);
	SetPagePrivate(page);
}
