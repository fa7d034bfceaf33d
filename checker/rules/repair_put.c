// SPDX-License-Identifier: GPL-2.0-only
/*
 * An object is used after its put or its end: that comes behind the last use.
 * Only if nothing behind needs it gone, and no lock or loop is left on the way.
 */
#include "ir/steady.h"
#include "rules/repair.h"

#include <string.h>

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
		    (!repair_holds(use, h) ||
		     (use->kind == ACT_UNLOCK && use->loc == h->lock)))
			return true;
	return false;
}

/* Can the put come later at all, wherever that is? */
static bool can_wait(const struct repairer *r, const struct act *put)
{
	const struct span s = { r->ff->func, put->event, put->event };

	return repair_can_change(r, put) && put->obj &&
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
	       end->kind != ACT_LOCK && !repair_holds_more(end, put) &&
	       !leaves_lock(r, put, end);
}

/*
 * Behind the last use in the text; a loop has none that is the last. Not into a
 * section of a lock, nor out of one: what the put does may need it.
 */
void repair_by_later_put(const struct repairer *r)
{
	const struct act *put = r->about->from, *a, *use;
	const struct src_loc at = rule_place(put);
	struct src_loc to = rule_place(r->about->to);
	guint i;

	if (!can_wait(r, put))
		return;
	for (i = 0; i < r->ff->traces->len; i++) {
		a = repair_on_path(r->ff->traces->pdata[i], put);
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
