// SPDX-License-Identifier: GPL-2.0-only
/*
 * The order of the work: strongly connected components, callees first
 * (Tarjan's algorithm, with a stack of its own), and their levels.
 *
 * Components are circles of calls by name. Calls through slots close many more,
 * over all of a kernel; a circle that is closed by them alone is only noted, and
 * such a call means nothing inside of it.
 */
#include "link/graph.h"

#include <string.h>

/* Successors of each vertex: to[first[v]] up to to[first[v + 1]]. */
struct arcs {
	guint n;
	GArray *first, *to;	/* guint */
};

static struct arcs arcs_new(guint n)
{
	struct arcs a = { n, g_array_new(FALSE, FALSE, sizeof(guint)),
			  g_array_new(FALSE, FALSE, sizeof(guint)) };

	return a;
}

static void arcs_clear(struct arcs *a)
{
	g_array_unref(a->first);
	g_array_unref(a->to);
}

/* Ends the successors of the vertex before, and starts those of the next. */
static void arcs_next(struct arcs *a)
{
	g_array_append_val(a->first, a->to->len);
}

struct tarjan {
	const struct arcs *arcs;
	guint *index, *low, *at, *scc;
	bool *on_stack;
	GArray *stack, *calls;	/* guint */
	guint clock, n_scc;
};

static guint top(const GArray *stack)
{
	return g_array_index(stack, guint, stack->len - 1);
}

static guint pop(GArray *stack)
{
	guint v = top(stack);

	g_array_set_size(stack, stack->len - 1);
	return v;
}

static void discover(struct tarjan *t, guint v)
{
	t->index[v] = t->low[v] = ++t->clock;
	t->at[v] = g_array_index(t->arcs->first, guint, v);
	t->on_stack[v] = true;
	g_array_append_val(t->stack, v);
	g_array_append_val(t->calls, v);
}

static void close_scc(struct tarjan *t, guint v)
{
	guint w;

	do {
		w = pop(t->stack);
		t->on_stack[w] = false;
		t->scc[w] = t->n_scc;
	} while (w != v);
	t->n_scc++;
}

/* One successor of the vertex on top, or its end. */
static void advance(struct tarjan *t)
{
	guint v = top(t->calls), w;

	if (t->at[v] < g_array_index(t->arcs->first, guint, v + 1)) {
		w = g_array_index(t->arcs->to, guint, t->at[v]++);
		if (!t->index[w])
			discover(t, w);
		else if (t->on_stack[w])
			t->low[v] = MIN(t->low[v], t->index[w]);
		return;
	}
	pop(t->calls);
	if (t->calls->len)
		t->low[top(t->calls)] = MIN(t->low[top(t->calls)], t->low[v]);
	if (t->low[v] == t->index[v])
		close_scc(t, v);
}

/* The component of each vertex, callees first; the caller frees it. */
static guint *find_components(const struct arcs *a, guint *ret_n)
{
	struct tarjan t = { .arcs = a, .index = g_new0(guint, a->n),
			    .low = g_new(guint, a->n),
			    .at = g_new(guint, a->n),
			    .scc = g_new(guint, a->n),
			    .on_stack = g_new0(bool, a->n),
			    .stack = g_array_new(FALSE, FALSE, sizeof(guint)),
			    .calls = g_array_new(FALSE, FALSE, sizeof(guint)) };
	guint v;

	for (v = 0; v < a->n; v++) {
		if (!t.index[v])
			discover(&t, v);
		while (t.calls->len)
			advance(&t);
	}
	g_free(t.index);
	g_free(t.low);
	g_free(t.at);
	g_free(t.on_stack);
	g_array_unref(t.stack);
	g_array_unref(t.calls);
	*ret_n = t.n_scc;
	return t.scc;
}

/* ---- components of calls by name ---- */

static struct arcs name_arcs(const struct graph *g)
{
	struct arcs a = arcs_new(g->nodes->len);
	guint i, k;

	for (i = 0; i < a.n; i++) {
		const struct node *n = graph_node(g, i);

		arcs_next(&a);
		for (k = 0; k < n->edges->len; k++) {
			const struct edge *e = &g_array_index(n->edges,
							      struct edge, k);

			if (e->summary)
				g_array_append_val(a.to, e->to);
		}
	}
	arcs_next(&a);
	return a;
}

static int compare_nodes(const void *a, const void *b, void *graph)
{
	const struct graph *g = graph;
	const struct codebase_body *p = graph_body(
		g, graph_node(g, *(const guint *)a));
	const struct codebase_body *q = graph_body(
		g, graph_node(g, *(const guint *)b));
	int order = strcmp(p->file, q->file);

	if (!order)
		order = p->line - q->line;
	if (!order)
		order = strcmp(p->name, q->name);
	return order ? order : strcmp(p->digest, q->digest);
}

/* Two functions of one name cannot be in one unit. */
static bool has_namesakes(const struct graph *g, const GArray *nodes)
{
	GHashTable *names = g_hash_table_new(NULL, NULL);
	bool found = false;
	guint i;

	for (i = 0; i < nodes->len && !found; i++) {
		const struct node *n = graph_node(
			g, g_array_index(nodes, guint, i));

		found = !g_hash_table_add(names,
					  (gpointer)graph_body(g, n)->name);
	}
	g_hash_table_unref(names);
	return found;
}

static struct component *component_new(struct graph *g)
{
	struct component *c = g_new0(struct component, 1);

	c->nodes = g_array_new(FALSE, FALSE, sizeof(guint));
	g_ptr_array_add(g->components, c);
	return c;
}

/* Each by itself, and what they call of each other is unknown. */
static void take_apart(struct graph *g, GArray *nodes)
{
	guint i;

	for (i = 0; i < nodes->len; i++) {
		guint v = g_array_index(nodes, guint, i);

		g_array_append_val(component_new(g)->nodes, v);
	}
}

static void make_components(struct graph *g, const guint *scc, guint n)
{
	GPtrArray *sets = g_ptr_array_new_with_free_func(
		(GDestroyNotify)g_array_unref);
	guint i;

	for (i = 0; i < n; i++)
		g_ptr_array_add(sets, g_array_new(FALSE, FALSE,
						  sizeof(guint)));
	for (i = 0; i < g->nodes->len; i++)
		g_array_append_val((GArray *)sets->pdata[scc[i]], i);
	for (i = 0; i < n; i++) {
		GArray *nodes = sets->pdata[i];

		g_array_sort_with_data(nodes, compare_nodes, g);
		if (nodes->len > 1 && has_namesakes(g, nodes))
			take_apart(g, nodes);
		else
			g_array_append_vals(component_new(g)->nodes,
					    nodes->data, nodes->len);
	}
	g_ptr_array_unref(sets);
	for (i = 0; i < g->components->len; i++) {
		const struct component *c = graph_component(g, i);

		for (n = 0; n < c->nodes->len; n++)
			graph_node(g, g_array_index(c->nodes, guint, n))
				->component = i;
	}
}

/* ---- circles through slots, and levels ---- */

static void call_component(const struct graph *g, struct arcs *a, guint node)
{
	g_array_append_val(a->to, graph_node(g, node)->component);
}

static void call_all(const struct graph *g, struct arcs *a,
		     const struct node *n)
{
	guint i, k;

	for (i = 0; i < n->edges->len; i++) {
		const struct edge *e = &g_array_index(n->edges, struct edge, i);

		if (e->summary)
			call_component(g, a, e->to);
	}
	for (i = 0; i < n->slots->len; i++) {
		const struct slot *s = n->slots->pdata[i];

		for (k = 0; k < s->nodes->len; k++)
			call_component(g, a,
				       g_array_index(s->nodes, guint, k));
	}
}

static struct arcs component_arcs(const struct graph *g)
{
	struct arcs a = arcs_new(g->components->len);
	guint i, k;

	for (i = 0; i < a.n; i++) {
		const struct component *c = graph_component(g, i);

		arcs_next(&a);
		for (k = 0; k < c->nodes->len; k++)
			call_all(g, &a, graph_node(g, g_array_index(
				c->nodes, guint, k)));
	}
	arcs_next(&a);
	return a;
}

/* Callees are in components before this one, or in its own circle. */
static guint level_above(const struct graph *g, const struct component *c,
			 const struct arcs *a, guint component)
{
	guint i, level = 0;

	for (i = g_array_index(a->first, guint, component);
	     i < g_array_index(a->first, guint, component + 1); i++) {
		guint to = g_array_index(a->to, guint, i);
		const struct component *callee = graph_component(g, to);

		if (callee->circle != c->circle || to < component)
			level = MAX(level, callee->level + 1);
	}
	return level;
}

static int compare_circles(const void *a, const void *b, void *graph)
{
	guint i = *(const guint *)a, k = *(const guint *)b;
	guint p = graph_component(graph, i)->circle;
	guint q = graph_component(graph, k)->circle;

	if (p != q)
		return p < q ? -1 : 1;
	return i < k ? -1 : i > k;
}

static void find_levels(struct graph *g, const struct arcs *a)
{
	GArray *order = g_array_new(FALSE, FALSE, sizeof(guint));
	guint i;

	for (i = 0; i < a->n; i++)
		g_array_append_val(order, i);
	g_array_sort_with_data(order, compare_circles, g);
	for (i = 0; i < a->n; i++) {
		guint at = g_array_index(order, guint, i);
		struct component *c = graph_component(g, at);

		c->level = level_above(g, c, a, at);
	}
	g_array_unref(order);
}

void graph_order(struct graph *g)
{
	struct arcs names = name_arcs(g), all;
	guint n, i;
	guint *scc = find_components(&names, &n);

	make_components(g, scc, n);
	g_free(scc);
	all = component_arcs(g);
	scc = find_components(&all, &n);
	for (i = 0; i < g->components->len; i++)
		graph_component(g, i)->circle = scc[i];
	find_levels(g, &all);
	g_free(scc);
	arcs_clear(&names);
	arcs_clear(&all);
}
