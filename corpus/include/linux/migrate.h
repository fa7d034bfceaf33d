/* SPDX-License-Identifier: GPL-2.0-only */
/* Moving a page. */
#ifndef _LINUX_MIGRATE_H
#define _LINUX_MIGRATE_H

#include <linux/fs.h>
#include <linux/mm_types.h>

#define MIGRATEPAGE_SUCCESS	0

enum migrate_mode {
	MIGRATE_ASYNC,
	MIGRATE_SYNC_LIGHT,
	MIGRATE_SYNC,
	MIGRATE_SYNC_NO_COPY,
};

void migrate_page_copy(struct page *newpage, struct page *page);
void migrate_page_states(struct page *newpage, struct page *page);

#endif /* _LINUX_MIGRATE_H */
