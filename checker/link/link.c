// SPDX-License-Identifier: GPL-2.0-only
/*
 * The rounds: all components of one level, cut into tasks, and once more those
 * that were lost, each by itself.
 */
#include "link/private.h"

#include <string.h>

#include "base/wire.h"

/* A task is cut off here, so that one lost costs little; in bytes of IR. */
#define TASK_BYTES (256 * 1024)

static void task_free(gpointer p)
{
	struct task *t = p;

	g_array_unref(t->components);
	g_ptr_array_unref(t->results);
	g_free(t);
}

static void free_bytes(gpointer bytes)
{
	if (bytes)
		g_bytes_unref(bytes);
}

static struct task *task_new(struct link *l)
{
	struct task *t = g_new0(struct task, 1);

	t->components = g_array_new(FALSE, FALSE, sizeof(guint));
	t->results = g_ptr_array_new_with_free_func(free_bytes);
	g_ptr_array_add(l->tasks, t);
	return t;
}

/* Does the analysis want to see into this function? */
static bool want(const char *function, void *model)
{
	return !model_api(model, g_intern_string(function));
}

static void sort_levels(struct link *l)
{
	const struct graph *g = l->graph;
	guint i;

	for (i = 0; i < g->components->len; i++)
		l->n_levels = MAX(l->n_levels,
				  graph_component(g, i)->level + 1);
	l->by_level = g_new(GArray *, l->n_levels);
	for (i = 0; i < l->n_levels; i++)
		l->by_level[i] = g_array_new(FALSE, FALSE, sizeof(guint));
	for (i = 0; i < g->components->len; i++)
		g_array_append_val(l->by_level[graph_component(g, i)->level],
				   i);
}

/* What the store knows of itself, by these names. */
#define LINKED "linked"	/* what its worlds were made of */
#define SETTLED "settled" /* the state of the files when it was fresh */

/* "READER MODEL UNITS whole", or part */
static char *state_of(struct store *s, const struct link_options *opt)
{
	char *units = store_units_state(s);
	char *state = g_strdup_printf("%s %s %s %s", opt->reader,
				      opt->model_digest, units,
				      opt->whole ? "whole" : "part");

	g_free(units);
	return state;
}

static bool is_settled(struct store *s)
{
	char *before = NULL, *text = store_recall_program(s, SETTLED, &before);
	char *now = text ? store_files_state(s) : NULL;
	bool settled = now && !g_strcmp0(now, before);

	g_free(before);
	g_free(text);
	g_free(now);
	return settled;
}

enum link_state link_state(struct store *s, const struct link_options *opt)
{
	char *before = NULL, *text = store_recall_program(s, LINKED, &before);
	char *now = state_of(s, opt);
	enum link_state state = LINK_OLD;

	if (!text)
		state = LINK_NEVER;
	else if (!before || !g_str_has_prefix(before, opt->reader))
		state = LINK_OTHER;
	else if (!g_strcmp0(now, before))
		state = is_settled(s) ? LINK_CURRENT : LINK_UNSURE;
	g_free(before);
	g_free(text);
	g_free(now);
	return state;
}

void link_settle(struct store *s, const char *files)
{
	store_remember_program(s, SETTLED, files, "");
}

struct link *link_new(struct store *s, const struct link_options *opt)
{
	/* first: who changes a unit meanwhile makes another state */
	char *state = state_of(s, opt);
	struct codebase *p = store_codebase(s);
	struct link *l;

	if (!p) {
		g_free(state);
		return NULL;
	}
	l = g_new0(struct link, 1);
	l->options = opt;
	l->state = state;
	l->graph = graph_new(p, opt->whole, want, (void *)opt->model);
	l->tasks = g_ptr_array_new_with_free_func(task_free);
	l->retry = g_array_new(FALSE, FALSE, sizeof(guint));
	l->keys = g_new0(char *, l->graph->components->len + 1);
	l->notices = g_ptr_array_new_with_free_func(g_free);
	sort_levels(l);
	return l;
}

void link_free(struct link *l)
{
	guint i;

	if (!l)
		return;
	for (i = 0; i < l->n_levels; i++)
		g_array_unref(l->by_level[i]);
	for (i = 0; i < l->graph->components->len; i++)
		g_free(l->keys[i]);
	g_free(l->by_level);
	g_free(l->keys);
	g_free(l->state);
	graph_free(l->graph);
	g_ptr_array_unref(l->tasks);
	g_ptr_array_unref(l->notices);
	g_array_unref(l->retry);
	g_free(l);
}

static guint functions_of(const struct link *l, guint component)
{
	return graph_component(l->graph, component)->nodes->len;
}

/* ---- a round ---- */

static void keep_results(struct link *l, struct store *s)
{
	guint i, k;

	store_transaction(s);
	for (i = 0; i < l->tasks->len; i++) {
		const struct task *t = l->tasks->pdata[i];

		for (k = 0; k < t->results->len; k++) {
			guint c = g_array_index(t->components, guint, k);

			component_store(l, c, t->results->pdata[k], s);
			l->counts.functions += functions_of(l, c);
		}
	}
	store_commit(s);
	g_ptr_array_set_size(l->tasks, 0);
}

static guint size_of(const struct link *l, guint component)
{
	const struct component *c = graph_component(l->graph, component);
	guint i, size = 0;

	for (i = 0; i < c->nodes->len; i++) {
		const struct node *n = graph_node(
			l->graph, g_array_index(c->nodes, guint, i));

		size += (guint)graph_body(l->graph, n)->size;
	}
	return size;
}

/* In parts of like size: several for each worker, and none too large. */
static void make_tasks(struct link *l, const GArray *components, guint workers)
{
	guint i, total = 0, size = 0, share;
	struct task *t = NULL;

	for (i = 0; i < components->len; i++)
		total += size_of(l, g_array_index(components, guint, i));
	share = MIN(total / (4 * workers) + 1, TASK_BYTES);
	for (i = 0; i < components->len; i++) {
		guint c = g_array_index(components, guint, i);

		if (!t || size >= share) {
			t = task_new(l);
			size = 0;
		}
		g_array_append_val(t->components, c);
		size += size_of(l, c);
	}
}

static void retry_tasks(struct link *l)
{
	guint i;

	for (i = 0; i < l->retry->len; i++)
		g_array_append_val(task_new(l)->components,
				   g_array_index(l->retry, guint, i));
	g_array_set_size(l->retry, 0);
}

/* What the store has not of a level; of the rest it takes what it has. */
static void make_level(struct link *l, struct store *s, guint level,
		       guint workers)
{
	const GArray *all = l->by_level[level];
	GArray *missing = g_array_new(FALSE, FALSE, sizeof(guint));
	guint i;

	for (i = 0; i < all->len; i++) {
		guint c = g_array_index(all, guint, i);

		l->keys[c] = component_key(l, c);
		if (component_recall(l, c, s))
			l->counts.kept += functions_of(l, c);
		else
			g_array_append_val(missing, c);
	}
	make_tasks(l, missing, workers);
	g_array_unref(missing);
}

/* What the program is known by now stays. */
static void sweep(struct link *l, struct store *s)
{
	GPtrArray *names = g_ptr_array_new();
	guint i;

	for (i = 0; i < l->graph->components->len; i++)
		if (l->keys[i])
			g_ptr_array_add(names, l->keys[i]);
	for (i = 0; i < l->graph->nodes->len; i++) {
		const struct node *n = graph_node(l->graph, i);
		const char *const facts[] = { n->summary, n->calls, n->entry };

		for (gsize k = 0; k < G_N_ELEMENTS(facts); k++)
			if (facts[k])
				g_ptr_array_add(names, (gpointer)facts[k]);
	}
	store_keep_only(s, names);
	g_ptr_array_unref(names);
}

/* At once: whoever is killed leaves no state that tells of other worlds. */
static void keep_worlds(struct link *l, struct store *s)
{
	store_transaction(s);
	link_worlds(l, s);
	store_remember_program(s, LINKED, l->state, "");
	store_commit(s);
}

guint link_round(struct link *l, struct store *s, guint workers)
{
	keep_results(l, s);
	retry_tasks(l);
	while (!l->tasks->len && l->level < l->n_levels)
		make_level(l, s, l->level++, workers);
	if (!l->tasks->len) {
		link_entries(l, s);
		keep_worlds(l, s);
		if (l->options->sweep)
			sweep(l, s);
	}
	return l->tasks->len;
}

/* ---- tasks ---- */

static struct task *task_at(const struct link *l, guint task)
{
	return l->tasks->pdata[task];
}

guint link_task_size(const struct link *l, guint task)
{
	return task_at(l, task)->components->len;
}

static bool has_function(const struct link *l, guint component,
			 const char *name)
{
	const struct component *c = graph_component(l->graph, component);
	guint i;

	for (i = 0; i < c->nodes->len; i++) {
		const struct node *n = graph_node(
			l->graph, g_array_index(c->nodes, guint, i));

		if (!strcmp(graph_body(l->graph, n)->name, name))
			return true;
	}
	return false;
}

bool link_task_has(const struct link *l, guint task, const char *name)
{
	const GArray *components = task_at(l, task)->components;
	guint i;

	for (i = 0; i < components->len; i++)
		if (has_function(l, g_array_index(components, guint, i), name))
			return true;
	return false;
}

/* What is damaged ends it: link_take() sees that components are missing. */
GBytes *link_task(struct link *l, guint task, struct store *s)
{
	const struct task *t = task_at(l, task);
	GHashTable *facts = g_hash_table_new_full(
		NULL, NULL, NULL, (GDestroyNotify)g_bytes_unref);
	struct wire *w = wire_writer();
	GBytes *one;
	guint i;

	for (i = 0; i < t->components->len; i++) {
		one = component_compute(l, g_array_index(t->components, guint,
							 i), s, facts);
		if (!one)
			break;
		wire_bytes(w, &one);
		g_bytes_unref(one);
	}
	g_hash_table_unref(facts);
	return wire_finish(w);
}

bool link_take(struct link *l, guint task, GBytes *result)
{
	struct task *t = task_at(l, task);
	struct wire *w = wire_reader(result);
	GBytes *one;
	guint i;

	for (i = 0; i < t->components->len; i++) {
		wire_bytes(w, &one);
		g_ptr_array_add(t->results, one);
	}
	if (wire_done(w))
		return true;
	g_ptr_array_set_size(t->results, 0);
	return false;
}

static void tell_lost(struct link *l, guint component, const char *why)
{
	const struct component *c = graph_component(l->graph, component);
	const struct codebase_body *b = graph_body(
		l->graph, graph_node(l->graph,
				     g_array_index(c->nodes, guint, 0)));

	l->counts.lost += c->nodes->len;
	g_ptr_array_add(l->notices,
			g_strdup_printf("%s:%d: %s: not summarised: %s",
					b->file, b->line, b->name, why));
}

void link_lose(struct link *l, guint task, const char *why)
{
	const struct task *t = task_at(l, task);

	if (t->components->len > 1)
		g_array_append_vals(l->retry, t->components->data,
				    t->components->len);
	else
		tell_lost(l, g_array_index(t->components, guint, 0), why);
}

struct link_counts link_counts(const struct link *l)
{
	return l->counts;
}

const GPtrArray *link_notices(const struct link *l)
{
	return l->notices;
}

const GPtrArray *link_ambiguous(const struct link *l)
{
	return l->graph->ambiguous;
}
