// SPDX-License-Identifier: GPL-2.0-only
/*
 * The call graph of a unit: its functions with callees first, and which of
 * them may have callers that the unit does not show.
 */
#include "flow/state.h"

static struct func_flow *func_flow_new(struct func *f)
{
	struct func_flow *ff = g_new0(struct func_flow, 1);

	ff->func = f;
	ff->traces = g_ptr_array_new();
	ff->callers = g_ptr_array_new();
	ff->names = g_hash_table_new(NULL, NULL);
	ff->entry_locks = g_array_new(FALSE, TRUE, sizeof(struct entry_lock));
	ff->address_taken = !f->is_static;
	return ff;
}

static void take_address(struct flow *fl, GHashTable *taken,
			 const struct expr *e)
{
	if (!e)
		return;
	if (e->kind == EXPR_FUNC)
		g_hash_table_add(taken, (gpointer)e->name);
	take_address(fl, taken, e->a);
	take_address(fl, taken, e->b);
}

/* Functions whose address goes anywhere: any use but as a callee. */
static void scan_addresses(struct flow *fl, GHashTable *taken,
			   const struct func *f)
{
	const struct event *ev;
	int b, i, k;

	for (b = 0; b < f->n_blocks; b++) {
		for (i = 0; i < f->blocks[b].n_events; i++) {
			ev = &f->blocks[b].events[i];
			take_address(fl, taken, ev->value);
			for (k = 0; k < ev->n_args; k++)
				take_address(fl, taken, ev->args[k]);
		}
	}
}

static GHashTable *taken_addresses(struct flow *fl)
{
	GHashTable *taken = g_hash_table_new(NULL, NULL);
	guint i;

	for (i = 0; i < fl->unit->funcs->len; i++)
		scan_addresses(fl, taken, fl->unit->funcs->pdata[i]);
	for (i = 0; i < fl->unit->ops->len; i++)
		g_hash_table_add(taken, (gpointer)g_array_index(
			fl->unit->ops, struct ops_entry, i).function);
	return taken;
}

static void visit(struct flow *fl, GHashTable *taken, struct func *f)
{
	struct func_flow *ff;
	const struct event *ev;
	struct func *callee;
	int b, i;

	if (g_hash_table_contains(fl->by_func, f))
		return;
	/* Known, but without traces: a recursive call finds it so. */
	ff = func_flow_new(f);
	ff->address_taken |= g_hash_table_contains(taken, f->name);
	g_hash_table_insert(fl->by_func, f, ff);
	for (b = 0; b < f->n_blocks; b++) {
		for (i = 0; i < f->blocks[b].n_events; i++) {
			ev = &f->blocks[b].events[i];
			if (!ev->callee || ev->callee->kind != EXPR_FUNC)
				continue;
			callee = unit_find(fl->unit, ev->callee->name);
			if (callee)
				visit(fl, taken, callee);
			/* release functions are called by kref_put */
			for (int k = 0; k < ev->n_args; k++)
				if (ev->args[k]->kind == EXPR_FUNC &&
				    (callee = unit_find(fl->unit,
							ev->args[k]->name)))
					visit(fl, taken, callee);
		}
	}
	g_ptr_array_add(fl->funcs, ff);
}

void callgraph_order(struct flow *fl)
{
	GHashTable *taken = taken_addresses(fl);
	guint i;

	for (i = 0; i < fl->unit->funcs->len; i++)
		visit(fl, taken, fl->unit->funcs->pdata[i]);
	g_hash_table_unref(taken);
}
