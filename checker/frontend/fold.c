// SPDX-License-Identifier: GPL-2.0-only
/*
 * Macros of which nothing readable is left in the tree: the exchange family
 * ends in a switch over the operand's size with an asm in each case, and that
 * a lock is held is asserted by nothing at all where lockdep is not configured.
 * Such an invocation becomes one call of a function with the macro's name.
 *
 * The arguments are looked for in the tree by the place where they were
 * written, between the parentheses of the invocation. Where that is not in
 * the function's own text (in the body of yet another macro), nothing is
 * folded.
 */
#include "frontend/private.h"

#include <string.h>

#define MAX_ARGUMENTS 4

/* An invocation in the text: where its arguments begin. */
struct invocation {
	const char *name;
	size_t starts[MAX_ARGUMENTS];
	CXCursor found[MAX_ARGUMENTS];
	int n, n_found;
	struct source *source;
};

static const char *skip_prefix(const char *name)
{
	static const char *const prefixes[] = { "arch_", "raw_", "sync_" };
	gsize i;

	for (i = 0; i < G_N_ELEMENTS(prefixes); i++)
		if (g_str_has_prefix(name, prefixes[i]))
			return name + strlen(prefixes[i]);
	return name;
}

/* [arch_][try_](xchg|cmpxchg[64|128])[_relaxed|...] */
static bool is_exchange(const char *name)
{
	static const char *const bases[] = {
		"xchg",		"cmpxchg",	 "cmpxchg64",
		"cmpxchg128",	"try_cmpxchg",	 "try_cmpxchg64",
		"try_cmpxchg128",
	};
	static const char *const ends[] = { "", "_relaxed", "_acquire",
					    "_release", "_local" };
	gsize i, j;

	if (!name || !strstr(name, "xchg"))
		return false;
	name = skip_prefix(name);
	for (i = 0; i < G_N_ELEMENTS(bases); i++)
		for (j = 0; j < G_N_ELEMENTS(ends); j++)
			if (g_str_has_prefix(name, bases[i]) &&
			    !strcmp(name + strlen(bases[i]), ends[j]))
				return true;
	return false;
}

/* lockdep_assert_held[_write|...] */
static bool is_lock_assertion(const char *name)
{
	return name && g_str_has_prefix(name, "lockdep_assert_held");
}

/* Splits "name(a, b)" at @at; false: that is not what stands there. */
static bool read_invocation(struct invocation *inv, size_t at)
{
	const char *text = inv->source->text;
	size_t size = inv->source->size, end, start;

	at = text_skip_blanks(text, size, at + strlen(inv->name));
	if (at >= size || text[at] != '(')
		return false;
	end = text_skip_brackets(text, size, at);
	inv->n = 0;
	for (start = at + 1; start < end && inv->n < MAX_ARGUMENTS;
	     start = at + 1) {
		inv->starts[inv->n++] = text_skip_blanks(text, size, start);
		for (at = start; at + 1 < end && text[at] != ',';) {
			if (strchr("([{", text[at]))
				at = text_skip_brackets(text, size, at);
			else if (text[at] == '"' || text[at] == '\'')
				at = text_skip_quoted(text, size, at);
			else
				at++;
		}
	}
	return inv->n > 0;
}

static void note(struct parse *p, CXCursor c, struct invocation *inv)
{
	CXFile file;
	unsigned offset;
	int i;

	/* of NULL as an argument: the place of NULL, not of its definition */
	clang_getFileLocation(clang_getCursorLocation(c), &file, NULL, NULL,
			      &offset);
	if (source_of(p, file) != inv->source)
		return;
	for (i = 0; i < inv->n; i++)
		if (offset == inv->starts[i] &&
		    clang_Cursor_isNull(inv->found[i])) {
			inv->found[i] = c;
			inv->n_found++;
		}
}

/* The first child that is evaluated: a type's expressions are not. */
static int first_evaluated(CXCursor c, const struct children *k)
{
	return clang_getCursorKind(c) == CXCursor_CStyleCastExpr ? k->n - 1 : 0;
}

/* In the tree's order, so the outermost expression of a start is found. */
static void search(struct parse *p, CXCursor c, struct invocation *inv)
{
	struct children k;
	int i;

	if (inv->n_found == inv->n || clang_Cursor_isNull(c))
		return;
	if (clang_getCursorKind(c) == CXCursor_VarDecl) {
		search(p, clang_Cursor_getVarDeclInitializer(c), inv);
		return;
	}
	if (clang_isExpression(clang_getCursorKind(c)))
		note(p, c, inv);
	k = children_push(p, c);
	for (i = first_evaluated(c, &k); i < k.n; i++)
		search(p, child(&k, i), inv);
	children_pop(&k);
}

/* Is the invocation at @at the one that @c came out of? */
static bool matches(struct parse *p, CXCursor c, struct invocation *inv,
		    size_t at)
{
	int i;

	if (!read_invocation(inv, at))
		return false;
	inv->n_found = 0;
	for (i = 0; i < MAX_ARGUMENTS; i++)
		inv->found[i] = clang_getNullCursor();
	search(p, c, inv);
	return inv->n_found == inv->n;
}

/* The end of the outermost macro's invocation, as far as the text tells. */
static size_t invocation_end(const struct place *where)
{
	const char *text = where->source->text;
	size_t size = where->source->size;
	size_t at = where->offset + strlen(where->macro);

	at = text_skip_blanks(text, size, at);
	return at < size && text[at] == '(' ?
		       text_skip_brackets(text, size, at) : at;
}

static bool find_invocation(struct parse *p, CXCursor c,
			    const struct place *where, struct invocation *inv)
{
	const char *text = where->source->text;
	size_t at = where->offset, end = invocation_end(where);
	size_t n = strlen(inv->name);

	inv->source = where->source;
	for (; at + n < end; at++)
		if (text_starts(text, end, at, inv->name) &&
		    !text_is_ident(text[at + n]) &&
		    (at == 0 || !text_is_ident(text[at - 1])) &&
		    matches(p, c, inv, at))
			return true;
	return false;
}

static const struct expr *emit(struct lower *l, CXCursor c,
			       const struct invocation *inv)
{
	const struct expr **args = arena_new_array(
		l->u->arena, const struct expr *, inv->n);
	const struct type_info *type;
	struct event *ev;
	int i;

	for (i = 0; i < inv->n; i++)
		args[i] = lower_value(l, inv->found[i]);
	ev = block_event(l, EVENT_CALL, c);
	ev->callee = expr_named(l->u, EXPR_FUNC, inv->name, NULL, 0);
	ev->args = args;
	ev->n_args = inv->n;
	if (!clang_isExpression(clang_getCursorKind(c)))
		return NULL;
	type = type_of(l->p, c);
	ev->return_record = type->record;
	ev->return_pointers = type->pointers;
	return expr_numbered(l->u, EXPR_CALL, ev->id, type->record,
			     type->pointers);
}

/* The invocation, of a macro of these names, that @c came out of. */
static bool find_macro(struct lower *l, CXCursor c,
		       bool (*is_wanted)(const char *name),
		       struct invocation *ret)
{
	struct spelling s;
	struct place where;

	if (!place_is_macro(clang_getCursorLocation(c)) ||
	    !source_spelling(l->p, c, &s))
		return false;
	where = place_of(l->p, c);
	if (!where.macro)
		return false;
	ret->name = source_function_macro(&s);
	if (!is_wanted(ret->name))
		ret->name = where.macro;
	return is_wanted(ret->name) && find_invocation(l->p, c, &where, ret);
}

bool fold_invocation(struct lower *l, CXCursor c, const struct expr **ret)
{
	struct invocation inv;

	if (!find_macro(l, c, is_exchange, &inv))
		return false;
	*ret = emit(l, c, &inv);
	return true;
}

bool fold_assertion(struct lower *l, CXCursor c)
{
	struct invocation inv;

	if (!find_macro(l, c, is_lock_assertion, &inv))
		return false;
	emit(l, c, &inv);
	return true;
}
