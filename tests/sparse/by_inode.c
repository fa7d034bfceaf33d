// SPDX-License-Identifier: GPL-2.0-only
/* Page cache by what a function gets; the other makes the same mistake. */
#include <linux/pagemap.h>

void create(struct inode *inode, struct page *page)
{
	SetPagePrivate(page); /* expect: unpaired-flag */
}

void drop(struct page *page)
{
	ClearPagePrivate(page); /* expect: unpaired-flag */
}
