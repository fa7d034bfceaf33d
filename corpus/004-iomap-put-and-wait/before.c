// SPDX-License-Identifier: GPL-2.0-only
/*
 * document: 9a1ea439b16b and 8e47a457321c, iomap pages and migration
 * variant:  before, PG_private is set and owns no reference
 * rules:    unpaired-flag
 * result:   sc: sometimes, tso: sometimes, pso: sometimes, arm: sometimes
 *
 * Migration takes it from PG_private that the page has one more reference.
 * Here it has not, so the count it expects is reached only when somebody
 * else has one: the fault that waits. Its reference is frozen away with the
 * others, and its put finds a count of 0.
 *
 * CPU 0: iomap_migrate_page         CPU 1: migration_entry_wait
 *   count 2: page cache, own
 *                                   get_page_unless_zero: 3
 *                                   on the wait queue
 *   expects 1 + 1 + PG_private = 3
 *   freeze: 0
 *                                   put_page: VM_BUG_ON_PAGE(0)
 *   unfreeze: 2
 *
 * Before 9a1ea439b16b the waiter kept its reference until the page was
 * unlocked, so a move either failed or was over. The line that crashes is
 * innocent; put_and_wait_on_page_locked() uses the page after its put as a
 * key only and is not to be reported (put-before-wait), nor is the freeze,
 * which compares and clears in one step (idle-check-unlocked).
 *
 * The four places that set or clear the bit are wrong together and agree
 * with each other: no majority in this file shows the pair. It is known
 * from the model.
 */
#include "iomap.h"

static struct iomap_page *iomap_page_create(struct inode *inode,
					    struct page *page)
{
	struct iomap_page *iop = to_iomap_page(page);

	if (iop || i_blocks_per_page(inode) <= 1)
		return iop;

	iop = kzalloc(sizeof(*iop), GFP_NOFS | __GFP_NOFAIL);
	atomic_set(&iop->read_count, 0);
	atomic_set(&iop->write_count, 0);
	set_page_private(page, (unsigned long)iop);
	SetPagePrivate(page); /* expect: unpaired-flag */
	return iop;
}

static void iomap_page_release(struct page *page)
{
	struct iomap_page *iop = to_iomap_page(page);

	if (!iop)
		return;
	WARN_ON_ONCE(atomic_read(&iop->read_count));
	WARN_ON_ONCE(atomic_read(&iop->write_count));
	ClearPagePrivate(page); /* expect: unpaired-flag */
	set_page_private(page, 0);
	kfree(iop);
}

static int iomap_migrate_page(struct address_space *mapping,
			      struct page *newpage, struct page *page,
			      enum migrate_mode mode)
{
	int ret;

	ret = migrate_page_move_mapping(mapping, newpage, page, 0);
	if (ret != MIGRATEPAGE_SUCCESS)
		return ret;

	if (page_has_private(page)) {
		ClearPagePrivate(page); /* expect: unpaired-flag */
		set_page_private(newpage, page_private(page));
		set_page_private(page, 0);
		SetPagePrivate(newpage); /* expect: unpaired-flag */
	}

	if (mode != MIGRATE_SYNC_NO_COPY)
		migrate_page_copy(newpage, page);
	else
		migrate_page_states(newpage, page);
	return MIGRATEPAGE_SUCCESS;
}

static int iomap_releasepage(struct page *page, gfp_t gfp_mask)
{
	if (PageDirty(page) || PageWriteback(page))
		return 0;
	iomap_page_release(page);
	return 1;
}

static void iomap_invalidatepage(struct page *page, unsigned int offset,
				 unsigned int len)
{
	if (offset == 0 && len == PAGE_SIZE) {
		cancel_dirty_page(page);
		iomap_page_release(page);
	}
}

/*
 * mm, which calls them through a_ops with the page locked, and says so. What
 * truncation says stands in delete_from_page_cache(), its next call.
 */
int move_to_new_page(struct page *newpage, struct page *page,
		     enum migrate_mode mode)
{
	VM_BUG_ON_PAGE(!PageLocked(page), page);
	VM_BUG_ON_PAGE(!PageLocked(newpage), newpage);
	return iomap_migrate_page(page->mapping, newpage, page, mode);
}

int try_to_release_page(struct page *page, gfp_t gfp_mask)
{
	BUG_ON(!PageLocked(page));
	if (PageWriteback(page))
		return 0;
	return iomap_releasepage(page, gfp_mask);
}

void truncate_inode_page(struct page *page)
{
	if (page_has_private(page))
		iomap_invalidatepage(page, 0, PAGE_SIZE);
	BUG_ON(!PageLocked(page));
}

int iomap_readpage(struct inode *inode, struct page *page)
{
	struct iomap_page *iop = iomap_page_create(inode, page);

	if (iop)
		atomic_inc(&iop->read_count);
	return 0;
}

void migration_entry_wait(spinlock_t *ptl, struct page *page)
{
	__migration_entry_wait(ptl, page);
}

void __lock_page(struct page *page)
{
	wait_on_page_bit_common(page_waitqueue(page), page, PG_locked,
				TASK_UNINTERRUPTIBLE, EXCLUSIVE);
}
