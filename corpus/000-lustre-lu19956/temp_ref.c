// SPDX-License-Identifier: GPL-2.0-only
/*
 * document: Lustre LU-19956
 * variant:  temp_ref, put_first's order with a reference of its own around it
 * rules:    none
 * result:   sc: never, tso: never, pso: never, arm: sometimes
 *
 * What the review of the ticket came to, as far as it is public. Flag and
 * reference go together while writeback keeps the others out, and the local
 * reference covers the rest. Its references are those of buggy.c, step by
 * step; what changes is that the flag is never seen without its reference.
 * Free of buggy.c's shape, and free of ticket.c's two failures.
 *
 * It hangs on what buggy.c hangs on: the put that frees must be an acquire,
 * and a deleter that sees writeback over must see the flag cleared. Plain
 * loads do not promise the second on weakly ordered memory, where the other
 * CPU's transfer_put() could still find the flag set. fixed.c closes that.
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
	cl_page_get(page);
	osc_page_transfer_put(env, opg);
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
