/* SPDX-License-Identifier: GPL-2.0-only */
/* Lustre's client pages: one cl_page to each page of the page cache. */
#ifndef _LUSTRE_CL_OBJECT_H
#define _LUSTRE_CL_OBJECT_H

#include <libcfs/libcfs.h>
#include <linux/mm_types.h>
#include <linux/refcount.h>
#include <linux/types.h>

struct cl_sync_io;
struct folio_batch;
struct lu_env;

enum cl_page_state {
	CPS_CACHED,
	CPS_OWNED,
	CPS_PAGEOUT,
	CPS_PAGEIN,
	CPS_FREEING,
};

enum cl_page_type {
	CPT_CACHEABLE,
	CPT_TRANSIENT,
};

enum cl_req_type {
	CRT_READ,
	CRT_WRITE,
};

struct cl_io {
	unsigned int ci_owned_nr;
};

struct cl_page {
	refcount_t cp_ref;
	enum cl_page_state cp_state;
	enum cl_page_type cp_type;
	unsigned int cp_defer_uptodate:1;
	struct page *cp_vmpage;
	struct cl_io *cp_owner;
	struct cl_sync_io *cp_sync_io;
};

/* The part of a page that one layer of the stack owns. */
struct cl_page_slice {
	struct cl_page *cpl_page;
};

static inline bool __page_in_use(const struct cl_page *page, int refc)
{
	if (page->cp_type == CPT_CACHEABLE)
		++refc;
	LASSERT(refcount_read(&page->cp_ref) > 0);
	return refcount_read(&page->cp_ref) > refc;
}

/* The caller has one reference, and the page cache another. */
#define cl_page_in_use(pg)	__page_in_use(pg, 1)
/* The caller has none. */
#define cl_page_in_use_noref(pg)	__page_in_use(pg, 0)

#endif /* _LUSTRE_CL_OBJECT_H */
