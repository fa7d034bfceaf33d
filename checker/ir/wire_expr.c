// SPDX-License-Identifier: GPL-2.0-only
/*
 * Expressions in a stream of bytes: each once, then by its number. What flow/
 * caches in them is left out.
 */
#include "ir/pack.h"

#include "base/wire.h"
#include "ir/private.h"

/* Deeper than any the frontend makes; nobody must run out of stack over it. */
#define MAX_DEPTH 8000
/*
 * A few bytes make a tree without end, whose operands are shared; those who
 * walk it go through each of them as often as it is used.
 */
#define MAX_NODES (1 << 20)

struct expr_wire {
	struct wire *w;
	struct unit *unit;	/* of a reader: where expressions go */
	GHashTable *numbers;	/* of a writer: expression -> number, from 1 */
	GPtrArray *exprs;	/* of a reader: by number - 1 */
	bool (*fits)(const struct expr *e); /* of a reader; NULL: all do */
	int depth;	/* of what is being read: expressions in each other */
};

/* Before an expression: is it none, a new one, or number n + 1? */
enum { EXPR_NONE, EXPR_NEW, EXPR_OLD };

struct expr_wire *expr_wire_new(struct wire *w, struct unit *u)
{
	struct expr_wire *x = g_new0(struct expr_wire, 1);

	x->w = w;
	x->unit = u;
	x->numbers = g_hash_table_new(NULL, NULL);
	x->exprs = g_ptr_array_new();
	return x;
}

void expr_wire_only(struct expr_wire *x, bool (*fits)(const struct expr *e))
{
	x->fits = fits;
}

void expr_wire_free(struct expr_wire *x)
{
	g_hash_table_unref(x->numbers);
	g_ptr_array_unref(x->exprs);
	g_free(x);
}

void wire_loc(struct wire *w, struct src_loc *loc)
{
	wire_string(w, &loc->file);
	wire_int(w, &loc->line);
	wire_int(w, &loc->column);
}

static void wire_node(struct expr_wire *x, struct expr *e)
{
	wire_enum(x->w, e->kind, EXPR_BIT + 1);
	wire_int(x->w, &e->op);
	wire_int(x->w, &e->id);
	wire_bool(x->w, &e->bitfield);
	wire_int64(x->w, &e->value);
	wire_string(x->w, &e->name);
	wire_string(x->w, &e->owner);
	wire_string(x->w, &e->record);
	wire_int(x->w, &e->pointers);
	expr_wire(x, &e->a);
	expr_wire(x, &e->b);
}

/* Does it have the operands that its kind promises? */
static bool is_whole(const struct expr *e)
{
	switch (e->kind) {
	case EXPR_FIELD:
	case EXPR_CONTAINER:
		return e->a && e->name && e->owner;
	case EXPR_DEREF:
	case EXPR_ADDR:
	case EXPR_UNARY:
		return e->a;
	case EXPR_INDEX:
	case EXPR_BINARY:
	case EXPR_BIT:
		return e->a && e->b;
	case EXPR_GLOBAL:
	case EXPR_FUNC:
	case EXPR_STRING:
		return e->name;
	default:
		return true;
	}
}

static void write_expr(struct expr_wire *x, const struct expr *e)
{
	struct expr copy;
	int n;

	if (!e) {
		wire_choice(x->w, EXPR_NONE, G_MAXINT);
		return;
	}
	n = GPOINTER_TO_INT(g_hash_table_lookup(x->numbers, e));
	if (n) {
		wire_choice(x->w, EXPR_OLD + n - 1, G_MAXINT);
		return;
	}
	copy = *e;
	wire_choice(x->w, EXPR_NEW, G_MAXINT);
	wire_node(x, &copy);
	n = (int)g_hash_table_size(x->numbers) + 1;
	g_hash_table_insert(x->numbers, (gpointer)e, GINT_TO_POINTER(n));
}

/* May it be what operands, each of them good, were put together to? */
static bool is_good(const struct expr_wire *x, const struct expr *e)
{
	return e->depth <= MAX_DEPTH && e->nodes <= MAX_NODES &&
	       (!x->fits || x->fits(e));
}

static const struct expr *read_new(struct expr_wire *x)
{
	struct expr e = { 0 };
	const struct expr *made;

	if (++x->depth > MAX_DEPTH)
		wire_fail(x->w);
	else
		wire_node(x, &e);
	x->depth--;
	if (wire_failed(x->w) || !is_whole(&e)) {
		wire_fail(x->w);
		return NULL;
	}
	made = expr_intern(x->unit, &e);
	if (!is_good(x, made)) {
		wire_fail(x->w);
		return NULL;
	}
	g_ptr_array_add(x->exprs, (gpointer)made);
	return made;
}

static const struct expr *read_expr(struct expr_wire *x)
{
	int n = wire_choice(x->w, 0, EXPR_OLD + (int)x->exprs->len);

	if (n == EXPR_NONE)
		return NULL;
	return n == EXPR_NEW ? read_new(x) : x->exprs->pdata[n - EXPR_OLD];
}

void expr_wire(struct expr_wire *x, const struct expr **e)
{
	if (wire_reads(x->w))
		*e = read_expr(x);
	else
		write_expr(x, *e);
}
