// SPDX-License-Identifier: GPL-2.0-only
/*
 * libclang calls a dozen kinds of expressions UnexposedExpr. They are told
 * apart by the number and kind of their children and by the word they are
 * spelt with.
 */
#include "frontend/private.h"

static bool same_location(CXCursor a, CXCursor b)
{
	return clang_equalLocations(clang_getCursorLocation(a),
				    clang_getCursorLocation(b));
}

static bool same_extent(CXCursor a, CXCursor b)
{
	return clang_equalRanges(clang_getCursorExtent(a),
				 clang_getCursorExtent(b));
}

static bool is_void(CXCursor c)
{
	return clang_getCursorType(c).kind == CXType_Void;
}

static enum unexposed by_word(struct parse *p, CXCursor c, int n)
{
	static const struct {
		const char *word;
		enum unexposed kind;
	} words[] = {
		{ "__builtin_offsetof", UNEXPOSED_OFFSETOF },
		{ "__builtin_va_arg", UNEXPOSED_VA_ARG },
		{ "__builtin_types_compatible_p", UNEXPOSED_CONSTANT },
		{ "__atomic_", UNEXPOSED_ATOMIC },
		{ "__c11_atomic_", UNEXPOSED_ATOMIC },
	};
	struct spelling s;
	gsize i;

	if (!source_spelling(p, c, &s))
		return UNEXPOSED_OTHER;
	if (n >= 3 && text_starts(s.text, s.size, s.at,
				  "__builtin_choose_expr"))
		return UNEXPOSED_CHOOSE;
	for (i = 0; i < G_N_ELEMENTS(words); i++)
		if (text_starts(s.text, s.size, s.at, words[i].word))
			return words[i].kind;
	return UNEXPOSED_OTHER;
}

enum unexposed unexposed_kind(struct parse *p, CXCursor c,
			      const struct children *k)
{
	enum CXCursorKind first = clang_getCursorKind(child(k, 0));
	enum unexposed kind;
	gint64 value;

	if (k->n == 1 && clang_isExpression(first) &&
	    same_location(c, child(k, 0)))
		return UNEXPOSED_CAST;
	if (k->n >= 2 && first == CXCursor_MemberRef && is_void(c))
		return UNEXPOSED_DESIGNATED;
	kind = by_word(p, c, k->n);
	if (kind != UNEXPOSED_OTHER)
		return kind;
	if (k->n == 4 && same_extent(child(k, 0), child(k, 1)) &&
	    same_extent(child(k, 1), child(k, 2)))
		return UNEXPOSED_ELVIS;
	if (k->n >= 2 && is_void(c))
		return UNEXPOSED_DESIGNATED;
	if (constant_int(c, &value))
		return UNEXPOSED_CONSTANT;
	return UNEXPOSED_OTHER;
}
