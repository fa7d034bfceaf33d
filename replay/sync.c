// SPDX-License-Identifier: GPL-2.0-only
/*
 * Locks, wait queues and completions. Each is one word, and each operation on
 * it is one read-modify-write that may have to wait for bits of that word:
 * there is no other way to block but for RCU and relaxing.
 */
#include "private.h"

static u64 change(const struct replay_site *site, const volatile void *p,
		  size_t size, struct op op)
{
	u64 mask = op.access.mask;

	op.kind = OP_RMW;
	op.site = site;
	op.access = rp_access_at(p, size, site);
	op.access.flags = ACCESS_WRITE;
	if (mask)
		op.access.mask = mask;
	return rp_step(&op);
}

static u32 held_by_me(void)
{
	return REPLAY_WRITER | (rp.running->id + 1u);
}

/* What the caller sees: its own unlock may still be in its buffer. */
static u32 lock_value(const struct replay_site *site, const u32 *held)
{
	u32 version;

	return (u32)rp_view(rp.running, rp_word_at(held, sizeof(*held), site),
			    REPLAY_RELAXED, NULL, &version);
}

static void check_unlock(const struct replay_site *site, const u32 *held,
			 enum replay_lock op)
{
	u32 value = lock_value(site, held);
	bool reader = op == REPLAY_READ_UNLOCK;

	if (reader ? value && !(value & REPLAY_WRITER)
		   : value == held_by_me())
		return;
	rp_fault(REPLAY_BAD_UNLOCK, site, NULL);
	rp_die();
}

static void unlock(const struct replay_site *site, u32 *held)
{
	struct op op = { .kind = OP_STORE, .site = site, .lock = true,
			 .order = REPLAY_RELEASE };

	check_unlock(site, held, REPLAY_UNLOCK);
	op.access = rp_access_at(held, sizeof(*held), site);
	op.access.flags = ACCESS_WRITE;
	rp_step(&op);
}

bool replay_lock(const struct replay_site *site, u32 *held,
		 enum replay_lock op)
{
	struct op c = { .lock = true, .order = REPLAY_ACQUIRE };

	switch (op) {
	case REPLAY_LOCK:
		c.rmw = REPLAY_XCHG;
		c.a = held_by_me();
		c.need_clear = ~0u;
		break;
	case REPLAY_TRYLOCK:
		c.rmw = REPLAY_CMPXCHG;
		c.b = held_by_me();
		break;
	case REPLAY_UNLOCK:
		unlock(site, held);
		return true;
	case REPLAY_READ_LOCK:
		c.rmw = REPLAY_ADD;
		c.a = 1;
		c.need_clear = REPLAY_WRITER;
		break;
	case REPLAY_READ_TRYLOCK:
		c.rmw = REPLAY_ADD_IF_GE;
		c.a = 1;
		break;
	case REPLAY_READ_UNLOCK:
	case REPLAY_DOWNGRADE:
		check_unlock(site, held, op);
		c.rmw = op == REPLAY_DOWNGRADE ? REPLAY_XCHG : REPLAY_ADD;
		c.a = op == REPLAY_DOWNGRADE ? 1 : (u64)-1;
		c.order = REPLAY_RELEASE;
		c.lock = false;
		break;
	}
	return !(change(site, held, sizeof(*held), c) &
		 (op == REPLAY_TRYLOCK ? ~0u : REPLAY_WRITER));
}

void replay_bit_lock(const struct replay_site *site,
		     volatile unsigned long *word, unsigned long mask)
{
	change(site, word, sizeof(*word),
	       (struct op){ .rmw = REPLAY_OR, .a = mask, .need_clear = mask,
			    .order = REPLAY_ACQUIRE, .access.mask = mask });
}

/*
 * A wait queue has a bit for each agent: set while it waits and was not woken.
 * In the kernel the queue's lock makes each of these one step.
 */

static u64 my_bit(void)
{
	return AGENT_BIT(rp.running->id);
}

void replay_prepare_to_wait(const struct replay_site *site, const void *queue)
{
	u32 word = rp_word_at(queue, 8, site);

	if (rp.running->queue && rp.running->queue != word)
		rp_unsupported(rp_format("a thread on two wait queues"));
	rp.running->queue = word;
	change(site, queue, 8,
	       (struct op){ .rmw = REPLAY_OR, .a = my_bit(),
			    .order = REPLAY_FULL, .access.mask = my_bit() });
}

void replay_finish_wait(const struct replay_site *site, const void *queue)
{
	rp.running->queue = 0;
	change(site, queue, 8,
	       (struct op){ .rmw = REPLAY_AND, .a = ~my_bit(),
			    .order = REPLAY_FULL, .access.mask = my_bit() });
}

void replay_wake_up(const struct replay_site *site, const void *queue)
{
	change(site, queue, 8,
	       (struct op){ .rmw = REPLAY_XCHG, .order = REPLAY_FULL });
}

void replay_schedule(const struct replay_site *site)
{
	struct agent *me = rp.running;
	struct op op = { .kind = OP_LOAD, .site = site, .order = REPLAY_FULL };

	op.access.flags = ACCESS_READ;
	if (me->queue) {
		op.access.word = me->queue;
		op.access.object = rp.words[me->queue].object;
		op.access.mask = my_bit();
	} else {
		op.access.word = rp_own_word(me->id);
		op.access.mask = ~0ull;
	}
	op.need_clear = op.access.mask;
	rp_step(&op);
}

static void set_state(const struct replay_site *site, u32 agent, u64 state)
{
	struct op op = { .kind = OP_RMW, .site = site, .rmw = REPLAY_XCHG,
			 .a = state, .order = REPLAY_FULL };

	op.access = (struct access){ .flags = ACCESS_WRITE, .mask = ~0ull,
				     .word = rp_own_word(agent) };
	rp_step(&op);
}

void replay_set_state(const struct replay_site *site, unsigned int state)
{
	set_state(site, rp.running->id, state);
}

void replay_wake_process(const struct replay_site *site, unsigned int thread)
{
	set_state(site, thread, TASK_RUNNING);
}

#define ALL_DONE 0xffffffffu

void replay_complete(const struct replay_site *site, struct completion *c,
		     bool all)
{
	change(site, &c->done, sizeof(c->done),
	       (struct op){ .rmw = all ? REPLAY_XCHG : REPLAY_ADD_UNLESS,
			    .a = all ? ALL_DONE : 1, .b = ALL_DONE,
			    .order = REPLAY_FULL });
}

void replay_wait_completion(const struct replay_site *site,
			    struct completion *c)
{
	change(site, &c->done, sizeof(c->done),
	       (struct op){ .rmw = REPLAY_ADD_UNLESS, .a = (u64)-1,
			    .b = ALL_DONE, .need_set = ~0u,
			    .order = REPLAY_FULL });
}
