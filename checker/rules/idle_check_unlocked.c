// SPDX-License-Identifier: GPL-2.0-only
/*
 * idle-check-unlocked: "nobody else uses it" is read from a lifetime count,
 * and the object is then freed, unlinked or reused, while no lock that getters
 * also take covers both; or the last put runs without the lock under which
 * others look the object up and get it.
 *
 * A lookup is kept out by a lock that it takes, if that lock is held from the
 * test to the reap, or to a mark that the lookup asks for before it gets.
 *
 * Known weakness: on counters that are no lifetimes the rule would be noise;
 * it does not look at them. So the counts of pages are not looked at where
 * nothing shows that their last put frees.
 */
#include "rules/rule.h"

#include <string.h>

/*
 * What an idle test asks: a lifetime count, or a list of users. Its name is
 * that of the count or list; false: the test is something else.
 */
static bool idle_subject(struct rule_run *r, const struct act *t,
			 struct flag_id *ret_id)
{
	const struct expr *loc = t->loc;

	if (loc->kind == EXPR_FIELD && !strcmp(loc->name, "next") &&
	    !strcmp(loc->owner, "list_head"))
		return t->rel == OP2('=', '=') && flow_flag(loc->a, ret_id);
	return loc->record && flow_is_lifetime(r->flow, t) &&
	       flow_flag(loc, ret_id);
}

/* The test says that only so many references are left. */
static bool says_idle(const struct act *t)
{
	gint64 v = t->value ? t->value->value : 0;

	return (t->rel == OP2('=', '=') && v >= 0 && v <= 3) ||
	       (t->rel == '<' && v <= 2) ||
	       (t->rel == OP2('<', '=') && v <= 1);
}

/* A user is gained here by somebody who just found the object. */
static bool gains(const struct act *a, const struct flag_id *subject)
{
	const struct act *s;
	struct flag_id id;

	if (!a->loc || !flow_flag(a->loc, &id) || !flag_equal(&id, subject))
		return false;
	for (s = a->prev; s; s = s->prev)
		if (s->kind == ACT_SELECT &&
		    (s->obj == a->obj || flow_mentions(a->loc, s->obj) ||
		     (s->obj->record && a->obj &&
		      s->obj->record == a->obj->record)))
			return true;
	return false;
}

/* Does the lookup decide on this flag before it gains? */
static bool asks_for(const struct act *lookup, const struct flag_id *flag)
{
	const struct act *a;

	for (a = lookup->prev; a; a = a->prev)
		if (a->kind == ACT_TEST && rule_involves(a->loc, flag))
			return true;
	return false;
}

typedef bool (*lookup_fn)(const struct act *lookup, const void *data);

/* The first lookup of the unit, of those who gain, that @fn is true of. */
static const struct act *find_lookup(const struct rule_run *r,
				     const struct flag_id *subject,
				     lookup_fn fn, const void *data)
{
	static const enum act_kind kinds[] = { ACT_GET, ACT_INSERT };
	guint i, k;

	for (k = 0; k < G_N_ELEMENTS(kinds); k++) {
		const GPtrArray *acts = r->flow->acts[kinds[k]];

		for (i = 0; i < acts->len; i++)
			if (gains(acts->pdata[i], subject) &&
			    fn(acts->pdata[i], data))
				return acts->pdata[i];
	}
	return NULL;
}

static bool lookup_asks(const struct act *lookup, const void *flag)
{
	return asks_for(lookup, flag);
}

/*
 * Frees or unlinks the object or what it has, drops what one of its flags
 * owns, or gives it another key to be found by.
 */
static bool reaps(struct rule_run *r, const struct act *a,
		  const struct act *test, const struct flag_id *subject)
{
	struct flag_id id;

	if (a->kind == ACT_FREE)
		return flow_mentions(a->obj, test->obj);
	if (a->obj != test->obj)
		return false;
	if (a->kind == ACT_REMOVE)
		return true;
	if (!a->loc || !flow_flag(a->loc, &id))
		return false;
	if (a->kind == ACT_CLEAR)
		return flow_pair(r->flow, &id) != NULL;
	return a->kind == ACT_STORE && !flag_equal(&id, subject) &&
	       find_lookup(r, subject, lookup_asks, &id);
}

/* A section that begins with the test and ends with the reap. */
struct section {
	const struct act *test;		/* or where it read the count */
	const struct act *const *acts;	/* from the test on */
	int n;				/* the last of them reaps */
};

/* Is @a what this lookup cannot get past: the reap, or a mark it asks for? */
static bool stops(const struct section *s, int i, const struct act *lookup)
{
	const struct act *a = s->acts[i];
	struct flag_id id;

	if (i == s->n - 1)
		return true;
	return (a->kind == ACT_SET || a->kind == ACT_CLEAR) &&
	       a->obj == s->acts[0]->obj && a->loc && flow_flag(a->loc, &id) &&
	       asks_for(lookup, &id);
}

/* Does nothing keep this lookup out until it is too late for it? */
static bool intrudes(const struct act *lookup, const void *section)
{
	const struct section *s = section;
	const char *owner, *field;
	const struct held *h;
	int i;

	for (h = s->test->locks; h; h = h->next) {
		flow_lock_name(h->lock, h->class, &owner, &field);
		if (!flow_holds_kind(lookup->in, lookup, owner, field))
			continue;
		for (i = 0; i < s->n; i++)
			if (rule_still_held(h, s->acts[i]) &&
			    stops(s, i, lookup))
				return false;
	}
	return true;
}

/* Taken out before: whoever looks for it now does not find it. */
static bool is_unlinked(const struct act *const *acts, int i)
{
	int k;

	for (k = i - 1; k >= 0; k--)
		if (acts[k]->kind == ACT_REMOVE && acts[k]->obj == acts[i]->obj)
			return true;
	return false;
}

/*
 * The same copy was found to be something else before: no such path exists.
 * The facts about shared values end with the lock, and those of a copy with
 * them.
 */
static bool is_contradicted(const struct act *const *acts, int i)
{
	int k;

	for (k = i - 1; k >= 0 && acts[i]->kept; k--) {
		if (acts[k]->kind == ACT_LOAD && acts[k]->loc == acts[i]->loc)
			return false;
		if (acts[k]->kind == ACT_TEST && acts[k]->kept &&
		    acts[k]->loc == acts[i]->loc &&
		    acts[k]->rel != acts[i]->rel)
			return true;
	}
	return false;
}

/* The end of what the test decides: the reap after it; 0: none. */
static int reap_after(struct rule_run *r, const struct act *const *acts, int n,
		      int i, const struct flag_id *subject)
{
	int k;

	for (k = i + 1; k < n; k++) {
		if (acts[k]->kind == ACT_TEST && acts[k]->loc == acts[i]->loc)
			return 0;
		/* from here on the put's own result decides */
		if (acts[k]->kind == ACT_PUT && acts[k]->last == LAST_YES &&
		    acts[k]->obj == acts[i]->obj)
			return 0;
		if (reaps(r, acts[k], acts[i], subject))
			return k;
	}
	return 0;
}

static const char *verb(const struct act *reap)
{
	return reap->kind == ACT_FREE ? "freed" :
	       reap->kind == ACT_REMOVE ? "unlinked" :
	       reap->kind == ACT_STORE ? "reused" : "given up";
}

static void tell_idle(struct rule_run *r, const struct act *test,
		      const struct act *load, const struct act *get,
		      const struct act *reap)
{
	const char *count = rule_text(r, test->loc);
	struct finding *f;

	/* a list that is empty is no count: users may join it in other ways */
	f = rule_report(r, test->loc->record &&
			!strcmp(test->loc->record, "list_head") ?
				SEVERITY_NOTE : SEVERITY_WARNING,
			load ? load : test, count,
			"'%s' is read as idle and the object is %s, with no lock over both that lookups take",
			count, verb(reap));
	if (!f)
		return;
	rule_about(r, f, load ? load : test, reap, get->in->func);
	rule_step(r, f, 0, test, "'%s' says that nobody else uses it", count);
	finding_step(f, 1, get->at.file, get->at.line,
		     "%s() finds the object and takes a reference", get->func);
	rule_step(r, f, 0, reap, "it is %s all the same", verb(reap));
}

static void check_test(struct rule_run *r, const struct act *const *acts,
		       int n, int i)
{
	const struct act *test = acts[i], *load, *get;
	struct section section = { .acts = acts + i };
	struct flag_id subject;
	int k;

	if (!test->obj || test->atomic || test->via || !says_idle(test) ||
	    rule_is_assertion(test) || !idle_subject(r, test, &subject) ||
	    flow_private(test, test->obj) || is_unlinked(acts, i) ||
	    is_contradicted(acts, i) ||
	    r->ff->entry_locks->len)
		return;
	k = reap_after(r, acts, n, i, &subject);
	if (!k)
		return;
	load = rule_load_of(acts, i);
	section.test = load ? load : test;
	section.n = k - i + 1;
	get = find_lookup(r, &subject, intrudes, &section);
	if (get)
		tell_idle(r, test, load, get, acts[k]);
}

/* ---- the last put against the getters' lock ---- */

/* A plain get of something just found under a lock, in the unit. */
static const struct act *locked_lookup(const struct flow *fl,
				       const struct act *put,
				       const struct held **ret_lock)
{
	const struct act *a, *s;
	struct flag_id count, id;
	guint i;

	if (!put->loc || !flow_flag(put->loc, &count))
		return NULL;
	for (i = 0; i < fl->acts[ACT_GET]->len; i++) {
		a = fl->acts[ACT_GET]->pdata[i];
		if (!a->loc || !a->locks || !a->locks->lock || a->atomic ||
		    !flow_flag(a->loc, &id) || !flag_equal(&id, &count))
			continue;
		for (s = a->prev; s; s = s->prev)
			if (s->kind == ACT_SELECT && s->obj == a->obj)
				break;
		if (s && rule_still_held(a->locks, s)) {
			*ret_lock = a->locks;
			return a;
		}
	}
	return NULL;
}

/* A reference of this function's own: another one keeps the object, mostly. */
static bool balances(const struct act *put)
{
	const struct act *a;

	for (a = put->prev; a; a = a->prev)
		if (a->kind == ACT_GET && a->obj == put->obj)
			return true;
	return false;
}

static void check_put(struct rule_run *r, const struct act *const *acts, int n,
		      int i)
{
	const struct act *put = acts[i], *get;
	const struct held *lock = NULL;
	const char *owner, *field, *obj;
	struct finding *f;
	int k;

	if (put->via || put->last != LAST_YES)
		return;
	for (k = i + 1; k < n; k++) {
		if (acts[k]->kind == ACT_REMOVE && acts[k]->obj == put->obj)
			break;
		/* judged again */
		if (acts[k]->kind == ACT_TEST && acts[k]->loc == put->loc)
			return;
	}
	if (k == n)
		return;
	get = locked_lookup(r->flow, put, &lock);
	if (!get)
		return;
	flow_lock_name(lock->lock, lock->class, &owner, &field);
	if (flow_holds_kind(r->ff, put, owner, field))
		return;
	obj = rule_text(r, put->obj);
	f = rule_report(r, balances(put) ? SEVERITY_NOTE : SEVERITY_WARNING,
			put, obj,
			"the last reference on '%s' is dropped without '%s', under which others find it and take one",
			obj, field);
	if (!f)
		return;
	rule_about(r, f, put, acts[k], get->in->func);
	rule_step(r, f, 0, put, "the count becomes 0, '%s' is not held", field);
	finding_step(f, 1, get->at.file, get->at.line,
		     "%s() finds it under '%s' and takes a reference from 0",
		     get->func, field);
	rule_step(r, f, 0, acts[k], "it is unlinked, and freed");
}

static void check(struct rule_run *r, const struct act *const *acts, int n)
{
	int i;

	for (i = 0; i < n; i++) {
		if (acts[i]->kind == ACT_TEST)
			check_test(r, acts, n, i);
		if (acts[i]->kind == ACT_PUT)
			check_put(r, acts, n, i);
	}
}

const struct rule rule_idle_check_unlocked = {
	.info = {
		.id = "idle-check-unlocked",
		.summary = "a count is read as idle, and the object reaped, without a lock over both",
		.doc =
"A lifetime count is read (\"only my reference is left\"), and the object is\n"
"then freed, unlinked or reused, while no lock that getters also take covers\n"
"both. Or the last put runs without the lock under which others find the\n"
"object and take a reference. In between, another CPU gets one.\n"
"\n"
"Silent where a lock covers both, where the check is one atomic step (freeze,\n"
"cmpxchg, dec_and_lock), and on counters that are no lifetimes.\n"
"\n"
"Repair: check under the lock, or use dec_and_lock, freeze, inc_not_zero.\n"
"\n"
"From ext4_break_layouts() (Linux b1f382178d15).\n",
	},
	.trace = check,
};
