// SPDX-License-Identifier: GPL-2.0-only
/*
 * Calls: what the model knows becomes operations, what matters and has a body
 * takes the call's place, and the rest does nothing, which is said.
 */
#include "lower/private.h"

/* Helpers of helpers: deeper ones do nothing, which is said. */
#define MAX_DEPTH 10

static void keep(struct frame *f, const struct event *ev,
		 const struct result *r)
{
	g_hash_table_insert(f->results, GINT_TO_POINTER(ev->id),
			    arena_copy(f->b->arena, r, sizeof(*r)));
}

static bool is_recursion(const struct frame *f, const struct func *func)
{
	for (; f; f = f->caller)
		if (f->func == func)
			return true;
	return false;
}

/* Does it get an object that the program is about? */
static bool receives_object(struct frame *f, const struct event *ev)
{
	struct spot s;
	int i;

	for (i = 0; i < ev->n_args; i++) {
		if (!ev->args[i]->pointers && ev->args[i]->kind != EXPR_ADDR)
			continue;
		s = pointee_of(f, ev->args[i]);
		if (s.object && s.kind->words->len)
			return true;
	}
	return false;
}

static void lower_unknown(struct frame *f, const struct event *ev,
			  const char *why)
{
	if (receives_object(f, ev))
		builder_assume(f->b, ev->loc, "%s() %s", ev->callee->name,
			       why);
	add_barrier(f);
}

/* What does nothing but compute can be undone: see encodes(). */
static void convert(struct frame *f, const struct event *ev, struct result *r)
{
	int i;

	for (i = 0; i < ev->n_args && !r->encodes; i++) {
		if (!encodes(f, ev->args[i]))
			continue;
		r->encodes = true;
		r->value = value_of(f, ev->args[i]);
	}
}

/* The constant that it returns on each way; NULL: none, or not always that. */
static const struct expr *constant_return(const struct func *func)
{
	const struct expr *value = NULL;
	int i, k;

	for (i = 0; i < func->n_blocks; i++) {
		for (k = 0; k < func->blocks[i].n_events; k++) {
			const struct event *ev = &func->blocks[i].events[k];

			if (ev->kind != EVENT_RETURN)
				continue;
			if (!ev->value || ev->value->kind != EXPR_CONST ||
			    (value && value->value != ev->value->value))
				return NULL;
			value = ev->value;
		}
	}
	return value;
}

/* A callee that changes nothing here: what it returns may be known still. */
static void lower_idle(struct frame *f, const struct event *ev,
		       const struct func *func, struct result *r)
{
	/* the stub of what is not configured; a weak one may be replaced */
	const struct expr *value = func->is_weak ? NULL :
						   constant_return(func);

	convert(f, ev, r);
	if (value && !r->encodes)
		r->value = value_of(f, value);
	if (function_orders(f->b, func))
		add_barrier(f);
}

/* Does it write through a pointer to a number of its caller's? */
static bool sets_caller(struct frame *f, const struct event *ev,
			const struct func *func)
{
	int i, k, p;

	for (i = 0; i < func->n_blocks; i++) {
		for (k = 0; k < func->blocks[i].n_events; k++) {
			const struct event *set = &func->blocks[i].events[k];
			const struct expr *to = set->lvalue;

			if (set->kind != EVENT_ASSIGN ||
			    to->kind != EXPR_DEREF ||
			    to->a->kind != EXPR_LOCAL || to->record)
				continue;
			p = to->a->id;
			if (p < func->n_params && p < ev->n_args &&
			    pointee_of(f, ev->args[p]).frame)
				return true;
		}
	}
	return false;
}

/* Its body takes the call's place. */
static void lower_body(struct frame *f, const struct event *ev,
		       struct func *func, struct result *r)
{
	const struct result unknown = { 0 };

	*r = build_body(f, f->t, f->b, func, ev);
	if (func->is_weak) /* another definition may return anything */
		*r = unknown;
}

static void lower_named(struct frame *f, const struct event *ev,
			struct result *r)
{
	const GArray *rows = model_api(f->b->flow->model, ev->callee->name);
	struct func *func;

	if (rows) {
		build_api(f, ev, rows, r);
		return;
	}
	func = unit_find(f->b->flow->unit, ev->callee->name);
	if (!func) {
		lower_unknown(f, ev, "changes nothing here: it has no body");
		return;
	}
	if (func->is_weak)
		builder_assume(f->b, ev->loc, "%s() is not overridden",
			       func->name);
	if (!touches(f->b, func) && !sets_caller(f, ev, func)) {
		lower_idle(f, ev, func, r);
		return;
	}
	if (is_recursion(f, func))
		lower_unknown(f, ev, "is not followed: it calls itself");
	else if (f->depth >= MAX_DEPTH)
		lower_unknown(f, ev, "is not followed: it is too deep");
	else
		lower_body(f, ev, func, r);
}

void build_call(struct frame *f, const struct event *ev)
{
	struct result r = { 0 };

	if (ev->callee->kind == EXPR_FUNC) {
		lower_named(f, ev, &r);
	} else {
		if (receives_object(f, ev))
			builder_assume(f->b, ev->loc, "what is called through "
				       "a pointer changes nothing here");
		add_barrier(f);
	}
	keep(f, ev, &r);
}
