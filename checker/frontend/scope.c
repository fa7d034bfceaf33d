// SPDX-License-Identifier: GPL-2.0-only
/*
 * Scopes with cleanup functions, and labels, which jump between them. Only
 * variables with __attribute__((cleanup)) make a scope.
 */
#include "frontend/private.h"

#include <string.h>

static const struct expr *cleanup_callee(struct lower *l, const char *name)
{
	struct decl *d = decl_function_named(l->p, name);

	if (d)
		lower_want(l->p, d);
	return expr_named(l->u, EXPR_FUNC, name, NULL, 0);
}

/* Printing a declaration is slow, and most attributes are "unused". */
static bool has_cleanup(struct lower *l, CXCursor var)
{
	struct children k = children_push(l->p, var);
	bool found = false;
	int i;

	for (i = 0; i < k.n && !found; i++) {
		CXCursor c = child(&k, i);

		found = clang_getCursorKind(c) == CXCursor_UnexposedAttr &&
			(source_is_spelt(l->p, c, "cleanup") ||
			 source_is_spelt(l->p, c, "__cleanup__"));
	}
	children_pop(&k);
	return found;
}

void scope_enter(struct lower *l, CXCursor var, const struct expr *lvalue)
{
	const char *name = has_cleanup(l, var) ?
				   pretty_attribute(var, "cleanup") : NULL;
	struct cleanup *c;

	if (!name)
		return;
	c = arena_new_object(l->p->arena, struct cleanup);
	c->outer = l->scope;
	c->callee = cleanup_callee(l, name);
	c->variable = lvalue;
	c->macro = place_of(l->p, var).macro;
	l->scope = c;
}

static void emit_cleanup(struct lower *l, const struct cleanup *c,
			 const struct place *where)
{
	struct event *ev = block_event_at(l, EVENT_CLEANUP, where);
	const struct expr *arg = expr_addr(l->u, c->variable);

	ev->callee = c->callee;
	ev->args = arena_copy(l->u->arena, &arg, sizeof(&arg));
	ev->n_args = 1;
	if (c->macro)
		ev->macro = c->macro;
}

static void unwind(struct lower *l, const struct cleanup *from,
		   const struct cleanup *outer, const struct place *where)
{
	for (; from != outer && from; from = from->outer)
		emit_cleanup(l, from, where);
}

void scope_unwind(struct lower *l, struct cleanup *outer,
		  const struct place *where)
{
	unwind(l, l->scope, outer, where);
}

void scope_leave(struct lower *l, struct cleanup *outer, CXCursor at)
{
	struct place where;

	if (l->scope == outer)
		return;
	where = place_of_location(l->p,
			clang_getRangeEnd(clang_getCursorExtent(at)));
	if (l->cur)
		unwind(l, l->scope, outer, &where);
	l->scope = outer;
}

/* Labels */

void label_free(gpointer p)
{
	struct label *label = p;

	g_array_unref(label->pending);
	g_free(label);
}

struct label *label_of(struct lower *l, CXCursor statement)
{
	/* the statement itself; the rest of a cursor is how it was reached */
	gconstpointer key = statement.data[1];
	struct label *label = g_hash_table_lookup(l->labels, key);

	if (label)
		return label;
	label = g_new0(struct label, 1);
	label->name = intern_spelling(statement);
	label->block = block_new(l);
	label->block->label = label->name;
	label->pending = g_array_new(FALSE, FALSE, sizeof(struct pending_goto));
	g_hash_table_insert(l->labels, (gpointer)key, label);
	g_ptr_array_add(l->label_list, label);
	return label;
}

static struct cleanup *common_scope(struct cleanup *a, struct cleanup *b)
{
	struct cleanup *i, *j;

	for (i = a; i; i = i->outer)
		for (j = b; j; j = j->outer)
			if (i == j)
				return i;
	return NULL;
}

void label_goto(struct lower *l, CXCursor statement, const struct place *where)
{
	struct label *label = label_of(l, statement);
	struct pending_goto g = { .from = l->scope, .where = *where };

	if (label->defined || !l->scope) {
		scope_unwind(l, common_scope(l->scope, label->scope), where);
		block_goto(l, label->block);
		return;
	}
	g.edge = block_new(l);
	block_goto(l, g.edge);
	g_array_append_val(label->pending, g);
}

/* Now the label's scope is known: fill the edges of the gotos before it. */
static void settle_pending(struct lower *l, struct label *label)
{
	guint i;

	for (i = 0; i < label->pending->len; i++) {
		struct pending_goto *g = &g_array_index(
			label->pending, struct pending_goto, i);

		block_start(l, g->edge);
		unwind(l, g->from, common_scope(g->from, label->scope),
		       &g->where);
		block_goto(l, label->block);
	}
	g_array_set_size(label->pending, 0);
}

void label_define(struct lower *l, CXCursor statement)
{
	struct label *label = label_of(l, statement);

	label->defined = true;
	label->scope = l->scope;
	block_goto(l, label->block);
	settle_pending(l, label);
	block_start(l, label->block);
}

void label_check(struct lower *l)
{
	guint i;

	for (i = 0; i < l->label_list->len; i++) {
		const struct label *label = g_ptr_array_index(l->label_list, i);

		if (!label->defined && label->block->n_preds)
			lower_fail(l, "a goto to a label that is not there",
				   l->definition);
	}
}
