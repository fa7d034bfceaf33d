// SPDX-License-Identifier: GPL-2.0-only
/* What the engine sparse finds of ref-leak, and where it must be silent. */
#include <linux/err.h>
#include <linux/errno.h>
#include <linux/pagemap.h>

struct holder {
	struct page *page;
};

int prepare(struct page *page);
void holder_free(struct holder *h);

int early_bad(struct page *page)
{
	get_page(page); /* expect: ref-leak */
	if (prepare(page))
		return -EIO;
	put_page(page);
	return 0;
}

int one_of_three_bad(struct page *page, int n)
{
	if (n < 0)
		return -EINVAL;
	get_page(page); /* expect: ref-leak "struct page" */
	if (prepare(page)) {
		put_page(page);
		return -EIO;
	}
	if (n > 5)
		return -EINVAL;
	put_page(page);
	return 0;
}

struct page *found_bad(struct address_space *mapping, pgoff_t index)
{
	struct page *page = find_lock_page(mapping, index); /* expect: ref-leak */

	if (!page)
		return ERR_PTR(-ENOENT);
	if (!PageUptodate(page)) {
		unlock_page(page);
		return ERR_PTR(-EIO);
	}
	if (prepare(page)) {
		put_page(page);
		return NULL;
	}
	return page;
}

/* Success keeps it: that is what the function is for. */
int hands_over_ok(struct holder *h, struct page *page)
{
	get_page(page);
	if (prepare(page)) {
		put_page(page);
		return -EIO;
	}
	h->page = page;
	return 0;
}

int tried_ok(struct page *page)
{
	if (!get_page_unless_zero(page))
		return -EBUSY;
	prepare(page);
	put_page(page);
	return 0;
}

struct page *lookup_ok(struct address_space *mapping, pgoff_t index)
{
	struct page *page = find_lock_page(mapping, index);

	if (!page)
		return ERR_PTR(-ENOENT);
	if (prepare(page)) {
		put_page(page);
		return ERR_PTR(-EIO);
	}
	return page;
}

/* Sparse does not know what is in an array. */
int array_ok(struct address_space *mapping, struct page *page[2])
{
	page[0] = find_lock_page(mapping, 0);
	if (!page[0])
		return -ENOMEM;
	page[1] = find_lock_page(mapping, 1);
	if (!page[1]) {
		put_page(page[0]);
		return -ENOMEM;
	}
	return 0;
}

struct page_ops {
	void (*get_page)(struct page *page);
	void (*put_page)(struct page *page);
};

/* Members have nothing but the name. */
int members_ok(const struct page_ops *ops, struct page *page)
{
	ops->get_page(page);
	if (prepare(page))
		return -EIO;
	(*ops).put_page(page);
	return 0;
}

/* Noise: who drops it is somewhere else. */
int cleanup_elsewhere_ok(struct holder *h, struct page *page)
{
	get_page(page);
	h->page = page;
	if (prepare(page)) {
		holder_free(h);
		return -EIO;
	}
	return 0;
}

static void holder_drop(struct holder *h)
{
	put_page(h->page);
}

int dropped_by_helper_ok(struct holder *h, struct page *page)
{
	get_page(page);
	h->page = page;
	if (prepare(page)) {
		holder_drop(h);
		return -EIO;
	}
	put_page(page);
	return 0;
}

/* A put of what the caller gave. */
int consumes_ok(struct page *page, struct page *other)
{
	put_page(page);
	if (prepare(other))
		return -EIO;
	get_page(other);
	return 0;
}

/* The same condition twice: sparse takes it for two, and is not believed. */
int conditional_ok(struct page *page, int own)
{
	if (own)
		get_page(page);
	prepare(page);
	if (own)
		put_page(page);
	return -EIO;
}

/* The value of the return is not a constant. */
int variable(struct page *page)
{
	int err;

	get_page(page); /* FN: ref-leak */
	err = prepare(page);
	if (err)
		return err;
	put_page(page);
	return 0;
}
