// SPDX-License-Identifier: GPL-2.0-only
/* As in Lustre LU-19956 the direct write is in another file than the accessors. */
#include "xfer.h"

void xfer_queue(struct xfer_page *x)
{
	xfer_pin(x);
	schedule_work(&x->xp_work);
}

void xfer_abort(struct xfer_page *x)
{
	cancel_work_sync(&x->xp_work);
	xfer_unpin(x);
}

void xfer_timeout(struct xfer_page *x)
{
	xfer_unpin(x);
	complete(&x->xp_page->io);
}

void xfer_completion(struct xfer_page *x)
{
	struct buf_page *page = x->xp_page;

	BUG_ON(!x->xp_pinned);
	x->xp_pinned = 0; /* expect: direct-flag-write */
	complete(&page->io);
	buf_page_put(page);
}
