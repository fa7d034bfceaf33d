/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A graph while it is built, which the files that build it share. A program's
 * names are numbers ("ids") here, a unit's functions its members.
 */
#ifndef PINCHECK_LINK_BUILDER_H
#define PINCHECK_LINK_BUILDER_H

#include "link/graph.h"

#define NO_NAME G_MAXUINT
#define NOT_KEPT G_MAXUINT

/* A body with the names that it uses as numbers; those nobody defines left out. */
struct body_names {
	guint own;		/* the function's own name */
	guint *calls, n_calls;
	guint *names, n_names;	/* named, but not called */
};

struct builder {
	struct graph *g;
	struct codebase *p;
	bool whole;		/* there are no other units */
	GHashTable *ids;	/* interned name -> id + 1 */
	GPtrArray *texts;	/* by id */
	bool *wanted;		/* by id */
	struct body_names *bodies;
	guint *local;		/* by id: member of the unit at hand + 1 */
	guint *external;	/* by id: node */
	GPtrArray *classes;	/* by unit: GArray of guint by member; NOT_KEPT */
	GHashTable *homes;	/* record -> its file; "": it has several */
};

static inline const struct codebase_body *body_at(const struct builder *b,
						  guint i)
{
	return b->p->bodies->pdata[i];
}

static inline const struct codebase_unit *unit_at(const struct builder *b,
						  guint i)
{
	return b->p->units->pdata[i];
}

static inline guint member_body(const struct codebase_unit *u, guint member)
{
	return g_array_index(u->bodies, guint, member);
}

/* names.c */

/* Numbers the names of all bodies; of each @want says whether it is wanted. */
void builder_names(struct builder *b,
		   bool (*want)(const char *name, void *data), void *data);
/* NO_NAME: nobody defines it. */
guint builder_id(const struct builder *b, const char *name);
/* From here on names mean this unit's functions; and not any more. */
void builder_enter(struct builder *b, const struct codebase_unit *u);
void builder_leave(struct builder *b, const struct codebase_unit *u);
/* What names mean outside of their unit, once there are nodes. */
void builder_externals(struct builder *b);
/* What a name means in the unit at hand: a node, or NO_NODE. */
guint builder_resolve(const struct builder *b, const GArray *nodes, guint id);

/* contexts.c */

/* The classes: by unit and member its body, or NOT_KEPT. */
void builder_keep(struct builder *b);
/*
 * Splits the classes until all members of one have the same callees, and
 * numbers them in the order of units and members. Returns how many there are.
 */
guint builder_split(struct builder *b);

/* slots.c */

/* Records of one tag are one record if the same file defines them. */
void builder_find_homes(struct builder *b, const struct codebase_unit *u);
/* What the unit at hand stores into slots. */
void builder_fill_slots(struct builder *b, const struct codebase_unit *u,
			const GArray *nodes);
/* Which known slots each node calls through, when all slots are full. */
void builder_call_slots(struct builder *b);
/* For the table of slots. */
void slot_free(gpointer slot);

#endif
