/* SPDX-License-Identifier: GPL-2.0-only */
/* What the files of link/ share among themselves only. */
#ifndef PINCHECK_LINK_PRIVATE_H
#define PINCHECK_LINK_PRIVATE_H

#include "link/graph.h"
#include "link/link.h"

/* Components, by number, that one worker is given at a time. */
struct task {
	GArray *components;	/* guint */
	GPtrArray *results;	/* GBytes * by component; NULL: none yet */
};

struct link {
	const struct link_options *options;
	struct graph *graph;
	char *state;		/* of the store before it was read */
	guint level, n_levels;
	GPtrArray *tasks;	/* struct task *, of this round */
	GArray *retry;		/* guint: components of tasks that were lost */
	GArray **by_level;	/* guint: components */
	char **keys;		/* by component, once it is known */
	struct link_counts counts;
	GPtrArray *notices;
};

/* component.c */

/* What the summaries of a component are made of; the caller frees it. */
char *component_key(const struct link *l, guint component);
/*
 * Summaries and calls of its functions, packed for component_store(). NULL: a
 * function is damaged. O(paths of the functions). @facts: digest -> GBytes *,
 * owned by it, those that are at hand; what is read from @s goes there.
 */
GBytes *component_compute(const struct link *l, guint component,
			  struct store *s, GHashTable *facts);
/* Keeps them by the component's key; false: they are damaged. */
bool component_store(struct link *l, guint component, GBytes *result,
		     struct store *s);
/* Takes what is kept by the key; false: nothing is, or not all of it. */
bool component_recall(struct link *l, guint component, struct store *s);

/* entries.c: the entry locks of all nodes, from their calls. */
void link_entries(struct link *l, struct store *s);

/* worlds.c: what each unit takes from others, into an open transaction. */
void link_worlds(struct link *l, struct store *s);

/* A name, or a member of a record, and what is known of it. */
struct import {
	const char *name;
	const char *fact;	/* digest; NULL: the unit's own function */
};

struct import_slot {
	const char *record, *member;
	GArray *targets;	/* struct import */
};

/* A world as packed: each name once. */
struct lists {
	GArray *summaries, *entries; /* struct import */
	GArray *slots;		/* struct import_slot */
};

void lists_init(struct lists *l);
void lists_clear(struct lists *l);
/* Into empty ones; false: damaged. */
bool lists_unpack(struct lists *l, GBytes *bytes);

#endif
