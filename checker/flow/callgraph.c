// SPDX-License-Identifier: GPL-2.0-only
/*
 * The call graph of a unit: its functions with callees first, which of them can
 * call each other, and which may have callers that the unit does not show.
 */
#include "flow/state.h"

#include <string.h>

#include "ir/uses.h"

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

/* Functions whose address goes anywhere: any use but as a callee. */
static GHashTable *taken_addresses(struct flow *fl)
{
	GHashTable *taken = g_hash_table_new(NULL, NULL);
	GPtrArray *names;
	guint i, k;

	for (i = 0; i < fl->unit->funcs->len; i++) {
		names = uses_named(fl->unit->funcs->pdata[i]);
		for (k = 0; k < names->len; k++)
			g_hash_table_add(taken, names->pdata[k]);
		g_ptr_array_unref(names);
	}
	for (i = 0; i < fl->unit->ops->len; i++)
		g_hash_table_add(taken, (gpointer)g_array_index(
			fl->unit->ops, struct ops_entry, i).function);
	return taken;
}

/* Of a function whose component is known, but not its place in it. */
#define UNPLACED (-1)

/* Tarjan's algorithm, which gives components with callees first. */
struct ordering {
	struct flow *flow;
	GHashTable *taken;	/* names whose address goes somewhere */
	GHashTable *numbers;	/* struct func * -> in order of visit, from 1 */
	GPtrArray *finished;	/* struct func_flow *: of no component yet */
	int components;
};

static void add_named(const struct ordering *o, const char *name,
		      GPtrArray *callees)
{
	struct func *f = unit_find(o->flow->unit, name);

	if (f)
		g_ptr_array_add(callees, f);
}

/* Release functions are called by kref_put(). */
static void add_release(const struct ordering *o, const struct event *ev,
			GPtrArray *callees)
{
	const GArray *apis = model_api(o->flow->model, ev->callee->name);
	guint i;

	for (i = 0; apis && i < apis->len; i++) {
		const struct api *api = &g_array_index(apis, struct api, i);

		if ((api->effect == EFFECT_COUNT_DEC_FREE ||
		     api->effect == EFFECT_COUNT_DEC_FREE_LOCK) &&
		    api->arg2 >= 0 && api->arg2 < ev->n_args &&
		    ev->args[api->arg2]->kind == EXPR_FUNC)
			add_named(o, ev->args[api->arg2]->name, callees);
	}
}

static void add_callees(const struct ordering *o, const struct event *ev,
			GPtrArray *callees)
{
	if (!ev->callee)
		return;
	if (ev->callee->kind == EXPR_FUNC) {
		add_named(o, ev->callee->name, callees);
		add_release(o, ev, callees);
	} else if (ev->callee->kind == EXPR_FIELD) {
		world_own_targets(o->flow, ev->callee->owner, ev->callee->name,
				  callees);
	}
}

/* struct func *: those of the unit, in the order of their calls. */
static GPtrArray *callees_of(const struct ordering *o, const struct func *f)
{
	GPtrArray *callees = g_ptr_array_new();
	int b, i;

	for (b = 0; b < f->n_blocks; b++)
		for (i = 0; i < f->blocks[b].n_events; i++)
			add_callees(o, &f->blocks[b].events[i], callees);
	return callees;
}

static gint by_name(gconstpointer p, gconstpointer q)
{
	const struct func_flow *const *a = p, *const *b = q;

	return strcmp((*a)->func->name, (*b)->func->name);
}

/* Behind its callees of the same component. */
static void place(struct ordering *o, struct func_flow *ff)
{
	GPtrArray *callees;
	struct func_flow *callee;
	guint i;

	ff->component = o->components;
	callees = callees_of(o, ff->func);
	for (i = 0; i < callees->len; i++) {
		callee = flow_of(o->flow, callees->pdata[i]);
		if (callee->component == UNPLACED)
			place(o, callee);
	}
	g_ptr_array_unref(callees);
	g_ptr_array_add(o->flow->funcs, ff);
}

/*
 * All that finished from @from on can call each other. Their order hangs on
 * nothing else in the unit: what is found in so many rounds depends on it.
 */
static void close_component(struct ordering *o, guint from)
{
	GPtrArray *members = g_ptr_array_new();
	struct func_flow *ff;
	guint i;

	for (i = from; i < o->finished->len; i++) {
		ff = o->finished->pdata[i];
		ff->component = UNPLACED;
		g_ptr_array_add(members, ff);
	}
	g_ptr_array_set_size(o->finished, (int)from);
	g_ptr_array_sort(members, by_name);
	o->components++;
	for (i = 0; i < members->len; i++) {
		ff = members->pdata[i];
		if (ff->component == UNPLACED)
			place(o, ff);
	}
	g_ptr_array_unref(members);
}

static int visit(struct ordering *o, struct func *f)
{
	struct func_flow *ff = flow_of(o->flow, f);
	guint from = o->finished->len, i;
	GPtrArray *callees;
	int number, low = G_MAXINT;

	if (ff) /* a component that is closed leads nowhere */
		return ff->component ? G_MAXINT : GPOINTER_TO_INT(
			g_hash_table_lookup(o->numbers, f));
	ff = func_flow_new(f);
	ff->address_taken |= g_hash_table_contains(o->taken, f->name);
	g_hash_table_insert(o->flow->by_func, f, ff);
	number = (int)g_hash_table_size(o->flow->by_func);
	g_hash_table_insert(o->numbers, f, GINT_TO_POINTER(number));
	callees = callees_of(o, f);
	for (i = 0; i < callees->len; i++)
		low = MIN(low, visit(o, callees->pdata[i]));
	g_ptr_array_unref(callees);
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
