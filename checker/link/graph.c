// SPDX-License-Identifier: GPL-2.0-only
/*
 * Nodes and edges out of the program's units.
 *
 * A name means a function of the same unit first, unless that is weak; else
 * the one definition that all units share. A weak definition loses against a
 * strong one, which may be in a unit that is not there; of two strong ones
 * nobody knows which the linker takes, so the name stays unknown.
 */
#include "link/graph.h"

#include <string.h>

#include "flow/world.h"

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

static const struct codebase_body *body_at(const struct builder *b, guint i)
{
	return b->p->bodies->pdata[i];
}

static const struct codebase_unit *unit_at(const struct builder *b, guint i)
{
	return b->p->units->pdata[i];
}

static guint member_body(const struct codebase_unit *u, guint member)
{
	return g_array_index(u->bodies, guint, member);
}

/* ---- names ---- */

static guint id_of(const struct builder *b, const char *name)
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
		guint id = id_of(b, names->pdata[i]);

		if (id != NO_NAME)
			ids[n++] = id;
	}
	*ret_n = n;
	return ids;
}

static void number_names(struct builder *b,
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

		n->own = id_of(b, body->name);
		n->calls = ids_of(b, body->uses->calls, &n->n_calls);
		n->names = ids_of(b, body->uses->names, &n->n_names);
	}
	b->local = g_new0(guint, b->texts->len);
	b->external = g_new(guint, b->texts->len);
}

/* From here on names mean this unit's functions; and not any more. */
static void enter(struct builder *b, const struct codebase_unit *u)
{
	guint i;

	for (i = 0; i < u->bodies->len; i++)
		b->local[b->bodies[member_body(u, i)].own] = i + 1;
}

static void leave(struct builder *b, const struct codebase_unit *u)
{
	guint i;

	for (i = 0; i < u->bodies->len; i++)
		b->local[b->bodies[member_body(u, i)].own] = 0;
}

/* ---- which functions take part ---- */

static void keep(struct builder *b, const struct codebase_unit *u,
		 GArray *classes, GArray *todo, guint member)
{
	guint *class = &g_array_index(classes, guint, member);

	if (*class != NOT_KEPT)
		return;
	*class = member_body(u, member);
	g_array_append_val(todo, member);
}

static void keep_named(struct builder *b, const struct codebase_unit *u,
		       GArray *classes, GArray *todo,
		       const struct body_names *n)
{
	guint i;

	for (i = 0; i < n->n_calls; i++)
		if (b->local[n->calls[i]] && b->wanted[n->calls[i]])
			keep(b, u, classes, todo, b->local[n->calls[i]] - 1);
	/* who gets the address calls it, wanted or not */
	for (i = 0; i < n->n_names; i++)
		if (b->local[n->names[i]])
			keep(b, u, classes, todo, b->local[n->names[i]] - 1);
}

static void keep_stored(struct builder *b, const struct codebase_unit *u,
			GArray *classes, GArray *todo)
{
	guint i, id;

	for (i = 0; i < u->ops->len; i++) {
		const struct ops_entry *o = &g_array_index(u->ops,
							   struct ops_entry, i);

		id = o->function ? id_of(b, o->function) : NO_NAME;
		if (id != NO_NAME && b->local[id])
			keep(b, u, classes, todo, b->local[id] - 1);
	}
}

/*
 * More than unit_keep_wanted() leaves when the unit is checked: whatever can
 * run calls others, as what an included file defines or hands on does.
 */
static GArray *kept_members(struct builder *b, const struct codebase_unit *u)
{
	GArray *classes = g_array_sized_new(FALSE, FALSE, sizeof(guint),
					    u->bodies->len);
	GArray *todo = g_array_new(FALSE, FALSE, sizeof(guint));
	const guint none = NOT_KEPT;
	guint i;

	for (i = 0; i < u->bodies->len; i++)
		g_array_append_val(classes, none);
	for (i = 0; i < u->bodies->len; i++) {
		const struct codebase_body *body = body_at(b, member_body(u, i));

		if (body->is_main || !body->is_static)
			keep(b, u, classes, todo, i);
	}
	keep_stored(b, u, classes, todo);
	for (i = 0; i < todo->len; i++)
		keep_named(b, u, classes, todo,
			   &b->bodies[member_body(
				   u, g_array_index(todo, guint, i))]);
	g_array_unref(todo);
	return classes;
}

static void keep_members(struct builder *b)
{
	guint i;

	for (i = 0; i < b->p->units->len; i++) {
		enter(b, unit_at(b, i));
		g_ptr_array_add(b->classes, kept_members(b, unit_at(b, i)));
		leave(b, unit_at(b, i));
	}
}

/* ---- contexts ---- */

/*
 * A body is split where its callees within the units are not the same, until
 * nothing splits any more.
 */
struct split {
	GHashTable *numbers;	/* GBytes: class and callees' -> new class + 1 */
	guint *uses;		/* by body: how many units have it */
	guint n;		/* classes */
};

static void add_callees(const struct builder *b, GByteArray *key,
			const GArray *classes, const guint *ids, guint n)
{
	guint i, callee;

	for (i = 0; i < n; i++) {
		callee = b->local[ids[i]] ?
				 g_array_index(classes, guint,
					       b->local[ids[i]] - 1) : NOT_KEPT;
		g_byte_array_append(key, (const guint8 *)&callee,
				    sizeof(callee));
	}
}

static guint class_of(const struct builder *b, struct split *s,
		      const GArray *classes, guint old, guint body)
{
	GByteArray *key = g_byte_array_new();
	GBytes *bytes;
	guint class;

	g_byte_array_append(key, (const guint8 *)&old, sizeof(old));
	if (s->uses[body] > 1) {
		const struct body_names *n = &b->bodies[body];

		add_callees(b, key, classes, n->calls, n->n_calls);
		add_callees(b, key, classes, n->names, n->n_names);
	}
	bytes = g_byte_array_free_to_bytes(key);
	class = GPOINTER_TO_UINT(g_hash_table_lookup(s->numbers, bytes));
	if (!class) {
		class = ++s->n;
		g_hash_table_insert(s->numbers, bytes, GUINT_TO_POINTER(class));
	} else {
		g_bytes_unref(bytes);
	}
	return class - 1;
}

static GArray *split_unit(struct builder *b, struct split *s,
			  const struct codebase_unit *u, const GArray *classes)
{
	GArray *fresh = g_array_copy((GArray *)classes);
	guint i;

	enter(b, u);
	for (i = 0; i < u->bodies->len; i++) {
		guint old = g_array_index(classes, guint, i);

		if (old != NOT_KEPT)
			g_array_index(fresh, guint, i) = class_of(
				b, s, classes, old, member_body(u, i));
	}
	leave(b, u);
	return fresh;
}

/* Once over all units: the number of classes. */
static guint split_once(struct builder *b, guint *uses)
{
	struct split s = { g_hash_table_new_full(g_bytes_hash, g_bytes_equal,
						 (GDestroyNotify)g_bytes_unref,
						 NULL), uses, 0 };
	GPtrArray *fresh = g_ptr_array_new_with_free_func(
		(GDestroyNotify)g_array_unref);
	guint i;

	for (i = 0; i < b->p->units->len; i++)
		g_ptr_array_add(fresh, split_unit(b, &s, unit_at(b, i),
						  b->classes->pdata[i]));
	g_hash_table_unref(s.numbers);
	g_ptr_array_unref(b->classes);
	b->classes = fresh;
	return s.n;
}

/* Numbers the classes in the order of units and members. */
static guint split_bodies(struct builder *b)
{
	guint *uses = g_new0(guint, b->p->bodies->len);
	guint i, k, n = 0, before;

	for (i = 0; i < b->p->units->len; i++) {
		const GArray *classes = b->classes->pdata[i];

		for (k = 0; k < classes->len; k++)
			if (g_array_index(classes, guint, k) != NOT_KEPT)
				uses[member_body(unit_at(b, i), k)]++;
	}
	do {
		before = n;
		n = split_once(b, uses);
	} while (n != before);
	g_free(uses);
	return n;
}

/* ---- nodes ---- */

static void node_free(gpointer p)
{
	struct node *n = p;

	g_array_unref(n->edges);
	g_ptr_array_unref(n->slots);
	g_free(n);
}

static struct node *node_new(const struct builder *b, guint body)
{
	struct node *n = g_new0(struct node, 1);
	const struct codebase_body *pb = body_at(b, body);

	n->body = body;
	n->external = !pb->is_static;
	n->edges = g_array_new(FALSE, FALSE, sizeof(struct edge));
	n->slots = g_ptr_array_new();
	return n;
}

static void make_nodes(struct builder *b, guint n)
{
	guint i, k;

	g_ptr_array_set_size(b->g->nodes, (int)n);
	for (i = 0; i < b->p->units->len; i++) {
		const GArray *classes = b->classes->pdata[i];

		for (k = 0; k < classes->len; k++) {
			guint class = g_array_index(classes, guint, k);

			if (class != NOT_KEPT && !b->g->nodes->pdata[class])
				b->g->nodes->pdata[class] = node_new(
					b, member_body(unit_at(b, i), k));
		}
	}
	b->g->members = g_ptr_array_ref(b->classes);
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

static void define_externals(struct builder *b)
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

/* What a name means in the unit at hand. */
static guint resolve(const struct builder *b, const GArray *nodes, guint id)
{
	guint member = b->local[id];
	guint node = member ? g_array_index(nodes, guint, member - 1) : NO_NODE;

	/* an inline that is not wanted has no node */
	if (!member || (node != NO_NODE &&
			graph_body(b->g, graph_node(b->g, node))->is_weak))
		return b->external[id];
	return node;
}

/* ---- edges ---- */

static void add_edges(struct builder *b, struct node *n, const GArray *nodes,
		      const guint *ids, guint count)
{
	guint i;

	for (i = 0; i < count; i++) {
		const struct edge e = { b->texts->pdata[ids[i]],
					resolve(b, nodes, ids[i]),
					b->wanted[ids[i]] };

		if (e.to != NO_NODE)
			g_array_append_val(n->edges, e);
	}
}

static void take_addresses(struct builder *b, const GArray *nodes,
			   const guint *ids, guint n)
{
	guint i, to;

	for (i = 0; i < n; i++) {
		to = resolve(b, nodes, ids[i]);
		if (to != NO_NODE)
			graph_node(b->g, to)->taken = true;
	}
}

/* What a body calls that has no node: what that calls has unknown callers. */
static void take_hidden(struct builder *b, const struct codebase_unit *u,
			const GArray *nodes, bool *seen,
			const struct body_names *names)
{
	guint i, member;

	for (i = 0; i < names->n_calls; i++) {
		const struct body_names *hidden;

		member = b->local[names->calls[i]];
		if (!member-- || seen[member] ||
		    g_array_index(nodes, guint, member) != NO_NODE)
			continue;
		seen[member] = true;
		hidden = &b->bodies[member_body(u, member)];
		take_addresses(b, nodes, hidden->calls, hidden->n_calls);
		take_addresses(b, nodes, hidden->names, hidden->n_names);
		take_hidden(b, u, nodes, seen, hidden);
	}
}

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

static void slot_free(gpointer p)
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
	guint id = function ? id_of(b, function) : NO_NAME;
	guint to = id == NO_NAME ? NO_NODE : resolve(b, nodes, id);

	if (record)
		slot_add(slot_at(b->g, record, member), to);
	if (to != NO_NODE)
		graph_node(b->g, to)->taken = true;
}

static void fill_slots(struct builder *b, const struct codebase_unit *u,
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

static void connect_unit(struct builder *b, const struct codebase_unit *u,
			 const GArray *nodes)
{
	bool *seen = g_new0(bool, u->bodies->len);
	guint i, node;

	enter(b, u);
	fill_slots(b, u, nodes);
	for (i = 0; i < u->bodies->len; i++) {
		const struct body_names *names = &b->bodies[member_body(u, i)];
		struct node *n;

		node = g_array_index(nodes, guint, i);
		if (node == NOT_KEPT)
			continue;
		take_addresses(b, nodes, names->names, names->n_names);
		take_hidden(b, u, nodes, seen, names);
		n = graph_node(b->g, node);
		/* all units of one node say the same */
		if (n->edges->len)
			continue;
		add_edges(b, n, nodes, names->calls, names->n_calls);
		add_edges(b, n, nodes, names->names, names->n_names);
	}
	leave(b, u);
	g_free(seen);
}

/* Records of one tag are one record if the same file defines them. */
static void find_homes(struct builder *b, const struct codebase_unit *u)
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

/* When all slots are full. */
static void call_slots(struct builder *b)
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

/* ---- all of it ---- */

static void builder_clear(struct builder *b)
{
	guint i;

	for (i = 0; i < b->p->bodies->len; i++) {
		g_free(b->bodies[i].calls);
		g_free(b->bodies[i].names);
	}
	g_free(b->bodies);
	g_free(b->wanted);
	g_free(b->local);
	g_free(b->external);
	g_ptr_array_unref(b->texts);
	g_ptr_array_unref(b->classes);
	g_hash_table_unref(b->ids);
	g_hash_table_unref(b->homes);
}

static void component_free(gpointer p)
{
	struct component *c = p;

	g_array_unref(c->nodes);
	g_free(c);
}

struct graph *graph_new(struct codebase *p, bool whole,
			bool (*want)(const char *name, void *data), void *data)
{
	struct graph *g = g_new0(struct graph, 1);
	struct builder b = {
		.g = g, .p = p, .whole = whole,
		.ids = g_hash_table_new(NULL, NULL),
		.texts = g_ptr_array_new(),
		.classes = g_ptr_array_new_with_free_func(
			(GDestroyNotify)g_array_unref),
		.homes = g_hash_table_new(NULL, NULL)
	};
	guint i;

	g->code = p;
	g->nodes = g_ptr_array_new_with_free_func(node_free);
	g->components = g_ptr_array_new_with_free_func(component_free);
	g->slots = g_hash_table_new_full(g_str_hash, g_str_equal, g_free,
					 slot_free);
	g->ambiguous = g_ptr_array_new();
	number_names(&b, want, data);
	keep_members(&b);
	make_nodes(&b, split_bodies(&b));
	define_externals(&b);
	for (i = 0; i < p->units->len; i++) {
		find_homes(&b, unit_at(&b, i));
		connect_unit(&b, unit_at(&b, i), b.classes->pdata[i]);
	}
	/* else there may be more that they can be */
	if (whole)
		call_slots(&b);
	builder_clear(&b);
	graph_order(g);
	return g;
}

void graph_free(struct graph *g)
{
	if (!g)
		return;
	g_ptr_array_unref(g->nodes);
	g_ptr_array_unref(g->components);
	g_ptr_array_unref(g->members);
	g_ptr_array_unref(g->ambiguous);
	g_hash_table_unref(g->slots);
	codebase_free(g->code);
	g_free(g);
}

bool edge_is_below(const struct graph *g, const struct edge *e, guint from)
{
	guint to = graph_node(g, e->to)->component;

	if (!e->summary)
		return false;
	return to < from || graph_component(g, to)->circle !=
				    graph_component(g, from)->circle;
}

bool slot_is_outside(const struct graph *g, const struct slot *s,
		     const struct component *c)
{
	guint i;

	for (i = 0; i < s->nodes->len; i++) {
		const struct node *n = graph_node(
			g, g_array_index(s->nodes, guint, i));

		if (graph_component(g, n->component)->circle == c->circle)
			return false;
	}
	return true;
}

const struct edge *node_edge(const struct node *n, const char *name)
{
	guint i;

	for (i = 0; i < n->edges->len; i++)
		if (g_array_index(n->edges, struct edge, i).name == name)
			return &g_array_index(n->edges, struct edge, i);
	return NULL;
}
