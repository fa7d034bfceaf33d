/* SPDX-License-Identifier: GPL-2.0-only */
/* The end of a read, which may delete the page itself. */
#ifndef _CORPUS_VVP_READ_H
#define _CORPUS_VVP_READ_H

#include "llite_internal.h"

/*
 * The core's function, with the file system's method called by name: takes
 * the page out of its file; the caller has it locked.
 */
static inline void generic_error_remove_page(struct page *vmpage)
{
	__ll_invalidatepage(vmpage);
	cancel_dirty_page(vmpage);
}

static inline void vvp_page_completion_read(const struct lu_env *env,
					    struct cl_page *page, int ioret)
{
	struct page *vmpage = page->cp_vmpage;

	LASSERT(PageLocked(vmpage));
	if (ioret == 0) {
		if (!page->cp_defer_uptodate)
			SetPageUptodate(vmpage);
	} else if (page->cp_defer_uptodate) {
		page->cp_defer_uptodate = 0;
		/* Another mirror is read next, with another osc's slice. */
		if (ioret == -EAGAIN)
			generic_error_remove_page(vmpage);
	}
	if (page->cp_sync_io == NULL)
		unlock_page(vmpage);
}

static inline void cl_page_complete(const struct lu_env *env,
				    struct cl_page *page,
				    enum cl_req_type crt, int ioret)
{
	LASSERT(crt == CRT_READ);
	LASSERT(page->cp_state == CPS_PAGEIN);
	page->cp_state = CPS_CACHED;
	vvp_page_completion_read(env, page, ioret);
}

#endif /* _CORPUS_VVP_READ_H */
