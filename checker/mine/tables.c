// SPDX-License-Identifier: GPL-2.0-only
/*
 * The evidence of all units by what it is about; and what one unit could not
 * decide, decided: a call of a function that another unit defines is what that
 * function does.
 */
#include "mine/private.h"

#include <string.h>

#include "base/arena.h"

const char *tables_name(const char *record, const char *name)
{
	const char *interned;
	char *text;

	if (!record || !name)
		return record ? record : name;
	text = g_strdup_printf("%s.%s", record, name);
	interned = g_intern_string(text);
	g_free(text);
	return interned;
}

GPtrArray *tables_array(const struct tables *t)
{
	GPtrArray *array = g_ptr_array_new();

	g_ptr_array_add(t->out->arrays, array);
	return array;
}

void tables_add_site(const struct tables *t, GPtrArray *into,
		     const struct evidence_site *at, const struct clue *with)
{
	struct mined_site *s = arena_new_object(t->out->arena,
						struct mined_site);
	char *text;

	s->at = at;
	if (with) {
		text = g_strdup_printf(
			"%s %s", evidence_kind_name(with->ref.kind),
			tables_name(with->ref.record, with->ref.name));
		s->with = g_intern_string(text);
		s->file = with->ref.file;
		s->line = with->ref.line;
		g_free(text);
	}
	g_ptr_array_add(into, s);
}

bool tables_is_lifetime(const struct tables *t, const char *record,
			const char *name)
{
	const struct evidence_count *c;

	if (!name)
		return true;
	c = g_hash_table_lookup(t->counts, tables_name(record, name));
	if (!c)
		return false;
	return c->freed || (c->typed && (c->passed || !c->kept));
}

/* ---- flags and places ---- */

static struct flag *flag_of(struct tables *t, const char *record,
			    const char *name)
{
	const char *key = tables_name(record, name);
	struct flag *f = g_hash_table_lookup(t->by_flag, key);

	if (f)
		return f;
	f = arena_new_object(t->out->arena, struct flag);
	f->record = record;
	f->name = name;
	f->places = tables_array(t);
	f->stores = tables_array(t);
	g_hash_table_insert(t->by_flag, (gpointer)key, f);
	g_ptr_array_add(t->flags, f);
	return f;
}

static char *place_key(enum evidence_kind kind, const char *record,
		       const char *name, const char *file, int line)
{
	return g_strdup_printf("%d %s.%s %s:%d", (int)kind, record, name, file,
			       line);
}

static struct place *find_place(const struct tables *t,
				const struct evidence_site *s)
{
	char *key = place_key(s->kind, s->record, s->name, s->file, s->line);
	struct place *p = g_hash_table_lookup(t->by_place, key);

	g_free(key);
	return p;
}

static bool is_write(const struct evidence_site *s)
{
	return s->record && s->name &&
	       (s->kind == EVIDENCE_SET || s->kind == EVIDENCE_CLEAR);
}

static bool is_own(const struct evidence_site *s)
{
	return s->in == s->func && s->in_line == s->line;
}

static void add_place(struct tables *t, const struct evidence_site *s)
{
	struct place *p;

	if (find_place(t, s))
		return;
	p = arena_new_object(t->out->arena, struct place);
	p->site = s;
	p->clues = g_array_new(FALSE, TRUE, sizeof(struct clue));
	g_ptr_array_add(flag_of(t, s->record, s->name)->places, p);
	g_hash_table_insert(t->by_place,
			    place_key(s->kind, s->record, s->name, s->file,
				      s->line), p);
}

/* What the last put does is said by the call, whether it was seen or not. */
static void note_release(struct tables *t, const struct evidence_site *put)
{
	struct evidence_count *c;

	c = g_hash_table_lookup(t->counts, tables_name(put->record, put->name));
	if (c)
		c->passed = true;
}

static void note_site(struct tables *t, const struct evidence_site *s)
{
	if (is_write(s) && is_own(s) && !s->pointer)
		add_place(t, s);
	else if (s->kind == EVIDENCE_STORE && s->record && s->name && !s->init)
		g_ptr_array_add(flag_of(t, s->record, s->name)->stores,
				(gpointer)s);
	else if (s->kind == EVIDENCE_TEST && s->record && s->name)
		flag_of(t, s->record, s->name)->tested = true;
	else if (s->kind == EVIDENCE_PUT && s->name && s->callee &&
		 t->model->releases(s->callee, t->model->data))
		note_release(t, s);
}

/* ---- functions of other units ---- */

/* Of two functions of one name nobody knows which is meant. */
static void note_func(struct tables *t, struct evidence_func *f)
{
	if (g_hash_table_contains(t->funcs, f->name))
		g_hash_table_insert(t->funcs, (gpointer)f->name, NULL);
	else
		g_hash_table_insert(t->funcs, (gpointer)f->name, f);
}

static bool is_sure(const struct evidence_func *f,
		    const struct evidence_effect *e)
{
	return e->ways == f->ways || e->if_result;
}

static void add_clue(struct place *p, const struct evidence_site *row,
		     const struct evidence_ref *ref)
{
	struct clue c = { .ref = *ref, .paths = row->paths,
			  .known = row->known, .row = row };

	g_array_append_val(p->clues, c);
}

static const char *joined(const char *a, const char *b)
{
	const char *interned;
	char *text = g_strconcat(a, b, NULL);

	interned = g_intern_string(text);
	g_free(text);
	return interned;
}

/* What a function of another unit does to the object it is given here. */
static void resolve_ref(const struct tables *t, struct place *p,
			const struct evidence_site *row,
			const struct evidence_ref *call)
{
	const struct evidence_func *f = g_hash_table_lookup(t->funcs,
							    call->callee);
	struct evidence_ref ref;
	int i;

	for (i = 0; f && i < f->n_effects; i++) {
		const struct evidence_effect *e = &f->effects[i];

		if ((e->kind != EVIDENCE_GET && e->kind != EVIDENCE_PUT) ||
		    e->param != call->arg || !is_sure(f, e))
			continue;
		ref = *call;
		ref.kind = e->kind;
		ref.record = e->record;
		ref.name = e->name;
		ref.object = e->object;
		ref.path = joined(call->path, e->path);
		add_clue(p, row, &ref);
	}
}

static void add_clues(const struct tables *t, struct place *p,
		      const struct evidence_site *row)
{
	int i;

	for (i = 0; i < row->n_refs; i++) {
		if (row->refs[i].kind == EVIDENCE_CALL)
			resolve_ref(t, p, row, &row->refs[i]);
		else
			add_clue(p, row, &row->refs[i]);
	}
}

/* The references around a call go with the flags that the callee writes. */
static void resolve_write(const struct tables *t,
			  const struct evidence_site *call,
			  const struct evidence_func *f,
			  const struct evidence_effect *e)
{
	struct flag *flag = g_hash_table_lookup(
		t->by_flag, tables_name(e->record, e->name));
	gsize n = strlen(e->path);
	struct evidence_ref ref;
	guint i;
	int k;

	for (i = 0; flag && i < flag->places->len; i++) {
		struct place *p = flag->places->pdata[i];

		if (p->site->kind != e->kind || p->site->func != f->name)
			continue;
		for (k = 0; k < call->n_refs; k++) {
			ref = call->refs[k];
			if (strncmp(ref.path, e->path, n))
				continue;
			ref.path = g_intern_string(ref.path + n);
			add_clue(p, call, &ref);
		}
	}
}

static void resolve_call(const struct tables *t,
			 const struct evidence_site *call)
{
	const struct evidence_func *f = call->callee ?
		g_hash_table_lookup(t->funcs, call->callee) : NULL;
	int i;

	for (i = 0; f && i < f->n_effects; i++) {
		const struct evidence_effect *e = &f->effects[i];

		if (e->param == call->arg && e->record && e->name &&
		    (e->kind == EVIDENCE_SET || e->kind == EVIDENCE_CLEAR))
			resolve_write(t, call, f, e);
	}
}

static void resolve(const struct tables *t)
{
	const GPtrArray *sites = t->evidence->sites;
	struct place *p;
	guint i;

	for (i = 0; i < sites->len; i++) {
		const struct evidence_site *s = sites->pdata[i];

		if (s->kind == EVIDENCE_CALL) {
			resolve_call(t, s);
		} else if (is_write(s)) {
			p = find_place(t, s);
			if (p)
				add_clues(t, p, s);
		}
	}
}

/* ---- all ---- */

static gint compare_flags(gconstpointer p, gconstpointer q)
{
	const struct flag *a = *(struct flag *const *)p;
	const struct flag *b = *(struct flag *const *)q;
	int c = g_strcmp0(a->record, b->record);

	return c ? c : g_strcmp0(a->name, b->name);
}

static gint compare_places(gconstpointer p, gconstpointer q)
{
	const struct place *a = *(struct place *const *)p;
	const struct place *b = *(struct place *const *)q;
	int c = strcmp(a->site->file, b->site->file);

	return c ? c : a->site->line - b->site->line;
}

static void sort_flags(struct tables *t)
{
	guint i;

	g_ptr_array_sort(t->flags, compare_flags);
	for (i = 0; i < t->flags->len; i++)
		g_ptr_array_sort(((struct flag *)t->flags->pdata[i])->places,
				 compare_places);
}

void tables_init(struct tables *t, const struct evidence *e,
		 struct mining *out)
{
	guint i;

	t->evidence = e;
	t->out = out;
	t->flags = g_ptr_array_new();
	t->by_flag = g_hash_table_new(NULL, NULL);
	t->by_place = g_hash_table_new_full(g_str_hash, g_str_equal, g_free,
					    NULL);
	t->funcs = g_hash_table_new(NULL, NULL);
	t->counts = g_hash_table_new(NULL, NULL);
	for (i = 0; i < e->counts->len; i++) {
		struct evidence_count *c = e->counts->pdata[i];

		g_hash_table_insert(t->counts,
				    (gpointer)tables_name(c->record, c->name),
				    c);
	}
	for (i = 0; i < e->funcs->len; i++)
		note_func(t, e->funcs->pdata[i]);
	for (i = 0; i < e->sites->len; i++)
		note_site(t, e->sites->pdata[i]);
	resolve(t);
	sort_flags(t);
}

static void free_clues(gpointer key, gpointer place, gpointer data)
{
	g_array_unref(((struct place *)place)->clues);
}

void tables_clear(struct tables *t)
{
	g_hash_table_foreach(t->by_place, free_clues, NULL);
	g_ptr_array_unref(t->flags);
	g_hash_table_unref(t->by_flag);
	g_hash_table_unref(t->by_place);
	g_hash_table_unref(t->funcs);
	g_hash_table_unref(t->counts);
}
