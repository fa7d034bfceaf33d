// SPDX-License-Identifier: GPL-2.0-only
/*
 * What comes of the declarations in a unit's headers, but for what its own
 * functions ask for: it is the same in each parse, and to go through all of
 * them takes longer than to parse the unit behind its preamble. Those are
 * tables of functions; which functions there are is known by their names only.
 */
#include "frontend/private.h"

struct outline {
	GArray *ops;		 /* as in struct unit */
	GArray *homes;
	GHashTable *definitions; /* interned names of functions with a body */
	bool complete;		 /* the unit's own declarations have begun */
	bool serves;		 /* nothing else came of them */
};

struct outline *outline_new(void)
{
	struct outline *o = g_new0(struct outline, 1);

	o->definitions = g_hash_table_new(NULL, NULL);
	return o;
}

void outline_free(struct outline *o)
{
	if (!o)
		return;
	if (o->complete) {
		g_array_unref(o->ops);
		g_array_unref(o->homes);
	}
	g_hash_table_unref(o->definitions);
	g_free(o);
}

bool outline_serves(const struct outline *o)
{
	return o->complete && o->serves;
}

void outline_end(struct parse *p)
{
	struct outline *o = p->outline;
	guint i;

	if (!o || o->complete)
		return;
	for (i = 0; i < p->definitions->len; i++)
		g_hash_table_add(o->definitions, (gpointer)intern_spelling(
			g_array_index(p->definitions, CXCursor, i)));
	o->ops = g_array_copy(p->unit->ops);
	o->homes = g_array_copy(p->unit->homes);
	o->serves = !p->todo->len && !p->unit->member_notes->len &&
		    !p->includes_c;
	o->complete = true;
}

void outline_restore(struct parse *p)
{
	const struct outline *o = p->outline;

	g_array_append_vals(p->unit->ops, o->ops->data, o->ops->len);
	g_array_append_vals(p->unit->homes, o->homes->data, o->homes->len);
}

/*
 * libclang 19 passes clang's offsets on as they are: those of what is loaded,
 * as a preamble is, come down from the top of 31 bits.
 */
static bool is_loaded(CXCursor c)
{
	return clang_getCursorLocation(c).int_data >> 30 & 1;
}

bool outline_skips(struct parse *p, CXCursor c)
{
	if (!p->outline)
		return false;
	if (p->uses_outline && is_loaded(c))
		return true;
	if (p->in_body || place_source(p, c) == p->main) {
		p->in_body = true;
		outline_end(p);
	} else if (p->uses_outline) {
		/* there is no preamble after all, or it is a short one */
		p->outline_fails = true;
	}
	return false;
}

void outline_ask(struct parse *p, const char *name)
{
	if (p->uses_outline &&
	    g_hash_table_contains(p->outline->definitions, name))
		p->outline_fails = true;
}
