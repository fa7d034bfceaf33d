// SPDX-License-Identifier: GPL-2.0-only
/*
 * Two searches over the states of an event list: one sees all of them and
 * collects the failures; if there are any, the other looks for the failing run
 * that is easiest to follow.
 */
#include "events/machine.h"

#include <string.h>

#include "events/space.h"
#include "events/state.h"

#define DEFAULT_MAX_STATES 1000000

/* A failing run: the state it fails in, or after one more step from there. */
struct ending {
	enum failure failure;	/* NONE: there is none */
	const char *what;
	guint32 at;
	gint8 thread, choice;	/* thread -1: it fails at rest */
};

struct machine {
	struct layout layout;
	guint64 max_states;
	struct machine_result *result;
};

/* All states */

struct sweep {
	struct machine *machine;
	struct space space;
	struct ending first;
	guint32 at;		/* the state whose steps are made */
};

static void note_ending(struct sweep *w, enum failure failure,
			const char *what, int thread, int choice)
{
	const struct ending ending = {
		.failure = failure, .what = what, .at = w->at,
		.thread = (gint8)thread, .choice = (gint8)choice,
	};

	w->machine->result->failures |= 1u << failure;
	if (!w->first.failure)
		w->first = ending;
}

static void sweep_step(struct sweep *w, int thread, int choice)
{
	struct machine *m = w->machine;
	struct step step = {
		.layout = &m->layout, .state = space_scratch(&w->space),
		.thread = thread, .choice = choice,
	};
	const struct edge edge = {
		.from = w->at, .thread = (gint8)thread, .choice = (gint8)choice,
	};
	bool is_new;

	space_copy(&w->space, step.state, w->at);
	step_run(&step);
	m->result->transitions++;
	m->result->dropped += step.dropped;
	if (step.failure)
		note_ending(w, step.failure, step.what, thread, choice);
	else if (!step.dropped)
		space_add(&w->space, edge, &is_new);
}

/* Returns how many steps there are from the state w->at. */
static int sweep_state(struct sweep *w)
{
	const struct layout *l = &w->machine->layout;
	int ways[STATE_MAX_THREADS], forced, thread, choice;
	int n = state_ways(l, space_state(&w->space, w->at), ways, &forced);

	for (thread = 0; thread < l->program->n_threads; thread++)
		for (choice = 0; choice < ways[thread]; choice++)
			sweep_step(w, thread, choice);
	return n;
}

static void add_first_state(struct machine *m, struct space *space)
{
	static const struct edge none = { .thread = -1 };
	gint8 *state = space_scratch(space);
	bool is_new;

	memset(state, 0, space->size);
	layout_start(&m->layout, state);
	space_add(space, none, &is_new);
}

static void sweep(struct sweep *w)
{
	struct machine *m = w->machine;

	space_init(&w->space, (gsize)m->layout.size);
	add_first_state(m, &w->space);
	for (; w->at < w->space.n && w->space.n <= m->max_states; w->at++) {
		const char *what = NULL;
		enum failure failure;

		if (sweep_state(w))
			continue;
		failure = state_at_rest(&m->layout,
					space_state(&w->space, w->at), &what);
		if (failure)
			note_ending(w, failure, what, -1, 0);
	}
	m->result->states = w->space.n;
	m->result->complete = w->at == w->space.n && !m->result->dropped;
}

/* The story */

/*
 * The cost of a run, the least first: preemptions, assumed choices, ops. A sum
 * that runs over into the next part is of no run that anybody reads.
 */
#define COST_PREEMPTION (1ull << 48)
#define COST_ASSUMED (1ull << 32)
#define COST_OP 1ull

/*
 * The cheapest failing run, by Dijkstra's search over pairs of a state and the
 * thread that ran last: who runs last decides what is a preemption.
 */
struct story {
	struct machine *machine;
	struct space space;	/* states, and one word: 1 + the last thread */
	GArray *costs;		/* guint64, of each state of the space */
	GTree *open;		/* cost -> GArray of states that have it */
	guint64 last_cost;	/* of the last that was opened... */
	GArray *last_bucket;	/* ...and where: the next is often there, too */
	struct ending best;
	guint64 best_cost;
	guint64 max_states;
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

static void story_open(struct story *y, guint32 state, guint64 cost)
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
	g_array_append_val(y->last_bucket, state);
}

static void story_reach(struct story *y, struct edge edge, guint64 cost)
{
	bool is_new;
	guint32 state;

	if (y->best.failure && cost >= y->best_cost)
		return;
	state = space_add(&y->space, edge, &is_new);
	if (is_new)
		g_array_append_val(y->costs, cost);
	else if (cost < g_array_index(y->costs, guint64, state))
		y->space.edges[state] = edge;
	else
		return;
	g_array_index(y->costs, guint64, state) = cost;
	story_open(y, state, cost);
}

static void story_ends(struct story *y, enum failure failure,
		       const char *what, struct edge edge, guint64 cost)
{
	const struct ending ending = {
		.failure = failure, .what = what, .at = edge.from,
		.thread = edge.thread, .choice = edge.choice,
	};

	if (y->best.failure && cost >= y->best_cost)
		return;
	y->best = ending;
	y->best_cost = cost;
}

static gint8 *last_thread(const struct story *y, gint8 *state)
{
	return state + y->machine->layout.size;
}

/* @last: who ran last, -1: nobody. @preempts: it could have gone on. */
static void story_step(struct story *y, struct edge edge, int last,
		       bool preempts)
{
	struct machine *m = y->machine;
	struct step step = {
		.layout = &m->layout, .state = space_scratch(&y->space),
		.thread = edge.thread, .choice = edge.choice,
	};
	guint64 cost;

	space_copy(&y->space, step.state, edge.from);
	*last_thread(y, step.state) = (gint8)(last + 1);
	step_run(&step);
	cost = y->at_cost + (preempts ? COST_PREEMPTION : 0) +
	       (guint64)step.n_assumed * COST_ASSUMED +
	       (guint64)MAX(step.n_ops, 1) * COST_OP;
	if (step.failure)
		story_ends(y, step.failure, step.what, edge, cost);
	else if (!step.dropped)
		story_reach(y, edge, cost);
}

static void story_state(struct story *y)
{
	const struct layout *l = &y->machine->layout;
	struct edge edge = { .from = y->at, .thread = -1 };
	int last = *last_thread(y, space_state(&y->space, y->at)) - 1;
	int ways[STATE_MAX_THREADS], forced, thread, choice;
	int n = state_ways(l, space_state(&y->space, y->at), ways, &forced);
	bool could_go_on = forced < 0 && last >= 0 && ways[last];
	const char *what = NULL;
	enum failure failure;

	for (thread = 0; thread < l->program->n_threads; thread++)
		for (choice = 0; choice < ways[thread]; choice++) {
			edge.thread = (gint8)thread;
			edge.choice = (gint8)choice;
			/* A forced thread only finishes its last step. */
			story_step(y, edge, forced < 0 ? thread : last,
				   could_go_on && thread != last);
		}
	if (n)
		return;
	edge.thread = -1;
	failure = state_at_rest(l, space_state(&y->space, y->at), &what);
	if (failure)
		story_ends(y, failure, what, edge, y->at_cost);
}

/* The steps of all states in the cheapest bucket. */
static void story_bucket(struct story *y, GTreeNode *node)
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
		if (g_array_index(y->costs, guint64, y->at) == y->at_cost)
			story_state(y);
	}
	g_array_unref(bucket);
}

static void story_search(struct story *y)
{
	const guint64 nothing = 0;
	GTreeNode *node;

	add_first_state(y->machine, &y->space);
	g_array_append_val(y->costs, nothing);
	story_open(y, 0, 0);
	while ((node = g_tree_node_first(y->open))) {
		if (y->space.n > y->max_states ||
		    (y->best.failure &&
		     (guint64)(guintptr)g_tree_node_key(node) >= y->best_cost))
			break;
		story_bucket(y, node);
	}
}

/* Telling */

/* The edges from the first state to @at, the last first. */
static GArray *edges_to(const struct space *space, guint32 at)
{
	GArray *edges = g_array_new(FALSE, FALSE, sizeof(struct edge));

	for (; space->edges[at].thread >= 0; at = space->edges[at].from)
		g_array_append_val(edges, space->edges[at]);
	return edges;
}

static void replay(struct machine *m, const struct space *space,
		   const struct ending *ending, struct arena *a)
{
	GArray *edges = edges_to(space, ending->at);
	GArray *log = g_array_new(FALSE, FALSE, sizeof(struct transition));
	const struct edge last = {
		.thread = ending->thread, .choice = ending->choice,
	};
	gint8 *state = arena_new_array(a, gint8, m->layout.size);
	guint i;

	if (last.thread >= 0)
		g_array_prepend_val(edges, last);
	memcpy(state, space_state(space, 0), (gsize)m->layout.size);
	for (i = edges->len; i-- > 0;) {
		const struct edge *e = &g_array_index(edges, struct edge, i);
		struct step step = {
			.layout = &m->layout, .state = state,
			.thread = e->thread, .choice = e->choice, .log = log,
		};

		step_run(&step);
		m->result->used_assumed |= step.n_assumed > 0;
	}
	m->result->failure = ending->failure;
	m->result->what = ending->what;
	m->result->n_schedule = (int)log->len;
	m->result->schedule = arena_copy(a, log->data,
					 log->len * sizeof(struct transition));
	g_array_unref(log);
	g_array_unref(edges);
}

/* @w has found a failure: tells the best way there. */
static void tell(struct machine *m, const struct sweep *w, struct arena *a)
{
	struct story y = { .machine = m };

	space_init(&y.space, w->space.size + 8);
	y.costs = g_array_new(FALSE, FALSE, sizeof(guint64));
	y.open = g_tree_new_full(compare_costs, NULL, NULL, free_bucket);
	y.max_states = m->max_states *
		       (guint64)m->layout.program->n_threads;
	story_search(&y);
	if (y.best.failure) {
		replay(m, &y.space, &y.best, a);
		m->result->preemptions = (int)(y.best_cost / COST_PREEMPTION);
	} else {
		replay(m, &w->space, &w->first, a);
		m->result->preemptions = 1;
	}
	g_tree_unref(y.open);
	g_array_unref(y.costs);
	space_clear(&y.space);
}

/* The only failure that there is; NONE: there are several. */
static enum failure only_failure(unsigned int failures)
{
	return failures & (failures - 1) ? FAILURE_NONE :
					   __builtin_ctz(failures);
}

void machine_run(const struct program *p, const struct machine_limits *limits,
		 struct arena *a, struct machine_result *ret_result)
{
	struct machine m = {
		.max_states = limits && limits->max_states ?
			      limits->max_states : DEFAULT_MAX_STATES,
		.result = ret_result,
	};
	struct sweep w = { .machine = &m };

	memset(ret_result, 0, sizeof(*ret_result));
	layout_init(&m.layout, p, a);
	sweep(&w);
	if (ret_result->failures && limits && limits->brief)
		ret_result->failure = only_failure(ret_result->failures);
	if (ret_result->failures && !ret_result->failure)
		tell(&m, &w, a);
	space_clear(&w.space);
}

const char *failure_text(enum failure f)
{
	static const char *const texts[] = {
		[FAILURE_NONE] = "clean",
		[FAILURE_ASSERT] = "assertion failed",
		[FAILURE_USE_AFTER_FREE] = "use after free",
		[FAILURE_DOUBLE_FREE] = "double free",
		[FAILURE_UNDERFLOW] = "reference count below 0",
		[FAILURE_RESURRECT] = "reference count raised from 0",
		[FAILURE_INVARIANT] = "invariant broken at rest",
		[FAILURE_DEADLOCK] = "deadlock",
		[FAILURE_LOST_WAKEUP] = "lost wake-up",
		[FAILURE_LIVELOCK] = "livelock",
		[FAILURE_NULL] = "access through NULL",
		[FAILURE_BAD_UNLOCK] = "unlock of what is not locked",
	};

	return texts[f];
}
