// SPDX-License-Identifier: GPL-2.0-only
/*
 * Calls: who is called, what is known of him, and under which locks. What it
 * then does to the path is for effects.c and apply.c.
 */
#include "flow/state.h"

/* A message or a trace: it keeps nothing and changes nothing. */
static bool is_noise(const struct explorer *x, const struct event *ev)
{
	return ev->macro &&
	       g_hash_table_contains(x->flow->model->macros, ev->macro);
}

const struct summary *own_summary(struct explorer *x,
				  const struct func_flow *ff)
{
	x->flow->recursed |= ff->component == x->ff->component;
	return ff->summary.known ? &ff->summary : NULL;
}

/* Of a weak function the program knows whether another one wins. */
static struct func_flow *in_unit(const struct explorer *x, const char *name)
{
	struct func *f = unit_find(x->unit, name);

	if (f && f->is_weak && x->flow->world)
		return NULL;
	return f ? flow_of(x->flow, f) : NULL;
}

const struct summary *call_summary(struct explorer *x, const char *name)
{
	struct func_flow *ff = in_unit(x, name);

	return ff ? own_summary(x, ff) : world_summary(x->flow, x->func, name);
}

/* Is this the first path that comes to such a call in this way? */
static bool is_new_call(struct explorer *x, const struct state *st,
			const struct expr **args, int n_args)
{
	guint64 h = digest_locks(digest_mix(2, (guint64)x->event->id), st), *key;
	int i;

	for (i = 0; i < n_args; i++)
		h = digest_mix(h, args[i]->serial);
	if (g_hash_table_contains(x->called, &h))
		return false;
	key = arena_copy(x->scratch, &h, sizeof(h));
	return g_hash_table_add(x->called, key);
}

/* @callee: a FUNC, a FIELD, or something else that nobody can look up. */
static void record_call(struct explorer *x, const struct state *st,
			const struct expr *callee, const struct expr **args,
			int n_args)
{
	bool named = callee->kind == EXPR_FUNC;
	struct func_flow *ff = named ? in_unit(x, callee->name) : NULL;
	struct call_site *s;

	if (!named && callee->kind != EXPR_FIELD)
		return;
	if (!ff && (!x->flow->world || !is_new_call(x, st, args, n_args)))
		return;
	s = arena_new_object(x->flow->arena, struct call_site);
	s->caller = x->func;
	s->callee = ff;
	s->name = named ? callee->name : NULL;
	s->record = named ? NULL : callee->owner;
	s->member = named ? NULL : callee->name;
	s->args = arena_copy(x->flow->arena, args,
			     sizeof(*args) * (size_t)n_args);
	s->n_args = n_args;
	s->locks = st->locks;
	s->released = st->released;
	s->event = x->event->id;
	s->at = x->event->loc;
	g_ptr_array_add(x->ff->calls, s);
}

/*
 * @name has no row in the model. A message that another file prints takes
 * locks, but not the path's; what this unit has of it is looked into, since
 * the macro may only be around the call.
 */
static void take_named(struct explorer *x, struct state *st, const char *name,
		       const struct expr **args, int n_args)
{
	const struct event *ev = x->event;
	const struct summary *s = call_summary(x, name);
	bool foreign = s && !s->is_static && !unit_find(x->unit, name);

	if (is_noise(x, ev) && (!s || foreign))
		state_result(x, st, eval_fresh(x, st, 0, ev->return_record,
					       ev->return_pointers));
	else if (s)
		summary_apply(x, st, s, args, n_args);
	else
		summary_unknown(x, st, args, n_args);
}

static void take_pointed(struct explorer *x, struct state *st,
			 const struct expr *callee, const struct expr **args,
			 int n_args)
{
	const struct summary *s = NULL;

	if (callee->kind == EXPR_FIELD)
		s = world_member(x, callee->owner, callee->name);
	if (s)
		summary_apply(x, st, s, args, n_args);
	else
		summary_unknown(x, st, args, n_args);
}

void explore_call(struct explorer *x, struct state *st, const struct event *ev)
{
	const struct expr **args = arena_new_array(x->scratch,
						   const struct expr *,
						   ev->n_args + 1);
	const struct expr *callee = eval_value(x, st, ev->callee);
	const GArray *apis = NULL;
	int i;

	for (i = 0; i < ev->n_args; i++)
		args[i] = eval_value(x, st, ev->args[i]);
	if (callee->kind == EXPR_FUNC)
		apis = model_api(x->flow->model, callee->name);
	if (!apis || in_unit(x, callee->name))
		record_call(x, st, callee, args, ev->n_args);
	if (apis)
		effects_apply(x, st, apis, args, ev->n_args);
	else if (callee->kind == EXPR_FUNC)
		take_named(x, st, callee->name, args, ev->n_args);
	else
		take_pointed(x, st, callee, args, ev->n_args);
}
