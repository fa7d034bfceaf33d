// SPDX-License-Identifier: GPL-2.0-only
/*
 * Expressions: hash-consed builders that keep the canonical forms, and
 * substitution. Equal expressions are equal pointers within a unit.
 *
 * It does not simplify arithmetic beyond constants and negated comparisons,
 * and knows nothing of types but what the caller tells. The spelling of a
 * constant *is* part of its identity here (7 spelt A and 7 spelt B are two
 * leaves, or a flag would take another flag's name); compare constants by
 * value.
 */
#include "ir/ir.h"

#include "ir/private.h"

static unsigned mix(unsigned h, unsigned v)
{
	return (h ^ v) * 0x9e3779b1u + (h >> 15);
}

static unsigned mix_pointer(unsigned h, const void *p)
{
	return mix(h, g_direct_hash(p) ^ (unsigned)((guintptr)p >> 32));
}

/* Leaves that mean something in one function only carry their type. */
static bool typed_identity(enum expr_kind kind)
{
	return kind == EXPR_LOCAL || kind == EXPR_CALL || kind == EXPR_OPAQUE ||
	       kind == EXPR_PARAM || kind == EXPR_FRESH;
}

static bool named_identity(enum expr_kind kind)
{
	return kind != EXPR_BIT;
}

static unsigned expr_hash(const struct expr *e)
{
	unsigned h = mix(e->kind + 1u, (unsigned)e->op);

	h = mix(h, (unsigned)e->id);
	h = mix(h, (unsigned)e->value);
	if (e->a)
		h = mix(h, e->a->serial);
	if (e->b)
		h = mix(h, e->b->serial + 0x10000u);
	if (named_identity(e->kind))
		h = mix_pointer(h, e->name);
	h = mix_pointer(h, e->owner);
	return h;
}

static guint table_hash(gconstpointer p)
{
	return ((const struct expr *)p)->hash;
}

static gboolean table_equal(gconstpointer p, gconstpointer q)
{
	const struct expr *x = p, *y = q;

	if (x->kind != y->kind || x->op != y->op || x->id != y->id ||
	    x->value != y->value || x->a != y->a || x->b != y->b ||
	    x->owner != y->owner)
		return FALSE;
	if (named_identity(x->kind) && x->name != y->name)
		return FALSE;
	return !typed_identity(x->kind) ||
	       (x->record == y->record && x->pointers == y->pointers);
}

static void learn(struct expr *known, const struct expr *key)
{
	if (!known->record && key->record) {
		known->record = key->record;
		known->pointers = key->pointers;
	}
	known->bitfield |= key->bitfield;
	if (!known->name)
		known->name = key->name;
}

/* How many steps a walk takes that does not know what is shared. */
static unsigned count_nodes(const struct expr *e)
{
	guint64 n = 1 + (e->a ? (guint64)e->a->nodes : 0) +
		    (e->b ? e->b->nodes : 0);

	return (unsigned)MIN(n, G_MAXUINT);
}

const struct expr *expr_intern(struct unit *u, struct expr *key)
{
	struct expr *known;

	key->hash = expr_hash(key);
	known = g_hash_table_lookup(u->exprs, key);
	if (known) {
		learn(known, key);
		return known;
	}
	key->serial = ++u->n_exprs;
	key->depth = 1 + MAX(key->a ? key->a->depth : 0,
			     key->b ? key->b->depth : 0);
	key->nodes = count_nodes(key);
	known = arena_copy(u->arena, key, sizeof(*key));
	g_hash_table_add(u->exprs, known);
	return known;
}

GHashTable *expr_table_new(void)
{
	return g_hash_table_new(table_hash, table_equal);
}

static bool plain_const(const struct expr *e)
{
	return e->kind == EXPR_CONST && !e->name;
}

const struct expr *expr_const(struct unit *u, gint64 v, const char *name)
{
	struct expr e = { .kind = EXPR_CONST, .value = v };

	e.name = name ? g_intern_string(name) : NULL;
	return expr_intern(u, &e);
}

const struct expr *expr_string(struct unit *u, const char *text)
{
	struct expr e = { .kind = EXPR_STRING };

	e.name = g_intern_string(text);
	return expr_intern(u, &e);
}

const struct expr *expr_local(struct unit *u, int id, const struct local *l)
{
	struct expr e = { .kind = EXPR_LOCAL, .id = id };

	if (l) {
		e.record = l->record;
		e.pointers = l->pointers;
	}
	return expr_intern(u, &e);
}

const struct expr *expr_named(struct unit *u, enum expr_kind kind,
			      const char *name, const char *record,
			      int pointers)
{
	struct expr e = { .kind = kind,
			  .record = record,
			  .pointers = pointers };

	e.name = g_intern_string(name);
	return expr_intern(u, &e);
}

const struct expr *expr_static(struct unit *u, const char *name,
			       const char *file, const char *record,
			       int pointers)
{
	struct expr e = { .kind = EXPR_GLOBAL,
			  .record = record,
			  .pointers = pointers };

	e.name = g_intern_string(name);
	e.owner = g_intern_string(file);
	return expr_intern(u, &e);
}

const struct expr *expr_numbered(struct unit *u, enum expr_kind kind, int id,
				 const char *record, int pointers)
{
	struct expr e = { .kind = kind,
			  .id = id,
			  .record = record,
			  .pointers = pointers };

	return expr_intern(u, &e);
}

/* A member whose names are interned already. */
static const struct expr *field(struct unit *u, struct expr *e)
{
	const struct expr *base = e->a, *c = base->a;

	/* container_of(p, owner, name)->name is *p */
	if (base->kind == EXPR_DEREF && c->kind == EXPR_CONTAINER &&
	    c->owner == e->owner && c->name == e->name)
		return expr_deref(u, c->a);
	return expr_intern(u, e);
}

const struct expr *expr_field(struct unit *u, const struct expr *base,
			      const char *owner, const char *name,
			      bool bitfield, const char *record, int pointers)
{
	struct expr e = { .kind = EXPR_FIELD,
			  .a = base,
			  .bitfield = bitfield,
			  .record = record,
			  .pointers = pointers };

	e.owner = g_intern_string(owner);
	e.name = g_intern_string(name);
	return field(u, &e);
}

/* Is @made, of @from, as good as made anew? It may learn a type from @from. */
static bool still_holds(const struct expr *made, const struct expr *from)
{
	return made && (made->record || !from->record);
}

const struct expr *expr_field_of(struct unit *u, const struct expr *base,
				 const struct expr *like)
{
	struct expr e = { .kind = EXPR_FIELD,
			  .a = base,
			  .owner = like->owner,
			  .name = like->name,
			  .bitfield = like->bitfield,
			  .record = like->record,
			  .pointers = like->pointers };

	if (!still_holds(like->moved, like) || like->moved->a != base ||
	    like->moved->kind != EXPR_FIELD)
		((struct expr *)like)->moved = field(u, &e);
	return like->moved;
}

const struct expr *expr_deref(struct unit *u, const struct expr *p)
{
	struct expr e = { .kind = EXPR_DEREF, .a = p, .record = p->record };

	if (p->kind == EXPR_ADDR)
		return p->a;
	if (p->kind == EXPR_FUNC)
		return p;
	if (p->kind == EXPR_BINARY && p->op == '+')
		return expr_index(u, p->a, p->b);
	if (!still_holds(p->pointee, p)) {
		e.pointers = p->pointers > 0 ? p->pointers - 1 : 0;
		((struct expr *)p)->pointee = expr_intern(u, &e);
	}
	return p->pointee;
}

const struct expr *expr_addr(struct unit *u, const struct expr *lvalue)
{
	struct expr e = { .kind = EXPR_ADDR,
			  .a = lvalue,
			  .record = lvalue->record,
			  .pointers = lvalue->pointers + 1 };

	if (lvalue->kind == EXPR_DEREF)
		return lvalue->a;
	if (lvalue->kind == EXPR_FUNC)
		return lvalue;
	if (!still_holds(lvalue->address, lvalue))
		((struct expr *)lvalue)->address = expr_intern(u, &e);
	return lvalue->address;
}

const struct expr *expr_index(struct unit *u, const struct expr *base,
			      const struct expr *index)
{
	struct expr e = { .kind = EXPR_INDEX,
			  .a = base,
			  .b = index,
			  .record = base->record };

	if (plain_const(index) && index->value == 0)
		return expr_deref(u, base);
	e.pointers = base->pointers > 0 ? base->pointers - 1 : 0;
	return expr_intern(u, &e);
}

const struct expr *expr_container(struct unit *u, const struct expr *p,
				  const char *owner, const char *member)
{
	struct expr e = { .kind = EXPR_CONTAINER, .a = p, .pointers = 1 };

	e.owner = g_intern_string(owner);
	e.name = g_intern_string(member);
	e.record = e.owner;
	if (p->kind == EXPR_ADDR && p->a->kind == EXPR_FIELD &&
	    p->a->owner == e.owner && p->a->name == e.name)
		return expr_addr(u, p->a->a);
	return expr_intern(u, &e);
}

/* The comparison that holds exactly when @op does not; 0: no comparison. */
static int negated(int op)
{
	switch (op) {
	case OP2('=', '='): return OP2('!', '=');
	case OP2('!', '='): return OP2('=', '=');
	case '<': return OP2('>', '=');
	case '>': return OP2('<', '=');
	case OP2('<', '='): return '>';
	case OP2('>', '='): return '<';
	default: return 0;
	}
}

static gint64 fold_unary(int op, gint64 v)
{
	switch (op) {
	case '-': return (gint64)(0 - (guint64)v);
	case '~': return ~v;
	default: return !v;
	}
}

const struct expr *expr_unary(struct unit *u, int op, const struct expr *a)
{
	struct expr e = { .kind = EXPR_UNARY, .op = op, .a = a };

	if (plain_const(a))
		return expr_const(u, fold_unary(op, a->value), NULL);
	if (op == '!' && a->kind == EXPR_BINARY && negated(a->op))
		return expr_binary(u, negated(a->op), a->a, a->b);
	/* !!!x is !x; but !!x is not x */
	if (op == '!' && a->kind == EXPR_UNARY && a->op == '!' &&
	    a->a->kind == EXPR_UNARY && a->a->op == '!')
		return a->a;
	return expr_intern(u, &e);
}

/* The operator that means the same with its operands exchanged, or 0. */
static int exchanged(int op)
{
	switch (op) {
	case '+': case '*': case '&': case '|': case '^':
	case OP2('=', '='): case OP2('!', '='):
		return op;
	case '<': return '>';
	case '>': return '<';
	case OP2('<', '='): return OP2('>', '=');
	case OP2('>', '='): return OP2('<', '=');
	default: return 0;
	}
}

static bool fold_compare(int op, gint64 x, gint64 y, gint64 *ret_value)
{
	switch (op) {
	case OP2('=', '='): *ret_value = x == y; return true;
	case OP2('!', '='): *ret_value = x != y; return true;
	case '<': *ret_value = x < y; return true;
	case '>': *ret_value = x > y; return true;
	case OP2('<', '='): *ret_value = x <= y; return true;
	case OP2('>', '='): *ret_value = x >= y; return true;
	default: return false;
	}
}

/*
 * As in two's complement, 64 bits wide; false where the result would hang on
 * the width or the sign of types that are not known here.
 */
static bool fold_binary(int op, gint64 x, gint64 y, gint64 *ret_value)
{
	switch (op) {
	case '+': *ret_value = (gint64)((guint64)x + (guint64)y); return true;
	case '-': *ret_value = (gint64)((guint64)x - (guint64)y); return true;
	case '*': *ret_value = (gint64)((guint64)x * (guint64)y); return true;
	case '&': *ret_value = x & y; return true;
	case '|': *ret_value = x | y; return true;
	case '^': *ret_value = x ^ y; return true;
	case OP2('<', '<'):
		*ret_value = (gint64)((guint64)x << (y & 63));
		return y >= 0 && y < 64;
	case OP2('>', '>'):
		*ret_value = x >> (y & 63);
		return x >= 0 && y >= 0 && y < 64;
	default:
		return x >= 0 && y >= 0 && fold_compare(op, x, y, ret_value);
	}
}

/* Constants stand on the right where that means the same. */
const struct expr *expr_binary(struct unit *u, int op, const struct expr *a,
			       const struct expr *b)
{
	struct expr e = { .kind = EXPR_BINARY, .op = op, .a = a, .b = b };
	gint64 v = 0;

	if (plain_const(a) && plain_const(b) &&
	    fold_binary(op, a->value, b->value, &v))
		return expr_const(u, v, NULL);
	if (a->kind == EXPR_CONST && b->kind != EXPR_CONST && exchanged(op)) {
		e.op = exchanged(op);
		e.a = b;
		e.b = a;
	}
	if ((op == '+' || op == '-') && e.a->pointers > 0) {
		e.record = e.a->record;
		e.pointers = e.a->pointers;
	}
	return expr_intern(u, &e);
}

const struct expr *expr_typed(struct unit *u, const struct expr *e,
			      const struct expr *local)
{
	struct expr key = *e;

	if (e->record)
		return e;
	key.record = local->record;
	key.pointers = local->pointers;
	return expr_intern(u, &key);
}

const struct expr *expr_bit(struct unit *u, const struct expr *word,
			    const struct expr *bit)
{
	struct expr e = { .kind = EXPR_BIT, .a = word, .b = bit };

	if (bit->kind == EXPR_CONST) {
		e.name = bit->name;
		e.b = expr_const(u, bit->value, NULL);
	}
	return expr_intern(u, &e);
}

const struct expr *expr_rebuild(struct unit *u, const struct expr *e,
				const struct expr *a, const struct expr *b)
{
	switch (e->kind) {
	case EXPR_FIELD:
		return expr_field_of(u, a, e);
	case EXPR_DEREF:
		return expr_deref(u, a);
	case EXPR_INDEX:
		return expr_index(u, a, b);
	case EXPR_ADDR:
		return expr_addr(u, a);
	case EXPR_CONTAINER:
		return expr_container(u, a, e->owner, e->name);
	case EXPR_UNARY:
		return expr_unary(u, e->op, a);
	case EXPR_BINARY:
		return expr_binary(u, e->op, a, b);
	case EXPR_BIT:
		return e->name && b->kind == EXPR_CONST ?
			       expr_bit(u, a, expr_const(u, b->value, e->name)) :
			       expr_bit(u, a, b);
	default:
		return e;
	}
}

const struct expr *expr_substitute(struct unit *u, const struct expr *e,
				   expr_map map, void *data)
{
	const struct expr *a, *b = NULL, *leaf;

	if (!e->a) {
		leaf = map(e, data);
		return leaf ? leaf : e;
	}
	a = expr_substitute(u, e->a, map, data);
	if (e->b)
		b = expr_substitute(u, e->b, map, data);
	if (a == e->a && b == e->b)
		return e;
	return expr_rebuild(u, e, a, b);
}

const struct expr *expr_replace(struct unit *u, const struct expr *e,
				const struct expr *from, const struct expr *to)
{
	const struct expr *a, *b;

	if (e == from)
		return to;
	if (!e->a)
		return e;
	a = expr_replace(u, e->a, from, to);
	b = e->b ? expr_replace(u, e->b, from, to) : NULL;
	return a == e->a && b == e->b ? e : expr_rebuild(u, e, a, b);
}
