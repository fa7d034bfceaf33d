// SPDX-License-Identifier: GPL-2.0-only
/*
 * wait-without-rescan: a loop looks for a busy object, waits for one, and
 * looks again only if a variable says so that the sleeping path alone sets, or
 * that hangs on a second look at the object; or a condition is sampled before
 * the task joins the wait queue, and not after, which is wait_sample.c.
 *
 * Known weakness: the variable must be a local or a pointer parameter.
 */
#include "rules/rule.h"

#include <string.h>

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

/* The test by which a loop of this function goes on for the flag's sake, or NULL. */
static const struct block *loops_on(const struct func *f,
				    const struct expr *flag)
{
	int b;

	for (b = 0; b < f->n_blocks; b++) {
		const struct block *blk = &f->blocks[b];

		if (blk->jump == JUMP_BRANCH &&
		    cond_leaf(blk->cond) == flag && blk->cond_of &&
		    strcmp(blk->cond_of, "if") != 0)
			return blk;
	}
	return NULL;
}

/* Who loops on a flag, and by which test; NULL: nobody. */
struct looper {
	const struct func *by;
	const struct block *test;
};

static struct looper find_looper(struct rule_run *r, const struct func *f,
				 const struct expr *flag, int depth);

/* The one who loops on what this call's pointer argument points to. */
static struct looper looper_at(struct rule_run *r, const struct func *f,
			       const struct event *call, int arg, int depth)
{
	const struct looper none = { NULL, NULL };
	const struct expr *target;

	if (arg >= call->n_args)
		return none;
	target = expr_deref(r->flow->unit, call->args[arg]);
	return is_candidate(f, target) && !set_elsewhere(f, target) ?
		find_looper(r, f, target, depth + 1) : none;
}

static struct looper looper_above(struct rule_run *r, const char *callee,
				  int arg, int depth)
{
	struct looper found = { NULL, NULL };
	guint k;
	int b, i;

	for (k = 0; k < r->flow->funcs->len && !found.by; k++) {
		const struct func_flow *ff = r->flow->funcs->pdata[k];

		for (b = 0; b < ff->func->n_blocks; b++) {
			const struct block *blk = &ff->func->blocks[b];

			for (i = 0; i < blk->n_events && !found.by; i++)
				if (calls(&blk->events[i], callee))
					found = looper_at(r, ff->func,
							  &blk->events[i], arg,
							  depth);
		}
	}
	return found;
}

/* @f itself, or a caller that the flag belongs to. */
static struct looper find_looper(struct rule_run *r, const struct func *f,
				 const struct expr *flag, int depth)
{
	struct looper found = { NULL, NULL };

	if (flag->kind != EXPR_LOCAL)
		return depth < 4 ? looper_above(r, f->name, flag->a->id,
						depth) : found;
	found.test = loops_on(f, flag);
	found.by = found.test ? f : NULL;
	return found;
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
			 const struct expr *flag, const struct looper *l)
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
	finding_step(f, 0, l->test->cond_loc.file, l->test->cond_loc.line,
		     "the loop of %s() ends without another look",
		     l->by->name);
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
			if (flag || !(rule_walk_plain(f, wait->block, b) ||
				      rule_walk_plain(f, b, wait->block)))
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
		rule_check_sample(r, acts, n, i);
		if (acts[i]->kind == ACT_WAIT)
			check_second_look(r, acts[i]);
	}
}

static void check_func(struct rule_run *r)
{
	const struct func *f = r->ff->func;
	const struct expr *flag;
	struct looper l;
	int b, i;

	for (b = 0; b < f->n_blocks; b++) {
		for (i = 0; i < f->blocks[b].n_events; i++) {
			const struct event *ev = &f->blocks[b].events[i];

			if (!is_wait_macro(ev->macro))
				continue;
			flag = set_by(r, ev);
			if (!flag || set_elsewhere(f, flag))
				continue;
			l = find_looper(r, f, flag, 0);
			if (l.by)
				report_retry(r, ev, flag, &l);
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
"Silent where the loop ends only when a whole scan found nothing, where the\n"
"flag is set as soon as a busy object was found, and where the condition is a\n"
"signal, which the scheduler looks for itself.\n"
"\n"
"Repair: set the flag before the wait, or loop until a scan finds nothing.\n"
"\n"
"From ext4_break_layouts() (Linux b1f382178d15) and xfs (e25ff835af89).\n",
	},
	.traces_with = RULE_KIND(ACT_SLEEP) | RULE_KIND(ACT_WAIT),
	.trace = check,
	.func = check_func,
};
