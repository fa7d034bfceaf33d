// SPDX-License-Identifier: GPL-2.0-only
/*
 * Where in a state everything lies, and which registers are dead where.
 */
#include <string.h>

#include "events/forms.h"
#include "events/state.h"

static bool is_called_by_rcu(const struct program *p, int thread)
{
	int i, j;

	for (i = 0; i < p->n_threads; i++)
		for (j = 0; j < p->threads[i].n_ops; j++)
			if (p->threads[i].ops[j].kind == OP_CALL_RCU &&
			    p->threads[i].ops[j].number == thread)
				return true;
	return false;
}

static int reserve(struct layout *l, bool needed, int size)
{
	int offset = l->size;

	if (!needed)
		return -1;
	l->size += size;
	return offset;
}

static void place_thread(struct layout *l, int thread)
{
	const struct thread *t = &l->program->threads[thread];
	struct slots *s = &l->slots[thread];

	s->regs = reserve(l, true, t->n_regs);
	s->queue = reserve(l, thread_has_op(t, OP_PREPARE), 1);
	s->depth = reserve(l, thread_has_op(t, OP_RCU_LOCK), 1);
	s->mask = reserve(l, thread_has_op(t, OP_SYNCHRONIZE) ||
			  is_called_by_rcu(l->program, thread), 1);
	s->agent = reserve(l, t->agent, 1);
	s->arg = reserve(l, t->agent, 1);
	s->reads = reserve(l, thread_has_op(t, OP_RELAX), l->n_reads);
}

static void place_objects(struct layout *l)
{
	const struct program *p = l->program;
	int i;

	for (i = 0; i < p->n_objects; i++)
		l->life[i] = reserve(l, true, 1);
	l->first_word = l->size;
	for (i = 0; i < p->n_objects; i++)
		l->words[i] = reserve(l, true,
				      p->types[p->objects[i].type].n_fields);
	l->n_words = l->size - l->first_word;
	l->n_reads = 1 + (l->n_words + 7) / 8;
}

static guint64 regs_of(const struct value *v)
{
	if (!v || v->kind == VALUE_CONST)
		return 0;
	if (v->kind == VALUE_REG)
		return 1ull << v->number;
	return regs_of(v->a) | regs_of(v->b);
}

/* What @op reads. */
static guint64 used_by(const struct op *op)
{
	const char *operand = form_of(op)->operands;
	guint64 used = op->kind == OP_RELAX ? LIVE_READS : 0;

	for (; *operand; operand++) {
		if (*operand == 'v')
			used |= regs_of(op->value);
		else if (*operand == 'e')
			used |= regs_of(op->expected);
		else if (*operand == 'p')
			used |= regs_of(op->place.object);
	}
	return used;
}

/* What the op sets. */
static guint64 set_by(const struct op *op)
{
	return g_ascii_toupper(*form_of(op)->operands) == 'R' &&
	       op->result >= 0 ? 1ull << op->result : 0;
}

/* The registers that an op reads and sets. */
struct effect {
	guint64 used, set;
};

static guint64 live_before(const struct thread *t, int i,
			   const struct op_facts *facts,
			   const struct effect *effect)
{
	const struct op *op = &t->ops[i];
	guint64 after = 0;

	if (op->kind == OP_BRANCH || op->kind == OP_GOTO)
		after |= facts[op->target].live;
	if (op->kind != OP_GOTO && op->kind != OP_END && op->kind != OP_DROP)
		after |= facts[i + 1].live;
	return (after & ~effect->set) | effect->used;
}

static bool is_ready(const struct thread *t, const struct op *op)
{
	switch (op->kind) {
	case OP_CHOOSE:
	case OP_END:
	case OP_LOCK:
	case OP_SCHEDULE:
	case OP_RELAX:
	case OP_SYNCHRONIZE:
		return false;
	default:
		return !t->agent;
	}
}

static struct op_facts *find_facts(const struct thread *t, struct arena *a)
{
	struct op_facts *facts = arena_new_array(a, struct op_facts, t->n_ops);
	struct effect *effects = arena_new_array(a, struct effect, t->n_ops);
	bool changed = true;
	int i;

	for (i = 0; i < t->n_ops; i++) {
		effects[i].used = used_by(&t->ops[i]);
		effects[i].set = set_by(&t->ops[i]);
		facts[i].op = &t->ops[i];
		facts[i].ready = is_ready(t, &t->ops[i]);
		facts[i].local = op_is_local(t->ops[i].kind);
	}
	while (changed) {
		changed = false;
		for (i = t->n_ops - 1; i >= 0; i--) {
			guint64 before = live_before(t, i, facts,
						     &effects[i]);

			changed |= before != facts[i].live;
			facts[i].live = before;
		}
	}
	return facts;
}

void layout_init(struct layout *l, const struct program *p, struct arena *a)
{
	int i;

	memset(l, 0, sizeof(*l));
	l->program = p;
	l->slots = arena_new_array(a, struct slots, p->n_threads);
	l->words = arena_new_array(a, int, p->n_objects);
	l->life = arena_new_array(a, int, p->n_objects);
	/* First, for the alignment of two bytes. */
	for (i = 0; i < p->n_threads; i++)
		l->slots[i].pc = reserve(l, true, 2);
	place_objects(l);
	for (i = 0; i < p->n_threads; i++) {
		place_thread(l, i);
		l->slots[i].facts = find_facts(&p->threads[i], a);
		l->relaxes |= l->slots[i].reads >= 0;
	}
	l->size = (l->size + 7) & ~7;
}

void layout_start(const struct layout *l, gint8 *ret_state)
{
	const struct program *p = l->program;
	int i, j;

	for (i = 0; i < p->n_objects; i++) {
		const struct object *o = &p->objects[i];

		if (!o->exists)
			continue;
		ret_state[l->life[i]] = LIFE_HERE;
		for (j = 0; j < p->types[o->type].n_fields; j++)
			ret_state[l->words[i] + j] = (gint8)o->initial[j];
	}
	for (i = 0; i < p->n_threads; i++)
		for (j = 0; !p->threads[i].agent && j < p->threads[i].n_regs;
		     j++)
			ret_state[l->slots[i].regs + j] =
				(gint8)p->threads[i].initial[j];
}
