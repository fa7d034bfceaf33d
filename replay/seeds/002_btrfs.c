// SPDX-License-Identifier: GPL-2.0-only
/*
 * btrfs 062c19e9dd69: the lookup of an extent buffer, which then dirties it,
 * against the three ways that take the tree's reference away. See
 * corpus/002-btrfs-find-extent-buffer.
 *
 * TREE_REF owns one reference. The radix tree is one slot.
 *
 * Not here: reading and writing, buffers of several pages, the generation
 * checks. A lookup that meets a dead buffer in the tree tries again, as in the
 * kernel, but only once something changed.
 */
#include "page.h"
#include "seed.h"

#define EEXIST 17

enum code {
	BEFORE, /* find_extent_buffer() asks nothing */
	AFTER,	/* test STALE; lock; unlock */
	LOCKED, /* the reference is taken under refs_lock */
};

enum option {
	STALE = 1, /* the buffer is stale from the start */
};

enum {
	EXTENT_BUFFER_UPTODATE,
	EXTENT_BUFFER_DIRTY,
	EXTENT_BUFFER_TREE_REF,
	EXTENT_BUFFER_STALE,
	EXTENT_BUFFER_WRITEBACK,
	EXTENT_BUFFER_IN_TREE,
};

struct address_space {
	spinlock_t private_lock;
};

struct btrfs_fs_info {
	spinlock_t buffer_lock;
	struct extent_buffer *buffer_radix;
};

struct extent_buffer {
	unsigned long bflags;
	struct btrfs_fs_info *fs_info;
	spinlock_t refs_lock;
	atomic_t refs;
	atomic_t io_pages;
	struct rcu_head rcu_head;
	struct rw_semaphore lock;
	struct page *pages[1];
};

static struct btrfs_fs_info *the_fs_info;
static struct address_space *the_mapping;
static struct extent_buffer *the_buffer;
static struct page *the_page;
/* For the buffers that the threads allocate. */
static struct page *the_spares[SEED_MAX_THREADS];

/*
 * extent_io.h
 */

static bool extent_buffer_under_io(struct extent_buffer *eb)
{
	return atomic_read(&eb->io_pages) ||
	       test_bit(EXTENT_BUFFER_WRITEBACK, &eb->bflags) ||
	       test_bit(EXTENT_BUFFER_DIRTY, &eb->bflags);
}

static void btrfs_release_extent_buffer_rcu(struct rcu_head *head)
{
	struct extent_buffer *eb =
		container_of(head, struct extent_buffer, rcu_head);

	kmem_cache_free(extent_buffer_cache, eb);
}

static void detach_page_private(struct page *page)
{
	if (!PagePrivate(page))
		return;
	ClearPagePrivate(page);
	WRITE(page->private, NULL);
	put_page(page);
}

static void btrfs_release_extent_buffer_pages(struct extent_buffer *eb)
{
	struct page *page = READ(eb->pages[0]);

	BUG_ON(extent_buffer_under_io(eb));
	spin_lock(&the_mapping->private_lock);
	if (PagePrivate(page) && READ(page->private) == eb)
		detach_page_private(page);
	spin_unlock(&the_mapping->private_lock);

	put_page(page);
}

static int release_extent_buffer(struct extent_buffer *eb)
{
	WARN_ON(atomic_read(&eb->refs) == 0);
	if (atomic_dec_and_test(&eb->refs)) {
		if (test_and_clear_bit(EXTENT_BUFFER_IN_TREE, &eb->bflags)) {
			struct btrfs_fs_info *fs_info = READ(eb->fs_info);

			spin_unlock(&eb->refs_lock);

			spin_lock(&fs_info->buffer_lock);
			RCU_INIT_POINTER(fs_info->buffer_radix, NULL);
			spin_unlock(&fs_info->buffer_lock);
		} else {
			spin_unlock(&eb->refs_lock);
		}

		btrfs_release_extent_buffer_pages(eb);
		call_rcu(&eb->rcu_head, btrfs_release_extent_buffer_rcu);
		return 1;
	}
	spin_unlock(&eb->refs_lock);

	return 0;
}

static void check_buffer_tree_ref(struct extent_buffer *eb)
{
	int refs;

	refs = atomic_read(&eb->refs);
	if (refs >= 2 && test_bit(EXTENT_BUFFER_TREE_REF, &eb->bflags))
		return;

	spin_lock(&eb->refs_lock);
	if (!test_and_set_bit(EXTENT_BUFFER_TREE_REF, &eb->bflags))
		atomic_inc(&eb->refs);
	spin_unlock(&eb->refs_lock);
}

static struct extent_buffer *
find_extent_buffer_nolock(struct btrfs_fs_info *fs_info)
{
	struct extent_buffer *eb;

	rcu_read_lock();
	eb = rcu_dereference(fs_info->buffer_radix);
	if (eb && atomic_inc_not_zero(&eb->refs)) {
		rcu_read_unlock();
		return eb;
	}
	rcu_read_unlock();
	return NULL;
}

static struct extent_buffer *
__alloc_extent_buffer(struct btrfs_fs_info *fs_info)
{
	struct extent_buffer *eb = kzalloc(sizeof(*eb), GFP_NOFS);

	replay_counts(&eb->refs.counter);
	WRITE(eb->fs_info, fs_info);
	atomic_set(&eb->refs, 1);
	WRITE(eb->pages[0], the_spares[current]);
	return eb;
}

/*
 * The lookup
 */

static struct extent_buffer *find_locked(struct btrfs_fs_info *fs_info)
{
	struct extent_buffer *eb;
	bool found = false;

	rcu_read_lock();
	eb = rcu_dereference(fs_info->buffer_radix);
	if (eb) {
		spin_lock(&eb->refs_lock);
		found = atomic_inc_not_zero(&eb->refs);
		spin_unlock(&eb->refs_lock);
	}
	rcu_read_unlock();
	return found ? eb : NULL;
}

static struct extent_buffer *find_extent_buffer(struct btrfs_fs_info *fs_info)
{
	struct extent_buffer *eb;

	if (seed_code() == LOCKED)
		eb = find_locked(fs_info);
	else
		eb = find_extent_buffer_nolock(fs_info);
	if (!eb)
		return NULL;
	if (seed_code() == AFTER &&
	    test_bit(EXTENT_BUFFER_STALE, &eb->bflags)) {
		spin_lock(&eb->refs_lock);
		spin_unlock(&eb->refs_lock);
	}
	check_buffer_tree_ref(eb);
	return eb;
}

/*
 * Three ways to lose the tree's reference
 */

static void free_extent_buffer(struct extent_buffer *eb)
{
	int refs;

	refs = atomic_read(&eb->refs);
	while (refs > 3) {
		if (atomic_try_cmpxchg(&eb->refs, &refs, refs - 1))
			return;
	}

	spin_lock(&eb->refs_lock);
	if (atomic_read(&eb->refs) == 2 &&
	    test_bit(EXTENT_BUFFER_STALE, &eb->bflags) &&
	    !extent_buffer_under_io(eb) &&
	    test_and_clear_bit(EXTENT_BUFFER_TREE_REF, &eb->bflags))
		atomic_dec(&eb->refs);

	release_extent_buffer(eb);
}

static void free_extent_buffer_stale(struct extent_buffer *eb)
{
	spin_lock(&eb->refs_lock);
	set_bit(EXTENT_BUFFER_STALE, &eb->bflags);

	if (atomic_read(&eb->refs) == 2 && !extent_buffer_under_io(eb) &&
	    test_and_clear_bit(EXTENT_BUFFER_TREE_REF, &eb->bflags))
		atomic_dec(&eb->refs);
	release_extent_buffer(eb);
}

static int try_release_extent_buffer(struct page *page)
{
	struct extent_buffer *eb;

	spin_lock(&the_mapping->private_lock);
	if (!PagePrivate(page)) {
		spin_unlock(&the_mapping->private_lock);
		return 1;
	}
	eb = READ(page->private);

	spin_lock(&eb->refs_lock);
	if (atomic_read(&eb->refs) != 1 || extent_buffer_under_io(eb)) {
		spin_unlock(&eb->refs_lock);
		spin_unlock(&the_mapping->private_lock);
		return 0;
	}
	spin_unlock(&the_mapping->private_lock);

	if (!test_and_clear_bit(EXTENT_BUFFER_TREE_REF, &eb->bflags)) {
		spin_unlock(&eb->refs_lock);
		return 0;
	}

	return release_extent_buffer(eb);
}

/*
 * Who looks it up and dirties it
 */

static void set_extent_buffer_dirty(struct extent_buffer *eb)
{
	check_buffer_tree_ref(eb);
	test_and_set_bit(EXTENT_BUFFER_DIRTY, &eb->bflags);

	WARN_ON(atomic_read(&eb->refs) == 0);
	WARN_ON(!test_bit(EXTENT_BUFFER_TREE_REF, &eb->bflags));
}

static struct extent_buffer *alloc_extent_buffer(struct btrfs_fs_info *fs_info)
{
	struct extent_buffer *eb, *exists;
	int ret;

	eb = find_extent_buffer(fs_info);
	if (eb)
		return eb;

	eb = __alloc_extent_buffer(fs_info);
again:
	spin_lock(&fs_info->buffer_lock);
	ret = READ(fs_info->buffer_radix) ? -EEXIST : 0;
	if (ret == 0)
		rcu_assign_pointer(fs_info->buffer_radix, eb);
	spin_unlock(&fs_info->buffer_lock);
	if (ret == -EEXIST) {
		exists = find_extent_buffer(fs_info);
		if (!exists) {
			cpu_relax();
			goto again;
		}
		kmem_cache_free(extent_buffer_cache, eb);
		return exists;
	}
	check_buffer_tree_ref(eb);
	set_bit(EXTENT_BUFFER_IN_TREE, &eb->bflags);
	return eb;
}

static struct extent_buffer *
btrfs_init_new_buffer(struct btrfs_fs_info *fs_info)
{
	struct extent_buffer *buf = alloc_extent_buffer(fs_info);

	down_write(&buf->lock);
	clear_bit(EXTENT_BUFFER_STALE, &buf->bflags);
	set_bit(EXTENT_BUFFER_UPTODATE, &buf->bflags);
	return buf;
}

static void btrfs_create_tree(void *arg)
{
	struct extent_buffer *leaf = btrfs_init_new_buffer(the_fs_info);

	set_extent_buffer_dirty(leaf);
	up_write(&leaf->lock);
	free_extent_buffer(leaf);
}

/* Another that finds it and dirties it, as a search of the tree does. */
static void search_slot(void *arg)
{
	struct extent_buffer *eb = find_extent_buffer(the_fs_info);

	if (!eb)
		return;
	down_write(&eb->lock);
	set_extent_buffer_dirty(eb);
	up_write(&eb->lock);
	free_extent_buffer(eb);
}

/*
 * The threads
 */

static void put(void *arg)
{
	free_extent_buffer(the_buffer);
}

static void put_stale(void *arg)
{
	free_extent_buffer_stale(the_buffer);
}

static void release(void *arg)
{
	try_release_extent_buffer(the_page);
}

static struct page *new_page(const char *name, struct extent_buffer *eb)
{
	struct page *page = replay_new_page(struct page, name);

	replay_counts(&page->_refcount.counter);
	page->flags = BIT(PG_private);
	page->private = eb;
	/* The page cache's, the private data's, the buffer's. */
	page->_refcount.counter = 3;
	return page;
}

/* In the tree, clean, with a reference for each thread that drops one. */
static void setup(void)
{
	struct extent_buffer *eb = replay_new(struct extent_buffer, "eb");

	the_fs_info = replay_new(struct btrfs_fs_info, "fs_info");
	the_mapping = replay_new(struct address_space, "mapping");
	the_buffer = eb;
	the_page = new_page("page", eb);
	for (int i = 0; i < SEED_MAX_THREADS; i++)
		the_spares[i] = new_page("page (new)", NULL);
	replay_counts(&eb->refs.counter);

	eb->fs_info = the_fs_info;
	eb->pages[0] = the_page;
	eb->bflags = BIT(EXTENT_BUFFER_TREE_REF) | BIT(EXTENT_BUFFER_IN_TREE) |
		     BIT(EXTENT_BUFFER_UPTODATE);
	if (seed_option(STALE))
		eb->bflags |= BIT(EXTENT_BUFFER_STALE);
	eb->refs.counter = 1 + seed_runs(put) + seed_runs(put_stale);
	the_fs_info->buffer_radix = eb;
}

static void at_rest(void)
{
	struct extent_buffer *eb = READ(the_fs_info->buffer_radix);

	if (!eb)
		return;
	if (test_bit(EXTENT_BUFFER_DIRTY, &eb->bflags))
		replay_expect(test_bit(EXTENT_BUFFER_TREE_REF, &eb->bflags),
			      "a dirty buffer is the tree's");
	replay_expect_refs(&eb->refs,
			   test_bit(EXTENT_BUFFER_TREE_REF, &eb->bflags),
			   "TREE_REF owns one");
}

#define TWO(variant_, code_, what, options_, run)                          \
	{ .name = variant_ "." what, .variant = variant_, .code = code_,   \
	  .options = options_, .threads = { run, btrfs_create_tree },      \
	  .names = { what, "btrfs_create_tree" } }
#define THREE(variant_, code_, what, options_, run, run2, what2)            \
	{ .name = variant_ "." what, .variant = variant_, .code = code_,    \
	  .options = options_, .threads = { run, run2, btrfs_create_tree }, \
	  .names = { #run, what2, "btrfs_create_tree" } }
#define TWICE(variant_, code_, what, options_, run)                      \
	THREE(variant_, code_, what, options_, run, search_slot,         \
	      "find_extent_buffer")

#define PATHS(variant, code)                                               \
	TWO(variant, code, "free", STALE, put),                            \
	TWO(variant, code, "stale", 0, put_stale),                         \
	TWO(variant, code, "release", 0, release),                         \
	TWO(variant, code, "release_stale", STALE, release),               \
	TWICE(variant, code, "free_twice", STALE, put),                    \
	TWICE(variant, code, "stale_twice", 0, put_stale),                 \
	TWICE(variant, code, "release_twice", 0, release),                 \
	THREE(variant, code, "free_stale", 0, put, put_stale, "put_stale"), \
	THREE(variant, code, "free_release", STALE, put, release,          \
	      "release"),                                                  \
	THREE(variant, code, "stale_release", 0, put_stale, release,       \
	      "release")

static const struct seed_case cases[] = {
	PATHS("before", BEFORE),
	PATHS("after", AFTER),
	PATHS("locked", LOCKED),
};

static void run_find(void *arg)
{
	find_extent_buffer(the_fs_info);
}

static void run_dirty(void *arg)
{
	set_extent_buffer_dirty(the_buffer);
}

static void run_alloc(void *arg)
{
	alloc_extent_buffer(the_fs_info);
}

static void four_references(void)
{
	the_buffer->refs.counter = 4;
}

/* The tree's reference is gone, and somebody still has one. */
static void lost(void)
{
	the_buffer->refs.counter = 1;
	the_buffer->bflags &= ~BIT(EXTENT_BUFFER_TREE_REF);
}

static void not_in_tree(void)
{
	the_fs_info->buffer_radix = NULL;
}

#define FUNCTIONS(variant)                                                  \
	{ "find_extent_buffer", variant ".free", NULL, run_find },          \
	{ "free_extent_buffer", variant ".free", NULL, put },               \
	{ "free_extent_buffer", variant ".free", four_references, put },    \
	{ "find_extent_buffer", variant ".free", lost, run_find },          \
	{ "alloc_extent_buffer", variant ".free", not_in_tree, run_alloc }, \
	{ "free_extent_buffer_stale", variant ".stale", NULL, put_stale },  \
	{ "try_release_extent_buffer", variant ".release", NULL, release }, \
	{ "set_extent_buffer_dirty", variant ".free", NULL, run_dirty },    \
	{ "btrfs_create_tree", variant ".release", NULL, btrfs_create_tree }

static const struct seed_function functions[] = {
	FUNCTIONS("before"),
	FUNCTIONS("after"),
	FUNCTIONS("locked"),
};

static const unsigned int controls[] = {
	[BEFORE] = LOCKED,
	[AFTER] = LOCKED,
	[LOCKED] = LOCKED,
};

static const struct replay_assumption assumptions[] = {
	{ NULL, 0, "no lock of the tree keeps a lookup from whoever lets go "
		   "of the buffer", false },
	{ NULL, 0, "a lookup finds the buffer by its address alone", false },
};

const struct seed this_seed = {
	.folder = "002-btrfs-find-extent-buffer",
	.about = "a buffer is freed while it is dirty",
	.control = "the lookup takes its reference under refs_lock",
	SEED_TABLES,
};
