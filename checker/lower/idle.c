// SPDX-License-Identifier: GPL-2.0-only
/*
 * How many references an object has that nobody else uses: a function that
 * takes it for itself by compare and exchange of the count with 0 (a freeze)
 * knows. What it compares with may hang on flags, so it runs alone up to there.
 */
#include "lower/private.h"

#include "events/machine.h"

/* References of an idle object: more are no idle object's. */
#define MAX_IDLE 8
#define MAX_STATES 1000

static bool is_freeze(const struct op *op, int type, int field)
{
	int n;

	return op->kind == OP_RMW && op->rmw == RMW_CMPXCHG &&
	       op->place.type == type && op->place.field == field &&
	       value_is_const(op->value, &n) && n == 0;
}

/* Thread @nth alone, up to op @at, which asserts @v instead. */
static void run_alone(struct builder *b, const struct program *p, int nth,
		      int at, const struct value *v,
		      struct machine_result *ret)
{
	static const struct op end = { .kind = OP_END, .result = -1 };
	const struct machine_limits limits = { .max_states = MAX_STATES };
	struct arena *a = b->arena;
	struct program alone = *p;
	struct thread *t;
	int i;

	alone.n_invariants = 0;
	alone.threads = arena_copy(a, p->threads, (size_t)p->n_threads *
						  sizeof(*p->threads));
	for (i = 0; i < p->n_threads; i++) {
		t = &alone.threads[i];
		t->ops = arena_copy(a, t->ops, (size_t)t->n_ops *
					       sizeof(*t->ops));
		if (i != nth)
			t->ops[0] = end;
	}
	t = &alone.threads[nth];
	t->ops[at] = (struct op){ .kind = OP_ASSERT, .result = -1, .value = v };
	t->ops[at + 1] = end;
	machine_search(b->shared->machine, &alone, &limits, a, ret);
}

/* What the freeze at this op compares the count with; 0: nobody knows. */
static int frozen_at(struct builder *b, const struct program *p, int nth,
		     int at)
{
	const struct value *expected = p->threads[nth].ops[at].expected;
	struct machine_result r = { 0 };
	int n;

	run_alone(b, p, nth, at, value_const(b, 0, NULL), &r);
	if (!r.failures || r.schedule[r.n_schedule - 1].op != at)
		return 0;
	for (n = 1; n <= MAX_IDLE; n++) {
		run_alone(b, p, nth, at,
			  value_binary(b, OP2('=', '='), expected,
				       value_const(b, n, NULL)), &r);
		if (r.complete && !r.failures)
			return n;
	}
	return 0;
}

int idle_references(struct builder *b, const struct program *p, int type,
		    int field, int *ret_thread)
{
	int i, k, n = 0;

	for (i = 0; i < p->n_threads && !n; i++) {
		*ret_thread = i;
		for (k = 0; k < p->threads[i].n_ops && !n; k++)
			if (is_freeze(&p->threads[i].ops[k], type, field))
				n = frozen_at(b, p, i, k);
	}
	return n;
}
