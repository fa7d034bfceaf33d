// SPDX-License-Identifier: GPL-2.0-only
/* Nodes and edges out of the program's units. */
#include "link/builder.h"

/* ---- nodes ---- */

static void node_free(gpointer p)
{
	struct node *n = p;

	g_array_unref(n->edges);
	g_ptr_array_unref(n->slots);
	g_free(n);
}

static struct node *node_new(const struct builder *b, guint body)
{
	struct node *n = g_new0(struct node, 1);
	const struct codebase_body *pb = body_at(b, body);

	n->body = body;
	n->external = !pb->is_static;
	n->edges = g_array_new(FALSE, FALSE, sizeof(struct edge));
	n->slots = g_ptr_array_new();
	return n;
}

static void make_nodes(struct builder *b, guint n)
{
	guint i, k;

	g_ptr_array_set_size(b->g->nodes, (int)n);
	for (i = 0; i < b->p->units->len; i++) {
		const GArray *classes = b->classes->pdata[i];

		for (k = 0; k < classes->len; k++) {
			guint class = g_array_index(classes, guint, k);

			if (class != NOT_KEPT && !b->g->nodes->pdata[class])
				b->g->nodes->pdata[class] = node_new(
					b, member_body(unit_at(b, i), k));
		}
	}
	b->g->members = g_ptr_array_ref(b->classes);
}

/* ---- edges ---- */

static void add_edges(struct builder *b, struct node *n, const GArray *nodes,
		      const guint *ids, guint count)
{
	guint i;

	for (i = 0; i < count; i++) {
		const struct edge e = { b->texts->pdata[ids[i]],
					builder_resolve(b, nodes, ids[i]),
					b->wanted[ids[i]] };

		if (e.to != NO_NODE)
			g_array_append_val(n->edges, e);
	}
}

static void take_addresses(struct builder *b, const GArray *nodes,
			   const guint *ids, guint n)
{
	guint i, to;

	for (i = 0; i < n; i++) {
		to = builder_resolve(b, nodes, ids[i]);
		if (to != NO_NODE)
			graph_node(b->g, to)->taken = true;
	}
}

/* What a body calls that has no node: what that calls has unknown callers. */
static void take_hidden(struct builder *b, const struct codebase_unit *u,
			const GArray *nodes, bool *seen,
			const struct body_names *names)
{
	guint i, member;

	for (i = 0; i < names->n_calls; i++) {
		const struct body_names *hidden;

		member = b->local[names->calls[i]];
		if (!member-- || seen[member] ||
		    g_array_index(nodes, guint, member) != NO_NODE)
			continue;
		seen[member] = true;
		hidden = &b->bodies[member_body(u, member)];
		take_addresses(b, nodes, hidden->calls, hidden->n_calls);
		take_addresses(b, nodes, hidden->names, hidden->n_names);
		take_hidden(b, u, nodes, seen, hidden);
	}
}

static void connect_unit(struct builder *b, const struct codebase_unit *u,
			 const GArray *nodes)
{
	bool *seen = g_new0(bool, u->bodies->len);
	guint i, node;

	builder_enter(b, u);
	builder_fill_slots(b, u, nodes);
	for (i = 0; i < u->bodies->len; i++) {
		const struct body_names *names = &b->bodies[member_body(u, i)];
		struct node *n;

		node = g_array_index(nodes, guint, i);
		if (node == NOT_KEPT)
			continue;
		take_addresses(b, nodes, names->names, names->n_names);
		take_hidden(b, u, nodes, seen, names);
		n = graph_node(b->g, node);
		/* all units of one node say the same */
		if (n->edges->len)
			continue;
		add_edges(b, n, nodes, names->calls, names->n_calls);
		add_edges(b, n, nodes, names->names, names->n_names);
	}
	builder_leave(b, u);
	g_free(seen);
}

/* ---- all of it ---- */

static void builder_clear(struct builder *b)
{
	guint i;

	for (i = 0; i < b->p->bodies->len; i++) {
		g_free(b->bodies[i].calls);
		g_free(b->bodies[i].names);
	}
	g_free(b->bodies);
	g_free(b->wanted);
	g_free(b->local);
	g_free(b->external);
	g_ptr_array_unref(b->texts);
	g_ptr_array_unref(b->classes);
	g_hash_table_unref(b->ids);
	g_hash_table_unref(b->homes);
}

static void component_free(gpointer p)
{
	struct component *c = p;

	g_array_unref(c->nodes);
	g_free(c);
}

struct graph *graph_new(struct codebase *p, bool whole,
			bool (*want)(const char *name, void *data), void *data)
{
	struct graph *g = g_new0(struct graph, 1);
	struct builder b = {
		.g = g, .p = p, .whole = whole,
		.ids = g_hash_table_new(NULL, NULL),
		.texts = g_ptr_array_new(),
		.classes = g_ptr_array_new_with_free_func(
			(GDestroyNotify)g_array_unref),
		.homes = g_hash_table_new(NULL, NULL)
	};
	guint i;

	g->code = p;
	g->nodes = g_ptr_array_new_with_free_func(node_free);
	g->components = g_ptr_array_new_with_free_func(component_free);
	g->slots = g_hash_table_new_full(g_str_hash, g_str_equal, g_free,
					 slot_free);
	g->ambiguous = g_ptr_array_new();
	builder_names(&b, want, data);
	builder_keep(&b);
	make_nodes(&b, builder_split(&b));
	builder_externals(&b);
	for (i = 0; i < p->units->len; i++) {
		builder_find_homes(&b, unit_at(&b, i));
		connect_unit(&b, unit_at(&b, i), b.classes->pdata[i]);
	}
	/* else there may be more that they can be */
	if (whole)
		builder_call_slots(&b);
	builder_clear(&b);
	graph_order(g);
	return g;
}

void graph_free(struct graph *g)
{
	if (!g)
		return;
	g_ptr_array_unref(g->nodes);
	g_ptr_array_unref(g->components);
	g_ptr_array_unref(g->members);
	g_ptr_array_unref(g->ambiguous);
	g_hash_table_unref(g->slots);
	codebase_free(g->code);
	g_free(g);
}

bool edge_is_below(const struct graph *g, const struct edge *e, guint from)
{
	guint to = graph_node(g, e->to)->component;

	if (!e->summary)
		return false;
	return to < from || graph_component(g, to)->circle !=
				    graph_component(g, from)->circle;
}

bool slot_is_outside(const struct graph *g, const struct slot *s,
		     const struct component *c)
{
	guint i;

	for (i = 0; i < s->nodes->len; i++) {
		const struct node *n = graph_node(
			g, g_array_index(s->nodes, guint, i));

		if (graph_component(g, n->component)->circle == c->circle)
			return false;
	}
	return true;
}

const struct edge *node_edge(const struct node *n, const char *name)
{
	guint i;

	for (i = 0; i < n->edges->len; i++)
		if (g_array_index(n->edges, struct edge, i).name == name)
			return &g_array_index(n->edges, struct edge, i);
	return NULL;
}
