/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The states of an event list and the steps between them, as far as they have
 * been looked at; private to the step machine.
 */
#ifndef PINCHECK_EVENTS_GRAPH_H
#define PINCHECK_EVENTS_GRAPH_H

#include "events/views.h"

/* arc.to from here on: no state. */
#define ARC_FAILS (1u << 31)	/* + an index into graph.endings */
#define ARC_DROPPED (~0u)	/* the run says nothing */

/* A step from a state; or that nobody can make one, and that is a failure. */
struct arc {
	guint32 to;
	struct action by;
};

struct ending {
	enum failure failure;
	const char *what;
	guint32 from;		/* the state */
	guint32 arc;
};

/* The arcs from one state. */
struct arcs {
	guint32 first;
	guint16 n;
	bool forced;		/* they only end what the step before began */
};

struct graph {
	struct views views;
	struct space states;	/* packed */
	struct arcs *of;	/* one a state */
	guint32 n_of, max_of;
	struct arc *arcs;
	guint32 n_arcs, max_arcs;
	guint32 n_rest;		/* of them at rest */
	int n_threads;
	GArray *endings;	/* struct ending, in the order they were found */
	guint64 dropped;
};

/*
 * A graph with the first state in it, number 0, in the memory of the one before;
 * @g is all 0 if there is none. The layout lives in @a.
 */
void graph_begin(struct graph *g, const struct program *p, struct arena *a);
void graph_clear(struct graph *g);
/*
 * Makes all steps from the state; once for each. The other does so for state
 * after state, from number 0 on, until none is left or there are more than
 * @max_states; it returns where it stopped.
 */
void graph_expand(struct graph *g, guint32 state);
guint32 graph_sweep(struct graph *g, guint64 max_states);

static inline bool graph_is_expanded(const struct graph *g, guint32 state)
{
	return state < g->n_of && g->of[state].n;
}

static inline bool arc_fails(const struct arc *arc)
{
	return arc->to >= ARC_FAILS && arc->to != ARC_DROPPED;
}

/* story.c */
/* A failing run: indices of arcs, from state 0 on. */
struct story {
	guint32 *arcs;
	int n;
	int preemptions;
	const struct ending *ending; /* its last arc */
};

/*
 * The failing run with the fewest preemptions, then assumed choices, then ops,
 * in @a. @g has failures; if it has more states than @max_states it was not
 * seen whole, and is expanded where the search comes: then it may not be the
 * best, or the one that was found first.
 */
void story_find(struct graph *g, guint64 max_states, struct arena *a,
		struct story *ret);

#endif
