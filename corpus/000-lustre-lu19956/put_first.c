// SPDX-License-Identifier: GPL-2.0-only
/*
 * document: Lustre LU-19956
 * variant:  put_first, a third order: put accessor, then complete
 * rules:    put-before-wait
 * result:   sc: never, tso: never, pso: never, arm: sometimes
 *
 * While the page is under writeback nobody else comes near the pin, so the
 * accessor meets no other. But then osc_completion() has no reference of
 * its own and still hands the page on. For a write the page cache's
 * reference keeps it until end_page_writeback(), and nothing touches the
 * cl_page after that; the shape is reported all the same, since that
 * reference is not this function's. For a read that fails with -EAGAIN the
 * completion deletes the page and then looks at it: a use after free in one
 * thread (see read_eagain.c for the completion).
 *
 * On weakly ordered memory the other CPU may find the flag still set, as in
 * temp_ref.c.
 *
 * CPU 0: osc_completion             CPU 1: ll_invalidatepage
 *   transfer_put: flag = 0, put
 *   end_page_writeback
 *                                   lock_page, cl_page_get
 *                                   cp_state = FREEING
 *                                   transfer_put: nothing to do
 *                                   vvp_page_delete: refcount_dec
 *                                   cl_page_put: the last one, frees
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
	osc_page_transfer_put(env, opg); /* expect: put-before-wait */
	cl_page_complete(env, page, crt, rc);
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
