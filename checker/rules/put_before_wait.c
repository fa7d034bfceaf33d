// SPDX-License-Identifier: GPL-2.0-only
/*
 * put-before-wait: a reference this function owns is dropped, and the object
 * is waited on, dereferenced or unlocked afterwards. Or it has no count: then
 * it is freed, and touched afterwards.
 *
 * Known weakness: a reference that some other object keeps for as long as the
 * caller runs is not seen across files.
 */
#include "rules/rule.h"

#include <string.h>

/* References to @obj that this path took and still has before acts[i]. */
static int balance(const struct act *const *acts, int i,
		   const struct expr *obj)
{
	int k, n = 0;

	for (k = 0; k < i; k++) {
		if (acts[k]->obj != obj)
			continue;
		n += acts[k]->kind == ACT_GET || acts[k]->kind == ACT_ALLOC;
		/* what the container owned is ours now */
		n += acts[k]->kind == ACT_REMOVE;
		n -= acts[k]->kind == ACT_PUT;
	}
	return n;
}

/* A second put: so there were two references, and one is left here. */
static bool put_again(const struct act *const *acts, int n, int i)
{
	int k;

	for (k = i + 1; k < n; k++) {
		if (acts[k]->obj != acts[i]->obj ||
		    rule_same_event(acts[k], acts[i]))
			continue;
		if (acts[k]->kind == ACT_PUT)
			return true;
		if (acts[k]->kind == ACT_GET)
			return false;
	}
	return false;
}

/* A flag of the object that owns another reference is known to be set. */
static bool pinned(struct rule_run *r, const struct act *const *acts, int i,
		   const struct expr *obj)
{
	struct flag_id id;
	int k;

	for (k = 0; k < i; k++) {
		if (acts[k]->obj != obj || !acts[k]->loc ||
		    !flow_flag(acts[k]->loc, &id) || !flow_pair(r->flow, &id))
			continue;
		if (acts[k]->kind == ACT_SET ||
		    (acts[k]->kind == ACT_TEST &&
		     flow_tested_value(acts[k]) == 1))
			return true;
	}
	return false;
}

/*
 * Does this path still have a way to the object after the put: the caller's
 * reference, where the put only balances a get of its own?
 */
static bool covered(struct rule_run *r, const struct act *const *acts, int n,
		    int i)
{
	const struct expr *obj = acts[i]->obj;
	int own = balance(acts, i, obj);

	if (own > 1 || put_again(acts, n, i))
		return true;
	if (own == 1 && obj->kind != EXPR_FRESH)
		return true;
	return pinned(r, acts, i, obj) ||
	       flow_holds_class(r->ff, acts[i], "rcu");
}

/* The first act after the put that needs the object; NULL: none does. */
static const struct act *first_use(const struct act *const *acts, int n, int i)
{
	const struct expr *obj = acts[i]->obj;
	int k;

	for (k = i + 1; k < n; k++) {
		/* the put's own release function works on the object */
		if (acts[k]->obj != obj || rule_same_event(acts[k], acts[i]))
			continue;
		if (rule_touches(acts[k], obj) || acts[k]->kind == ACT_CALL)
			return acts[k];
		if (acts[k]->kind == ACT_GET || acts[k]->kind == ACT_PUT ||
		    acts[k]->kind == ACT_ALLOC || acts[k]->kind == ACT_FREE ||
		    acts[k]->kind == ACT_SELECT)
			return NULL;
	}
	return NULL;
}

/*
 * The reference was the one that a flag of another object owned, and the flag
 * goes with it: nothing else is known to keep the object.
 */
static bool was_the_flags(struct rule_run *r, const struct act *const *acts,
			  int i)
{
	const struct act *clear = i > 0 ? acts[i - 1] : NULL;
	const struct pair *p;
	struct flag_id id;
	char *path;
	bool same;

	if (!clear || clear->kind != ACT_CLEAR || !clear->obj ||
	    !flow_flag(clear->loc, &id))
		return false;
	p = flow_pair(r->flow, &id);
	if (!p || !p->object || !*p->object)
		return false;
	path = flow_path_between(clear->obj, acts[i]->obj);
	same = !g_strcmp0(path, p->object);
	g_free(path);
	return same;
}

/*
 * The object went into something that may own it, came out of it, or was found
 * in it without a lock: then the caller holds what protects it.
 */
static bool keeps(const struct act *a, const struct expr *obj)
{
	switch (a->kind) {
	case ACT_INSERT:
	case ACT_REMOVE:
		return a->obj == obj;
	case ACT_SELECT:
		return a->obj == obj && !a->locks;
	case ACT_STORE:
		return a->value == obj;
	default:
		return false;
	}
}

/* A lock of something else, which may protect the container. */
static bool lock_over_both(const struct act *put, const struct act *use)
{
	const struct held *h;

	for (h = put->locks; h; h = h->next)
		if (flow_still_held(h, use) && h->lock &&
		    !flow_mentions(h->lock, put->obj))
			return true;
	return false;
}

/*
 * Sure enough for a warning: that, or the object was looked up by this
 * function and this was its only reference. What came as an argument, over
 * memory or out of a container may be kept alive by those it came from.
 */
static enum severity weigh(struct rule_run *r, const struct act *const *acts,
			   int i, const struct act *use)
{
	const struct act *put = acts[i];
	int k;

	if (was_the_flags(r, acts, i))
		return SEVERITY_WARNING;
	if (put->obj->kind != EXPR_FRESH || balance(acts, i, put->obj) != 1 ||
	    lock_over_both(put, use))
		return SEVERITY_NOTE;
	for (k = 0; k < i; k++)
		if (keeps(acts[k], put->obj))
			return SEVERITY_NOTE;
	return SEVERITY_WARNING;
}

static const char *verb(const struct act *use)
{
	switch (use->kind) {
	case ACT_WAIT:
		return "waited on";
	case ACT_UNLOCK:
		return "unlocked";
	case ACT_LOCK:
		return "locked";
	case ACT_CALL:
		return "passed on";
	default:
		return "accessed";
	}
}

/*
 * After a last put that the code knows of, the object is the function's own
 * until it frees it.
 */
static int dead_from(const struct act *const *acts, int n, int i)
{
	int k;

	if (acts[i]->last != LAST_YES)
		return i;
	for (k = i + 1; k < n; k++)
		if (acts[k]->kind == ACT_FREE && acts[k]->obj == acts[i]->obj)
			return k;
	return n;
}

/*
 * A name that leads through memory may mean another object by now, unless a
 * variable of this function has kept it.
 */
static bool is_held(const struct act *const *acts, int i)
{
	const struct expr *obj = acts[i]->obj;
	int k;

	if (!flow_is_shared(obj))
		return true;
	for (k = 0; k < i; k++)
		if (acts[k]->kind == ACT_LOAD && acts[k]->loc == obj)
			return true;
	return false;
}

/* Memory that stays what it is: only a wait needs the reference. */
static bool harmless(struct rule_run *r, const struct act *use)
{
	return use->obj->record &&
	       g_hash_table_contains(r->flow->model->stable,
				     use->obj->record) &&
	       use->kind != ACT_WAIT;
}

static void check_put(struct rule_run *r, const struct act *const *acts, int n,
		      int i)
{
	const struct act *put = acts[i], *use;
	struct finding *f;
	const char *obj;
	int dead;

	if (put->last == LAST_NO || !flow_is_lifetime(r->flow, put) ||
	    put->obj->kind == EXPR_ADDR || !is_held(acts, i))
		return;
	dead = dead_from(acts, n, i);
	use = dead < n ? first_use(acts, n, dead) : NULL;
	if (!use || harmless(r, use) || rule_same_event(put, use) ||
	    covered(r, acts, n, i))
		return;
	obj = rule_text(r, put->obj);
	f = rule_report(r, weigh(r, acts, i, use), put, obj,
			"the reference on '%s' is dropped here, and the object is %s afterwards",
			obj, verb(use));
	if (!f)
		return;
	rule_about(r, f, put, use, NULL)->remedy = REMEDY_LATE_PUT;
	rule_step(f, 0, put, "%s drops the reference on '%s'",
		  put->name ? put->name : "this", obj);
	finding_step(f, 1, put->at.file, put->at.line,
		     "drops the last reference: '%s' is freed", obj);
	rule_step(f, 0, use, "'%s' is %s", obj, verb(use));
}

/* ---- what is freed with no count at all ---- */

/* Not after a grace period: until then whoever is inside may touch it. */
static bool frees_now(struct rule_run *r, const struct act *gone)
{
	const GArray *rows = gone->name ?
				     model_api(r->flow->model, gone->name) :
				     NULL;
	guint i;

	for (i = 0; rows && i < rows->len; i++)
		if (g_array_index(rows, struct api, i).effect == EFFECT_FREE)
			return true;
	return false;
}

/* A count has to do with it: then whether this was the last is its affair. */
static bool is_counted(const struct act *const *acts, int i)
{
	int k;

	for (k = 0; k < i; k++)
		if (acts[k]->obj == acts[i]->obj &&
		    (acts[k]->kind == ACT_PUT || acts[k]->kind == ACT_GET))
			return true;
	return false;
}

static void check_free(struct rule_run *r, const struct act *const *acts,
		       int n, int i)
{
	const struct act *gone = acts[i], *use;
	struct finding *f;
	const char *obj;

	/*
	 * A name that leads through memory may mean another object by now; and
	 * a helper that frees on one of its ways may tell its caller which.
	 */
	if ((gone->obj->kind != EXPR_PARAM && gone->obj->kind != EXPR_FRESH) ||
	    gone->via || !frees_now(r, gone) || is_counted(acts, i))
		return;
	use = first_use(acts, n, i);
	if (!use)
		return;
	obj = rule_text(r, gone->obj);
	f = rule_report(r, SEVERITY_WARNING, gone, obj,
			"'%s' is freed here, and is %s afterwards", obj,
			verb(use));
	if (!f)
		return;
	rule_about(r, f, gone, use, NULL);
	rule_step(f, 0, gone, "'%s' is freed", obj);
	finding_step(f, 1, gone->at.file, gone->at.line,
		     "gets that memory for something else");
	rule_step(f, 0, use, "'%s' is %s", obj, verb(use));
}

static void check(struct rule_run *r, const struct act *const *acts, int n)
{
	int i;

	for (i = 0; i < n; i++) {
		if (acts[i]->kind == ACT_PUT && acts[i]->obj)
			check_put(r, acts, n, i);
		else if (acts[i]->kind == ACT_FREE && acts[i]->obj)
			check_free(r, acts, n, i);
	}
}

const struct rule rule_put_before_wait = {
	.info = {
		.id = "put-before-wait",
		.summary = "a reference is dropped or an object freed, and it is used afterwards",
		.doc =
"A function drops a reference that it owns and then waits on the object,\n"
"dereferences it, or unlocks a lock inside it. Another CPU may drop the last\n"
"reference in between, and the object is gone.\n"
"\n"
"Beside that it reports an object without a count that a path frees itself and\n"
"touches later: no race, but the last put that forgot to count. Only what came\n"
"as an argument or was found here, and is freed here at once, is followed.\n"
"\n"
"Silent where the put only balances this function's own get (the caller's\n"
"reference remains), where another reference is known to be held, where the\n"
"variable was assigned anew, and where only the address is used (a wait key,\n"
"a comparison, a message). Silent about memory that a helper frees, that is\n"
"freed after a grace period, and where the name leads through memory.\n"
"\n"
"Repair: wait first, put afterwards; or copy what is needed before the put.\n"
"\n"
"From put_and_wait_on_page_locked() (Linux 9a1ea439b16b): there the address\n"
"is only a key, which is why that function itself is right.\n",
	},
	.traces_with = RULE_KIND(ACT_PUT) | RULE_KIND(ACT_FREE),
	.trace = check,
};
