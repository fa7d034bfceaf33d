// SPDX-License-Identifier: GPL-2.0-only
/* All that is mined, one call a kind. */
#include "mine/private.h"

#include "base/arena.h"

struct mining *mine(const struct evidence *e, const struct mine_model *model)
{
	struct mining *m = g_new0(struct mining, 1);
	struct tables t = { .model = model };

	m->arena = arena_new();
	m->arrays = g_ptr_array_new_with_free_func(
		(GDestroyNotify)g_ptr_array_unref);
	m->pairs = g_ptr_array_new();
	m->pins = g_ptr_array_new();
	m->guards = g_ptr_array_new();
	m->functions = g_ptr_array_new();
	m->lists = g_ptr_array_new();
	tables_init(&t, e, m);
	mine_pairs(&t);
	mine_pins(&t);
	mine_guards(&t);
	mine_functions(&t);
	mine_lists(&t);
	tables_clear(&t);
	return m;
}

void mining_free(struct mining *m)
{
	if (!m)
		return;
	g_ptr_array_unref(m->pairs);
	g_ptr_array_unref(m->pins);
	g_ptr_array_unref(m->guards);
	g_ptr_array_unref(m->functions);
	g_ptr_array_unref(m->lists);
	g_ptr_array_unref(m->arrays);
	arena_free(m->arena);
	g_free(m);
}
