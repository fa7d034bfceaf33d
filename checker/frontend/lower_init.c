// SPDX-License-Identifier: GPL-2.0-only
/*
 * Initialisers. All values are evaluated first, in the order of the members
 * in memory (not of the designators in the source), as in clang's graph; then
 * the variable is assigned: 0 as a whole, and the listed members one by one.
 *
 * Of a range of elements, [1 ... 3] = x, the first stands for all.
 */
#include "frontend/private.h"

/* One value of an initialiser's list and where it goes. */
struct store {
	const struct expr *lvalue, *value;
	CXCursor init;
	long long offset; /* in bits, from the start of the variable */
	int order;	  /* in the source */
};

/* A place inside the variable. */
struct slot {
	const struct expr *lvalue;
	CXType type;
	long long offset;
};

static void collect(struct lower *l, struct slot to, CXCursor init,
		    GArray *stores);

static struct slot field_slot(struct lower *l, struct slot base,
			      const struct decl *d)
{
	long long offset = clang_Cursor_getOffsetOfField(d->cursor);

	base.type = clang_getCursorType(d->cursor);
	base.offset += offset > 0 ? offset : 0;
	if (!d->anonymous)
		base.lvalue = expr_field(l->u, base.lvalue, d->owner, d->name,
					 d->bitfield, d->type->record,
					 d->type->pointers);
	return base;
}

static struct slot element_slot(struct lower *l, struct slot base,
				const struct expr *index)
{
	long long size;

	base.type = clang_getArrayElementType(
		clang_getCanonicalType(base.type));
	size = clang_Type_getSizeOf(base.type);
	if (index->kind == EXPR_CONST && size > 0)
		base.offset += index->value * size * 8;
	base.lvalue = expr_index(l->u, base.lvalue, index);
	return base;
}

/* .a.b = x, [i] = x */
static void collect_designated(struct lower *l, struct slot to, CXCursor c,
			       GArray *stores)
{
	struct children k = children_push(l->p, c);
	bool after_index = false;
	int i;

	for (i = 0; i < k.n - 1; i++) {
		CXCursor step = child(&k, i);
		const struct decl *d;

		if (clang_getCursorKind(step) == CXCursor_MemberRef) {
			d = decl_referenced(l->p, step);
			if (d)
				to = field_slot(l, to, d);
			after_index = false;
		} else if (!after_index) {
			to = element_slot(l, to, lower_value(l, step));
			after_index = true; /* what follows ends the range */
		}
	}
	collect(l, to, child(&k, k.n - 1), stores);
	children_pop(&k);
}

static bool designated(struct lower *l, CXCursor c)
{
	struct children k;
	bool yes;

	if (clang_getCursorKind(c) != CXCursor_UnexposedExpr)
		return false;
	k = children_push(l->p, c);
	yes = unexposed_kind(l->p, c, &k) == UNEXPOSED_DESIGNATED;
	children_pop(&k);
	return yes;
}

static void collect_positional(struct lower *l, struct slot to, CXCursor c,
			       const GArray *fields, int i, GArray *stores)
{
	if ((guint)i < fields->len) {
		CXCursor field = g_array_index(fields, CXCursor, i);

		to = field_slot(l, to, decl_of(l->p, field));
	} else if (type_info(l->p, to.type)->is_array) {
		to = element_slot(l, to, expr_const(l->u, i, NULL));
	}
	collect(l, to, c, stores);
}

static void collect_list(struct lower *l, struct slot to, CXCursor list,
			 GArray *stores)
{
	GArray *fields = decl_fields(to.type);
	struct children k = children_push(l->p, list);
	int i;

	for (i = 0; i < k.n && !l->failed; i++)
		if (designated(l, child(&k, i)))
			collect_designated(l, to, child(&k, i), stores);
		else
			collect_positional(l, to, child(&k, i), fields, i,
					   stores);
	children_pop(&k);
	g_array_unref(fields);
}

static void collect(struct lower *l, struct slot to, CXCursor init,
		    GArray *stores)
{
	struct store s = { .lvalue = to.lvalue,
			   .init = init,
			   .offset = to.offset,
			   .order = (int)stores->len };

	if (clang_getCursorKind(init) != CXCursor_InitListExpr) {
		g_array_append_val(stores, s);
		return;
	}
	if (!lower_enter(l, init))
		return;
	collect_list(l, to, init, stores);
	lower_leave(l);
}

static int compare_stores(gconstpointer a, gconstpointer b)
{
	const struct store *s = a, *t = b;

	if (s->offset != t->offset)
		return s->offset < t->offset ? -1 : 1;
	return s->order - t->order;
}

static void init_list(struct lower *l, const struct expr *lvalue,
		      CXCursor init, CXCursor at)
{
	GArray *stores = g_array_new(FALSE, FALSE, sizeof(struct store));
	struct slot whole = { .lvalue = lvalue,
			      .type = clang_getCursorType(init) };
	guint i;

	collect(l, whole, init, stores);
	g_array_sort(stores, compare_stores);
	for (i = 0; i < stores->len; i++) {
		struct store *s = &g_array_index(stores, struct store, i);

		s->value = lower_value(l, s->init);
	}
	lower_assign(l, lvalue, 0, expr_const(l->u, 0, NULL), true, at);
	for (i = 0; i < stores->len; i++) {
		const struct store *s = &g_array_index(stores, struct store, i);

		lower_assign(l, s->lvalue, 0, s->value, true, s->init);
	}
	g_array_unref(stores);
}

void lower_init(struct lower *l, const struct expr *lvalue, CXCursor init,
		CXCursor at)
{
	if (clang_getCursorKind(init) == CXCursor_InitListExpr)
		init_list(l, lvalue, init, at);
	else
		lower_assign(l, lvalue, 0, lower_value(l, init), true, at);
}
