// SPDX-License-Identifier: GPL-2.0-only
/* direct_flag_write.cocci: what it must report, and what it must not. */

/* The accessors themselves. */
void osc_page_transfer_get(struct osc_page *opg)
{
	struct cl_page *page = opg->ops_cl.cpl_page;

	cl_page_get(page);
	opg->ops_transfer_pinned = 1;
}

void osc_page_transfer_put(const struct lu_env *env, struct osc_page *opg)
{
	struct cl_page *page = opg->ops_cl.cpl_page;

	if (opg->ops_transfer_pinned) {
		opg->ops_transfer_pinned = 0;
		cl_page_put(env, page);
	}
}

void end_write(const struct lu_env *env, struct osc_page *opg,
	       struct cl_page *page)
{
	opg->ops_transfer_pinned = 0; /* expect */
	cl_page_done(env, page);
	cl_page_put(env, page);
}

void start_write(struct osc_page *opg, struct cl_page *page)
{
	opg->ops_transfer_pinned = 1; /* expect */
	cl_page_queue(page);
	cl_page_get(page);
}

/* By the accessor, with a reference of its own around it. */
void end_write_covered(const struct lu_env *env, struct osc_page *opg,
		       struct cl_page *page)
{
	cl_page_get(page);
	osc_page_transfer_put(env, opg);
	cl_page_done(env, page);
	cl_page_put(env, page);
}

void release(struct page *page)
{
	ClearPagePrivate(page); /* expect */
	set_page_private(page, 0);
	unlock_page(page);
	put_page(page);
}

/* Nobody is let in: no race, and mode patch writes the accessors. */
void attach_by_hand(struct page *page, void *data)
{
	get_page(page);
	set_page_private(page, (unsigned long)data);
	SetPagePrivate(page);
}

void detach_by_hand(struct page *page)
{
	ClearPagePrivate(page);
	set_page_private(page, 0);
	put_page(page);
	unlock_page(page);
}
