// SPDX-License-Identifier: GPL-2.0-only
/*
 * Pin bits: set on an object that was just found in a container, under a lock
 * that is dropped before the bit is cleared; and tested, under that lock, by
 * somebody else who goes on to unlink or free such an object.
 */
#include "mine/private.h"

#include "base/arena.h"

/* What the evidence has of one flag. */
struct pin_case {
	GPtrArray *sets, *tests; /* const struct evidence_site * */
};

static struct pin_case *case_of(struct tables *t, GHashTable *cases,
				GPtrArray *keys, const struct evidence_site *s)
{
	const char *key = tables_name(s->record, s->name);
	struct pin_case *c = g_hash_table_lookup(cases, key);

	if (c)
		return c;
	c = arena_new_object(t->out->arena, struct pin_case);
	c->sets = tables_array(t);
	c->tests = tables_array(t);
	g_hash_table_insert(cases, (gpointer)key, c);
	g_ptr_array_add(keys, (gpointer)key);
	return c;
}

static bool share_lock(const struct evidence_site *a,
		       const struct evidence_site *b)
{
	int i, k;

	for (i = 0; i < a->n_window; i++)
		for (k = 0; k < b->n_window; k++)
			if (a->window[i] == b->window[k])
				return true;
	return false;
}

/* Somebody else, who holds what the setter holds, asks before he reaps. */
static bool minds(const struct pin_case *c, const struct evidence_site *test)
{
	guint i;

	for (i = 0; i < c->sets->len; i++) {
		const struct evidence_site *set = c->sets->pdata[i];

		if (set->in != test->in && share_lock(set, test))
			return true;
	}
	return false;
}

/* Different values tell states apart; one of them keeps nobody off. */
static bool is_state(const struct flag *f)
{
	const struct evidence_site *first = NULL;
	guint i;

	for (i = 0; i < f->places->len; i++) {
		const struct place *p = f->places->pdata[i];

		if (p->site->kind != EVIDENCE_SET)
			continue;
		if (first && first->value != p->site->value)
			return true;
		first = p->site;
	}
	return false;
}

static void judge(struct tables *t, struct mined_pin *p,
		  const struct pin_case *c)
{
	guint i;

	for (i = 0; i < c->sets->len; i++)
		tables_add_site(t, p->support, c->sets->pdata[i], NULL);
	for (i = 0; i < c->tests->len; i++) {
		const struct evidence_site *s = c->tests->pdata[i];

		if (!minds(c, s))
			continue;
		/* who takes out what has it says that it means something else */
		if (s->value == 1) {
			tables_add_site(t, p->exceptions, s, NULL);
			if (s->last)
				p->why_not = "somebody frees what has it";
			continue;
		}
		tables_add_site(t, p->support, s, NULL);
		if (!g_ptr_array_find(p->reapers, s->in, NULL))
			g_ptr_array_add(p->reapers, (gpointer)s->in);
	}
	if (p->exceptions->len > p->reapers->len)
		p->why_not = "most who take an object out find it set";
	if (!p->reapers->len)
		p->why_not = "no reaper asks for it";
	p->strict = !p->why_not;
	p->score = 10 * (int)(c->sets->len + p->reapers->len) -
		   20 * (int)p->exceptions->len;
}

static void add_pin(struct tables *t, const char *key,
		    const struct pin_case *c)
{
	struct flag *f = g_hash_table_lookup(t->by_flag, key);
	struct mined_pin *p;

	if (!c->sets->len || !f || is_state(f) || f->stores->len)
		return;
	p = arena_new_object(t->out->arena, struct mined_pin);
	p->record = f->record;
	p->flag = f->name;
	p->reapers = tables_array(t);
	p->support = tables_array(t);
	p->exceptions = tables_array(t);
	judge(t, p, c);
	g_ptr_array_add(t->out->pins, p);
}

static gint compare(gconstpointer p, gconstpointer q)
{
	const struct mined_pin *a = *(struct mined_pin *const *)p;
	const struct mined_pin *b = *(struct mined_pin *const *)q;

	if (a->strict != b->strict)
		return b->strict - a->strict;
	if (a->score != b->score)
		return b->score - a->score;
	if (a->record != b->record)
		return g_strcmp0(a->record, b->record);
	return g_strcmp0(a->flag, b->flag);
}

void mine_pins(struct tables *t)
{
	GHashTable *cases = g_hash_table_new(NULL, NULL);
	GPtrArray *keys = g_ptr_array_new();
	guint i;

	for (i = 0; i < t->evidence->sites->len; i++) {
		struct evidence_site *s = t->evidence->sites->pdata[i];

		if (s->kind == EVIDENCE_SET && s->n_window)
			g_ptr_array_add(case_of(t, cases, keys, s)->sets, s);
		else if (s->kind == EVIDENCE_TEST && s->reaps && s->record &&
			 s->name)
			g_ptr_array_add(case_of(t, cases, keys, s)->tests, s);
	}
	for (i = 0; i < keys->len; i++)
		add_pin(t, keys->pdata[i],
			g_hash_table_lookup(cases, keys->pdata[i]));
	g_ptr_array_sort(t->out->pins, compare);
	g_ptr_array_unref(keys);
	g_hash_table_unref(cases);
}
