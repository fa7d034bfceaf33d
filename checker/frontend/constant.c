// SPDX-License-Identifier: GPL-2.0-only
/*
 * Constants: their values, their spelling in the source, and the conditions
 * that clang's graph takes for constant and prunes an edge for.
 *
 * clang_Cursor_Evaluate() folds side effects away: the events of what it is
 * asked about must have been lowered already.
 */
#include "frontend/private.h"

bool constant_int(CXCursor c, gint64 *ret_value)
{
	CXEvalResult r = clang_Cursor_Evaluate(c);
	bool is_int = r && clang_EvalResult_getKind(r) == CXEval_Int;

	if (is_int && clang_EvalResult_isUnsignedInt(r))
		*ret_value = (gint64)clang_EvalResult_getAsUnsigned(r);
	else if (is_int)
		*ret_value = clang_EvalResult_getAsLongLong(r);
	if (r)
		clang_EvalResult_dispose(r);
	return is_int;
}

const char *constant_name(const char *name)
{
	static const char *const plain[] = { "NULL", "false", "true" };
	gsize i;

	for (i = 0; i < G_N_ELEMENTS(plain); i++)
		if (!g_strcmp0(name, plain[i]))
			return NULL;
	return name;
}

static bool has_address(struct parse *p, CXCursor c);

/* &x, &x.y, &x[1]: does the place begin with a variable? */
static bool rooted_in_variable(struct parse *p, CXCursor c)
{
	struct children k = children_push(p, c);
	CXCursor base = child(&k, 0);

	children_pop(&k);
	switch (clang_getCursorKind(c)) {
	case CXCursor_DeclRefExpr:
		return true;
	case CXCursor_ParenExpr:
		return rooted_in_variable(p, base);
	case CXCursor_MemberRefExpr:
		return type_of(p, base)->is_pointer ?
			       has_address(p, base) :
			       rooted_in_variable(p, base);
	default:
		return false;
	}
}

/* A pointer that clang knows not to be NULL: the address of something. */
static bool has_address(struct parse *p, CXCursor c)
{
	struct children k = children_push(p, c);
	CXCursor last = child(&k, k.n - 1);
	const struct type_info *type;

	children_pop(&k);
	switch (clang_getCursorKind(c)) {
	case CXCursor_ParenExpr:
	case CXCursor_CStyleCastExpr:
		return has_address(p, last);
	case CXCursor_UnexposedExpr:
		/* decayed: an array or a function */
		type = k.n == 1 ? type_of(p, last) : NULL;
		if (!type)
			return false;
		if (type->is_array || type->is_function)
			return rooted_in_variable(p, last);
		return clang_getCursorKind(last) != CXCursor_DeclRefExpr &&
		       clang_getCursorKind(last) != CXCursor_MemberRefExpr &&
		       has_address(p, last);
	case CXCursor_UnaryOperator:
		return clang_getCursorUnaryOperatorKind(c) ==
			       CXUnaryOperator_AddrOf &&
		       rooted_in_variable(p, last);
	case CXCursor_StringLiteral:
		return true;
	default:
		return false;
	}
}

/* (void *)0 and the like; libclang evaluates integers only. */
static bool null_pointer(struct parse *p, CXCursor c)
{
	struct children k = children_push(p, c);
	enum CXCursorKind kind = clang_getCursorKind(c);
	CXCursor last = child(&k, k.n - 1);
	gint64 value = 1;

	children_pop(&k);
	if (kind == CXCursor_ParenExpr || kind == CXCursor_CStyleCastExpr ||
	    (kind == CXCursor_UnexposedExpr && k.n == 1))
		return constant_int(last, &value) ? value == 0 :
						    null_pointer(p, last);
	return false;
}

static enum known evaluate(struct parse *p, CXCursor c)
{
	gint64 value;

	if (constant_int(c, &value))
		return value ? KNOWN_TRUE : KNOWN_FALSE;
	if (!type_of(p, c)->is_pointer)
		return UNKNOWN;
	if (null_pointer(p, c))
		return KNOWN_FALSE;
	return has_address(p, c) ? KNOWN_TRUE : UNKNOWN;
}

/* Of the calls, only builtins may have been evaluated. */
static bool builtin_call(struct lower *l, int id)
{
	guint i;

	for (i = l->events->len; i > 0; i--) {
		const struct event *ev =
			&g_array_index(l->events, struct event, i - 1);

		if (ev->id == id && ev->callee->kind == EXPR_FUNC)
			return g_str_has_prefix(ev->callee->name, "__builtin") ||
			       g_str_has_prefix(ev->callee->name, "str") ||
			       g_str_has_prefix(ev->callee->name, "mem");
		if (ev->id <= id)
			break;
	}
	return false;
}

bool constant_possible(struct lower *l, const struct expr *e)
{
	switch (e->kind) {
	case EXPR_LOCAL:
		return !e->record && !e->pointers;
	case EXPR_CALL:
		return builtin_call(l, e->id);
	case EXPR_FIELD:
	case EXPR_DEREF:
	case EXPR_INDEX:
	case EXPR_OPAQUE:
	case EXPR_CONTAINER:
		return false;
	case EXPR_UNARY:
		return constant_possible(l, e->a);
	case EXPR_BINARY:
		return e->op == '&' || e->op == '*' ||
		       (constant_possible(l, e->a) &&
			constant_possible(l, e->b));
	default:
		return true;
	}
}

static enum known logical(enum known a, enum known b, bool is_or)
{
	enum known decides = is_or ? KNOWN_TRUE : KNOWN_FALSE;

	if (a == decides || b == decides)
		return decides;
	if (a == UNKNOWN || b == UNKNOWN)
		return UNKNOWN;
	return is_or ? KNOWN_FALSE : KNOWN_TRUE;
}

static bool zero(CXCursor c)
{
	gint64 value;

	return constant_int(c, &value) && value == 0;
}

static enum known binary_condition(struct lower *l, CXCursor c)
{
	enum CXBinaryOperatorKind op = clang_getCursorBinaryOperatorKind(c);
	struct children k = children_push(l->p, c);
	CXCursor a = child(&k, 0), b = child(&k, 1);

	children_pop(&k);
	if (op == CXBinaryOperator_LAnd || op == CXBinaryOperator_LOr)
		return logical(constant_condition(l, a),
			       constant_condition(l, b),
			       op == CXBinaryOperator_LOr);
	if ((op == CXBinaryOperator_And || op == CXBinaryOperator_Mul) &&
	    (zero(a) || zero(b)))
		return KNOWN_FALSE;
	return evaluate(l->p, c);
}

enum known constant_condition(struct lower *l, CXCursor c)
{
	if (clang_getCursorKind(c) == CXCursor_BinaryOperator)
		return binary_condition(l, c);
	return evaluate(l->p, c);
}

/* Kinds that can be all that a constant's macro expands to. */
static bool may_be_macro(CXCursor c)
{
	switch (clang_getCursorKind(c)) {
	case CXCursor_IntegerLiteral:
	case CXCursor_CharacterLiteral:
	case CXCursor_ParenExpr:
	case CXCursor_CStyleCastExpr:
		return true;
	case CXCursor_UnaryOperator:
		return clang_getCursorUnaryOperatorKind(c) ==
		       CXUnaryOperator_Minus;
	default:
		return false;
	}
}

const struct expr *constant_macro(struct lower *l, CXCursor c)
{
	CXSourceLocation location;
	const char *name;
	struct place where;
	gint64 value;

	/* clang's graph does not show macros */
	if (l->faithful || l->in_macro || !may_be_macro(c))
		return NULL;
	location = clang_getCursorLocation(c);
	if (!place_is_macro(location))
		return NULL;
	l->in_macro = clang_getCursorKind(c) == CXCursor_ParenExpr;
	where = place_of_location(l->p, location);
	name = source_whole_macro(l->p, c, &where);
	if (!name || !constant_int(c, &value))
		return NULL;
	return expr_const(l->u, value, constant_name(name));
}

/* Made of constants only, as far as it takes a few steps to see. */
static bool constant_tree(const struct expr *e, int depth)
{
	if (e->kind == EXPR_CONST)
		return true;
	if (depth == 0 || (e->kind != EXPR_UNARY && e->kind != EXPR_BINARY))
		return false;
	return constant_tree(e->a, depth - 1) &&
	       (!e->b || constant_tree(e->b, depth - 1));
}

const struct expr *constant_named(struct lower *l, CXCursor c,
				  const struct expr *e)
{
	struct spelling s;
	const char *name;
	gint64 value;

	if (l->faithful || clang_getCursorKind(c) != CXCursor_ParenExpr ||
	    !constant_tree(e, 4) ||
	    !place_is_macro(clang_getCursorLocation(c)) ||
	    !source_spelling(l->p, c, &s))
		return e;
	name = constant_name(source_body_macro(&s));
	if (!name || !constant_int(c, &value))
		return e;
	return expr_const(l->u, value, name);
}

/* The text of a number is read faster here than through libclang. */
static bool literal_value(const struct spelling *s, gint64 *ret_value)
{
	char *end;

	if (!g_ascii_isdigit(s->text[s->at]) ||
	    text_starts(s->text, s->size, s->at, "0b") ||
	    text_starts(s->text, s->size, s->at, "0B"))
		return false;
	/* a number is never the last thing in a file */
	*ret_value = (gint64)g_ascii_strtoull(s->text + s->at, &end, 0);
	return end < s->text + s->size && *end != '\'' && *end != '.';
}

const struct expr *constant_literal(struct lower *l, CXCursor c)
{
	struct spelling s;
	const char *name = NULL;
	gint64 value;

	if (l->faithful || !place_is_macro(clang_getCursorLocation(c)) ||
	    !source_spelling(l->p, c, &s))
		return constant_int(c, &value) ?
			       expr_const(l->u, value, NULL) : NULL;
	name = constant_name(source_body_macro(&s));
	if (!literal_value(&s, &value) && !constant_int(c, &value))
		return NULL;
	return expr_const(l->u, value, name);
}
