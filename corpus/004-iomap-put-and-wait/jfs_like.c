// SPDX-License-Identifier: GPL-2.0-only
/*
 * document: Linux 6.1 fs/jfs/jfs_metapage.c, the shape of 8e47a457321c
 * variant:  jfs_like, a metapage hangs on its page without a reference
 * rules:    unpaired-flag
 * result:   sc: never, tso: never, pso: never, arm: inconclusive
 *
 * insert_metapage() sets PG_private and maps the page, remove_metapage()
 * undoes both; neither touches the count. Whoever adds up references by the
 * bit expects one that is not there.
 *
 * Less comes of it than in before.c: jfs_metapage_aops has no migration of
 * its own, so the core releases the private data first and then moves a
 * page without. What is left is who else subtracts the bit from the count:
 * reclaim takes a page with a metapage for one that somebody uses. The
 * references that __get_metapage() and grab_metapage() take belong to the
 * metapage's users, one each, and go with release_metapage(); they are not
 * the bit's.
 *
 * Boiled down: pages of 4 KB, that is one metapage a page and no anchor (the
 * code that x86 compiles); no log, no I/O, no locked bit. The error path of
 * __get_metapage() puts the page, which 6.1 does not.
 */
#include <linux/bitops.h>
#include <linux/err.h>
#include <linux/highmem.h>
#include <linux/pagemap.h>
#include <linux/slab.h>

#define META_dirty	2
#define META_io		6

struct metapage {
	unsigned long flag;
	unsigned long count; /* users; under the page lock */
	sector_t index;
	void *data;
	struct page *page;
};

static inline struct metapage *page_to_mp(struct page *page)
{
	return PagePrivate(page) ? (struct metapage *)page_private(page) : NULL;
}

static inline int insert_metapage(struct page *page, struct metapage *mp)
{
	if (mp) {
		set_page_private(page, (unsigned long)mp);
		SetPagePrivate(page); /* expect: unpaired-flag */
		kmap(page);
	}
	return 0;
}

static inline void remove_metapage(struct page *page, struct metapage *mp)
{
	set_page_private(page, 0);
	ClearPagePrivate(page); /* expect: unpaired-flag */
	kunmap(page);
}

static inline void drop_metapage(struct page *page, struct metapage *mp)
{
	if (mp->count || test_bit(META_dirty, &mp->flag) ||
	    test_bit(META_io, &mp->flag))
		return;
	remove_metapage(page, mp);
	kfree(mp);
}

static bool metapage_release_folio(struct folio *folio, gfp_t gfp_mask)
{
	struct metapage *mp = page_to_mp(&folio->page);

	if (!mp)
		return true;
	if (mp->count || test_bit(META_dirty, &mp->flag))
		return false;
	remove_metapage(&folio->page, mp);
	kfree(mp);
	return true;
}

const struct address_space_operations jfs_metapage_aops = {
	.release_folio	= metapage_release_folio,
};

/* Returns with a reference on the page, the user's. */
struct metapage *__get_metapage(struct inode *inode, unsigned long lblock)
{
	struct page *page = grab_cache_page(inode->i_mapping, lblock);
	struct metapage *mp;

	if (!page)
		return NULL;

	mp = page_to_mp(page);
	if (mp) {
		mp->count++;
		unlock_page(page);
		return mp;
	}

	mp = kzalloc(sizeof(*mp), GFP_NOFS);
	if (!mp)
		goto unlock;
	mp->page = page;
	mp->count = 1;
	mp->index = lblock;
	mp->data = page_address(page);
	if (insert_metapage(page, mp)) {
		kfree(mp);
		goto unlock;
	}
	unlock_page(page);
	return mp;
unlock:
	unlock_page(page);
	put_page(page);
	return NULL;
}

void grab_metapage(struct metapage *mp)
{
	get_page(mp->page);
	lock_page(mp->page);
	mp->count++;
	unlock_page(mp->page);
}

void release_metapage(struct metapage *mp)
{
	struct page *page = mp->page;

	lock_page(page);
	if (--mp->count) {
		unlock_page(page);
		put_page(page);
		return;
	}
	if (test_bit(META_dirty, &mp->flag))
		set_page_dirty(page);
	drop_metapage(page, mp);
	unlock_page(page);
	put_page(page);
}
