// SPDX-License-Identifier: GPL-2.0-only
/* Calls that put objects into containers, take them out, and find them. */
#include "lower/call.h"

#include <string.h>

static const char *last_member(const char *path)
{
	const char *dot = strrchr(path, '.');

	return dot ? dot + 1 : path;
}

/* Which word says that an object is in the container argument @n is. */
static const char *container_name(const struct call *c, int n)
{
	struct spot s = call_pointee(c, n);

	if (!s.object || !*s.path)
		return NULL;
	return container_ghost(last_member(s.path));
}

/* The object among the arguments of a removal by key. */
static struct spot keyed_object(const struct call *c)
{
	struct spot s = { 0 }, none = { 0 };
	int i;

	for (i = 0; i < c->ev->n_args; i++) {
		const struct expr *e = c->ev->args[i];

		while (e && e->kind != EXPR_DEREF)
			e = e->a;
		if (!e || i == c->row->arg)
			continue;
		s = pointee_of(c->f, e->a);
		s.path = "";
		if (s.object)
			return s;
	}
	return none;
}

static void lower_insert(struct call *c)
{
	struct spot s = call_pointee(c, c->row->arg);
	const struct expr *head = call_nth(c, c->row->arg2);
	const char *ghost;
	int list = 0;

	if (!s.object)
		return;
	if (*s.path) { /* a node in it, on a list */
		ghost = container_ghost(last_member(s.path));
		if (head)
			list = list_number(c->f, expr_deref(
				c->f->func->unit, head));
	} else {
		ghost = container_name(c, c->row->arg2);
	}
	s.path = "";
	if (ghost)
		container_put(c->f, &s, ghost, list ? list : 1);
	identity_changed(c);
}

static void lower_remove(struct call *c)
{
	struct spot s = call_pointee(c, c->row->arg);
	const char *ghost;

	if (c->row->effect == EFFECT_REMOVE_KEY) {
		ghost = container_name(c, c->row->arg);
		s = keyed_object(c);
	} else {
		ghost = s.object && *s.path ?
				container_ghost(last_member(s.path)) : NULL;
		s.path = "";
	}
	if (ghost && s.object)
		container_put(c->f, &s, ghost, 0);
}

/*
 * What is found is no pointer to an object, but one is computed from it: the
 * object's number will do. An iterator finds the next one each time.
 */
static void lower_encoded(struct call *c)
{
	const char *record = c->f->b->subject->object->record;
	struct kind *k = kind_of(c->f->b, record);
	struct spot it = call_pointee(c, c->row->arg);
	const char *ghost = container_ghost(record);
	int at;

	c->ret->encodes = true;
	if (!it.frame || !strstr(c->row->name, "find")) {
		c->ret->value = container_find(c->f, k, ghost, NULL);
		return;
	}
	at = local_reg((struct frame *)it.frame, it.local);
	c->ret->value = container_next(c->f, k, ghost, call_reg(c, at));
	add_set(c->f, at, c->ret->value);
}

static void lower_select(struct call *c)
{
	const char *record = call_record(c);
	const char *ghost = container_name(c, c->row->arg);
	struct kind *k;
	struct spot s;
	struct word *w;
	int none;

	if (!record && finds_stake(c->f->b, c->f->block, c->ev, c->f->func))
		lower_encoded(c);
	if (!record)
		return;
	k = kind_of(c->f->b, record);
	call_set_pointer(c, k, container_find(c->f, k, ghost ? ghost :
					 container_ghost(record), NULL));
	if (c->row->effect != EFFECT_SELECT_GET)
		return;
	s = c->ret->spot;
	w = call_count_word(c, &s);
	if (!w)
		return;
	none = add_branch(c->f, call_equals(c, s.object, 0));
	call_add_count(c, &s, w, 1);
	patch(c->f, none);
}

void call_container(struct call *c)
{
	switch (c->row->effect) {
	case EFFECT_INSERT:
		lower_insert(c);
		break;
	case EFFECT_REMOVE:
	case EFFECT_REMOVE_KEY:
		lower_remove(c);
		break;
	case EFFECT_EMPTY:
		break;
	default:
		lower_select(c);
		break;
	}
}

