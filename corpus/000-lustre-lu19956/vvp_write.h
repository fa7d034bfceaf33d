/* SPDX-License-Identifier: GPL-2.0-only */
/* The end of a write: from here on anybody may lock, own or delete the page. */
#ifndef _CORPUS_VVP_WRITE_H
#define _CORPUS_VVP_WRITE_H

#include "llite_internal.h"

static inline void vvp_page_completion_write(const struct lu_env *env,
					     struct cl_page *page, int ioret)
{
	struct page *vmpage = page->cp_vmpage;

	LASSERT(PageWriteback(vmpage));
	if (ioret)
		SetPageError(vmpage);
	end_page_writeback(vmpage);
}

static inline void cl_page_complete(const struct lu_env *env,
				    struct cl_page *page,
				    enum cl_req_type crt, int ioret)
{
	LASSERT(crt == CRT_WRITE);
	LASSERT(page->cp_state == CPS_PAGEOUT);
	page->cp_state = CPS_CACHED;
	vvp_page_completion_write(env, page, ioret);
}

#endif /* _CORPUS_VVP_WRITE_H */
