// SPDX-License-Identifier: GPL-2.0-only
/* The reference that the flag owns, in a layer of its own. */
#include "xfer.h"

void buf_page_get(struct buf_page *page)
{
	refcount_inc(&page->refs);
}

void buf_page_put(struct buf_page *page)
{
	if (refcount_dec_and_test(&page->refs))
		kfree(page);
}
