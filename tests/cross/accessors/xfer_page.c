// SPDX-License-Identifier: GPL-2.0-only
/* The accessors, laid out as in Lustre: flag and reference always together. */
#include "xfer.h"

void xfer_pin(struct xfer_page *x)
{
	BUG_ON(x->xp_pinned);
	buf_page_get(x->xp_page);
	x->xp_pinned = 1;
}

void xfer_unpin(struct xfer_page *x)
{
	if (x->xp_pinned) {
		x->xp_pinned = 0;
		buf_page_put(x->xp_page);
	}
}
