// SPDX-License-Identifier: GPL-2.0-only
/*
 * Lustre LU-19956: the end of a transfer (A) against whoever deletes the page
 * or makes it dirty again. See corpus/000-lustre-lu19956.
 *
 * ops_transfer_pinned owns one reference on the cl_page. As in C, the three
 * bit-fields of osc_page are one word: a write reads it, changes a bit, and
 * writes all of it. cl_page and osc_page are one allocation. struct page is
 * never freed.
 *
 * Not here: lu_env, the request's accounting, lists (a page is in the LRU or
 * not), the radix tree (one slot), osc_queue_async_io(), which queues.
 */
#include "page.h"
#include "seed.h"

#define CRT_READ 0
#define CRT_WRITE 1
#define EAGAIN 11
#define ENOENT 2
#define equi(a, b) (!!(a) == !!(b))

/* Which osc_completion(), and with it which accessors. */
enum code {
	BUGGY,
	TICKET,
	PUT_FIRST,
	TEMP_REF,
	FIXED,
};

enum option {
	OLD_REFCOUNT = 1, /* before 5.2: the last put is no acquire */
	ATOMIC = 2,	  /* before 2022: cp_ref is an atomic_t */
	UNCHECKED = 4,	  /* do_release_page() that does not ask cl_page_in_use() */
	READ_IO = 8,	  /* the transfer is a read, and fails with -EAGAIN */
	ORDERED = 16,	  /* whoever finds writeback over has an acquire */
};

enum cl_page_state {
	CPS_CACHED,
	CPS_OWNED,
	CPS_PAGEOUT,
	CPS_PAGEIN,
	CPS_FREEING,
};

struct cl_io {
	int ci_result;
};

struct cl_page {
	refcount_t cp_ref;
	enum cl_page_state cp_state;
	struct page *cp_vmpage;
	struct cl_io *cp_owner;
	void *cp_sync_io;
	unsigned int cp_defer_uptodate;
};

/* The bit-fields, and the bit that replaces the first of them. */
#define ops_transfer_pinned_MASK 0x1u
#define ops_in_lru_MASK 0x2u
#define ops_intree_MASK 0x4u
#define ops_vm_locked_MASK 0x8u
#define OPS_TRANSFER_PINNED 0

struct osc_page {
	struct cl_page *ops_cl_page;
	unsigned int ops_word;
	unsigned long ops_flags;
};

struct osc_object {
	spinlock_t oo_tree_lock;
	struct osc_page *oo_tree;
	unsigned long oo_npages;
};

struct client_obd {
	spinlock_t cl_lru_list_lock;
};

/* As they lie in memory: the slices behind the page. */
struct cl_object_page {
	struct cl_page page;
	struct osc_page opg;
};

static struct cl_page *the_page;
static struct page *the_vmpage;
static struct osc_object *the_object;
static struct client_obd *the_client;
static struct cl_io *the_io;

#define FIELD(opg, field)                                          \
	(REPLAY_LOAD_(#opg "->" #field, (opg)->ops_word,           \
		      REPLAY_RELAXED) & field##_MASK)
#define SET_FIELD(opg, field, v)                                         \
	do {                                                             \
		unsigned int word_ = REPLAY_LOAD_(                       \
			"the word of " #opg "->" #field,                 \
			(opg)->ops_word, REPLAY_RELAXED);                \
		word_ = (v) ? word_ | field##_MASK                       \
			    : word_ & ~field##_MASK;                     \
		REPLAY_STORE_(#opg "->" #field " = " #v,                 \
			      (opg)->ops_word, word_, REPLAY_RELAXED);   \
	} while (0)

static struct osc_page *osc_cl_page_osc(struct cl_page *page)
{
	return &container_of(page, struct cl_object_page, page)->opg;
}

/* A plain test if there is nothing to wait for; the question is what if not. */
static void wait_for_transfer(struct page *vmpage)
{
	wait_on_page_writeback(vmpage);
	if (seed_option(ORDERED))
		smp_rmb();
}

/*
 * The count: refcount_t, the same before 5.2, or atomic_t
 */

static void cp_ref_inc(struct cl_page *page)
{
	if (seed_option(ATOMIC))
		atomic_inc(&page->cp_ref.refs);
	else
		refcount_inc(&page->cp_ref);
}

static void cp_ref_dec(struct cl_page *page)
{
	if (seed_option(ATOMIC))
		atomic_dec(&page->cp_ref.refs);
	else
		refcount_dec(&page->cp_ref);
}

#define old_refcount_dec_and_test(r)                                  \
	(REPLAY_REF_("refcount_dec_and_test(" #r ")",                 \
		     (r)->refs.counter, ADD, -1, 0, RELEASE) == 1)

static bool cp_ref_dec_and_test(struct cl_page *page)
{
	if (seed_option(ATOMIC))
		return atomic_dec_and_test(&page->cp_ref.refs);
	if (seed_option(OLD_REFCOUNT))
		return old_refcount_dec_and_test(&page->cp_ref);
	return refcount_dec_and_test(&page->cp_ref);
}

/*
 * cl_page.h
 */

static void cl_page_get(struct cl_page *page)
{
	LASSERT(refcount_read(&page->cp_ref) > 0);
	cp_ref_inc(page);
}

static void cl_page_free(struct cl_page *page)
{
	struct page *vmpage = READ(page->cp_vmpage);

	LASSERT(READ(page->cp_owner) == NULL);
	LASSERT(READ(page->cp_state) == CPS_FREEING);
	LASSERT(READ(vmpage->private) != page);
	put_page(vmpage);
	kfree(page);
}

static void cl_batch_put(struct cl_page *page)
{
	if (cp_ref_dec_and_test(page)) {
		LASSERT(READ(page->cp_state) == CPS_FREEING);
		cl_page_free(page);
	}
}

static void cl_page_put(struct cl_page *page)
{
	cl_batch_put(page);
}

static struct cl_page *cl_vmpage_page(struct page *vmpage)
{
	struct cl_page *page;

	LASSERT(PageLocked(vmpage));
	page = READ(vmpage->private);
	if (page)
		cl_page_get(page);
	return page;
}

static void cl_page_disown(struct cl_page *page)
{
	WRITE(page->cp_owner, NULL);
	if (READ(page->cp_state) == CPS_OWNED)
		WRITE(page->cp_state, CPS_CACHED);
	unlock_page(READ(page->cp_vmpage));
}

static int cl_page_own(struct cl_io *io, struct cl_page *page)
{
	struct page *vmpage;

	if (READ(page->cp_state) == CPS_FREEING)
		return -ENOENT;

	vmpage = READ(page->cp_vmpage);
	lock_page(vmpage);
	wait_for_transfer(vmpage);
	LASSERT(READ(page->cp_owner) == NULL);
	WRITE(page->cp_owner, io);
	if (READ(page->cp_state) == CPS_FREEING) {
		cl_page_disown(page);
		return -ENOENT;
	}
	WRITE(page->cp_state, CPS_OWNED);
	return 0;
}

static void cl_page_assume(struct cl_io *io, struct cl_page *page)
{
	struct page *vmpage = READ(page->cp_vmpage);

	LASSERT(PageLocked(vmpage));
	wait_for_transfer(vmpage);
	LASSERT(READ(page->cp_owner) == NULL);
	WRITE(page->cp_owner, io);
	WRITE(page->cp_state, CPS_OWNED);
}

static bool cl_page_in_use(struct cl_page *page)
{
	LASSERT(refcount_read(&page->cp_ref) > 0);
	return refcount_read(&page->cp_ref) > 2;
}

/*
 * osc_internal.h: the accessors of the pin
 */

static bool osc_page_pinned(struct osc_page *opg)
{
	if (seed_code() == FIXED)
		return test_bit(OPS_TRANSFER_PINNED, &opg->ops_flags);
	return FIELD(opg, ops_transfer_pinned);
}

static void osc_page_transfer_get(struct osc_page *opg)
{
	struct cl_page *page = READ(opg->ops_cl_page);
	bool pinned;

	if (seed_code() == FIXED) {
		cl_page_get(page);
		pinned = test_and_set_bit(OPS_TRANSFER_PINNED, &opg->ops_flags);
		LASSERT(!pinned);
		return;
	}
	LASSERT(!FIELD(opg, ops_transfer_pinned));
	cl_page_get(page);
	SET_FIELD(opg, ops_transfer_pinned, 1);
}

static void osc_page_transfer_put(struct osc_page *opg)
{
	struct cl_page *page = READ(opg->ops_cl_page);

	if (seed_code() == FIXED) {
		if (test_and_clear_bit(OPS_TRANSFER_PINNED, &opg->ops_flags))
			cl_page_put(page);
	} else if (FIELD(opg, ops_transfer_pinned)) {
		SET_FIELD(opg, ops_transfer_pinned, 0);
		cl_page_put(page);
	}
}

static void osc_lru_del(struct client_obd *cli, struct osc_page *opg)
{
	spin_lock(&cli->cl_lru_list_lock);
	if (FIELD(opg, ops_in_lru))
		SET_FIELD(opg, ops_vm_locked, 0);
	spin_unlock(&cli->cl_lru_list_lock);
}

static void osc_page_delete(struct osc_page *opg)
{
	struct osc_object *obj = the_object;

	osc_page_transfer_put(opg);
	osc_lru_del(the_client, opg);

	spin_lock(&obj->oo_tree_lock);
	if (FIELD(opg, ops_intree)) {
		WRITE(obj->oo_tree, NULL);
		WRITE(obj->oo_npages, READ(obj->oo_npages) - 1);
		SET_FIELD(opg, ops_intree, 0);
	}
	spin_unlock(&obj->oo_tree_lock);
}

static int osc_page_cache_add(struct osc_page *opg)
{
	osc_page_transfer_get(opg);
	return 0;
}

/*
 * llite_internal.h: who deletes a page, and who makes it dirty again
 */

static void vvp_page_attach(struct cl_page *page, struct page *vmpage)
{
	get_page(vmpage);
	cp_ref_inc(page);
	SetPagePrivate(vmpage);
	WRITE(vmpage->private, page);
}

static void vvp_page_delete(struct cl_page *page)
{
	struct page *vmpage = READ(page->cp_vmpage);

	LASSERT(PageLocked(vmpage));
	LASSERT(READ(vmpage->private) == page);
	cp_ref_dec(page);
	ClearPagePrivate(vmpage);
	WRITE(vmpage->private, NULL);
}

static void cl_page_delete(struct cl_page *page)
{
	LASSERT(READ(page->cp_state) != CPS_FREEING);
	WRITE(page->cp_owner, NULL);
	WRITE(page->cp_state, CPS_FREEING);
	osc_page_delete(osc_cl_page_osc(page));
	vvp_page_delete(page);
}

static void ll_invalidatepage(struct page *vmpage)
{
	struct cl_page *page;

	LASSERT(PageLocked(vmpage));
	LASSERT(!PageWriteback(vmpage));
	page = cl_vmpage_page(vmpage);
	if (page) {
		cl_page_delete(page);
		cl_page_put(page);
	}
}

static struct osc_page *osc_page_lookup(struct osc_object *osc)
{
	struct osc_page *opg;

	spin_lock(&osc->oo_tree_lock);
	opg = READ(osc->oo_tree);
	if (opg && READ(READ(opg->ops_cl_page)->cp_state) == CPS_FREEING)
		opg = NULL;
	if (opg)
		cl_page_get(READ(opg->ops_cl_page));
	spin_unlock(&osc->oo_tree_lock);
	return opg;
}

static void osc_discard_cb(struct cl_io *io, struct osc_page *opg)
{
	struct cl_page *page = READ(opg->ops_cl_page);

	if (cl_page_own(io, page) == 0) {
		cl_page_delete(page);
		cl_page_disown(page);
	}
}

static void osc_lock_discard_pages(struct cl_io *io, struct osc_object *osc)
{
	struct osc_page *opg = osc_page_lookup(osc);

	if (opg) {
		osc_discard_cb(io, opg);
		cl_page_put(READ(opg->ops_cl_page));
	}
}

static int do_release_page(struct page *vmpage)
{
	struct cl_page *page;
	int result = 0;

	LASSERT(PageLocked(vmpage));
	if (PageWriteback(vmpage) || PageDirty(vmpage))
		return 0;

	page = cl_vmpage_page(vmpage);
	if (!page)
		return 1;

	if (seed_option(UNCHECKED) || !cl_page_in_use(page)) {
		result = 1;
		cl_page_delete(page);
	}
	cl_page_put(page);
	return result;
}

static int ll_write_end(struct cl_io *io, struct page *vmpage)
{
	struct cl_page *page;
	int result;

	lock_page(vmpage);
	wait_for_transfer(vmpage);
	page = cl_vmpage_page(vmpage);
	if (!page) {
		unlock_page(vmpage);
		return -ENOENT;
	}
	cl_page_assume(io, page);
	result = osc_page_cache_add(osc_cl_page_osc(page));
	if (result == 0)
		SetPageDirty(vmpage);
	cl_page_disown(page);
	cl_page_put(page);
	return result;
}

/*
 * vvp_write.h, vvp_read.h: the end of a transfer
 */

static void vvp_page_completion_write(struct cl_page *page)
{
	struct page *vmpage = READ(page->cp_vmpage);

	LASSERT(PageWriteback(vmpage));
	end_page_writeback(vmpage);
}

/* The file system's method by name, as in the corpus. */
static void generic_error_remove_page(struct page *vmpage)
{
	ll_invalidatepage(vmpage);
	ClearPageDirty(vmpage);
}

static void vvp_page_completion_read(struct cl_page *page, int ioret)
{
	struct page *vmpage = READ(page->cp_vmpage);

	LASSERT(PageLocked(vmpage));
	if (ioret == 0) {
		if (!READ(page->cp_defer_uptodate))
			SetPageUptodate(vmpage);
	} else if (READ(page->cp_defer_uptodate)) {
		WRITE(page->cp_defer_uptodate, 0);
		if (ioret == -EAGAIN)
			generic_error_remove_page(vmpage);
	}
	if (READ(page->cp_sync_io) == NULL)
		unlock_page(vmpage);
}

static void cl_page_complete(struct cl_page *page, int crt, int ioret)
{
	LASSERT(READ(page->cp_state) ==
		(crt == CRT_READ ? CPS_PAGEIN : CPS_PAGEOUT));
	WRITE(page->cp_state, CPS_CACHED);
	if (crt == CRT_READ)
		vvp_page_completion_read(page, ioret);
	else
		vvp_page_completion_write(page);
}

/*
 * osc_completion(), in each order
 */

static void complete_buggy(struct osc_page *opg, struct cl_page *page, int crt,
			   int rc)
{
	SET_FIELD(opg, ops_transfer_pinned, 0);
	cl_page_complete(page, crt, rc);
	cl_page_put(page);
}

static void complete_ticket(struct osc_page *opg, struct cl_page *page, int crt,
			    int rc)
{
	cl_page_complete(page, crt, rc);
	osc_page_transfer_put(opg);
}

static void complete_put_first(struct osc_page *opg, struct cl_page *page,
			       int crt, int rc)
{
	osc_page_transfer_put(opg);
	cl_page_complete(page, crt, rc);
}

/* temp_ref, and fixed with its other accessors. */
static void complete_temp_ref(struct osc_page *opg, struct cl_page *page,
			      int crt, int rc)
{
	cl_page_get(page);
	osc_page_transfer_put(opg);
	cl_page_complete(page, crt, rc);
	cl_page_put(page);
}

static void osc_completion(struct osc_page *opg, int crt, int rc)
{
	static void (*const complete[])(struct osc_page *opg,
					struct cl_page *page, int crt,
					int rc) = {
		[BUGGY] = complete_buggy,
		[TICKET] = complete_ticket,
		[PUT_FIRST] = complete_put_first,
		[TEMP_REF] = complete_temp_ref,
		[FIXED] = complete_temp_ref,
	};
	struct cl_page *page = READ(opg->ops_cl_page);

	LASSERT(equi(READ(page->cp_state) == CPS_PAGEIN, crt == CRT_READ));
	LASSERT(equi(READ(page->cp_state) == CPS_PAGEOUT, crt == CRT_WRITE));
	LASSERT(osc_page_pinned(opg));
	complete[seed_code()](opg, page, crt, rc);
}

/*
 * The threads
 */

static void osc_extent_finish(void *arg)
{
	osc_completion(osc_cl_page_osc(the_page), CRT_WRITE, 0);
}

static void osc_extent_finish_read(void *arg)
{
	osc_completion(osc_cl_page_osc(the_page), CRT_READ, -EAGAIN);
}

static void truncate_page(void *arg)
{
	lock_page(the_vmpage);
	wait_for_transfer(the_vmpage);
	ll_invalidatepage(the_vmpage);
	unlock_page(the_vmpage);
}

static void discard(void *arg)
{
	osc_lock_discard_pages(the_io, the_object);
}

static void reclaim(void *arg)
{
	lock_page(the_vmpage);
	do_release_page(the_vmpage);
	unlock_page(the_vmpage);
}

static void redirty(void *arg)
{
	ll_write_end(the_io, the_vmpage);
}

/*
 * A page in the middle of its transfer: the page cache has a reference on the
 * cl_page and the pin another. A read has the page locked.
 */
static void setup(void)
{
	bool read = seed_option(READ_IO);
	struct cl_object_page *both = replay_new(struct cl_object_page,
						 "cl_page");
	struct osc_page *opg = &both->opg;

	the_page = &both->page;
	the_vmpage = replay_new_page(struct page, "vmpage");
	the_object = replay_new(struct osc_object, "osc_object");
	the_client = replay_new(struct client_obd, "client_obd");
	the_io = replay_new(struct cl_io, "io");
	replay_counts(&the_vmpage->_refcount.counter);
	replay_counts(&the_page->cp_ref.refs.counter);

	the_vmpage->flags = BIT(read ? PG_locked : PG_writeback);
	the_vmpage->_refcount.counter = 1;
	the_page->cp_ref.refs.counter = 1;
	the_page->cp_state = read ? CPS_PAGEIN : CPS_PAGEOUT;
	the_page->cp_vmpage = the_vmpage;
	the_page->cp_defer_uptodate = read;
	opg->ops_cl_page = the_page;
	opg->ops_word = ops_in_lru_MASK | ops_intree_MASK;
	the_object->oo_tree = opg;
	the_object->oo_npages = 1;
	vvp_page_attach(the_page, the_vmpage);
	if (seed_code() == FIXED)
		opg->ops_flags = BIT(OPS_TRANSFER_PINNED);
	else
		opg->ops_word |= ops_transfer_pinned_MASK;
}

static void at_rest(void)
{
	int refs;

	if (replay_is_freed(the_page)) {
		replay_expect_refs(&the_vmpage->_refcount, 1,
				   "the page cache's");
		return;
	}
	refs = (PagePrivate(the_vmpage) ? 1 : 0) +
	       (osc_page_pinned(osc_cl_page_osc(the_page)) ? 1 : 0);
	replay_expect_refs(&the_page->cp_ref.refs, refs,
			   "PG_private owns one, ops_transfer_pinned another");
}

#define MEETS(variant_, code_, what, run, options_, extra_)              \
	{ .name = variant_ "." what, .variant = variant_, .code = code_, \
	  .options = options_, .extra = extra_,                          \
	  .threads = { osc_extent_finish, run },                         \
	  .names = { "osc_completion", #run } }

#define ORDER(variant_, code_)                                                \
	MEETS(variant_, code_, "invalidate", truncate_page, 0, false),        \
	MEETS(variant_, code_, "discard", discard, 0, false),                 \
	MEETS(variant_, code_, "release", reclaim, 0, false),                 \
	MEETS(variant_, code_, "redirty", redirty, 0, false),                 \
	MEETS(variant_, code_, "invalidate_old_refcount", truncate_page,      \
	      OLD_REFCOUNT, true),                                            \
	MEETS(variant_, code_, "discard_old_refcount", discard, OLD_REFCOUNT, \
	      true),                                                          \
	MEETS(variant_, code_, "release_old_refcount", reclaim, OLD_REFCOUNT, \
	      true),                                                          \
	MEETS(variant_, code_, "invalidate_atomic", truncate_page, ATOMIC,    \
	      true),                                                          \
	MEETS(variant_, code_, "invalidate_ordered", truncate_page, ORDERED,  \
	      true),                                                          \
	MEETS(variant_, code_, "invalidate_ordered_old_refcount",             \
	      truncate_page, ORDERED | OLD_REFCOUNT, true),                   \
	MEETS(variant_, code_, "redirty_ordered", redirty, ORDERED, true),    \
	MEETS(variant_, code_, "release_unchecked", reclaim, UNCHECKED,       \
	      true),                                                          \
	{ .name = variant_ ".redirty_invalidate", .variant = variant_,        \
	  .code = code_,                                                      \
	  .threads = { osc_extent_finish, redirty, truncate_page },           \
	  .names = { "osc_completion", "ll_write_end",                        \
		     "ll_invalidatepage" } }

#define READ_CASE(name_, variant_, code_, extra_)                            \
	{ .name = name_, .variant = variant_, .code = code_,                 \
	  .options = READ_IO, .extra = extra_,                               \
	  .threads = { osc_extent_finish_read },                             \
	  .names = { "osc_completion" } }

static const struct seed_case cases[] = {
	ORDER("buggy", BUGGY),
	READ_CASE("buggy.read", "buggy", BUGGY, true),
	ORDER("ticket", TICKET),
	ORDER("put_first", PUT_FIRST),
	READ_CASE("put_first.read", "put_first", PUT_FIRST, true),
	ORDER("temp_ref", TEMP_REF),
	READ_CASE("temp_ref.read", "temp_ref", TEMP_REF, true),
	ORDER("fixed", FIXED),
	READ_CASE("fixed.read", "fixed", FIXED, true),
	READ_CASE("read_eagain", "read_eagain", TICKET, false),
};

static void lock_the_page(void)
{
	the_vmpage->flags = BIT(PG_locked) | BIT(PG_private);
}

static void run_invalidate(void *arg)
{
	ll_invalidatepage(the_vmpage);
}

static void run_release(void *arg)
{
	do_release_page(the_vmpage);
}

static void no_writeback(void)
{
	the_vmpage->flags = BIT(PG_private);
}

static void no_pin(void)
{
	struct osc_page *opg = osc_cl_page_osc(the_page);

	no_writeback();
	opg->ops_word &= ~ops_transfer_pinned_MASK;
	opg->ops_flags = 0;
}

#define FUNCTIONS(variant)                                                 \
	{ "osc_completion", variant, NULL, osc_extent_finish },            \
	{ "ll_invalidatepage", variant, lock_the_page, run_invalidate },   \
	{ "ll_releasepage", variant, lock_the_page, run_release },         \
	{ "osc_lock_discard_pages", variant, no_writeback, discard },      \
	{ "ll_write_end", variant, no_pin, redirty }

static const struct seed_function functions[] = {
	FUNCTIONS("buggy.invalidate"),
	FUNCTIONS("ticket.invalidate"),
	FUNCTIONS("put_first.invalidate"),
	FUNCTIONS("temp_ref.invalidate"),
	FUNCTIONS("fixed.invalidate"),
	{ "osc_completion", "read_eagain", NULL, osc_extent_finish_read },
};

static const unsigned int controls[] = {
	[BUGGY] = FIXED,
	[TICKET] = FIXED,
	[PUT_FIRST] = FIXED,
	[TEMP_REF] = FIXED,
	[FIXED] = FIXED,
};

static const struct replay_assumption assumptions[] = {
	{ NULL, 0, "only an osc pins the page, and it has one cl_page", false },
	{ NULL, 0, "osc_queue_async_io() takes the page", false },
};

const struct seed this_seed = {
	.folder = "000-lustre-lu19956",
	.about = "the transfer pin and its reference part",
	.control = "temp_ref's order, the pin an atomic bit, "
		   "the last put an acquire",
	.control_drops = OLD_REFCOUNT,
	SEED_TABLES,
};
