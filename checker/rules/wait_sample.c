// SPDX-License-Identifier: GPL-2.0-only
/*
 * A condition that is sampled before the task joins the wait queue or sets its
 * state, and not after: a wake-up in between is lost. Part of
 * wait-without-rescan.
 */
#include "rules/rule.h"

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

/* The states, as a mask, that the act says the task is to sleep in. */
static gint64 sleep_state(const struct act *a)
{
	struct flag_id id;

	if (!a->value || a->value->kind != EXPR_CONST)
		return 0;
	if (a->kind == ACT_PREPARE)
		return a->value->value & model_signal_states();
	return a->kind == ACT_SET && flow_flag(a->loc, &id) ?
		       a->value->value & model_task_state(id.record, id.name) :
		       0;
}

/* Does the sleep look itself whether a signal came? Joined from @join on. */
static bool ends_by_signal(const struct act *join, const struct act *sleep)
{
	const struct act *a;

	for (a = sleep->prev; a && a->seq >= join->seq; a = a->prev)
		if (joins(a) && sleep_state(a))
			return true;
	return false;
}

/* A test for a signal, which the sleep makes again once the task has joined. */
static bool asks_for_signal(const struct act *test, const struct act *join,
			    const struct act *sleep)
{
	struct flag_id id;

	return flow_flag(test->loc, &id) &&
	       model_is_signal_flag(id.record, id.name) &&
	       ends_by_signal(join, sleep);
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
	return (is_callees_own(r->ff->func, test) &&
		!rule_same_event(test, sleep)) ||
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
		    asks_for_signal(acts[k], acts[i], sleep) ||
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

bool rule_walk_plain(const struct func *f, int from, int to)
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
	       rule_walk_plain(a->in->func, a->block, b->block);
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

void rule_check_sample(struct rule_run *r, const struct act *const *acts,
		       int n, int i)
{
	const struct act *test, *load;
	int k = joins(acts[i]) ? sleep_after(acts, n, i) : 0;
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
