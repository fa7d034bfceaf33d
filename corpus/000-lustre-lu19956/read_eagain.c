// SPDX-License-Identifier: GPL-2.0-only
/*
 * document: Lustre LU-19956
 * variant:  read_eagain, the ticket's order in one thread, a read gives -EAGAIN
 * rules:    none
 * result:   sc: always, tso: always, pso: always, arm: always
 *
 * No second CPU: cl_page_complete() itself deletes the page, because the
 * next try goes to another mirror. With the flag still set, the deletion
 * drops the reference that osc_completion() counts on.
 *
 * osc_completion
 *   cl_page_complete
 *     vvp_page_completion_read
 *       generic_error_remove_page
 *         cl_vmpage_page: get          3 references
 *         cl_page_delete
 *           transfer_put: flag = 0, put        2
 *           vvp_page_delete: dec               1
 *         cl_page_put                  0, freed
 *       cp_sync_io                     use after free
 *   transfer_put                               use after free
 *
 * In buggy.c's and temp_ref.c's order the same read is safe: the flag is
 * clear by then and a reference is left. None of the rules looks through a
 * put that happens this deep under a condition; it is for the replay.
 *
 * Differs from the kernel's: generic_error_remove_page() calls the file
 * system's method by name, and takes the page only.
 */
#include "vvp_read.h"

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
	cl_page_complete(env, page, crt, rc);
	osc_page_transfer_put(env, opg);
	RETURN(0);
}

void osc_extent_finish(const struct lu_env *env, struct osc_extent *ext,
		       int rc)
{
	struct osc_async_page *oap, *tmp;

	list_for_each_entry_safe(oap, tmp, &ext->oe_pages, oap_pending_item) {
		list_del_init(&oap->oap_pending_item);
		osc_completion(env, oap, OBD_BRW_READ, rc);
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
