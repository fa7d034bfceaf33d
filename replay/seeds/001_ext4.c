// SPDX-License-Identifier: GPL-2.0-only
/*
 * ext4_break_layouts(), LP 1787089 and b1f382178d15, and its sibling in xfs,
 * e25ff835af89: a truncation against direct I/O on pages of a DAX file. See
 * corpus/001-ext4-break-layouts.
 *
 * A page is idle when its count is 1; it is never freed, but the block behind
 * it is, and a write to it through the page is then a use after free. A new
 * reference is had from a page table only, and entries are made under the
 * fault lock.
 *
 * Not here: signals, leases, the journal, extents, get_user_pages_fast().
 */
#include "page.h"
#include "seed.h"

#define EBUSY 16
#define ENOENT 2
#define N_PAGES 2

enum code {
	BEFORE,
	AFTER,
	XFS_BEFORE,
	XFS_AFTER,
	RACE1,
};

enum option {
	ONE_PAGE = 1,
	UNMAPPED = 2, /* at the start */
};

struct block {
	unsigned int data;
};

struct address_space {
	spinlock_t xa_lock; /* of i_pages */
	struct page *i_pages[N_PAGES];
	struct rw_semaphore i_mmap_rwsem;
};

struct inode {
	struct rw_semaphore i_rwsem;
	struct rw_semaphore i_mmap_sem; /* the fault lock; xfs: i_mmaplock */
	struct address_space *i_mapping;
	struct block *blocks[N_PAGES];
};

struct vm_area_struct {
	spinlock_t ptl;
	struct page *pte[N_PAGES];
};

static struct inode *the_inode;
static struct vm_area_struct *the_vma;
static struct page *the_pages[N_PAGES];
/* The write of a direct I/O goes here, whether or not the inode has it. */
static struct block *the_blocks[N_PAGES];

static int n_pages(void)
{
	return seed_option(ONE_PAGE) ? 1 : N_PAGES;
}

/*
 * dax.h
 */

static struct page *follow_page_pte(struct vm_area_struct *vma, int index)
{
	struct page *page;

	spin_lock(&vma->ptl);
	page = READ(vma->pte[index]);
	if (page)
		get_page(page);
	spin_unlock(&vma->ptl);
	return page;
}

static void put_devmap_managed_page(struct page *page)
{
	if (atomic_sub_return(1, &page->_refcount) == 1)
		wake_up_var(&page->_refcount);
}

static int dax_iomap_fault(struct vm_area_struct *vma, int index)
{
	struct address_space *mapping = READ(the_inode->i_mapping);
	struct page *entry;

	spin_lock_irq(&mapping->xa_lock);
	entry = READ(mapping->i_pages[index]);
	spin_unlock_irq(&mapping->xa_lock);
	if (!entry)
		return -ENOENT;

	spin_lock(&vma->ptl);
	WRITE(vma->pte[index], entry);
	spin_unlock(&vma->ptl);
	return 0;
}

static void unmap_mapping_pages(struct address_space *mapping)
{
	down_read(&mapping->i_mmap_rwsem);
	spin_lock(&the_vma->ptl);
	for (int i = 0; i < n_pages(); i++)
		WRITE(the_vma->pte[i], NULL);
	spin_unlock(&the_vma->ptl);
	up_read(&mapping->i_mmap_rwsem);
}

static struct page *dax_busy_page(struct page *page)
{
	if (page_ref_count(page) > 1)
		return page;
	return NULL;
}

static struct page *dax_layout_busy_page(struct address_space *mapping)
{
	struct page *page = NULL, *entry;

	unmap_mapping_pages(mapping);

	spin_lock_irq(&mapping->xa_lock);
	for (int i = 0; i < n_pages() && !page; i++) {
		entry = READ(mapping->i_pages[i]);
		if (entry)
			page = dax_busy_page(entry);
	}
	spin_unlock_irq(&mapping->xa_lock);
	return page;
}

static void dax_disassociate_entry(struct page *page,
				   struct address_space *mapping)
{
	WARN_ON(page_ref_count(page) > 1);
	WARN_ON(READ(page->mapping) && READ(page->mapping) != mapping);
	WRITE(page->mapping, NULL);
	WRITE(page->index, 0);
}

static void truncate_pagecache_range(struct address_space *mapping)
{
	struct page *entry;

	spin_lock_irq(&mapping->xa_lock);
	for (int i = 0; i < n_pages(); i++) {
		entry = READ(mapping->i_pages[i]);
		if (!entry)
			continue;
		dax_disassociate_entry(entry, mapping);
		WRITE(mapping->i_pages[i], NULL);
	}
	spin_unlock_irq(&mapping->xa_lock);
}

/* ext4_ext_remove_space() or xfs_free_file_space(). */
static void remove_space(struct inode *inode)
{
	struct block *block;

	for (int i = 0; i < n_pages(); i++) {
		block = READ(inode->blocks[i]);
		kfree(block);
	}
}

/*
 * ext4
 */

static void ext4_wait_dax_page(struct inode *inode, bool *did_unlock)
{
	*did_unlock = true;
	up_write(&inode->i_mmap_sem);
	schedule();
	down_write(&inode->i_mmap_sem);
}

static int ext4_break_layouts_before(struct inode *inode)
{
	struct page *page;
	bool retry;
	int error;

	do {
		retry = false;
		page = dax_layout_busy_page(READ(inode->i_mapping));
		if (!page)
			return 0;

		error = ___wait_var_event(&page->_refcount,
					  atomic_read(&page->_refcount) == 1,
					  TASK_INTERRUPTIBLE, 0, 0,
					  ext4_wait_dax_page(inode, &retry));
	} while (error == 0 && retry);

	return error;
}

static int ext4_break_layouts_after(struct inode *inode)
{
	struct page *page;
	bool unused;
	int error;

	do {
		page = dax_layout_busy_page(READ(inode->i_mapping));
		if (!page)
			return 0;

		error = ___wait_var_event(&page->_refcount,
					  atomic_read(&page->_refcount) == 1,
					  TASK_INTERRUPTIBLE, 0, 0,
					  ext4_wait_dax_page(inode, &unused));
	} while (error == 0);

	return error;
}

static int ext4_break_layouts(struct inode *inode)
{
	return seed_code() == BEFORE ? ext4_break_layouts_before(inode)
				     : ext4_break_layouts_after(inode);
}

static int ext4_punch_hole(struct inode *inode)
{
	int ret;

	down_write(&inode->i_rwsem);
	down_write(&inode->i_mmap_sem);
	ret = ext4_break_layouts(inode);
	if (ret == 0) {
		truncate_pagecache_range(READ(inode->i_mapping));
		remove_space(inode);
	}
	up_write(&inode->i_mmap_sem);
	up_write(&inode->i_rwsem);
	return ret;
}

/*
 * xfs
 */

static void xfs_wait_dax_page(struct inode *inode, bool *did_unlock)
{
	*did_unlock = true;
	up_write(&inode->i_mmap_sem);
	schedule();
	down_write(&inode->i_mmap_sem);
}

static int xfs_break_dax_layouts(struct inode *inode, bool *retry)
{
	struct page *page;

	page = dax_layout_busy_page(READ(inode->i_mapping));
	if (!page)
		return 0;

	if (seed_code() == XFS_AFTER)
		*retry = true;
	return ___wait_var_event(&page->_refcount,
				 atomic_read(&page->_refcount) == 1,
				 TASK_INTERRUPTIBLE, 0, 0,
				 xfs_wait_dax_page(inode, retry));
}

/* For BREAK_UNMAP; no lease is held. */
static int xfs_break_layouts(struct inode *inode)
{
	bool retry;
	int error;

	do {
		retry = false;
		error = xfs_break_dax_layouts(inode, &retry);
	} while (error == 0 && retry);

	return error;
}

static int xfs_file_punch_hole(struct inode *inode)
{
	int error;

	down_write(&inode->i_rwsem);
	down_write(&inode->i_mmap_sem);
	error = xfs_break_layouts(inode);
	if (error == 0) {
		truncate_pagecache_range(READ(inode->i_mapping));
		remove_space(inode);
	}
	up_write(&inode->i_rwsem);
	up_write(&inode->i_mmap_sem);
	return error;
}

/*
 * race1.c: the check without the unmapping
 */

static int race1_punch_hole(struct inode *inode)
{
	struct address_space *mapping = READ(inode->i_mapping);
	struct page *page;
	int ret = 0;

	down_write(&inode->i_rwsem);
	down_write(&inode->i_mmap_sem);
	spin_lock_irq(&mapping->xa_lock);
	for (int i = 0; i < n_pages(); i++) {
		page = READ(mapping->i_pages[i]);
		if (page_ref_count(page) > 1) {
			ret = -EBUSY;
			break;
		}
		dax_disassociate_entry(page, mapping);
		WRITE(mapping->i_pages[i], NULL);
	}
	spin_unlock_irq(&mapping->xa_lock);
	if (ret == 0)
		remove_space(inode);
	up_write(&inode->i_mmap_sem);
	up_write(&inode->i_rwsem);
	return ret;
}

/*
 * The threads
 */

static void punch_hole(void *arg)
{
	switch (seed_code()) {
	case XFS_BEFORE:
	case XFS_AFTER:
		xfs_file_punch_hole(the_inode);
		break;
	case RACE1:
		race1_punch_hole(the_inode);
		break;
	default:
		ext4_punch_hole(the_inode);
	}
}

static void bio_release_page(int index)
{
	put_devmap_managed_page(the_pages[index]);
}

/* Under way from the start, on all pages. */
static void direct_io(void *arg)
{
	for (int i = 0; i < n_pages(); i++) {
		WRITE(the_blocks[i]->data, 1);
		bio_release_page(i);
	}
}

/* Another, which begins now, and whose page may have been unmapped. */
static void new_direct_io(void *arg)
{
	if (!follow_page_pte(the_vma, 0))
		return;
	WRITE(the_blocks[0]->data, 2);
	bio_release_page(0);
}

static void ext4_dax_fault(void *arg)
{
	down_read(&the_inode->i_mmap_sem);
	dax_iomap_fault(the_vma, 0);
	up_read(&the_inode->i_mmap_sem);
}

/* A new one that faults its page in. */
static void faulting_direct_io(void *arg)
{
	ext4_dax_fault(arg);
	new_direct_io(arg);
}

static const char *const page_names[N_PAGES] = { "P", "Q" };
static const char *const block_names[N_PAGES] = {
	"block of P", "block of Q",
};

static void setup(void)
{
	the_inode = replay_new(struct inode, "inode");
	the_inode->i_mapping = replay_new(struct address_space, "mapping");
	the_vma = replay_new(struct vm_area_struct, "vma");
	for (int i = 0; i < n_pages(); i++) {
		struct page *page = replay_new_page(struct page,
						    page_names[i]);

		replay_counts(&page->_refcount.counter);
		page->_refcount.counter = 1 + seed_runs(direct_io);
		page->mapping = the_inode->i_mapping;
		the_pages[i] = page;
		the_vma->pte[i] = seed_option(UNMAPPED) ? NULL : page;
		the_inode->i_mapping->i_pages[i] = page;
		the_blocks[i] = kzalloc(sizeof(struct block), GFP_KERNEL);
		replay_name(the_blocks[i], block_names[i]);
		the_inode->blocks[i] = the_blocks[i];
	}
}

static void at_rest(void)
{
	for (int i = 0; i < n_pages(); i++)
		replay_expect_refs(&the_pages[i]->_refcount, 1, "idle");
}

#define PUNCH(variant_, code_, what_, options_, ...)                      \
	{ .name = variant_ "." what_, .variant = variant_, .code = code_, \
	  .options = options_, .threads = { punch_hole, __VA_ARGS__ },    \
	  .names = { variant_ ": punch_hole", "direct I/O",               \
		     "direct I/O with a fault" } }
#define BREAK_LAYOUTS(variant, code)                                     \
	PUNCH(variant, code, "two_pages", 0, direct_io),                 \
	PUNCH(variant, code, "one_page", ONE_PAGE, direct_io),           \
	PUNCH(variant, code, "new_get", 0, new_direct_io),               \
	PUNCH(variant, code, "fault", ONE_PAGE, direct_io,               \
	      faulting_direct_io),                                       \
	PUNCH(variant, code, "two_pages_fault", 0, direct_io,            \
	      faulting_direct_io)

static const struct seed_case cases[] = {
	BREAK_LAYOUTS("before", BEFORE),
	BREAK_LAYOUTS("after", AFTER),
	BREAK_LAYOUTS("xfs_before", XFS_BEFORE),
	BREAK_LAYOUTS("xfs_after", XFS_AFTER),
	/* a get from the page table takes no lock that this truncation takes */
	{ .name = "race1.new_get", .variant = "race1", .code = RACE1,
	  .options = ONE_PAGE, .threads = { punch_hole, new_direct_io },
	  .names = { "race1: punch_hole", "direct I/O" },
	  .guess = "the page is mapped" },
	PUNCH("race1", RACE1, "one_page", ONE_PAGE, direct_io),
	PUNCH("race1", RACE1, "fault", ONE_PAGE | UNMAPPED,
	      faulting_direct_io),
};

static void run_release(void *arg)
{
	bio_release_page(0);
}

static void run_get(void *arg)
{
	follow_page_pte(the_vma, 0);
}

#define FUNCTIONS(variant, what, punch, fault)                       \
	{ punch, variant what, NULL, punch_hole },                   \
	{ fault, variant what, NULL, ext4_dax_fault },               \
	{ "iov_iter_get_page", variant what, NULL, run_get },        \
	{ "bio_release_page", variant what, NULL, run_release }
#define EXT4(variant) \
	FUNCTIONS(variant, ".new_get", "ext4_punch_hole", "ext4_dax_fault")
#define XFS(variant)                                              \
	FUNCTIONS(variant, ".new_get", "xfs_file_punch_hole",     \
		  "xfs_filemap_fault")

static const struct seed_function functions[] = {
	EXT4("before"),
	EXT4("after"),
	XFS("xfs_before"),
	XFS("xfs_after"),
	EXT4("race1"),
	{ "ext4_punch_hole", "race1.fault", NULL, punch_hole },
};

static const unsigned int controls[] = {
	[BEFORE] = AFTER,
	[AFTER] = AFTER,
	[XFS_BEFORE] = XFS_AFTER,
	[XFS_AFTER] = XFS_AFTER,
	[RACE1] = AFTER,
};

static const struct replay_assumption assumptions[] = {
	{ NULL, 0, "a page is taken out of a page table, under ptl, or not "
		   "at all", false },
	{ NULL, 0, "no signal comes", false },
};

const struct seed this_seed = {
	.folder = "001-ext4-break-layouts",
	.about = "a truncation while a page of the file is in use",
	.control = "the loop ends only with a scan that found nothing",
	SEED_TABLES,
};
