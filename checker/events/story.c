// SPDX-License-Identifier: GPL-2.0-only
/*
 * The failing run that is easiest to follow, by Dijkstra's search over pairs of
 * a state and the thread that ran last: who runs last decides what is a
 * preemption.
 */
#include "events/graph.h"

/*
 * The cost of a run, the least first: preemptions, assumed choices, ops. A sum
 * that runs over into the next part is of no run that anybody reads.
 */
#define COST_PREEMPTION (1ull << 48)
#define COST_ASSUMPTION (1ull << 32)

/* A pair; its number is state * (threads + 1) + 1 + last thread, 0: nobody. */
struct pair {
	guint64 cost;		/* + 1; 0: it was not reached */
	guint32 from, arc;	/* the pair before, and how */
};

struct search {
	struct graph *graph;
	struct pair *pairs;
	guint32 n_pairs;	/* room */
	guint32 n_last;		/* threads + 1 */
	guint8 *leads;		/* a state: to a failure; NULL: not known */
	guint64 reached, max_reached;
	GTree *open;		/* cost -> GArray of pairs that have it */
	guint64 last_cost;	/* of the last that was opened... */
	GArray *last_bucket;	/* ...and where: the next is often there, too */
	/* The cheapest end: */
	guint64 best_cost;
	guint32 best_from, best_arc;
	bool found;
	/* The pair at hand: */
	guint32 at;
	guint64 at_cost;
};

static int compare_costs(gconstpointer a, gconstpointer b, gpointer data)
{
	return a < b ? -1 : a > b;
}

static void free_bucket(gpointer bucket)
{
	g_array_unref(bucket);
}

static void open_pair(struct search *y, guint32 pair, guint64 cost)
{
	gpointer key = (gpointer)(guintptr)cost;

	if (!y->last_bucket || cost != y->last_cost) {
		y->last_cost = cost;
		y->last_bucket = g_tree_lookup(y->open, key);
	}
	if (!y->last_bucket) {
		y->last_bucket = g_array_new(FALSE, FALSE, sizeof(guint32));
		g_tree_insert(y->open, key, y->last_bucket);
	}
	g_array_append_val(y->last_bucket, pair);
}

static void make_room(struct search *y)
{
	guint32 old = y->n_pairs, n = y->graph->states.n * y->n_last;

	if (n <= old)
		return;
	/* Where it is expanded further it will be often. */
	if (old)
		n *= 2;
	y->pairs = g_renew(struct pair, y->pairs, n);
	memset(y->pairs + old, 0, (n - old) * sizeof(*y->pairs));
	y->n_pairs = n;
}

static void reach(struct search *y, guint32 arc, int last, guint64 cost)
{
	guint32 to = y->graph->arcs[arc].to * y->n_last + (guint32)(last + 1);
	struct pair *pair = &y->pairs[to];

	if ((y->found && cost >= y->best_cost) ||
	    (pair->cost && pair->cost <= cost + 1))
		return;
	y->reached += !pair->cost;
	pair->cost = cost + 1;
	pair->from = y->at;
	pair->arc = arc;
	open_pair(y, to, cost);
}

static void end(struct search *y, guint32 arc, guint64 cost)
{
	if (y->found && cost >= y->best_cost)
		return;
	y->found = true;
	y->best_cost = cost;
	y->best_from = y->at;
	y->best_arc = arc;
}

/*
 * @last: who ran last, -1: nobody; @next: who did then, since a forced thread
 * only finishes its last step.
 */
static void follow(struct search *y, guint32 number, int last, bool could_go_on,
		   int next)
{
	const struct arc *arc = &y->graph->arcs[number];
	guint64 cost = y->at_cost +
		       (could_go_on && arc->by.thread != last ? COST_PREEMPTION :
							     0) +
		       arc->by.cost / COST_ASSUMED * COST_ASSUMPTION +
		       arc->by.cost % COST_ASSUMED;

	if (arc->to == ARC_DROPPED)
		return;
	if (arc_fails(arc))
		end(y, number, cost);
	else if (!y->leads || y->leads[arc->to])
		reach(y, number, next, cost);
}

static void visit(struct search *y)
{
	struct graph *g = y->graph;
	guint32 state = y->at / y->n_last, i;
	int last = (int)(y->at % y->n_last) - 1;
	bool could_go_on = false;
	struct arcs arcs;

	if (!graph_is_expanded(g, state)) {
		graph_expand(g, state);
		make_room(y);
	}
	arcs = g->of[state];
	for (i = arcs.first; i < arcs.first + arcs.n; i++)
		could_go_on |= last >= 0 && g->arcs[i].by.thread == last &&
			       !arcs.forced;
	for (i = arcs.first; i < arcs.first + arcs.n; i++)
		follow(y, i, last, could_go_on,
		       arcs.forced ? last : g->arcs[i].by.thread);
}

/* All pairs in the cheapest bucket. */
static void visit_bucket(struct search *y, GTreeNode *node)
{
	gpointer key = g_tree_node_key(node);
	GArray *bucket = g_array_ref(g_tree_node_value(node));
	guint i;

	y->at_cost = (guint64)(guintptr)key;
	y->last_bucket = NULL;
	g_tree_remove(y->open, key);
	for (i = 0; i < bucket->len; i++) {
		y->at = g_array_index(bucket, guint32, i);
		/* Unless it was reached more cheaply, and is done. */
		if (y->pairs[y->at].cost == y->at_cost + 1)
			visit(y);
	}
	g_array_unref(bucket);
}

static void search(struct search *y)
{
	GTreeNode *node;

	make_room(y);
	y->pairs[0].cost = 1;
	y->reached = 1;
	open_pair(y, 0, 0);
	while ((node = g_tree_node_first(y->open))) {
		if (y->reached > y->max_reached ||
		    (y->found &&
		     (guint64)(guintptr)g_tree_node_key(node) >= y->best_cost))
			break;
		visit_bucket(y, node);
	}
}

/* From which states there is a way to a failure: most have none. */
static guint8 *find_leads(const struct graph *g)
{
	guint8 *leads = g_new0(guint8, g->states.n);
	bool changed = true;
	guint32 i, k;

	/* Steps mostly lead to higher numbers, so few rounds are enough. */
	while (changed) {
		changed = false;
		for (i = g->states.n; i-- > 0;) {
			const struct arcs *of = &g->of[i];

			for (k = 0; k < of->n && !leads[i]; k++) {
				const struct arc *arc = &g->arcs[of->first + k];

				leads[i] = arc_fails(arc) ||
					   (arc->to < ARC_FAILS &&
					    leads[arc->to]);
				changed |= leads[i];
			}
		}
	}
	return leads;
}

/* The way that leads by @pairs to @from, and on by @arc. */
static void keep(const struct graph *g, const struct pair *pairs, guint32 from,
		 guint32 arc, struct arena *a, struct story *ret)
{
	guint32 at;
	int i = 1;

	for (at = from; at; at = pairs[at].from)
		i++;
	ret->n = i;
	ret->arcs = arena_new_array(a, guint32, i);
	ret->arcs[--i] = arc;
	for (at = from; at; at = pairs[at].from)
		ret->arcs[--i] = pairs[at].arc;
	ret->ending = &g_array_index(g->endings, struct ending,
				     g->arcs[arc].to - ARC_FAILS);
}

/*
 * The way to the failure that was found first. All states but the first come
 * from one with a lower number.
 */
static void keep_first(const struct graph *g, struct arena *a,
		       struct story *ret)
{
	const struct ending *first = &g_array_index(g->endings, struct ending,
						    0);
	struct pair *came = g_new0(struct pair, g->states.n);
	guint32 at, i, to;

	for (at = 0; at <= first->from; at++)
		for (i = 0; i < g->of[at].n; i++) {
			to = g->arcs[g->of[at].first + i].to;
			if (!to || to >= ARC_FAILS || came[to].cost)
				continue;
			came[to].cost = 1;
			came[to].from = at;
			came[to].arc = g->of[at].first + i;
		}
	keep(g, came, first->from, first->arc, a, ret);
	ret->preemptions = 1;
	g_free(came);
}

void story_find(struct graph *g, guint64 max_states, struct arena *a,
		struct story *ret)
{
	guint32 n_threads = (guint32)g->views.layout.program->n_threads;
	struct search y = {
		.graph = g, .n_last = n_threads + 1,
		.max_reached = max_states * n_threads,
		.leads = g->states.n <= max_states ? find_leads(g) : NULL,
		.open = g_tree_new_full(compare_costs, NULL, NULL,
					free_bucket),
	};

	search(&y);
	if (y.found) {
		keep(g, y.pairs, y.best_from, y.best_arc, a, ret);
		ret->preemptions = (int)(y.best_cost / COST_PREEMPTION);
	} else {
		keep_first(g, a, ret);
	}
	g_tree_unref(y.open);
	g_free(y.pairs);
	g_free(y.leads);
}
