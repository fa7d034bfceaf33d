// SPDX-License-Identifier: GPL-2.0-only
/*
 * One step of one thread: what each op does. This is the meaning of event
 * lists; the emitters have to say the same.
 */
#include "events/state.h"

/*
 * A thread that runs as many local ops without a look at memory is taken to
 * run for ever.
 */
#define MAX_LOCAL 1000

static void fail(struct step *s, enum failure failure, const char *what)
{
	if (s->stopped)
		return;
	s->stopped = true;
	s->failure = failure;
	s->what = what;
}

/* The run says nothing. */
static void drop(struct step *s)
{
	s->stopped = true;
	s->dropped = true;
}

int operand_eval(const struct layout *l, const gint8 *state,
		 const struct node *node)
{
	int a = operand_value(l, state, &node->a);

	return node->unary ? value_operate_unary(node->op, a) :
			     value_operate(node->op, a,
					   operand_value(l, state, &node->b));
}

static G_ALWAYS_INLINE inline int value(const struct step *s, const struct operand *o)
{
	return operand_value(s->layout, s->state, o);
}

/* PROGRAM_MIN and PROGRAM_MAX are a byte's. */
static G_ALWAYS_INLINE inline bool fits(struct step *s, int number)
{
	if (G_UNLIKELY(number != (gint8)number))
		drop(s);
	return !s->dropped;
}

static G_ALWAYS_INLINE inline void set_result(struct step *s, const struct insn *insn,
			      int number)
{
	if (insn->result < 0 || !fits(s, number))
		return;
	s->state[insn->result] = (gint8)number;
	s->touched |= 1ull << (insn->result - s->own->regs);
}

/* Objects and words */

static const char *name_of(const struct step *s, const struct object_slots *o)
{
	return s->layout->program->objects[o - s->layout->objects].name;
}

/*
 * The object @number, if it is one of type @type (-1: any); else NULL. One that
 * leads nowhere or elsewhere is the model's defect and not the code's, so such
 * a run says nothing.
 */
static G_ALWAYS_INLINE inline const struct object_slots *
find_object(struct step *s, int number, int type)
{
	const struct layout *l = s->layout;

	if (number > 0 && number <= l->program->n_objects &&
	    (type < 0 || l->objects[number - 1].type == type))
		return &l->objects[number - 1];
	if (!number)
		fail(s, FAILURE_NULL, NULL);
	else
		drop(s);
	return NULL;
}

/* The same, if it may be accessed. */
static G_ALWAYS_INLINE inline const struct object_slots *
access_object(struct step *s, int number, int type)
{
	const struct object_slots *o = find_object(s, number, type);
	enum life life;

	if (!o)
		return NULL;
	life = s->state[o->life];
	if (life == LIFE_HERE)
		return o;
	if (life == LIFE_FREED)
		fail(s, FAILURE_USE_AFTER_FREE, name_of(s, o));
	else
		drop(s);
	return NULL;
}

/* The object that the op's place names; NULL: it cannot be accessed. */
static G_ALWAYS_INLINE inline const struct object_slots *object_of(struct step *s,
						   const struct insn *insn)
{
	return access_object(s, value(s, &insn->object), insn->type);
}

static G_ALWAYS_INLINE inline void note_read(struct step *s, int word)
{
	int reads = s->own->reads;
	int bit = word - s->layout->first_word;

	/* Once one of them has changed the others do not matter. */
	if (reads >= 0 && !s->state[reads])
		s->state[reads + 1 + bit / 8] |= (gint8)(1 << bit % 8);
}

/* Who has read the word since its last OP_RELAX, may go on. */
static void tell_relaxing(const struct layout *l, gint8 *state, int thread,
			  int word)
{
	int bit = word - l->first_word;
	int i;

	for (i = 0; i < l->program->n_threads; i++) {
		int reads = l->slots[i].reads;

		if (reads < 0 || i == thread ||
		    !(state[reads + 1 + bit / 8] & 1 << bit % 8))
			continue;
		memset(state + reads, 0, (gsize)l->n_reads);
		state[reads] = 1;
	}
}

static G_ALWAYS_INLINE inline void note_change(struct step *s, int word)
{
	if (s->layout->relaxes)
		tell_relaxing(s->layout, s->state, s->thread, word);
}

static G_ALWAYS_INLINE inline void write_word(struct step *s, int word, int number)
{
	if (s->failure || !fits(s, number) || s->state[word] == number)
		return;
	s->state[word] = (gint8)number;
	note_change(s, word);
}

static G_ALWAYS_INLINE inline void load(struct step *s, const struct insn *insn)
{
	const struct object_slots *o = object_of(s, insn);

	if (!o)
		return;
	note_read(s, o->words + insn->field);
	set_result(s, insn, s->state[o->words + insn->field]);
}

static G_ALWAYS_INLINE inline void store(struct step *s, const struct insn *insn)
{
	const struct type *type = &s->layout->program->types[insn->type];
	int number = value(s, &insn->value);
	const struct object_slots *o;

	if ((insn->flags & INSN_COUNT) && number < 0)
		fail(s, FAILURE_UNDERFLOW, type->fields[insn->field].name);
	o = object_of(s, insn);
	if (o)
		write_word(s, o->words + insn->field, number);
}

static G_ALWAYS_INLINE inline void add(struct step *s, const struct insn *insn,
		const struct object_slots *o, int operand)
{
	int word = o->words + insn->field;
	int old = s->state[word];

	if (insn->flags & INSN_COUNT) {
		if (old + operand < 0)
			fail(s, FAILURE_UNDERFLOW, name_of(s, o));
		else if (!old && operand > 0)
			fail(s, FAILURE_RESURRECT, name_of(s, o));
	}
	write_word(s, word, old + operand);
}

static G_ALWAYS_INLINE inline void rmw(struct step *s, const struct insn *insn)
{
	const struct object_slots *o = object_of(s, insn);
	int word, old, operand, result;

	if (!o)
		return;
	word = o->words + insn->field;
	note_read(s, word);
	old = s->state[word];
	operand = value(s, &insn->value);
	result = old;
	switch ((enum rmw_kind)insn->detail) {
	case RMW_ADD:
		add(s, insn, o, operand);
		result = old + operand;
		break;
	case RMW_OR:
		write_word(s, word, old | operand);
		result = old & operand;
		break;
	case RMW_ANDNOT:
		write_word(s, word, old & ~operand);
		result = old & operand;
		break;
	case RMW_XCHG:
		write_word(s, word, operand);
		break;
	case RMW_CMPXCHG:
		if (old == value(s, &insn->expected))
			write_word(s, word, operand);
		break;
	case RMW_ADD_UNLESS:
		result = old != value(s, &insn->expected);
		if (result)
			add(s, insn, o, operand);
		break;
	}
	set_result(s, insn, result);
}

static void alloc(struct step *s, const struct insn *insn)
{
	const struct layout *l = s->layout;
	const struct program *p = l->program;
	const struct object_slots *o;
	int i, j;

	for (i = 0; i < p->n_objects; i++)
		if (l->objects[i].type == insn->number &&
		    s->state[l->objects[i].life] == LIFE_POOL)
			break;
	if (i == p->n_objects) {
		drop(s);
		return;
	}
	o = &l->objects[i];
	s->state[o->life] = LIFE_HERE;
	for (j = 0; j < p->types[o->type].n_fields; j++)
		s->state[o->words + j] = (gint8)p->objects[i].initial[j];
	set_result(s, insn, i + 1);
}

static void free_object(struct step *s, const struct insn *insn)
{
	const struct program *p = s->layout->program;
	int number = value(s, &insn->value);
	const struct object_slots *o = NULL;
	int i;

	if (number)
		o = access_object(s, number, -1);
	if (!o) {
		if (s->failure == FAILURE_USE_AFTER_FREE)
			s->failure = FAILURE_DOUBLE_FREE;
		return;
	}
	if (p->types[o->type].stable)
		return;
	s->state[o->life] = LIFE_FREED;
	/* Who polls one of its words will look, and fail. */
	for (i = 0; i < p->types[o->type].n_fields; i++) {
		note_change(s, o->words + i);
		s->state[o->words + i] = 0;
	}
}

/* Locks */

static G_ALWAYS_INLINE inline void take(struct step *s, enum lock_kind kind, int word)
{
	write_word(s, word, kind == LOCK_READ ? s->state[word] + 1 :
						-1 - s->thread);
}

static G_ALWAYS_INLINE inline void lock(struct step *s, const struct insn *insn)
{
	const struct object_slots *o = object_of(s, insn);

	if (o)
		take(s, insn->detail, o->words + insn->field);
}

static G_ALWAYS_INLINE inline void trylock(struct step *s, const struct insn *insn)
{
	const struct object_slots *o = object_of(s, insn);
	bool taken;
	int word;

	if (!o)
		return;
	word = o->words + insn->field;
	note_read(s, word);
	taken = lock_is_free(s->state[word], insn->detail);
	if (taken)
		take(s, insn->detail, word);
	set_result(s, insn, taken);
}

/* A bit has no owner, and is often released where the I/O ends. */
static bool may_unlock(const struct step *s, int word, enum lock_kind kind)
{
	if (kind == LOCK_READ)
		return word > 0;
	return kind == LOCK_BIT ? word < 0 : word == -1 - s->thread;
}

static G_ALWAYS_INLINE inline void unlock(struct step *s, const struct insn *insn)
{
	const struct object_slots *o = object_of(s, insn);
	int word, old;

	if (!o)
		return;
	word = o->words + insn->field;
	old = s->state[word];
	if (!may_unlock(s, old, insn->detail))
		fail(s, FAILURE_BAD_UNLOCK, name_of(s, o));
	else
		write_word(s, word, insn->detail == LOCK_READ ? old - 1 : 0);
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
static void leave_rcu(const struct layout *l, gint8 *state, int thread)
{
	int i;

	for (i = 0; i < l->program->n_threads; i++)
		if (l->slots[i].mask >= 0 && i != thread)
			state[l->slots[i].mask] &= (gint8)~(1 << thread);
}

static void rcu_unlock(struct step *s)
{
	int depth = s->own->depth;

	if (depth < 0 || !s->state[depth])
		fail(s, FAILURE_BAD_UNLOCK, NULL);
	else if (!--s->state[depth])
		leave_rcu(s->layout, s->state, s->thread);
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

static void start(struct step *s, const struct insn *insn)
{
	const struct slots *to = &s->layout->slots[insn->number];
	gint8 *agent = &s->state[to->agent];
	int arg = value(s, &insn->value);
	bool queued = *agent == AGENT_ASLEEP || *agent == AGENT_RUNNING;

	if (!fits(s, arg))
		return;
	if (queued) {
		*agent = *agent == AGENT_ASLEEP ? AGENT_PENDING : AGENT_AGAIN;
		s->state[to->arg] = (gint8)arg;
	} else if (s->state[to->arg] != arg) {
		/* Another item than this agent stands for. */
		drop(s);
	}
	set_result(s, insn, queued);
}

static void call_rcu(struct step *s, const struct insn *insn)
{
	const struct slots *to = &s->layout->slots[insn->number];
	int arg = value(s, &insn->value);

	if (!fits(s, arg))
		return;
	if (s->state[to->agent] == AGENT_PENDING && s->state[to->arg] == arg) {
		fail(s, FAILURE_DOUBLE_FREE, NULL);
		return;
	}
	if (s->state[to->agent] != AGENT_ASLEEP) {
		drop(s);
		return;
	}
	s->state[to->agent] = AGENT_PENDING;
	s->state[to->arg] = (gint8)arg;
	s->state[to->mask] = (gint8)readers(s);
}

static void begin_agent(const struct layout *l, gint8 *state, int thread)
{
	const struct thread *t = &l->program->threads[thread];
	const struct slots *own = &l->slots[thread];
	int i;

	state[own->agent] = AGENT_RUNNING;
	for (i = 0; i < t->n_regs; i++)
		state[own->regs + i] = (gint8)t->initial[i];
	if (t->n_regs)
		state[own->regs] = state[own->arg];
	state[own->arg] = 0;
}

/* Its last op, at @pc, has run; returns where it is then. */
static int end_thread(const struct layout *l, gint8 *state, int thread, int pc)
{
	const struct slots *own = &l->slots[thread];
	gint8 *agent;

	if (own->depth >= 0 && state[own->depth]) {
		state[own->depth] = 0;
		leave_rcu(l, state, thread);
	}
	if (own->agent < 0)
		return pc;
	agent = &state[own->agent];
	*agent = *agent == AGENT_AGAIN ? AGENT_PENDING : AGENT_ASLEEP;
	return 0;
}

/* Waiting */

/*
 * What slots.queue is for the queue that the op's place names: only names, so
 * the object may be gone. 0: there is no such object.
 */
static gint8 queue_of(struct step *s, const struct insn *insn)
{
	const struct object_slots *o = find_object(
		s, value(s, &insn->object), insn->type);

	return o ? (gint8)(o->words + insn->field - s->layout->first_word + 1) :
		   0;
}

static void prepare(struct step *s, const struct insn *insn)
{
	s->state[s->own->queue] = queue_of(s, insn);
}

static void wake(struct step *s, const struct insn *insn)
{
	const struct layout *l = s->layout;
	gint8 woken = queue_of(s, insn);
	int i;

	for (i = 0; i < l->program->n_threads; i++) {
		int queue = l->slots[i].queue;

		if (queue >= 0 && s->state[queue] == woken)
			s->state[queue] = 0;
	}
}

/* Steps */

static void log_op(GArray *log, int thread, int pc, int choice)
{
	const struct transition entry = {
		.thread = thread, .op = pc, .choice = choice,
	};

	g_array_append_val(log, entry);
}

static G_ALWAYS_INLINE inline void count_op(struct step *s, const struct insn *insn, int pc)
{
	s->cost += insn->cost;
	if (s->log)
		log_op(s->log, s->thread, pc,
		       insn->kind == OP_CHOOSE ? s->choice : 0);
}

/* Returns false if the op has not ended. */
static bool run_rare(struct step *s, const struct insn *insn)
{
	switch (insn->kind) {
	case OP_ALLOC:
		alloc(s, insn);
		return true;
	case OP_FREE:
		free_object(s, insn);
		return true;
	case OP_TRYLOCK:
		trylock(s, insn);
		return true;
	case OP_RCU_UNLOCK:
		rcu_unlock(s);
		return true;
	case OP_SYNCHRONIZE:
		return synchronize(s);
	case OP_PREPARE:
		prepare(s, insn);
		return true;
	case OP_WAKE:
		wake(s, insn);
		return true;
	case OP_START:
		start(s, insn);
		return true;
	case OP_CALL_RCU:
		call_rcu(s, insn);
		return true;
	default: /* OP_SCHEDULE: that it is enabled is all. */
		return true;
	}
}

/* An op on what is shared. Returns false if it has not ended. */
static G_ALWAYS_INLINE inline bool run_shared(struct step *s,
					      const struct insn *insn)
{
	switch (insn->kind) {
	case OP_LOAD:
		load(s, insn);
		return true;
	case OP_STORE:
		store(s, insn);
		return true;
	case OP_RMW:
		rmw(s, insn);
		return true;
	case OP_USE:
		access_object(s, value(s, &insn->value), -1);
		return true;
	case OP_LOCK:
		lock(s, insn);
		return true;
	case OP_UNLOCK:
		unlock(s, insn);
		return true;
	case OP_RCU_LOCK:
		s->state[s->own->depth]++;
		return true;
	case OP_RELAX:
		s->state[s->own->reads] = 0;
		return true;
	default:
		return run_rare(s, insn);
	}
}

/* A local op; returns where the thread goes on. */
static G_ALWAYS_INLINE inline int run_local(struct step *s, const struct insn *insn, int pc)
{
	switch (insn->kind) {
	case OP_SET:
		set_result(s, insn, value(s, &insn->value));
		return pc + 1;
	case OP_CHOOSE:
		set_result(s, insn, s->choice);
		return pc + 1;
	case OP_BRANCH:
		return value(s, &insn->value) ? insn->number : pc + 1;
	case OP_GOTO:
		return insn->number;
	case OP_ASSERT:
		if (!value(s, &insn->value))
			fail(s, FAILURE_ASSERT,
			     s->layout->program->threads[s->thread]
				     .ops[pc].text);
		return pc + 1;
	case OP_DROP:
		drop(s);
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
 * several ways to go: those have a state before them. Returns where that is.
 */
static G_ALWAYS_INLINE inline int run_locals(struct step *s, int pc,
					     bool may_choose)
{
	const struct insn *insns = s->own->insns, *insn = &insns[pc];
	int n;

	for (n = 0; (insn->flags & INSN_LOCAL) && !s->stopped; n++) {
		if (insn->kind == OP_CHOOSE && !may_choose)
			break;
		may_choose = false;
		count_op(s, insn, pc);
		if (insn->kind == OP_END)
			return end_thread(s->layout, s->state, s->thread, pc);
		if (G_UNLIKELY(n == MAX_LOCAL))
			drop(s);
		pc = run_local(s, insn, pc);
		insn = &insns[pc];
	}
	return pc;
}

/* Goes on at @pc, and forgets what is not read from there on. */
static G_ALWAYS_INLINE inline void stop_at(struct step *s, int pc)
{
	/* The compiler takes it that stores to the state may change *s. */
	const struct slots *own = s->own;
	gint8 *state = s->state, *regs = state + own->regs;
	guint64 live = own->insns[pc].live;
	guint64 dead = s->touched & ~live;
	guint16 at = (guint16)pc;

	memcpy(state + own->pc, &at, sizeof(at));
	for (; dead; dead &= dead - 1)
		regs[__builtin_ctzll(dead)] = 0;
	if (own->reads >= 0 && !(live & LIVE_READS))
		memset(state + own->reads, 0, (gsize)s->layout->n_reads);
}

/* All of a thread's registers. */
static guint64 all_regs(const struct layout *l, int thread)
{
	int n = l->program->threads[thread].n_regs;

	return ~0ull >> (64 - MAX(n, 1));
}

void step_run(struct step *s)
{
	const struct slots *own = &s->layout->slots[s->thread];
	int pc = state_pc(own, s->state);
	const struct insn *insn = &own->insns[pc];
	bool may_choose = false;

	s->own = own;
	s->failure = FAILURE_NONE;
	s->dropped = s->stopped = false;
	s->cost = 0;
	/* No others can be anything but 0. */
	s->touched = insn->live & ~LIVE_READS;
	if (own->agent >= 0 && s->state[own->agent] == AGENT_PENDING) {
		begin_agent(s->layout, s->state, s->thread);
		s->touched = all_regs(s->layout, s->thread);
	} else if (insn->flags & INSN_LOCAL) {
		may_choose = true;
	} else {
		count_op(s, insn, pc);
		pc += run_shared(s, insn);
	}
	stop_at(s, run_locals(s, pc, may_choose));
}
