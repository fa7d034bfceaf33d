// SPDX-License-Identifier: GPL-2.0-only
/*
 * What matters of the declarations in a unit's headers, by its place. To go
 * through all of them takes longer than to parse the unit behind its preamble,
 * and what is needed of them is the same each time: tables of functions, and
 * cleanup functions by their name.
 */
#include "frontend/private.h"

struct outlined {
	const char *name, *file; /* interned; the file as libclang calls it */
	unsigned offset;
	enum CXCursorKind kind;
	bool is_macro; /* a macro made it: its place is not its own */
};

struct outline {
	GArray *visits;		 /* struct outlined, in the unit's order */
	GHashTable *definitions; /* interned name -> struct outlined * */
	bool complete;		 /* the unit's own declarations have begun */
};

struct outline *outline_new(void)
{
	struct outline *o = g_new0(struct outline, 1);

	o->visits = g_array_new(FALSE, FALSE, sizeof(struct outlined));
	o->definitions = g_hash_table_new_full(NULL, NULL, NULL, g_free);
	return o;
}

void outline_free(struct outline *o)
{
	if (!o)
		return;
	g_array_unref(o->visits);
	g_hash_table_unref(o->definitions);
	g_free(o);
}

static struct outlined outlined_of(CXCursor c)
{
	CXSourceLocation where = clang_getCursorLocation(c);
	struct outlined at = { .name = intern_spelling(c),
			       .kind = clang_getCursorKind(c),
			       .is_macro = place_is_macro(where) };
	CXFile file;

	clang_getExpansionLocation(where, &file, NULL, NULL, &at.offset);
	if (file)
		at.file = intern_cxstring(clang_getFileName(file));
	return at;
}

/* Nothing that a preamble has comes behind what is not in it. */
static bool is_over(struct parse *p, CXCursor c)
{
	if (!p->outline->complete && place_source(p, c) == p->main)
		p->outline->complete = true;
	return p->outline->complete;
}

void outline_visited(struct parse *p, CXCursor c, bool matters)
{
	struct outlined at;

	if (!p->outline || p->uses_outline || is_over(p, c))
		return;
	at = outlined_of(c);
	if (matters)
		g_array_append_val(p->outline->visits, at);
	if (at.kind == CXCursor_FunctionDecl && clang_isCursorDefinition(c))
		g_hash_table_replace(p->outline->definitions,
				     (gpointer)at.name,
				     g_memdup2(&at, sizeof(at)));
}

void outline_end(struct outline *o)
{
	o->complete = true;
}

/*
 * libclang 19 passes clang's offsets on as they are: those of what is loaded,
 * as a preamble is, come down from the top of 31 bits.
 */
static bool is_loaded(CXCursor c)
{
	return clang_getCursorLocation(c).int_data >> 30 & 1;
}

bool outline_has(const struct parse *p, CXCursor c)
{
	return p->uses_outline && is_loaded(c);
}

/* False: it is not where it was. */
static bool find(struct parse *p, const struct outlined *at, CXCursor *ret)
{
	CXFile file = at->is_macro || !at->file ?
			      NULL : clang_getFile(p->tu, at->file);

	if (!file)
		return false;
	*ret = clang_getCursor(p->tu, clang_getLocationForOffset(
					      p->tu, file, at->offset));
	return clang_getCursorKind(*ret) == at->kind &&
	       intern_spelling(*ret) == at->name;
}

void outline_visit(struct parse *p, void (*visit)(struct parse *p, CXCursor c))
{
	CXCursor c;
	guint i;

	for (i = 0; i < p->outline->visits->len; i++) {
		const struct outlined *at = &g_array_index(
			p->outline->visits, struct outlined, i);

		if (!find(p, at, &c))
			p->outline_fails = true;
		else if (is_loaded(c)) /* else it is visited anyway */
			visit(p, c);
	}
}

bool outline_definition(struct parse *p, const char *name, CXCursor *ret)
{
	const struct outlined *at = NULL;

	if (p->uses_outline)
		at = g_hash_table_lookup(p->outline->definitions, name);
	if (at && find(p, at, ret))
		return true;
	p->outline_fails |= at != NULL;
	return false;
}
