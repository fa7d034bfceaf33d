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

/*
 * Which container the @nth object of the kind is in. The word is a global: to
 * ask whether an object is in a list is no access of the object.
 */
static struct word *ghost_word(struct frame *f, const struct kind *k, int nth,
			       const char *ghost)
{
	struct kind *globals = f->b->kinds->pdata[0];
	char *name = nth ? g_strdup_printf("%s #%d %s", k->record, nth + 1,
					   ghost) :
			   g_strdup_printf("%s %s", k->record, ghost);
	const char *path = g_intern_string(name);
	struct word *w;

	g_free(name);
	if (!word_is_useful(f->b, globals, path))
		return NULL;
	w = word_of(f->b, globals, path);
	w->ghost = true;
	return w;
}

static struct place ghost_place(struct frame *f, const struct word *w)
{
	struct kind *globals = f->b->kinds->pdata[0];
	struct place p = { .field = word_index(globals, w) };

	p.object = value_const(f->b, object_number(f->b, globals, 0), NULL);
	return p;
}

/* Where an object is at the start: in the first container that is named. */
static void begin_in(const struct frame *f, struct word *w, int number)
{
	if (!w->initial && number >= 0 &&
	    !(number < 64 && f->b->stack_lists >> number & 1))
		w->initial = number;
}

void container_put(struct frame *f, const struct spot *object,
		   const char *ghost, int number)
{
	struct kind *k = object->kind;
	struct word *w;
	int i, other, n;

	if (!object->object)
		return;
	add_use(f, object);
	object_number(f->b, k, 0);
	for (i = 0; i < k->n; i++) {
		w = ghost_word(f, k, i, ghost);
		if (!w)
			continue;
		if (value_is_const(object->object, &n) && n != k->numbers[i])
			continue;
		begin_in(f, w, number);
		other = add_branch(f, value_binary(f->b, OP2('!', '='),
			object->object,
			value_const(f->b, k->numbers[i], NULL)));
		add_store(f, ghost_place(f, w),
			  value_const(f->b, number, NULL), ORDER_ONCE);
		patch(f, other);
	}
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

/*
 * The objects of @k with a number above @after (NULL: all), tried in turn. One
 * that nobody moves is where it was.
 */
static const struct value *try_all(struct frame *f, struct kind *k,
				   const char *ghost, const struct value *in,
				   const struct value *after, int reg)
{
	int found[MAX_INSTANCES], i, skip;
	const struct value *number;
	struct word *w;

	object_number(f->b, k, 0);
	for (i = 0; i < k->n; i++) {
		number = value_const(f->b, k->numbers[i], NULL);
		skip = after ? add_branch(f, value_binary(f->b,
				OP2('>', '='), after, number)) : -1;
		w = ghost_word(f, k, i, ghost);
		if (w) {
			begin_in(f, w, in ? in->number : 1);
			found[i] = try_object(f, ghost_place(f, w),
					      k->numbers[i], in, reg);
		} else {
			add_set(f, reg, number);
			found[i] = add_goto(f);
		}
		if (skip >= 0)
			patch(f, skip);
	}
	add_set(f, reg, value_const(f->b, 0, NULL));
	for (i = 0; i < k->n; i++)
		patch(f, found[i]);
	return value_reg(f->b, reg);
}

const struct value *container_find(struct frame *f, struct kind *k,
				   const char *ghost, const struct value *in)
{
	return try_all(f, k, ghost, in, NULL, new_reg(f->t, NULL));
}

const struct value *container_next(struct frame *f, struct kind *k,
				   const char *ghost,
				   const struct value *after)
{
	return try_all(f, k, ghost, NULL, after, new_reg(f->t, NULL));
}

bool is_list_link(const struct expr *e)
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
	int depth;

	if (!e)
		return NULL;
	if (e->kind == EXPR_CONTAINER) {
		root = e->a;
		for (depth = 0; depth < MAX_COPIES && root != local &&
				root->kind == EXPR_LOCAL && f->defs[root->id];
		     depth++)
			root = f->defs[root->id];
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
	int number;

	link = once_assigned(f, link);
	if (!is_list_link(link))
		return false;
	container = container_of_local(f, local);
	if (!container)
		return false;
	k = kind_of(f->b, container->owner);
	owner = node_owner(link, container);
	pos = owner ? value_of(f, owner) : NULL;
	number = owner ? 0 : list_number(f, link->a);
	in = number ? value_const(f->b, number, NULL) : NULL;
	object_number(f->b, k, 0);
	if (owner && k->n == 1)
		add_set(f, local_reg(f, local), value_const(f->b, 0, NULL));
	else
		try_all(f, k, container_ghost(container->name), in, pos,
			local_reg(f, local));
	return true;
}
