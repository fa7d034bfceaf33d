// SPDX-License-Identifier: GPL-2.0-only
/*
 * Names as numbers, and what they mean.
 *
 * A name means a function of the same unit first, unless that is weak; else
 * the one definition that all units share. A weak definition loses against a
 * strong one, which may be in a unit that is not there; of two strong ones
 * nobody knows which the linker takes, so the name stays unknown.
 */
#include "link/builder.h"

#include <string.h>

guint builder_id(const struct builder *b, const char *name)
{
	return GPOINTER_TO_UINT(g_hash_table_lookup(b->ids, name)) - 1;
}

static void name_bodies(struct builder *b)
{
	guint i;

	for (i = 0; i < b->p->bodies->len; i++) {
		const char *name = body_at(b, i)->name;

		if (g_hash_table_contains(b->ids, name))
			continue;
		g_ptr_array_add(b->texts, (gpointer)name);
		g_hash_table_insert(b->ids, (gpointer)name,
				    GUINT_TO_POINTER(b->texts->len));
	}
}

static guint *ids_of(const struct builder *b, const GPtrArray *names,
		     guint *ret_n)
{
	guint *ids = g_new(guint, names->len), i, n = 0;

	for (i = 0; i < names->len; i++) {
		guint id = builder_id(b, names->pdata[i]);

		if (id != NO_NAME)
			ids[n++] = id;
	}
	*ret_n = n;
	return ids;
}

void builder_names(struct builder *b,
		   bool (*want)(const char *name, void *data), void *data)
{
	guint i;

	name_bodies(b);
	b->wanted = g_new(bool, b->texts->len);
	for (i = 0; i < b->texts->len; i++)
		b->wanted[i] = want(b->texts->pdata[i], data);
	b->bodies = g_new0(struct body_names, b->p->bodies->len);
	for (i = 0; i < b->p->bodies->len; i++) {
		const struct codebase_body *body = body_at(b, i);
		struct body_names *n = &b->bodies[i];

		n->own = builder_id(b, body->name);
		n->calls = ids_of(b, body->uses->calls, &n->n_calls);
		n->names = ids_of(b, body->uses->names, &n->n_names);
	}
	b->local = g_new0(guint, b->texts->len);
	b->external = g_new(guint, b->texts->len);
}

void builder_enter(struct builder *b, const struct codebase_unit *u)
{
	guint i;

	for (i = 0; i < u->bodies->len; i++)
		b->local[b->bodies[member_body(u, i)].own] = i + 1;
}

void builder_leave(struct builder *b, const struct codebase_unit *u)
{
	guint i;

	for (i = 0; i < u->bodies->len; i++)
		b->local[b->bodies[member_body(u, i)].own] = 0;
}

/* ---- what a name means outside of its unit ---- */

enum { EXTERN_NONE = NO_NODE, EXTERN_SEVERAL = NO_NODE - 1 };

/* Of all weak, or of all strong definitions. */
static void define(struct builder *b, guint *table, bool weak)
{
	guint i;

	for (i = 0; i < b->g->nodes->len; i++) {
		const struct node *n = graph_node(b->g, i);
		guint *at = &table[b->bodies[n->body].own];

		if (!n->external || graph_body(b->g, n)->is_weak != weak)
			continue;
		*at = *at == EXTERN_NONE ? i : EXTERN_SEVERAL;
	}
}

static int compare_names(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

void builder_externals(struct builder *b)
{
	guint *weak = g_new(guint, b->texts->len), i;

	for (i = 0; i < b->texts->len; i++)
		weak[i] = b->external[i] = EXTERN_NONE;
	/* a strong one may be elsewhere */
	if (b->whole)
		define(b, weak, true);
	define(b, b->external, false);
	for (i = 0; i < b->texts->len; i++) {
		if (b->external[i] == EXTERN_NONE)
			b->external[i] = weak[i];
		if (b->external[i] != EXTERN_SEVERAL)
			continue;
		b->external[i] = NO_NODE;
		g_ptr_array_add(b->g->ambiguous, b->texts->pdata[i]);
	}
	g_ptr_array_sort(b->g->ambiguous, compare_names);
	g_free(weak);
}

guint builder_resolve(const struct builder *b, const GArray *nodes, guint id)
{
	guint member = b->local[id];
	guint node = member ? g_array_index(nodes, guint, member - 1) : NO_NODE;

	/* an inline that is not wanted has no node */
	if (!member || (node != NO_NODE &&
			graph_body(b->g, graph_node(b->g, node))->is_weak))
		return b->external[id];
	return node;
}
