// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a unit takes from the others: by the names that its functions say, the
 * digests of what those names mean. Packed into the store when all is linked,
 * and read back as a struct world when the unit is checked.
 */
#include "link/private.h"

#include <string.h>

#include "base/wire.h"

static void clear_slot(gpointer p)
{
	struct import_slot *s = p;

	if (s->targets)
		g_array_unref(s->targets);
}

void lists_init(struct lists *l)
{
	l->summaries = g_array_new(FALSE, TRUE, sizeof(struct import));
	l->entries = g_array_new(FALSE, TRUE, sizeof(struct import));
	l->slots = g_array_new(FALSE, TRUE, sizeof(struct import_slot));
	g_array_set_clear_func(l->slots, clear_slot);
}

void lists_clear(struct lists *l)
{
	g_array_unref(l->summaries);
	g_array_unref(l->entries);
	g_array_unref(l->slots);
}

static void wire_imports(struct wire *w, GArray *list)
{
	int i, n = wire_count(w, (int)list->len);

	g_array_set_size(list, (guint)n);
	for (i = 0; i < n; i++) {
		struct import *im = &g_array_index(list, struct import, i);

		wire_string(w, &im->name);
		wire_string(w, &im->fact);
		if (!im->name)
			wire_fail(w);
	}
}

static void wire_lists(struct wire *w, struct lists *l)
{
	int i, n;

	wire_imports(w, l->summaries);
	wire_imports(w, l->entries);
	n = wire_count(w, (int)l->slots->len);
	g_array_set_size(l->slots, (guint)n);
	for (i = 0; i < n; i++) {
		struct import_slot *s = &g_array_index(l->slots,
						       struct import_slot, i);

		wire_string(w, &s->record);
		wire_string(w, &s->member);
		if (!s->record || !s->member)
			wire_fail(w);
		if (!s->targets)
			s->targets = g_array_new(FALSE, TRUE,
						 sizeof(struct import));
		wire_imports(w, s->targets);
	}
}

/* ---- making them ---- */

struct maker {
	const struct graph *graph;
	struct lists lists;
	GHashTable *own;	/* nodes (+ 1) that are the unit's main file's */
	GHashTable *known;	/* names and slots that are in the lists */
};

static bool is_own(const struct maker *m, guint node)
{
	return g_hash_table_contains(m->own, GUINT_TO_POINTER(node + 1));
}

/* A weak function of the unit may lose: flow asks who won. */
static bool is_said(const struct maker *m, guint node)
{
	return !is_own(m, node) ||
	       graph_body(m->graph, graph_node(m->graph, node))->is_weak;
}

static void take_summary(struct maker *m, const struct edge *e)
{
	const struct import im = { e->name,
				   graph_node(m->graph, e->to)->summary };

	if (e->summary && im.fact && is_said(m, e->to) &&
	    g_hash_table_add(m->known, (gpointer)e->name))
		g_array_append_val(m->lists.summaries, im);
}

static void take_slot(struct maker *m, const struct slot *s)
{
	struct import_slot is = { s->record, s->member, NULL };
	guint i;

	if (!g_hash_table_add(m->known, (gpointer)s))
		return;
	is.targets = g_array_new(FALSE, TRUE, sizeof(struct import));
	for (i = 0; i < s->nodes->len; i++) {
		guint to = g_array_index(s->nodes, guint, i);
		const struct node *n = graph_node(m->graph, to);
		const struct import im = { graph_body(m->graph, n)->name,
					   is_said(m, to) ? n->summary : NULL };

		if (!n->summary) {
			g_array_unref(is.targets);
			return;
		}
		g_array_append_val(is.targets, im);
	}
	g_array_append_val(m->lists.slots, is);
}

static void take_node(struct maker *m, const struct node *n)
{
	guint i;

	for (i = 0; i < n->edges->len; i++)
		take_summary(m, &g_array_index(n->edges, struct edge, i));
	for (i = 0; i < n->slots->len; i++)
		take_slot(m, n->slots->pdata[i]);
}

static void take_entry(struct maker *m, const struct node *n)
{
	const struct import im = { graph_body(m->graph, n)->name, n->entry };

	if (n->entry)
		g_array_append_val(m->lists.entries, im);
}

static void find_own(struct maker *m, const GArray *nodes)
{
	guint i, node;

	for (i = 0; i < nodes->len; i++) {
		node = g_array_index(nodes, guint, i);
		if (node != NO_NODE &&
		    graph_body(m->graph, graph_node(m->graph, node))->is_main)
			g_hash_table_add(m->own, GUINT_TO_POINTER(node + 1));
	}
}

static GBytes *make_world(const struct graph *g, const GArray *nodes)
{
	struct maker m = { .graph = g,
			   .own = g_hash_table_new(NULL, NULL),
			   .known = g_hash_table_new(NULL, NULL) };
	struct wire *w = wire_writer();
	guint i, node;

	lists_init(&m.lists);
	find_own(&m, nodes);
	for (i = 0; i < nodes->len; i++) {
		node = g_array_index(nodes, guint, i);
		if (node == NO_NODE)
			continue;
		take_node(&m, graph_node(g, node));
		if (is_own(&m, node))
			take_entry(&m, graph_node(g, node));
	}
	wire_lists(w, &m.lists);
	lists_clear(&m.lists);
	g_hash_table_unref(m.own);
	g_hash_table_unref(m.known);
	return wire_finish(w);
}

void link_worlds(struct link *l, struct store *s)
{
	const struct graph *g = l->graph;
	GBytes *world;
	guint i;

	for (i = 0; i < g->code->units->len; i++) {
		const struct codebase_unit *u = g->code->units->pdata[i];

		world = make_world(g, g->members->pdata[i]);
		store_keep_world(s, u->id, world);
		g_bytes_unref(world);
	}
}

/* ---- reading them ---- */

struct imports {
	struct store *store;
	char *digest;
	struct world world;
	GHashTable *summaries, *entries; /* name -> digest */
	GHashTable *slots;	/* "record.member" -> GArray of world_target */
	GHashTable *facts;	/* digest -> GBytes *, owned */
};

static GBytes *import_fact(struct imports *i, const char *digest)
{
	GBytes *bytes = g_hash_table_lookup(i->facts, digest);

	if (bytes)
		return bytes;
	bytes = store_fact(i->store, digest);
	if (bytes)
		g_hash_table_insert(i->facts, (gpointer)digest, bytes);
	return bytes;
}

static GBytes *import_named(struct imports *i, GHashTable *table,
			    const char *name)
{
	const char *digest = g_hash_table_lookup(table, name);

	return digest ? import_fact(i, digest) : NULL;
}

static GBytes *import_summary(void *data, const struct func *caller,
			      const char *name)
{
	struct imports *i = data;

	(void)caller;
	return import_named(i, i->summaries, name);
}

static GBytes *import_entry(void *data, const struct func *f)
{
	struct imports *i = data;

	return f->in_main_file ? import_named(i, i->entries, f->name) : NULL;
}

static GArray *resolve_targets(struct imports *i, const GArray *targets)
{
	GArray *list = g_array_new(FALSE, FALSE, sizeof(struct world_target));
	guint k;

	for (k = 0; k < targets->len; k++) {
		const struct import *im = &g_array_index(targets,
							 struct import, k);
		const struct world_target t = {
			im->name, im->fact ? import_fact(i, im->fact) : NULL
		};

		if (im->fact && !t.summary) {
			g_array_set_size(list, 0);
			break;
		}
		g_array_append_val(list, t);
	}
	return list;
}

static const struct world_target *import_targets(void *data, const char *record,
						 const char *member,
						 guint *ret_n)
{
	struct imports *i = data;
	char *key = g_strconcat(record, ".", member, NULL);
	const GArray *list = g_hash_table_lookup(i->slots, key);

	g_free(key);
	if (!list || !list->len)
		return NULL;
	*ret_n = list->len;
	return (const struct world_target *)list->data;
}

/* Read at once: later another process may have linked, and dropped them. */
static void add_imports(struct imports *i, GHashTable *table,
			const GArray *list)
{
	guint k;

	for (k = 0; k < list->len; k++) {
		const struct import *im = &g_array_index(list, struct import,
							 k);

		if (im->fact && import_fact(i, im->fact))
			g_hash_table_insert(table, (gpointer)im->name,
					    (gpointer)im->fact);
	}
}

static void add_slots(struct imports *i, const GArray *slots)
{
	guint k;

	for (k = 0; k < slots->len; k++) {
		const struct import_slot *s = &g_array_index(
			slots, struct import_slot, k);

		g_hash_table_insert(i->slots,
				    g_strconcat(s->record, ".", s->member, NULL),
				    resolve_targets(i, s->targets));
	}
}

static struct imports *imports_new(struct store *s, const struct lists *l)
{
	struct imports *i = g_new0(struct imports, 1);

	i->store = s;
	i->world = (struct world){ .data = i, .coarse = true,
				   .summary = import_summary,
				   .entry = import_entry,
				   .targets = import_targets };
	i->summaries = g_hash_table_new(NULL, NULL);
	i->entries = g_hash_table_new(NULL, NULL);
	i->slots = g_hash_table_new_full(g_str_hash, g_str_equal, g_free,
					 (GDestroyNotify)g_array_unref);
	i->facts = g_hash_table_new_full(NULL, NULL, NULL,
					 (GDestroyNotify)g_bytes_unref);
	add_imports(i, i->summaries, l->summaries);
	add_imports(i, i->entries, l->entries);
	add_slots(i, l->slots);
	return i;
}

bool lists_unpack(struct lists *l, GBytes *bytes)
{
	struct wire *w = wire_reader(bytes);

	wire_lists(w, l);
	return wire_done(w);
}

static struct imports *unpack(struct store *s, GBytes *bytes)
{
	struct imports *i = NULL;
	struct lists l;

	lists_init(&l);
	if (lists_unpack(&l, bytes))
		i = imports_new(s, &l);
	lists_clear(&l);
	return i;
}

struct imports *imports_load(struct store *s, const char *path)
{
	struct imports *i = NULL;
	GBytes *bytes;

	store_snapshot(s);
	bytes = store_world(s, path);
	if (bytes) {
		i = unpack(s, bytes);
		g_bytes_unref(bytes);
	}
	if (i)
		i->digest = store_world_digest(s, path);
	store_commit(s);
	return i;
}

void imports_free(struct imports *i)
{
	if (!i)
		return;
	g_hash_table_unref(i->summaries);
	g_hash_table_unref(i->entries);
	g_hash_table_unref(i->slots);
	g_hash_table_unref(i->facts);
	g_free(i->digest);
	g_free(i);
}

const char *imports_digest(const struct imports *i)
{
	return i ? i->digest : NULL;
}

const struct world *imports_world(const struct imports *i)
{
	return i ? &i->world : NULL;
}

void imports_print(GString *out, const struct imports *i, const char *function)
{
	GList *names = i ? g_hash_table_get_keys(i->summaries) : NULL, *at;

	names = g_list_sort(names, (GCompareFunc)strcmp);
	for (at = names; at; at = at->next) {
		GBytes *bytes = import_summary((void *)i, NULL, at->data);

		if (bytes && (!function || !strcmp(function, at->data)))
			summary_print(out, bytes, at->data);
	}
	g_list_free(names);
}
