// SPDX-License-Identifier: GPL-2.0-only
/*
 * Conditions that nobody knows, and that do not matter: the program fails in
 * the same way whichever way they go. Only of conditions that no loop asks
 * again; of a few in one run.
 */
#include "lower/trial.h"

#include <string.h>

#include "lower/meet.h"

/* Conditions at a time: two ways each, and a search a way. */
#define MOST_CHOICES 3

/* An op of a program. */
struct spot_of_op {
	int thread, op;
};

struct either {
	struct trial *trial;
	enum failure failure;
	const struct program *whole; /* without what keeps threads apart */
	GArray *choices;	/* struct spot_of_op: they do not matter */
};

static struct program *copy_program(struct arena *a, const struct program *p,
				    int thread)
{
	struct program *copy = arena_copy(a, p, sizeof(*p));
	struct thread *t;

	copy->threads = arena_copy(a, p->threads, (size_t)p->n_threads *
						  sizeof(*p->threads));
	t = &copy->threads[thread];
	t->ops = arena_copy(a, t->ops, (size_t)t->n_ops * sizeof(*t->ops));
	return copy;
}

static struct program *with_choice(struct arena *a, const struct program *p,
				   struct spot_of_op at, int choice)
{
	struct program *copy = copy_program(a, p, at.thread);
	struct op *op = &copy->threads[at.thread].ops[at.op];
	struct value *v = arena_new_object(a, struct value);

	v->kind = VALUE_CONST;
	v->number = choice;
	op->kind = OP_SET;
	op->value = v;
	op->assumed = false;
	return copy;
}

static bool may_repeat(const struct thread *t, int op)
{
	int i;

	for (i = op; i < t->n_ops; i++)
		if ((t->ops[i].kind == OP_BRANCH ||
		     t->ops[i].kind == OP_GOTO) && t->ops[i].target <= op)
			return true;
	return false;
}

/* The first condition of the run that nobody knows. */
static bool find_choice(const struct program *p,
			const struct machine_result *run,
			struct spot_of_op *ret)
{
	int i;

	for (i = 0; i < run->n_schedule; i++) {
		const struct transition *s = &run->schedule[i];
		const struct thread *t = &p->threads[s->thread];

		if (!t->ops[s->op].assumed)
			continue;
		*ret = (struct spot_of_op){ s->thread, s->op };
		return !may_repeat(t, s->op);
	}
	return false;
}

/* Do the threads meet that this run has at a time? */
static bool are_met(const struct either *e, const struct program *p,
		    const struct machine_result *run)
{
	const struct trial *t = e->trial;
	struct machine_result mapped = *run;

	meet_map(t->arena, p, &mapped);
	return meet_all(t->flow, t->subject, e->whole, &mapped);
}

/* That it is another object by then, is a guess, and no failure of its own. */
static bool fails_so(const struct either *e, const struct program *p,
		     const struct machine_result *run)
{
	return run->failure == e->failure && run->what != identity_text &&
	       !trial_is_no_race(e->trial, run) &&
	       !trial_misses_window(p, run) && are_met(e, p, run);
}

static bool fails_anyhow(struct either *e, const struct program *p,
			 const struct machine_result *run, int depth)
{
	struct machine_result result;
	struct spot_of_op at;
	int i, n;

	if (!fails_so(e, p, run))
		return false;
	if (!run->used_assumed)
		return true;
	if (depth >= MOST_CHOICES || !find_choice(p, run, &at))
		return false;
	g_array_append_val(e->choices, at);
	n = p->threads[at.thread].ops[at.op].number;
	for (i = 0; i < n; i++) {
		const struct program *one = with_choice(e->trial->arena, p, at,
							i);

		memset(&result, 0, sizeof(result));
		trial_run(e->trial, one, false, &result);
		if (!result.failures ||
		    !fails_anyhow(e, one, &result, depth + 1))
			return false;
	}
	return true;
}

struct program *trial_either(struct trial *t, const struct program *p,
			     const struct program *whole,
			     const struct machine_result *run)
{
	struct either e = { .trial = t, .failure = run->failure,
			    .whole = whole };
	struct program *copy = NULL;
	guint i;

	if (!run->used_assumed)
		return NULL;
	e.choices = g_array_new(FALSE, FALSE, sizeof(struct spot_of_op));
	if (fails_anyhow(&e, p, run, 0)) {
		copy = arena_copy(t->arena, p, sizeof(*p));
		for (i = 0; i < e.choices->len; i++) {
			struct spot_of_op at = g_array_index(
				e.choices, struct spot_of_op, i);

			copy = copy_program(t->arena, copy, at.thread);
			copy->threads[at.thread].ops[at.op].assumed = false;
		}
	}
	g_array_unref(e.choices);
	return copy;
}
