/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The osc layer's part of a page, and the accessors of its transfer pin:
 * ops_transfer_pinned owns one reference on the cl_page. Nothing makes flag
 * and reference one step, and neither accessor takes a lock.
 */
#ifndef _CORPUS_OSC_INTERNAL_H
#define _CORPUS_OSC_INTERNAL_H

#include <linux/bitops.h>
#include <linux/radix-tree.h>

#include "cl_page.h"

#define OBD_BRW_READ	0x01
#define OBD_BRW_WRITE	0x02

struct osc_object {
	spinlock_t oo_tree_lock;
	struct radix_tree_root oo_tree;
	unsigned long oo_npages;
};

struct client_obd {
	spinlock_t cl_lru_list_lock;
	struct list_head cl_lru_list;
};

struct osc_async_page {
	struct list_head oap_pending_item;
	struct osc_object *oap_obj;
	struct client_obd *oap_cli;
	pgoff_t oap_index;
};

struct osc_extent {
	struct list_head oe_pages;
};

#ifdef OSC_PIN_IS_A_BIT
enum osc_page_flags {
	OPS_TRANSFER_PINNED,
};
#endif

/*
 * The bit-fields share one word and not one lock: ops_intree is written under
 * oo_tree_lock, ops_in_lru and ops_vm_locked under cl_lru_list_lock.
 */
struct osc_page {
	struct cl_page_slice ops_cl;
	struct osc_async_page ops_oap;
	struct list_head ops_lru;
#ifdef OSC_PIN_IS_A_BIT
	unsigned long ops_flags;
	unsigned int ops_in_lru:1,
		     ops_intree:1,
		     ops_vm_locked:1;
#else
	unsigned int ops_transfer_pinned:1,
		     ops_in_lru:1,
		     ops_intree:1,
		     ops_vm_locked:1;
#endif
};

/* Slices lie behind their cl_page, in the same allocation. */
static inline struct osc_page *osc_cl_page_osc(struct cl_page *page)
{
	return (struct osc_page *)(page + 1);
}

static inline struct osc_page *oap2osc_page(struct osc_async_page *oap)
{
	return container_of(oap, struct osc_page, ops_oap);
}

static inline struct cl_page *oap2cl_page(struct osc_async_page *oap)
{
	return oap2osc_page(oap)->ops_cl.cpl_page;
}

#ifdef OSC_PIN_IS_A_BIT

static inline bool osc_page_pinned(struct osc_page *opg)
{
	return test_bit(OPS_TRANSFER_PINNED, &opg->ops_flags);
}

static inline void osc_page_transfer_get(struct osc_page *opg)
{
	bool pinned;

	cl_page_get(opg->ops_cl.cpl_page);
	pinned = test_and_set_bit(OPS_TRANSFER_PINNED, &opg->ops_flags);
	LASSERT(!pinned);
}

static inline void osc_page_transfer_put(const struct lu_env *env,
					 struct osc_page *opg)
{
	struct cl_page *page = opg->ops_cl.cpl_page;

	if (test_and_clear_bit(OPS_TRANSFER_PINNED, &opg->ops_flags))
		cl_page_put(env, page);
}

#else /* as in the repository */

static inline void osc_page_transfer_get(struct osc_page *opg)
{
	struct cl_page *page = opg->ops_cl.cpl_page;

	LASSERT(!opg->ops_transfer_pinned);
	cl_page_get(page);
	opg->ops_transfer_pinned = 1;
}

static inline void osc_page_transfer_put(const struct lu_env *env,
					 struct osc_page *opg)
{
	struct cl_page *page = opg->ops_cl.cpl_page;

	if (opg->ops_transfer_pinned) {
		opg->ops_transfer_pinned = 0;
		cl_page_put(env, page);
	}
}

#endif

static inline void osc_lru_del(struct client_obd *cli, struct osc_page *opg)
{
	spin_lock(&cli->cl_lru_list_lock);
	if (opg->ops_in_lru) {
		list_del_init(&opg->ops_lru);
		opg->ops_vm_locked = 0;
	}
	spin_unlock(&cli->cl_lru_list_lock);
}

static inline void osc_page_delete(const struct lu_env *env,
				   const struct cl_page_slice *slice)
{
	struct osc_page *opg = container_of(slice, struct osc_page, ops_cl);
	struct osc_object *obj = opg->ops_oap.oap_obj;

	osc_page_transfer_put(env, opg);
	osc_lru_del(opg->ops_oap.oap_cli, opg);

	spin_lock(&obj->oo_tree_lock);
	if (opg->ops_intree) {
		radix_tree_delete(&obj->oo_tree, opg->ops_oap.oap_index);
		obj->oo_npages--;
		opg->ops_intree = 0;
	}
	spin_unlock(&obj->oo_tree_lock);
}

int osc_queue_async_io(const struct lu_env *env, struct cl_io *io,
		       struct osc_page *opg);

static inline int osc_page_cache_add(const struct lu_env *env,
				     struct osc_page *opg, struct cl_io *io)
{
	int result;

	osc_page_transfer_get(opg);
	result = osc_queue_async_io(env, io, opg);
	if (result != 0)
		osc_page_transfer_put(env, opg);
	return result;
}

#endif /* _CORPUS_OSC_INTERNAL_H */
