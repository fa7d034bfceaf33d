// SPDX-License-Identifier: GPL-2.0-only
/*
 * select-then-flush: an object is chosen from a shared container under a lock
 * or RCU, the protection ends, and the object is used with no reference and no
 * pin taken before. A container is also a single pointer, or an array of them,
 * that others clear or fill anew.
 *
 * Known weakness: what keeps an object alive from another file (a parent that
 * is pinned, a phase of the subsystem) is not seen.
 */
#include "rules/rule.h"

#include <string.h>

/* An object that was picked, by a walk, a lookup or out of a slot. */
struct pick {
	const struct act *act;
	const struct expr *obj;
	const struct expr *slot; /* that it was read from; NULL: a container */
	bool doubtful;		 /* a mark on it may be a pin */
};

/* The container is a list on this function's stack. */
static bool is_private_container(const struct expr *from)
{
	const struct expr *e;

	for (e = from; e; e = e->a)
		if (e->kind == EXPR_LOCAL)
			return true;
	return false;
}

/* An element of an array that others fill, sort and empty. */
static bool is_element(const struct expr *slot)
{
	return slot->kind == EXPR_INDEX || slot->kind == EXPR_DEREF;
}

static bool writes_slot(const struct act *a, const struct pick *p)
{
	if (!p->slot || a->loc != p->slot)
		return false;
	/* what closes a gap in an array takes nothing away */
	return a->kind == ACT_CLEAR ||
	       (a->kind == ACT_STORE && !is_element(p->slot));
}

/* rb_erase(node): the node that the object was found by. */
static bool removes(const struct act *a, const struct pick *p)
{
	return a->kind == ACT_REMOVE && a->obj &&
	       (a->obj == p->obj ||
		(a->obj->kind == EXPR_FRESH && p->act->loc &&
		 flow_mentions(p->act->loc, a->obj)));
}

/* A number that goes up may be a count that somebody keeps by hand. */
static bool counts_up(const struct act *a)
{
	return a->value && a->value->kind == EXPR_BINARY &&
	       a->value->op == '+' && flow_mentions(a->value, a->loc);
}

/*
 * A mark is a pin if somebody who takes such objects away looks at it; else it
 * is only something that is noted down.
 */
static enum asks is_asked(struct rule_run *r, const struct act *mark,
			  const struct pick *p)
{
	struct flag_id flag;

	/* what was found with nothing held may be gone before it is marked */
	if (mark->obj != p->obj || !p->act->locks ||
	    !flow_flag(mark->loc, &flag))
		return ASKS_NO;
	return rule_removers_ask(r, p->obj->record, &flag);
}

static bool pins(struct rule_run *r, const struct act *a, const struct pick *p)
{
	return (a->obj == p->obj && p->act->locks && counts_up(a)) ||
	       is_asked(r, a, p) == ASKS_YES;
}

/* Is it the answer on which @remove takes the object out, and @test does not? */
static bool decides_removal(const struct act *test, const struct act *remove)
{
	struct flag_id flag, id;
	const struct act *a;

	if (!remove->obj || remove->obj->record != test->obj->record ||
	    remove->func != test->func || !flow_flag(test->loc, &flag))
		return false;
	for (a = remove->prev; a; a = a->prev)
		if (a->kind == ACT_TEST && a->obj == remove->obj &&
		    a->rel != test->rel && flow_flag(a->loc, &id) &&
		    flag_equal(&id, &flag))
			return true;
	return false;
}

/* Is the node that is taken out the one by which the object was found? */
static bool takes_node(const struct act *remove, const struct pick *p)
{
	const struct event *call = func_event(remove->in->func, remove->event);
	const struct expr *from = p->act->loc, *node;

	if (remove->via || !call || !call->n_args || !from ||
	    from->kind != EXPR_CONTAINER || call->args[0]->kind != EXPR_ADDR)
		return false;
	node = call->args[0]->a;
	return node->kind == EXPR_FIELD && node->owner == from->owner &&
	       node->name == from->name;
}

/* Was the slot written since the object was read from it? */
static bool is_overwritten(const struct act *a, const struct pick *p)
{
	for (; a && a != p->act; a = a->prev)
		if ((a->kind == ACT_STORE || a->kind == ACT_CLEAR) &&
		    a->loc == p->slot)
			return true;
	return false;
}

/*
 * The object's own node is in no list: else it would be taken out here, and
 * what it was found by with it. So somebody did that in an earlier section, and
 * what is left is his, or ours.
 */
static bool finds_unlinked(struct rule_run *r, const struct act *a,
			   const struct pick *p)
{
	const GPtrArray *removes = r->flow->acts[ACT_REMOVE];
	guint i;

	if (a->obj != p->obj || a->rel != OP2('=', '=') ||
	    a->loc->kind != EXPR_FIELD ||
	    !model_is_list_link(a->loc->owner, a->loc->name))
		return false;
	for (i = 0; i < removes->len; i++)
		if (decides_removal(a, removes->pdata[i]) &&
		    (p->slot ? is_overwritten(a, p) :
			       takes_node(removes->pdata[i], p)))
			return true;
	return false;
}

/* Anything on this path that keeps the object, or makes it ours. */
static bool keeps(struct rule_run *r, const struct act *a,
		  const struct pick *p)
{
	switch (a->kind) {
	case ACT_GET:
		return a->obj == p->obj || flow_mentions(a->obj, p->obj);
	case ACT_PUT:
		/* the last one: whoever finds it now finds no reference */
		return a->obj == p->obj && a->last == LAST_YES;
	case ACT_SET:
	case ACT_STORE:
		return pins(r, a, p) || writes_slot(a, p);
	case ACT_LOCK:
		return a->obj == p->obj;
	case ACT_TEST:
		return finds_unlinked(r, a, p);
	default:
		return writes_slot(a, p) || removes(a, p);
	}
}

/* Is any lock that was held at the selection still the same section? */
static bool still_protected(const struct act *select, const struct act *a)
{
	const struct held *h;

	for (h = select->locks; h; h = h->next)
		if (flow_still_held(h, a))
			return true;
	return false;
}

/*
 * A helper looked the object up and took a reference before it returned it:
 * what the caller reads into its variable is already held.
 */
static bool held_already(const struct act *const *acts, int i,
			 const struct pick *p)
{
	int k, refs = 0;

	for (k = i - 1; k >= 0 && still_protected(p->act, acts[k]); k--) {
		if (acts[k]->obj != p->obj)
			continue;
		refs += acts[k]->kind == ACT_GET;
		refs -= acts[k]->kind == ACT_PUT;
	}
	return refs > 0;
}

/*
 * What the slot lies in was taken out of its own place before (a request off a
 * queue): then so was all that hangs from it.
 */
static bool owns_holder(struct rule_run *r, const struct act *const *acts,
			int i, const struct pick *p)
{
	const struct expr *holder;
	int k;

	if (!p->slot)
		return false;
	holder = flow_object(r->flow->unit, p->slot);
	for (k = 0; k < i; k++)
		if (acts[k]->kind == ACT_REMOVE ? acts[k]->obj == holder :
		    (acts[k]->kind == ACT_STORE ||
		     acts[k]->kind == ACT_CLEAR) && acts[k]->loc == holder)
			return true;
	return false;
}

/* What the path to @a found the flag of @obj to be; -1: it did not ask. */
static int last_answer(const struct act *a, const struct expr *obj,
		       const struct flag_id *flag)
{
	struct flag_id id;

	for (; a; a = a->prev)
		if (a->kind == ACT_TEST && a->obj == obj &&
		    flow_flag(a->loc, &id) && flag_equal(&id, flag))
			return flow_tested_value(a);
	return -1;
}

/*
 * Does everybody take such objects out only after a look at the flag? Of a
 * helper's removals those count that stand in its callers' paths.
 */
static bool removers_ask(struct rule_run *r, const struct pick *p,
			 const struct flag_id *flag, int pinned)
{
	const GPtrArray *acts = r->flow->acts[ACT_REMOVE];
	bool any = false;
	guint i;

	for (i = 0; i < acts->len; i++) {
		const struct act *a = acts->pdata[i];

		if (!a->obj || a->obj->record != p->obj->record ||
		    rule_is_helper(a->in))
			continue;
		if (last_answer(a, a->obj, flag) != !pinned)
			return false;
		any = true;
	}
	return any;
}

/* A flag that the path knows keeps all others from taking the object out. */
static bool known_pinned(struct rule_run *r, const struct act *const *acts,
			 int from, int to, const struct pick *p)
{
	struct flag_id id;
	int k, pinned;

	for (k = from; k < to; k++) {
		if (acts[k]->kind != ACT_TEST || acts[k]->obj != p->obj ||
		    !flow_flag(acts[k]->loc, &id))
			continue;
		pinned = flow_tested_value(acts[k]);
		if (pinned >= 0 && removers_ask(r, p, &id, pinned))
			return true;
	}
	return false;
}

/* Is a bit set in between that somebody in another file may ask for? */
static bool perhaps_pinned(struct rule_run *r, const struct act *const *acts,
			   int from, int to, const struct pick *p)
{
	int k;

	for (k = from; k < to; k++)
		if (acts[k]->kind == ACT_SET &&
		    is_asked(r, acts[k], p) == ASKS_PERHAPS)
			return true;
	return false;
}

/* The act after which nothing protects the object any more, or n. */
static int protection_end(struct rule_run *r, const struct act *const *acts,
			  int n, int i, const struct pick *p)
{
	int k;

	for (k = i + 1; k < n; k++) {
		if (p->act->locks && !still_protected(p->act, acts[k]))
			return k;
		if (keeps(r, acts[k], p))
			return p->act->locks || acts[k]->kind != ACT_LOCK ?
				       n : k;
	}
	return n;
}

/* A lock that protected it is taken again: the slot is read anew. */
static bool protects_again(const struct act *a, const struct pick *p)
{
	const struct held *h;

	for (h = p->act->locks; h && a->kind == ACT_LOCK; h = h->next)
		if (h->lock == a->loc && h->class == a->class)
			return true;
	return false;
}

static const struct act *later_use(const struct act *const *acts, int n,
				   int from, const struct pick *p)
{
	int k;

	for (k = from; k < n; k++) {
		if (p->slot && (protects_again(acts[k], p) ||
				(acts[k]->loc == p->slot && !acts[k]->kept)))
			return NULL;
		if (acts[k]->obj != p->obj)
			continue;
		if (acts[k]->kind == ACT_SELECT || acts[k]->kind == ACT_FREE)
			return NULL;
		if (rule_touches(acts[k], p->obj) ||
		    acts[k]->kind == ACT_GET || acts[k]->kind == ACT_CALL)
			return acts[k];
	}
	return NULL;
}

/* It drops a reference that it did not take: it owned one all along. */
static bool owned_one(const struct act *const *acts, int n, int from,
		      const struct expr *obj)
{
	int k, gets = 0;

	for (k = from; k < n; k++) {
		if (acts[k]->obj != obj)
			continue;
		gets += acts[k]->kind == ACT_GET;
		if (acts[k]->kind == ACT_PUT && gets-- == 0)
			return true;
	}
	return false;
}

static bool same_lock_kind(const struct held *h, const struct held *g)
{
	const char *owner, *field, *owner2, *field2;

	flow_lock_name(h->lock, h->class, &owner, &field);
	flow_lock_name(g->lock, g->class, &owner2, &field2);
	return owner == owner2 && field == field2;
}

/* Do both hold a lock of one name? */
static bool share_lock(const struct act *a, const struct act *b)
{
	const struct held *h, *g;

	for (h = a->locks; h; h = h->next)
		for (g = b->locks; g; g = g->next)
			if (same_lock_kind(h, g))
				return true;
	return false;
}

static bool same_slot(const struct expr *a, const struct expr *b)
{
	struct flag_id f, g;

	return a == b || (a->kind == EXPR_FIELD && b->kind == EXPR_FIELD &&
			  flow_flag(a, &f) && flow_flag(b, &g) &&
			  flag_equal(&f, &g));
}

/* Does @get pin an object that was picked like this one? */
static bool pins_alike(const struct act *get, const struct pick *p)
{
	const struct act *s;

	if (p->slot && same_slot(get->obj, p->slot))
		return share_lock(get, p->act);
	for (s = get->prev; s; s = s->prev)
		if (s->kind == ACT_SELECT && s->obj == get->obj)
			return still_protected(s, get) && share_lock(s, p->act);
	return false;
}

/* What the unit never drops, and what ends no life, is a statistic. */
static bool is_given_back(const struct flow *fl, const struct act *get)
{
	const GPtrArray *puts = fl->acts[ACT_PUT];
	struct flag_id count, id;
	guint i;

	if (flow_is_lifetime(fl, get) || !flow_flag(get->loc, &count))
		return true;
	for (i = 0; i < puts->len; i++) {
		const struct act *put = puts->pdata[i];

		if (put->loc && flow_flag(put->loc, &id) &&
		    flag_equal(&id, &count))
			return true;
	}
	return false;
}

/* Does the unit take a reference on such an object inside a selection? */
static bool others_pin(struct rule_run *r, const struct pick *p)
{
	const GPtrArray *gets = r->flow->acts[ACT_GET];
	const struct act *a;
	guint i;

	for (i = 0; i < gets->len; i++) {
		a = gets->pdata[i];
		if (a->obj && a->obj->record == p->obj->record &&
		    is_given_back(r->flow, a) && pins_alike(a, p))
			return true;
	}
	return false;
}

/*
 * Does another path pin what the same step found? Then this one is likely to
 * be a path that the values exclude: IS_ERR() in the helper that pins.
 */
static bool pinned_elsewhere(struct rule_run *r, const struct pick *p)
{
	const GPtrArray *gets = r->flow->acts[ACT_GET];
	const struct act *a, *s;
	guint i;

	for (i = 0; i < gets->len; i++) {
		a = gets->pdata[i];
		if (a->in != r->ff || !a->obj ||
		    a->obj->record != p->obj->record)
			continue;
		for (s = a->prev; s; s = s->prev)
			if (s->kind == ACT_SELECT && s->obj == a->obj &&
			    rule_same_event(s, p->act) &&
			    still_protected(s, a))
				return true;
	}
	return false;
}

/* ---- slots: one pointer, or an array of them ---- */

static bool has_put(const GPtrArray *acts, const struct expr *slot)
{
	guint i;

	for (i = 0; i < acts->len; i++) {
		const struct act *a = acts->pdata[i];

		if (a->obj && same_slot(a->obj, slot))
			return true;
	}
	return false;
}

static bool has_write(const GPtrArray *acts, const struct pick *p)
{
	guint i;

	for (i = 0; i < acts->len; i++) {
		const struct act *a = acts->pdata[i];

		if (!a->is_init && same_slot(a->loc, p->slot) &&
		    (share_lock(a, p->act) || !p->act->locks->lock))
			return true;
	}
	return false;
}

/* What the unit does with a slot. */
enum slot_fate { SLOT_UNKNOWN, SLOT_KEPT, SLOT_REWRITTEN, SLOT_REPLACED };

static enum slot_fate find_slot_fate(const struct flow *fl,
				     const struct pick *p)
{
	if (!has_write(fl->acts[ACT_CLEAR], p) &&
	    !has_write(fl->acts[ACT_STORE], p))
		return SLOT_KEPT;
	return has_put(fl->acts[ACT_PUT], p->slot) ||
	       has_put(fl->acts[ACT_FREE], p->slot) ? SLOT_REPLACED :
						      SLOT_REWRITTEN;
}

static enum slot_fate slot_fate(struct rule_run *r, const struct pick *p)
{
	gconstpointer *answer = rule_answer(r, 0, p->slot, p->act->locks);

	if (!*answer)
		*answer = GINT_TO_POINTER(find_slot_fate(r->flow, p));
	return (enum slot_fate)GPOINTER_TO_INT(*answer);
}

/* Does the unit empty or refill the slot? */
static bool is_rewritten(struct rule_run *r, const struct pick *p)
{
	return slot_fate(r, p) >= SLOT_REWRITTEN;
}

/* Does it also drop what was in it? */
static bool is_replaced(struct rule_run *r, const struct pick *p)
{
	return slot_fate(r, p) == SLOT_REPLACED;
}

static bool is_taken_away(struct rule_run *r, const struct pick *p)
{
	if (p->slot && is_replaced(r, p))
		return true;
	if (p->slot && !is_element(p->slot) && !is_rewritten(r, p))
		return false;
	return rule_is_reaped(r, p->obj->record);
}

/* Does the unit free such objects, other than ones that nobody saw yet? */
static bool is_freed(struct rule_run *r, const char *record)
{
	const GPtrArray *acts = r->flow->acts[ACT_FREE];
	guint i;

	for (i = 0; i < acts->len; i++) {
		const struct act *a = acts->pdata[i];

		if (a->obj && a->obj->record == record &&
		    !flow_private(a, a->obj))
			return true;
	}
	return false;
}

/*
 * Others of the unit take a reference where this one does not; or its own lock
 * is taken, as the shape says, and the lock can be freed or lies in an array's
 * element. Else the life of the object may well be somebody else's business:
 * what is locked and looked at again is often never freed at all.
 */
static enum severity weigh(struct rule_run *r, const struct pick *p,
			   const struct act *use)
{
	if (p->doubtful ||
	    (p->slot && !is_element(p->slot) && !is_replaced(r, p)) ||
	    pinned_elsewhere(r, p))
		return SEVERITY_NOTE;
	if (use->kind == ACT_LOCK &&
	    (p->slot || is_freed(r, p->obj->record)))
		return SEVERITY_WARNING;
	return others_pin(r, p) ? SEVERITY_WARNING : SEVERITY_NOTE;
}

/* ---- a walk that holds nothing at all ---- */

/* A hash is everybody's; a list may well belong to the one who walks it. */
static bool is_hashed(const struct expr *from)
{
	return from && from->kind == EXPR_CONTAINER &&
	       from->a->kind == EXPR_FIELD && from->a->owner &&
	       g_str_has_prefix(from->a->owner, "hlist_");
}

/* Do others take such objects out under a lock that is not the object's? */
static bool others_lock(struct rule_run *r, const struct expr *obj)
{
	const GPtrArray *acts = r->flow->acts[ACT_REMOVE];
	const struct held *h;
	guint i;

	for (i = 0; i < acts->len; i++) {
		const struct act *a = acts->pdata[i];

		if (!a->obj || a->obj->record != obj->record)
			continue;
		for (h = a->locks; h; h = h->next)
			if (h->lock && flow_object(r->flow->unit, h->lock) !=
					       a->obj)
				return true;
	}
	return false;
}

/* ---- telling ---- */

static void tell_unlocked(struct rule_run *r, const struct pick *p,
			  const struct act *use)
{
	const char *obj = rule_text(r, p->obj);
	struct finding *f;

	f = rule_report(r, SEVERITY_WARNING, use, obj,
			"'%s' was found with no lock held and is locked, with no reference or pin",
			obj);
	if (!f)
		return;
	rule_about(r, f, p->act, use, NULL);
	rule_step(f, 0, p->act, "'%s' is found, nothing is held", obj);
	finding_step(f, 1, use->at.file, use->at.line,
		     "takes '%s' out of the container and reuses it", obj);
	rule_step(f, 0, use, "'%s' is locked", obj);
}

static void tell(struct rule_run *r, const struct pick *p,
		 const struct act *end, const struct act *use)
{
	const char *obj = rule_text(r, p->obj);
	const struct held *h = p->act->locks;
	const char *lock = rule_lock_text(r, h->lock, h->class);
	struct finding *f;

	f = rule_report(r, weigh(r, p, use), use, obj,
			"'%s' was found under '%s' and is %s after that was dropped, with no reference or pin",
			obj, lock, use->kind == ACT_LOCK ? "locked" : "used");
	if (!f)
		return;
	rule_about(r, f, p->act, use, NULL);
	rule_step(f, 0, p->act, "'%s' is found, '%s' is held", obj, lock);
	rule_step(f, 0, end, "'%s' is dropped", lock);
	finding_step(f, 1, use->at.file, use->at.line,
		     "takes '%s' out of the container and frees it", obj);
	rule_step(f, 0, use, "'%s' is %s", obj,
		  use->kind == ACT_LOCK ? "locked" : "used");
}

static void check_pick(struct rule_run *r, const struct act *const *acts, int n,
		       int i, struct pick *p)
{
	const struct act *use;
	int end;

	if (r->ff->entry_locks->len ||
	    (p->act->loc && is_private_container(p->act->loc)) ||
	    held_already(acts, i, p) || owns_holder(r, acts, i, p))
		return;
	end = protection_end(r, acts, n, i, p);
	if (end == n)
		return;
	use = later_use(acts, n, end, p);
	if (!use || rule_same_call(p->act, use) ||
	    owned_one(acts, n, end, p->obj) || !is_taken_away(r, p) ||
	    known_pinned(r, acts, i, end, p) ||
	    (!p->slot && (rule_removed_by_itself(r, p->act) ||
			  rule_keeps_removers_off(r, acts, n, i,
						  use->seq - 1))))
		return;
	p->doubtful = perhaps_pinned(r, acts, i, end, p);
	if (p->act->locks)
		tell(r, p, acts[end - 1], use);
	else if (use->kind == ACT_LOCK && !use->locks &&
		 is_hashed(p->act->loc) && others_lock(r, p->obj))
		tell_unlocked(r, p, use);
}

/* A pointer to an object, read from shared memory under a lock. */
static bool reads_slot(const struct act *a)
{
	return a->kind == ACT_LOAD && a->locks && a->loc->record &&
	       a->loc->pointers == 1 &&
	       (a->loc->kind == EXPR_FIELD || a->loc->kind == EXPR_GLOBAL ||
		is_element(a->loc));
}

static void check(struct rule_run *r, const struct act *const *acts, int n)
{
	struct pick p;
	int i;

	for (i = 0; i < n; i++) {
		p = (struct pick){ .act = acts[i], .obj = acts[i]->obj };
		if (reads_slot(acts[i]))
			p.obj = p.slot = acts[i]->loc;
		else if (acts[i]->kind != ACT_SELECT)
			continue;
		check_pick(r, acts, n, i, &p);
	}
}

const struct rule rule_select_then_flush = {
	.info = {
		.id = "select-then-flush",
		.summary = "an object found under a lock is used after the lock was dropped",
		.doc =
"An object is chosen from a shared container (list, tree, hash, idr, xarray,\n"
"array, or a pointer that others replace)\n"
"under a lock or RCU. The protection ends, and then the object is locked,\n"
"flushed or otherwise used, though neither a reference nor a pin bit was taken\n"
"before the protection ended. Another CPU takes it out and frees or reuses it.\n"
"A bit is a pin if somebody who takes such objects away tests it. Where that\n"
"may be in another file, what was marked is a note only.\n"
"\n"
"Silent where a reference or pin is taken inside (also in a helper), where the\n"
"object is taken out of the container inside, where the function drops a\n"
"reference in the end that it did not take, where it drops the last one inside,\n"
"where the object hangs from one that was taken out, or its own node is found in\n"
"no list, where a flag is known that all who take such objects out ask for,\n"
"where another lock covers the whole span (taken here; or asserted by a callee\n"
"and held by all who take such objects out), in the handler of a work item that\n"
"nobody takes objects out beside, where only the address is compared, and for\n"
"private containers.\n"
"\n"
"Repair: take a reference, or set a bit that reapers test, before the lock is\n"
"dropped.\n"
"\n"
"From bcache btree_flush_write() (Linux 50a260e85996).\n",
	},
	.traces_with = RULE_KIND(ACT_SELECT) | RULE_KIND(ACT_LOAD),
	.trace = check,
};
