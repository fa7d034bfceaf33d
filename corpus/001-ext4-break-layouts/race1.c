// SPDX-License-Identifier: GPL-2.0-only
/*
 * document: LP 1787089 and b1f382178d15, ext4_break_layouts()
 * variant:  race1, the document's first race as it tells it: nothing unmapped
 * rules:    idle-check-unlocked
 * result:   sc: sometimes, tso: sometimes, pso: sometimes, arm: sometimes
 *
 * Not the kernel's code at any time: the check without what makes it hold.
 * The count is read and the page is taken out of the file; its page table
 * entry still stands, so a direct I/O may take the page in between. The
 * lock that is held, i_mmap_sem, keeps out faults, not gets.
 *
 * CPU 0: ext4_punch_hole            CPU 1: direct I/O
 *   count is 1: idle
 *                                   follow_page_pte: get_page
 *   page->mapping = NULL
 *   blocks freed
 *                                   writes to them
 *
 * before.c and after.c have the unmapping and must not be reported for this.
 */
#include "ext4.h"

int ext4_punch_hole(struct inode *inode, loff_t offset, loff_t length)
{
	struct address_space *mapping = inode->i_mapping;
	XA_STATE(xas, &mapping->i_pages, offset >> PAGE_SHIFT);
	pgoff_t end = (offset + length - 1) >> PAGE_SHIFT;
	struct page *page;
	void *entry;
	int ret = 0;

	inode_lock(inode);
	down_write(&EXT4_I(inode)->i_mmap_sem);
	xas_lock_irq(&xas);
	xas_for_each(&xas, entry, end) {
		page = dax_to_page(entry);
		if (page_ref_count(page) > 1) { /* expect: idle-check-unlocked */
			ret = -EBUSY;
			break;
		}
		dax_disassociate_entry(entry, mapping, true);
		xas_store(&xas, NULL);
	}
	xas_unlock_irq(&xas);
	if (ret == 0)
		ret = ext4_ext_remove_space(inode, offset, offset + length - 1);
	up_write(&EXT4_I(inode)->i_mmap_sem);
	inode_unlock(inode);
	return ret;
}

int ext4_dax_fault(struct vm_area_struct *vma, pgoff_t index)
{
	struct inode *inode = vma->vm_inode;
	int ret;

	down_read(&EXT4_I(inode)->i_mmap_sem);
	ret = dax_iomap_fault(vma, index);
	up_read(&EXT4_I(inode)->i_mmap_sem);
	return ret;
}

/* A direct I/O of another file whose buffer is this file's memory. */
struct page *iov_iter_get_page(struct vm_area_struct *vma, pgoff_t index)
{
	return follow_page_pte(vma, index);
}

void bio_release_page(struct page *page)
{
	put_devmap_managed_page(page);
}
