// SPDX-License-Identifier: GPL-2.0-only
/*
 * _Generic: which association was chosen. The cursors show the expressions
 * only, so the types come from the printed function and are compared as text,
 * as written and with typedefs resolved.
 */
#include "frontend/private.h"

#include <string.h>

/* The next "type: expression", up to the comma; NULL: there is none. */
static char *next_type(const char *text, size_t size, size_t *at)
{
	size_t start = *at, colon = size, i = *at;

	while (i < size && text[i] != ',') {
		if (text[i] == ':' && colon == size)
			colon = i;
		if (text[i] == '(' || text[i] == '[' || text[i] == '{')
			i = text_skip_brackets(text, size, i);
		else if (text[i] == '"' || text[i] == '\'')
			i = text_skip_quoted(text, size, i);
		else
			i++;
	}
	*at = i + 1;
	if (colon >= i)
		return start < size && colon < size ?
			       g_strndup(text + start, colon - start) : NULL;
	return g_strstrip(g_strndup(text + start, colon - start));
}

/* The types in order; the controlling expression has been skipped. */
static GPtrArray *types_of(const char *text)
{
	GPtrArray *types = g_ptr_array_new_with_free_func(g_free);
	size_t size = strlen(text), at;
	char *type;

	at = strcspn(text, "(") + 1;
	if (size > 0 && at < size)
		size--; /* the closing parenthesis */
	g_free(next_type(text, size, &at));
	while (at < size && (type = next_type(text, size, &at)))
		g_ptr_array_add(types, type);
	return types;
}

static bool same_type(const char *text, CXType type)
{
	return !strcmp(text, intern_cxstring(clang_getTypeSpelling(type)));
}

/* container_of_const() asks "const typeof(*(p)) *" of the p itself. */
static bool const_of_itself(const char *text, CXType control)
{
	return g_str_has_prefix(text, "const typeof (*") &&
	       g_str_has_suffix(text, ") *") &&
	       clang_isConstQualifiedType(clang_getPointeeType(control));
}

/* Could a type of this text be the one, under a typedef's name? */
static bool is_plain(const char *text)
{
	static const char *const words[] = {
		"char", "short", "int", "long", "signed", "unsigned", "float",
		"double", "_Bool", "void", "const", "volatile", "default",
		"const typeof (*",
	};
	gsize i;

	if (g_str_has_prefix(text, "struct ") ||
	    g_str_has_prefix(text, "union ") ||
	    g_str_has_prefix(text, "const struct "))
		return true;
	for (i = 0; i < G_N_ELEMENTS(words); i++)
		if (g_str_has_prefix(text, words[i]))
			return true;
	return false;
}

/* The index of the association, or -1: cannot be told. */
static int choose(GPtrArray *types, CXType control)
{
	CXType bare = clang_getUnqualifiedType(control);
	CXType canonical = clang_getUnqualifiedType(
		clang_getCanonicalType(control));
	int on_default = -1;
	bool all_plain = true;
	guint i;

	for (i = 0; i < types->len; i++) {
		const char *text = g_ptr_array_index(types, i);

		if (same_type(text, bare) || same_type(text, canonical) ||
		    const_of_itself(text, canonical))
			return (int)i;
		if (!strcmp(text, "default"))
			on_default = (int)i;
		all_plain &= is_plain(text);
	}
	return all_plain ? on_default : -1;
}

static CXCursor chosen(struct lower *l, CXCursor c, const struct children *k)
{
	const char *text = pretty_generic(l, c);
	GPtrArray *types;
	int i;

	if (!text)
		return clang_getNullCursor();
	types = types_of(text);
	i = choose(types, clang_getCursorType(child(k, 0)));
	if ((int)types->len != k->n - 1)
		i = -1;
	g_ptr_array_unref(types);
	return i < 0 ? clang_getNullCursor() : child(k, i + 1);
}

const struct expr *lower_generic(struct lower *l, CXCursor c)
{
	struct children k = children_push(l->p, c);
	CXCursor e = chosen(l, c, &k);
	const struct expr *value;
	gint64 constant;

	if (!clang_Cursor_isNull(e)) {
		value = lower_value(l, e);
	} else if (constant_int(c, &constant)) {
		value = expr_const(l->u, constant, NULL);
	} else {
		lower_fail(l, "a _Generic whose choice cannot be told", c);
		value = lower_opaque(l);
	}
	children_pop(&k);
	return value;
}
