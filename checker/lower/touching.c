// SPDX-License-Identifier: GPL-2.0-only
/*
 * Which functions matter: those that lock, count, free or change something of
 * a record that the finding is about, or call one that does.
 */
#include "lower/private.h"

/* Rows that change nothing another thread could see. */
static bool is_visible(enum effect e)
{
	switch (e) {
	case EFFECT_NONE:
	case EFFECT_SAME:
	case EFFECT_MEMBER:
	case EFFECT_IS_ERR:
	case EFFECT_IS_ERR_OR_NULL:
	case EFFECT_NORETURN:
	case EFFECT_ASSERT:
	case EFFECT_ASSERT_HELD:
	case EFFECT_TEST_HELD:
	case EFFECT_ARM:
	case EFFECT_SLEEP:
		return false;
	default:
		return true;
	}
}

static bool is_at_stake(const struct builder *b, const char *record)
{
	return record && g_hash_table_contains(b->records, record);
}

/* Is a record of the program part of the expression? */
static bool names_record(const struct builder *b, const struct expr *e)
{
	if (!e)
		return false;
	if (is_at_stake(b, e->record) || is_at_stake(b, e->owner))
		return true;
	return names_record(b, e->a) || names_record(b, e->b);
}

static bool is_global(const struct expr *e)
{
	while (e && (e->kind == EXPR_ADDR || e->kind == EXPR_FIELD))
		e = e->a;
	return e && e->kind == EXPR_GLOBAL;
}

static bool is_lock(enum effect e)
{
	return e >= EFFECT_LOCK && e <= EFFECT_UNLOCK_READ;
}

static bool api_touches(const struct builder *b, const struct event *ev,
			const GArray *rows)
{
	guint i;
	int k;

	for (i = 0; i < rows->len; i++) {
		const struct api *row = &g_array_index(rows, struct api, i);

		if (!is_visible(row->effect))
			continue;
		if (is_lock(row->effect) && (row->arg < 0 ||
			(row->arg < ev->n_args &&
			 is_global(ev->args[row->arg]))))
			return true;
		if (is_at_stake(b, ev->return_record))
			return true;
		for (k = 0; k < ev->n_args; k++)
			if (names_record(b, ev->args[k]))
				return true;
	}
	return false;
}

static bool call_touches(struct builder *b, const struct event *ev)
{
	const struct func *func;
	const GArray *rows;

	if (ev->callee->kind != EXPR_FUNC)
		return false;
	rows = model_api(b->flow->model, ev->callee->name);
	if (rows)
		return api_touches(b, ev, rows);
	func = unit_find(b->flow->unit, ev->callee->name);
	return func && touches(b, func);
}

static bool event_touches(struct builder *b, const struct func *f,
			  const struct event *ev)
{
	switch (ev->kind) {
	case EVENT_CALL:
	case EVENT_CLEANUP:
		return call_touches(b, ev);
	case EVENT_ASSIGN:
		return slot_match(f, ev->lvalue, b->slot) ||
		       (ev->lvalue->kind == EXPR_FIELD &&
			is_at_stake(b, ev->lvalue->owner));
	case EVENT_ACCESS: /* what it returns may hang on it */
		return !f->returns_void && ev->access == ACCESS_READ &&
		       ev->lvalue->kind == EXPR_FIELD &&
		       is_at_stake(b, ev->lvalue->owner);
	default:
		return false;
	}
}

static bool body_touches(struct builder *b, const struct func *f)
{
	int i, k;

	/* which object it finds */
	if (f->return_pointers == 1 && is_at_stake(b, f->return_record))
		return true;
	for (i = 0; i < f->n_blocks; i++)
		for (k = 0; k < f->blocks[i].n_events; k++)
			if (event_touches(b, f, &f->blocks[i].events[k]))
				return true;
	return false;
}

bool touches(struct builder *b, const struct func *f)
{
	gpointer known;
	bool yes;

	if (g_hash_table_lookup_extended(b->touching, f, NULL, &known))
		return GPOINTER_TO_INT(known);
	/* a function on its way to itself adds nothing */
	g_hash_table_insert(b->touching, (gpointer)f, GINT_TO_POINTER(false));
	yes = body_touches(b, f);
	g_hash_table_insert(b->touching, (gpointer)f, GINT_TO_POINTER(yes));
	return yes;
}
