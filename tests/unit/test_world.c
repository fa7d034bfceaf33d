// SPDX-License-Identifier: GPL-2.0-only
/*
 * What flow knows of functions in other units: the same as if they stood in
 * this one; nothing, if the bytes are damaged.
 */
#include <glib.h>
#include <string.h>

#include "base/wire.h"
#include "flow/flow.h"
#include "flow/state.h"
#include "flow/world.h"
#include "ir/pack.h"
#include "lowered.h"

/* A header and two files. What stands in GAP's place has as many lines. */
#define HEADER \
	"typedef struct { int raw; } spinlock_t;\n" \
	"typedef struct { int refs; } refcount_t;\n" \
	"extern void spin_lock(spinlock_t *l);\n" \
	"extern void spin_unlock(spinlock_t *l);\n" \
	"extern void refcount_inc(refcount_t *r);\n" \
	"extern _Bool refcount_dec_and_test(refcount_t *r);\n" \
	"extern void kfree(const void *p);\n" \
	"extern void *kmalloc(unsigned long n);\n" \
	"extern void opaque(void *p);\n" \
	"struct pool;\n" \
	"struct buf { refcount_t refs; spinlock_t lock; int owned;\n" \
	"	struct pool *pool; struct buf *next; };\n" \
	"struct pool { spinlock_t lock; struct buf *first; };\n" \
	"struct pool_ops { void (*drop)(struct buf *b); };\n" \
	"extern const struct pool_ops *ops_of(struct pool *p);\n" \
	"extern int buf_drop(struct buf *b);\n" \
	"extern void buf_mark(struct buf *b);\n" \
	"extern struct buf *buf_find(struct pool *p);\n"

#define CALLEES \
	"static void put(struct buf *b)\n" \
	"{\n" \
	"	if (refcount_dec_and_test(&b->refs))\n" \
	"		kfree(b);\n" \
	"}\n" \
	"int buf_drop(struct buf *b)\n" \
	"{\n" \
	"	spin_lock(&b->lock);\n" \
	"	if (!b->owned) {\n" \
	"		spin_unlock(&b->lock);\n" \
	"		return -2;\n" \
	"	}\n" \
	"	b->owned = 0;\n" \
	"	spin_unlock(&b->lock);\n" \
	"	put(b);\n" \
	"	return 0;\n" \
	"}\n" \
	"void buf_mark(struct buf *b) { b->owned = 1; opaque(b->next); }\n" \
	"struct buf *buf_find(struct pool *p)\n" \
	"{\n" \
	"	struct buf *b = kmalloc(sizeof(*b));\n" \
	"	if (!b)\n" \
	"		return p->first;\n" \
	"	b->pool = p;\n" \
	"	return b;\n" \
	"}\n"

#define GAP "\n\n\n\n\n\n\n\n"

#define CALLERS \
	"int reuse(struct pool *p)\n" \
	"{\n" \
	"	struct buf *b = buf_find(p);\n" \
	"	if (!b || buf_drop(b) < 0)\n" \
	"		return 0;\n" \
	"	buf_mark(b);\n" \
	"	return 1;\n" \
	"}\n"

/* A unit with its flow. */
struct made {
	struct unit *unit;
	struct flow *flow;
};

static struct made made_as(const char *file, const char *text,
			   const struct model *m, const struct world *w)
{
	struct made made = { .unit = lowered_as(file, text) };

	g_assert_cmpuint(made.unit->diagnostics->len, ==, 0);
	made.flow = flow_new(made.unit, m, w);
	return made;
}

static struct made made_of(const char *text, const struct model *m,
			   const struct world *w)
{
	return made_as("x.c", text, m, w);
}

static void made_free(struct made *made)
{
	flow_free(made->flow);
	unit_free(made->unit);
}

static const struct func_flow *func_in(const struct made *made,
				       const char *name)
{
	struct func *f = unit_find(made->unit, g_intern_string(name));

	g_assert_nonnull(f);
	return flow_of(made->flow, f);
}

static GBytes *summary_in(const struct made *made, const char *name)
{
	return summary_pack(made->flow, func_in(made, name));
}

static char *printed(const struct made *made, const char *what,
		     const char *name)
{
	GString *out = g_string_new(NULL);

	flow_print(out, made->flow, what, name);
	return g_string_free(out, FALSE);
}

static void assert_prints(const struct made *made, const char *what,
			  const char *name, const char *wanted)
{
	char *text = printed(made, what, name);

	g_assert_cmpstr(text, ==, wanted);
	g_free(text);
}

static void assert_in(const struct made *made, const char *what,
		      const char *name, const char *wanted)
{
	char *text = printed(made, what, name);

	if (!strstr(text, wanted))
		g_error("'%s' not in:\n%s", wanted, text);
	g_free(text);
}

/* A world that is a table: name -> GBytes. */
static GBytes *from_table(void *table, const struct func *caller,
			  const char *name)
{
	return g_hash_table_lookup(table, name);
}

static GHashTable *table_new(void)
{
	return g_hash_table_new_full(g_str_hash, g_str_equal, NULL,
				     (GDestroyNotify)g_bytes_unref);
}

static GHashTable *table_of(const struct made *made)
{
	GHashTable *table = table_new();
	guint i;

	for (i = 0; i < made->flow->funcs->len; i++) {
		const struct func_flow *ff = made->flow->funcs->pdata[i];

		g_hash_table_insert(table, (gpointer)ff->func->name,
				    summary_pack(made->flow, ff));
	}
	return table;
}

static void test_same(void)
{
	struct model *m = model_new_builtin();
	struct made callees = made_of(HEADER GAP CALLEES, m, NULL);
	GHashTable *table = table_of(&callees);
	const struct world w = { .data = table, .summary = from_table };
	struct made split = made_of(HEADER CALLERS, m, &w);
	struct made alone = made_of(HEADER CALLERS, m, NULL);
	struct made whole = made_of(HEADER CALLERS CALLEES, m, NULL);
	GBytes *a = summary_in(&whole, "reuse"), *b = summary_in(&split, "reuse");
	GBytes *c = summary_in(&alone, "reuse");

	g_assert_true(g_bytes_equal(a, b));
	g_assert_false(g_bytes_equal(a, c));
	assert_in(&split, "flow", "reuse",
		  "put p->first->refs (last) <buf_drop <put");
	g_bytes_unref(a);
	g_bytes_unref(b);
	g_bytes_unref(c);
	made_free(&callees);
	made_free(&split);
	made_free(&alone);
	made_free(&whole);
	g_hash_table_unref(table);
	model_free(m);
}

/* Other functions around it change no byte of a summary. */
static void test_equal_bytes(void)
{
	static const char *const names[] = { "put", "buf_drop", "buf_mark",
					     "buf_find" };
	struct model *m = model_new_builtin();
	struct made alone = made_of(HEADER GAP CALLEES, m, NULL);
	struct made among = made_of(HEADER CALLERS CALLEES, m, NULL);
	gsize i;

	for (i = 0; i < G_N_ELEMENTS(names); i++) {
		GBytes *a = summary_in(&alone, names[i]);
		GBytes *b = summary_in(&among, names[i]);

		g_assert_true(g_bytes_equal(a, b));
		g_bytes_unref(a);
		g_bytes_unref(b);
	}
	made_free(&alone);
	made_free(&among);
	model_free(m);
}

static GBytes *plain_of(const char *text, const struct model *m,
			const char *name)
{
	struct made made = made_of(text, m, NULL);
	GBytes *bytes = summary_in(&made, name);
	GBytes *plain = summary_without_lines(bytes);

	g_assert_nonnull(plain);
	g_assert_false(g_bytes_equal(bytes, plain));
	g_bytes_unref(bytes);
	made_free(&made);
	return plain;
}

static bool same_without_lines(const char *text, const char *other,
			       const char *name)
{
	struct model *m = model_new_builtin();
	GBytes *a = plain_of(text, m, name), *b = plain_of(other, m, name);
	bool same = g_bytes_equal(a, b);

	g_bytes_unref(a);
	g_bytes_unref(b);
	model_free(m);
	return same;
}

#define MARK "void buf_mark(struct buf *b) { b->owned = 1; "
#define MARK_BLANKS "                                             "

/* What moved is the same; what shares a line no more is not. */
static void test_without_lines(void)
{
	const char *const text = HEADER CALLEES;
	const char *const one = HEADER MARK "opaque(b->next); }\n";

	G_STATIC_ASSERT(sizeof(MARK) == sizeof(MARK_BLANKS));
	g_assert_true(same_without_lines(text, HEADER GAP CALLEES, "buf_drop"));
	g_assert_true(same_without_lines(text, HEADER CALLERS CALLEES,
					 "buf_find"));
	g_assert_true(same_without_lines(one, HEADER GAP MARK
					 "opaque(b->next); }\n", "buf_mark"));
	g_assert_false(same_without_lines(one, HEADER MARK "\n" MARK_BLANKS
					  "opaque(b->next); }\n", "buf_mark"));
	g_assert_false(same_without_lines(one, HEADER MARK
					  "opaque(b->pool); }\n", "buf_mark"));
}

/* The static variable of another file is not the one of that name here. */
static void test_static_names(void)
{
	static const char shared[] = "static spinlock_t gate;\n";
	char *there = g_strconcat(HEADER, shared,
		"void buf_mark(struct buf *b) { spin_unlock(&gate); }\n", NULL);
	char *here = g_strconcat(HEADER, shared,
		"void user(struct buf *b) { spin_lock(&gate); buf_mark(b); }\n",
		NULL);
	struct model *m = model_new_builtin();
	struct made callees = made_as("there.c", there, m, NULL);
	struct made same = made_as("here.c", there, m, NULL);
	GHashTable *table = table_of(&callees), *own = table_of(&same);
	const struct world w = { .data = table, .summary = from_table };
	const struct world v = { .data = own, .summary = from_table };
	struct made user = made_as("here.c", here, m, &w);

	/* the lock that is held at the end is the caller's */
	assert_in(&user, "flow", "user", "return  {gate}");
	made_free(&user);
	user = made_as("here.c", here, m, &v);
	assert_in(&user, "flow", "user", "return\n");
	made_free(&user);
	made_free(&callees);
	made_free(&same);
	g_hash_table_unref(table);
	g_hash_table_unref(own);
	model_free(m);
	g_free(there);
	g_free(here);
}

/* What a message does in its own file is no business of who prints it. */
static void test_messages(void)
{
	struct model *m = model_new_builtin();
	struct made callees = made_of(HEADER CALLEES, m, NULL);
	GHashTable *table = table_of(&callees);
	const struct world w = { .data = table, .summary = from_table };
	struct made user = made_of(HEADER
		"#define pr_debug(b) buf_mark(b)\n"
		"void quiet(struct buf *b) { pr_debug(b); }\n"
		"void loud(struct buf *b) { buf_mark(b); }\n", m, &w);

	assert_prints(&user, "summary", "quiet", "quiet:\n  returns \n");
	assert_in(&user, "summary", "loud", "set b->owned 1 <buf_mark");
	made_free(&user);
	made_free(&callees);
	g_hash_table_unref(table);
	model_free(m);
}

#define COARSE_CALLEES \
	"int buf_open(struct buf *b, int how)\n" \
	"{\n" \
	"	if (how == 1)\n" \
	"		return -5;\n" \
	"	if (how == 2)\n" \
	"		return -12;\n" \
	"	b->owned = 1;\n" \
	"	return 0;\n" \
	"}\n" \
	"void buf_close(struct buf *b)\n" \
	"{\n" \
	"	if (b)\n" \
	"		b->owned = 0;\n" \
	"}\n"

static guint count_in(const struct made *made, const char *function,
		      const char *part)
{
	GString *out = g_string_new(NULL);
	guint n = 0;
	const char *at;

	flow_print(out, made->flow, "summary", function);
	for (at = out->str; (at = strstr(at, part)); at++)
		n++;
	g_string_free(out, TRUE);
	return n;
}

/* Errors are one way, and so is close(p) where nobody knows whether p is. */
static void test_coarse(void)
{
	struct model *m = model_new_builtin();
	struct made callees = made_of(HEADER COARSE_CALLEES, m, NULL);
	GHashTable *table = table_of(&callees);
	const struct world full = { .data = table, .summary = from_table };
	const struct world coarse = { .data = table, .coarse = true,
				      .summary = from_table };
	static const char callers[] = HEADER
		"int buf_open(struct buf *b, int how);\n"
		"void buf_close(struct buf *b);\n"
		"int opens(struct buf *b, int how) { return buf_open(b, how); }\n"
		"void closes(struct buf *b) { buf_close(b); }\n"
		"void none(void) { buf_close(0); }\n";
	struct made a = made_of(callers, m, &full);
	struct made b = made_of(callers, m, &coarse);

	g_assert_cmpuint(count_in(&a, "opens", "returns"), ==, 3);
	g_assert_cmpuint(count_in(&b, "opens", "returns"), ==, 2);
	assert_in(&b, "summary", "opens", "returns 0\n    set b->owned 1");
	g_assert_cmpuint(count_in(&a, "closes", "returns"), ==, 2);
	g_assert_cmpuint(count_in(&b, "closes", "returns"), ==, 1);
	assert_in(&b, "summary", "closes", "clear b->owned 0");
	assert_prints(&b, "summary", "none", "none:\n  returns \n");
	made_free(&a);
	made_free(&b);
	made_free(&callees);
	g_hash_table_unref(table);
	model_free(m);
}

/* ---- damage ---- */

struct victim {
	const struct model *model;
	struct unit *unit;
	GHashTable *table;
	const char *name;
};

static void use_anyhow(GBytes *bytes, void *data)
{
	struct victim *v = data;
	const struct world w = { .data = v->table, .summary = from_table };
	GString *out = g_string_new(NULL);
	struct flow *fl;

	g_hash_table_insert(v->table, (gpointer)v->name, g_bytes_ref(bytes));
	fl = flow_new(v->unit, v->model, &w);
	flow_print(out, fl, "flow", "reuse");
	g_assert_cmpuint(out->len, >, 0);
	summary_print(out, bytes, v->name);
	flow_free(fl);
	g_string_free(out, TRUE);
}

static void plain_anyhow(GBytes *bytes, void *data)
{
	GBytes *plain = summary_without_lines(bytes);

	if (plain)
		g_bytes_unref(plain);
}

static void test_damaged_summary(void)
{
	struct model *m = model_new_builtin();
	struct made callees = made_of(HEADER CALLEES, m, NULL);
	struct victim v = { m, lowered(HEADER CALLERS), table_of(&callees),
			    NULL };

	v.name = "buf_drop";
	damage_all(summary_in(&callees, v.name), use_anyhow, &v);
	v.name = "buf_find";
	damage_all(summary_in(&callees, v.name), use_anyhow, &v);
	damage_all(summary_in(&callees, v.name), plain_anyhow, NULL);
	g_hash_table_unref(v.table);
	unit_free(v.unit);
	made_free(&callees);
	model_free(m);
}

/*
 * Few bytes, from which somebody makes expressions that are too deep or too
 * large by putting new ones on old ones: @on(e) is put on what was made, for
 * each of @n members of the result.
 */
static GBytes *crafted(int n, const struct expr *(*on)(struct unit *u,
						       const struct expr *e))
{
	struct unit *u = unit_new("");
	struct wire *w = wire_writer();
	struct expr_wire *x = expr_wire_new(w, NULL);
	const struct expr *e = param_typed(u, NULL, 0);
	bool yes = true, no = false;
	const char *name = "f";
	gint64 low = G_MININT64, high = G_MAXINT64, uses = 0;
	int i;

	wire_bool(w, &yes);	/* a summary: known, */
	wire_bool(w, &no);	/* not bounded, */
	wire_bool(w, &no);	/* not static, */
	wire_int64(w, &uses);
	wire_choice(w, 0, 1);	/* nothing is born in it, */
	wire_count(w, 1);	/* one outcome: */
	wire_string(w, &name);
	wire_count(w, 0);	/* without acts */
	expr_wire(x, &e);
	for (i = 0; i < n; i++) {
		wire_bool(w, &yes);
		e = on(u, e);
		expr_wire(x, &e);
		expr_wire(x, &e);
	}
	wire_bool(w, &no);	/* the end of the members; nothing is given */
	wire_bool(w, &no);
	wire_int64(w, &low);
	wire_int64(w, &high);
	wire_bool(w, &no);
	expr_wire_free(x);
	unit_free(u);
	return wire_finish(w);
}

static const struct expr *thousand_more(struct unit *u, const struct expr *e)
{
	int i;

	for (i = 0; i < 1000; i++)
		e = expr_deref(u, e);
	return e;
}

static const struct expr *twice(struct unit *u, const struct expr *e)
{
	return expr_binary(u, '+', e, e);
}

static bool is_summary(GBytes *bytes)
{
	struct unit *u = unit_new("");
	bool good = summary_unpack(u, bytes);

	g_bytes_unref(bytes);
	unit_free(u);
	return good;
}

static void test_endless(void)
{
	g_assert_true(is_summary(crafted(7, thousand_more)));
	g_assert_false(is_summary(crafted(9, thousand_more)));
	g_assert_false(is_summary(crafted(200, thousand_more)));
	g_assert_true(is_summary(crafted(10, twice)));
	g_assert_false(is_summary(crafted(80, twice)));
}

/* ---- members of records ---- */

static const struct world_target *drop_targets(void *data, const char *record,
					       const char *member,
					       guint *ret_n)
{
	if (strcmp(record, "pool_ops") || strcmp(member, "drop"))
		return NULL;
	*ret_n = 2;
	return data;
}

#define BY_POINTER \
	"void release(struct buf *b) { ops_of(b->pool)->drop(b); }\n"

static void test_targets(void)
{
	struct model *m = model_new_builtin();
	struct made callees = made_of(HEADER CALLEES, m, NULL);
	struct world_target t[2] = {
		{ .name = "buf_drop", .summary = summary_in(&callees, "buf_drop") },
		{ .name = "buf_mark", .summary = summary_in(&callees, "buf_mark") },
	};
	const struct world w = { .data = t, .targets = drop_targets };
	struct made known = made_of(HEADER BY_POINTER, m, &w);
	GBytes *kept = t[1].summary;

	assert_in(&known, "flow", "release", "clear b->owned 0 <buf_drop");
	assert_in(&known, "flow", "release", "set b->owned 1 <buf_mark");
	made_free(&known);
	/* one of them is said to be in the unit, and is not */
	t[1].summary = NULL;
	known = made_of(HEADER BY_POINTER, m, &w);
	assert_in(&known, "flow", "release", "call b");
	made_free(&known);
	/* it is */
	known = made_of(HEADER CALLEES BY_POINTER, m, &w);
	assert_in(&known, "flow", "release", "set b->owned 1 <buf_mark");
	made_free(&known);
	g_bytes_unref(t[0].summary);
	g_bytes_unref(kept);
	made_free(&callees);
	model_free(m);
}

/* Nothing is done for NULL by one of them, and by the other one always. */
static void test_coarse_targets(void)
{
	struct model *m = model_new_builtin();
	struct made callees = made_of(HEADER COARSE_CALLEES
		"void buf_rest(struct buf *b) { }\n", m, NULL);
	struct world_target t[2] = {
		{ .name = "buf_close", .summary = summary_in(&callees, "buf_close") },
		{ .name = "buf_rest", .summary = summary_in(&callees, "buf_rest") },
	};
	const struct world w = { .data = t, .coarse = true,
				 .targets = drop_targets };
	struct made made = made_of(HEADER BY_POINTER, m, &w);

	g_assert_cmpuint(count_in(&made, "release", "returns"), ==, 2);
	assert_in(&made, "summary", "release", "clear b->owned 0");
	made_free(&made);
	g_bytes_unref(t[0].summary);
	g_bytes_unref(t[1].summary);
	made_free(&callees);
	model_free(m);
}

/* A member that leads back to the function that calls it. */
static void test_recursion_by_pointer(void)
{
	struct model *m = model_new_builtin();
	struct world_target t[2] = { { .name = "walk" }, { .name = "stop" } };
	const struct world w = { .data = t, .targets = drop_targets };
	struct made made = made_of(HEADER
		"void stop(struct buf *b) { b->owned = 0; }\n"
		"void walk(struct buf *b)\n"
		"{\n"
		"	b->owned = 1;\n"
		"	ops_of(b->pool)->drop(b->next);\n"
		"}\n", m, &w);

	assert_in(&made, "flow", "walk", "clear b->next->owned 0 <stop");
	assert_in(&made, "flow", "walk",
		  "clear b->next->next->owned 0 <walk <stop");
	assert_in(&made, "flow", "walk", "bounded: recursion limit");
	made_free(&made);
	model_free(m);
}

/* ---- recursion ---- */

static void test_recursion(void)
{
	struct model *m = model_new_builtin();
	struct made made = made_of(HEADER
		"static void drop_all(struct buf *b)\n"
		"{\n"
		"	if (!b)\n"
		"		return;\n"
		"	drop_all(b->next);\n"
		"	buf_drop(b);\n"
		"}\n"
		"static int count(struct buf *b)\n"
		"{\n"
		"	return b ? 1 + count(b->next) : 0;\n"
		"}\n"
		"static void for_ever(struct buf *b)\n"
		"{\n"
		"	spin_lock(&b->lock);\n"
		"	for_ever(b->next);\n"
		"}\n"
		"void user(struct buf *b)\n"
		"{\n"
		"	drop_all(b); for_ever(b); count(b);\n"
		"}\n", m, NULL);

	/* the call in the recursion is seen through, to some depth */
	assert_in(&made, "summary", "drop_all", "call b buf_drop()");
	assert_in(&made, "summary", "drop_all",
		  "call b->next buf_drop() <drop_all");
	assert_in(&made, "flow", "drop_all", "bounded: recursion limit");
	/* no way back out: as if nobody knew it */
	assert_in(&made, "flow", "for_ever", "call b->next for_ever()");
	assert_in(&made, "flow", "user", "lock b->lock [spin] <for_ever");
	made_free(&made);
	model_free(m);
}

/* Functions that call each other are entered under what leads into them. */
static void test_recursion_entry(void)
{
	static const char odd_and_even[] =
		"static void odd(struct pool *p, int n);\n"
		"static void even(struct pool *p, int n) { if (n) odd(p, n - 1); }\n"
		"static void odd(struct pool *p, int n) { if (n) even(p, n - 1); }\n";
	char *locked = g_strconcat(HEADER, odd_and_even,
		"void user(struct pool *p)\n"
		"{\n"
		"	spin_lock(&p->lock);\n"
		"	even(p, 4);\n"
		"	spin_unlock(&p->lock);\n"
		"}\n", NULL);
	char *both = g_strconcat(locked,
		"void other(struct pool *p) { odd(p, 4); }\n", NULL);
	struct model *m = model_new_builtin();
	struct made made = made_of(locked, m, NULL);

	assert_prints(&made, "entry", "even", "even: p->lock (all callers)\n");
	assert_prints(&made, "entry", "odd", "odd: p->lock (all callers)\n");
	made_free(&made);
	made = made_of(both, m, NULL);
	assert_prints(&made, "entry", "even", "");
	assert_prints(&made, "entry", "odd", "");
	made_free(&made);
	model_free(m);
	g_free(locked);
	g_free(both);
}

/* ---- locks held on entry ---- */

static GBytes *one_answer(void *data, const struct func *f)
{
	return !strcmp(f->name, "buf_mark") ? data : NULL;
}

/* What is held where @caller calls buf_mark(), if it is entered by nobody. */
static GArray *held_at_mark(const struct made *made, struct unit *terms,
			    const char *caller, const GArray *entry)
{
	GBytes *b = calls_pack(made->flow, func_in(made, caller));
	GPtrArray *calls = calls_unpack(terms, b);
	GArray *held = NULL;
	guint i;

	g_assert_nonnull(calls);
	for (i = 0; i < calls->len && !held; i++) {
		const struct known_call *c = calls->pdata[i];

		if (c->how == CALL_NAMED && !strcmp(c->callee, "buf_mark"))
			held = call_locks(terms, c, entry);
	}
	g_assert_nonnull(held);
	g_ptr_array_unref(calls);
	g_bytes_unref(b);
	return held;
}

#define LOCKED_CALLERS \
	"void with_lock(struct pool *p)\n" \
	"{\n" \
	"	spin_lock(&p->lock);\n" \
	"	spin_lock(&p->first->lock);\n" \
	"	buf_mark(p->first);\n" \
	"	spin_unlock(&p->first->lock);\n" \
	"	spin_unlock(&p->lock);\n" \
	"}\n" \
	"void next_of(struct buf *b) { buf_mark(b->next); }\n" \
	"void same_as(struct buf *b) { buf_mark(b); }\n"

static void assert_entry(GBytes *answer, const char *text, const char *wanted)
{
	struct model *m = model_new_builtin();
	const struct world w = { .data = answer, .entry = one_answer };
	struct made made = made_of(text, m, &w);

	assert_prints(&made, "entry", "buf_mark", wanted);
	made_free(&made);
	model_free(m);
}

static void test_entry(void)
{
	static const char both[] = "buf_mark: b->lock (all callers)\n"
				   "buf_mark: some pool.lock (all callers)\n";
	static const char one[] = "buf_mark: b->lock (all callers)\n";
	struct model *m = model_new_builtin();
	const struct world nothing = { 0 };
	struct made made = made_of(HEADER LOCKED_CALLERS, m, &nothing);
	struct unit *terms = unit_new("");
	GArray *first = held_at_mark(&made, terms, "with_lock", NULL);
	GArray *second = held_at_mark(&made, terms, "same_as", first);
	GArray *third = held_at_mark(&made, terms, "next_of", first);
	GBytes *b = locks_pack(terms, first), *c;

	assert_entry(b, HEADER CALLEES, both);
	/* a caller in the unit that holds less; one that holds as much */
	assert_entry(b, HEADER CALLEES LOCKED_CALLERS, "");
	/* who passes its own parameter on passes on what is held over it */
	c = locks_pack(terms, second);
	assert_entry(c, HEADER CALLEES, both);
	g_bytes_unref(c);
	g_assert_false(locks_intersect(second, first));
	/* and who passes another object does not */
	g_assert_true(locks_intersect(second, third));
	c = locks_pack(terms, second);
	assert_entry(c, HEADER CALLEES, "buf_mark: some buf.lock (all callers)\n"
			"buf_mark: some pool.lock (all callers)\n");
	g_bytes_unref(c);
	g_array_set_size(first, 1);
	g_bytes_unref(b);
	b = locks_pack(terms, first);
	assert_entry(b, HEADER CALLEES, one);
	/* its callers are not known */
	assert_entry(NULL, HEADER CALLEES, "");
	g_bytes_unref(b);
	g_array_unref(first);
	g_array_unref(second);
	g_array_unref(third);
	unit_free(terms);
	made_free(&made);
	model_free(m);
}

static void unpack_calls_anyhow(GBytes *bytes, void *data)
{
	struct unit *terms = unit_new("");
	GPtrArray *calls = calls_unpack(terms, bytes);
	guint i;

	for (i = 0; calls && i < calls->len; i++)
		g_array_unref(call_locks(terms, calls->pdata[i], NULL));
	if (calls)
		g_ptr_array_unref(calls);
	unit_free(terms);
}

static void enter_anyhow(GBytes *bytes, void *unit)
{
	struct model *m = model_new_builtin();
	const struct world w = { .data = bytes, .entry = one_answer };
	struct flow *fl = flow_new(unit, m, &w);

	flow_free(fl);
	model_free(m);
}

static void test_damaged_locks(void)
{
	struct model *m = model_new_builtin();
	const struct world nothing = { 0 };
	struct made made = made_of(HEADER LOCKED_CALLERS, m, &nothing);
	struct unit *terms = unit_new(""), *u = lowered(HEADER CALLEES);
	GArray *held = held_at_mark(&made, terms, "with_lock", NULL);

	damage_all(calls_pack(made.flow, func_in(&made, "with_lock")),
		   unpack_calls_anyhow, NULL);
	damage_all(locks_pack(terms, held), enter_anyhow, u);
	g_array_unref(held);
	unit_free(terms);
	unit_free(u);
	made_free(&made);
	model_free(m);
}

/* Addresses that go elsewhere than into a call, and members that are called. */
static void test_calls(void)
{
	struct model *m = model_new_builtin();
	const struct world nothing = { 0 };
	struct made made = made_of(HEADER BY_POINTER
		"void hand_out(struct buf *b) { opaque((void *)release); }\n",
		m, &nothing);
	struct unit *terms = unit_new("");
	GBytes *b = calls_pack(made.flow, func_in(&made, "release"));
	GPtrArray *calls = calls_unpack(terms, b);
	const struct known_call *c;

	g_assert_cmpuint(calls->len, ==, 2);
	c = calls->pdata[0];
	g_assert_cmpstr(c->callee, ==, "ops_of");
	c = calls->pdata[1];
	g_assert_cmpint(c->how, ==, CALL_MEMBER);
	g_assert_cmpstr(c->record, ==, "pool_ops");
	g_assert_cmpstr(c->member, ==, "drop");
	g_ptr_array_unref(calls);
	g_bytes_unref(b);
	b = calls_pack(made.flow, func_in(&made, "hand_out"));
	calls = calls_unpack(terms, b);
	g_assert_cmpuint(calls->len, ==, 2);
	c = calls->pdata[1];
	g_assert_cmpint(c->how, ==, CALL_ADDRESS);
	g_assert_cmpstr(c->callee, ==, "release");
	g_ptr_array_unref(calls);
	g_bytes_unref(b);
	unit_free(terms);
	made_free(&made);
	model_free(m);
}

/* A call of itself holds what the first one did, if it is about the same. */
static void test_entry_recursion(void)
{
	static const char text[] = HEADER
		"static void same(struct buf *b) { if (b->owned) same(b); }\n"
		"static void next(struct buf *b) { if (b->next) next(b->next); }\n"
		"void with_lock(struct buf *b)\n"
		"{\n"
		"	spin_lock(&b->lock);\n"
		"	same(b);\n"
		"	next(b);\n"
		"	spin_unlock(&b->lock);\n"
		"}\n";
	struct model *m = model_new_builtin();
	struct made made = made_of(text, m, NULL);

	assert_prints(&made, "entry", "same", "same: b->lock (all callers)\n");
	assert_prints(&made, "entry", "next",
		      "next: some buf.lock (all callers)\n");
	made_free(&made);
	model_free(m);
}

static GPtrArray *calls_of(const struct made *made, struct unit *terms,
			   const char *caller)
{
	GBytes *b = calls_pack(made->flow, func_in(made, caller));
	GPtrArray *calls = calls_unpack(terms, b);

	g_bytes_unref(b);
	g_assert_nonnull(calls);
	return calls;
}

/* Calls that no path comes to, and locks that are gone at a call. */
static void test_calls_unseen(void)
{
	struct model *m = model_new_builtin();
	const struct world nothing = { 0 };
	struct made made = made_of(HEADER
		"void late(struct buf *b)\n"
		"{\n"
		"	for (int i = 0; i < 9; i++)\n"
		"		if (i == 8)\n"
		"			buf_mark(b);\n"
		"}\n"
		"void bare(struct buf *b)\n"
		"{\n"
		"	spin_unlock(&b->lock);\n"
		"	buf_mark(b);\n"
		"	spin_lock(&b->lock);\n"
		"}\n", m, &nothing);
	struct unit *terms = unit_new("");
	GPtrArray *calls = calls_of(&made, terms, "late");
	const struct known_call *c = calls->pdata[0];

	g_assert_cmpuint(calls->len, ==, 1);
	g_assert_cmpint(c->how, ==, CALL_UNSEEN);
	g_assert_cmpstr(c->callee, ==, "buf_mark");
	g_ptr_array_unref(calls);
	calls = calls_of(&made, terms, "bare");
	c = calls->pdata[0];
	g_assert_cmpuint(calls->len, ==, 1);
	g_assert_cmpint(c->how, ==, CALL_NAMED);
	g_assert_cmpuint(c->locks->len, ==, 0);
	g_assert_cmpuint(c->released->len, ==, 1);
	g_assert_cmpstr(g_array_index(c->released, struct entry_lock, 0).field,
			==, "lock");
	g_ptr_array_unref(calls);
	unit_free(terms);
	made_free(&made);
	model_free(m);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/world/same", test_same);
	g_test_add_func("/world/equal-bytes", test_equal_bytes);
	g_test_add_func("/world/without-lines", test_without_lines);
	g_test_add_func("/world/static-names", test_static_names);
	g_test_add_func("/world/messages", test_messages);
	g_test_add_func("/world/coarse", test_coarse);
	g_test_add_func("/world/coarse-targets", test_coarse_targets);
	g_test_add_func("/world/damaged-summary", test_damaged_summary);
	g_test_add_func("/world/endless", test_endless);
	g_test_add_func("/world/targets", test_targets);
	g_test_add_func("/world/recursion-by-pointer",
			test_recursion_by_pointer);
	g_test_add_func("/world/recursion", test_recursion);
	g_test_add_func("/world/recursion-entry", test_recursion_entry);
	g_test_add_func("/world/entry", test_entry);
	g_test_add_func("/world/entry-recursion", test_entry_recursion);
	g_test_add_func("/world/calls", test_calls);
	g_test_add_func("/world/calls-unseen", test_calls_unseen);
	g_test_add_func("/world/damaged-locks", test_damaged_locks);
	return g_test_run();
}
