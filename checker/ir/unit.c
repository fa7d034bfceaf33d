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
	u->homes = g_array_new(FALSE, TRUE, sizeof(struct record_home));
	u->member_notes = g_array_new(FALSE, TRUE, sizeof(struct member_note));
	u->diagnostics = g_array_new(FALSE, TRUE, sizeof(struct diagnostic));
	u->inputs = g_ptr_array_new();
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
	g_array_unref(u->homes);
	g_array_unref(u->member_notes);
	g_array_unref(u->diagnostics);
	g_ptr_array_unref(u->inputs);
	arena_free(u->arena);
}

struct func *unit_find(const struct unit *u, const char *interned_name)
{
	return g_hash_table_lookup(u->by_name, interned_name);
}

/* Ids rise, but may have gaps where unreachable blocks were dropped. */
static const struct event *find_in_block(const struct block *b, int id)
{
	int low = 0, high = b->n_events;

	while (low < high) {
		int mid = low + (high - low) / 2;

		if (b->events[mid].id < id)
			low = mid + 1;
		else
			high = mid;
	}
	return low < b->n_events && b->events[low].id == id ?
		       &b->events[low] : NULL;
}

const struct event *func_event(const struct func *f, int id)
{
	int i;

	for (i = 0; i < f->n_blocks; i++) {
		const struct block *b = &f->blocks[i];

		if (b->n_events && id <= b->events[b->n_events - 1].id)
			return find_in_block(b, id);
	}
	return NULL;
}

bool unit_lacks_file(const struct unit *u)
{
	guint i;

	for (i = 0; i < u->diagnostics->len; i++)
		if (g_array_index(u->diagnostics, struct diagnostic, i).fatal)
			return true;
	return false;
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

struct wanted {
	struct unit *unit;
	GHashTable *kept;	/* struct func * */
	GPtrArray *todo;	/* kept ones whose calls are still to be seen */
	bool (*want)(const char *name, void *data);
	void *data;
};

static void keep(struct wanted *w, struct func *f)
{
	if (g_hash_table_add(w->kept, f))
		g_ptr_array_add(w->todo, f);
}

static void keep_callees(struct wanted *w, const struct func *f)
{
	const struct event *ev;
	struct func *callee;
	int b, i;

	for (b = 0; b < f->n_blocks; b++) {
		for (i = 0; i < f->blocks[b].n_events; i++) {
			ev = &f->blocks[b].events[i];
			if (ev->kind != EVENT_CALL && ev->kind != EVENT_CLEANUP)
				continue;
			callee = ev->callee->kind == EXPR_FUNC ?
				 unit_find(w->unit, ev->callee->name) : NULL;
			if (callee && w->want(callee->name, w->data))
				keep(w, callee);
		}
	}
}

static void drop_others(struct unit *u, GHashTable *kept)
{
	guint i, n = 0;

	for (i = 0; i < u->funcs->len; i++) {
		struct func *f = u->funcs->pdata[i];

		if (g_hash_table_contains(kept, f))
			u->funcs->pdata[n++] = f;
		else
			g_hash_table_remove(u->by_name, f->name);
	}
	g_ptr_array_set_size(u->funcs, (int)n);
}

void unit_keep_wanted(struct unit *u, bool (*want)(const char *name, void *data),
		      void *data)
{
	struct wanted w = { u, g_hash_table_new(NULL, NULL), g_ptr_array_new(),
			    want, data };
	guint i;

	for (i = 0; i < u->funcs->len; i++)
		if (((const struct func *)u->funcs->pdata[i])->in_main_file)
			keep(&w, u->funcs->pdata[i]);
	for (i = 0; i < w.todo->len; i++)
		keep_callees(&w, w.todo->pdata[i]);
	drop_others(u, w.kept);
	g_hash_table_unref(w.kept);
	g_ptr_array_unref(w.todo);
}
