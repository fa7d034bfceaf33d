// SPDX-License-Identifier: GPL-2.0-only
/* Who can go on from a state, and what it means that nobody can. */
#include "events/state.h"

static bool can_lock(const struct layout *l, const gint8 *state,
		     const struct insn *insn)
{
	int number = operand_value(l, state, &insn->object);
	const struct object_slots *o;

	/* What cannot be accessed fails, it does not wait. */
	if (number < 1 || number > l->program->n_objects)
		return true;
	o = &l->objects[number - 1];
	if (state[o->life] != LIFE_HERE || o->type != insn->type)
		return true;
	return lock_is_free(state[o->words + insn->field], insn->detail);
}

static bool can_synchronize(const struct layout *l, const gint8 *state,
			    int thread)
{
	const struct slots *own = &l->slots[thread];

	return (!state[own->mask] ||
		state[own->mask] == (gint8)(1 << thread)) &&
	       (own->depth < 0 || !state[own->depth]);
}

/* Who has read nothing has nothing to wait for. */
static bool can_relax(const struct layout *l, const gint8 *state,
		      const struct slots *own)
{
	int i;

	for (i = 1; i < l->n_reads && !state[own->reads + i]; i++)
		;
	return state[own->reads] || i == l->n_reads;
}

/* At an op on what is shared. */
static bool can_go_on(const struct layout *l, const gint8 *state, int thread,
		      const struct insn *insn)
{
	const struct slots *own = &l->slots[thread];

	switch (insn->kind) {
	case OP_LOCK:
		return can_lock(l, state, insn);
	case OP_SCHEDULE:
		return own->queue < 0 || !state[own->queue];
	case OP_RELAX:
		return can_relax(l, state, own);
	case OP_SYNCHRONIZE:
		return can_synchronize(l, state, thread);
	default:
		return true;
	}
}

static inline bool is_asleep(const struct slots *own, const gint8 *state)
{
	return own->agent >= 0 && state[own->agent] <= AGENT_PENDING;
}

static bool can_begin(const struct slots *own, const gint8 *state)
{
	return state[own->agent] == AGENT_PENDING &&
	       (own->mask < 0 || !state[own->mask]);
}

unsigned int state_idle(const struct layout *l, const gint8 *state)
{
	unsigned int idle = 0;
	int i;

	for (i = 0; i < l->program->n_threads; i++)
		if (is_asleep(&l->slots[i], state) &&
		    !can_begin(&l->slots[i], state))
			idle |= 1u << i;
	return idle;
}

bool thread_is_over(const struct layout *l, const gint8 *state, int thread)
{
	const struct slots *own = &l->slots[thread];

	return own->agent < 0 && state_insn(own, state)->kind == OP_END;
}

enum can thread_can(const struct layout *l, const gint8 *state, int thread)
{
	const struct slots *own = &l->slots[thread];
	const struct insn *insn = state_insn(own, state);

	/* It begins. */
	if (is_asleep(own, state))
		return CAN_STEP;
	if (insn->flags & INSN_LOCAL)
		return CAN_ONLY;
	return can_go_on(l, state, thread, insn) ? CAN_STEP : CAN_NOT;
}

/* Of an invariant, over an object's words. */
static int eval(const struct value *v, const gint8 *words)
{
	switch (v->kind) {
	case VALUE_CONST:
		return v->number;
	case VALUE_REG:
		return words[v->number];
	case VALUE_UNARY:
		return value_operate_unary(v->op, eval(v->a, words));
	case VALUE_BINARY:
		return value_operate(v->op, eval(v->a, words),
				     eval(v->b, words));
	}
	g_assert_not_reached();
}

static bool has_ended(const struct layout *l, const gint8 *state, int thread)
{
	int agent = l->slots[thread].agent;

	if (agent >= 0)
		return state[agent] == AGENT_ASLEEP;
	return state_insn(&l->slots[thread], state)->kind == OP_END;
}

static enum failure broken_invariant(const struct layout *l,
				     const gint8 *state, const char **ret_what)
{
	const struct program *p = l->program;
	int i, k;

	for (k = 0; k < p->n_invariants; k++)
		for (i = 0; i < p->n_objects; i++) {
			const struct invariant *v = &p->invariants[k];

			if (p->objects[i].type != v->type ||
			    state[l->objects[i].life] != LIFE_HERE ||
			    eval(v->holds, state + l->objects[i].words))
				continue;
			*ret_what = v->text;
			return FAILURE_INVARIANT;
		}
	return FAILURE_NONE;
}

enum failure state_at_rest(const struct layout *l, const gint8 *state,
			   const char **ret_what)
{
	const struct program *p = l->program;
	bool ended = true, sleeps = false, relaxes = false;
	int i;

	for (i = 0; i < p->n_threads; i++) {
		int kind = state_insn(&l->slots[i], state)->kind;

		if (has_ended(l, state, i))
			continue;
		ended = false;
		sleeps |= kind == OP_SCHEDULE && !is_asleep(&l->slots[i], state);
		relaxes |= kind == OP_RELAX && !is_asleep(&l->slots[i], state);
	}
	if (ended)
		return broken_invariant(l, state, ret_what);
	return sleeps ? FAILURE_LOST_WAKEUP :
	       relaxes ? FAILURE_LIVELOCK : FAILURE_DEADLOCK;
}
