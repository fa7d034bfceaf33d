/* SPDX-License-Identifier: GPL-2.0-only */
/* Assertions of the memory manager. */
#ifndef _LINUX_MMDEBUG_H
#define _LINUX_MMDEBUG_H

#include <linux/bug.h>

struct page;

void dump_page(struct page *page, const char *reason);

#define VM_BUG_ON(cond)	BUG_ON(cond)
#define VM_BUG_ON_PAGE(cond, page)					\
do {									\
	if (unlikely(cond)) {						\
		dump_page(page, "VM_BUG_ON_PAGE(" #cond ")");		\
		BUG();							\
	}								\
} while (0)

#endif /* _LINUX_MMDEBUG_H */
