// SPDX-License-Identifier: GPL-2.0-only
/*
 * The unit: the one lifetime of everything in the IR. Creates, frees, finds
 * functions and records what was skipped; it lowers nothing.
 */
#include "ir/ir.h"

#include "ir/private.h"

struct unit *unit_new(const char *file)
{
	struct arena *arena = arena_new();
	struct unit *u = arena_new_object(arena, struct unit);

	u->arena = arena;
	u->file = g_intern_string(file);
	u->funcs = g_ptr_array_new();
	u->by_name = g_hash_table_new(NULL, NULL);
	u->exprs = expr_table_new();
	u->skips = g_array_new(FALSE, TRUE, sizeof(struct skipped));
	u->ops = g_array_new(FALSE, TRUE, sizeof(struct ops_entry));
	u->member_notes = g_array_new(FALSE, TRUE, sizeof(struct member_note));
	u->diagnostics = g_array_new(FALSE, TRUE, sizeof(struct diagnostic));
	return u;
}

void unit_free(struct unit *u)
{
	if (!u)
		return;
	g_ptr_array_unref(u->funcs);
	g_hash_table_unref(u->by_name);
	g_hash_table_unref(u->exprs);
	g_array_unref(u->skips);
	g_array_unref(u->ops);
	g_array_unref(u->member_notes);
	g_array_unref(u->diagnostics);
	arena_free(u->arena);
}

struct func *unit_find(const struct unit *u, const char *interned_name)
{
	return g_hash_table_lookup(u->by_name, interned_name);
}

void unit_skip(struct unit *u, const char *file, const char *function,
	       const char *reason)
{
	struct skipped s = {
		.file = g_intern_string(file),
		.function = g_intern_string(function),
		.reason = g_intern_string(reason),
	};

	g_array_append_val(u->skips, s);
}
