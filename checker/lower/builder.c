// SPDX-License-Identifier: GPL-2.0-only
/* A builder's beginning and end: which records the finding is about. */
#include "lower/private.h"

#include <string.h>

static void add_record(struct builder *b, const char *record)
{
	if (record && *record)
		g_hash_table_add(b->records, (gpointer)record);
}

/* Does somebody in the unit wait for the flag that the act clears? */
static bool is_awaited(const struct flow *fl, const struct act *a)
{
	const GPtrArray *waits = fl->acts[ACT_WAIT];
	struct flag_id cleared, id;
	guint i;

	if (a->kind != ACT_CLEAR || !a->loc || !flow_flag(a->loc, &cleared))
		return false;
	for (i = 0; i < waits->len; i++) {
		const struct act *wait = waits->pdata[i];

		if (wait->loc && flow_flag(wait->loc, &id) &&
		    flag_equal(&id, &cleared))
			return true;
	}
	return false;
}

static const struct act *end_of_path(const struct subject *s)
{
	const struct act *a;
	guint i;

	for (i = 0; s->to && i < s->in->traces->len; i++)
		for (a = s->in->traces->pdata[i]; a; a = a->prev)
			if (a == s->to)
				return s->in->traces->pdata[i];
	return s->to;
}

/* What the function clears behind the window keeps others off until then. */
static void add_awaited(struct builder *b)
{
	const struct subject *s = b->subject;
	const struct act *a;
	struct flag_id id;

	for (a = end_of_path(s); a && a != s->to; a = a->prev)
		if (is_awaited(b->flow, a) && flow_flag(a->loc, &id))
			add_record(b, id.record);
}

/* Records whose members the reported paths test, change or lock. */
static void add_records(struct builder *b)
{
	const struct subject *s = b->subject;
	const struct act *a;

	add_record(b, s->flag.record);
	if (s->object)
		add_record(b, s->object->record);
	if (s->pair) {
		add_record(b, s->pair->object_record);
		add_record(b, s->pair->flag.record);
	}
	for (a = s->to ? s->to : s->from; a; a = a->prev) {
		if (a->kind == ACT_TEST || a->kind == ACT_SET ||
		    a->kind == ACT_CLEAR || a->kind == ACT_WAIT ||
		    a->kind == ACT_GET || a->kind == ACT_PUT)
			add_record(b, a->obj ? a->obj->record : NULL);
	}
	add_awaited(b);
}

void builder_init(struct builder *b, const struct flow *fl,
		  const struct subject *s, const struct shared *shared,
		  struct arena *a)
{
	memset(b, 0, sizeof(*b));
	b->flow = fl;
	b->subject = s;
	b->shared = shared;
	b->arena = a;
	b->kinds = g_ptr_array_new();
	b->objects = g_array_new(FALSE, TRUE, sizeof(struct object));
	b->drafts = g_ptr_array_new();
	b->masks = g_ptr_array_new();
	b->assumptions = g_array_new(FALSE, TRUE, sizeof(struct assumption));
	b->records = g_hash_table_new(NULL, NULL);
	b->touching = g_hash_table_new(NULL, NULL);
	b->ordering = g_hash_table_new(NULL, NULL);
	b->heads = g_hash_table_new(NULL, NULL);
	kind_of(b, g_intern_static_string(""));
	add_records(b);
}

void builder_clear(struct builder *b)
{
	guint i, k;

	for (i = 0; i < b->drafts->len; i++) {
		struct draft *t = b->drafts->pdata[i];

		g_array_unref(t->ops);
		g_array_unref(t->positions);
		g_ptr_array_unref(t->regs);
	}
	for (i = 0; i < b->kinds->len; i++) {
		struct kind *kind = b->kinds->pdata[i];

		for (k = 0; k < kind->words->len; k++)
			g_array_unref(((struct word *)
				       kind->words->pdata[k])->bits);
		g_ptr_array_unref(kind->words);
	}
	g_ptr_array_unref(b->kinds);
	g_array_unref(b->objects);
	g_ptr_array_unref(b->drafts);
	g_ptr_array_unref(b->masks);
	g_array_unref(b->assumptions);
	g_hash_table_unref(b->records);
	g_hash_table_unref(b->touching);
	g_hash_table_unref(b->ordering);
	g_hash_table_unref(b->heads);
	g_clear_pointer(&b->useful, g_hash_table_unref);
	g_clear_pointer(&b->written, g_hash_table_unref);
	g_clear_pointer(&b->asked_useful, g_hash_table_unref);
	g_clear_pointer(&b->asked_written, g_hash_table_unref);
	g_free(b->why);
}

struct draft *new_draft(struct builder *b, const char *name)
{
	struct draft *t = arena_new_object(b->arena, struct draft);

	t->name = name;
	t->ops = g_array_new(FALSE, TRUE, sizeof(struct op));
	t->positions = g_array_new(FALSE, TRUE, sizeof(int));
	t->regs = g_ptr_array_new();
	g_ptr_array_add(b->drafts, t);
	return t;
}
