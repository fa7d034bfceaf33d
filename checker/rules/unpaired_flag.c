// SPDX-License-Identifier: GPL-2.0-only
/*
 * unpaired-flag: a flag that owns a reference is set without the get, cleared
 * without the put, or cleared with the put though nothing says it was set or
 * under another lock, where the other sites (or the declared pair) do it
 * right. The queue of a work item is such a flag as well.
 *
 * Known weakness: a reference that a caller in another file hands over is not
 * seen.
 */
#include "rules/rule.h"

/* The other sites of the pair: what makes this one the odd one out. */
static void cite(struct finding *f, const struct pair *p,
		 const struct pair_site *odd)
{
	guint i;

	if (p->decl)
		finding_evidence(f, "declared pair '%s'%s%s", p->decl->name,
				 p->decl->reason ? ": " : "",
				 p->decl->reason ? p->decl->reason : "");
	for (i = 0; i < p->sites->len; i++) {
		const struct pair_site *s = p->sites->pdata[i];

		if (s == odd || !s->ref)
			continue;
		finding_evidence(f, "%s:%d: %s() %s it and %s the reference%s",
				 s->write->at.file, s->write->at.line,
				 s->in->func->name,
				 s->write->kind == ACT_SET ? "sets" : "clears",
				 s->write->kind == ACT_SET ? "takes" : "drops",
				 s->tested ? ", having tested it" : "");
	}
}

static void report_missing(struct rule_run *r, const struct pair *p,
			   const struct pair_site *s)
{
	bool set = s->write->kind == ACT_SET;
	const char *flag = rule_flag_text(r, s->write->loc);
	const char *obj = rule_text(r, s->write->obj);
	struct finding *f;

	f = rule_report(r, SEVERITY_WARNING, s->write, flag,
			"'%s' is %s without %s the reference on '%s%s' that it owns",
			flag, set ? "set" : "cleared",
			set ? "taking" : "dropping", obj, p->object);
	if (!f)
		return;
	rule_about(r, f, s->write, s->write, NULL)->remedy = REMEDY_PAIR;
	rule_step(f, 0, s->write, "'%s' is %s, the count stays as it was",
		  rule_text(r, s->write->loc), set ? "set" : "cleared");
	finding_step(f, 1, s->write->at.file, s->write->at.line, "%s",
		     set ? "sees the flag and counts one reference too many" :
			   "sees no flag, and nobody drops its reference");
	cite(f, p, s);
}

static void report_untested(struct rule_run *r, const struct pair *p,
			    const struct pair_site *s)
{
	const char *flag = rule_flag_text(r, s->write->loc);
	struct finding *f;

	f = rule_report(r, SEVERITY_WARNING, s->write, flag,
			"'%s' is cleared and its reference dropped without a test that it is set",
			flag);
	if (!f)
		return;
	rule_about(r, f, s->write, s->ref, NULL);
	finding_step(f, 1, s->write->at.file, s->write->at.line,
		     "clears '%s' and drops its reference first", flag);
	rule_step(f, 0, s->write, "'%s' is cleared, set or not",
		  rule_text(r, s->write->loc));
	rule_step(f, 0, s->ref, "the reference is dropped a second time");
	cite(f, p, s);
}

static void report_other_lock(struct rule_run *r, const struct pair_site *s,
			      const struct pair_site *set)
{
	const char *flag = rule_flag_text(r, s->write->loc);
	struct finding *f;

	f = rule_report(r, SEVERITY_WARNING, s->write, flag,
			"'%s' is cleared under another lock than it is set under",
			flag);
	if (!f)
		return;
	rule_about(r, f, s->write, s->ref, set->in->func);
	rule_step(f, 0, s->write, "'%s' is cleared under '%s'",
		  rule_text(r, s->write->loc),
		  rule_lock_text(r, s->write->locks->lock,
				 s->write->locks->class));
	finding_step(f, 1, set->write->at.file, set->write->at.line,
		     "sets it and takes the reference in between");
	rule_step(f, 0, s->ref, "the reference is dropped, the flag is set");
}

/* How many places have to agree before one that does not is wrong. */
#define MIN_WITNESSES 3

/* Set or cleared alone, on every path through the place. */
static bool is_alone(const struct pair *p, const struct pair_site *s)
{
	return !s->ref && (p->origin != ORIGIN_MINED ||
			   p->sets_with_get + p->clears_with_put >=
				   MIN_WITNESSES);
}

static bool shares_lock(const struct pair_site *a, const struct pair_site *b)
{
	const struct held *h;
	const char *owner, *field;

	for (h = b->write->locks; h; h = h->next) {
		flow_lock_name(h->lock, h->class, &owner, &field);
		if (flow_holds_kind(a->in, a->write, owner, field))
			return true;
	}
	return false;
}

/*
 * A place that sets the flag with its reference, if all of them hold locks
 * and this one, which clears it, holds others only.
 */
static const struct pair_site *under_other_lock(const struct pair *p,
						const struct pair_site *s)
{
	const struct pair_site *other = NULL;
	guint i;

	if (s->write->kind != ACT_CLEAR || !s->ref || !s->write->locks ||
	    !s->write->locks->lock)
		return NULL;
	for (i = 0; i < p->sites->len; i++) {
		const struct pair_site *o = p->sites->pdata[i];

		if (o->write->kind != ACT_SET || !o->ref)
			continue;
		if (!o->write->locks || shares_lock(s, o))
			return NULL;
		other = o;
	}
	return other;
}

/* The others know that it was set, this one drops the reference regardless. */
static bool is_untested(const struct pair *p, const struct pair_site *s)
{
	return s->ref && s->write->kind == ACT_CLEAR && !s->tested &&
	       !s->lost && !rule_gap(s->write, s->ref) &&
	       p->clears_tested >= 2 &&
	       p->clears_tested * 2 > p->clears_with_put;
}

static void check_site(struct rule_run *r, const struct pair *p,
		       const struct pair_site *s)
{
	const struct pair_site *other;

	if (is_alone(p, s)) {
		if (!rule_is_declared(p, s->in->func))
			report_missing(r, p, s);
		return;
	}
	if (is_untested(p, s))
		report_untested(r, p, s);
	other = under_other_lock(p, s);
	if (other && p->sets_with_get >= 2)
		report_other_lock(r, s, other);
}

static void check_pair(struct rule_run *r, const struct pair *p)
{
	guint i;

	for (i = 0; i < p->sites->len; i++) {
		const struct pair_site *s = p->sites->pdata[i];

		r->ff = s->in;
		if (s->in->func->in_main_file && !s->write->is_init &&
		    rule_covers(r, p, s))
			check_site(r, p, s);
	}
}

/*
 * A reference for a work item or timer, which its handler drops: queueing may
 * say that it is queued already, and then the handler drops one of two.
 */

/* A handler in the unit that drops a reference on what @queued is a part of. */
static const struct act *put_of_handler(const struct rule_run *r,
					const struct act *queued)
{
	const GPtrArray *puts = r->flow->acts[ACT_PUT];
	guint i;

	for (i = 0; i < puts->len; i++) {
		const struct act *a = puts->pdata[i];
		const struct expr *e = a->obj;

		if (e && e->kind == EXPR_CONTAINER &&
		    e->a->kind == EXPR_PARAM && e->owner == queued->loc->owner &&
		    e->name == queued->loc->name)
			return a;
	}
	return NULL;
}

/* The reference that is meant for the handler: taken before it was queued. */
static const struct act *get_for(const struct rule_run *r,
				 const struct act *queued)
{
	const struct act *a;

	for (a = queued->prev; a; a = a->prev) {
		if (a->obj != queued->obj)
			continue;
		if (a->kind == ACT_GET && flow_is_lifetime(r->flow, a))
			return a;
		if (a->kind == ACT_PUT || a->kind == ACT_PUBLISH)
			return NULL;
	}
	return NULL;
}

/* Is anything known of the object that says that it is not queued? */
static bool may_be_queued(const struct act *queued)
{
	const struct act *a;

	if (queued->obj->kind == EXPR_FRESH)
		return false;
	for (a = queued->prev; a; a = a->prev)
		if (a->obj == queued->obj &&
		    (a->kind == ACT_TEST || a->kind == ACT_ALLOC ||
		     a->kind == ACT_DRAIN || a->kind == ACT_STORE))
			return false;
	return true;
}

/* Does some path take the reference back, behind this act? */
static bool takes_back(const struct act *queued)
{
	const GPtrArray *traces = queued->in->traces;
	guint i;

	for (i = 0; i < traces->len; i++) {
		const struct act *a = traces->pdata[i];
		bool put = false;

		for (; a; a = a->prev) {
			if (rule_same_event(a, queued) && put)
				return true;
			put |= a->kind == ACT_PUT && a->obj == queued->obj;
		}
	}
	return false;
}

/* Whoever looks at the result and goes on, knows that it cannot happen. */
static void report_refused(struct rule_run *r, const struct act *get,
			   const struct act *queued, const struct act *put)
{
	const char *work = rule_text(r, queued->loc);
	struct finding *f;

	f = rule_report(r, rule_asks_result(queued->in->func, queued->event) ?
				   SEVERITY_NOTE : SEVERITY_WARNING,
			queued, work,
			"a reference is taken for '%s', which may be queued already",
			work);
	if (!f)
		return;
	rule_about(r, f, get, queued, put->in->func);
	rule_step(f, 0, get, "the reference is taken");
	rule_step(f, 0, queued,
		  "%s() may say no, and the reference is nobody's",
		  queued->name ? queued->name : "queueing");
	finding_evidence(f, "%s:%d: %s() runs once and drops one",
			 put->at.file, put->at.line, put->in->func->name);
}

static void check_queueing(struct rule_run *r, const struct act *queued)
{
	const struct act *get, *put;

	if (!queued->obj || !queued->loc || queued->via ||
	    queued->loc->kind != EXPR_FIELD ||
	    !queued->in->func->in_main_file)
		return;
	get = get_for(r, queued);
	put = get ? put_of_handler(r, queued) : NULL;
	r->ff = queued->in;
	if (put && may_be_queued(queued) && !takes_back(queued))
		report_refused(r, get, queued, put);
}

static void check(struct rule_run *r)
{
	const GPtrArray *published = r->flow->acts[ACT_PUBLISH];
	guint i;

	for (i = 0; i < r->flow->pairs->len; i++)
		check_pair(r, r->flow->pairs->pdata[i]);
	for (i = 0; i < published->len; i++)
		check_queueing(r, published->pdata[i]);
}

const struct rule rule_unpaired_flag = {
	.info = {
		.id = "unpaired-flag",
		.summary = "a flag that owns a reference changes without it",
		.doc =
"A flag owns one reference: where it is set the reference is taken, where it\n"
"is cleared the reference is dropped. Here one of the two happens alone, while\n"
"the other places of the unit, or the declared pair, do both. Or the flag is\n"
"cleared and the reference dropped without a test that the flag was set, so\n"
"that two CPUs can both drop it, or under a lock that does not keep off those\n"
"who set it. Or a reference is taken for a work item or a timer, which may be\n"
"queued already and drops one reference only.\n"
"\n"
"Silent where the reference is handed over, while the object is still private,\n"
"and for kinds of object that the pair does not cover.\n"
"\n"
"Repair: take or drop the reference with the flag; test before the clear.\n"
"\n"
"From iomap_page_create() (Linux 8e47a457321c) and cached_dir of smb.\n",
	},
	.unit = check,
};
