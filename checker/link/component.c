// SPDX-License-Identifier: GPL-2.0-only
/*
 * One component: what it goes by, and its summaries, made by flow in a unit of
 * its functions alone.
 */
#include "link/private.h"

#include "base/digest.h"
#include "base/wire.h"
#include "ir/pack.h"

/* ---- the key ---- */

static void add_edge(const struct link *l, GChecksum *sum, guint component,
		     const struct edge *e)
{
	const struct node *to = graph_node(l->graph, e->to);

	if (to->component == component)
		return;
	digest_text(sum, e->name);
	digest_text(sum, edge_is_below(l->graph, e, component) ? to->summary :
								 NULL);
}

static void add_slot(const struct link *l, GChecksum *sum, guint component,
		     const struct slot *s)
{
	bool known = slot_is_outside(l->graph, s,
				     graph_component(l->graph, component));
	guint i;

	digest_text(sum, s->record);
	digest_text(sum, s->member);
	for (i = 0; i < s->nodes->len && known; i++) {
		const struct node *n = graph_node(
			l->graph, g_array_index(s->nodes, guint, i));

		digest_text(sum, graph_body(l->graph, n)->name);
		digest_text(sum, n->summary);
	}
	digest_text(sum, "");
}

static void add_node(const struct link *l, GChecksum *sum, guint component,
		     const struct node *n)
{
	guint i;

	digest_text(sum, graph_body(l->graph, n)->digest);
	for (i = 0; i < n->edges->len; i++)
		add_edge(l, sum, component,
			 &g_array_index(n->edges, struct edge, i));
	digest_text(sum, "");
	for (i = 0; i < n->slots->len; i++)
		add_slot(l, sum, component, n->slots->pdata[i]);
	digest_text(sum, "");
}

static struct node *member(const struct link *l, const struct component *c,
			   guint i)
{
	return graph_node(l->graph, g_array_index(c->nodes, guint, i));
}

char *component_key(const struct link *l, guint component)
{
	const struct component *c = graph_component(l->graph, component);
	GChecksum *sum = g_checksum_new(G_CHECKSUM_SHA256);
	guint i;

	digest_text(sum, l->options->reader);
	digest_text(sum, l->options->model_digest);
	for (i = 0; i < c->nodes->len; i++)
		add_node(l, sum, component, member(l, c, i));
	return digest_end(sum);
}

/* ---- the world of a component ---- */

struct outside {
	const struct link *link;
	struct store *store;
	guint component;
	GHashTable *nodes;	/* struct func * -> struct node * */
	GHashTable *facts;	/* digest -> GBytes *: the task's */
	GHashTable *targets;	/* struct slot * -> GArray of world_target */
};

static GBytes *fact(struct outside *o, const char *digest)
{
	GBytes *bytes = digest ? g_hash_table_lookup(o->facts, digest) : NULL;

	if (bytes || !digest)
		return bytes;
	bytes = store_fact(o->store, digest);
	if (bytes)
		g_hash_table_insert(o->facts, (gpointer)digest, bytes);
	return bytes;
}

static GBytes *outside_summary(void *data, const struct func *caller,
			       const char *name)
{
	struct outside *o = data;
	const struct node *n = g_hash_table_lookup(o->nodes, caller);
	const struct edge *e = n ? node_edge(n, name) : NULL;

	if (!e || !edge_is_below(o->link->graph, e, o->component))
		return NULL;
	return fact(o, graph_node(o->link->graph, e->to)->summary);
}

static GArray *targets_of(struct outside *o, const struct slot *s)
{
	GArray *list = g_array_new(FALSE, FALSE, sizeof(struct world_target));
	guint i;

	for (i = 0; i < s->nodes->len; i++) {
		const struct node *n = graph_node(
			o->link->graph, g_array_index(s->nodes, guint, i));
		const struct world_target t = {
			graph_body(o->link->graph, n)->name,
			fact(o, n->summary)
		};

		if (!t.summary) {
			g_array_set_size(list, 0);
			break;
		}
		g_array_append_val(list, t);
	}
	return list;
}

/* Is it one that the component's key speaks of? */
static const struct slot *find_slot(const struct outside *o,
				    const char *record, const char *name)
{
	const struct graph *g = o->link->graph;
	const struct component *c = graph_component(g, o->component);
	guint i, k;

	for (i = 0; i < c->nodes->len; i++) {
		const GPtrArray *slots = member(o->link, c, i)->slots;

		for (k = 0; k < slots->len; k++) {
			const struct slot *s = slots->pdata[k];

			if (s->record == record && s->member == name)
				return slot_is_outside(g, s, c) ? s : NULL;
		}
	}
	return NULL;
}

static const struct world_target *outside_targets(void *data,
						  const char *record,
						  const char *name,
						  guint *ret_n)
{
	struct outside *o = data;
	const struct slot *s = find_slot(o, record, name);
	GArray *list = s ? g_hash_table_lookup(o->targets, s) : NULL;

	if (s && !list) {
		list = targets_of(o, s);
		g_hash_table_insert(o->targets, (gpointer)s, list);
	}
	if (!list || !list->len)
		return NULL;
	*ret_n = list->len;
	return (const struct world_target *)list->data;
}

static void outside_init(struct outside *o, const struct link *l,
			 guint component, struct store *s, GHashTable *facts)
{
	o->link = l;
	o->store = s;
	o->component = component;
	o->nodes = g_hash_table_new(NULL, NULL);
	o->facts = facts;
	o->targets = g_hash_table_new_full(NULL, NULL, NULL,
					   (GDestroyNotify)g_array_unref);
}

static void outside_clear(struct outside *o)
{
	g_hash_table_unref(o->nodes);
	g_hash_table_unref(o->targets);
}

/* ---- computing ---- */

static struct func *load_func(struct unit *u, struct store *s,
			      const char *body)
{
	GBytes *ir = store_body(s, body);
	struct func *f = ir ? ir_unpack_func(u, ir) : NULL;

	if (ir)
		g_bytes_unref(ir);
	return f;
}

/* The component's functions in its order; false: one is damaged. */
static bool load_unit(struct outside *o, struct unit *u)
{
	const struct component *c = graph_component(o->link->graph,
						    o->component);
	guint i;

	for (i = 0; i < c->nodes->len; i++) {
		struct node *n = member(o->link, c, i);
		struct func *f = load_func(
			u, o->store, graph_body(o->link->graph, n)->digest);

		if (!f)
			return false;
		g_hash_table_insert(o->nodes, f, n);
	}
	return true;
}

static GBytes *pack_results(const struct flow *fl, const struct unit *u)
{
	struct wire *w = wire_writer();
	guint i;

	for (i = 0; i < u->funcs->len; i++) {
		const struct func_flow *ff = flow_of(fl, u->funcs->pdata[i]);
		GBytes *summary = summary_pack(fl, ff);
		GBytes *calls = calls_pack(fl, ff);

		wire_bytes(w, &summary);
		wire_bytes(w, &calls);
		g_bytes_unref(summary);
		g_bytes_unref(calls);
	}
	return wire_finish(w);
}

GBytes *component_compute(const struct link *l, guint component,
			  struct store *s, GHashTable *facts)
{
	struct unit *u = unit_new("");
	struct outside o;
	const struct world world = {
		.data = &o, .coarse = true, .summary = outside_summary,
		.targets = outside_targets
	};
	GBytes *result = NULL;
	struct flow *fl;

	outside_init(&o, l, component, s, facts);
	if (load_unit(&o, u)) {
		fl = flow_new(u, l->options->model, &world);
		result = pack_results(fl, u);
		flow_free(fl);
	}
	outside_clear(&o);
	unit_free(u);
	return result;
}

/* ---- keeping ---- */

static const char *keep_fact(struct wire *in, struct wire *out,
			     struct store *s)
{
	GBytes *bytes;
	const char *digest;

	wire_bytes(in, &bytes);
	digest = store_keep_fact(s, bytes);
	wire_string(out, &digest);
	g_bytes_unref(bytes);
	return digest;
}

bool component_store(struct link *l, guint component, GBytes *result,
		     struct store *s)
{
	const struct component *c = graph_component(l->graph, component);
	struct wire *in = wire_reader(result), *out = wire_writer();
	GBytes *digests;
	guint i;

	for (i = 0; i < c->nodes->len; i++) {
		member(l, c, i)->summary = keep_fact(in, out, s);
		member(l, c, i)->calls = keep_fact(in, out, s);
	}
	digests = wire_finish(out);
	store_keep_component(s, l->keys[component], digests);
	g_bytes_unref(digests);
	return wire_done(in);
}

static bool has_fact(struct store *s, const char *digest)
{
	return digest && store_has_fact(s, digest);
}

bool component_recall(struct link *l, guint component, struct store *s)
{
	const struct component *c = graph_component(l->graph, component);
	GBytes *digests = store_component(s, l->keys[component]);
	struct wire *w;
	bool good;
	guint i;

	if (!digests)
		return false;
	w = wire_reader(digests);
	for (i = 0; i < c->nodes->len; i++) {
		wire_string(w, &member(l, c, i)->summary);
		wire_string(w, &member(l, c, i)->calls);
	}
	good = wire_done(w);
	for (i = 0; i < c->nodes->len; i++)
		good = good && has_fact(s, member(l, c, i)->summary) &&
		       has_fact(s, member(l, c, i)->calls);
	for (i = 0; i < c->nodes->len && !good; i++)
		member(l, c, i)->summary = member(l, c, i)->calls = NULL;
	g_bytes_unref(digests);
	return good;
}
