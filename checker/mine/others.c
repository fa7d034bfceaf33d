// SPDX-License-Identifier: GPL-2.0-only
/*
 * What is only ever proposed: guards, functions that a .pincheck file could
 * name, and lists that objects wait on to be used again.
 */
#include "mine/private.h"

#include <string.h>

#include "base/arena.h"

/* ---- guards ---- */

/* As in flow/guards.c, of all units: enough places, and few without. */
#define MIN_GUARDED 4

static int count_holders(const GPtrArray *writes, const char *lock)
{
	guint i;
	int k, n = 0;

	for (i = 0; i < writes->len; i++) {
		const struct evidence_site *s = writes->pdata[i];

		for (k = 0; k < s->n_locks && s->locks[k] != lock; k++)
			;
		n += k < s->n_locks;
	}
	return n;
}

/* All places that write what others can see. */
static GPtrArray *writes_of(const struct flag *f)
{
	GPtrArray *writes = g_ptr_array_new();
	guint i;

	for (i = 0; i < f->places->len; i++) {
		const struct place *p = f->places->pdata[i];

		if (!p->site->init)
			g_ptr_array_add(writes, (gpointer)p->site);
	}
	for (i = 0; i < f->stores->len; i++)
		g_ptr_array_add(writes, f->stores->pdata[i]);
	return writes;
}

static const char *best_lock(const GPtrArray *writes, int *ret_guarded)
{
	const char *best = NULL;
	guint i;
	int k, n;

	*ret_guarded = 0;
	for (i = 0; i < writes->len; i++) {
		const struct evidence_site *s = writes->pdata[i];

		for (k = 0; k < s->n_locks; k++) {
			n = count_holders(writes, s->locks[k]);
			if (n < *ret_guarded || (n == *ret_guarded && best &&
						 strcmp(s->locks[k], best) >= 0))
				continue;
			*ret_guarded = n;
			best = s->locks[k];
		}
	}
	return best;
}

static void note_unguarded(struct tables *t, struct mined_guard *g,
			   const GPtrArray *writes)
{
	guint i;
	int k;

	for (i = 0; i < writes->len; i++) {
		const struct evidence_site *s = writes->pdata[i];

		for (k = 0; k < s->n_locks && s->locks[k] != g->lock; k++)
			;
		if (k == s->n_locks)
			tables_add_site(t, g->exceptions, s, NULL);
	}
}

static void add_guard(struct tables *t, const struct flag *f)
{
	GPtrArray *writes = writes_of(f);
	struct mined_guard *g;
	const char *lock;
	int n;

	lock = best_lock(writes, &n);
	if (n >= MIN_GUARDED && n * 4 >= (int)writes->len * 3) {
		g = arena_new_object(t->out->arena, struct mined_guard);
		*g = (struct mined_guard){
			.record = f->record, .flag = f->name, .lock = lock,
			.writes = (int)writes->len, .guarded = n,
			.score = 100 * n / (int)writes->len + MIN(n, 50),
			.exceptions = tables_array(t)
		};
		note_unguarded(t, g, writes);
		g_ptr_array_add(t->out->guards, g);
	}
	g_ptr_array_unref(writes);
}

static gint compare_guards(gconstpointer p, gconstpointer q)
{
	const struct mined_guard *a = *(struct mined_guard *const *)p;
	const struct mined_guard *b = *(struct mined_guard *const *)q;

	if (a->score != b->score)
		return b->score - a->score;
	if (a->record != b->record)
		return g_strcmp0(a->record, b->record);
	return g_strcmp0(a->flag, b->flag);
}

void mine_guards(struct tables *t)
{
	guint i;

	for (i = 0; i < t->flags->len; i++)
		add_guard(t, t->flags->pdata[i]);
	g_ptr_array_sort(t->out->guards, compare_guards);
}

/* ---- functions ---- */

static const char *key_of(const struct evidence_effect *e)
{
	switch (e->kind) {
	case EVIDENCE_GET:
		return e->param < 0 ? "get-result" :
		       e->if_result ? "try-get" : "get";
	case EVIDENCE_PUT:
		return e->param < 0 ? NULL : e->if_result ? NULL : "put";
	case EVIDENCE_FREE:
		return e->param < 0 || e->if_result ? NULL : "free";
	case EVIDENCE_INSERT:
		return e->param < 0 || e->if_result ? NULL : "insert";
	case EVIDENCE_REMOVE:
		return e->param < 0 || e->if_result ? NULL : "remove";
	case EVIDENCE_PUBLISH:
		return e->param < 0 || e->if_result ? NULL : "publish";
	default:
		return NULL;
	}
}

static bool is_reference(const struct evidence_effect *e)
{
	return e->kind == EVIDENCE_GET || e->kind == EVIDENCE_PUT;
}

static void add_effect(struct tables *t, const struct evidence_func *f,
		       const struct evidence_effect *e, int callers)
{
	const char *key = *e->path ? NULL : key_of(e);
	struct mined_function *m;

	if (!key || (e->ways != f->ways && !e->if_result))
		return;
	if (is_reference(e) && !tables_is_lifetime(t, e->record, e->name))
		return;
	m = arena_new_object(t->out->arena, struct mined_function);
	*m = (struct mined_function){
		.key = key, .name = f->name, .file = f->file, .line = f->line,
		.param = e->param, .of = tables_name(e->record, e->name),
		.score = callers
	};
	g_ptr_array_add(t->out->functions, m);
}

/* How many places call each function of another unit. */
static GHashTable *count_callers(const struct tables *t)
{
	GHashTable *callers = g_hash_table_new(NULL, NULL);
	guint i;

	for (i = 0; i < t->evidence->sites->len; i++) {
		const struct evidence_site *s = t->evidence->sites->pdata[i];
		int n;

		if (s->kind != EVIDENCE_CALL)
			continue;
		n = GPOINTER_TO_INT(g_hash_table_lookup(callers, s->callee));
		g_hash_table_insert(callers, (gpointer)s->callee,
				    GINT_TO_POINTER(n + 1));
	}
	return callers;
}

static gint compare_functions(gconstpointer p, gconstpointer q)
{
	const struct mined_function *a = *(struct mined_function *const *)p;
	const struct mined_function *b = *(struct mined_function *const *)q;
	int c = strcmp(a->key, b->key);

	if (c)
		return c;
	if (a->score != b->score)
		return b->score - a->score;
	c = strcmp(a->name, b->name);
	return c ? c : a->param - b->param;
}

void mine_functions(struct tables *t)
{
	GHashTable *callers = count_callers(t);
	guint i;
	int k;

	for (i = 0; i < t->evidence->funcs->len; i++) {
		const struct evidence_func *f = t->evidence->funcs->pdata[i];

		if (t->model->is_known(f->name, t->model->data))
			continue;
		for (k = 0; k < f->n_effects; k++)
			add_effect(t, f, &f->effects[k],
				   GPOINTER_TO_INT(g_hash_table_lookup(
					   callers, f->name)));
	}
	g_ptr_array_sort(t->out->functions, compare_functions);
	g_hash_table_unref(callers);
}

/* ---- free lists ---- */

/* Who takes objects out for reuse comes before who puts them back. */
static struct mined_list *list_of(struct tables *t, GHashTable *index,
				  const struct evidence_site *s, bool create)
{
	const char *key = tables_name(s->record, s->name);
	struct mined_list *l = g_hash_table_lookup(index, key);

	if (l || !create)
		return l;
	l = arena_new_object(t->out->arena, struct mined_list);
	l->record = s->record;
	l->name = s->name;
	l->object = s->object;
	l->support = tables_array(t);
	g_hash_table_insert(index, (gpointer)key, l);
	g_ptr_array_add(t->out->lists, l);
	return l;
}

static void note_list(struct tables *t, GHashTable *index,
		      enum evidence_kind kind)
{
	struct mined_list *l;
	guint i;

	for (i = 0; i < t->evidence->sites->len; i++) {
		const struct evidence_site *s = t->evidence->sites->pdata[i];

		if (s->kind != kind || !s->name ||
		    (kind == EVIDENCE_SELECT && !s->last))
			continue;
		l = list_of(t, index, s, kind == EVIDENCE_SELECT);
		if (!l)
			continue;
		tables_add_site(t, l->support, s, NULL);
		/* one without an insertion is no list to come back to */
		l->score += kind == EVIDENCE_INSERT ? 10 : 1;
	}
}

static gint compare_lists(gconstpointer p, gconstpointer q)
{
	const struct mined_list *a = *(struct mined_list *const *)p;
	const struct mined_list *b = *(struct mined_list *const *)q;

	if (a->score != b->score)
		return b->score - a->score;
	return strcmp(tables_name(a->record, a->name),
		      tables_name(b->record, b->name));
}

void mine_lists(struct tables *t)
{
	GHashTable *index = g_hash_table_new(NULL, NULL);
	guint i = 0;

	note_list(t, index, EVIDENCE_SELECT);
	note_list(t, index, EVIDENCE_INSERT);
	while (i < t->out->lists->len) {
		const struct mined_list *l = t->out->lists->pdata[i];

		if (l->score < 10)
			g_ptr_array_remove_index(t->out->lists, i);
		else
			i++;
	}
	g_ptr_array_sort(t->out->lists, compare_lists);
	g_hash_table_unref(index);
}
