// SPDX-License-Identifier: GPL-2.0-only
/*
 * Where in a state everything lies.
 */
#include <string.h>

#include "events/state.h"

/* Which ops a program has: one bit a kind. */
struct kinds {
	guint64 of[STATE_MAX_THREADS];
	unsigned int called;	/* by RCU: one bit a thread */
};

static void find_kinds(const struct program *p, struct kinds *ret)
{
	int i, k;

	memset(ret, 0, sizeof(*ret));
	for (i = 0; i < p->n_threads; i++)
		for (k = 0; k < p->threads[i].n_ops; k++) {
			const struct op *op = &p->threads[i].ops[k];

			ret->of[i] |= 1ull << op->kind;
			if (op->kind == OP_CALL_RCU)
				ret->called |= 1u << op->number;
		}
}

static int to_words(int size)
{
	return (size + 7) & ~7;
}

static int reserve(struct layout *l, bool needed, int size)
{
	int offset = l->size;

	if (!needed)
		return -1;
	l->size += size;
	return offset;
}

static void place_thread(struct layout *l, const struct kinds *kinds,
			 int thread)
{
	const struct thread *t = &l->program->threads[thread];
	struct slots *s = &l->slots[thread];
	guint64 has = kinds->of[thread];

	s->queue = reserve(l, has >> OP_PREPARE & 1, 1);
	s->depth = reserve(l, has >> OP_RCU_LOCK & 1, 1);
	s->mask = reserve(l, (has >> OP_SYNCHRONIZE & 1) ||
			  kinds->called >> thread & 1, 1);
	s->agent = reserve(l, t->agent, 1);
	s->arg = reserve(l, t->agent, 1);
	s->reads = reserve(l, has >> OP_RELAX & 1, l->n_reads);
}

/* What only the thread itself reads and changes. */
static void place_parts(struct layout *l)
{
	const struct program *p = l->program;
	int i, n_regs = 0;

	for (i = 0; i < p->n_threads; i++)
		n_regs = MAX(n_regs, p->threads[i].n_regs);
	l->part = to_words(PART_REGS + n_regs);
	for (i = 0; i < p->n_threads; i++) {
		struct slots *s = &l->slots[i];

		s->pc = reserve(l, true, l->part);
		s->regs = s->pc + PART_REGS;
	}
}

static void place_objects(struct layout *l)
{
	const struct program *p = l->program;
	int i;

	for (i = 0; i < p->n_objects; i++)
		l->objects[i].life = reserve(l, true, 1);
	l->first_word = l->size;
	for (i = 0; i < p->n_objects; i++) {
		l->objects[i].type = p->objects[i].type;
		l->objects[i].words = reserve(
			l, true, p->types[p->objects[i].type].n_fields);
	}
	l->n_words = l->size - l->first_word;
	l->n_reads = 1 + (l->n_words + 7) / 8;
}

void layout_init(struct layout *l, const struct program *p, struct arena *a)
{
	struct kinds kinds;
	int i;

	find_kinds(p, &kinds);
	memset(l, 0, sizeof(*l));
	l->program = p;
	l->slots = arena_new_array(a, struct slots, p->n_threads);
	l->objects = arena_new_array(a, struct object_slots, p->n_objects);
	place_objects(l);
	for (i = 0; i < p->n_threads; i++) {
		place_thread(l, &kinds, i);
		l->relaxes |= l->slots[i].reads >= 0;
	}
	/* One word at least, also where nothing is shared. */
	l->size = l->shared = MAX(to_words(l->size), 8);
	place_parts(l);
	layout_compile(l, a);
}

void layout_start(const struct layout *l, gint8 *ret_state)
{
	const struct program *p = l->program;
	int i, j;

	for (i = 0; i < p->n_objects; i++) {
		const struct object *o = &p->objects[i];

		if (!o->exists)
			continue;
		ret_state[l->objects[i].life] = LIFE_HERE;
		for (j = 0; j < p->types[o->type].n_fields; j++)
			ret_state[l->objects[i].words + j] = (gint8)o->initial[j];
	}
	for (i = 0; i < p->n_threads; i++) {
		ret_state[l->slots[i].pc + PART_THREAD] = (gint8)i;
		for (j = 0; !p->threads[i].agent && j < p->threads[i].n_regs;
		     j++)
			ret_state[l->slots[i].regs + j] =
				(gint8)p->threads[i].initial[j];
	}
}
