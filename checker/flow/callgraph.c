// SPDX-License-Identifier: GPL-2.0-only
/*
 * The call graph of a unit: its functions with callees first, which of them can
 * call each other, and which may have callers that the unit does not show.
 */
#include "flow/state.h"

static struct func_flow *func_flow_new(struct func *f)
{
	struct func_flow *ff = g_new0(struct func_flow, 1);

	ff->func = f;
	ff->traces = g_ptr_array_new();
	ff->callers = g_ptr_array_new();
	ff->calls = g_ptr_array_new();
	ff->names = g_hash_table_new(NULL, NULL);
	ff->entry_locks = g_array_new(FALSE, TRUE, sizeof(struct entry_lock));
	ff->address_taken = !f->is_static;
	return ff;
}

static void take_address(GPtrArray *names, const struct expr *e)
{
	if (!e)
		return;
	if (e->kind == EXPR_FUNC)
		g_ptr_array_add(names, (gpointer)e->name);
	take_address(names, e->a);
	take_address(names, e->b);
}

GPtrArray *callgraph_addresses(const struct func *f)
{
	GPtrArray *names = g_ptr_array_new();
	const struct event *ev;
	int b, i, k;

	for (b = 0; b < f->n_blocks; b++) {
		for (i = 0; i < f->blocks[b].n_events; i++) {
			ev = &f->blocks[b].events[i];
			take_address(names, ev->value);
			for (k = 0; k < ev->n_args; k++)
				take_address(names, ev->args[k]);
		}
	}
	return names;
}

/* Functions whose address goes anywhere: any use but as a callee. */
static GHashTable *taken_addresses(struct flow *fl)
{
	GHashTable *taken = g_hash_table_new(NULL, NULL);
	GPtrArray *names;
	guint i, k;

	for (i = 0; i < fl->unit->funcs->len; i++) {
		names = callgraph_addresses(fl->unit->funcs->pdata[i]);
		for (k = 0; k < names->len; k++)
			g_hash_table_add(taken, names->pdata[k]);
		g_ptr_array_unref(names);
	}
	for (i = 0; i < fl->unit->ops->len; i++)
		g_hash_table_add(taken, (gpointer)g_array_index(
			fl->unit->ops, struct ops_entry, i).function);
	return taken;
}

/* Tarjan's algorithm, which gives components with callees first. */
struct ordering {
	struct flow *flow;
	GHashTable *taken;	/* names whose address goes somewhere */
	GHashTable *numbers;	/* struct func * -> in order of visit, from 1 */
	GPtrArray *finished;	/* struct func_flow *: of no component yet */
	int components;
};

static int visit(struct ordering *o, struct func *f);

/* The lowest number that the callee @name leads back to. */
static int visit_named(struct ordering *o, const char *name)
{
	struct func *callee = unit_find(o->flow->unit, name);

	return callee ? visit(o, callee) : G_MAXINT;
}

static int visit_pointed(struct ordering *o, const struct expr *member)
{
	GPtrArray *own = world_own_targets(o->flow, member->owner,
					   member->name);
	int low = G_MAXINT;
	guint i;

	for (i = 0; i < own->len; i++)
		low = MIN(low, visit(o, own->pdata[i]));
	g_ptr_array_unref(own);
	return low;
}

static int visit_call(struct ordering *o, const struct event *ev)
{
	int low = G_MAXINT, i;

	if (ev->callee->kind == EXPR_FIELD)
		return visit_pointed(o, ev->callee);
	if (ev->callee->kind != EXPR_FUNC)
		return low;
	low = visit_named(o, ev->callee->name);
	/* release functions are called by kref_put */
	for (i = 0; i < ev->n_args; i++)
		if (ev->args[i]->kind == EXPR_FUNC)
			low = MIN(low, visit_named(o, ev->args[i]->name));
	return low;
}

static int visit_callees(struct ordering *o, const struct func *f)
{
	const struct event *ev;
	int low = G_MAXINT, b, i;

	for (b = 0; b < f->n_blocks; b++) {
		for (i = 0; i < f->blocks[b].n_events; i++) {
			ev = &f->blocks[b].events[i];
			if (ev->callee)
				low = MIN(low, visit_call(o, ev));
		}
	}
	return low;
}

/* All that finished from @from on can call each other. */
static void close_component(struct ordering *o, guint from)
{
	struct func_flow *ff;
	guint i;

	o->components++;
	for (i = from; i < o->finished->len; i++) {
		ff = o->finished->pdata[i];
		ff->component = o->components;
		g_ptr_array_add(o->flow->funcs, ff);
	}
	g_ptr_array_set_size(o->finished, (int)from);
}

static int visit(struct ordering *o, struct func *f)
{
	struct func_flow *ff = flow_of(o->flow, f);
	guint from = o->finished->len;
	int number, low;

	if (ff) /* a component that is closed leads nowhere */
		return ff->component ? G_MAXINT : GPOINTER_TO_INT(
			g_hash_table_lookup(o->numbers, f));
	ff = func_flow_new(f);
	ff->address_taken |= g_hash_table_contains(o->taken, f->name);
	g_hash_table_insert(o->flow->by_func, f, ff);
	number = (int)g_hash_table_size(o->flow->by_func);
	g_hash_table_insert(o->numbers, f, GINT_TO_POINTER(number));
	low = visit_callees(o, f);
	g_ptr_array_add(o->finished, ff);
	if (low >= number)
		close_component(o, from);
	return low;
}

void callgraph_order(struct flow *fl)
{
	struct ordering o = { .flow = fl, .taken = taken_addresses(fl),
			      .numbers = g_hash_table_new(NULL, NULL),
			      .finished = g_ptr_array_new() };
	guint i;

	for (i = 0; i < fl->unit->funcs->len; i++)
		visit(&o, fl->unit->funcs->pdata[i]);
	g_hash_table_unref(o.taken);
	g_hash_table_unref(o.numbers);
	g_ptr_array_unref(o.finished);
}
