/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The other side: who deletes a page (B) and who makes it dirty again (C).
 * All of them hold the page lock and have seen writeback over. Each case
 * ends with the functions that come here.
 */
#ifndef _CORPUS_LLITE_INTERNAL_H
#define _CORPUS_LLITE_INTERNAL_H

#include "osc_internal.h"

const struct lu_env *cl_env_percpu_get(void);
void cl_env_percpu_put(const struct lu_env *env);

/* The page cache's reference, and the cl_page's on the page cache's page. */
static inline void vvp_page_attach(struct cl_page *page, struct page *vmpage)
{
	get_page(vmpage);
	refcount_inc(&page->cp_ref);
	SetPagePrivate(vmpage);
	vmpage->private = (unsigned long)page;
}

/*
 * PG_private goes here, the reference on vmpage that came with it belongs to
 * the cl_page by now and goes in cl_page_free().
 */
static inline void vvp_page_delete(const struct lu_env *env,
				   struct cl_page *page)
{
	struct page *vmpage = page->cp_vmpage;

	LASSERT(PageLocked(vmpage));
	LASSERT((struct cl_page *)vmpage->private == page);
	refcount_dec(&page->cp_ref);
	ClearPagePrivate(vmpage);
	vmpage->private = 0;
}

static inline void cl_page_delete(const struct lu_env *env,
				  struct cl_page *page)
{
	struct osc_page *opg = osc_cl_page_osc(page);

	LASSERT(page->cp_state != CPS_FREEING);
	page->cp_owner = NULL;
	page->cp_state = CPS_FREEING;
	osc_page_delete(env, &opg->ops_cl);
	vvp_page_delete(env, page);
}

/* Truncation. No test whether the page is in use. */
static inline void __ll_invalidatepage(struct page *vmpage)
{
	const struct lu_env *env = cl_env_percpu_get();
	struct cl_page *page;

	LASSERT(PageLocked(vmpage));
	LASSERT(!PageWriteback(vmpage));
	page = cl_vmpage_page(vmpage);
	if (page) {
		cl_page_delete(env, page);
		cl_page_put(env, page);
	}
	cl_env_percpu_put(env);
}

/* Found in the object's tree, with a reference; see cl_page_delete(). */
static inline struct osc_page *osc_page_lookup(struct osc_object *osc,
					       pgoff_t index)
{
	struct osc_page *opg;

	spin_lock(&osc->oo_tree_lock);
	opg = radix_tree_lookup(&osc->oo_tree, index);
	if (opg && opg->ops_cl.cpl_page->cp_state == CPS_FREEING)
		opg = NULL;
	if (opg)
		cl_page_get(opg->ops_cl.cpl_page);
	spin_unlock(&osc->oo_tree_lock);
	return opg;
}

/* Lock cancellation. No test here either. */
static inline void osc_discard_cb(const struct lu_env *env, struct cl_io *io,
				  struct osc_page *opg)
{
	struct cl_page *page = opg->ops_cl.cpl_page;

	if (cl_page_own(env, io, page) == 0) {
		cl_page_delete(env, page);
		cl_page_disown(env, page);
	}
}

/* Reclaim. Deletes only a page with no reference but the cache's and ours. */
static inline int do_release_page(struct page *vmpage)
{
	const struct lu_env *env;
	struct cl_page *page;
	int result = 0;

	ENTRY;
	LASSERT(PageLocked(vmpage));
	if (PageWriteback(vmpage) || PageDirty(vmpage))
		RETURN(0);

	page = cl_vmpage_page(vmpage);
	if (!page)
		RETURN(1);

	env = cl_env_percpu_get();
	if (!cl_page_in_use(page)) {
		result = 1;
		cl_page_delete(env, page);
	}
	cl_page_put(env, page);
	cl_env_percpu_put(env);
	RETURN(result);
}

/* A write into a page that is cached, ll_write_begin() folded in: C. */
static inline int __ll_write_end(const struct lu_env *env, struct cl_io *io,
				 struct page *vmpage)
{
	struct cl_page *page;
	int result = -ENOENT;

	lock_page(vmpage);
	wait_on_page_writeback(vmpage);
	page = cl_vmpage_page(vmpage);
	if (!page) {
		unlock_page(vmpage);
		return result;
	}
	cl_page_assume(env, io, page);
	result = osc_page_cache_add(env, osc_cl_page_osc(page), io);
	if (result == 0)
		set_page_dirty(vmpage);
	cl_page_disown(env, page);
	cl_page_put(env, page);
	return result;
}

#endif /* _CORPUS_LLITE_INTERNAL_H */
