// SPDX-License-Identifier: GPL-2.0-only
/*
 * wait-without-rescan: a loop looks for a busy object, waits for one, and
 * looks again only if a variable says so that the sleeping path alone sets, or
 * that hangs on a second look at the object; or a condition is sampled before
 * the task joins the wait queue, and not after.
 *
 * Known weakness: the variable must be a local or a pointer parameter.
 */
#include "rules/rule.h"

#include <string.h>

/* ---- the sample before the queue ---- */

/* Joining a queue, or the state that makes the next schedule() sleep. */
static bool joins(const struct act *a)
{
	struct flag_id id;

	if (a->kind == ACT_PREPARE)
		return true;
	return (a->kind == ACT_SET || a->kind == ACT_STORE) && a->loc &&
	       flow_flag(a->loc, &id) && model_task_state(id.record, id.name);
}

/* A sleep with no end but a wake-up: no time-out. */
static bool sleeps_until_woken(const struct act *a)
{
	return a->kind == ACT_SLEEP && !g_strcmp0(a->class, "until-woken");
}

/*
 * Does the sleep that @join prepares look itself whether a signal came? The
 * state that a wait queue's function sets is its argument: taken for such.
 */
static bool ends_by_signal(const struct act *join)
{
	struct flag_id id;

	return join->kind == ACT_PREPARE ||
	       (join->kind == ACT_SET && flow_flag(join->loc, &id) &&
		model_task_state(id.record, id.name) & join->value->value);
}

/* A test for a signal, which the sleep makes again once the task has joined. */
static bool asks_for_signal(const struct act *test, const struct act *join)
{
	struct flag_id id;

	return flow_flag(test->loc, &id) &&
	       model_is_signal_flag(id.record, id.name) && ends_by_signal(join);
}

/*
 * The sleep that the act at @i prepares, with nothing unknown between, and no
 * other preparation after a test; 0: none.
 */
static int sleep_after(const struct act *const *acts, int n, int i)
{
	bool tested = false;
	int k;

	for (k = i + 1; k < n; k++) {
		if (sleeps_until_woken(acts[k]))
			return k;
		if (acts[k]->kind == ACT_SLEEP || acts[k]->kind == ACT_CALL ||
		    (tested && joins(acts[k])))
			return 0;
		tested |= acts[k]->kind == ACT_TEST;
	}
	return 0;
}

/*
 * The test between joining and sleeping. It makes the sleep safe, unless what
 * it decides on was read before.
 */
static const struct act *test_between(const struct act *const *acts, int from,
				      int to, bool *ret_stale)
{
	const struct act *load, *found = NULL;
	int k;

	*ret_stale = false;
	for (k = from + 1; k < to; k++) {
		if (acts[k]->kind != ACT_TEST)
			continue;
		load = rule_load_of(acts, k);
		*ret_stale = load && load->seq < acts[from]->seq;
		found = acts[k];
		if (!*ret_stale)
			break;
	}
	return found;
}

/* Does @a write what @test asks for? */
static bool writes_tested(const struct act *a, const struct act *test)
{
	struct flag_id id;

	return (a->kind == ACT_SET || a->kind == ACT_CLEAR ||
		a->kind == ACT_STORE) && a->loc && flow_flag(a->loc, &id) &&
	       rule_involves(test->loc, &id);
}

/* Does this function do so anywhere? Few of those that wake do. */
static bool func_writes_tested(const struct flow *fl,
			       const struct func_flow *ff,
			       const struct act *test)
{
	static const enum act_kind kinds[] = { ACT_SET, ACT_CLEAR, ACT_STORE };
	const struct act *const *acts;
	guint i, k, n;

	for (k = 0; k < G_N_ELEMENTS(kinds); k++) {
		acts = flow_acts(fl, ff, kinds[k], &n);
		for (i = 0; i < n; i++)
			if (writes_tested(acts[i], test))
				return true;
	}
	return false;
}

/* The first of this function's wakes with such a write before it, or NULL. */
static const struct act *wake_after_write(const struct flow *fl,
					  const struct func_flow *ff,
					  const struct act *test)
{
	const struct act *const *wakes, *a;
	guint i, n;

	wakes = flow_acts(fl, ff, ACT_WAKE, &n);
	if (!n || !func_writes_tested(fl, ff, test))
		return NULL;
	for (i = 0; i < n; i++)
		for (a = wakes[i]->prev; a; a = a->prev)
			if (writes_tested(a, test))
				return wakes[i];
	return NULL;
}

static const struct act *find_waker(const struct rule_run *r,
				    const struct act *test)
{
	const struct act *wake = NULL;
	guint i;

	for (i = 0; i < r->flow->funcs->len && !wake; i++) {
		const struct func_flow *ff = r->flow->funcs->pdata[i];

		if (ff != r->ff)
			wake = wake_after_write(r->flow, ff, test);
	}
	return wake;
}

static const struct act no_waker;

/* Somebody in the unit who writes it and then wakes; NULL: no one. */
static const struct act *waker_of(struct rule_run *r, const struct act *test)
{
	gconstpointer *answer = rule_answer(r, 0, test->loc, r->ff);

	if (!*answer)
		*answer = find_waker(r, test);
	if (!*answer)
		*answer = &no_waker;
	return *answer == &no_waker ? NULL : *answer;
}

static bool same_place(const struct act *a, const struct act *b)
{
	return a->at.line == b->at.line && a->at.column == b->at.column &&
	       a->at.file == b->at.file;
}

/* Does the callee get a variable of this function to write to? */
static bool fills_local(const struct event *call)
{
	const struct expr *e;
	int i;

	for (i = 0; i < call->n_args; i++) {
		if (call->args[i]->kind != EXPR_ADDR)
			continue;
		for (e = call->args[i]->a; e->kind == EXPR_FIELD;)
			e = e->a;
		if (e->kind == EXPR_LOCAL)
			return true;
	}
	return false;
}

/* A callee made the test, and tells nobody what came of it. */
static bool is_callees_own(const struct func *f, const struct act *test)
{
	const struct event *call = test->via ? func_event(f, test->event) :
					       NULL;

	return call && !fills_local(call) && !rule_asks_result(f, call->id);
}

static bool reaches(const struct func *f, int from, int to, bool *seen)
{
	const struct block *b = &f->blocks[from];
	int i;

	if (from == to)
		return true;
	if (seen[from])
		return false;
	seen[from] = true;
	for (i = 0; i < b->n_succ; i++)
		if (reaches(f, b->succ[i]->id, to, seen))
			return true;
	return false;
}

/*
 * Does the code lead to the sleep from either side of the test, without coming
 * back to it? More than any path does: for want of paths only.
 */
static bool both_sides_reach(const struct func *f, const struct act *test,
			     const struct act *sleep)
{
	const struct block *b = &f->blocks[test->block];
	bool *seen, all = b->jump == JUMP_BRANCH && !test->via;
	int i;

	for (i = 0; all && i < b->n_succ; i++) {
		seen = g_new0(bool, f->n_blocks);
		seen[b->id] = true;
		all = reaches(f, b->succ[i]->id, sleep->block, seen);
		g_free(seen);
	}
	return all;
}

/* Was a path given up, or its end left to another one that looked the same? */
static bool is_cut_short(const struct func_flow *ff)
{
	const struct act *leaf;
	guint i;

	for (i = 0; i < ff->traces->len; i++) {
		leaf = ff->traces->pdata[i];
		if (leaf->kind != ACT_RETURN)
			return true;
	}
	return ff->bounded;
}

/* The same sleep, in an earlier round of a loop. */
static bool is_again(const struct act *a, const struct act *sleep)
{
	return a->kind == ACT_SLEEP && rule_same_event(a, sleep) &&
	       same_place(a, sleep);
}

/*
 * Does the sleep come whatever this test says? Others may come between the
 * two; only the sleep itself ends the round of its loop.
 */
static bool decides_nothing(const struct rule_run *r, const struct act *test,
			    const struct act *sleep)
{
	const GPtrArray *sleeps = r->flow->acts[ACT_SLEEP];
	guint i;

	for (i = 0; i < sleeps->len; i++) {
		const struct act *a = sleeps->pdata[i];

		if (a->in != r->ff || !rule_same_event(a, sleep))
			continue;
		for (a = a->prev; a && !is_again(a, sleep); a = a->prev)
			if (a->kind == ACT_TEST && same_place(a, test))
				break;
		if (a && a->kind == ACT_TEST &&
		    (a->rel != test->rel || a->value != test->value))
			return true;
	}
	return is_callees_own(r->ff->func, test) ||
	       (is_cut_short(r->ff) &&
		both_sides_reach(r->ff->func, test, sleep));
}

static bool opens_section_of(const struct act *lock, const struct act *a)
{
	const struct held *h;

	for (h = a->locks; h; h = h->next)
		if (h->act == lock)
			return true;
	return false;
}

/*
 * The last test before the act at @i that a waker could answer. Where one was
 * made in the section in which the task joins, the sleep is about that one,
 * and not about what was asked before the section.
 */
static const struct act *sample_before(struct rule_run *r,
				       const struct act *const *acts, int i,
				       const struct act *sleep)
{
	bool asked = false;
	int k;

	for (k = i - 1; k >= 0 && acts[k]->kind != ACT_SLEEP; k--) {
		if (joins(acts[k]) ||
		    (asked && opens_section_of(acts[k], acts[i])))
			return NULL;
		if (acts[k]->kind != ACT_TEST || rule_is_assertion(acts[k]) ||
		    asks_for_signal(acts[k], acts[i]) ||
		    decides_nothing(r, acts[k], sleep))
			continue;
		if (waker_of(r, acts[k]))
			return acts[k];
		asked = true;
	}
	return NULL;
}

static bool lock_over_both(const struct act *a, const struct act *b)
{
	const struct held *h;

	for (h = a->locks; h; h = h->next)
		if (flow_still_held(h, b))
			return true;
	return a->in->entry_locks->len > 0;
}

/* ---- branches on what is no memory of others: they are in the code only ---- */

/* The act as one of the function in whose text it stands; NULL: unknown. */
static const struct act *at_home(const struct rule_run *r,
				 const struct act *a)
{
	struct func *home = a->via ? unit_find(r->flow->unit, a->func) : NULL;
	const struct act *const *acts;
	guint i, n;

	if (!home)
		return a->via ? NULL : a;
	acts = flow_acts(r->flow, flow_of(r->flow, home), a->kind, &n);
	for (i = 0; i < n; i++)
		if (!acts[i]->via && same_place(a, acts[i]))
			return acts[i];
	return NULL;
}

static bool walk_plain(const struct func *f, int from, int to)
{
	const struct block *b = &f->blocks[from];
	int steps;

	for (steps = 0; b->id != to; steps++) {
		if (steps > f->n_blocks || b->jump != JUMP_GOTO)
			return false;
		b = b->succ[0];
	}
	return true;
}

/* Does the code go from one act to the other without any decision? */
static bool undecided(const struct rule_run *r, const struct act *from,
		      const struct act *to)
{
	const struct act *a = at_home(r, from), *b = at_home(r, to);

	return a && b && a->in == b->in &&
	       walk_plain(a->in->func, a->block, b->block);
}

static void tell_sample(struct rule_run *r, const struct act *test,
			const struct act *join, const struct act *sleep)
{
	const struct act *wake = waker_of(r, test);
	const char *what = rule_text(r, test->loc);
	struct finding *f;

	f = rule_report(r, SEVERITY_WARNING, sleep, what,
			"'%s' is tested before the task joins the wait queue, and not after",
			what);
	if (!f)
		return;
	rule_about(r, f, test, sleep, wake->in->func);
	rule_step(f, 0, test, "'%s' is tested", what);
	finding_step(f, 1, wake->at.file, wake->at.line,
		     "%s() changes it and wakes: nobody is there yet",
		     wake->in->func->name);
	rule_step(f, 0, join, "the task joins the queue");
	rule_step(f, 0, sleep, "and sleeps: the wake-up is lost");
}

static void check_sample(struct rule_run *r, const struct act *const *acts,
			 int n, int i)
{
	const struct act *test, *load;
	int k = sleep_after(acts, n, i);
	bool stale;

	if (!k)
		return;
	test = test_between(acts, i, k, &stale);
	if (test && !stale)
		return;
	if (!test && !undecided(r, acts[i], acts[k]))
		return;
	if (!test)
		test = sample_before(r, acts, i, acts[k]);
	if (!test || !waker_of(r, test))
		return;
	load = stale ? rule_load_of(acts, test->seq - 1) : NULL;
	if (!lock_over_both(load ? load : test, acts[i]))
		tell_sample(r, test, acts[i], acts[k]);
}

/* ---- the flag that only the sleeping path sets ---- */

static bool is_wait_macro(const char *macro)
{
	return macro && (strstr(macro, "wait_event") ||
			 strstr(macro, "wait_var_event"));
}

static bool calls(const struct event *ev, const char *name)
{
	return ev->kind == EVENT_CALL && ev->callee->kind == EXPR_FUNC &&
	       !strcmp(ev->callee->name, name);
}

static bool is_nonzero(const struct expr *e)
{
	return e && e->kind == EXPR_CONST && e->value;
}

static bool is_candidate(const struct func *f, const struct expr *e)
{
	if (e->kind == EXPR_LOCAL)
		return f->locals[e->id].name[0] != '#' &&
		       !g_str_has_prefix(f->locals[e->id].name, "__");
	return e->kind == EXPR_DEREF && e->a->kind == EXPR_LOCAL &&
	       e->a->id < f->n_params;
}

/* Does this function set *param on a path of its own that sleeps? */
static bool sets_param(const struct rule_run *r, const struct event *call,
		       int arg)
{
	struct func *f = call->callee->kind == EXPR_FUNC ?
		unit_find(r->flow->unit, call->callee->name) : NULL;
	const struct func_flow *ff = f ? flow_of(r->flow, f) : NULL;
	const struct act *a;
	bool sleeps = false, sets = false;

	if (!ff || !ff->traces->len)
		return false;
	for (a = ff->traces->pdata[0]; a; a = a->prev) {
		sleeps |= a->kind == ACT_SLEEP;
		sets |= a->kind == ACT_SET && a->loc->kind == EXPR_DEREF &&
			a->loc->a->kind == EXPR_PARAM && a->loc->a->id == arg;
	}
	return sleeps && sets;
}

/* The flag that this event of a wait macro sets, directly or in a callee. */
static const struct expr *set_by(struct rule_run *r, const struct event *ev)
{
	struct unit *u = r->flow->unit;
	int i;

	if (ev->kind == EVENT_ASSIGN && !ev->op && is_nonzero(ev->value) &&
	    is_candidate(r->ff->func, ev->lvalue))
		return ev->lvalue;
	if (ev->kind != EVENT_CALL)
		return NULL;
	for (i = 0; i < ev->n_args; i++) {
		const struct expr *target = expr_deref(u, ev->args[i]);

		if (is_candidate(r->ff->func, target) && sets_param(r, ev, i))
			return target;
	}
	return NULL;
}

/* Set anywhere but in a wait macro: somebody else decides as well. */
static bool set_elsewhere(const struct func *f, const struct expr *flag)
{
	int b, i;

	for (b = 0; b < f->n_blocks; b++) {
		for (i = 0; i < f->blocks[b].n_events; i++) {
			const struct event *ev = &f->blocks[b].events[i];

			if (ev->kind == EVENT_ASSIGN && ev->lvalue == flag &&
			    !is_wait_macro(ev->macro) &&
			    (is_nonzero(ev->value) ||
			     ev->value->kind != EXPR_CONST))
				return true;
		}
	}
	return false;
}

static const struct expr *cond_leaf(const struct expr *c)
{
	while (c && (c->kind == EXPR_UNARY || c->kind == EXPR_BINARY))
		c = c->a;
	return c;
}

/* Does a loop of this function go on for the flag's sake? */
static bool loops_on(const struct func *f, const struct expr *flag)
{
	int b;

	for (b = 0; b < f->n_blocks; b++) {
		const struct block *blk = &f->blocks[b];

		if (blk->jump == JUMP_BRANCH &&
		    cond_leaf(blk->cond) == flag && blk->cond_of &&
		    strcmp(blk->cond_of, "if") != 0)
			return true;
	}
	return false;
}

static const struct func *looper(struct rule_run *r, const struct func *f,
				 const struct expr *flag, int depth);

/* The one who loops on what this call's pointer argument points to. */
static const struct func *looper_at(struct rule_run *r, const struct func *f,
				    const struct event *call, int arg,
				    int depth)
{
	const struct expr *target;

	if (arg >= call->n_args)
		return NULL;
	target = expr_deref(r->flow->unit, call->args[arg]);
	return is_candidate(f, target) && !set_elsewhere(f, target) ?
		looper(r, f, target, depth + 1) : NULL;
}

static const struct func *looper_above(struct rule_run *r, const char *callee,
				       int arg, int depth)
{
	const struct func *found = NULL;
	guint k;
	int b, i;

	for (k = 0; k < r->flow->funcs->len && !found; k++) {
		const struct func_flow *ff = r->flow->funcs->pdata[k];

		for (b = 0; b < ff->func->n_blocks; b++) {
			const struct block *blk = &ff->func->blocks[b];

			for (i = 0; i < blk->n_events && !found; i++)
				if (calls(&blk->events[i], callee))
					found = looper_at(r, ff->func,
							  &blk->events[i], arg,
							  depth);
		}
	}
	return found;
}

/* Who loops on the flag: @f itself, or a caller it belongs to; NULL: none. */
static const struct func *looper(struct rule_run *r, const struct func *f,
				 const struct expr *flag, int depth)
{
	if (flag->kind == EXPR_LOCAL)
		return loops_on(f, flag) ? f : NULL;
	return depth < 4 ? looper_above(r, f->name, flag->a->id, depth) : NULL;
}

/* The test that the wait at this place makes before it sleeps; or NULL. */
static const struct act *waited_for(const struct rule_run *r,
				    const struct event *ev)
{
	const struct act *const *tests;
	guint i, n;

	tests = flow_acts(r->flow, r->ff, ACT_TEST, &n);
	for (i = 0; i < n; i++)
		if (!tests[i]->via && is_wait_macro(tests[i]->macro) &&
		    tests[i]->at.line == ev->loc.line && tests[i]->obj &&
		    tests[i]->rel == OP2('=', '='))
			return tests[i];
	return NULL;
}

static void report_retry(struct rule_run *r, const struct event *ev,
			 const struct expr *flag, const struct func *by)
{
	const struct act place = { .at = ev->loc, .func = r->ff->func->name };
	const struct act *test = waited_for(r, ev);
	const char *name = rule_text(r, flag);
	struct subject *s;
	struct finding *f;

	f = rule_report(r, SEVERITY_WARNING, &place, name,
			"'%s' asks for another look only if this wait slept",
			name);
	if (!f)
		return;
	if (test) {
		s = rule_about(r, f, test, test, NULL);
		s->remedy = REMEDY_RESCAN;
		s->again = flag;
	}
	finding_step(f, 0, ev->loc.file, ev->loc.line,
		     "a busy object was found; the wait begins");
	finding_step(f, 1, ev->loc.file, ev->loc.line,
		     "releases that object just before; another one is still busy");
	finding_step(f, 0, ev->loc.file, ev->loc.line,
		     "the condition holds at once: no sleep, '%s' stays 0",
		     name);
	finding_step(f, 0, ev->loc.file, ev->loc.line,
		     "the loop of %s() ends without another look", by->name);
}

/* ---- the flag that a second look decides on ---- */

/* The flag that a loop goes on for and that is set with the wait, only. */
static const struct expr *set_with(const struct rule_run *r,
				   const struct act *wait)
{
	const struct func *f = r->ff->func;
	const struct expr *flag = NULL;
	int b, i;

	for (b = 0; b < f->n_blocks; b++) {
		for (i = 0; i < f->blocks[b].n_events; i++) {
			const struct event *ev = &f->blocks[b].events[i];

			if (ev->kind != EVENT_ASSIGN || ev->op ||
			    !is_nonzero(ev->value) ||
			    ev->lvalue->kind != EXPR_LOCAL ||
			    !loops_on(f, ev->lvalue))
				continue;
			if (flag || !(walk_plain(f, wait->block, b) ||
				      walk_plain(f, b, wait->block)))
				return NULL;
			flag = ev->lvalue;
		}
	}
	return flag;
}

/*
 * The last test of the object's state before the wait, if a helper had found
 * the object busy before that: it may find it idle, and others be busy.
 */
static const struct act *second_look(const struct act *wait)
{
	const struct act *a, *second = NULL;

	for (a = wait->prev; a; a = a->prev) {
		if (a->kind != ACT_TEST || a->obj != wait->obj)
			continue;
		if (second && a->via)
			return second;
		if (!second && !a->via && !rule_is_assertion(a))
			second = a;
	}
	return NULL;
}

static void check_second_look(struct rule_run *r, const struct act *wait)
{
	const struct act *test;
	const struct expr *flag;
	struct finding *f;
	const char *name;

	if (wait->via || !wait->obj || wait->obj->kind != EXPR_FRESH)
		return;
	test = second_look(wait);
	flag = test ? set_with(r, wait) : NULL;
	if (!flag)
		return;
	name = rule_text(r, flag);
	f = rule_report(r, SEVERITY_WARNING, wait, name,
			"'%s' asks for another look only if the object found busy still is",
			name);
	if (!f)
		return;
	rule_step(f, 0, test, "the object that was found busy is tested again");
	rule_step(f, 1, test,
		  "releases that object just before; another one is still busy");
	rule_step(f, 0, wait, "there is no wait, and '%s' stays 0", name);
}

static void check(struct rule_run *r, const struct act *const *acts, int n)
{
	int i;

	for (i = 0; i < n; i++) {
		if (joins(acts[i]))
			check_sample(r, acts, n, i);
		if (acts[i]->kind == ACT_WAIT)
			check_second_look(r, acts[i]);
	}
}

static void check_func(struct rule_run *r)
{
	const struct func *f = r->ff->func;
	const struct expr *flag;
	const struct func *by;
	int b, i;

	for (b = 0; b < f->n_blocks; b++) {
		for (i = 0; i < f->blocks[b].n_events; i++) {
			const struct event *ev = &f->blocks[b].events[i];

			if (!is_wait_macro(ev->macro))
				continue;
			flag = set_by(r, ev);
			by = flag && !set_elsewhere(f, flag) ?
				looper(r, f, flag, 0) : NULL;
			if (by)
				report_retry(r, ev, flag, by);
		}
	}
}

const struct rule rule_wait_without_rescan = {
	.info = {
		.id = "wait-without-rescan",
		.summary = "a loop looks again only if the wait slept; or a wake-up can be lost",
		.doc =
"A loop looks for a busy object among several, waits for one, and decides\n"
"whether to look again by something that only the sleeping path sets. When the\n"
"condition holds at once nothing was set, and the loop ends though another\n"
"object is still busy; so it does when a second look at the object decides. Or\n"
"a condition is sampled before the task joins the wait queue, and not after: a\n"
"wake-up in between is lost.\n"
"\n"
"Silent where the loop ends only when a whole scan found nothing, and where the\n"
"flag is set as soon as a busy object was found.\n"
"\n"
"Repair: set the flag before the wait, or loop until a scan finds nothing.\n"
"\n"
"From ext4_break_layouts() (Linux b1f382178d15) and xfs (e25ff835af89).\n",
	},
	.traces_with = RULE_KIND(ACT_SLEEP) | RULE_KIND(ACT_WAIT),
	.trace = check,
	.func = check_func,
};
