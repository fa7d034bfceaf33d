// SPDX-License-Identifier: GPL-2.0-only
/* put_before_wait.cocci: what it must report, and what it must not. */

void wait_behind(struct page *page)
{
	put_page(page); /* expect */
	wait_on_page_writeback(page);
}

void use_behind(struct net_device *dev)
{
	dev_put(dev); /* expect */
	pr_info("%s is gone\n", dev->name);
}

void iface_closed(struct channel *c)
{
	struct iface *iface = c->iface;

	kref_put(&iface->refcount, iface_release); /* expect */
	iface->num_channels--;
}

/* The caller has another. */
void balanced(struct net_device *dev)
{
	dev_hold(dev);
	report(dev);
	dev_put(dev);
	dev->reported = true;
}

/* There were two. */
void two(struct entry *e)
{
	struct entry *entry = e;

	kref_put(&entry->ref, entry_free);
	kref_put(&entry->ref, entry_free);
}

/* Another page by now. */
void next(struct page *page)
{
	put_page(page);
	page = next_page();
	wait_on_page_writeback(page);
}

/* Used only where it was not put. */
int sometimes(struct net_device *dev, int err)
{
	if (err)
		dev_put(dev);
	if (!err)
		dev->reported = true;
	return err;
}

void transfer_end(const struct lu_env *env, struct osc_page *opg,
		  struct cl_page *page)
{
	osc_page_transfer_put(env, opg); /* expect */
	cl_page_complete(env, page, 0);
}

void transfer_end_covered(const struct lu_env *env, struct osc_page *opg,
			  struct cl_page *page)
{
	cl_page_get(page);
	osc_page_transfer_put(env, opg);
	cl_page_complete(env, page, 0);
	cl_page_put(env, page);
}
