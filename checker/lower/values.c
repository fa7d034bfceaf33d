// SPDX-License-Identifier: GPL-2.0-only
/* Expressions over registers; constants are folded. NULL is "nobody knows". */
#include "lower/private.h"

const struct value *value_const(struct builder *b, gint64 n, const char *text)
{
	struct value *v;

	if (n < PROGRAM_MIN || n > PROGRAM_MAX)
		return NULL;
	v = arena_new_object(b->arena, struct value);
	v->kind = VALUE_CONST;
	v->number = (int)n;
	v->text = text;
	return v;
}

const struct value *value_reg(struct builder *b, int reg)
{
	struct value *v = arena_new_object(b->arena, struct value);

	v->kind = VALUE_REG;
	v->number = reg;
	return v;
}

bool value_is_const(const struct value *v, int *ret_number)
{
	/* a mask has no number yet */
	if (!v || v->kind != VALUE_CONST || v->op == VALUE_MASK)
		return false;
	*ret_number = v->number;
	return true;
}

const struct value *value_unary(struct builder *b, int op,
				const struct value *a)
{
	struct value *v;
	int n;

	if (!a)
		return NULL;
	if (value_is_const(a, &n))
		return value_const(b, value_operate_unary(op, n), NULL);
	v = arena_new_object(b->arena, struct value);
	v->kind = VALUE_UNARY;
	v->op = op;
	v->a = a;
	return v;
}

/* False: the operator is not one of a program's. */
static bool fold(int op, int x, int y, gint64 *ret)
{
	switch (op) {
	case '+': *ret = (gint64)x + y; return true;
	case '-': *ret = (gint64)x - y; return true;
	case '&': *ret = x & y; return true;
	case '|': *ret = x | y; return true;
	case '^': *ret = x ^ y; return true;
	case OP2('&', '&'): *ret = x && y; return true;
	case OP2('|', '|'): *ret = x || y; return true;
	case '<': *ret = x < y; return true;
	case '>': *ret = x > y; return true;
	case OP2('<', '='): *ret = x <= y; return true;
	case OP2('>', '='): *ret = x >= y; return true;
	case OP2('=', '='): *ret = x == y; return true;
	case OP2('!', '='): *ret = x != y; return true;
	default: return false;
	}
}

const struct value *value_binary(struct builder *b, int op,
				 const struct value *x, const struct value *y)
{
	struct value *v;
	gint64 result;
	int m, n;

	if (!x || !y || !fold(op, 0, 0, &result))
		return NULL;
	if (value_is_const(x, &m) && value_is_const(y, &n)) {
		fold(op, m, n, &result);
		return value_const(b, result, NULL);
	}
	v = arena_new_object(b->arena, struct value);
	v->kind = VALUE_BINARY;
	v->op = op;
	v->a = x;
	v->b = y;
	return v;
}
