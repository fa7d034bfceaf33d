// SPDX-License-Identifier: GPL-2.0-only
/* What all casts of a finding share: what was found out, and memory. */
#include "lower/private.h"

#include "events/machine.h"

static void free_locks(gpointer locks)
{
	g_array_unref(locks);
}

static void free_table(gpointer table)
{
	g_hash_table_unref(table);
}

static void free_acts(gpointer acts)
{
	g_ptr_array_unref(acts);
}

void shared_init(struct shared *x, const struct flow *fl,
		 const struct subject *s)
{
	x->usages = usages_new(fl, s);
	x->machine = machine_new();
	x->prefixes = g_ptr_array_new_with_free_func(prefix_free);
	x->asserted = g_hash_table_new_full(NULL, NULL, NULL, free_locks);
	x->assertions = g_hash_table_new_full(NULL, NULL, NULL, free_acts);
	x->consumed = g_hash_table_new_full(NULL, NULL, NULL, free_table);
}

void shared_clear(struct shared *x)
{
	usages_free(x->usages);
	machine_free(x->machine);
	g_ptr_array_unref(x->prefixes);
	g_hash_table_unref(x->asserted);
	g_hash_table_unref(x->assertions);
	g_hash_table_unref(x->consumed);
}
