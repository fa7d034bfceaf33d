// SPDX-License-Identifier: GPL-2.0-only
/*
 * Locks held on entry, over the program: what all calls of a function hold,
 * with what their callers are entered under, down to a fixpoint. A function
 * whose callers are not all known is entered under nothing, and so is one that
 * is called only by those that nobody calls but they themselves.
 */
#include "link/private.h"

/* A call of a node, by another one. */
struct incoming {
	guint caller;
	const struct known_call *call;
};

struct entries {
	struct link *link;
	struct graph *graph;
	struct unit *terms;
	GPtrArray *calls;	/* GPtrArray of struct known_call *, by node */
	GArray **callers;	/* struct incoming, by node */
	GArray **entry;		/* struct entry_lock, by node; NULL: not yet */
	bool *open;		/* somebody unknown may call it */
};

static void add_call(struct entries *e, guint caller,
		     const struct known_call *c)
{
	const struct edge *edge;
	const struct incoming in = { caller, c };

	if (!c->callee)
		return;
	edge = node_edge(graph_node(e->graph, caller), c->callee);
	if (!edge)
		return;
	if (c->how == CALL_NAMED)
		g_array_append_val(e->callers[edge->to], in);
	else if (c->how != CALL_MEMBER)
		e->open[edge->to] = true;
}

static bool is_told(const GPtrArray *calls, const char *callee)
{
	guint i;

	for (i = 0; calls && i < calls->len; i++) {
		const struct known_call *c = calls->pdata[i];

		if (c->callee == callee)
			return true;
	}
	return false;
}

/*
 * Nobody knows what is held where the text has a call that the paths do not
 * tell of. @calls NULL: the caller could not be summarised.
 */
static void open_callees(struct entries *e, const struct node *n,
			 const GPtrArray *calls)
{
	guint i;

	for (i = 0; i < n->edges->len; i++) {
		const struct edge *to = &g_array_index(n->edges, struct edge,
						       i);

		if (!is_told(calls, to->name))
			e->open[to->to] = true;
	}
}

static GPtrArray *read_calls(struct entries *e, struct store *s, guint node)
{
	const struct node *n = graph_node(e->graph, node);
	GBytes *bytes = n->calls ? store_fact(s, n->calls) : NULL;
	GPtrArray *calls = bytes ? calls_unpack(e->terms, bytes) : NULL;
	guint i;

	if (bytes)
		g_bytes_unref(bytes);
	open_callees(e, n, calls);
	for (i = 0; calls && i < calls->len; i++)
		add_call(e, node, calls->pdata[i]);
	return calls;
}

static void free_calls(gpointer calls)
{
	if (calls)
		g_ptr_array_unref(calls);
}

static void entries_init(struct entries *e, struct link *l, struct store *s)
{
	guint i, n = l->graph->nodes->len;

	e->link = l;
	e->graph = l->graph;
	e->terms = unit_new("");
	e->calls = g_ptr_array_new_with_free_func(free_calls);
	e->callers = g_new(GArray *, n);
	e->entry = g_new0(GArray *, n);
	e->open = g_new0(bool, n);
	for (i = 0; i < n; i++)
		e->callers[i] = g_array_new(FALSE, FALSE,
					    sizeof(struct incoming));
	for (i = 0; i < n; i++)
		g_ptr_array_add(e->calls, read_calls(e, s, i));
}

static void entries_clear(struct entries *e)
{
	guint i;

	for (i = 0; i < e->graph->nodes->len; i++) {
		g_array_unref(e->callers[i]);
		if (e->entry[i])
			g_array_unref(e->entry[i]);
	}
	g_free(e->callers);
	g_free(e->entry);
	g_free(e->open);
	g_ptr_array_unref(e->calls);
	unit_free(e->terms);
}

static bool is_ambiguous(const struct graph *g, const char *name)
{
	return g_ptr_array_find(g->ambiguous, name, NULL);
}

static bool has_unknown_callers(const struct entries *e, guint node)
{
	const struct node *n = graph_node(e->graph, node);

	return e->open[node] || n->taken || !e->callers[node]->len ||
	       (n->external && is_ambiguous(e->graph,
					    graph_body(e->graph, n)->name));
}

static GArray *no_locks(void)
{
	return g_array_new(FALSE, TRUE, sizeof(struct entry_lock));
}

/* What the calls that are known by now have in common; NULL: none is. */
static GArray *meet(const struct entries *e, guint node)
{
	const GArray *callers = e->callers[node];
	GArray *common = NULL, *locks;
	guint i;

	for (i = 0; i < callers->len; i++) {
		const struct incoming *in = &g_array_index(
			callers, struct incoming, i);

		if (!e->entry[in->caller])
			continue;
		locks = call_locks(e->terms, in->call, e->entry[in->caller]);
		if (!common) {
			common = locks;
			continue;
		}
		locks_intersect(common, locks);
		g_array_unref(locks);
	}
	return common;
}

/* Does the node know less than before? It never learns anything. */
static bool update(struct entries *e, guint node)
{
	GArray *now;
	bool less = true;

	if (has_unknown_callers(e, node)) {
		if (e->entry[node])
			return false;
		e->entry[node] = no_locks();
		return true;
	}
	now = meet(e, node);
	if (!now)
		return false;
	if (e->entry[node]) {
		less = locks_intersect(e->entry[node], now);
		g_array_unref(now);
	} else {
		e->entry[node] = now;
	}
	return less;
}

/* Callers come after their callees, but for circles. */
static bool sweep(struct entries *e)
{
	bool changed = false;
	guint i, k;

	for (i = e->graph->components->len; i > 0; i--) {
		const struct component *c = graph_component(e->graph, i - 1);

		for (k = 0; k < c->nodes->len; k++)
			changed |= update(e, g_array_index(c->nodes, guint, k));
	}
	return changed;
}

/*
 * A recursion that nobody outside of it calls has not begun with anything yet.
 * False: there is none.
 */
static bool begin_rest(struct entries *e)
{
	bool changed = false;
	guint i;

	for (i = 0; i < e->graph->nodes->len; i++) {
		if (e->entry[i])
			continue;
		e->entry[i] = no_locks();
		changed = true;
	}
	return changed;
}

static void keep_entry(struct entries *e, struct store *s, guint node)
{
	struct node *n = graph_node(e->graph, node);
	GBytes *bytes;

	if (!n->external || !e->entry[node] || !e->entry[node]->len)
		return;
	bytes = locks_pack(e->terms, e->entry[node]);
	n->entry = store_keep_fact(s, bytes);
	g_bytes_unref(bytes);
}

void link_entries(struct link *l, struct store *s)
{
	struct entries e;
	guint i;

	/* somebody who is not there may call what all can name */
	if (!l->options->whole)
		return;
	entries_init(&e, l, s);
	do {
		while (sweep(&e))
			;
	} while (begin_rest(&e));
	store_transaction(s);
	for (i = 0; i < l->graph->nodes->len; i++)
		keep_entry(&e, s, i);
	store_commit(s);
	entries_clear(&e);
}
