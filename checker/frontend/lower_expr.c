// SPDX-License-Identifier: GPL-2.0-only
/*
 * Expressions: values, places, effects. Events come in clang's order: an
 * assignment evaluates its right side first, all else goes left to right.
 *
 * A value is a name for what was computed, not a copy: "p->x" as an argument
 * stays "p->x". Where the name would change under its reader's feet (x++,
 * ?:), a temporary takes the value.
 */
#include "frontend/private.h"

CXCursor lower_peel_parens(struct parse *p, CXCursor c)
{
	for (;;) {
		enum CXCursorKind kind = clang_getCursorKind(c);
		struct children k;

		if (kind != CXCursor_ParenExpr &&
		    !(kind == CXCursor_UnaryOperator &&
		      clang_getCursorUnaryOperatorKind(c) ==
			      CXUnaryOperator_Extension))
			return c;
		k = children_push(p, c);
		c = child(&k, 0);
		children_pop(&k);
	}
}

void lower_assign(struct lower *l, const struct expr *lvalue, int op,
		  const struct expr *value, bool is_init, CXCursor at)
{
	struct event *ev = block_event(l, EVENT_ASSIGN, at);

	ev->lvalue = lvalue;
	ev->op = op;
	ev->value = value;
	ev->is_init = is_init;
}

static struct event *access(struct lower *l, const struct expr *lvalue,
			    enum access_kind kind, CXCursor at, char by)
{
	struct event *ev = block_event(l, EVENT_ACCESS, at);

	ev->lvalue = lvalue;
	ev->access = kind;
	ev->by = by;
	return ev;
}

/* An array or a function is not read: its value is its address. */
static enum access_kind access_of(const struct type_info *type,
				  enum access_kind wanted)
{
	return type->is_array && wanted == ACCESS_READ ? ACCESS_ADDRESS :
							 wanted;
}

static void take_address(struct lower *l, const struct expr *e)
{
	while (e->kind == EXPR_FIELD ||
	       (e->kind == EXPR_INDEX && e->a->kind != EXPR_LOCAL))
		e = e->a;
	if (e->kind == EXPR_INDEX || e->kind == EXPR_DEREF)
		e = e->a;
	else if (e->kind == EXPR_LOCAL)
		g_array_index(l->locals, struct local, e->id).address_taken =
			true;
	/* an element of a local array, not of what a local points to */
	if (e->kind == EXPR_LOCAL &&
	    !g_array_index(l->locals, struct local, e->id).is_pointer)
		g_array_index(l->locals, struct local, e->id).address_taken =
			true;
}

/* What the name @c of the declaration @target stands for. */
static const struct expr *lower_name(struct lower *l, CXCursor c,
				     CXCursor target, enum access_kind kind)
{
	const struct expr *e = lower_local(l, target);
	struct decl *d;

	if (!e) {
		d = clang_Cursor_isNull(target) ? NULL : decl_of(l->p, target);
		if (d && d->kind == CXCursor_FunctionDecl)
			lower_want_named(l->p, d);
		if (d && d->expr)
			return d->expr;
		lower_fail(l, "a name that stands for nothing known", c);
		return lower_opaque(l);
	}
	if (kind == ACCESS_ADDRESS || type_of(l->p, target)->is_array)
		take_address(l, e);
	return e;
}

static const struct expr *lower_ref(struct lower *l, CXCursor c,
				    enum access_kind kind)
{
	return lower_name(l, c, clang_getCursorReferenced(c), kind);
}

/*
 * A variable under implicit casts only, which is what most UnexposedExpr are,
 * without a look at the children. NULL: something else. (libclang also names
 * the pointer that a call goes through, so no pointers to functions here.)
 */
static const struct expr *lower_cast_name(struct lower *l, CXCursor c)
{
	CXCursor target = clang_getCursorReferenced(c);
	enum CXCursorKind kind = clang_getCursorKind(target);

	if ((kind != CXCursor_VarDecl && kind != CXCursor_ParmDecl) ||
	    type_of(l->p, target)->of_function)
		return NULL;
	return lower_name(l, c, target, ACCESS_READ);
}

static const struct expr *lower_member(struct lower *l, CXCursor c,
				       enum access_kind kind)
{
	struct children k = children_push(l->p, c);
	CXCursor from = child(&k, 0);
	const struct decl *d = decl_referenced(l->p, c);
	const struct expr *base, *lvalue;

	children_pop(&k);
	if (!k.n || !d) {
		lower_fail(l, "a member of nothing", c);
		return lower_opaque(l);
	}
	if (type_of(l->p, from)->is_pointer)
		base = expr_deref(l->u, lower_value(l, from));
	else
		base = lower_place(l, from, ACCESS_ADDRESS);
	if (d->anonymous)
		return base;
	lvalue = expr_field(l->u, base, d->owner, d->name, d->bitfield,
			    d->type->record, d->type->pointers);
	access(l, lvalue, access_of(d->type, kind), c, '.');
	return lvalue;
}

static const struct expr *lower_deref(struct lower *l, CXCursor c,
				      CXCursor inner, enum access_kind kind)
{
	const struct type_info *type = type_of(l->p, c);
	const struct expr *p = lower_value(l, inner), *lvalue;

	if (type->is_function)
		return p;
	lvalue = expr_deref(l->u, p);
	access(l, lvalue, access_of(type, kind), c, '*')->once =
		type->is_volatile;
	return lvalue;
}

static const struct expr *lower_subscript(struct lower *l, CXCursor c,
					  enum access_kind kind)
{
	struct children k = children_push(l->p, c);
	bool pointer_first = type_of(l->p, child(&k, 0))->pointers > 0;
	const struct expr *a = lower_value(l, child(&k, 0));
	const struct expr *b = lower_value(l, child(&k, 1)), *lvalue;

	children_pop(&k);
	lvalue = pointer_first ? expr_index(l->u, a, b) :
				 expr_index(l->u, b, a);
	access(l, lvalue, access_of(type_of(l->p, c), kind), c, '[');
	return lvalue;
}

static const struct expr *lower_compound_literal(struct lower *l, CXCursor c,
						 enum access_kind kind)
{
	struct children k = children_push(l->p, c);
	const struct expr *temp = lower_temp(l, type_of(l->p, c));

	lower_init(l, temp, child(&k, k.n - 1), c);
	children_pop(&k);
	if (kind == ACCESS_ADDRESS)
		take_address(l, temp);
	return temp;
}

const struct expr *lower_place(struct lower *l, CXCursor c,
			       enum access_kind kind)
{
	struct children k;
	CXCursor inner;

	c = lower_peel_parens(l->p, c);
	switch (clang_getCursorKind(c)) {
	case CXCursor_DeclRefExpr:
		return lower_ref(l, c, kind);
	case CXCursor_MemberRefExpr:
		return lower_member(l, c, kind);
	case CXCursor_ArraySubscriptExpr:
		return lower_subscript(l, c, kind);
	case CXCursor_CompoundLiteralExpr:
		return lower_compound_literal(l, c, kind);
	case CXCursor_UnaryOperator:
		if (clang_getCursorUnaryOperatorKind(c) !=
		    CXUnaryOperator_Deref)
			return lower_value(l, c);
		k = children_push(l->p, c);
		inner = child(&k, 0);
		children_pop(&k);
		return lower_deref(l, c, inner, kind);
	default:
		return lower_value(l, c);
	}
}

/* Operators */

static const struct expr *lower_address(struct lower *l, CXCursor inner)
{
	const struct expr *e = lower_place(l, inner, ACCESS_ADDRESS);

	take_address(l, e);
	return expr_addr(l->u, e);
}

/* x++ and the like; the value before it, if that is what is wanted. */
static const struct expr *lower_step(struct lower *l, CXCursor c,
				     CXCursor inner, int op, bool keep_old)
{
	const struct expr *lvalue = lower_place(l, inner, ACCESS_UPDATE);
	const struct expr *one = expr_const(l->u, 1, NULL), *old = lvalue;

	if (keep_old) {
		old = lower_temp(l, type_of(l->p, c));
		lower_assign(l, old, 0, lvalue, false, c);
	}
	lower_assign(l, lvalue, op, one, false, c);
	return old;
}

static const struct expr *lower_unary(struct lower *l, CXCursor c,
				      bool want_value)
{
	struct children k = children_push(l->p, c);
	CXCursor inner = child(&k, 0);

	children_pop(&k);
	switch (clang_getCursorUnaryOperatorKind(c)) {
	case CXUnaryOperator_PostInc:
		return lower_step(l, c, inner, '+', want_value);
	case CXUnaryOperator_PostDec:
		return lower_step(l, c, inner, '-', want_value);
	case CXUnaryOperator_PreInc:
		return lower_step(l, c, inner, '+', false);
	case CXUnaryOperator_PreDec:
		return lower_step(l, c, inner, '-', false);
	case CXUnaryOperator_AddrOf:
		return lower_address(l, inner);
	case CXUnaryOperator_Deref:
		return lower_place(l, c, ACCESS_READ);
	case CXUnaryOperator_Minus:
		return expr_unary(l->u, '-', lower_value(l, inner));
	case CXUnaryOperator_Not:
		return expr_unary(l->u, '~', lower_value(l, inner));
	case CXUnaryOperator_LNot:
		return expr_unary(l->u, '!', lower_value(l, inner));
	case CXUnaryOperator_Plus:
	case CXUnaryOperator_Extension:
	case CXUnaryOperator_Real:
		return lower_value(l, inner);
	default:
		lower_fail(l, "a unary operator that is not known", c);
		return lower_opaque(l);
	}
}

/* Of the operator, or of the one in a compound assignment. */
static int binary_op(enum CXBinaryOperatorKind kind)
{
	switch (kind) {
	case CXBinaryOperator_Mul: case CXBinaryOperator_MulAssign: return '*';
	case CXBinaryOperator_Div: case CXBinaryOperator_DivAssign: return '/';
	case CXBinaryOperator_Rem: case CXBinaryOperator_RemAssign: return '%';
	case CXBinaryOperator_Add: case CXBinaryOperator_AddAssign: return '+';
	case CXBinaryOperator_Sub: case CXBinaryOperator_SubAssign: return '-';
	case CXBinaryOperator_Shl: case CXBinaryOperator_ShlAssign:
		return OP2('<', '<');
	case CXBinaryOperator_Shr: case CXBinaryOperator_ShrAssign:
		return OP2('>', '>');
	case CXBinaryOperator_And: case CXBinaryOperator_AndAssign: return '&';
	case CXBinaryOperator_Xor: case CXBinaryOperator_XorAssign: return '^';
	case CXBinaryOperator_Or: case CXBinaryOperator_OrAssign: return '|';
	case CXBinaryOperator_LT: return '<';
	case CXBinaryOperator_GT: return '>';
	case CXBinaryOperator_LE: return OP2('<', '=');
	case CXBinaryOperator_GE: return OP2('>', '=');
	case CXBinaryOperator_EQ: return OP2('=', '=');
	case CXBinaryOperator_NE: return OP2('!', '=');
	default: return 0;
	}
}

/* The right side goes first... */
static const struct expr *lower_assignment(struct lower *l, CXCursor c,
					   CXCursor to, CXCursor from)
{
	const struct expr *value = lower_value(l, from);
	const struct expr *lvalue = lower_place(l, to, ACCESS_WRITE);

	lower_assign(l, lvalue, 0, value, false, c);
	return lvalue;
}

static CXCursor peel_casts(struct parse *p, CXCursor c)
{
	for (;;) {
		struct children k = children_push(p, c);
		enum CXCursorKind kind = clang_getCursorKind(c);
		CXCursor last = child(&k, k.n - 1);

		children_pop(&k);
		if (kind == CXCursor_ParenExpr ||
		    kind == CXCursor_CStyleCastExpr ||
		    (kind == CXCursor_UnexposedExpr && k.n == 1 &&
		     clang_isExpression(clang_getCursorKind(last))))
			c = last;
		else
			return c;
	}
}

/*
 * p - offsetof(T, a.b), which is all that container_of() leaves in the tree.
 * NULL: @offset is something else.
 */
static const struct expr *lower_container(struct lower *l, CXCursor base,
					  CXCursor offset)
{
	struct children k;
	const struct expr *p = NULL;
	int i;

	offset = peel_casts(l->p, offset);
	if (clang_getCursorKind(offset) != CXCursor_UnexposedExpr)
		return NULL;
	k = children_push(l->p, offset);
	if (unexposed_kind(l->p, offset, &k) == UNEXPOSED_OFFSETOF) {
		p = lower_value(l, base);
		for (i = k.n - 1; i >= 0; i--) {
			const struct decl *d;

			if (clang_getCursorKind(child(&k, i)) !=
			    CXCursor_MemberRef)
				break;
			d = decl_referenced(l->p, child(&k, i));
			if (d && !d->anonymous)
				p = expr_container(l->u, p, d->owner, d->name);
		}
	}
	children_pop(&k);
	return p;
}

static const struct expr *lower_pure_binary(struct lower *l, CXCursor c,
					    CXCursor a, CXCursor b,
					    enum CXBinaryOperatorKind kind)
{
	const struct expr *x, *y;
	int op = binary_op(kind);

	if (op == '-' && !l->faithful) {
		x = lower_container(l, a, b);
		if (x)
			return x;
	}
	if (!op)
		lower_fail(l, "a binary operator that is not known", c);
	x = lower_value(l, a);
	y = lower_value(l, b);
	return expr_binary(l->u, op, x, y);
}

static const struct expr *lower_binary(struct lower *l, CXCursor c,
				       bool want_value)
{
	enum CXBinaryOperatorKind kind = clang_getCursorBinaryOperatorKind(c);
	struct children k = children_push(l->p, c);
	CXCursor a = child(&k, 0), b = child(&k, 1);

	children_pop(&k);
	switch (kind) {
	case CXBinaryOperator_LAnd:
	case CXBinaryOperator_LOr:
		return lower_logical_value(l, c);
	case CXBinaryOperator_Comma:
		lower_effects(l, a);
		if (want_value)
			return lower_value(l, b);
		lower_effects(l, b);
		return NULL;
	case CXBinaryOperator_Assign:
		return lower_assignment(l, c, a, b);
	default:
		return lower_pure_binary(l, c, a, b, kind);
	}
}

/* ...but the left side of += and the like, as clang has it. */
static const struct expr *lower_compound_assign(struct lower *l, CXCursor c)
{
	int op = binary_op(clang_getCursorBinaryOperatorKind(c));
	struct children k = children_push(l->p, c);
	const struct expr *lvalue =
		lower_place(l, child(&k, 0), ACCESS_UPDATE);
	const struct expr *value = lower_value(l, child(&k, 1));

	children_pop(&k);
	lower_assign(l, lvalue, op, value, false, c);
	return lvalue;
}

/* The operand is the last child; a typeof before it is not evaluated. */
static const struct expr *lower_cast(struct lower *l, CXCursor c)
{
	struct children k = children_push(l->p, c);
	const struct expr *e = lower_value(l, child(&k, k.n - 1));
	gint64 value;

	children_pop(&k);
	/* a small number is the same in every type but bool */
	if (e->kind != EXPR_CONST || e->name ||
	    (e->value >= 0 && e->value < 128 && !type_of(l->p, c)->is_bool))
		return e;
	return constant_int(c, &value) ? expr_const(l->u, value, NULL) : e;
}

static const struct expr *constant_or_opaque(struct lower *l, CXCursor c)
{
	gint64 value;

	return constant_int(c, &value) ? expr_const(l->u, value, NULL) :
					 lower_opaque(l);
}

static const struct expr *lower_statement_expr(struct lower *l, CXCursor c,
					       bool want_value)
{
	struct children k;
	const struct expr *value = NULL;
	CXCursor body;

	if (!l->faithful && fold_invocation(l, c, &value))
		return value;
	k = children_push(l->p, c);
	body = child(&k, 0);
	children_pop(&k);
	want_value &= !type_of(l->p, c)->is_void;
	return lower_compound(l, body, want_value);
}

static const struct expr *lower_label_address(struct lower *l, CXCursor c)
{
	struct children k = children_push(l->p, c);
	CXCursor label = clang_getCursorReferenced(child(&k, 0));

	children_pop(&k);
	if (clang_getCursorKind(label) == CXCursor_LabelStmt)
		label_of(l, label)->address_taken = true;
	return lower_opaque(l);
}

/* Unexposed */

static const struct expr *lower_choice(struct lower *l,
				       const struct children *k)
{
	gint64 value = 0;

	if (!constant_int(child(k, 0), &value))
		lower_fail(l, "a __builtin_choose_expr that is not constant",
			   child(k, 0));
	return lower_value(l, child(k, value ? 1 : 2));
}

/* The list is evaluated; what comes out of it nobody knows. */
static const struct expr *lower_va_arg(struct lower *l, CXCursor c,
				       const struct children *k)
{
	const struct type_info *type = type_of(l->p, c);
	int i;

	for (i = 0; i < k->n; i++)
		if (clang_isExpression(clang_getCursorKind(child(k, i))))
			lower_effects(l, child(k, i));
	return expr_numbered(l->u, EXPR_OPAQUE, ++l->next_opaque, type->record,
			     type->pointers);
}

static const struct expr *lower_unexposed(struct lower *l, CXCursor c,
					  bool want_value)
{
	const struct expr *e = lower_cast_name(l, c);
	struct children k;

	if (e)
		return e;
	k = children_push(l->p, c);
	switch (unexposed_kind(l->p, c, &k)) {
	case UNEXPOSED_CAST:
		if (want_value)
			e = lower_value(l, child(&k, 0));
		else
			lower_effects(l, child(&k, 0));
		break;
	case UNEXPOSED_ELVIS:
		e = lower_elvis(l, c, want_value);
		break;
	case UNEXPOSED_CHOOSE:
		e = lower_choice(l, &k);
		break;
	case UNEXPOSED_OFFSETOF:
	case UNEXPOSED_CONSTANT:
		e = constant_or_opaque(l, c);
		break;
	case UNEXPOSED_ATOMIC:
		e = lower_atomic(l, c, &k);
		break;
	case UNEXPOSED_VA_ARG:
		e = lower_va_arg(l, c, &k);
		break;
	default:
		lower_fail(l, "an expression of a kind that is not known", c);
		break;
	}
	children_pop(&k);
	return e;
}

static const struct expr *lower_kind(struct lower *l, CXCursor c)
{
	switch (clang_getCursorKind(c)) {
	case CXCursor_DeclRefExpr:
	case CXCursor_MemberRefExpr:
	case CXCursor_ArraySubscriptExpr:
	case CXCursor_CompoundLiteralExpr:
	case CXCursor_ParenExpr:
		return lower_place(l, c, ACCESS_READ);
	case CXCursor_UnexposedExpr:
		return lower_unexposed(l, c, true);
	case CXCursor_CallExpr:
		return lower_call(l, c);
	case CXCursor_UnaryOperator:
		return lower_unary(l, c, true);
	case CXCursor_BinaryOperator:
		return lower_binary(l, c, true);
	case CXCursor_CompoundAssignOperator:
		return lower_compound_assign(l, c);
	case CXCursor_ConditionalOperator:
		return lower_conditional(l, c, true);
	case CXCursor_CStyleCastExpr:
		return lower_cast(l, c);
	case CXCursor_StmtExpr:
		return lower_statement_expr(l, c, true);
	case CXCursor_GenericSelectionExpr:
		return lower_generic(l, c);
	case CXCursor_StringLiteral:
		return expr_string(l->u, source_string(l->p, c));
	case CXCursor_IntegerLiteral:
	case CXCursor_CharacterLiteral:
		return constant_literal(l, c);
	case CXCursor_FloatingLiteral:
	case CXCursor_ImaginaryLiteral:
	case CXCursor_UnaryExpr:
		return constant_or_opaque(l, c);
	case CXCursor_AddrLabelExpr:
		return lower_label_address(l, c);
	case CXCursor_InitListExpr:
		return lower_compound_literal(l, c, ACCESS_READ);
	default:
		lower_fail(l, "an expression of a kind that is not known", c);
		return NULL;
	}
}

const struct expr *lower_value(struct lower *l, CXCursor c)
{
	bool in_macro = l->in_macro;
	const struct expr *e;

	if (l->failed || !lower_enter(l, c))
		return lower_opaque(l);
	e = constant_macro(l, c);
	if (!e) {
		e = lower_kind(l, c);
		e = e ? constant_named(l, c, e) : lower_opaque(l);
	}
	l->in_macro = in_macro;
	lower_leave(l);
	return e;
}

static CXCursor last_child(struct parse *p, CXCursor c)
{
	struct children k = children_push(p, c);
	CXCursor last = child(&k, k.n - 1);

	children_pop(&k);
	return last;
}

/* As lower_value(), where nobody wants the value. */
void lower_effects(struct lower *l, CXCursor c)
{
	if (l->failed || clang_Cursor_isNull(c) || !lower_enter(l, c))
		return;
	switch (clang_getCursorKind(c)) {
	case CXCursor_ParenExpr:
	case CXCursor_CStyleCastExpr:
		lower_effects(l, last_child(l->p, c));
		break;
	case CXCursor_UnexposedExpr:
		lower_unexposed(l, c, false);
		break;
	case CXCursor_UnaryOperator:
		lower_unary(l, c, false);
		break;
	case CXCursor_BinaryOperator:
		lower_binary(l, c, false);
		break;
	case CXCursor_ConditionalOperator:
		lower_conditional(l, c, false);
		break;
	case CXCursor_StmtExpr:
		lower_statement_expr(l, c, false);
		break;
	default:
		lower_value(l, c);
		break;
	}
	lower_leave(l);
}
