/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef CROSS_XFER_H
#define CROSS_XFER_H

#include "kernel.h"

struct buf_page {
	refcount_t refs;
	struct completion io;
};

/* xp_pinned owns one reference on the page. */
struct xfer_page {
	struct buf_page *xp_page;
	unsigned int xp_pinned:1;
	struct work_struct xp_work;
};

void buf_page_get(struct buf_page *page);
void buf_page_put(struct buf_page *page);
void xfer_pin(struct xfer_page *x);
void xfer_unpin(struct xfer_page *x);

#endif
