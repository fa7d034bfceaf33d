// SPDX-License-Identifier: GPL-2.0-only
/*
 * What orders memory. Of an atomic operation or a lock that the program keeps,
 * the name says it, in the kernel's own terms. What the program does not keep
 * may have been a barrier all the same: inline assembly, atomics and locks on
 * words that were left out, calls into code that nobody sees. Each of those is
 * taken for a full barrier, which is more than it may be and never less: a
 * failure must not come from a barrier that was lost here.
 *
 * A barrier that this configuration compiles to nothing at all is not seen.
 */
#include "lower/private.h"

#include <string.h>

void add_barrier(struct frame *f)
{
	add_op(f, OP_FENCE)->order = ORDER_FULL;
}

/* ---- atomics that are kept ---- */

static bool has_any(const char *name, const char *const *parts)
{
	for (; *parts; parts++)
		if (strstr(name, *parts))
			return true;
	return false;
}

/* An atomic operation without a result: Documentation/atomic_t.txt. */
static bool is_void(const struct api *row)
{
	static const char *const counts[] = { "atomic_", "atomic64_",
					      "refcount_", "kref_", NULL };
	static const char *const results[] = { "return", "fetch", "test",
					       "unless", "not_one", "if_",
					       "negative", NULL };

	switch (row->effect) {
	case EFFECT_BIT_SET:
	case EFFECT_BIT_CLEAR:
	case EFFECT_BIT_CHANGE:
		return !has_any(row->name, results);
	case EFFECT_COUNT_INC:
	case EFFECT_COUNT_DEC:
	case EFFECT_COUNT_ADD:
		return has_any(row->name, counts) &&
		       !has_any(row->name, results);
	default:
		return false;
	}
}

enum order api_order(const struct api *row)
{
	static const char *const acquire[] = { "_acquire", "_set_bit_lock",
					       NULL };
	static const char *const release[] = { "_release", "_unlock",
					       "rcu_assign", NULL };

	if (has_any(row->name, acquire))
		return ORDER_ACQUIRE;
	if (has_any(row->name, release))
		return ORDER_RELEASE;
	/* the one that a later free comes after */
	if (row->effect == EFFECT_COUNT_DEC && strstr(row->name, "refcount_"))
		return ORDER_RELEASE;
	if (is_void(row) || strstr(row->name, "_relaxed"))
		return ORDER_ONCE;
	return ORDER_FULL;
}

/* The operations from @from on are what became of the row. */
static void set_orders(struct frame *f, const struct api *row, int from)
{
	enum order order = api_order(row);
	int i;

	/* a last put runs a function, which has its own */
	if (order == ORDER_FULL || row->effect == EFFECT_COUNT_DEC_FREE ||
	    row->effect == EFFECT_COUNT_DEC_FREE_LOCK)
		return;
	for (i = from; i < here(f); i++) {
		struct op *op = &g_array_index(f->t->ops, struct op, i);

		if (op->kind != OP_RMW)
			continue;
		op->order = order;
		/* a bit is flipped by comparing, and that asks what it found */
		if (is_void(row) && op->rmw != RMW_CMPXCHG)
			op->result = -1;
	}
}

/* ---- what is not kept ---- */

/* Plain accesses, questions, and lists: they order nothing. */
static bool is_unordered(const struct api *row)
{
	switch (row->effect) {
	case EFFECT_NONE:
	case EFFECT_COUNT_READ:
	case EFFECT_COUNT_SET:
	case EFFECT_ALLOC:
	case EFFECT_BIT_TEST:
	case EFFECT_FLAG_TEST:
	case EFFECT_STORE:
	case EFFECT_LOAD:
	case EFFECT_SAME:
	case EFFECT_MEMBER:
	case EFFECT_IS_ERR:
	case EFFECT_IS_ERR_OR_NULL:
	case EFFECT_NORETURN:
	case EFFECT_ASSERT:
	case EFFECT_ASSERT_HELD:
	case EFFECT_TEST_HELD:
	case EFFECT_INSERT:
	case EFFECT_REMOVE:
	case EFFECT_STORE_AT:
	case EFFECT_REMOVE_KEY:
	case EFFECT_SELECT:
	case EFFECT_EMPTY:
		return !strstr(row->name, "_release") &&
		       !strstr(row->name, "_acquire");
	default:
		return is_void(row);
	}
}

static bool is_ordered(const struct op *op)
{
	return op->kind >= OP_LOCK || op->kind == OP_RMW ||
	       op->kind == OP_FENCE || op->order >= ORDER_ACQUIRE;
}

void order_api(struct frame *f, const struct api *row, int from)
{
	int i;

	set_orders(f, row, from);
	if (is_unordered(row))
		return;
	for (i = from; i < here(f); i++)
		if (is_ordered(&g_array_index(f->t->ops, struct op, i)))
			return;
	add_barrier(f);
}

static bool event_orders(struct builder *b, const struct event *ev)
{
	const GArray *rows;
	const struct func *func;
	guint i;

	if (ev->kind == EVENT_ASM)
		return ev->asm_memory;
	if (ev->kind != EVENT_CALL && ev->kind != EVENT_CLEANUP)
		return false;
	if (ev->callee->kind != EXPR_FUNC)
		return true;
	rows = model_api(b->flow->model, ev->callee->name);
	for (i = 0; rows && i < rows->len; i++)
		if (!is_unordered(&g_array_index(rows, struct api, i)))
			return true;
	func = rows ? NULL : unit_find(b->flow->unit, ev->callee->name);
	return !rows && (!func || function_orders(b, func));
}

bool function_orders(struct builder *b, const struct func *f)
{
	gpointer known;
	bool yes = false;
	int i, k;

	if (g_hash_table_lookup_extended(b->ordering, f, NULL, &known))
		return GPOINTER_TO_INT(known);
	/* a function on its way to itself adds nothing */
	g_hash_table_insert(b->ordering, (gpointer)f, GINT_TO_POINTER(false));
	for (i = 0; i < f->n_blocks && !yes; i++)
		for (k = 0; k < f->blocks[i].n_events && !yes; k++)
			yes = event_orders(b, &f->blocks[i].events[k]);
	g_hash_table_insert(b->ordering, (gpointer)f, GINT_TO_POINTER(yes));
	return yes;
}
