// SPDX-License-Identifier: GPL-2.0-only
/*
 * What operations do to memory, when they may be done, and which of them the
 * other agents cannot notice: those are silent, no events, and the scheduler
 * is not asked.
 */
#include <stdlib.h>

#include "private.h"

/* The value with the sign of its size. */
static s64 signed_of(u64 v, u8 size)
{
	unsigned int unused = 64 - 8u * size;

	return (s64)(v << unused) >> unused;
}

static u64 trim(u64 v, u8 size)
{
	return size == 8 ? v : v & ((1ull << 8 * size) - 1);
}

static u64 compute(const struct op *op, u64 old, u8 size, bool *ret_write)
{
	u64 a = trim(op->a, size), b = trim(op->b, size);

	*ret_write = true;
	switch (op->rmw) {
	case REPLAY_ADD:
		return trim(old + a, size);
	case REPLAY_AND:
		return old & a;
	case REPLAY_OR:
		return old | a;
	case REPLAY_XOR:
		return old ^ a;
	case REPLAY_XCHG:
		return a;
	case REPLAY_CMPXCHG:
		*ret_write = old == a;
		return old == a ? b : old;
	case REPLAY_ADD_UNLESS:
		*ret_write = old != b;
		break;
	case REPLAY_ADD_IF_GE:
		*ret_write = signed_of(old, size) >= signed_of(b, size);
		break;
	case REPLAY_ADD_IF_LE:
		*ret_write = signed_of(old, size) <= signed_of(b, size);
		break;
	}
	return *ret_write ? trim(old + a, size) : old;
}

/* Only what adds can go wrong: a freeze or a store is meant as it is. */
static void check_count(const struct op *op, const struct word *w, u64 old,
			u64 new)
{
	bool adds = op->rmw == REPLAY_ADD || op->rmw >= REPLAY_ADD_UNLESS;

	if (op->kind != OP_RMW || !adds || !(op->refcount || w->counted))
		return;
	if (signed_of(new, w->size) < 0)
		rp_fault(REPLAY_UNDERFLOW, op->site,
			 rp_format("%lld to %lld",
				   (long long)signed_of(old, w->size),
				   (long long)signed_of(new, w->size)));
	else if (!old && new)
		rp_fault(REPLAY_UNDERFLOW, op->site,
			 rp_format("raised from 0"));
}

u64 rp_change(struct agent *owner, const struct op *op, struct event *ev)
{
	struct word *w = &rp.words[op->access.word];
	u64 old = rp_peek(w), new = op->a;
	bool write = true;

	if (op->kind == OP_RMW) {
		new = compute(op, old, w->size, &write);
		/* Spinning on a bit with test_and_set changes nothing. */
		write &= new != old;
	}
	if (ev) {
		/*
		 * As a write even if nothing changed: whether two such may
		 * change places hangs on a value that others change.
		 */
		ev->access = op->access;
		ev->access.flags |= ACCESS_WRITE;
		ev->before = old;
		ev->result = trim(new, w->size);
		ev->version = w->version + write;
	}
	rp_trace(ev ? &rp.agents[ev->agent] : owner, op, old,
		 trim(new, w->size), write, false);
	if (op->tolerant && rp.objects[op->access.object].state == OBJECT_FREED)
		return old;
	if (rp_check_freed(&op->access, op->site))
		return old;
	if (!write) {
		rp_saw_newest(owner, op->access.word);
		return old;
	}
	check_count(op, w, old, new);
	rp_publish(owner, op->access.word, new);
	return old;
}

/* Remembers that @a read @word, for the next relax. */
static void sight(struct agent *a, u32 word, u32 version)
{
	u32 i;

	for (i = 0; i < a->n_sightings; i++)
		if (a->sightings[i].word == word)
			return;
	if (a->n_sightings < MAX_SIGHTINGS)
		a->sightings[a->n_sightings++] =
			(struct sighting){ word, version };
}

static bool is_freed(u16 object)
{
	return object && rp.objects[object].state == OBJECT_FREED;
}

static bool may_relax(const struct agent *a)
{
	u32 i;

	if (!a->n_sightings || a->n_sightings == MAX_SIGHTINGS)
		return true;
	for (i = 0; i < a->n_sightings; i++)
		if (is_freed(rp.words[a->sightings[i].word].object) ||
		    rp_foreign_version(a->sightings[i].word, a->id) >
		    a->sightings[i].version)
			return true;
	return false;
}

static bool grace_over(const struct agent *a)
{
	agents left;

	for (left = a->grace; left; left &= left - 1) {
		u32 id = (u32)__builtin_ctzll(left);
		const struct agent *r = &rp.agents[id];

		if (r->reading && r->section == a->grace_section[id])
			return false;
	}
	return true;
}

bool rp_enabled(const struct agent *a)
{
	const struct op *op = a->op;

	if (a->kind == AGENT_BUFFER)
		return rp_buffer_enabled(a);
	if (a->n_buffer && !rp_buffer_drained(a, op))
		return false;
	if (op->kind == OP_RELAX)
		return may_relax(a);
	if (op->kind == OP_RCU_END)
		return grace_over(a);
	if (!(op->need_clear | op->need_set))
		return true;
	/* Who waits for a word that is gone looks at it again, and fails. */
	if (is_freed(op->access.object))
		return true;
	return rp_guard(op, rp_peek(&rp.words[op->access.word]));
}

struct access rp_access(const struct agent *a)
{
	struct access access;

	if (a->kind != AGENT_BUFFER)
		return a->op->access;
	access = rp_buffer_next(a)->op.access;
	if (!(access.flags & ACCESS_READER))
		access.flags |= ACCESS_WRITE;
	return access;
}

/* The object that a store makes reachable; pointers are never added to. */
static u16 target_of(const struct op *op)
{
	bool compares = op->rmw == REPLAY_CMPXCHG;
	u64 value = compares ? op->b : op->a;

	if (op->kind != OP_STORE &&
	    (op->kind != OP_RMW || !(compares || op->rmw == REPLAY_XCHG)))
		return 0;
	if (rp.words[op->access.word].size != sizeof(void *))
		return 0;
	return rp_object_at((const void *)(uintptr_t)value);
}

/*
 * How each memory orders an operation: what of the own buffer must be visible
 * before, and whether it is a fence to the loads that follow.
 */
void rp_order(struct op *op)
{
	bool tso = rp.memory == REPLAY_TSO, arm = rp.memory == REPLAY_ARM;
	bool full = (op->order & REPLAY_FULL) == REPLAY_FULL;

	switch (op->kind) {
	case OP_LOAD:
		op->drain = full ? DRAIN_ALL : DRAIN_CHANGES;
		break;
	case OP_RMW:
		op->drain = tso || (op->order & REPLAY_RELEASE) ? DRAIN_ALL
								: DRAIN_WORD;
		break;
	case OP_FREE:
		op->drain = DRAIN_OBJECT;
		break;
	case OP_RCU_ENTER:
		op->drain = DRAIN_WORD;
		op->access.word = rp_own_word(RP_RCU_WORD);
		break;
	case OP_RCU_EXIT:
		op->access.word = rp_own_word(RP_RCU_WORD);
		break;
	case OP_FENCE:
		/* A read barrier does not wait for stores. */
		op->drain = op->a == REPLAY_MB ? DRAIN_ALL : DRAIN_NONE;
		break;
	case OP_RCU_START:
	case OP_RCU_END:
		op->drain = DRAIN_ALL;
		break;
	default:
		break;
	}
	if (!arm)
		return;
	op->access.target = target_of(op);
	/* Values in between can still be loaded, so bits do not commute. */
	if (op->kind == OP_RMW)
		op->access.mask = ~0ull;
	if (op->order & (REPLAY_ACQUIRE | REPLAY_ACQUIRE_IF_ZERO) ||
	    op->kind == OP_FENCE || op->kind == OP_RELAX ||
	    op->kind == OP_RCU_START)
		op->access.flags |= ACCESS_FENCE;
}

/* Can no other agent notice when it happens? */
static bool is_silent(const struct agent *a, const struct op *op)
{
	bool arm = rp.memory == REPLAY_ARM;

	switch (op->kind) {
	case OP_STORE:
	case OP_RCU_EXIT:
		return rp.memory != REPLAY_SC;
	case OP_RMW:
		return (op->order & REPLAY_VOID) && rp.memory >= REPLAY_PSO;
	case OP_FENCE:
		if (op->a == REPLAY_WMB)
			return true;
		if (op->a == REPLAY_RMB)
			return !arm;
		return !arm && !a->n_buffer;
	default:
		return false;
	}
}

static u64 do_silent(struct agent *a, const struct op *op)
{
	if (op->kind == OP_FENCE) {
		if (op->a == REPLAY_WMB)
			a->barrier = a->sequence;
		rp_trace(a, op, 0, 0, false, false);
		return 0;
	}
	rp_trace(a, op, 0, op->a, true, false);
	rp_buffer_push(a, op);
	return 0;
}

static void open_window(struct agent *a, s32 since)
{
	if (since > a->window)
		a->window = since;
}

static u64 do_load(struct agent *a, const struct op *op, struct event *ev)
{
	u32 version;
	u64 value;

	if (ev) {
		ev->access = op->access;
		ev->before = rp_peek(&rp.words[op->access.word]);
	}
	if (rp.memory == REPLAY_ARM && ev)
		rp_future_load(a, op->access.word);
	value = rp_view(a, op->access.word, op->order, ev, &version);
	rp_trace(a, op, value, value, false, ev && ev->choice);
	if (rp_check_freed(&op->access, op->site))
		return value;
	sight(a, op->access.word, version);
	return value;
}

static u64 do_rmw(struct agent *a, const struct op *op, struct event *ev)
{
	u64 old;

	if (rp.memory == REPLAY_ARM && ev && op->order & REPLAY_ADDRESS)
		rp_follow_newest(a, op->access.word);
	old = rp_change(a, op, ev);
	if (ev && op->kind == OP_RMW && ev->before == ev->result)
		sight(a, op->access.word, ev->version);
	return old;
}

/* After unlock and lock, in this order, stores do not pass both. */
static void order_unlock_lock(struct agent *a)
{
	u32 i;

	for (i = 0; i < a->n_buffer; i++)
		if (a->buffer[i].op.lock &&
		    a->buffer[i].sequence >= a->barrier)
			a->barrier = a->buffer[i].sequence + 1;
}

void rp_leave_reader(struct agent *a, struct event *ev)
{
	a->reading = false;
	if (!ev)
		return;
	ev->access = (struct access){ .flags = ACCESS_READER };
	ev->version = a->section;
}

static void start_grace(struct agent *a)
{
	u32 i;

	a->grace = 0;
	for (i = 0; i < rp.n_agents; i++) {
		if (!rp.agents[i].reading)
			continue;
		a->grace |= AGENT_BIT(i);
		a->grace_section[i] = rp.agents[i].section;
	}
	rp.grace_event = (s32)rp.depth;
}

static u64 do_choose(const struct op *op, struct event *ev)
{
	struct word *w;
	u64 chosen;

	ev->access = op->access;
	if (!op->access.word) {
		ev->choices = (u16)op->choices;
		return ev->choice;
	}
	w = &rp.words[op->access.word];
	chosen = rp_peek(w);
	if (!chosen) {
		ev->choices = (u16)op->choices;
		chosen = ev->choice + 1u;
		rp_poke(w, chosen);
	}
	return chosen - 1;
}

/* ARM: do the loads that follow see all that is visible now? */
static bool is_fence(const struct op *op, const struct event *ev)
{
	switch (op->kind) {
	case OP_FENCE:
	case OP_RELAX:
	case OP_RCU_START:
		return true;
	default:
		break;
	}
	if (op->order == REPLAY_LAST_PUT)
		return !rp.options.old_refcount && !rp_peek(&rp.words[op->access.word]);
	return op->order & REPLAY_ACQUIRE;
}

/* Operations on no word. */
static void do_other(struct agent *a, const struct op *op, struct event *ev)
{
	if (ev)
		ev->access = op->access;
	rp_trace(a, op, 0, 0, false, false);
	switch (op->kind) {
	case OP_RELAX:
		a->n_relaxed = a->n_sightings;
		a->n_sightings = 0;
		break;
	case OP_FREE:
		rp_free_object(op->access.object, op->site);
		break;
	case OP_RCU_ENTER:
		a->section++;
		a->reading = true;
		open_window(a, rp.grace_event);
		break;
	case OP_RCU_EXIT:
		rp_leave_reader(a, ev);
		break;
	case OP_RCU_START:
		start_grace(a);
		break;
	default:
		break;
	}
}

u64 rp_do(struct agent *a, const struct op *op, struct event *ev)
{
	u64 result = 0;

	switch (op->kind) {
	case OP_LOAD:
		result = do_load(a, op, ev);
		break;
	case OP_STORE:
	case OP_RMW:
		result = do_rmw(a, op, ev);
		break;
	case OP_CHOOSE:
		result = do_choose(op, ev);
		rp_trace(a, op, result, result, false, false);
		break;
	default:
		do_other(a, op, ev);
		break;
	}
	if (rp.memory == REPLAY_SC || !ev)
		return result;
	if (op->lock && op->kind == OP_RMW)
		order_unlock_lock(a);
	if (rp.memory == REPLAY_ARM && is_fence(op, ev))
		open_window(a, (s32)rp.depth);
	return result;
}

static u64 step_solo(const struct op *op)
{
	u64 result;

	if ((op->need_clear | op->need_set) &&
	    !rp_guard(op, rp_peek(&rp.words[op->access.word])))
		rp_unsupported(rp_format("setup() or at_rest() would wait"));
	result = rp_do(&rp.outside, op, NULL);
	if (rp.faulted)
		rp_die();
	return result;
}

void rp_announce(struct agent *a, struct op *op)
{
	if (rp.memory == REPLAY_ARM)
		rp_future_visit(a, op);
	a->op = op;
}

u64 rp_perform(struct agent *a, const struct op *op)
{
	struct event *ev = rp_event_begin(a, op->kind);
	u64 result = rp_do(a, op, ev);

	rp_event_end(a, ev);
	a->history = rp_mix(a->history, result);
	return result;
}

u64 rp_step(struct op *op)
{
	struct agent *me = rp.running;

	if (rp.solo)
		return step_solo(op);
	if (rp.memory != REPLAY_SC)
		rp_order(op);
	if (is_silent(me, op))
		return do_silent(me, op);
	rp_announce(me, op);
	rp_yield(me);
	return rp_perform(me, op);
}
