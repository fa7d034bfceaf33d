// SPDX-License-Identifier: GPL-2.0-only
/*
 * What would take a finding away, from what its rule said of it: the window
 * and its remedy. Places and names only: what can be done to the text at these
 * places is for fix/, and whether it helps for who checks the text.
 *
 * Only statements of the reported function that do nothing else are named.
 */
#include "ir/steady.h"
#include "rules/rule.h"

#include <string.h>

struct repairer {
	const struct flow *flow;
	const struct func_flow *ff;
	const struct subject *about;
	struct finding *finding;
};

/* ---- statements ---- */

/* Nothing that anybody else could notice. */
static bool is_quiet(const struct act *a)
{
	return a->kind == ACT_TEST || a->kind == ACT_LOAD ||
	       a->kind == ACT_USE || a->kind == ACT_SLEEP ||
	       a->kind == ACT_RETURN;
}

/* Does the text of the function do both in one place? */
static bool same_place(const struct act *a, const struct act *b)
{
	const struct src_loc p = rule_place(a), q = rule_place(b);

	return rule_same_event(a, b) || (p.line == q.line &&
					 p.column == q.column);
}

/* The act of @like's event on the path that ends in @leaf; or NULL. */
static const struct act *on_path(const struct act *leaf,
				 const struct act *like)
{
	const struct act *a;

	for (a = leaf; a; a = a->prev)
		if (rule_same_event(a, like) && a->kind == like->kind &&
		    a->loc == like->loc)
			return a;
	return NULL;
}

/* What follows a last put in the same call is the object's end. */
static bool is_alone_on_path(const struct act *leaf, const struct act *act)
{
	const struct act *a;

	for (a = leaf; a; a = a->prev)
		if (a != act && same_place(a, act) && !is_quiet(a) &&
		    !(act->last == LAST_YES && a->seq > act->seq))
			return false;
	return true;
}

/* Does the place where @act stands do nothing else, on no path? */
static bool is_alone(const struct act *act)
{
	const GPtrArray *traces = act->in->traces;
	const struct act *a;
	guint i;

	for (i = 0; i < traces->len; i++) {
		a = on_path(traces->pdata[i], act);
		if (a && !is_alone_on_path(traces->pdata[i], a))
			return false;
	}
	return true;
}

static const struct event *event_of(const struct act *a)
{
	return a->event < 0 ? NULL : func_event(a->in->func, a->event);
}

/* Does the text call something else there? Not every call is an act. */
static bool calls_more(const struct act *act)
{
	const struct func *f = act->in->func;
	const struct src_loc at = rule_place(act);
	int i, k;

	for (i = 0; i < f->n_blocks; i++) {
		for (k = 0; k < f->blocks[i].n_events; k++) {
			const struct event *ev = &f->blocks[i].events[k];

			if ((ev->kind == EVENT_CALL || ev->kind == EVENT_ASM ||
			     ev->kind == EVENT_CLEANUP) &&
			    ev->id != act->event && ev->loc.line == at.line &&
			    ev->loc.column == at.column)
				return true;
		}
	}
	return false;
}

/*
 * In the finding's file, where the function itself can be seen to do it, on
 * paths that are all known.
 */
static bool can_change(const struct repairer *r, const struct act *act)
{
	return act && act->in == r->ff && !r->ff->bounded && event_of(act) &&
	       !strcmp(rule_place(act).file, r->finding->file) &&
	       is_alone(act) && !calls_more(act);
}

/* ---- locks ---- */

static bool holds(const struct act *a, const struct held *lock)
{
	const struct held *h;

	for (h = a->locks; h; h = h->next)
		if (h->lock == lock->lock && h->class == lock->class)
			return true;
	return false;
}

/* Does @a hold a lock, after it is done, that @b does not? */
static bool holds_more(const struct act *a, const struct act *b)
{
	const struct held *h;

	for (h = a->locks; h; h = h->next)
		if (!holds(b, h) &&
		    !(a->kind == ACT_UNLOCK && h->lock == a->loc))
			return true;
	return false;
}

static bool takes_locks(const struct func_flow *ff)
{
	return ff->acts[ACT_LOCK].n > 0;
}

/* ---- words ---- */

static bool has_local(const struct func *f, const char *name, size_t length)
{
	int i;

	for (i = 0; i < f->n_locals; i++)
		if (strlen(f->locals[i].name) == length &&
		    !strncmp(f->locals[i].name, name, length))
			return true;
	return false;
}

/* Is the text a way along members from a variable of @f, and not a guess? */
static bool is_path(const struct func *f, const char *text)
{
	size_t word = strspn(text, G_CSET_a_2_z G_CSET_A_2_Z G_CSET_DIGITS "_");

	return word && has_local(f, text, word) &&
	       strspn(text, G_CSET_a_2_z G_CSET_A_2_Z G_CSET_DIGITS "_->.") ==
		       strlen(text);
}

/* The object in the words of the function, with @way from there; or NULL. */
static char *words_for(const struct repairer *r, const struct expr *obj,
		       const char *way)
{
	char *text = flow_text(r->flow, r->ff->func, obj), *whole;

	whole = g_strconcat(text, way, NULL);
	g_free(text);
	if (is_path(r->ff->func, whole))
		return whole;
	g_free(whole);
	return NULL;
}

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
			if (!is_quiet(a) && a->kind != ACT_LOCK &&
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
static bool keeps_object(const struct repairer *r, const struct act *write)
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
			 words_for(r, r->about->object, "") : NULL;
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
	if (takes_locks(accessor->in))
		return !at->locks && !r->ff->entry_locks->len;
	return !holds_more(at, other) && !holds_more(other, at);
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
static void use_accessor(const struct repairer *r)
{
	const struct act *write = r->about->from, *ref = r->about->to;
	const struct pair_site *accessor;
	char *arguments;

	accessor = site_in(r->about->pair, r->about->other, write);
	if (!accessor || !is_accessor_only(r, accessor) || !r->about->object ||
	    !can_change(r, write) || !can_change(r, ref) || !is_only(r, ref) ||
	    !is_write_only(write) ||
	    !event_same_call(r->flow->unit, event_of(ref),
			     event_of(accessor->ref)))
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
static void use_some_accessor(const struct repairer *r)
{
	const struct act *write = r->about->from;
	const GPtrArray *sites = r->about->pair->sites;
	char *arguments;
	guint i;

	for (i = 0; i < sites->len; i++) {
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

/* ---- the missing get ---- */

/* A call that does nothing but take such a reference. */
struct getter {
	const char *function;
	/* Whose address it takes; NULL: it takes the object. */
	const char *count;
};

static bool is_count_of(const struct expr *arg, const char *record)
{
	const struct expr *loc = arg->kind == EXPR_ADDR ? arg->a : NULL;

	return loc && loc->kind == EXPR_FIELD && loc->owner == record &&
	       loc->a->kind == EXPR_DEREF;
}

/* Does the call by which @get comes about take a reference on any object? */
static bool read_getter(const struct act *get, const char *record,
			struct getter *ret)
{
	const struct event *ev = get->event < 0 ? NULL :
				 func_event(get->in->func, get->event);
	const struct expr *arg;

	if (!ev || ev->kind != EVENT_CALL || ev->n_args != 1 ||
	    ev->callee->kind != EXPR_FUNC)
		return false;
	arg = ev->args[0];
	ret->function = ev->macro ? ev->macro : ev->callee->name;
	ret->count = is_count_of(arg, record) ? arg->a->name : NULL;
	return ret->count || (arg->record == record && arg->pointers == 1);
}

static bool gets_only(const struct act *get, const char *record,
		      struct getter *ret)
{
	return get->kind == ACT_GET && !get->atomic && get->obj &&
	       get->obj->record == record && is_alone(get) &&
	       read_getter(get, record, ret);
}

/* Does the model have a function of this name, which it frees, that gets? */
static bool is_getter(const struct model *m, char *name, struct getter *ret)
{
	const GArray *rows;

	*ret = (struct getter){ g_intern_string(name), NULL };
	g_free(name);
	rows = model_api(m, ret->function);
	return rows && rows->len == 1 &&
	       g_array_index(rows, struct api, 0).effect == EFFECT_GET &&
	       g_array_index(rows, struct api, 0).arg == 0;
}

/*
 * How others take the reference with the flag, or such a reference at all; what
 * the unit does not show the model may know.
 */
static bool find_getter(const struct repairer *r, struct getter *ret)
{
	const struct pair *p = r->about->pair;
	const GPtrArray *gets = r->flow->acts[ACT_GET];
	guint i;

	for (i = 0; i < p->sites->len; i++) {
		const struct pair_site *s = p->sites->pdata[i];

		if (s->ref && s->write->kind == ACT_SET &&
		    gets_only(s->ref, p->object_record, ret))
			return true;
	}
	for (i = 0; i < gets->len; i++)
		if (flow_is_lifetime(r->flow, gets->pdata[i]) &&
		    gets_only(gets->pdata[i], p->object_record, ret))
			return true;
	return is_getter(r->flow->model,
			 g_strconcat("get_", p->object_record, NULL), ret) ||
	       is_getter(r->flow->model,
			 g_strconcat(p->object_record, "_get", NULL), ret);
}

static void insert_get(const struct repairer *r)
{
	const struct act *write = r->about->from;
	const struct pair *p = r->about->pair;
	const struct src_loc at = rule_place(write);
	struct getter getter;
	char *object, *arguments;

	if (write->kind != ACT_SET || !p->object_record ||
	    !find_getter(r, &getter))
		return;
	object = words_for(r, write->obj, p->object);
	if (!object)
		return;
	arguments = getter.count ?
			    g_strdup_printf("&%s->%s", object, getter.count) :
			    g_strdup(object);
	finding_repair(r->finding, &(struct repair){
		.kind = REPAIR_GET, .line = at.line, .column = at.column,
		.function = (char *)getter.function, .arguments = arguments
	});
	g_free(arguments);
	g_free(object);
}

static void pair_up(const struct repairer *r)
{
	if (!r->about->object || !can_change(r, r->about->from) ||
	    !keeps_object(r, r->about->from))
		return;
	if (is_write_only(r->about->from))
		use_some_accessor(r);
	insert_get(r);
}

/* ---- the late put ---- */

static bool is_before(struct src_loc a, struct src_loc b)
{
	return a.line != b.line ? a.line < b.line : a.column < b.column;
}

/* Something that wants the object; a get does, too. */
static bool needs(const struct act *a, const struct expr *obj)
{
	return rule_touches(a, obj) || a->kind == ACT_CALL ||
	       a->kind == ACT_GET || a->kind == ACT_PUT ||
	       a->kind == ACT_FREE || a->kind == ACT_PUBLISH ||
	       a->kind == ACT_INSERT || a->kind == ACT_REMOVE;
}

/* The last that the path does with what @put let go; NULL: nothing. */
static const struct act *last_use(const struct act *leaf, const struct act *put)
{
	const struct act *a, *last = NULL;

	for (a = leaf; a != put; a = a->prev) {
		if (a->obj != put->obj || rule_same_event(a, put))
			continue;
		if (a->kind == ACT_ALLOC || a->kind == ACT_SELECT)
			last = NULL; /* it is another one from here on */
		else if (!last && needs(a, put->obj))
			last = a;
	}
	return last;
}

/* Does the function return from between the two? */
static bool returns_between(const struct func *f, struct src_loc from,
			    struct src_loc to)
{
	int i, k;

	for (i = 0; i < f->n_blocks; i++) {
		for (k = 0; k < f->blocks[i].n_events; k++) {
			const struct event *ev = &f->blocks[i].events[k];

			if (ev->kind == EVENT_RETURN &&
			    ev->loc.line >= from.line &&
			    ev->loc.line <= to.line)
				return true;
		}
	}
	return false;
}

/* ---- may it come later? ---- */

/* An act behind the put that is none of its own. */
static bool is_behind(const struct act *put, const struct act *a)
{
	return !rule_same_event(a, put) &&
	       event_reaches(put->in->func, put->event, a->event);
}

/* Would the object, or one that leads to it, be gone when the put comes? */
static bool ends_before(const struct repairer *r, const struct act *put,
			enum act_kind kind)
{
	guint i, n;
	const struct act *const *acts = flow_acts(r->flow, r->ff, kind, &n);

	for (i = 0; i < n; i++)
		if (acts[i]->obj && flow_mentions(put->obj, acts[i]->obj) &&
		    is_behind(put, acts[i]))
			return true;
	return false;
}

/* Does the put itself do such a thing, on some path? */
static bool does_itself(const struct repairer *r, const struct act *put,
			enum act_kind kind)
{
	guint i, n;
	const struct act *const *acts = flow_acts(r->flow, r->ff, kind, &n);

	for (i = 0; i < n; i++)
		if (rule_same_event(acts[i], put))
			return true;
	return false;
}

static bool is_flag_wait(const struct act *wait)
{
	struct flag_id id;

	return wait->loc && wait->loc->kind == EXPR_BIT &&
	       flow_flag(wait->loc, &id);
}

/*
 * Is the object, or something in it, waited for behind the put? A flag of an
 * object whose put the model knows is cleared by others.
 */
static bool waits_behind(const struct repairer *r, const struct act *put,
			 enum act_kind kind)
{
	guint i, n;
	const struct act *const *acts = flow_acts(r->flow, r->ff, kind, &n);

	for (i = 0; i < n; i++)
		if (is_behind(put, acts[i]) &&
		    (put->via || !is_flag_wait(acts[i])) &&
		    (acts[i]->obj == put->obj ||
		     (acts[i]->loc && flow_mentions(acts[i]->loc, put->obj))))
			return true;
	return false;
}

/*
 * May somebody wait for what the last put does? Not if its release is seen, and
 * wakes nobody.
 */
static bool awaits_release(const struct repairer *r, const struct act *put)
{
	const bool seen = does_itself(r, put, ACT_FREE) &&
			  !does_itself(r, put, ACT_WAKE) &&
			  !does_itself(r, put, ACT_CALL);

	return !seen && (waits_behind(r, put, ACT_WAIT) ||
			 waits_behind(r, put, ACT_PREPARE));
}

/* Is it used in a loop, which may be one that waits for the put? */
static bool uses_again(const struct act *use)
{
	return event_reaches(use->in->func, use->event, use->event);
}

/* Is it always called with a lock, or does it assert that it is? */
static bool wants_lock(const struct func_flow *ff)
{
	const struct held *h;
	const struct act *a;
	guint i;

	for (i = 0; i < ff->traces->len; i++)
		for (a = ff->traces->pdata[i]; a; a = a->prev)
			for (h = a->locks; h; h = h->next)
				if (!h->act)
					return true;
	return ff->entry_locks->len > 0;
}

/*
 * Does the lock at the put's place keep others off what it does? The object's
 * own lock does not outlive it, unless the put itself wants it.
 */
static bool needs_lock(const struct repairer *r, const struct act *put,
		       const struct held *h)
{
	const struct func *f = put->via ? unit_find(r->flow->unit,
						    put->via->callee) : NULL;

	return !h->lock ||
	       flow_object(r->flow->unit, h->lock) != put->obj ||
	       (f && wants_lock(flow_of(r->flow, f)));
}

static bool leaves_lock(const struct repairer *r, const struct act *put,
			const struct act *use)
{
	const struct held *h;

	for (h = put->locks; h; h = h->next)
		if (needs_lock(r, put, h) &&
		    (!holds(use, h) ||
		     (use->kind == ACT_UNLOCK && use->loc == h->lock)))
			return true;
	return false;
}

/* Can the put come later at all, wherever that is? */
static bool can_wait(const struct repairer *r, const struct act *put)
{
	const struct span s = { r->ff->func, put->event, put->event };

	return can_change(r, put) && put->obj &&
	       !event_reaches(s.func, put->event, put->event) &&
	       !ends_before(r, put, ACT_FREE) &&
	       !ends_before(r, put, ACT_PUT) && !awaits_release(r, put) &&
	       !span_writes_variables(&s, WHERE_BEHIND, put->event) &&
	       !span_writes_memory(&s, WHERE_BEHIND, put->event);
}

/* The last that the path does in the line of @use: &p->lock is used first. */
static const struct act *end_of(const struct act *leaf, const struct act *use)
{
	const struct act *a;

	for (a = leaf; a != use; a = a->prev)
		if (rule_place(a).line == rule_place(use).line)
			return a;
	return use;
}

/* Behind @use, the last of the object on the path to @leaf with the put? */
static bool can_follow(const struct repairer *r, const struct act *put,
		       const struct act *use, const struct act *leaf)
{
	const struct act *end = end_of(leaf, use);

	return !is_before(rule_place(use), rule_place(put)) &&
	       use->kind != ACT_CALL && !uses_again(use) &&
	       end->kind != ACT_LOCK && !holds_more(end, put) &&
	       !leaves_lock(r, put, end);
}

/*
 * Behind the last use in the text; a loop has none that is the last. Not into a
 * section of a lock, nor out of one: what the put does may need it.
 */
static void put_later(const struct repairer *r)
{
	const struct act *put = r->about->from, *a, *use;
	const struct src_loc at = rule_place(put);
	struct src_loc to = rule_place(r->about->to);
	guint i;

	if (!can_wait(r, put))
		return;
	for (i = 0; i < r->ff->traces->len; i++) {
		a = on_path(r->ff->traces->pdata[i], put);
		use = a ? last_use(r->ff->traces->pdata[i], a) : NULL;
		if (use && !can_follow(r, a, use, r->ff->traces->pdata[i]))
			return;
		if (use && is_before(to, rule_place(use)))
			to = rule_place(use);
	}
	if (!is_before(at, to) || strcmp(to.file, r->finding->file) ||
	    returns_between(r->ff->func, at, to))
		return;
	finding_repair(r->finding, &(struct repair){
		.kind = REPAIR_LATER, .line = at.line, .column = at.column,
		.to_line = to.line, .to_column = to.column
	});
}

/* ---- which of them ---- */

void rule_repair(const struct flow *fl, struct finding *f,
		 const struct subject *s)
{
	const struct repairer r = { fl, s->in, s, f };

	if (!s->from || !s->to)
		return;
	if (s->remedy == REMEDY_PAIR && s->pair)
		pair_up(&r);
	else if (s->remedy == REMEDY_LATE_PUT ||
		 (s->from->kind == ACT_FREE && s->to != s->from))
		put_later(&r);
	else if (s->remedy == REMEDY_ATOMIC && s->pair && s->other)
		use_accessor(&r);
}
