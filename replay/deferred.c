// SPDX-License-Identifier: GPL-2.0-only
/*
 * What runs later: RCU and its callbacks, work items, timers. Each callback
 * and each deferred function is an agent.
 */
#include <string.h>

#include "private.h"

static struct op rcu_op(enum op_kind kind, const struct replay_site *site,
			u8 flags)
{
	return (struct op){ .kind = kind, .site = site,
			    .access.flags = flags };
}

void replay_rcu_enter(const struct replay_site *site)
{
	struct op op = rcu_op(OP_RCU_ENTER, site, ACCESS_READER);

	if (!rp.running->depth++)
		rp_step(&op);
}

void replay_rcu_exit(const struct replay_site *site)
{
	struct op op = rcu_op(OP_RCU_EXIT, site, ACCESS_READER);

	if (!rp.running->depth) {
		rp_fault(REPLAY_BAD_UNLOCK, site, NULL);
		rp_die();
	}
	op.order = REPLAY_RELEASE;
	if (!--rp.running->depth)
		rp_step(&op);
}

static void start_grace(const struct replay_site *site)
{
	struct op op = rcu_op(OP_RCU_START, site, ACCESS_GRACE);

	rp_step(&op);
}

static struct op end_grace(const struct replay_site *site)
{
	struct op op = rcu_op(OP_RCU_END, site, 0);

	op.drain = DRAIN_ALL;
	op.order = REPLAY_FULL;
	return op;
}

void replay_rcu_wait(const struct replay_site *site)
{
	struct op op = end_grace(site);

	start_grace(site);
	rp_step(&op);
}

/* @run(@arg) after all readers that are inside now have left. */
static void call_later(const struct replay_site *site, void (*run)(void *arg),
		       void *arg)
{
	struct op first = end_grace(site);
	struct agent *me = rp.running, *callback;

	start_grace(site);
	callback = rp_spawn(AGENT_CALLBACK, &first, run, arg);
	callback->grace = me->grace;
	memcpy(callback->grace_section, me->grace_section,
	       sizeof(me->grace_section));
	callback->starts = site;
}

static void run_callback(void *arg)
{
	struct rcu_head *head = arg;

	head->func(head);
}

void replay_rcu_call(const struct replay_site *site, struct rcu_head *head,
		     void (*func)(struct rcu_head *head))
{
	head->func = func;
	call_later(site, run_callback, head);
}

static void run_free(void *arg)
{
	replay_free(rp.running->starts, arg);
}

void replay_rcu_free(const struct replay_site *site, const void *p)
{
	call_later(site, run_free, (void *)p);
}

#define PENDING 1u
#define RUNNING 2u

static struct op state_op(const struct replay_site *site,
			  const struct replay_deferred *d, enum op_kind kind)
{
	struct op op = { .kind = kind, .site = site, .order = REPLAY_FULL };

	op.access = rp_access_at(&d->state, sizeof(d->state), site);
	op.access.flags = kind == OP_LOAD ? ACCESS_READ : ACCESS_WRITE;
	return op;
}

static struct op wait_queued(const struct replay_deferred *d,
			     const struct replay_site *site)
{
	struct op op = state_op(site, d, OP_RMW);

	op.rmw = REPLAY_XCHG;
	op.a = RUNNING;
	op.need_set = PENDING;
	return op;
}

/* The life of a deferred function's agent. */
static void run_deferred(void *arg)
{
	struct replay_deferred *d = arg;
	struct agent *me = rp.running;

	for (;;) {
		struct op done = state_op(me->ends, d, OP_RMW);
		struct op wait = wait_queued(d, me->starts);

		me->idle_ok = false;
		me->deferred_run(me->deferred_self);
		done.rmw = REPLAY_AND;
		done.a = ~(u64)RUNNING;
		/* The function may free what it is embedded in. */
		done.tolerant = true;
		rp_step(&done);
		me->idle_ok = true;
		rp_step(&wait);
	}
}

void replay_deferred_init(struct replay_deferred *deferred,
			  const struct replay_site *starts,
			  const struct replay_site *ends, const char *name,
			  void (*run)(void *self), void *self)
{
	struct op first;
	struct agent *a;

	deferred->state = 0;
	first = wait_queued(deferred, starts);
	a = rp_spawn(AGENT_DEFERRED, &first, run_deferred, deferred);
	a->name = name;
	a->starts = starts;
	a->ends = ends;
	a->deferred_run = run;
	a->deferred_self = self;
	a->idle_ok = true;
}

bool replay_deferred_queue(const struct replay_site *site,
			   struct replay_deferred *deferred)
{
	struct op op = state_op(site, deferred, OP_RMW);

	op.rmw = REPLAY_OR;
	op.a = PENDING;
	return !(rp_step(&op) & PENDING);
}

bool replay_deferred_cancel(const struct replay_site *site,
			    struct replay_deferred *deferred, bool wait)
{
	struct op op = state_op(site, deferred, OP_RMW);
	struct op end = state_op(site, deferred, OP_LOAD);
	bool pending;

	op.rmw = REPLAY_AND;
	op.a = ~(u64)PENDING;
	pending = rp_step(&op) & PENDING;
	end.need_clear = RUNNING;
	if (wait)
		rp_step(&end);
	return pending;
}

void replay_deferred_flush(const struct replay_site *site,
			   struct replay_deferred *deferred)
{
	struct op op = state_op(site, deferred, OP_LOAD);

	op.need_clear = PENDING | RUNNING;
	rp_step(&op);
}

void replay_run_work(void *work)
{
	struct work_struct *w = work;

	w->func(w);
}

void replay_run_timer(void *timer)
{
	struct timer_list *t = timer;

	t->function(t);
}
