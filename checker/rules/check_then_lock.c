// SPDX-License-Identifier: GPL-2.0-only
/*
 * check-then-lock: a flag is tested without the lock under which others change
 * it, and the tested branch takes that lock and acts as though the test still
 * held; or takes and drops it with nothing in between; or acts in a second
 * section on what a first one read.
 *
 * Known weakness: a test in a helper that returns the flag's value over more
 * than one variable is not followed; nor is a copy that is tested in the
 * second section only, which passes for a re-check; nor membership of a list.
 */
#include "rules/rule.h"

#include <string.h>

/* A read of shared state of the same object: whoever does it re-checks. */
static bool rechecks(const struct act *a, const struct act *test)
{
	if (a->kind == ACT_TEST)
		return a->loc == test->loc ||
		       (a->obj && test->obj &&
			(a->obj == test->obj ||
			 flow_mentions(a->obj, test->obj)));
	return a->kind == ACT_LOAD && a->loc == test->loc;
}

static bool about(const struct act *a, const struct act *test)
{
	return (a->obj && (a->obj == test->obj ||
			   flow_mentions(a->obj, test->obj))) ||
	       (a->loc && test->obj && flow_mentions(a->loc, test->obj));
}

/* What must not happen twice, or to an object in another state. */
static bool is_consequence(const struct act *a, const struct act *test)
{
	switch (a->kind) {
	case ACT_PUT:
	case ACT_GET:
	case ACT_FREE:
	case ACT_REMOVE:
	case ACT_INSERT:
	case ACT_PUBLISH:
		return about(a, test);
	default:
		return false;
	}
}

static bool is_write(const struct act *a)
{
	return a->kind == ACT_SET || a->kind == ACT_CLEAR ||
	       a->kind == ACT_STORE;
}

static bool writes_flag(const struct act *a, const struct act *test)
{
	return (a->kind == ACT_SET || a->kind == ACT_CLEAR) &&
	       a->loc == test->loc;
}

static bool own_text(const struct act *a)
{
	return !a->via;
}

/* ---- a section with nothing in it, entered because of a test ---- */

static void check_empty(struct rule_run *r, const struct act *const *acts,
			int i)
{
	const struct act *test = acts[i - 1], *lock = acts[i];
	struct finding *f;
	const char *flag, *name;

	/* that a container has something in it is no flag of anybody's */
	if (test->kind != ACT_TEST || test->loc->pointers ||
	    !own_text(test) || !own_text(lock) ||
	    test->obj != lock->obj || !test->obj ||
	    acts[i + 1]->kind != ACT_UNLOCK || acts[i + 1]->loc != lock->loc ||
	    !flow_empty_between(r->flow, r->ff, lock, acts[i + 1]))
		return;
	flag = rule_flag_text(r, test->loc);
	name = rule_lock_text(r, lock->loc, lock->class);
	f = rule_report(r, SEVERITY_WARNING, test, flag,
			"'%s' is tested without '%s', which is then taken and dropped with nothing in between",
			flag, name);
	if (!f)
		return;
	rule_about(r, f, test, acts[i + 1], NULL);
	rule_step(f, 0, test, "'%s' is tested, '%s' is not held",
		  rule_text(r, test->loc), name);
	finding_step(f, 1, lock->at.file, lock->at.line,
		     "changes '%s' under '%s' before or after", flag, name);
	rule_step(f, 0, lock, "'%s' is taken", name);
	rule_step(f, 0, acts[i + 1],
		  "and dropped: it waits for a holder, but decides nothing");
}

/* ---- test outside, act inside ---- */

/* The act that took the guard's lock, as it is held at @a; NULL: none. */
static const struct held *holds_guard(const struct act *a,
				      const struct guard *g)
{
	const char *owner, *field;
	const struct held *h;

	for (h = a->locks; h; h = h->next) {
		flow_lock_name(h->lock, h->class, &owner, &field);
		if (owner == g->lock_owner && field == g->lock_field)
			return h;
	}
	return NULL;
}

/* The guard's lock, taken by this act for the tested object. */
static bool takes_guard(const struct act *lock, const struct act *test,
			const struct guard *g)
{
	const char *owner, *field;

	if (lock->kind != ACT_LOCK)
		return false;
	flow_lock_name(lock->loc, lock->class, &owner, &field);
	return owner == g->lock_owner && field == g->lock_field &&
	       (!g->same_object || lock->obj == test->obj);
}

/*
 * Nobody ever writes the other value: what the test saw stays true.
 */
static bool one_way(const struct guard *g, const struct act *test)
{
	int seen = flow_tested_value(test);

	/* one state of several may be followed by another */
	if (test->rel == OP2('=', '=') && seen == 1 &&
	    test->loc->kind != EXPR_BIT)
		return false;
	if (g->origin != ORIGIN_MINED && !g->writes)
		return false;
	if (g->sets + g->clears != g->writes)
		return false;
	return (seen == 1 && !g->clears) || (seen == 0 && !g->sets);
}

/* Does another path, on which the test came out differently, lock as well? */
static bool locks_anyway(struct rule_run *r, const struct act *test,
			 const struct act *lock)
{
	const struct act *const *locks, *a;
	guint i, n;

	locks = flow_acts(r->flow, r->ff, ACT_LOCK, &n);
	for (i = 0; i < n; i++) {
		if (locks[i]->event != lock->event ||
		    locks[i]->block != lock->block)
			continue;
		for (a = locks[i]->prev; a; a = a->prev)
			if (a->kind == ACT_TEST && a->block == test->block &&
			    a->loc == test->loc && a->rel != test->rel)
				return true;
	}
	return false;
}

struct gap {
	const struct act *lock;	  /* that is taken after the test */
	const struct act *write;  /* of the flag itself, in the section */
	const struct act *effect; /* what is done though the test is stale */
};

/*
 * The value was taken out of the flag in this section, and what was taken is
 * looked at.
 */
static bool tests_taken(const struct act *const *acts, int lock, int k,
			const struct act *test)
{
	const struct act *load;

	if (acts[k]->kind != ACT_TEST || acts[k]->loc != test->loc)
		return false;
	load = rule_load_of(acts, k);
	return load && load->seq > acts[lock]->seq;
}

/* What the section that acts[lock] opens does without a second look. */
static bool find_effect(const struct act *const *acts, int n, int lock,
			const struct act *test, struct gap *ret)
{
	struct gap g = { .lock = acts[lock] };
	const struct act *helper = NULL;
	bool inside = true;
	int k;

	for (k = lock + 1; k < n; k++) {
		if (helper && (!rule_same_event(acts[k], helper) ||
			       rechecks(acts[k], test)))
			break;
		if (inside && acts[k]->kind == ACT_UNLOCK &&
		    acts[k]->loc == g.lock->loc)
			inside = false;
		if (inside && !g.effect && rechecks(acts[k], test))
			return false;
		if (inside && g.write && g.effect == g.write &&
		    tests_taken(acts, lock, k, test)) {
			if (acts[k]->rel == test->rel)
				return false;
			/* to clear it again did no harm; what follows may */
			g.effect = g.write = NULL;
			continue;
		}
		if (inside && !g.write && writes_flag(acts[k], test))
			g.write = acts[k];
		if (is_consequence(acts[k], test) &&
		    (!g.effect || is_write(g.effect)) && (inside || g.write))
			g.effect = acts[k];
		if (inside && !g.effect && is_write(acts[k]) &&
		    acts[k]->obj == test->obj)
			g.effect = acts[k];
		if (inside || (acts[k]->kind != ACT_LOCK &&
			       acts[k]->kind != ACT_SELECT))
			continue;
		if (!acts[k]->via)
			break;
		/* the lock under which a helper drops the last reference */
		helper = acts[k];
	}
	*ret = g;
	return g.effect != NULL;
}

/* Under the lock that is taken at this line? */
static bool is_under(const struct act *a, const struct act *lock)
{
	const struct held *h;

	for (h = a->locks; h; h = h->next)
		if (h->act && h->act->at.line == lock->at.line)
			return true;
	return false;
}

/*
 * What the path to @a, in a callee, found the flag under the lock to be; -1: it
 * did not look. @obj is the object's name there.
 */
static int answer_before(const struct act *a, const struct act *lock,
			 const struct flag_id *flag, const struct expr *obj)
{
	struct flag_id id;

	for (a = a->prev; a && is_under(a, lock); a = a->prev)
		if (a->kind == ACT_TEST && a->obj == obj &&
		    flow_flag(a->loc, &id) && flag_equal(&id, flag))
			return flow_tested_value(a);
	return -1;
}

/* The object of the caller's test by its name in the callee; NULL: none. */
static const struct expr *tested_there(const struct rule_run *r,
				       const struct act *lock,
				       const struct func_flow *callee,
				       const struct act *test,
				       const struct flag_id *flag)
{
	const struct act *const *tests;
	struct flag_id id;
	guint i, n;

	tests = flow_acts(r->flow, callee, ACT_TEST, &n);
	for (i = 0; i < n; i++)
		if (flow_flag(tests[i]->loc, &id) && flag_equal(&id, flag) &&
		    is_under(tests[i], lock) &&
		    rule_is_same_place(r, lock, callee, test->obj,
				       tests[i]->obj))
			return tests[i]->obj;
	return NULL;
}

static bool is_effect(const struct act *a, const struct act *test)
{
	return is_consequence(a, test) ||
	       (is_write(a) && a->obj == test->obj);
}

/*
 * Does the callee that takes the lock look at the flag under it, and act only if
 * it still finds there what the caller found? Of one with many ways its summary
 * need not say so.
 */
static bool callee_tests(const struct rule_run *r, const struct act *lock,
			 const struct act *test)
{
	const struct func *f = lock->via ?
				       unit_find(r->flow->unit, lock->func) :
				       NULL;
	const struct func_flow *callee = f ? flow_of(r->flow, f) : NULL;
	struct act there = { .kind = ACT_TEST };
	const struct act *const *acts;
	struct flag_id flag;
	guint i, n;
	int kind;

	if (!callee || !flow_flag(test->loc, &flag))
		return false;
	there.obj = tested_there(r, lock, callee, test, &flag);
	for (kind = 0; there.obj && kind < ACT_KINDS; kind++) {
		acts = flow_acts(r->flow, callee, (enum act_kind)kind, &n);
		for (i = 0; i < n; i++)
			if (is_under(acts[i], lock) &&
			    is_effect(acts[i], &there) &&
			    answer_before(acts[i], lock, &flag, there.obj) !=
				    flow_tested_value(test))
				return false;
	}
	return there.obj != NULL;
}

/*
 * Entered because a count fell to 0, in one step, which this path had raised:
 * what was tested while that count was held did not decide it.
 */
static bool is_last_put(const struct act *lock, const struct act *next)
{
	const struct act *a;

	if (next->kind != ACT_PUT || next->last != LAST_YES ||
	    !rule_same_event(lock, next) || lock->at.line != next->at.line)
		return false;
	for (a = lock->prev; a; a = a->prev)
		if (a->kind == ACT_GET && a->loc && a->loc == next->loc)
			return true;
	return false;
}

static bool holds_lock(const struct act *a, const struct expr *lock)
{
	const struct held *h;

	for (h = a->locks; h; h = h->next)
		if (h->lock == lock)
			return true;
	return false;
}

/* Is the lock held whenever the function comes to this place? */
static bool is_held_always(const struct rule_run *r, const struct act *seen,
			   const struct expr *lock)
{
	const struct act *const *acts;
	guint i, n;

	acts = flow_acts(r->flow, r->ff, seen->kind, &n);
	for (i = 0; i < n; i++)
		if (acts[i]->block == seen->block &&
		    acts[i]->event == seen->event && !holds_lock(acts[i], lock))
			return false;
	return true;
}

/* Does a lock that was held at the test keep holding over the action? */
static bool other_covers(const struct rule_run *r, const struct act *seen,
			 const struct act *lock)
{
	const struct held *h;

	for (h = seen->locks; h; h = h->next)
		if (flow_still_held(h, lock) &&
		    /* an assertion may stand on one of the paths only */
		    (h->act || is_held_always(r, seen, h->lock)))
			return true;
	return false;
}

/*
 * The flag itself is changed, and something follows that must not happen
 * twice. That an object is taken off a list by whoever tests its own mark is
 * how its owner unregisters it: two owners there are not.
 */
static bool is_strong(const struct rule_run *r, const struct act *seen,
		      const struct gap *gap)
{
	return gap->write && gap->effect != gap->write &&
	       !is_write(gap->effect) && gap->effect->kind != ACT_REMOVE &&
	       !other_covers(r, seen, gap->lock);
}

static void tell_gap(struct rule_run *r, const struct act *seen,
		     const struct guard *g, const struct gap *gap,
		     bool in_section)
{
	const char *flag = rule_flag_text(r, seen->loc);
	const char *name = rule_lock_text(r, gap->lock->loc,
					  gap->lock->class);
	/* else something outside the unit keeps the writers apart */
	bool strong = !in_section && is_strong(r, seen, gap) && g->arbitrates;
	struct finding *f;

	f = rule_report(r, strong ? SEVERITY_WARNING : SEVERITY_NOTE, seen,
			flag,
			in_section ?
			"'%s' is read under '%s', which is dropped and taken again before the value is acted on" :
			"'%s' is tested without '%s', and acted on under it without a second test",
			flag, name);
	if (!f)
		return;
	rule_about(r, f, seen, gap->effect, NULL);
	rule_step(f, 0, seen, in_section ? "'%s' is read under '%s'" :
		  "'%s' is tested, '%s' is not held",
		  rule_text(r, seen->loc), name);
	finding_step(f, 1, gap->lock->at.file, gap->lock->at.line,
		     "changes '%s' under '%s', and does what follows from it",
		     flag, name);
	rule_step(f, 0, gap->lock,
		  "'%s' is taken; the test is not repeated", name);
	if (gap->write && gap->write != gap->effect)
		rule_step(f, 0, gap->write,
			  "'%s' is %s as though it still held", flag,
			  gap->write->kind == ACT_SET ? "set" : "cleared");
	rule_step(f, 0, gap->effect, "%s of '%s' acts on the old value",
		  act_name(gap->effect->kind),
		  rule_text(r, gap->effect->loc ? gap->effect->loc :
						  gap->effect->obj));
	finding_evidence(f, "%d of %d writes of '%s' hold '%s'", g->guarded,
			 g->writes, flag, g->lock_field);
}

static bool tested_again(const struct act *const *acts, int from, int to,
			 const struct act *test)
{
	int k;

	for (k = from; k < to; k++)
		if (acts[k]->kind == ACT_TEST && acts[k]->loc == test->loc)
			return true;
	return false;
}

static void check_test(struct rule_run *r, const struct act *const *acts, int n,
		       int i)
{
	const struct act *test = acts[i], *seen = test, *load;
	const struct guard *g;
	struct flag_id id;
	struct gap gap;
	int lock;

	if (test->atomic || !test->obj || !flow_flag(test->loc, &id))
		return;
	g = flow_guard(r->flow, &id);
	if (!g || one_way(g, test) || rule_is_assertion(test) ||
	    flow_private(test, test->obj))
		return;
	load = rule_load_of(acts, i);
	if (test->kept && !load)
		return; /* a helper read it, perhaps under the lock */
	if (load)
		seen = load;
	else if (!holds_guard(test, g) &&
		 flow_holds_kind(r->ff, test, g->lock_owner, g->lock_field))
		return; /* held on entry */
	for (lock = i + 1; lock < n; lock++)
		if (takes_guard(acts[lock], test, g))
			break;
	if (lock == n || tested_again(acts, i + 1, lock, test) ||
	    (lock + 1 < n && is_last_put(acts[lock], acts[lock + 1])) ||
	    callee_tests(r, acts[lock], test) ||
	    rule_same_call(test, acts[lock]) ||
	    !find_effect(acts, n, lock, test, &gap) ||
	    locks_anyway(r, test, acts[lock]))
		return;
	tell_gap(r, seen, g, &gap, holds_guard(seen, g) != NULL);
}

/* ---- read in one section, written back in the next ---- */

static const struct act *stale_load(const struct act *const *acts, int i,
				    const struct guard *g)
{
	const struct held *now = holds_guard(acts[i], g), *then;
	int k;

	for (k = i - 1; k >= 0 && now; k--) {
		if (acts[k]->kind != ACT_LOAD && acts[k]->kind != ACT_TEST)
			continue;
		if (acts[k]->obj != acts[i]->obj)
			continue;
		then = holds_guard(acts[k], g);
		if (!then || then->act == now->act)
			return NULL;
		if (acts[k]->kind == ACT_LOAD && acts[k]->loc == acts[i]->loc)
			return acts[k];
	}
	return NULL;
}

static void check_store(struct rule_run *r, const struct act *const *acts,
			int i)
{
	const struct act *store = acts[i], *load;
	const struct guard *g;
	struct flag_id id;
	struct gap gap = { .effect = store };

	if (!store->value || !store->obj || store->value == store->loc ||
	    !flow_mentions(store->value, store->loc) ||
	    !flow_flag(store->loc, &id))
		return;
	g = flow_guard(r->flow, &id);
	load = g ? stale_load(acts, i, g) : NULL;
	if (!load || !holds_guard(store, g)->act)
		return;
	gap.lock = holds_guard(store, g)->act;
	tell_gap(r, load, g, &gap, true);
}

/* ---- written outside its guard ---- */

static void check_unguarded(struct rule_run *r)
{
	const struct write_site *w;
	const struct guard *g;
	struct finding *f;
	struct flag_id id;
	const char *flag;
	guint i;

	for (i = 0; i < r->flow->unguarded->len; i++) {
		w = r->flow->unguarded->pdata[i];
		r->ff = w->in;
		if (!w->in->func->in_main_file ||
		    !flow_flag(w->act->loc, &id))
			continue;
		g = flow_guard(r->flow, &id);
		flag = rule_flag_text(r, w->act->loc);
		f = rule_report(r, g->origin == ORIGIN_MINED ?
				SEVERITY_NOTE : SEVERITY_WARNING, w->act, flag,
				"'%s' is written without '%s', which the other writes hold",
				flag, g->lock_field);
		if (!f)
			continue;
		rule_step(f, 0, w->act, "'%s' is written",
			  rule_text(r, w->act->loc));
		finding_evidence(f, "%d of %d writes of '%s' hold '%s'",
				 g->guarded, g->writes, flag, g->lock_field);
	}
}

static void check(struct rule_run *r, const struct act *const *acts, int n)
{
	int i;

	for (i = 0; i < n; i++) {
		if (acts[i]->kind == ACT_LOCK && i > 0 && i + 1 < n)
			check_empty(r, acts, i);
		if (acts[i]->kind == ACT_TEST)
			check_test(r, acts, n, i);
		if (acts[i]->kind == ACT_STORE)
			check_store(r, acts, i);
	}
}

const struct rule rule_check_then_lock = {
	.info = {
		.id = "check-then-lock",
		.summary = "a flag is tested outside the lock that the tested branch then takes",
		.doc =
"A flag or state is tested without the lock under which others change it. The\n"
"tested branch then takes that lock and acts as though the test still held;\n"
"or it takes and drops the lock with nothing in between; or a value that was\n"
"read in one section is acted on in the next one. Another CPU changes it in\n"
"the gap.\n"
"\n"
"Silent where the test is repeated under the lock (the first one is then only\n"
"an optimisation), also of what was exchanged out of the flag there, where a\n"
"count that the path raised falls to 0 and takes the lock, where the lock was\n"
"held already, where acting twice does no harm, and for a lock that is taken and dropped\n"
"unconditionally to wait for its holders.\n"
"\n"
"An empty section behind a test can be right: it waits for the current holder.\n"
"It is reported as a candidate.\n"
"\n"
"A note where no writer of the unit reads the flag in the section in which it\n"
"writes it: such a lock keeps readers out, and something else the writers apart.\n"
"\n"
"Repair: test under the lock.\n"
"\n"
"From btrfs find_extent_buffer() (Linux 062c19e9dd69).\n",
	},
	.traces_with = RULE_KIND(ACT_LOCK),
	.trace = check,
	.unit = check_unguarded,
};
