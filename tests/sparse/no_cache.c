// SPDX-License-Identifier: GPL-2.0-only
/* Pages that are not of the page cache: their PG_private owns nothing. */
#include <linux/pagemap.h>

struct request {
	struct page *page;
};

void bounce(struct page *page, unsigned long owner)
{
	SetPagePrivate(page);
	set_page_private(page, owner);
}

void unbounce(struct page *page)
{
	ClearPagePrivate(page);
	set_page_private(page, 0);
}

/* The page came with the request, and so did its reference. */
void add_request(struct inode *inode, struct request *req)
{
	SetPagePrivate(req->page);
}
