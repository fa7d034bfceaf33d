// SPDX-License-Identifier: GPL-2.0-only
/*
 * Conditions: short circuits, what is peeled off them, and the edges that
 * clang's graph prunes because it can evaluate the condition.
 *
 * A condition under "!" or __builtin_expect() is a value in clang's graph,
 * with its arms joined before the branch. Here its edges are followed through
 * (unless l->faithful), which keeps apart what the programmer kept apart.
 */
#include "frontend/private.h"

#include <string.h>

struct target {
	const char *of;
	struct draft_block *yes, *no;
};

static void branch(struct lower *l, CXCursor c, const struct target *t,
		   const CXCursor *whole);

bool is_logical(CXCursor c)
{
	enum CXBinaryOperatorKind op;

	if (clang_getCursorKind(c) != CXCursor_BinaryOperator)
		return false;
	op = clang_getCursorBinaryOperatorKind(c);
	return op == CXBinaryOperator_LAnd || op == CXBinaryOperator_LOr;
}

static bool is_or(CXCursor c)
{
	return clang_getCursorBinaryOperatorKind(c) == CXBinaryOperator_LOr;
}

static bool unnamed_zero(const struct expr *e)
{
	return e->kind == EXPR_CONST && !e->name && e->value == 0;
}

/* Takes !x, x == 0 and x != 0 off; true: the edges change places. */
static bool peel(const struct expr **e)
{
	bool swapped = false;

	for (;;) {
		const struct expr *x = *e;

		if (x->kind == EXPR_UNARY && x->op == '!')
			swapped = !swapped;
		else if (x->kind == EXPR_BINARY && x->op == OP2('=', '=') &&
			 unnamed_zero(x->b))
			swapped = !swapped;
		else if (x->kind != EXPR_BINARY || x->op != OP2('!', '=') ||
			 !unnamed_zero(x->b))
			return swapped;
		*e = x->a;
	}
}

static void branch_on(struct lower *l, const struct expr *value, CXCursor at,
		      const struct target *t)
{
	bool swapped = peel(&value);

	if (value->kind == EXPR_CONST && !l->faithful)
		block_goto(l, !value->value == swapped ? t->yes : t->no);
	else if (swapped)
		block_branch(l, value, at, t->of, t->no, t->yes);
	else
		block_branch(l, value, at, t->of, t->yes, t->no);
}

static void branch_logical(struct lower *l, CXCursor c, const struct target *t)
{
	struct children k = children_push(l->p, c);
	struct draft_block *mid = block_new(l);
	struct target first = { .of = is_or(c) ? "||" : "&&",
				.yes = is_or(c) ? t->yes : mid,
				.no = is_or(c) ? mid : t->no };

	branch(l, lower_peel_parens(l->p, child(&k, 0)), &first, NULL);
	block_start(l, mid);
	branch(l, lower_peel_parens(l->p, child(&k, 1)), t, &c);
	children_pop(&k);
}

/* Which child says the same, or the opposite; -1: none does. */
static int truth_child(struct lower *l, CXCursor c, bool *swapped)
{
	switch (clang_getCursorKind(c)) {
	case CXCursor_ParenExpr:
	case CXCursor_UnexposedExpr:
		return 0;
	case CXCursor_UnaryOperator:
		if (clang_getCursorUnaryOperatorKind(c) !=
		    CXUnaryOperator_LNot)
			return -1;
		*swapped = !*swapped;
		return 0;
	case CXCursor_CallExpr:
		return call_is_expect(l, c) ? 1 : -1;
	default:
		return -1;
	}
}

/* One layer off a condition; false: there is none that can come off. */
static bool unwrap(struct lower *l, CXCursor *c, bool *swapped)
{
	int i = truth_child(l, *c, swapped);
	struct children k;
	CXCursor inner;

	if (i < 0)
		return false;
	k = children_push(l->p, *c);
	inner = child(&k, i);
	children_pop(&k);
	if ((k.n != 1 && i == 0) ||
	    !clang_isExpression(clang_getCursorKind(inner)))
		return false;
	*c = inner;
	return true;
}

/*
 * && or || under "!" and the like; *@swapped tells about the edges. Under a
 * mere implicit cast there is none.
 */
static bool hidden_logical(struct lower *l, CXCursor c, CXCursor *ret_inner,
			   bool *swapped)
{
	if (clang_getCursorKind(c) == CXCursor_UnexposedExpr)
		return false;
	while (unwrap(l, &c, swapped))
		;
	*ret_inner = c;
	return is_logical(c);
}

static void branch_leaf(struct lower *l, CXCursor c, const struct target *t,
			const CXCursor *whole)
{
	bool swapped = false;
	enum known known = UNKNOWN;
	struct target turned;
	const struct expr *value;
	CXCursor inner;

	if (!l->faithful && hidden_logical(l, c, &inner, &swapped)) {
		turned = *t;
		turned.yes = swapped ? t->no : t->yes;
		turned.no = swapped ? t->yes : t->no;
		branch(l, inner, &turned, NULL);
		return;
	}
	value = lower_value(l, c);
	if (clang_getCursorKind(c) == CXCursor_IntegerLiteral)
		known = value->value ? KNOWN_TRUE : KNOWN_FALSE;
	else if (constant_possible(l, value))
		known = constant_condition(l, c);
	if (known == UNKNOWN && whole && l->faithful)
		known = constant_condition(l, *whole);
	if (known != UNKNOWN)
		block_goto(l, known == KNOWN_TRUE ? t->yes : t->no);
	else
		branch_on(l, value, c, t);
}

static void branch(struct lower *l, CXCursor c, const struct target *t,
		   const CXCursor *whole)
{
	if (!lower_enter(l, c))
		return;
	if (is_logical(c))
		branch_logical(l, c, t);
	else
		branch_leaf(l, c, t, whole);
	lower_leave(l);
}

void lower_branch(struct lower *l, CXCursor cond, const char *of,
		  struct draft_block *yes, struct draft_block *no)
{
	struct target t = { .of = of, .yes = yes, .no = no };
	CXCursor bare = lower_peel_parens(l->p, cond);

	branch(l, is_logical(bare) ? bare : cond, &t, NULL);
}

void lower_branch_on_value(struct lower *l, CXCursor cond, const char *of,
			   struct draft_block *yes, struct draft_block *no)
{
	struct target t = { .of = of, .yes = yes, .no = no };

	if (l->faithful)
		branch_leaf(l, cond, &t, NULL);
	else
		lower_branch(l, cond, of, yes, no);
}

/* Values */

static bool is_truth(const struct expr *e)
{
	if (e->kind == EXPR_CONST)
		return e->value == 0 || e->value == 1;
	if (e->kind == EXPR_UNARY)
		return e->op == '!';
	return e->kind == EXPR_BINARY &&
	       (e->op == '<' || e->op == '>' || e->op == OP2('=', '=') ||
		e->op == OP2('!', '=') || e->op == OP2('<', '=') ||
		e->op == OP2('>', '='));
}

static const struct expr *truth(struct lower *l, const struct expr *e)
{
	if (is_truth(e))
		return e;
	return expr_binary(l->u, OP2('!', '='), e,
			   expr_const(l->u, 0, NULL));
}

static void logical_value(struct lower *l, CXCursor c,
			  const struct expr *temp, struct draft_block *join)
{
	struct children k = children_push(l->p, c);
	struct draft_block *mid = block_new(l), *out = block_new(l);
	CXCursor rhs = lower_peel_parens(l->p, child(&k, 1));
	bool or = is_or(c);
	struct target first = { .of = or ? "||" : "&&",
				.yes = or ? out : mid,
				.no = or ? mid : out };

	branch(l, lower_peel_parens(l->p, child(&k, 0)), &first, NULL);
	block_start(l, out);
	lower_assign(l, temp, 0, expr_const(l->u, or, NULL), false, c);
	block_goto(l, join);
	block_start(l, mid);
	if (is_logical(rhs)) {
		logical_value(l, rhs, temp, join);
	} else {
		lower_assign(l, temp, 0, truth(l, lower_value(l, rhs)), false,
			     rhs);
		block_goto(l, join);
	}
	children_pop(&k);
}

const struct expr *lower_logical_value(struct lower *l, CXCursor c)
{
	struct draft_block *join = block_new(l);
	const struct expr *temp = lower_temp(l, type_of(l->p, c));

	logical_value(l, c, temp, join);
	block_start(l, join);
	return temp;
}

/* One arm of ?:, in @b; its value goes to @temp, if that is wanted. */
static void arm(struct lower *l, CXCursor c, struct draft_block *b,
		const struct expr *temp)
{
	block_start(l, b);
	if (temp)
		lower_assign(l, temp, 0, lower_value(l, c), false, c);
	else
		lower_effects(l, c);
}

/* Only one arm can be reached: its value is the value. */
static const struct expr *only_arm(struct lower *l, CXCursor c,
				   struct draft_block *b, bool want_value)
{
	block_start(l, b);
	if (want_value)
		return lower_value(l, c);
	lower_effects(l, c);
	return NULL;
}

const struct expr *lower_conditional(struct lower *l, CXCursor c,
				     bool want_value)
{
	struct draft_block *yes = block_new(l), *no = block_new(l);
	struct draft_block *join;
	struct children k = children_push(l->p, c);
	const struct type_info *type = type_of(l->p, c);
	const struct expr *value;

	want_value &= !type->is_void;
	lower_branch(l, child(&k, 0), "?:", yes, no);
	if (!no->n_preds) {
		value = only_arm(l, child(&k, 1), yes, want_value);
	} else if (!yes->n_preds) {
		value = only_arm(l, child(&k, 2), no, want_value);
	} else {
		join = block_new(l);
		value = want_value ? lower_temp(l, type) : NULL;
		arm(l, child(&k, 1), yes, value);
		block_goto(l, join);
		arm(l, child(&k, 2), no, value);
		block_goto(l, join);
		block_start(l, join);
	}
	children_pop(&k);
	return value;
}

/* a ?: b, whose children are a, a, a and b. */
const struct expr *lower_elvis(struct lower *l, CXCursor c, bool want_value)
{
	struct draft_block *no = block_new(l), *join = block_new(l);
	struct target t = { .of = "?:", .yes = join, .no = no };
	struct children k = children_push(l->p, c);
	const struct expr *temp = lower_temp(l, type_of(l->p, c));
	const struct expr *value = lower_value(l, child(&k, 0));

	lower_assign(l, temp, 0, value, false, c);
	branch_on(l, value, child(&k, 0), &t);
	arm(l, child(&k, 3), no, want_value ? temp : NULL);
	block_start(l, join);
	children_pop(&k);
	return temp;
}
