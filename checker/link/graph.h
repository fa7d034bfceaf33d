/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The graph of a program: a node is a function in a context. The same inline
 * of a header is one node for all units in which its callees are the same.
 */
#ifndef PINCHECK_LINK_GRAPH_H
#define PINCHECK_LINK_GRAPH_H

#include "facts/program.h"

#define NO_NODE G_MAXUINT

struct edge {
	const char *name;
	guint to;		/* NO_NODE: nobody knows */
	bool summary;		/* what the callee does is asked for */
};

/* A member of records through which functions are called. */
struct slot {
	const char *record, *member;	/* interned */
	GArray *nodes;			/* guint: what it can be, each once */
	bool open;			/* and it can be more than that */
};

struct node {
	guint body;		/* index in code->bodies */
	guint component;
	GArray *edges;		/* struct edge: callees first, then named */
	GPtrArray *slots;	/* struct slot *: called through, known ones */
	bool taken;		/* its address goes anywhere */
	bool external;		/* other units can name it */
	/* Digests in the store, interned; NULL: unknown. */
	const char *summary, *calls, *entry;
};

struct component {
	GArray *nodes;		/* guint, in an order that all stores share */
	guint level;		/* above all that it calls; from 0 */
	guint circle;		/* equal: a call through a slot leads back */
};

struct graph {
	struct codebase *code;	/* owned */
	GPtrArray *nodes;	/* struct node * */
	GPtrArray *components;	/* struct component *, callees first */
	GPtrArray *members;	/* GArray of guint: nodes by unit and member */
	GHashTable *slots;	/* "record.member" -> struct slot * */
	GPtrArray *ambiguous;	/* const char *: names, sorted */
};

/*
 * An inline that is only called is in it if @want says yes (see
 * unit_keep_wanted). @whole: the program has no other units.
 */
struct graph *graph_new(struct codebase *p, bool whole,
			bool (*want)(const char *name, void *data), void *data);
void graph_free(struct graph *g);

static inline struct node *graph_node(const struct graph *g, guint i)
{
	return g->nodes->pdata[i];
}

static inline const struct codebase_body *graph_body(const struct graph *g,
						    const struct node *n)
{
	return g->code->bodies->pdata[n->body];
}

static inline struct component *graph_component(const struct graph *g, guint i)
{
	return g->components->pdata[i];
}

/* Is the callee summarised before the component @from is? */
bool edge_is_below(const struct graph *g, const struct edge *e, guint from);
/* Do all of the slot's functions lie outside of the circle of @c? */
bool slot_is_outside(const struct graph *g, const struct slot *s,
		     const struct component *c);
/* The edge of @n with this name; NULL: none. O(its edges). */
const struct edge *node_edge(const struct node *n, const char *name);

/* order.c: fills in the components. */
void graph_order(struct graph *g);

#endif
