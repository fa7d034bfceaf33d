/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * References, states and ownership of a cl_page: what lustre/obdclass has
 * of it, without the page lists.
 */
#ifndef _CORPUS_CL_PAGE_H
#define _CORPUS_CL_PAGE_H

#include <cl_object.h>
#include <linux/errno.h>
#include <linux/pagemap.h>

static inline void cl_page_get(struct cl_page *page)
{
	LASSERT(refcount_read(&page->cp_ref) > 0);
	refcount_inc(&page->cp_ref);
}

/* Drops the reference that vvp_page_attach() took on the page cache's page. */
static inline void cl_page_free(const struct lu_env *env, struct cl_page *page)
{
	struct page *vmpage = page->cp_vmpage;

	LASSERT(page->cp_owner == NULL);
	LASSERT(page->cp_state == CPS_FREEING);
	LASSERT((struct cl_page *)vmpage->private != page);
	put_page(vmpage);
	OBD_FREE(page, sizeof(*page));
}

/* The assertion of the report: the last reference goes while FREEING only. */
static inline void cl_batch_put(const struct lu_env *env, struct cl_page *page,
				struct folio_batch *fbatch)
{
	if (refcount_dec_and_test(&page->cp_ref)) {
		LASSERT(page->cp_state == CPS_FREEING);
		cl_page_free(env, page);
	}
}

static inline void cl_page_put(const struct lu_env *env, struct cl_page *page)
{
	cl_batch_put(env, page, NULL);
}

/* The page lock keeps ->private, and with it the cache's reference. */
static inline struct cl_page *cl_vmpage_page(struct page *vmpage)
{
	struct cl_page *page;

	LASSERT(PageLocked(vmpage));
	page = (struct cl_page *)vmpage->private;
	if (page)
		cl_page_get(page);
	return page;
}

static inline void cl_page_disown(const struct lu_env *env,
				  struct cl_page *page)
{
	page->cp_owner = NULL;
	if (page->cp_state == CPS_OWNED)
		page->cp_state = CPS_CACHED;
	unlock_page(page->cp_vmpage);
}

/* Waits for the page lock and for the end of a transfer. */
static inline int cl_page_own(const struct lu_env *env, struct cl_io *io,
			      struct cl_page *page)
{
	if (page->cp_state == CPS_FREEING)
		return -ENOENT;

	lock_page(page->cp_vmpage);
	wait_on_page_writeback(page->cp_vmpage);
	LASSERT(page->cp_owner == NULL);
	page->cp_owner = io;
	if (page->cp_state == CPS_FREEING) {
		cl_page_disown(env, page);
		return -ENOENT;
	}
	page->cp_state = CPS_OWNED;
	return 0;
}

/* The same for a page that the caller has locked. */
static inline void cl_page_assume(const struct lu_env *env, struct cl_io *io,
				  struct cl_page *page)
{
	LASSERT(PageLocked(page->cp_vmpage));
	wait_on_page_writeback(page->cp_vmpage);
	LASSERT(page->cp_owner == NULL);
	page->cp_owner = io;
	page->cp_state = CPS_OWNED;
}

#endif /* _CORPUS_CL_PAGE_H */
