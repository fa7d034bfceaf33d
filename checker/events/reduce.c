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
	case OP_CALL_RCU:
		f.changes = BIT_RCU | BIT_AGENTS;
		break;
	case OP_START:
		f.changes = BIT_AGENTS;
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
	for (i = 0; i < p->n_threads; i++) {
		const struct thread *t = &p->threads[i];

		l->now[i] = arena_new_array(a, struct footprint, t->n_ops);
		l->future[i] = arena_new_array(a, struct footprint, t->n_ops);
		for (k = 0; k < t->n_ops; k++)
			l->now[i][k] = footprint_of(&x, t, &t->ops[k]);
		fill_future(t, l->now[i], l->future[i]);
	}
}

/* One step, whatever others do: no wait, no choice. */
static bool is_plain(const struct op *op)
{
	switch (op->kind) {
	case OP_LOAD:
	case OP_STORE:
	case OP_RMW:
	case OP_USE:
	case OP_LOCK:
	case OP_TRYLOCK:
	case OP_UNLOCK:
	case OP_FREE:
	case OP_RCU_LOCK:
	case OP_RCU_UNLOCK:
		return true;
	default:
		return false;
	}
}

static bool meets(const struct footprint *a, const struct footprint *b)
{
	return (a->changes & (b->reads | b->changes)) ||
	       (a->reads & b->changes);
}

int reduce_pick(const struct layout *l, const gint8 *state, const int *ways)
{
	int n = l->program->n_threads, pc[STATE_MAX_THREADS], i, k;

	for (i = 0; i < n; i++)
		pc[i] = state_pc(l, state, i);
	for (i = 0; i < n; i++) {
		if (!ways[i] || l->program->threads[i].agent ||
		    !is_plain(l->facts[i][pc[i]].op))
			continue;
		for (k = 0; k < n; k++)
			if (k != i && meets(&l->now[i][pc[i]],
					    &l->future[k][pc[k]]))
				break;
		if (k == n)
			return i;
	}
	return -1;
}
