// SPDX-License-Identifier: GPL-2.0-only
/* unpaired_flag.cocci: what it must report, and what it must not. */

const struct address_space_operations meta_aops = {
	.release_folio	= meta_release_folio,
};

void meta_insert(struct page *page, struct meta *m)
{
	set_page_private(page, (unsigned long)m);
	SetPagePrivate(page); /* expect */
}

void meta_remove(struct page *page)
{
	set_page_private(page, 0);
	ClearPagePrivate(page); /* expect */
}

void meta_insert_right(struct page *page, struct meta *m)
{
	get_page(page);
	set_page_private(page, (unsigned long)m);
	SetPagePrivate(page);
}

void meta_remove_right(struct page *page)
{
	ClearPagePrivate(page);
	set_page_private(page, 0);
	put_page(page);
}

/* Nobody knows this page yet. */
struct page *bounce(struct meta *m)
{
	struct page *page = NULL;

	page = alloc_page(GFP_NOFS);
	SetPagePrivate(page);
	return page;
}

void transfer_start(struct osc_page *opg)
{
	opg->ops_transfer_pinned = 1; /* expect */
	queue(opg);
}

void transfer_start_right(struct osc_page *opg)
{
	cl_page_get(opg->ops_cl.cpl_page);
	opg->ops_transfer_pinned = 1;
	queue(opg);
}

/* The same name in another record. */
void other(struct request *req)
{
	req->ops_transfer_pinned = 1;
}
