// SPDX-License-Identifier: GPL-2.0-only
/*
 * document: Lustre LU-19956
 * variant:  fixed, temp_ref's order and accessors that cannot both win
 * rules:    none
 * result:   sc: never, tso: never, pso: never, arm: inconclusive
 *
 * Not from the ticket. The pin is a bit of a word of its own, and
 * test_and_clear_bit() decides who drops the reference: it returns the
 * newest value on any machine and orders what is around it. That also takes
 * the flag out of the word that it shared with bit-fields written under
 * other locks, where a store to a neighbour could bring an old value back.
 *
 * The order is temp_ref.c's, because of all these orders it alone neither
 * splits flag and reference (buggy.c), nor publishes a page whose flag is
 * still set (ticket.c), nor uses a page without a reference (put_first.c).
 * What is left to the machine is that the last put is an acquire, as
 * refcount_dec_and_test() has been since Linux 5.2.
 */
#define OSC_PIN_IS_A_BIT
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
	LASSERT(osc_page_pinned(opg));

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
