// SPDX-License-Identifier: GPL-2.0-only
/*
 * What would take a finding away, from what its rule said of it: the window
 * and its remedy. Places and names only: what can be done to the text at these
 * places is for fix/, and whether it helps for who checks the text.
 *
 * Only statements of the reported function that do nothing else are named; this
 * file knows which these are. Each way of repairing has a file of its own.
 */
#include "rules/repair.h"

#include <string.h>

/* ---- statements ---- */

/* Nothing that anybody else could notice. */
bool repair_is_quiet(const struct act *a)
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
const struct act *repair_on_path(const struct act *leaf,
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
		if (a != act && same_place(a, act) && !repair_is_quiet(a) &&
		    !(act->last == LAST_YES && a->seq > act->seq))
			return false;
	return true;
}

/* Does the place where @act stands do nothing else, on no path? */
bool repair_is_alone(const struct act *act)
{
	const GPtrArray *traces = act->in->traces;
	const struct act *a;
	guint i;

	for (i = 0; i < traces->len; i++) {
		a = repair_on_path(traces->pdata[i], act);
		if (a && !is_alone_on_path(traces->pdata[i], a))
			return false;
	}
	return true;
}

const struct event *repair_event(const struct act *a)
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
bool repair_can_change(const struct repairer *r, const struct act *act)
{
	return act && act->in == r->ff && !r->ff->bounded && repair_event(act) &&
	       !strcmp(rule_place(act).file, r->finding->file) &&
	       repair_is_alone(act) && !calls_more(act);
}

/* ---- locks ---- */

bool repair_holds(const struct act *a, const struct held *lock)
{
	const struct held *h;

	for (h = a->locks; h; h = h->next)
		if (h->lock == lock->lock && h->class == lock->class)
			return true;
	return false;
}

/* Does @a hold a lock, after it is done, that @b does not? */
bool repair_holds_more(const struct act *a, const struct act *b)
{
	const struct held *h;

	for (h = a->locks; h; h = h->next)
		if (!repair_holds(b, h) &&
		    !(a->kind == ACT_UNLOCK && h->lock == a->loc))
			return true;
	return false;
}

bool repair_takes_locks(const struct func_flow *ff)
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
char *repair_words(const struct repairer *r, const struct expr *obj,
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

/* ---- which of them ---- */

/* The flag changes without its reference. */
static void pair_up(const struct repairer *r)
{
	if (!r->about->object || !repair_can_change(r, r->about->from) ||
	    !repair_keeps_object(r, r->about->from))
		return;
	repair_by_other_accessor(r);
	repair_by_get(r);
}

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
		repair_by_later_put(&r);
	else if (s->remedy == REMEDY_ATOMIC && s->pair && s->other)
		repair_by_accessor(&r);
}
