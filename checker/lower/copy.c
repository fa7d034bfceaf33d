// SPDX-License-Identifier: GPL-2.0-only
/*
 * A builder once more, so that one can go on where another one stood. What
 * nothing writes to once it is made is shared: records, most values, text.
 */
#include "lower/private.h"

#include <string.h>

struct copying {
	struct builder *to;
	GHashTable *moved;	/* a kind or word of @from's -> of @to's */
};

static GHashTable *copy_table(GHashTable *from)
{
	GHashTable *to = g_hash_table_new(NULL, NULL);
	GHashTableIter it;
	gpointer key, value;

	g_hash_table_iter_init(&it, from);
	while (g_hash_table_iter_next(&it, &key, &value))
		g_hash_table_insert(to, key, value);
	return to;
}

static GPtrArray *copy_pointers(GPtrArray *from)
{
	return g_ptr_array_copy(from, NULL, NULL);
}

/* ---- types ---- */

static void copy_word(struct copying *c, struct kind *k,
		      const struct word *from)
{
	struct word *w = arena_copy(c->to->arena, from, sizeof(*from));

	w->bits = g_array_copy(from->bits);
	g_ptr_array_add(k->words, w);
	g_hash_table_insert(c->moved, (gpointer)from, w);
}

static void copy_kind(struct copying *c, const struct kind *from)
{
	struct kind *k = arena_copy(c->to->arena, from, sizeof(*from));
	guint i;

	k->words = g_ptr_array_sized_new(from->words->len);
	for (i = 0; i < from->words->len; i++)
		copy_word(c, k, from->words->pdata[i]);
	g_ptr_array_add(c->to->kinds, k);
	g_hash_table_insert(c->moved, (gpointer)from, k);
}

static void copy_kinds(struct copying *c, const struct builder *from)
{
	guint i, n;

	c->to->kinds = g_ptr_array_sized_new(from->kinds->len);
	for (i = 0; i < from->kinds->len; i++)
		copy_kind(c, from->kinds->pdata[i]);
	for (i = 0; i < c->to->kinds->len; i++) {
		const struct kind *k = c->to->kinds->pdata[i];

		for (n = 0; n < k->words->len; n++) {
			struct word *w = k->words->pdata[n];

			if (w->points_to)
				w->points_to = g_hash_table_lookup(
					c->moved, w->points_to);
		}
	}
}

/* ---- threads ---- */

/* Masks are the only values that are written to later. */
static const struct value *copy_mask(struct copying *c, const struct value *v)
{
	struct mask *m = arena_copy(c->to->arena, v, sizeof(*m));

	m->word = g_hash_table_lookup(c->moved, m->word);
	g_ptr_array_add(c->to->masks, m);
	return &m->value;
}

static const struct value *copy_value(struct copying *c, const struct value *v)
{
	const struct value *x, *y;
	struct value *copy;

	if (!v || v->kind == VALUE_REG)
		return v;
	if (v->kind == VALUE_CONST)
		return v->op == VALUE_MASK ? copy_mask(c, v) : v;
	x = copy_value(c, v->a);
	y = copy_value(c, v->b);
	if (x == v->a && y == v->b)
		return v;
	copy = arena_copy(c->to->arena, v, sizeof(*v));
	copy->a = x;
	copy->b = y;
	return copy;
}

static void copy_draft(struct copying *c, const struct draft *from)
{
	struct draft *t = arena_copy(c->to->arena, from, sizeof(*from));
	guint i;

	t->ops = g_array_copy(from->ops);
	t->positions = g_array_copy(from->positions);
	t->regs = copy_pointers(from->regs);
	t->found = copy_value(c, from->found);
	for (i = 0; i < t->ops->len; i++) {
		struct op *op = &g_array_index(t->ops, struct op, i);

		op->value = copy_value(c, op->value);
		op->expected = copy_value(c, op->expected);
		op->place.object = copy_value(c, op->place.object);
	}
	g_ptr_array_add(c->to->drafts, t);
}

void builder_copy(struct builder *b, const struct builder *from)
{
	struct copying c = { .to = b, .moved = g_hash_table_new(NULL, NULL) };
	guint i;

	*b = *from;
	copy_kinds(&c, from);
	b->objects = g_array_copy(from->objects);
	b->masks = g_ptr_array_new();
	b->drafts = g_ptr_array_new();
	for (i = 0; i < from->drafts->len; i++)
		copy_draft(&c, from->drafts->pdata[i]);
	b->assumptions = g_array_copy(from->assumptions);
	b->useful = g_hash_table_ref(from->useful);
	b->written = g_hash_table_ref(from->written);
	b->asked_useful = copy_table(from->asked_useful);
	b->asked_written = copy_table(from->asked_written);
	b->records = g_hash_table_ref(from->records);
	b->touching = copy_table(from->touching);
	b->ordering = copy_table(from->ordering);
	b->heads = copy_table(from->heads);
	b->why = g_strdup(from->why);
	g_hash_table_unref(c.moved);
}
