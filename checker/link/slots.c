// SPDX-License-Identifier: GPL-2.0-only
/*
 * Slots: members of records through which functions are called, and what they
 * can be over all units. One that may be more than is known is left out.
 */
#include "link/builder.h"

#include "flow/world.h"

/* @member NULL: what stands for all of the record's. */
static struct slot *slot_at(struct graph *g, const char *record,
			    const char *member)
{
	char *key = g_strconcat(record, ".", member ? member : "", NULL);
	struct slot *s = g_hash_table_lookup(g->slots, key);

	if (s) {
		g_free(key);
		return s;
	}
	s = g_new0(struct slot, 1);
	s->record = record;
	s->member = member;
	s->nodes = g_array_new(FALSE, FALSE, sizeof(guint));
	g_hash_table_insert(g->slots, key, s);
	return s;
}

void slot_free(gpointer p)
{
	struct slot *s = p;

	g_array_unref(s->nodes);
	g_free(s);
}

static void slot_add(struct slot *s, guint node)
{
	guint i;

	for (i = 0; i < s->nodes->len; i++)
		if (g_array_index(s->nodes, guint, i) == node)
			return;
	if (node == NO_NODE || s->nodes->len == WORLD_MAX_TARGETS)
		s->open = true;
	else
		g_array_append_val(s->nodes, node);
}

/* The slot at @record.@member can be @function, as this unit says it. */
static void fill_slot(struct builder *b, const GArray *nodes,
		      const char *record, const char *member,
		      const char *function)
{
	guint id = function ? builder_id(b, function) : NO_NAME;
	guint to = id == NO_NAME ? NO_NODE : builder_resolve(b, nodes, id);

	if (record)
		slot_add(slot_at(b->g, record, member), to);
	if (to != NO_NODE)
		graph_node(b->g, to)->taken = true;
}

void builder_fill_slots(struct builder *b, const struct codebase_unit *u,
			const GArray *nodes)
{
	guint i, k;

	for (i = 0; i < u->ops->len; i++) {
		const struct ops_entry *o = &g_array_index(u->ops,
							   struct ops_entry, i);

		fill_slot(b, nodes, o->record, o->member, o->function);
	}
	for (i = 0; i < u->bodies->len; i++) {
		const GArray *stores = body_at(b, member_body(u, i))->uses->stores;

		for (k = 0; k < stores->len; k++) {
			const struct use_store *s =
				&g_array_index(stores, struct use_store, k);

			fill_slot(b, nodes, s->to.record, s->to.member,
				  s->function);
		}
	}
}

void builder_find_homes(struct builder *b, const struct codebase_unit *u)
{
	const char *known;
	guint i;

	for (i = 0; i < u->homes->len; i++) {
		const struct record_home *h = &g_array_index(
			u->homes, struct record_home, i);

		known = g_hash_table_lookup(b->homes, h->record);
		if (known != h->file)
			g_hash_table_insert(b->homes, (gpointer)h->record,
					    (gpointer)(known || !h->file ?
							       "" : h->file));
	}
}

/* Is it known what all there is to @s? */
static bool is_narrow(const struct builder *b, const struct slot *s)
{
	const char *home = g_hash_table_lookup(b->homes, s->record);

	return home && *home && !s->open && s->nodes->len &&
	       !slot_at(b->g, s->record, NULL)->open;
}

void builder_call_slots(struct builder *b)
{
	guint i, k;

	for (i = 0; i < b->g->nodes->len; i++) {
		struct node *n = graph_node(b->g, i);
		const GArray *members = graph_body(b->g, n)->uses->members;

		for (k = 0; k < members->len; k++) {
			const struct use_member *m = &g_array_index(
				members, struct use_member, k);
			struct slot *s = slot_at(b->g, m->record, m->member);

			if (is_narrow(b, s))
				g_ptr_array_add(n->slots, s);
		}
	}
}
