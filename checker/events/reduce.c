// SPDX-License-Identifier: GPL-2.0-only
/*
 * Which steps need no interleaving. What an op reads and changes is known
 * before anything runs, by type and field, and so is what a thread may still
 * do from each of its ops on. Where the next op of a thread meets nothing that
 * the others may still do, it may as well come now: a persistent set of one.
 *
 * Objects of one type are taken for one here, and so are things whose numbers
 * are equal modulo the bits of a word: that only costs some of the gain.
 */
#include "events/state.h"

#define N_THINGS 61
#define BIT_RCU (1ull << 61)
#define BIT_QUEUES (1ull << 62)
#define BIT_AGENTS (1ull << 63)

struct things {
	const struct program *program;
	int *first;	/* of a type: its life; its fields come behind it */
	guint64 lives;	/* of all types */
	struct footprint *agents; /* of a thread that is one: all it may do */
};

static guint64 thing(int number)
{
	return 1ull << number % N_THINGS;
}

static guint64 life_of(const struct things *x, int type)
{
	return thing(x->first[type]);
}

/* What @v may be an object of, as lives. */
static guint64 lives_of(const struct things *x, const struct value *v)
{
	if (v->kind != VALUE_CONST || v->number < 1 ||
	    v->number > x->program->n_objects)
		return x->lives;
	return life_of(x, x->program->objects[v->number - 1].type);
}

static guint64 word_at(const struct things *x, const struct place *p)
{
	return thing(x->first[p->type] + 1 + p->field);
}

/* The words of the types whose life is among @lives, and these lives. */
static guint64 all_of(const struct things *x, guint64 lives)
{
	guint64 all = lives;
	int i, k;

	for (i = 0; i < x->program->n_types; i++)
		for (k = 0; lives & life_of(x, i) &&
			    k < x->program->types[i].n_fields; k++)
			all |= thing(x->first[i] + 1 + k);
	return all;
}

/* All that the thread ever asks for: what OP_RELAX may be waiting for. */
static guint64 asked_by(const struct things *x, const struct thread *t)
{
	guint64 asked = 0;
	int i;

	for (i = 0; i < t->n_ops; i++) {
		const struct op *op = &t->ops[i];

		if (op->kind == OP_LOAD || op->kind == OP_RMW ||
		    op->kind == OP_TRYLOCK)
			asked |= word_at(x, &op->place) |
				 life_of(x, op->place.type);
	}
	return asked;
}

static struct footprint footprint_of(const struct things *x,
				     const struct thread *t,
				     const struct op *op)
{
	struct footprint f = { 0 };

	switch (op->kind) {
	case OP_LOAD:
		f.reads = word_at(x, &op->place) |
			  life_of(x, op->place.type);
		break;
	case OP_STORE:
	case OP_RMW:
	case OP_LOCK:
	case OP_TRYLOCK:
	case OP_UNLOCK:
		f.reads = life_of(x, op->place.type);
		f.changes = word_at(x, &op->place);
		break;
	case OP_USE:
		f.reads = lives_of(x, op->value);
		break;
	case OP_FREE:
		f.changes = all_of(x, lives_of(x, op->value));
		break;
	case OP_ALLOC:
		f.changes = all_of(x, life_of(x, op->number));
		break;
	case OP_RCU_LOCK:
	case OP_RCU_UNLOCK:
		f.reads = BIT_RCU;
		break;
	case OP_SYNCHRONIZE:
		f.changes = BIT_RCU;
		break;
	/* who starts an agent may do what the agent does */
	case OP_CALL_RCU:
	case OP_START:
		f = x->agents[op->number];
		f.changes |= BIT_AGENTS | BIT_RCU;
		break;
	case OP_PREPARE:
	case OP_SCHEDULE:
	case OP_FINISH:
	case OP_WAKE:
		f.changes = BIT_QUEUES;
		break;
	case OP_RELAX:
		f.reads = asked_by(x, t);
		break;
	default: /* local */
		break;
	}
	return f;
}

static bool join(struct footprint *to, const struct footprint *from)
{
	struct footprint old = *to;

	to->reads |= from->reads;
	to->changes |= from->changes;
	return old.reads != to->reads || old.changes != to->changes;
}

/* An agent may begin again whenever it is started. */
static void whole_agent(struct footprint *future, int n_ops)
{
	struct footprint all = { .changes = BIT_AGENTS };
	int i;

	for (i = 0; i < n_ops; i++)
		join(&all, &future[i]);
	for (i = 0; i < n_ops; i++)
		future[i] = all;
}

static void fill_future(const struct thread *t, const struct footprint *now,
			struct footprint *future)
{
	bool changed = true;
	int i;

	while (changed) {
		changed = false;
		for (i = t->n_ops - 1; i >= 0; i--) {
			enum op_kind kind = t->ops[i].kind;

			changed |= join(&future[i], &now[i]);
			if (kind == OP_BRANCH || kind == OP_GOTO)
				changed |= join(&future[i],
						&future[t->ops[i].target]);
			if (kind != OP_GOTO && kind != OP_END &&
			    kind != OP_DROP)
				changed |= join(&future[i], &future[i + 1]);
		}
	}
	if (t->agent)
		whole_agent(future, t->n_ops);
}

static void fill_thread(struct layout *l, const struct things *x, int thread,
			struct arena *a)
{
	const struct thread *t = &l->program->threads[thread];
	int i;

	l->now[thread] = arena_new_array(a, struct footprint, t->n_ops);
	l->future[thread] = arena_new_array(a, struct footprint, t->n_ops);
	for (i = 0; i < t->n_ops; i++)
		l->now[thread][i] = footprint_of(x, t, &t->ops[i]);
	fill_future(t, l->now[thread], l->future[thread]);
	if (t->agent)
		x->agents[thread] = l->future[thread][0];
}

void reduce_init(struct layout *l, struct arena *a)
{
	const struct program *p = l->program;
	struct things x = { .program = p };
	int i, k, n = 0;

	x.first = arena_new_array(a, int, p->n_types);
	for (i = 0; i < p->n_types; i++) {
		x.first[i] = n;
		n += 1 + p->types[i].n_fields;
		x.lives |= life_of(&x, i);
	}
	l->now = arena_new_array(a, struct footprint *, p->n_threads);
	l->future = arena_new_array(a, struct footprint *, p->n_threads);
	x.agents = arena_new_array(a, struct footprint, p->n_threads);
	/* agents may start each other */
	for (k = 0; k < p->n_threads; k++)
		for (i = 0; i < p->n_threads; i++)
			if (p->threads[i].agent)
				fill_thread(l, &x, i, a);
	for (i = 0; i < p->n_threads; i++)
		if (!p->threads[i].agent)
			fill_thread(l, &x, i, a);
}

static bool meets(const struct footprint *a, const struct footprint *b)
{
	return (a->changes & (b->reads | b->changes)) ||
	       (a->reads & b->changes);
}

static const struct footprint *may_do(const struct layout *l,
				      const gint8 *state, int thread)
{
	static const struct footprint nothing;
	int agent = l->slots[thread].agent;

	if (agent >= 0 && state[agent] == AGENT_ASLEEP)
		return &nothing;
	return &l->future[thread][state_pc(l, state, thread)];
}

int reduce_pick(const struct layout *l, const gint8 *state, const int *ways)
{
	const struct footprint *future[STATE_MAX_THREADS];
	int n = l->program->n_threads, i, k, pc;

	for (i = 0; i < n; i++)
		future[i] = may_do(l, state, i);
	for (i = 0; i < n; i++) {
		pc = state_pc(l, state, i);
		if (!ways[i] || !l->facts[i][pc].plain)
			continue;
		for (k = 0; k < n; k++)
			if (k != i && meets(&l->now[i][pc], future[k]))
				break;
		if (k == n)
			return i;
	}
	return -1;
}
