// SPDX-License-Identifier: GPL-2.0-only
/*
 * A flag and its reference change apart, or the flag alone: one call of a
 * function that changes both, in the place of either. Only if nothing between asks
 * for them, and the function does nothing more.
 */
#include "ir/steady.h"
#include "rules/repair.h"

#include <string.h>

/* ---- the accessor ---- */

/* Where @f changes the flag as @write does, together with its reference. */
static const struct pair_site *site_in(const struct pair *p,
				       const struct func *f,
				       const struct act *write)
{
	guint i;

	for (i = 0; i < p->sites->len; i++) {
		const struct pair_site *s = p->sites->pdata[i];

		if (s->in->func == f && s->ref && s->write->kind == write->kind)
			return s;
	}
	return NULL;
}

/*
 * Does the path change the flag, or know it to be what it would become? One
 * that does neither has other reasons, which the caller may not have.
 */
static bool is_done_on_path(const struct act *leaf, const struct pair_site *s)
{
	struct flag_id flag, id;
	const struct act *a;

	if (!flow_flag(s->write->loc, &flag))
		return false;
	for (a = leaf; a; a = a->prev)
		if (rule_same_event(a, s->write) ||
		    (a->kind == ACT_TEST && flow_flag(a->loc, &id) &&
		     flag_equal(&id, &flag) &&
		     flow_tested_value(a) == (s->write->kind == ACT_SET)))
			return true;
	return false;
}

/*
 * Is a call seen in the acts, or none that anybody could notice? What the model
 * knows is an act, unless it is only a read.
 */
static bool is_known_call(const struct repairer *r, const struct func_flow *ff,
			  const struct event *ev)
{
	const struct func *callee =
		ev->callee->kind == EXPR_FUNC ?
			unit_find(ff->func->unit, ev->callee->name) : NULL;
	const struct act *a;
	guint i;

	if ((ev->macro && flow_is_assertion(ev->macro)) ||
	    (callee && func_is_pure(callee)) ||
	    (ev->callee->kind == EXPR_FUNC &&
	     model_api(r->flow->model, ev->callee->name)))
		return true;
	for (i = 0; i < ff->traces->len; i++)
		for (a = ff->traces->pdata[i]; a; a = a->prev)
			if (a->event == ev->id)
				return true;
	return false;
}

static bool has_unknown_call(const struct repairer *r,
			     const struct func_flow *ff)
{
	const struct func *f = ff->func;
	int i, k;

	for (i = 0; i < f->n_blocks; i++) {
		for (k = 0; k < f->blocks[i].n_events; k++) {
			const struct event *ev = &f->blocks[i].events[k];

			if (ev->kind == EVENT_ASM ||
			    ev->kind == EVENT_CLEANUP ||
			    (ev->kind == EVENT_CALL &&
			     !is_known_call(r, ff, ev)))
				return true;
		}
	}
	return false;
}

/* Does a helper that writes the flag do something else? */
static bool is_write_only(const struct act *write)
{
	const struct func *f = write->via ? unit_find(write->in->func->unit,
						      write->via->callee) :
					    NULL;

	return !write->via || (f && func_does_one_thing(f));
}

/* The flag and its reference, and nothing else that a caller would get. */
static bool is_accessor_only(const struct repairer *r,
			     const struct pair_site *s)
{
	const GPtrArray *traces = s->in->traces;
	const struct act *a;
	guint i;

	if (s->in->bounded || !s->always || has_unknown_call(r, s->in) ||
	    !is_write_only(s->write))
		return false;
	for (i = 0; i < traces->len; i++) {
		if (!is_done_on_path(traces->pdata[i], s))
			return false;
		for (a = traces->pdata[i]; a; a = a->prev)
			if (!repair_is_quiet(a) && a->kind != ACT_LOCK &&
			    a->kind != ACT_UNLOCK &&
			    !rule_same_event(a, s->write) &&
			    !rule_same_event(a, s->ref))
				return false;
	}
	return true;
}

/* ---- what stays as it is ---- */

/*
 * Are pointers that are members in @text, "->a.b->c", written there, by this
 * function or by those that it calls?
 */
static bool changes_way(const char *text, const struct span *s,
			enum where where)
{
	static const char letters[] = G_CSET_a_2_z G_CSET_A_2_Z G_CSET_DIGITS
				      "_";
	bool member = false, changes = false;
	size_t n;

	for (; text && *text; text += n ? n : 1) {
		n = strspn(text, letters);
		if (n && member && text[n] != '.') {
			char *name = g_strndup(text, n);

			changes |= span_touches_member(s, where, name, false);
			g_free(name);
		}
		member = *text == '>' || *text == '.';
	}
	return changes;
}

/* Is the flag read or written between, by itself or with its word? */
static bool asks_flag(const struct repairer *r, const struct span *s)
{
	const char *name = r->about->pair->flag.name;
	char *member = g_strndup(name, strcspn(name, ":"));
	bool asks = span_touches_member(s, WHERE_BETWEEN, member, true);

	g_free(member);
	return asks;
}

/* Can one call do what @write and @ref do, wherever either stands? */
static bool can_join(const struct repairer *r, const struct act *write,
		     const struct act *ref, const char *arguments)
{
	const bool swapped = write->event > ref->event;
	const struct span s = { r->ff->func, swapped ? ref->event :
						       write->event,
				swapped ? write->event : ref->event };

	return span_is_straight(&s) &&
	       !span_writes_variables(&s, WHERE_BETWEEN, s.from) &&
	       !span_writes_variables(&s, WHERE_BETWEEN, s.to) &&
	       !span_writes_words(&s, WHERE_BETWEEN, arguments) &&
	       !asks_flag(r, &s) && !changes_way(arguments, &s, WHERE_BETWEEN) &&
	       !changes_way(r->about->pair->object, &s,
			    write->kind == ACT_SET ? WHERE_ANY : WHERE_BEFORE);
}

/* Does an unknown function get the flag's owner, and may lead it elsewhere? */
static bool is_handed_on(const struct repairer *r, const struct act *write)
{
	guint i, n;
	const struct act *const *acts = flow_acts(r->flow, r->ff, ACT_CALL, &n);

	for (i = 0; i < n; i++)
		if (acts[i]->obj == write->obj &&
		    event_reaches(r->ff->func, write->event, acts[i]->event))
			return true;
	return false;
}

/* Is the object that the place names the one that the flag goes on to own? */
bool repair_keeps_object(const struct repairer *r, const struct act *write)
{
	const struct span s = { r->ff->func, write->event, write->event };
	const char *way = r->about->pair->object;

	if (way && *way && write->kind == ACT_SET && is_handed_on(r, write))
		return false;
	return !changes_way(r->about->pair->object, &s,
			    write->kind == ACT_SET ? WHERE_BEHIND :
						     WHERE_BEFORE);
}

/* A variable of the function that is called and typed like the parameter. */
static bool has_such(const struct func *f, const struct local *param)
{
	int i;

	for (i = 0; i < f->n_locals; i++)
		if (!strcmp(f->locals[i].name, param->name) &&
		    !g_strcmp0(f->locals[i].type, param->type))
			return true;
	return false;
}

/* What the accessor is called with; NULL: it wants more than is known. */
static char *arguments_of(const struct repairer *r,
			  const struct pair_site *accessor)
{
	const struct func *f = accessor->in->func;
	const struct expr *param = accessor->write->obj;
	GString *text = g_string_new(NULL);
	char *object;
	int i;

	object = param->kind == EXPR_PARAM &&
		 param->record == r->about->object->record ?
			 repair_words(r, r->about->object, "") : NULL;
	for (i = 0; object && i < f->n_params; i++) {
		const struct local *p = &f->locals[i];

		if (i != param->id && !has_such(r->ff->func, p))
			g_clear_pointer(&object, g_free);
		else
			g_string_append_printf(text, "%s%s", i ? ", " : "",
					       i == param->id ? object :
								p->name);
	}
	if (!object) {
		g_string_free(text, TRUE);
		return NULL;
	}
	g_free(object);
	return g_string_free(text, FALSE);
}

/* Is there no other reference of this kind that the paths change instead? */
static bool is_only(const struct repairer *r, const struct act *ref)
{
	const GPtrArray *traces = r->ff->traces;
	const struct act *a;
	guint i;

	for (i = 0; i < traces->len; i++)
		for (a = traces->pdata[i]; a; a = a->prev)
			if (a->kind == ref->kind && a->obj == ref->obj &&
			    !rule_same_event(a, ref))
				return false;
	return true;
}

/*
 * Are the locks right for a call where @at stands, of what @other does as well?
 * An accessor that takes some is called with none.
 */
static bool is_locked_well(const struct repairer *r,
			   const struct pair_site *accessor,
			   const struct act *at, const struct act *other)
{
	if (repair_takes_locks(accessor->in))
		return !at->locks && !r->ff->entry_locks->len;
	return !repair_holds_more(at, other) && !repair_holds_more(other, at);
}

/*
 * The call stands where @at does, and what @other does is done by it; the same
 * one: there is nothing else.
 */
static void add_call(const struct repairer *r,
		     const struct pair_site *accessor, char *arguments,
		     const struct act *at, const struct act *other)
{
	const struct src_loc from = rule_place(at);
	struct src_loc to = { 0 };

	if (!is_locked_well(r, accessor, at, other))
		return;
	if (other != at)
		to = rule_place(other);
	finding_repair(r->finding, &(struct repair){
		.kind = REPAIR_CALL, .line = from.line, .column = from.column,
		.to_line = to.line, .to_column = to.column,
		.function = (char *)accessor->in->func->name,
		.arguments = arguments
	});
}

/* Flag and reference change apart: one call can be put where either is. */
void repair_by_accessor(const struct repairer *r)
{
	const struct act *write = r->about->from, *ref = r->about->to;
	const struct pair_site *accessor;
	char *arguments;

	accessor = site_in(r->about->pair, r->about->other, write);
	if (!accessor || !is_accessor_only(r, accessor) || !r->about->object ||
	    !repair_can_change(r, write) || !repair_can_change(r, ref) ||
	    !is_only(r, ref) ||
	    !is_write_only(write) ||
	    !event_same_call(r->flow->unit, repair_event(ref),
			     repair_event(accessor->ref)))
		return;
	arguments = arguments_of(r, accessor);
	if (!arguments)
		return;
	if (can_join(r, write, ref, arguments)) {
		add_call(r, accessor, arguments, write, ref);
		add_call(r, accessor, arguments, ref, write);
	}
	g_free(arguments);
}

/* The flag changes alone, and some other function does what it should. */
void repair_by_other_accessor(const struct repairer *r)
{
	const struct act *write = r->about->from;
	const GPtrArray *sites = r->about->pair->sites;
	char *arguments;
	guint i;

	for (i = 0; is_write_only(write) && i < sites->len; i++) {
		const struct pair_site *s = sites->pdata[i];

		if (s->in == r->ff || s->write->kind != write->kind ||
		    !s->ref || rule_gap(s->write, s->ref) ||
		    !is_accessor_only(r, s))
			continue;
		arguments = arguments_of(r, s);
		if (!arguments)
			continue;
		add_call(r, s, arguments, write, write);
		g_free(arguments);
		return;
	}
}
