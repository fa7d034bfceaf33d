/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The memory manager's part: moving a page cache page to another page (M),
 * and waiting for that to be over (W). As of 5.0; one page at a time.
 */
#ifndef _CORPUS_MIGRATE_H
#define _CORPUS_MIGRATE_H

#include <linux/errno.h>
#include <linux/migrate.h>
#include <linux/pagemap.h>
#include <linux/wait.h>

struct wait_page_key {
	struct page *page;
	int bit_nr;
};

struct wait_page_queue {
	struct page *page;
	int bit_nr;
	wait_queue_entry_t wait;
};

enum behavior {
	EXCLUSIVE, /* keeps its reference and takes the bit: lock_page() */
	SHARED,	   /* keeps its reference: wait_on_page_writeback() */
	DROP,	   /* drops it before it sleeps, and never looks again */
};

wait_queue_head_t *page_waitqueue(struct page *page);

/* The page cache's, the caller's, and the one that private data owns. */
static inline int expected_page_refs(struct address_space *mapping,
				     struct page *page)
{
	int expected_count = 1;

	if (mapping)
		expected_count += 1 + page_has_private(page);
	return expected_count;
}

/* From freeze to unfreeze the count is 0, and nobody else may touch it. */
static inline int migrate_page_move_mapping(struct address_space *mapping,
					    struct page *newpage,
					    struct page *page, int extra_count)
{
	XA_STATE(xas, &mapping->i_pages, page->index);
	int expected_count = expected_page_refs(mapping, page) + extra_count;

	xas_lock_irq(&xas);
	if (!page_ref_freeze(page, expected_count)) {
		xas_unlock_irq(&xas);
		return -EAGAIN;
	}

	newpage->index = page->index;
	newpage->mapping = page->mapping;
	page_ref_add(newpage, 1); /* the page cache's */
	if (PageDirty(page)) {
		ClearPageDirty(page);
		SetPageDirty(newpage);
	}
	xas_store(&xas, newpage);

	page_ref_unfreeze(page, expected_count - 1);
	xas_unlock_irq(&xas);
	return MIGRATEPAGE_SUCCESS;
}

/* What unlock_page() calls. The page is compared, not looked into. */
static inline int wake_page_function(wait_queue_entry_t *wait,
				     unsigned int mode, int sync, void *arg)
{
	struct wait_page_queue *wait_page =
			container_of(wait, struct wait_page_queue, wait);
	struct wait_page_key *key = arg;

	if (wait_page->page != key->page || wait_page->bit_nr != key->bit_nr)
		return 0;

	smp_store_release(&wait->flags, wait->flags | WQ_FLAG_WOKEN);
	wake_up_state(wait->private, mode);
	list_del_init_careful(&wait->entry);
	return (wait->flags & WQ_FLAG_EXCLUSIVE) != 0;
}

/* Entered with the queue's lock. Done at once if the bit is clear. */
static inline bool trylock_page_bit_common(struct page *page, int bit_nr,
					   wait_queue_entry_t *wait)
{
	if (wait->flags & WQ_FLAG_EXCLUSIVE) {
		if (test_and_set_bit(bit_nr, &page->flags))
			return false;
	} else if (test_bit(bit_nr, &page->flags)) {
		return false;
	}

	wait->flags |= WQ_FLAG_WOKEN | WQ_FLAG_DONE;
	return true;
}

/*
 * Only DROP goes on without a reference after the put, and leaves the loop
 * before the page is touched again.
 */
static inline int wait_on_page_bit_common(wait_queue_head_t *q,
					  struct page *page, int bit_nr,
					  int state, enum behavior behavior)
{
	struct wait_page_queue wait_page;
	wait_queue_entry_t *wait = &wait_page.wait;

	init_wait(wait);
	wait->func = wake_page_function;
	wait_page.page = page;
	wait_page.bit_nr = bit_nr;

repeat:
	wait->flags = behavior == EXCLUSIVE ? WQ_FLAG_EXCLUSIVE : 0;

	spin_lock_irq(&q->lock);
	SetPageWaiters(page);
	if (!trylock_page_bit_common(page, bit_nr, wait))
		__add_wait_queue_entry_tail(q, wait);
	spin_unlock_irq(&q->lock);

	if (behavior == DROP)
		put_page(page);

	for (;;) {
		unsigned int flags;

		set_current_state(state);
		flags = smp_load_acquire(&wait->flags);
		if (!(flags & WQ_FLAG_WOKEN)) {
			if (signal_pending_state(state, current))
				break;
			io_schedule();
			continue;
		}

		if (behavior != EXCLUSIVE)
			break;
		if (flags & WQ_FLAG_DONE)
			break;
		if (unlikely(test_and_set_bit(bit_nr, &page->flags)))
			goto repeat;
		wait->flags |= WQ_FLAG_DONE;
		break;
	}

	finish_wait(q, wait);
	return wait->flags & WQ_FLAG_WOKEN ? 0 : -EINTR;
}

static inline void put_and_wait_on_page_locked(struct page *page)
{
	wait_on_page_bit_common(page_waitqueue(page), page, PG_locked,
				TASK_UNINTERRUPTIBLE, DROP);
}

/* A fault on a page that is being moved; ptl keeps the entry, not the page. */
static inline void __migration_entry_wait(spinlock_t *ptl, struct page *page)
{
	spin_lock(ptl);
	if (!get_page_unless_zero(page))
		goto out;
	spin_unlock(ptl);
	put_and_wait_on_page_locked(page);
	return;
out:
	spin_unlock(ptl);
}

#endif /* _CORPUS_MIGRATE_H */
