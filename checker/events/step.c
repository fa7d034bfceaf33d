// SPDX-License-Identifier: GPL-2.0-only
/*
 * One step of one thread: what each op does. This is the meaning of event
 * lists; the emitters have to say the same.
 */
#include <string.h>

#include "ir/ir.h"
#include "events/state.h"

/*
 * A thread that runs as many local ops without a look at memory is taken to
 * run for ever.
 */
#define MAX_LOCAL 1000

static void fail(struct step *s, enum failure failure, const char *what)
{
	if (s->failure || s->dropped)
		return;
	s->failure = failure;
	s->what = what;
}

static int get_pc(const struct layout *l, const gint8 *state, int thread)
{
	guint16 pc;

	memcpy(&pc, state + l->slots[thread].pc, sizeof(pc));
	return pc;
}

static void set_pc(struct step *s, int to)
{
	guint16 pc = (guint16)to;

	memcpy(s->state + s->own->pc, &pc, sizeof(pc));
}

static const struct op_facts *facts_at(const struct layout *l,
				       const gint8 *state, int thread)
{
	return &l->slots[thread].facts[get_pc(l, state, thread)];
}

static const struct op *next_op(const struct layout *l, const gint8 *state,
				int thread)
{
	return facts_at(l, state, thread)->op;
}

/* Values */

/* @regs: a thread's registers, or an object's words. */
static int eval(const struct value *v, const gint8 *regs)
{
	switch (v->kind) {
	case VALUE_CONST:
		return v->number;
	case VALUE_REG:
		return regs[v->number];
	case VALUE_UNARY:
		return value_operate_unary(v->op, eval(v->a, regs));
	case VALUE_BINARY:
		return value_operate(v->op, eval(v->a, regs), eval(v->b, regs));
	}
	g_assert_not_reached();
}

static inline int value(const struct step *s, const struct value *v)
{
	const gint8 *regs = s->state + s->own->regs;

	/* Nearly all are one of these two. */
	if (v->kind == VALUE_CONST)
		return v->number;
	return v->kind == VALUE_REG ? regs[v->number] : eval(v, regs);
}

static inline bool fits(struct step *s, int number)
{
	if (number < PROGRAM_MIN || number > PROGRAM_MAX)
		s->dropped = true;
	return !s->dropped;
}

static inline void set_result(struct step *s, const struct op *op, int number)
{
	if (op->result < 0 || !fits(s, number))
		return;
	s->state[s->own->regs + op->result] = (gint8)number;
	s->touched |= 1ull << op->result;
}

/* Objects and words */

/*
 * Is @number an object, of type @type (-1: any)? One that leads nowhere or
 * elsewhere is the model's defect and not the code's, so such a run says
 * nothing.
 */
static inline bool is_object(struct step *s, int number, int type)
{
	const struct program *p = s->layout->program;

	if (!number)
		fail(s, FAILURE_NULL, NULL);
	else if (number < 0 || number > p->n_objects ||
		 (type >= 0 && p->objects[number - 1].type != type))
		s->dropped = true;
	else
		return true;
	return false;
}

/* May it be accessed? */
static inline bool access_object(struct step *s, int number, int type)
{
	const struct program *p = s->layout->program;
	enum life life;

	if (!is_object(s, number, type))
		return false;
	life = s->state[s->layout->life[number - 1]];
	if (life == LIFE_FREED)
		fail(s, FAILURE_USE_AFTER_FREE, p->objects[number - 1].name);
	s->dropped |= life == LIFE_POOL;
	return life == LIFE_HERE;
}

/* The number of the object that op->place names, or 0: it cannot be accessed. */
static inline int object_of(struct step *s, const struct op *op)
{
	int number = value(s, op->place.object);

	return access_object(s, number, op->place.type) ? number : 0;
}

static inline int word_of(const struct step *s, const struct op *op, int number)
{
	return s->layout->words[number - 1] + op->place.field;
}

static inline void note_read(struct step *s, int word)
{
	int reads = s->own->reads;
	int bit = word - s->layout->first_word;

	/* Once one of them has changed the others do not matter. */
	if (reads >= 0 && !s->state[reads])
		s->state[reads + 1 + bit / 8] |= (gint8)(1 << bit % 8);
}

static inline void note_change(struct step *s, int word)
{
	const struct layout *l = s->layout;
	int bit = word - l->first_word;
	int i;

	if (!l->relaxes)
		return;
	for (i = 0; i < l->program->n_threads; i++) {
		int reads = l->slots[i].reads;

		if (reads < 0 || i == s->thread ||
		    !(s->state[reads + 1 + bit / 8] & 1 << bit % 8))
			continue;
		memset(s->state + reads, 0, (gsize)l->n_reads);
		s->state[reads] = 1;
	}
}

static inline void write_word(struct step *s, const struct op *op, int object,
		       int number)
{
	int word = word_of(s, op, object);

	if (s->failure || !fits(s, number) || s->state[word] == number)
		return;
	s->state[word] = (gint8)number;
	note_change(s, word);
}

static void load(struct step *s, const struct op *op)
{
	int object = object_of(s, op);

	if (!object)
		return;
	note_read(s, word_of(s, op, object));
	set_result(s, op, s->state[word_of(s, op, object)]);
}

static void store(struct step *s, const struct op *op)
{
	const struct type *type = &s->layout->program->types[op->place.type];
	int number = value(s, op->value);
	int object;

	if (type->fields[op->place.field].count && number < 0)
		fail(s, FAILURE_UNDERFLOW, type->fields[op->place.field].name);
	object = object_of(s, op);
	if (object)
		write_word(s, op, object, number);
}

static void add(struct step *s, const struct op *op, int object, int old,
		int operand)
{
	const struct program *p = s->layout->program;

	if (p->types[op->place.type].fields[op->place.field].count) {
		if (old + operand < 0)
			fail(s, FAILURE_UNDERFLOW, p->objects[object - 1].name);
		else if (!old && operand > 0)
			fail(s, FAILURE_RESURRECT, p->objects[object - 1].name);
	}
	write_word(s, op, object, old + operand);
}

static void rmw(struct step *s, const struct op *op)
{
	int object = object_of(s, op);
	int old, operand, expected, result;

	if (!object)
		return;
	note_read(s, word_of(s, op, object));
	old = s->state[word_of(s, op, object)];
	operand = value(s, op->value);
	expected = op->expected ? value(s, op->expected) : 0;
	result = old;
	switch (op->rmw) {
	case RMW_ADD:
		add(s, op, object, old, operand);
		result = old + operand;
		break;
	case RMW_OR:
		write_word(s, op, object, old | operand);
		result = old & operand;
		break;
	case RMW_ANDNOT:
		write_word(s, op, object, old & ~operand);
		result = old & operand;
		break;
	case RMW_XCHG:
		write_word(s, op, object, operand);
		break;
	case RMW_CMPXCHG:
		if (old == expected)
			write_word(s, op, object, operand);
		break;
	case RMW_ADD_UNLESS:
		if (old != expected)
			add(s, op, object, old, operand);
		result = old != expected;
		break;
	}
	set_result(s, op, result);
}

static void alloc(struct step *s, const struct op *op)
{
	const struct layout *l = s->layout;
	const struct program *p = l->program;
	int i, j;

	for (i = 0; i < p->n_objects; i++)
		if (p->objects[i].type == op->number &&
		    s->state[l->life[i]] == LIFE_POOL)
			break;
	if (i == p->n_objects) {
		s->dropped = true;
		return;
	}
	s->state[l->life[i]] = LIFE_HERE;
	for (j = 0; j < p->types[op->number].n_fields; j++)
		s->state[l->words[i] + j] = (gint8)p->objects[i].initial[j];
	set_result(s, op, i + 1);
}

static void free_object(struct step *s, const struct op *op)
{
	const struct layout *l = s->layout;
	const struct program *p = l->program;
	int number = value(s, op->value);
	const struct object *o;
	int i;

	if (!number || !access_object(s, number, -1)) {
		if (s->failure == FAILURE_USE_AFTER_FREE)
			s->failure = FAILURE_DOUBLE_FREE;
		return;
	}
	o = &p->objects[number - 1];
	if (p->types[o->type].stable)
		return;
	s->state[l->life[number - 1]] = LIFE_FREED;
	/* Who polls one of its words will look, and fail. */
	for (i = 0; i < p->types[o->type].n_fields; i++) {
		note_change(s, l->words[number - 1] + i);
		s->state[l->words[number - 1] + i] = 0;
	}
}

/* Locks: 0 is free, -1 - n taken by thread n, n read by n. */

static bool is_free(int word, enum lock_kind kind)
{
	return kind == LOCK_READ ? word >= 0 : word == 0;
}

static void take(struct step *s, const struct op *op, int object)
{
	int old = s->state[word_of(s, op, object)];

	write_word(s, op, object, op->lock == LOCK_READ ? old + 1 :
						      -1 - s->thread);
}

static void lock(struct step *s, const struct op *op)
{
	int object = object_of(s, op);

	if (object)
		take(s, op, object);
}

static void trylock(struct step *s, const struct op *op)
{
	int object = object_of(s, op);
	bool taken;

	if (!object)
		return;
	note_read(s, word_of(s, op, object));
	taken = is_free(s->state[word_of(s, op, object)], op->lock);
	if (taken)
		take(s, op, object);
	set_result(s, op, taken);
}

/* A bit has no owner, and is often released where the I/O ends. */
static bool may_unlock(const struct step *s, int word, enum lock_kind kind)
{
	if (kind == LOCK_READ)
		return word > 0;
	return kind == LOCK_BIT ? word < 0 : word == -1 - s->thread;
}

static void unlock(struct step *s, const struct op *op)
{
	int object = object_of(s, op);
	int old;

	if (!object)
		return;
	old = s->state[word_of(s, op, object)];
	if (!may_unlock(s, old, op->lock))
		fail(s, FAILURE_BAD_UNLOCK,
		     s->layout->program->objects[object - 1].name);
	else
		write_word(s, op, object, op->lock == LOCK_READ ? old - 1 : 0);
}

/* RCU */

static int readers(const struct step *s)
{
	const struct layout *l = s->layout;
	int i, mask = 0;

	for (i = 0; i < l->program->n_threads; i++)
		if (l->slots[i].depth >= 0 && s->state[l->slots[i].depth])
			mask |= 1 << i;
	return mask;
}

/* The thread is inside no read section any more. */
static void leave_rcu(struct step *s)
{
	const struct layout *l = s->layout;
	int i;

	for (i = 0; i < l->program->n_threads; i++)
		if (l->slots[i].mask >= 0 && i != s->thread)
			s->state[l->slots[i].mask] &=
				(gint8)~(1 << s->thread);
}

static void rcu_unlock(struct step *s)
{
	int depth = s->own->depth;

	if (depth < 0 || !s->state[depth])
		fail(s, FAILURE_BAD_UNLOCK, NULL);
	else if (!--s->state[depth])
		leave_rcu(s);
}

/* May be disabled in its middle; its own bit says that it is. */
static bool synchronize(struct step *s)
{
	gint8 *mask = &s->state[s->own->mask];
	gint8 own = (gint8)(1 << s->thread);

	if (!*mask)
		*mask = (gint8)(readers(s) | own);
	if (*mask != own)
		return false;
	*mask = 0;
	return true;
}

/* Agents */

static void start(struct step *s, const struct op *op)
{
	const struct slots *to = &s->layout->slots[op->number];
	gint8 *agent = &s->state[to->agent];
	int arg = value(s, op->value);
	bool queued = *agent == AGENT_ASLEEP || *agent == AGENT_RUNNING;

	if (!fits(s, arg))
		return;
	if (queued) {
		*agent = *agent == AGENT_ASLEEP ? AGENT_PENDING : AGENT_AGAIN;
		s->state[to->arg] = (gint8)arg;
	} else if (s->state[to->arg] != arg) {
		/* Another item than this agent stands for. */
		s->dropped = true;
	}
	set_result(s, op, queued);
}

static void call_rcu(struct step *s, const struct op *op)
{
	const struct slots *to = &s->layout->slots[op->number];
	int arg = value(s, op->value);

	if (!fits(s, arg))
		return;
	if (s->state[to->agent] == AGENT_PENDING && s->state[to->arg] == arg) {
		fail(s, FAILURE_DOUBLE_FREE, NULL);
		return;
	}
	if (s->state[to->agent] != AGENT_ASLEEP) {
		s->dropped = true;
		return;
	}
	s->state[to->agent] = AGENT_PENDING;
	s->state[to->arg] = (gint8)arg;
	s->state[to->mask] = (gint8)readers(s);
}

static void begin_agent(struct step *s)
{
	const struct thread *t = &s->layout->program->threads[s->thread];
	int i;

	s->touched = ~0ull >> (64 - MAX(t->n_regs, 1));
	s->state[s->own->agent] = AGENT_RUNNING;
	for (i = 0; i < t->n_regs; i++)
		s->state[s->own->regs + i] = (gint8)t->initial[i];
	if (t->n_regs)
		s->state[s->own->regs] = s->state[s->own->arg];
	s->state[s->own->arg] = 0;
}

/* Its last op has run. */
static void end_thread(struct step *s)
{
	const struct thread *t = &s->layout->program->threads[s->thread];
	gint8 *agent = &s->state[s->own->agent];

	if (s->own->depth >= 0 && s->state[s->own->depth]) {
		s->state[s->own->depth] = 0;
		leave_rcu(s);
	}
	if (!t->agent)
		return;
	*agent = *agent == AGENT_AGAIN ? AGENT_PENDING : AGENT_ASLEEP;
	set_pc(s, 0);
}

/* Waiting */

/*
 * What slots.queue is for the queue that op->place names: only names, so the
 * object may be gone. 0: there is no such object.
 */
static gint8 queue_of(struct step *s, const struct op *op)
{
	int number = value(s, op->place.object);

	if (!is_object(s, number, op->place.type))
		return 0;
	return (gint8)(word_of(s, op, number) - s->layout->first_word + 1);
}

static void prepare(struct step *s, const struct op *op)
{
	s->state[s->own->queue] = queue_of(s, op);
}

static void wake(struct step *s, const struct op *op)
{
	const struct layout *l = s->layout;
	gint8 woken = queue_of(s, op);
	int i;

	for (i = 0; i < l->program->n_threads; i++) {
		int queue = l->slots[i].queue;

		if (queue >= 0 && s->state[queue] == woken)
			s->state[queue] = 0;
	}
}

/* Steps */

static void log_op(struct step *s, const struct op *op, int pc)
{
	const struct transition entry = {
		.thread = s->thread,
		.op = pc,
		.choice = op->kind == OP_CHOOSE ? s->choice : 0,
	};

	g_array_append_val(s->log, entry);
}

static inline void count_op(struct step *s, const struct op *op, int pc)
{
	s->n_ops++;
	s->n_assumed += op->assumed;
	if (s->log)
		log_op(s, op, pc);
}

/* An op on what is shared. Returns false if it has not ended. */
static bool run_shared(struct step *s, const struct op *op)
{
	switch (op->kind) {
	case OP_LOAD:
		load(s, op);
		return true;
	case OP_STORE:
		store(s, op);
		return true;
	case OP_RMW:
		rmw(s, op);
		return true;
	case OP_USE:
		access_object(s, value(s, op->value), -1);
		return true;
	case OP_ALLOC:
		alloc(s, op);
		return true;
	case OP_FREE:
		free_object(s, op);
		return true;
	case OP_LOCK:
		lock(s, op);
		return true;
	case OP_TRYLOCK:
		trylock(s, op);
		return true;
	case OP_UNLOCK:
		unlock(s, op);
		return true;
	case OP_RCU_LOCK:
		s->state[s->own->depth]++;
		return true;
	case OP_RCU_UNLOCK:
		rcu_unlock(s);
		return true;
	case OP_SYNCHRONIZE:
		return synchronize(s);
	case OP_PREPARE:
		prepare(s, op);
		return true;
	case OP_WAKE:
		wake(s, op);
		return true;
	case OP_RELAX:
		s->state[s->own->reads] = 0;
		return true;
	case OP_START:
		start(s, op);
		return true;
	case OP_CALL_RCU:
		call_rcu(s, op);
		return true;
	default: /* OP_SCHEDULE: that it is enabled is all. */
		return true;
	}
}

/* A local op; returns where the thread goes on. */
static inline int run_local(struct step *s, const struct op *op, int pc)
{
	switch (op->kind) {
	case OP_SET:
		set_result(s, op, value(s, op->value));
		return pc + 1;
	case OP_CHOOSE:
		set_result(s, op, s->choice);
		return pc + 1;
	case OP_BRANCH:
		return value(s, op->value) ? op->target : pc + 1;
	case OP_GOTO:
		return op->target;
	case OP_ASSERT:
		if (!value(s, op->value))
			fail(s, FAILURE_ASSERT, op->text);
		return pc + 1;
	case OP_DROP:
		s->dropped = true;
		return pc;
	case OP_FINISH:
		if (s->own->queue >= 0)
			s->state[s->own->queue] = 0;
		return pc + 1;
	default: /* OP_FENCE: everything is ordered. */
		return pc + 1;
	}
}

/*
 * Local ops from @pc up to the next one that others can see, or that has
 * several ways to go: those have a state before them.
 */
static void run_locals(struct step *s, int pc, bool may_choose)
{
	const struct op_facts *facts = s->own->facts;
	int n;

	for (n = 0; facts[pc].local && !s->failure && !s->dropped; n++) {
		const struct op *op = facts[pc].op;

		if (op->kind == OP_CHOOSE && !may_choose)
			break;
		may_choose = false;
		count_op(s, op, pc);
		if (op->kind == OP_END) {
			set_pc(s, pc);
			end_thread(s);
			return;
		}
		s->dropped |= n == MAX_LOCAL;
		pc = run_local(s, op, pc);
	}
	set_pc(s, pc);
}

static void forget_dead(struct step *s)
{
	const struct layout *l = s->layout;
	guint64 live = facts_at(l, s->state, s->thread)->live;
	guint64 dead = s->touched & ~live;

	for (; dead; dead &= dead - 1)
		s->state[s->own->regs + __builtin_ctzll(dead)] = 0;
	if (s->own->reads >= 0 && !(live & LIVE_READS))
		memset(s->state + s->own->reads, 0, (gsize)l->n_reads);
}

void step_run(struct step *s)
{
	int pc = get_pc(s->layout, s->state, s->thread);
	const struct op_facts *at;
	int agent;

	s->own = &s->layout->slots[s->thread];
	at = &s->own->facts[pc];
	agent = s->own->agent;
	/* No others can be anything but 0. */
	s->touched = at->live & ~LIVE_READS;
	if (agent >= 0 && s->state[agent] == AGENT_PENDING) {
		begin_agent(s);
		run_locals(s, pc, false);
	} else if (at->local) {
		run_locals(s, pc, true);
	} else {
		count_op(s, at->op, pc);
		if (!run_shared(s, at->op))
			return;
		run_locals(s, pc + 1, false);
	}
	forget_dead(s);
}

/* Who can go on */

static bool can_lock(const struct layout *l, const gint8 *state, int thread,
		     const struct op *op)
{
	int number = eval(op->place.object, state + l->slots[thread].regs);

	/* What cannot be accessed fails, it does not wait. */
	if (number < 1 || number > l->program->n_objects ||
	    state[l->life[number - 1]] != LIFE_HERE ||
	    l->program->objects[number - 1].type != op->place.type)
		return true;
	return is_free(state[l->words[number - 1] + op->place.field], op->lock);
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

static int count_ways(const struct layout *l, const gint8 *state, int thread)
{
	const struct slots *own = &l->slots[thread];
	const struct op *op;

	if (own->agent >= 0 && state[own->agent] == AGENT_ASLEEP)
		return 0;
	if (own->agent >= 0 && state[own->agent] == AGENT_PENDING)
		return own->mask < 0 || !state[own->mask];
	op = next_op(l, state, thread);
	switch (op->kind) {
	case OP_END:
		return 0;
	case OP_CHOOSE:
		return op->number;
	case OP_LOCK:
		return can_lock(l, state, thread, op);
	case OP_SCHEDULE:
		return own->queue < 0 || !state[own->queue];
	case OP_RELAX:
		return can_relax(l, state, own);
	case OP_SYNCHRONIZE:
		return can_synchronize(l, state, thread);
	default:
		return 1;
	}
}

static bool is_asleep(const struct layout *l, const gint8 *state, int thread)
{
	int agent = l->slots[thread].agent;

	return agent >= 0 && state[agent] <= AGENT_PENDING;
}

int state_ways(const struct layout *l, const gint8 *state,
	       int ret_ways[STATE_MAX_THREADS], int *ret_forced)
{
	int i, n = 0;

	*ret_forced = -1;
	for (i = 0; i < l->program->n_threads; i++) {
		const struct op_facts *at = facts_at(l, state, i);

		ret_ways[i] = at->ready ? 1 : count_ways(l, state, i);
		n += ret_ways[i];
		if (!at->local || at->op->kind == OP_END ||
		    is_asleep(l, state, i))
			continue;
		memset(ret_ways, 0, (gsize)i * sizeof(*ret_ways));
		memset(ret_ways + i + 1, 0,
		       (gsize)(l->program->n_threads - i - 1) *
		       sizeof(*ret_ways));
		*ret_forced = i;
		return ret_ways[i];
	}
	return n;
}

static bool has_ended(const struct layout *l, const gint8 *state, int thread)
{
	int agent = l->slots[thread].agent;

	if (agent >= 0)
		return state[agent] == AGENT_ASLEEP;
	return next_op(l, state, thread)->kind == OP_END;
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
			    state[l->life[i]] != LIFE_HERE ||
			    eval(v->holds, state + l->words[i]))
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
		enum op_kind kind = next_op(l, state, i)->kind;

		if (has_ended(l, state, i))
			continue;
		ended = false;
		sleeps |= kind == OP_SCHEDULE && !is_asleep(l, state, i);
		relaxes |= kind == OP_RELAX && !is_asleep(l, state, i);
	}
	if (ended)
		return broken_invariant(l, state, ret_what);
	return sleeps ? FAILURE_LOST_WAKEUP :
	       relaxes ? FAILURE_LIVELOCK : FAILURE_DEADLOCK;
}
