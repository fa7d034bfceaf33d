// SPDX-License-Identifier: GPL-2.0-only
/*
 * document: Lustre LU-19956
 * variant:  buggy, osc_completion() as it stands in the repository
 * rules:    direct-flag-write
 * result:   sc: never, tso: never, pso: never, arm: sometimes
 *
 * The flag is cleared here, before the page is published by the end of
 * writeback; the reference that it owned is dropped here, after it.
 *
 * CPU 0: osc_completion             CPU 1: ll_invalidatepage
 *   ops_transfer_pinned = 0
 *   cp_state = CACHED
 *   end_page_writeback
 *                                   lock_page, wait_on_page_writeback
 *                                   cl_page_get
 *                                   cp_state = FREEING
 *                                   transfer_put: flag clear, no put
 *                                   vvp_page_delete: refcount_dec
 *                                   cl_page_put
 *   cl_page_put: the last one
 *   LASSERT(cp_state == FREEING)
 *
 * Read in order nothing fails: the local reference bridges the gap, and the
 * other CPU wrote FREEING before any of its puts. The failure that was
 * reported needs the last put not to order that store (a refcount_t before
 * 5.2, and weakly ordered memory), or the other CPU to see the end of
 * writeback and not yet the cleared flag: two puts for one reference. The
 * deleter that asks first, do_release_page(), leaves the page alone while
 * the reference stands, pinned or not.
 *
 * Left out: the request's accounting, lu_ref tracking, layers between osc
 * and llite, transient pages (which have no pin).
 */
#include "vvp_write.h"

static int osc_completion(const struct lu_env *env, struct osc_async_page *oap,
			  int cmd, int rc)
{
	struct osc_page *opg = oap2osc_page(oap);
	struct cl_page *page = oap2cl_page(oap);
	enum cl_req_type crt;

	ENTRY;
	LASSERT(equi(page->cp_state == CPS_PAGEIN, cmd == OBD_BRW_READ));
	LASSERT(equi(page->cp_state == CPS_PAGEOUT, cmd == OBD_BRW_WRITE));
	LASSERT(opg->ops_transfer_pinned);

	crt = cmd == OBD_BRW_READ ? CRT_READ : CRT_WRITE;
	opg->ops_transfer_pinned = 0; /* expect: direct-flag-write */
	cl_page_complete(env, page, crt, rc);
	cl_page_put(env, page);
	RETURN(0);
}

void osc_extent_finish(const struct lu_env *env, struct osc_extent *ext,
		       int rc)
{
	struct osc_async_page *oap, *tmp;

	list_for_each_entry_safe(oap, tmp, &ext->oe_pages, oap_pending_item) {
		list_del_init(&oap->oap_pending_item);
		osc_completion(env, oap, OBD_BRW_WRITE, rc);
	}
}

static void ll_invalidatepage(struct page *vmpage, unsigned int offset,
			      unsigned int length)
{
	if (offset == 0 && length == PAGE_SIZE)
		__ll_invalidatepage(vmpage);
}

static int ll_releasepage(struct page *vmpage, gfp_t gfp_mask)
{
	return do_release_page(vmpage);
}

const struct address_space_operations ll_aops = {
	.invalidatepage	= ll_invalidatepage,
	.releasepage	= ll_releasepage,
};

void osc_lock_discard_pages(const struct lu_env *env, struct cl_io *io,
			    struct osc_object *osc, pgoff_t index)
{
	struct osc_page *opg = osc_page_lookup(osc, index);

	if (opg) {
		osc_discard_cb(env, io, opg);
		cl_page_put(env, opg->ops_cl.cpl_page);
	}
}

int ll_write_end(const struct lu_env *env, struct cl_io *io,
		 struct page *vmpage)
{
	return __ll_write_end(env, io, vmpage);
}

int vvp_page_init(struct cl_page *page, struct page *vmpage)
{
	vvp_page_attach(page, vmpage);
	return 0;
}
