// SPDX-License-Identifier: GPL-2.0-only
/*
 * Calls, and the builtins that are none.
 */
#include "frontend/private.h"

#include <string.h>

static CXCursor peel(struct parse *p, CXCursor c)
{
	for (;;) {
		struct children k = children_push(p, c);
		CXCursor inner = child(&k, 0);
		enum CXCursorKind kind = clang_getCursorKind(c);

		children_pop(&k);
		if (k.n != 1 || (kind != CXCursor_UnexposedExpr &&
				 kind != CXCursor_ParenExpr))
			return c;
		c = inner;
	}
}

/* The function that is called by its name, or NULL. */
static struct decl *direct_callee(struct lower *l, CXCursor call)
{
	CXCursor c = clang_getCursorReferenced(call);

	return clang_getCursorKind(c) == CXCursor_FunctionDecl ?
		       decl_of(l->p, c) : NULL;
}

bool call_is_expect(struct lower *l, CXCursor c)
{
	const struct decl *d = direct_callee(l, c);

	return d && g_str_has_prefix(d->name, "__builtin_expect");
}

static bool is_literal(struct lower *l, CXCursor c)
{
	enum CXCursorKind kind;

	c = peel(l->p, c);
	kind = clang_getCursorKind(c);
	if (kind == CXCursor_DeclRefExpr)
		return clang_getCursorKind(clang_getCursorReferenced(c)) ==
		       CXCursor_EnumConstantDecl;
	return kind == CXCursor_IntegerLiteral || kind == CXCursor_UnaryExpr ||
	       kind == CXCursor_CharacterLiteral ||
	       kind == CXCursor_StringLiteral;
}

/* Builtins that leave nothing to see but a value. NULL: an ordinary call. */
static const struct expr *fold_builtin(struct lower *l, const char *name,
				       const struct children *k)
{
	if (!g_str_has_prefix(name, "__builtin_") || k->n < 2)
		return NULL;
	if (g_str_has_prefix(name, "__builtin_expect"))
		return lower_value(l, child(k, 1));
	if (!strcmp(name, "__builtin_constant_p"))
		return expr_const(l->u, is_literal(l, child(k, 1)), NULL);
	return NULL;
}

/* clang does not evaluate what these are asked about. */
static bool ignores_arguments(const struct decl *d)
{
	return d && (!strcmp(d->name, "__builtin_object_size") ||
		     !strcmp(d->name, "__builtin_dynamic_object_size"));
}

static const struct expr **lower_arguments(struct lower *l,
					   const struct children *k)
{
	const struct expr **args;
	int i;

	if (k->n < 2)
		return NULL;
	args = arena_new_array(l->u->arena, const struct expr *, k->n - 1);
	for (i = 1; i < k->n; i++)
		args[i - 1] = lower_value(l, child(k, i));
	return args;
}

static const struct expr *emit_call(struct lower *l, CXCursor c,
				    const struct children *k, struct decl *d)
{
	const struct type_info *type = type_of(l->p, c);
	CXCursor callee = child(k, 0);
	bool bare = ignores_arguments(d);
	const struct expr *to = d ? d->expr : lower_value(l, callee);
	const struct expr **args = bare ? NULL : lower_arguments(l, k);
	struct event *ev = block_event(l, EVENT_CALL, c);
	const struct expr *result;

	ev->callee = to;
	ev->args = args;
	ev->n_args = bare ? 0 : k->n - 1;
	ev->return_record = type->record;
	ev->return_pointers = type->pointers;
	result = expr_numbered(l->u, EXPR_CALL, ev->id, type->record,
			       type->pointers);
	if (d ? d->noreturn : type_of(l->p, callee)->noreturn)
		block_jump(l, JUMP_NORETURN);
	return result;
}

/* Clang keeps the memory order before the values; the source has it last. */
static void order_last(const struct expr **args, int n)
{
	const struct expr *order = args[1];

	if (n == 3) {
		args[1] = args[2];
		args[2] = order;
	} else if (n == 6) { /* pointer, order, old, order, new, weak */
		const struct expr *sorted[] = { args[0], args[2], args[4],
						args[5], args[1], args[3] };

		memcpy(args, sorted, sizeof(sorted));
	}
}

const struct expr *lower_atomic(struct lower *l, CXCursor c,
				const struct children *k)
{
	const struct type_info *type = type_of(l->p, c);
	const char *name = source_word(l->p, c);
	const struct expr **args = arena_new_array(
		l->u->arena, const struct expr *, k->n);
	struct event *ev;
	int i;

	for (i = 0; i < k->n; i++)
		args[i] = lower_value(l, child(k, i));
	order_last(args, k->n);
	ev = block_event(l, EVENT_CALL, c);
	ev->callee = expr_named(l->u, EXPR_FUNC, name, NULL, 0);
	ev->args = args;
	ev->n_args = k->n;
	ev->return_record = type->record;
	ev->return_pointers = type->pointers;
	return expr_numbered(l->u, EXPR_CALL, ev->id, type->record,
			     type->pointers);
}

const struct expr *lower_call(struct lower *l, CXCursor c)
{
	struct decl *d = direct_callee(l, c);
	struct children k = d ? children_push_call(l->p, c) :
				children_push(l->p, c);
	const struct expr *e = NULL;

	if (d && !l->faithful)
		e = fold_builtin(l, d->name, &k);
	if (!e) {
		if (d)
			lower_want(l->p, d);
		e = emit_call(l, c, &k, d);
	}
	children_pop(&k);
	return e;
}
