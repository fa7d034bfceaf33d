// SPDX-License-Identifier: GPL-2.0-only
/*
 * A program with one thread before all others: a lock that exists nowhere else
 * is taken by thread 0 at the start, and released at its end, and the others
 * begin by taking it for reading.
 */
#include "lower/private.h"

#include <string.h>

static void *append(struct arena *a, const void *array, int n,
		    const void *element, size_t size)
{
	char *more = arena_alloc(a, (size_t)(n + 1) * size);

	memcpy(more, array, (size_t)n * size);
	memcpy(more + (size_t)n * size, element, size);
	return more;
}

static void add_gate(struct arena *a, struct program *p)
{
	static const struct field lock = { .name = "gate", .lock = true };
	static const int taken = -1; /* by thread 0 */
	struct object gate = { .name = "gate", .type = p->n_types,
			       .exists = true };
	struct type type = { .record = "gate", .n_fields = 1 };

	type.fields = arena_copy(a, &lock, sizeof(lock));
	gate.initial = arena_copy(a, &taken, sizeof(taken));
	p->types = append(a, p->types, p->n_types++, &type, sizeof(type));
	p->objects = append(a, p->objects, p->n_objects++, &gate,
			    sizeof(gate));
}

static struct op gate_op(struct arena *a, const struct program *p, bool take)
{
	const struct value number = { .kind = VALUE_CONST,
				      .number = p->n_objects };
	struct op op = { .kind = take ? OP_LOCK : OP_UNLOCK, .result = -1,
			 .lock = take ? LOCK_READ : LOCK_WRITE,
			 .text = "gate" };

	op.place.object = arena_copy(a, &number, sizeof(number));
	op.place.type = p->n_types - 1;
	return op;
}

static void open_at_end(struct arena *a, const struct program *p,
			struct thread *t)
{
	t->ops = append(a, t->ops, t->n_ops, &t->ops[t->n_ops - 1],
			sizeof(*t->ops));
	t->ops[t->n_ops - 1] = gate_op(a, p, false);
	t->n_ops++;
}

static void wait_at_start(struct arena *a, const struct program *p,
			  struct thread *t)
{
	struct op *ops = arena_new_array(a, struct op, t->n_ops + 1);
	int i;

	ops[0] = gate_op(a, p, true);
	memcpy(ops + 1, t->ops, (size_t)t->n_ops * sizeof(*ops));
	for (i = 1; i <= t->n_ops; i++)
		ops[i].target++;
	t->ops = ops;
	t->n_ops++;
}

struct program *program_behind(struct arena *a, const struct program *p)
{
	struct program *q = arena_copy(a, p, sizeof(*p));
	int i;

	q->threads = arena_copy(a, p->threads,
				(size_t)p->n_threads * sizeof(*p->threads));
	add_gate(a, q);
	open_at_end(a, q, &q->threads[0]);
	for (i = 1; i < q->n_threads; i++)
		if (!q->threads[i].agent)
			wait_at_start(a, q, &q->threads[i]);
	return q;
}
