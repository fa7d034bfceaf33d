/* SPDX-License-Identifier: GPL-2.0-only */
/* struct page, with what the cases need of it. */
#ifndef _LINUX_MM_TYPES_H
#define _LINUX_MM_TYPES_H

#include <linux/spinlock.h>
#include <linux/types.h>

struct address_space;
struct dev_pagemap;

struct page {
	unsigned long flags;
	struct address_space *mapping;
	pgoff_t index;
	unsigned long private;
	struct dev_pagemap *pgmap;
	atomic_t _mapcount;
	atomic_t _refcount;
};

struct folio {
	struct page page;
};

typedef struct {
	unsigned long pte;
} pte_t;

#define page_folio(p)	((struct folio *)(p))

#endif /* _LINUX_MM_TYPES_H */
