// SPDX-License-Identifier: GPL-2.0-only
/*
 * When to check: at once what was opened or saved, and what is typed in when
 * that pauses. After a check there is none for as long as it took, so that the
 * worker is idle half of the time however fast one types.
 */
#include "lsp/checks.h"

#include <json-c/json.h>
#include <string.h>

#include "base/json.h"
#include "lsp/diagnostics.h"
#include "lsp/items.h"
#include "lsp/question.h"
#include "lsp/worker.h"

/* In ms: the worker rests no longer, however slow checks are. */
#define LONGEST_REST 2000
#define US_A_MS 1000
/* How often to look if it works or rests no more. */
#define LOOK_MS 20

/* An open document, as far as its checks go. */
struct watch {
	struct checks *checks;
	char *path;
	guint64 turn;	 /* the later, the later it was edited */
	guint64 stamp;	 /* of its text */
	guint64 told;	 /* that of the text that a worker heard last; 0: none */
	guint64 spoiled; /* that of one that a worker was lost over; 0: none */
	gboolean sent;	 /* does the worker that there is know our text? */
	gboolean saved, due; /* what is to be asked */
	gboolean asked;	     /* is the question under way about it? */
	guint timer;	 /* until it is due; 0: none */
	json_object *reads; /* paths, an array; NULL: not known */
};

struct checks {
	struct router *router;
	GHashTable *watches; /* by path: struct watch */
	guint64 turns;	     /* given so far */
	GQueue *closed;	     /* questions that tell the worker so */
	/* The question under way: */
	char *path, *what;
	guint64 stamp;
	gint64 began;	     /* by the monotonic clock */
	gboolean busy;	     /* is there one? */
	gint64 rest;	     /* until when no edit makes a check begin */
};

static void watch_free(void *watch)
{
	struct watch *w = watch;

	if (w->timer)
		g_source_remove(w->timer);
	json_object_put(w->reads);
	g_free(w->path);
	g_free(w);
}

static void put_object(void *o)
{
	json_object_put(o);
}

struct checks *checks_new(struct router *r)
{
	struct checks *c = g_new0(struct checks, 1);

	c->router = r;
	c->watches = g_hash_table_new_full(g_str_hash, g_str_equal, NULL,
					   watch_free);
	c->closed = g_queue_new();
	return c;
}

void checks_free(struct checks *c)
{
	if (!c)
		return;
	g_hash_table_unref(c->watches);
	g_queue_free_full(c->closed, put_object);
	g_free(c->path);
	g_free(c->what);
	g_free(c);
}

static struct watch *find(const struct checks *c, const char *path)
{
	return g_hash_table_lookup(c->watches, path);
}

/* ---- when ---- */

static void make_due(struct watch *w)
{
	if (w->timer)
		g_source_remove(w->timer);
	w->timer = 0;
	w->due = TRUE;
	worker_wake(w->checks->router->worker);
}

static gboolean on_pause(void *watch)
{
	struct watch *w = watch;
	const struct checks *c = w->checks;

	w->timer = 0;
	if (c->busy || g_get_monotonic_time() < c->rest)
		w->timer = g_timeout_add(LOOK_MS, on_pause, w);
	else
		make_due(w);
	return G_SOURCE_REMOVE;
}

/* Once nothing was typed for a while. */
static void make_due_later(struct watch *w)
{
	if (w->timer)
		g_source_remove(w->timer);
	w->timer = g_timeout_add(
		(guint)w->checks->router->options->debounce, on_pause, w);
}

static gboolean reads(const struct watch *w, const char *path)
{
	for (size_t i = 0; i < json_length(w->reads); i++)
		if (!g_strcmp0(path, json_object_get_string(
					     json_object_array_get_idx(
						     w->reads, i))))
			return TRUE;
	return FALSE;
}

/* What stands in @path is another text now, for those who include it, too. */
static void readers_changed(struct checks *c, const char *path)
{
	GHashTableIter i;
	void *watch;

	g_hash_table_iter_init(&i, c->watches);
	while (g_hash_table_iter_next(&i, NULL, &watch)) {
		struct watch *w = watch;

		if (!reads(w, path))
			continue;
		w->spoiled = 0;
		make_due_later(w);
	}
}

void checks_opened(struct checks *c, const struct document *d)
{
	struct watch *w = g_new0(struct watch, 1);

	w->checks = c;
	w->path = g_strdup(d->path);
	w->turn = ++c->turns;
	w->stamp = document_stamp(d);
	g_hash_table_replace(c->watches, w->path, w);
	readers_changed(c, d->path);
	make_due(w);
}

void checks_changed(struct checks *c, const struct document *d)
{
	struct watch *w = find(c, d->path);

	if (!w)
		return;
	w->turn = ++c->turns;
	w->stamp = document_stamp(d);
	w->sent = FALSE;
	make_due_later(w);
	readers_changed(c, d->path);
}

void checks_saved(struct checks *c, const struct document *d)
{
	struct watch *w = find(c, d->path);

	if (!w)
		return;
	w->saved = TRUE;
	make_due(w);
}

void checks_closed(struct checks *c, const char *path, const char *uri)
{
	json_object *told = question_new("text", path);

	json_put_text(told, "uri", uri);
	json_object_object_add(told, "version", NULL);
	json_object_object_add(told, "text", NULL);
	g_queue_push_tail(c->closed, told);
	g_hash_table_remove(c->watches, path);
	readers_changed(c, path);
}

/* ---- texts ---- */

void checks_send_texts(struct checks *c, struct backend *b)
{
	GPtrArray *all = documents_list(c->router->documents);
	json_object *told;

	while ((told = g_queue_pop_head(c->closed)))
		backend_ask(b, told, NULL, NULL);
	for (guint i = 0; i < all->len; i++) {
		const struct document *d = all->pdata[i];
		struct watch *w = find(c, d->path);

		if (!w || w->sent)
			continue;
		backend_ask(b, question_text(d), NULL, NULL);
		w->sent = TRUE;
		w->told = w->stamp;
	}
	g_ptr_array_unref(all);
}

void checks_forget_sent(struct checks *c)
{
	GHashTableIter i;
	void *watch;

	g_hash_table_iter_init(&i, c->watches);
	while (g_hash_table_iter_next(&i, NULL, &watch))
		((struct watch *)watch)->sent = FALSE;
	g_queue_clear_full(c->closed, put_object);
}

void checks_spoil(struct checks *c, const char *path)
{
	struct watch *w = find(c, path);

	if (w)
		w->spoiled = w->told;
}

static gboolean is_spoiled(const struct watch *w)
{
	return w->spoiled == w->stamp;
}

gboolean checks_are_spoiled(const struct checks *c, const char *path)
{
	const struct watch *w = find(c, path);

	return w && is_spoiled(w);
}

/* ---- questions ---- */

static json_object *begin(struct checks *c, struct watch *w, const char *what)
{
	g_free(c->path);
	g_free(c->what);
	c->path = g_strdup(w->path);
	c->what = g_strdup(what);
	c->stamp = w->stamp;
	c->busy = w->asked = TRUE;
	c->began = g_get_monotonic_time();
	return question_new(what, w->path);
}

/* The user looks at what was opened or edited last. NULL: nothing is to do. */
static struct watch *find_due(const struct checks *c)
{
	struct watch *found = NULL;
	GHashTableIter i;
	void *watch;

	g_hash_table_iter_init(&i, c->watches);
	while (g_hash_table_iter_next(&i, NULL, &watch)) {
		struct watch *w = watch;

		if ((w->saved || w->due) && !is_spoiled(w) &&
		    (!found || found->turn < w->turn))
			found = w;
	}
	return found;
}

json_object *checks_next(struct checks *c)
{
	struct watch *w = find_due(c);

	if (!w)
		return NULL;
	if (w->saved) {
		w->saved = FALSE;
		return begin(c, w, "saved");
	}
	w->due = FALSE;
	return begin(c, w, "check");
}

static void begin_rest(struct checks *c)
{
	gint64 now = g_get_monotonic_time();

	c->rest = now + MIN(now - c->began, LONGEST_REST * US_A_MS);
}

static void take_items(struct checks *c, json_object *answer)
{
	struct document *d = documents_at(c->router->documents, c->path);
	struct watch *w = find(c, c->path);
	json_object *items = NULL, *paths = NULL;

	begin_rest(c);
	/* it may have been closed, and even opened again with another text */
	if (!d || !w || !w->asked)
		return;
	w->asked = FALSE;
	if (json_object_object_get_ex(answer, "reads", &paths) &&
	    json_object_is_type(paths, json_type_array)) {
		json_object_put(w->reads);
		w->reads = json_object_get(paths);
	}
	if (!json_object_object_get_ex(answer, "items", &items))
		return;
	if (!items_are(items)) {
		router_log(c->router, "pincheck: the worker answered with"
				      " what are no findings");
		return;
	}
	document_set_items(d, c->stamp, json_object_get(items));
	diagnostics_found(c->router, d);
}

void checks_all(struct checks *c)
{
	GHashTableIter i;
	void *watch;

	g_hash_table_iter_init(&i, c->watches);
	while (g_hash_table_iter_next(&i, NULL, &watch))
		((struct watch *)watch)->due = TRUE;
}

/* What other units know of the saved one may have changed. */
static void take_saved(struct checks *c, json_object *answer)
{
	json_object *changed = NULL;

	json_object_object_get_ex(answer, "changed", &changed);
	if (json_object_get_boolean(changed))
		checks_all(c);
}

void checks_answer(struct checks *c, json_object *answer)
{
	c->busy = FALSE;
	if (!answer)
		return;
	if (!strcmp(c->what, "check"))
		take_items(c, answer);
	else
		take_saved(c, answer);
}
