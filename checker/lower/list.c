// SPDX-License-Identifier: GPL-2.0-only
/*
 * Containers: each object has one word for each list node in it, and for each
 * tree it may be in, which says in which one it is. A walk visits the objects
 * in the order of their numbers: which order a list has is not modelled.
 */
#include "lower/private.h"

#include <string.h>

const char *container_ghost(const char *member)
{
	char *s = g_strdup_printf("(in %s)", member);
	const char *kept = g_intern_string(s);

	g_free(s);
	return kept;
}

static struct word *ghost_word(struct frame *f, struct kind *k,
			       const char *ghost)
{
	struct word *w;

	if (!word_is_useful(f->b, k, ghost))
		return NULL;
	w = word_of(f->b, k, ghost);
	w->ghost = true;
	return w;
}

void container_put(struct frame *f, const struct spot *object,
		   const char *ghost, int number)
{
	struct word *w;

	if (!object->object)
		return;
	w = ghost_word(f, object->kind, ghost);
	if (!w) {
		add_use(f, object);
		return;
	}
	if (number && !w->initial)
		w->initial = number;
	add_store(f, spot_place(f, object, w),
		  value_const(f->b, number, NULL), ORDER_ONCE);
}

/* reg = number if the object is in @in (NULL: in any), and jumps then. */
static int try_object(struct frame *f, struct place p, int number,
		      const struct value *in, int reg)
{
	const struct value *member = value_reg(f->b, add_load(f, p,
							      ORDER_ONCE));
	int missing, found;

	if (in)
		member = value_binary(f->b, OP2('=', '='), member, in);
	missing = add_branch(f, value_unary(f->b, '!', member));
	add_set(f, reg, value_const(f->b, number, NULL));
	found = add_goto(f);
	patch(f, missing);
	return found;
}

/* The objects of @k with a number above @after (0: all), tried in turn. */
static const struct value *try_all(struct frame *f, struct kind *k,
				   struct word *w, const struct value *in,
				   const struct value *after, int reg)
{
	int found[MAX_INSTANCES], skip[MAX_INSTANCES];
	int i;

	object_number(f->b, k, 0);
	for (i = 0; i < k->n; i++) {
		struct place p = { value_const(f->b, k->numbers[i], NULL),
				   kind_index(f->b, k), word_index(k, w) };

		skip[i] = -1;
		if (after)
			skip[i] = add_branch(f, value_binary(f->b,
				OP2('>', '='), after, p.object));
		found[i] = try_object(f, p, k->numbers[i], in, reg);
		if (skip[i] >= 0)
			patch(f, skip[i]);
	}
	add_set(f, reg, value_const(f->b, 0, NULL));
	for (i = 0; i < k->n; i++)
		patch(f, found[i]);
	return value_reg(f->b, reg);
}

const struct value *container_find(struct frame *f, struct kind *k,
				   const char *ghost, const struct value *in)
{
	struct word *w = ghost_word(f, k, ghost);

	/* nobody takes it out: it is there */
	if (!w)
		return value_const(f->b, object_number(f->b, k, 0), NULL);
	if (!w->initial)
		w->initial = 1;
	return try_all(f, k, w, in, NULL, new_reg(f->t, NULL));
}

static bool is_link(const struct expr *e)
{
	static const char *const links[] = { "next", "prev", "first" };
	size_t i;

	if (e->kind != EXPR_FIELD || !e->owner ||
	    !(g_str_has_suffix(e->owner, "list_head") ||
	      g_str_has_suffix(e->owner, "list_node") ||
	      g_str_has_suffix(e->owner, "list_nulls_head") ||
	      g_str_has_suffix(e->owner, "hlist_head")))
		return false;
	for (i = 0; i < G_N_ELEMENTS(links); i++)
		if (!strcmp(e->name, links[i]))
			return true;
	return false;
}

/* A container_of() of this variable, or of a copy of it, in @e. */
static const struct expr *container_in(const struct frame *f,
				       const struct expr *e,
				       const struct expr *local)
{
	const struct expr *found;
	const struct expr *root;

	if (!e)
		return NULL;
	if (e->kind == EXPR_CONTAINER) {
		for (root = e->a; root->kind == EXPR_LOCAL && root != local;
		     root = f->defs[root->id])
			if (!f->defs[root->id])
				break;
		if (root == local)
			return e;
	}
	found = container_in(f, e->a, local);
	return found ? found : container_in(f, e->b, local);
}

const struct expr *container_of_local(const struct frame *f,
				      const struct expr *local)
{
	const struct expr *found;
	int i, k;

	for (i = 0; i < f->func->n_blocks; i++) {
		const struct block *b = &f->func->blocks[i];

		for (k = 0; k < b->n_events; k++) {
			found = container_in(f, b->events[k].value, local);
			if (found)
				return found;
		}
	}
	return NULL;
}

/* &pos->member.next: what comes behind pos; NULL: a head. */
static const struct expr *node_owner(const struct expr *link,
				     const struct expr *container)
{
	const struct expr *node = link->a;

	if (node->kind != EXPR_FIELD || node->owner != container->owner ||
	    strcmp(node->name, container->name) ||
	    node->a->kind != EXPR_DEREF)
		return NULL;
	return node->a->a;
}

bool list_follow(struct frame *f, const struct expr *local,
		 const struct expr *link)
{
	const struct expr *container, *owner;
	const struct value *in, *pos;
	struct kind *k;
	struct word *w;
	int number;

	link = once_assigned(f, link);
	if (!is_link(link))
		return false;
	container = container_of_local(f, local);
	if (!container)
		return false;
	k = kind_of(f->b, container->owner);
	w = ghost_word(f, k, container_ghost(container->name));
	owner = node_owner(link, container);
	pos = owner ? value_of(f, owner) : NULL;
	object_number(f->b, k, 0);
	if (!w) { /* it stays where it is: once, and then the end */
		add_set(f, local_reg(f, local), owner ?
			value_const(f->b, 0, NULL) :
			value_const(f->b, k->numbers[0], NULL));
		return true;
	}
	number = owner ? 0 : list_number(f, link->a);
	if (number && !w->initial)
		w->initial = number;
	in = number ? value_const(f->b, number, NULL) : NULL;
	if (owner && k->n == 1)
		add_set(f, local_reg(f, local), value_const(f->b, 0, NULL));
	else
		try_all(f, k, w, in, pos, local_reg(f, local));
	return true;
}
