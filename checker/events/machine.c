// SPDX-License-Identifier: GPL-2.0-only
/*
 * Two searches over the states of an event list: one sees all of them and
 * collects the failures; if there are any, the other looks for the failing run
 * that is easiest to follow.
 */
#include "events/machine.h"

#include "events/graph.h"

#define DEFAULT_MAX_STATES 1000000

static void sweep(struct graph *g, guint64 max_states,
		  struct machine_result *ret)
{
	guint32 at = graph_sweep(g, max_states);
	guint i;

	ret->states = g->states.n;
	ret->transitions = g->n_arcs - g->n_rest;
	ret->dropped = g->dropped;
	ret->complete = at == g->states.n && !g->dropped;
	for (i = 0; i < g->endings->len; i++)
		ret->failures |= 1u << g_array_index(g->endings, struct ending,
						     i).failure;
}

/* Runs the story again, and writes down its ops. */
static void replay(struct graph *g, const struct story *story, struct arena *a,
		   struct machine_result *ret)
{
	GArray *log = g_array_new(FALSE, FALSE, sizeof(struct transition));
	struct step step = {
		.layout = &g->views.layout, .log = log,
		.state = arena_new_array(a, gint8, g->views.layout.size),
	};
	int i;

	layout_start(step.layout, step.state);
	for (i = 0; i < story->n; i++) {
		const struct arc *arc = &g->arcs[story->arcs[i]];

		step.thread = arc->by.thread;
		step.choice = arc->by.choice;
		if (step.thread >= 0)
			step_run(&step);
		ret->used_assumed |= arc->by.cost >= COST_ASSUMED;
	}
	ret->failure = story->ending->failure;
	ret->what = story->ending->what;
	ret->preemptions = story->preemptions;
	ret->n_schedule = (int)log->len;
	ret->schedule = arena_copy(a, log->data,
				   log->len * sizeof(struct transition));
	g_array_unref(log);
}

/* The only failure that there is; NONE: there are several. */
static enum failure only_failure(unsigned int failures)
{
	return failures & (failures - 1) ? FAILURE_NONE :
					   __builtin_ctz(failures);
}

struct machine {
	struct graph graph;
};

struct machine *machine_new(void)
{
	return g_new0(struct machine, 1);
}

void machine_free(struct machine *m)
{
	graph_clear(&m->graph);
	g_free(m);
}

void machine_search(struct machine *m, const struct program *p,
		    const struct machine_limits *limits, struct arena *a,
		    struct machine_result *ret_result)
{
	guint64 max_states = limits && limits->max_states ?
				     limits->max_states : DEFAULT_MAX_STATES;
	struct graph *g = &m->graph;
	struct story story;

	memset(ret_result, 0, sizeof(*ret_result));
	graph_begin(g, p, a);
	sweep(g, max_states, ret_result);
	if (ret_result->failures && limits && limits->brief)
		ret_result->failure = only_failure(ret_result->failures);
	if (ret_result->failures && !ret_result->failure) {
		story_find(g, max_states, a, &story);
		replay(g, &story, a, ret_result);
	}
}

void machine_run(const struct program *p, const struct machine_limits *limits,
		 struct arena *a, struct machine_result *ret_result)
{
	struct machine *m = machine_new();

	machine_search(m, p, limits, a, ret_result);
	machine_free(m);
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
