// SPDX-License-Identifier: GPL-2.0-only
/*
 * The sites of evidence while they are collected: where an act stands, what it
 * is about, and which locks it has on every path.
 */
#include "flow/evidence_collect.h"

static void draft_free(gpointer p)
{
	struct draft *d = p;

	g_array_unref(d->refs);
	g_ptr_array_unref(d->locks);
	g_ptr_array_unref(d->window);
	g_free(d);
}

static guint draft_hash(gconstpointer p)
{
	return evidence_site_hash(&((const struct draft *)p)->site);
}

static gboolean draft_equal(gconstpointer p, gconstpointer q)
{
	return evidence_site_equal(&((const struct draft *)p)->site,
				   &((const struct draft *)q)->site);
}

void evidence_drafts_init(struct collector *c)
{
	c->index = g_hash_table_new(draft_hash, draft_equal);
	c->drafts = g_ptr_array_new_with_free_func(draft_free);
}

void evidence_drafts_clear(struct collector *c)
{
	g_hash_table_unref(c->index);
	g_ptr_array_unref(c->drafts);
}

struct draft *evidence_draft(struct collector *c,
			     const struct evidence_site *key)
{
	struct draft lookup = { .site = *key }, *d;

	d = g_hash_table_lookup(c->index, &lookup);
	if (d)
		return d;
	d = g_new0(struct draft, 1);
	d->site = *key;
	d->refs = g_array_new(FALSE, TRUE, sizeof(struct evidence_ref));
	d->locks = g_ptr_array_new();
	d->window = g_ptr_array_new();
	g_hash_table_add(c->index, d);
	g_ptr_array_add(c->drafts, d);
	return d;
}

/* ---- places and locks ---- */

void evidence_place(struct evidence_site *s, const struct act *a)
{
	s->func = a->func;
	s->file = a->at.file;
	s->line = a->at.line;
	s->in = a->in->func->name;
	s->in_line = act_line(a);
}

static void add_lock(GPtrArray *into, const char *owner, const char *field,
		     const char *class)
{
	const char *interned;
	char *text;

	if (!field || !g_strcmp0(class, "rcu"))
		return;
	text = owner ? g_strdup_printf("%s.%s", owner, field) :
		       g_strdup(field);
	interned = g_intern_string(text);
	g_free(text);
	if (!g_ptr_array_find(into, interned, NULL))
		g_ptr_array_add(into, (gpointer)interned);
}

void evidence_locks(GPtrArray *into, const struct act *a)
{
	const char *owner, *field;
	const struct held *h;
	guint i;

	for (h = a->locks; h; h = h->next) {
		flow_lock_name(h->lock, h->class, &owner, &field);
		add_lock(into, owner, field, h->class);
	}
	for (i = 0; i < a->in->entry_locks->len; i++) {
		const struct entry_lock *e = &g_array_index(
			a->in->entry_locks, struct entry_lock, i);

		add_lock(into, e->owner, e->field, e->class);
	}
}

void evidence_meet_locks(struct draft *d, const struct act *a)
{
	GPtrArray *now = g_ptr_array_new();
	guint i = 0;

	evidence_locks(now, a);
	while (d->met && i < d->locks->len) {
		if (g_ptr_array_find(now, d->locks->pdata[i], NULL))
			i++;
		else
			g_ptr_array_remove_index(d->locks, i);
	}
	for (i = 0; !d->met && i < now->len; i++)
		g_ptr_array_add(d->locks, now->pdata[i]);
	d->met = true;
	g_ptr_array_unref(now);
}

/* ---- what a site says of its act ---- */

const struct evidence_single evidence_singles[EVIDENCE_SINGLES] = {
	{ ACT_SET, EVIDENCE_SET },	 { ACT_CLEAR, EVIDENCE_CLEAR },
	{ ACT_STORE, EVIDENCE_STORE },	 { ACT_GET, EVIDENCE_GET },
	{ ACT_PUT, EVIDENCE_PUT },	 { ACT_ALLOC, EVIDENCE_ALLOC },
	{ ACT_FREE, EVIDENCE_FREE },	 { ACT_INSERT, EVIDENCE_INSERT },
	{ ACT_REMOVE, EVIDENCE_REMOVE }, { ACT_SELECT, EVIDENCE_SELECT },
	{ ACT_PUBLISH, EVIDENCE_PUBLISH },
};

static bool is_write(const struct act *a)
{
	return is_flag_write(a) || a->kind == ACT_STORE;
}

bool evidence_name(const struct act *a, const char **ret_record,
		   const char **ret_name)
{
	struct flag_id id = { NULL, NULL };
	/* some calls take the reference that goes with a bit, and name that */
	bool bit = a->loc && is_reference_act(a) && a->loc->kind == EXPR_BIT;

	if (a->loc && !bit && !flow_flag(a->loc, &id)) {
		if (is_write(a) || a->kind == ACT_TEST)
			return false;
		if (a->loc->kind == EXPR_GLOBAL)
			id.name = a->loc->name;
	}
	if (!id.name)
		id.record = (!a->loc || bit) && a->class ? a->class :
			    a->obj ? a->obj->record : NULL;
	*ret_record = id.record;
	*ret_name = id.name;
	return id.record || id.name;
}

/* Does the last put of the object stand before it on this path? */
static bool is_behind_last_put(const struct act *a)
{
	const struct act *b;

	for (b = a->prev; b && a->obj; b = b->prev)
		if (b->kind == ACT_PUT && b->last == LAST_YES && b->obj &&
		    (flow_mentions(a->obj, b->obj)))
			return true;
	return false;
}

void evidence_describe(struct evidence_site *s, const struct act *a)
{
	if (a->obj)
		s->object = a->obj->record;
	s->callee = a->name;
	if (a->kind == ACT_SET)
		s->value = a->value->value;
	s->pointer = is_write(a) && a->loc->pointers;
	s->atomic |= a->atomic;
	s->delegated = is_part(a->in);
	s->last |= a->kind == ACT_PUT ? a->last == LAST_YES :
					is_behind_last_put(a);
}

bool evidence_same_call(const struct act *a, const struct act *b)
{
	return a->via && b->via && a->block == b->block && a->event == b->event;
}
