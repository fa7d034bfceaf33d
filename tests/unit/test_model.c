// SPDX-License-Identifier: GPL-2.0-only
/* The built-in model: its rows, other spellings, names that speak. */
#include <glib.h>
#include <string.h>

#include "model/model.h"

#define ROW(row_effect, row_arg, row_arg2)                                 \
	{ .effect = EFFECT_##row_effect, .arg = row_arg, .arg2 = row_arg2 }

struct expected {
	const char *name;
	struct api rows[3];
	guint n_rows;
};

static const struct expected functions[] = {
	{ "refcount_inc", { ROW(COUNT_INC, 0, -1) }, 1 },
	{ "refcount_add_not_zero", { ROW(COUNT_TRYINC, 1, -1) }, 1 },
	{ "refcount_set", { ROW(COUNT_SET, 0, 1) }, 1 },
	{ "atomic_dec_and_test", { ROW(COUNT_DEC_TEST, 0, -1) }, 1 },
	{ "atomic_sub_return", { ROW(COUNT_ADD, 1, -1) }, 1 },
	{ "kref_put", { ROW(COUNT_DEC_FREE, 0, 1) }, 1 },
	{ "spin_lock", { ROW(LOCK, 0, -1) }, 1 },
	{ "_raw_spin_lock_irqsave", { ROW(LOCK, 0, -1) }, 1 },
	{ "spinlock_check", { ROW(SAME, 0, -1) }, 1 },
	{ "mutex_trylock", { ROW(TRYLOCK, 0, -1) }, 1 },
	{ "down_trylock", { ROW(LOCK_INTR, 0, -1) }, 1 },
	{ "rcu_read_lock", { ROW(LOCK_READ, -1, -1) }, 1 },
	{ "bit_spin_lock", { ROW(BIT_LOCK, 0, 1) }, 1 },
	{ "set_bit", { ROW(BIT_SET, 0, 1) }, 1 },
	{ "wait_on_bit", { ROW(BIT_WAIT, 1, 0) }, 1 },
	{ "clear_and_wake_up_bit",
	  { ROW(BIT_CLEAR, 0, 1), ROW(WAKE, 1, -1) }, 2 },
	{ "igrab", { ROW(TRYGET, 0, -1) }, 1 },
	{ "get_device", { ROW(GET, 0, -1), ROW(SAME, 0, -1) }, 2 },
	{ "of_get_next_child", { ROW(PUT, 1, -1), ROW(GET_RESULT, -1, -1) },
	  2 },
	{ "put_and_wait_on_page_locked",
	  { ROW(PUT, 0, -1), ROW(WAIT_KEY, 0, -1) }, 2 },
	{ "attach_page_private", { ROW(FLAG_SET_GET, 0, -1) }, 1 },
	{ "kmem_cache_free", { ROW(FREE, 1, -1) }, 1 },
	{ "kvfree_call_rcu", { ROW(FREE_LATER, 0, -1) }, 1 },
	{ "queue_delayed_work_on", { ROW(PUBLISH, 2, -1) }, 1 },
	{ "list_add_tail", { ROW(INSERT, 0, 1) }, 1 },
	{ "list_move", { ROW(REMOVE, 0, -1), ROW(INSERT, 0, 1) }, 2 },
	{ "xa_store", { ROW(INSERT, 2, 0) }, 1 },
	{ "cl_page_put", { ROW(PUT, 1, -1) }, 1 },
	{ "lbug_with_loc", { ROW(NORETURN, -1, -1) }, 1 },
};

static const struct {
	const char *spelling, *base;
} spellings[] = {
	{ "atomic64_inc", "atomic_inc" },
	{ "atomic_long_dec_and_test", "atomic_dec_and_test" },
	{ "arch_atomic_inc", "atomic_inc" },
	{ "arch_atomic64_fetch_add_relaxed", "atomic_fetch_add" },
	{ "raw_atomic_long_read_acquire", "atomic_read" },
	{ "atomic_try_cmpxchg_release", "atomic_try_cmpxchg" },
	{ "arch_set_bit", "set_bit" },
	{ "arch___set_bit", "__set_bit" },
	{ "generic___set_bit", "__set_bit" },
	{ "generic_test_bit", "test_bit" },
	{ "arch_test_and_clear_bit", "test_and_clear_bit" },
	{ "arch_xchg", "xchg" },
	{ "cmpxchg_local", "cmpxchg" },
	{ "try_cmpxchg_acquire", "try_cmpxchg" },
	{ "kzalloc_noprof", "kzalloc" },
};

static const struct {
	const char *name;
	enum effect effect;
	const char *class;
} flags[] = {
	{ "PagePrivate", EFFECT_FLAG_TEST, "page.flags:PG_private" },
	{ "SetPagePrivate", EFFECT_FLAG_SET, "page.flags:PG_private" },
	{ "__ClearPageSwapBacked", EFFECT_FLAG_CLEAR,
	  "page.flags:PG_swapbacked" },
	{ "TestSetPageDirty", EFFECT_FLAG_TEST_SET, "page.flags:PG_dirty" },
	{ "TestClearPageLRU", EFFECT_FLAG_TEST_CLEAR, "page.flags:PG_lru" },
	{ "folio_test_private", EFFECT_FLAG_TEST, "page.flags:PG_private" },
	{ "folio_test_private_2", EFFECT_FLAG_TEST,
	  "page.flags:PG_private_2" },
	{ "folio_set_private", EFFECT_FLAG_SET, "page.flags:PG_private" },
	{ "__folio_clear_lru", EFFECT_FLAG_CLEAR, "page.flags:PG_lru" },
	{ "folio_test_set_dirty", EFFECT_FLAG_TEST_SET,
	  "page.flags:PG_dirty" },
	{ "folio_test_clear_lru", EFFECT_FLAG_TEST_CLEAR,
	  "page.flags:PG_lru" },
	{ "buffer_locked", EFFECT_FLAG_TEST, "buffer_head.b_state:BH_Lock" },
	{ "set_buffer_async_write", EFFECT_FLAG_SET,
	  "buffer_head.b_state:BH_Async_Write" },
	{ "test_clear_buffer_dirty", EFFECT_FLAG_TEST_CLEAR,
	  "buffer_head.b_state:BH_Dirty" },
};

static const char *const noise[] = {
	"trace_btrfs_sync_file", "__traceiter_sched_switch", "lockdep_init_map",
	"lock_acquire", "kasan_check_byte", "__might_resched",
	"instrument_atomic_read", "_printk", "security_inode_permission",
};

/* They look like something the model knows, and are something else. */
static const char *const unknown[] = {
	"no_such_function", "", "PageAnon", "PageHuge", "PageTail",
	"PageBuddy", "SetPage", "folio_test_large", "folio_test_hugetlb",
	"folio_test_", "buffer_heads_over_limit", "buffer_",
	"arch_spin_value_unlocked", "raw_copy_nothing", "frob_noprof",
	"test_release", "_release", "arch_",
};

static const GArray *rows_of(const struct model *m, const char *name)
{
	return model_api(m, g_intern_string(name));
}

static const struct api *only_row(const struct model *m, const char *name)
{
	const GArray *rows = rows_of(m, name);

	if (!rows)
		g_error("%s: unknown", name);
	g_assert_cmpuint(rows->len, ==, 1);
	return &g_array_index(rows, struct api, 0);
}

static void check_rows(const struct model *m, const struct expected *e)
{
	const GArray *rows = rows_of(m, e->name);
	const struct api *row;
	guint i;

	if (!rows)
		g_error("%s: unknown", e->name);
	g_assert_cmpuint(rows->len, ==, e->n_rows);
	for (i = 0; i < rows->len; i++) {
		row = &g_array_index(rows, struct api, i);
		g_assert_cmpstr(row->name, ==, e->name);
		g_assert_cmpstr(effect_name(row->effect), ==,
				effect_name(e->rows[i].effect));
		g_assert_cmpint(row->arg, ==, e->rows[i].arg);
		g_assert_cmpint(row->arg2, ==, e->rows[i].arg2);
	}
}

static void test_rows(void)
{
	struct model *m = model_new_builtin();
	gsize i;

	for (i = 0; i < G_N_ELEMENTS(functions); i++)
		check_rows(m, &functions[i]);
	model_free(m);
}

static void test_classes(void)
{
	struct model *m = model_new_builtin();

	/* compared by address where locks are matched */
	g_assert_true(only_row(m, "spin_lock")->class ==
		      only_row(m, "_raw_spin_unlock")->class);
	g_assert_true(only_row(m, "rcu_read_lock")->class ==
		      g_intern_string("rcu"));
	g_assert_cmpstr(only_row(m, "lock_page")->class, ==, "page");
	g_assert_cmpstr(only_row(m, "folio_unlock")->class, ==, "page");
	g_assert_null(only_row(m, "iput")->class);
	model_free(m);
}

static void test_tables(void)
{
	g_assert_cmpint(model_task_state("task_struct", "__state"), !=, 0);
	g_assert_cmpint(model_task_state("task_struct", "exit_state"), ==, 0);
	g_assert_true(model_is_signal_flag("thread_info",
					   "flags:TIF_SIGPENDING"));
	g_assert_false(model_is_signal_flag("thread_info",
					    "flags:TIF_NEED_RESCHED"));
	g_assert_true(model_is_list_link("list_head", "next"));
	g_assert_false(model_is_list_link("list_head", NULL));
	g_assert_true(model_is_work("work_struct", "func"));
	g_assert_true(model_is_work("work_struct", NULL));
	g_assert_false(model_is_work("work_struct", "data"));
	g_assert_false(model_is_work(NULL, NULL));
}

static void test_sleeps(void)
{
	struct model *m = model_new_builtin();

	g_assert_true(only_row(m, "mutex_lock")->sleeps);
	g_assert_true(only_row(m, "iput")->sleeps);
	g_assert_true(only_row(m, "schedule")->sleeps);
	g_assert_false(only_row(m, "mutex_unlock")->sleeps);
	g_assert_false(only_row(m, "spin_lock")->sleeps);
	model_free(m);
}

static void test_spellings(void)
{
	struct model *m = model_new_builtin();
	const struct api *row, *base;
	gsize i;

	for (i = 0; i < G_N_ELEMENTS(spellings); i++) {
		row = only_row(m, spellings[i].spelling);
		base = only_row(m, spellings[i].base);
		g_assert_cmpstr(row->name, ==, spellings[i].spelling);
		g_assert_cmpstr(base->name, ==, spellings[i].base);
		g_assert_cmpint(row->effect, ==, base->effect);
		g_assert_cmpint(row->arg, ==, base->arg);
		g_assert_cmpint(row->arg2, ==, base->arg2);
	}
	model_free(m);
}

static void test_flags(void)
{
	struct model *m = model_new_builtin();
	const struct api *row;
	gsize i;

	for (i = 0; i < G_N_ELEMENTS(flags); i++) {
		row = only_row(m, flags[i].name);
		g_assert_cmpstr(row->name, ==, flags[i].name);
		g_assert_cmpint(row->effect, ==, flags[i].effect);
		g_assert_cmpint(row->arg, ==, 0);
		g_assert_true(row->class == g_intern_string(flags[i].class));
	}
	model_free(m);
}

static void test_noise(void)
{
	struct model *m = model_new_builtin();
	gsize i;

	for (i = 0; i < G_N_ELEMENTS(noise); i++)
		g_assert_cmpint(only_row(m, noise[i])->effect, ==,
				EFFECT_NONE);
	g_assert_true(g_hash_table_contains(m->macros,
					    g_intern_string("pr_err")));
	model_free(m);
}

static void test_unknown(void)
{
	struct model *m = model_new_builtin();
	gsize i;
	int again;

	for (again = 0; again < 2; again++)
		for (i = 0; i < G_N_ELEMENTS(unknown); i++)
			g_assert_null(rows_of(m, unknown[i]));
	model_free(m);
}

/* What a file declares of one spelling is no business of the others. */
static void test_copies(void)
{
	struct model *m = model_new_builtin();
	const GArray *base = rows_of(m, "atomic_inc");
	const GArray *other = rows_of(m, "atomic64_inc");

	g_assert_true(base != other);
	g_assert_true(rows_of(m, "atomic64_inc") == other);
	model_free(m);
}

static bool changes_count(enum effect e)
{
	return e >= EFFECT_COUNT_INC && e <= EFFECT_COUNT_CMPXCHG &&
	       e != EFFECT_COUNT_READ;
}

static bool is_bit(enum effect e)
{
	return e >= EFFECT_BIT_SET && e <= EFFECT_BIT_WAIT;
}

static bool is_flag(enum effect e)
{
	return e >= EFFECT_FLAG_SET && e <= EFFECT_FLAG_CLEAR_PUT;
}

static bool is_lock(enum effect e)
{
	return (e >= EFFECT_LOCK && e <= EFFECT_UNLOCK_READ) ||
	       e == EFFECT_TEST_HELD;
}

/* Effects on what the function returns, not on an argument. */
static bool needs_no_arg(enum effect e)
{
	return e == EFFECT_NONE || e == EFFECT_NORETURN ||
	       e == EFFECT_ALLOC || e == EFFECT_GET_RESULT ||
	       e == EFFECT_SELECT || e == EFFECT_SLEEP || e == EFFECT_DRAIN ||
	       e == EFFECT_PREPARE_WAIT || e == EFFECT_OBJECT_LOCK;
}

static void check_row(const struct api *row)
{
	const char *what = effect_name(row->effect);

	if (row->arg < -1 || row->arg > 6 || row->arg2 < -1 || row->arg2 > 6)
		g_error("%s: %s: no such argument", row->name, what);
	if (row->arg < 0 && !needs_no_arg(row->effect) &&
	    !(is_lock(row->effect) && row->class) &&
	    row->effect != EFFECT_COUNT_DEC_LOCK)
		g_error("%s: %s: of what?", row->name, what);
	if (is_lock(row->effect) && !row->class)
		g_error("%s: %s: of what kind?", row->name, what);
	if (is_bit(row->effect) &&
	    (row->arg2 < 0 || row->arg2 == row->arg || row->class))
		g_error("%s: %s: in which word?", row->name, what);
	if (is_flag(row->effect) && (!row->class || !strchr(row->class, '.')))
		g_error("%s: %s: which flag?", row->name, what);
}

/* One that is there twice, or two that cannot both be true. */
static void check_two(const struct api *a, const struct api *b)
{
	const char *what = effect_name(b->effect);

	if (a->effect == b->effect && a->arg == b->arg && a->class == b->class)
		g_error("%s: %s: there twice", b->name, what);
	if (a->effect == EFFECT_NONE || b->effect == EFFECT_NONE ||
	    a->effect == EFFECT_NORETURN)
		g_error("%s: %s beside %s", b->name, what,
			effect_name(a->effect));
	if (changes_count(a->effect) && changes_count(b->effect))
		g_error("%s: counts twice", b->name);
	if (a->effect == EFFECT_GET && b->effect == EFFECT_PUT &&
	    a->arg == b->arg)
		g_error("%s: get and put", b->name);
}

static void test_consistent(void)
{
	struct model *m = model_new_builtin();
	GHashTableIter i;
	gpointer rows;
	guint k, j;

	g_hash_table_iter_init(&i, m->apis);
	while (g_hash_table_iter_next(&i, NULL, &rows)) {
		const GArray *a = rows;

		for (k = 0; k < a->len; k++) {
			check_row(&g_array_index(a, struct api, k));
			for (j = 0; j < k; j++)
				check_two(&g_array_index(a, struct api, j),
					  &g_array_index(a, struct api, k));
		}
	}
	model_free(m);
}

static void test_effect_names(void)
{
	GHashTable *seen = g_hash_table_new(g_str_hash, g_str_equal);
	int e;

	for (e = EFFECT_NONE; e <= EFFECT_ASSERT; e++) {
		const char *name = effect_name((enum effect)e);

		g_assert_nonnull(name);
		g_assert_cmpstr(name, !=, "?");
		g_assert_true(g_hash_table_add(seen, (gpointer)name));
	}
	g_assert_cmpstr(effect_name((enum effect)(EFFECT_TEST_HELD + 1)), ==, "?");
	g_assert_cmpstr(effect_name(EFFECT_GET), ==, "get");
	g_assert_cmpstr(effect_name(EFFECT_TRYLOCK), ==, "trylock");
	g_hash_table_unref(seen);
}

static const struct pair_decl *find_pair(const struct model *m,
					 const char *flag)
{
	guint i;

	for (i = 0; i < m->pairs->len; i++) {
		const struct pair_decl *p = m->pairs->pdata[i];

		if (!strcmp(p->flag, flag))
			return p;
	}
	g_error("no pair of %s", flag);
}

static void test_pairs(void)
{
	struct model *m = model_new_builtin();
	const struct pair_decl *p;
	guint i;

	p = find_pair(m, "flags:PG_private");
	g_assert_cmpstr(p->record, ==, "page");
	g_assert_cmpstr(p->covers->name, ==, "pagecache");
	g_assert_cmpint(p->origin, ==, ORIGIN_BUILTIN);
	g_assert_true(g_ptr_array_find(p->gets,
				       g_intern_string("attach_page_private"),
				       NULL));
	p = find_pair(m, "ops_transfer_pinned");
	g_assert_cmpstr(p->object, ==, "->ops_cl.cpl_page");
	g_assert_cmpstr(p->object_record, ==, "cl_page");
	for (i = 0; i < m->pairs->len; i++) {
		p = m->pairs->pdata[i];
		g_assert_true(p->reason && *p->reason);
		g_assert_true(p->gets->len && p->puts->len);
		g_assert_null(p->file);
	}
	g_assert_true(g_hash_table_contains(m->stable,
					    g_intern_string("folio")));
	model_free(m);
}

static void test_free_nothing(void)
{
	model_free(NULL);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/model/rows", test_rows);
	g_test_add_func("/model/classes", test_classes);
	g_test_add_func("/model/sleeps", test_sleeps);
	g_test_add_func("/model/tables", test_tables);
	g_test_add_func("/model/spellings", test_spellings);
	g_test_add_func("/model/flags", test_flags);
	g_test_add_func("/model/noise", test_noise);
	g_test_add_func("/model/unknown", test_unknown);
	g_test_add_func("/model/copies", test_copies);
	g_test_add_func("/model/consistent", test_consistent);
	g_test_add_func("/model/effect-names", test_effect_names);
	g_test_add_func("/model/pairs", test_pairs);
	g_test_add_func("/model/free-nothing", test_free_nothing);
	return g_test_run();
}
