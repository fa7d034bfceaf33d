// SPDX-License-Identifier: GPL-2.0-only
/*
 * Evidence in words: who owns references, and which locks functions are entered
 * under. It is there to be told; mining does not weigh it.
 */
#include "flow/evidence.h"

#include "flow/ownership.h"
#include "flow/state.h"

/* Interned, and freed; NULL stays NULL. */
static const char *keep(char *text)
{
	const char *interned = text ? g_intern_string(text) : NULL;

	g_free(text);
	return interned;
}

static int depth_of(const struct act *a)
{
	const struct via *v;
	int n = 0;

	for (v = a->via; v; v = v->inner)
		n++;
	return n;
}

/* What an allocation gives is typed by the variable or result it goes to. */
static const char *record_of(const struct ownership *o, const struct owned *of)
{
	const struct func *f = o->in->func;
	const char *name = g_hash_table_lookup(o->in->names, of->obj);
	int i;

	if (of->obj->record)
		return of->obj->record;
	if (of->kind == OWNER_RETURNS && f->return_record)
		return f->return_record;
	for (i = 0; name && i < f->n_locals; i++)
		if (!g_strcmp0(f->locals[i].name, name))
			return f->locals[i].record;
	return NULL;
}

static void add_owner(struct evidence *e, const struct ownership *o,
		      const struct owner_term *t)
{
	const struct owned *of = &t->owned;
	const struct func *f = o->in->func;
	const char *record = record_of(o, of);
	struct evidence_owner *row;

	if (!record)
		return;
	row = arena_new_object(e->arena, struct evidence_owner);
	row->func = f->name;
	row->file = f->loc.file;
	row->line = f->loc.line;
	row->does = owner_kind_name(of->kind);
	row->object = record;
	row->count = of->count;
	row->subject = keep(owner_object_text(o, of));
	row->when = keep(owner_when_text(o, t));
	row->references = t->references;
	row->depth = depth_of(of->act);
	if (of->kind == OWNER_ENDS) {
		row->holder = of->to->record;
		row->path = keep(flow_path_between(of->to, of->obj));
	}
	g_ptr_array_add(e->owners, row);
}

static void add_entry(struct evidence *e, const struct func *f,
		      const struct entry_lock *l)
{
	struct evidence_entry *row = arena_new_object(e->arena,
						      struct evidence_entry);

	row->func = f->name;
	row->file = f->loc.file;
	row->line = f->loc.line;
	row->lock = l->lock ? keep(expr_text(l->lock, f)) : NULL;
	row->name = keep(l->owner ? g_strdup_printf("%s.%s", l->owner,
						    l->field) :
				    g_strdup(l->field));
	row->class = l->class;
	row->why = l->why;
	g_ptr_array_add(e->entries, row);
}

static void add_locks(struct evidence *e, const struct func *f,
		      const GArray *locks)
{
	guint i;

	for (i = 0; i < locks->len; i++)
		add_entry(e, f, &g_array_index(locks, struct entry_lock, i));
}

void evidence_tell(struct evidence *e, const struct flow *fl,
		   const struct func_flow *ff)
{
	struct arena *scratch = arena_new();
	const struct ownership *o = ownership_new(fl, ff, scratch);
	GArray *asserted = locks_asserted(ff);
	int i;

	for (i = 0; o && i < o->n_terms; i++)
		add_owner(e, o, &o->terms[i]);
	add_locks(e, ff->func, ff->entry_locks);
	add_locks(e, ff->func, asserted);
	g_array_unref(asserted);
	arena_free(scratch);
}
