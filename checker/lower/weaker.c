// SPDX-License-Identifier: GPL-2.0-only
/*
 * The verdict in weaker memories: programs that are clean under sequential
 * consistency are searched again.
 */
#include "lower/meet.h"
#include "lower/trial.h"

/* The same in runs, of memories weaker than sequential consistency. */
#define PROGRAM_RUNS 2000
#define FINDING_RUNS 20000

static void run_weak(struct trial *t, const struct program *p, enum memory m,
		     struct weak_result *ret)
{
	const struct weak_limits limits = { .max_runs = PROGRAM_RUNS };

	weak_run(p, m, &limits, t->arena, ret);
	t->verdict->runs += ret->runs;
}

static void note_weak(struct trial *t, const struct clean *c, enum memory m,
		      const struct weak_result *r, const char *what)
{
	char *text = g_strdup_printf("%s under %s", what, memory_name(m));

	trial_note(t, &c->cast, text, r->runs, "runs");
	g_free(text);
}

/* NULL: it is about the finding. */
static const char *weak_fault(struct trial *t, const struct clean *c,
			      enum memory m, const struct program *control)
{
	struct weak_result r;

	run_weak(t, trial_others(t, c->program), m, &r);
	if (r.failure)
		return "it fails without the finding's function";
	if (!r.complete)
		return "the others are too large";
	if (!control)
		return "the window is not in the program";
	run_weak(t, control, m, &r);
	if (r.failure)
		return "the control fails too";
	return r.complete ? NULL : "the control is too large";
}

/* That a new place in a container is another key, is not in the code. */
static bool has_identity(const struct program *p)
{
	int i, k;

	for (i = 0; i < p->n_threads; i++)
		for (k = 0; k < p->threads[i].n_ops; k++)
			if (p->threads[i].ops[k].text == identity_text)
				return true;
	return false;
}

static void judge_weak(struct trial *t, const struct clean *c, enum memory m,
		       const struct weak_result *r)
{
	struct program *control = trial_control(t, &c->cast, c->program);
	const char *fault = weak_fault(t, c, m, control);
	struct verdict *v = t->verdict;
	bool shared = meet_always(t->flow, t->subject, c->program);

	note_weak(t, c, m, r, failure_text(r->failure));
	t->clean--;
	if (fault) {
		t->n_loose++;
		t->loose = t->loose ? t->loose : fault;
		return;
	}
	if (!shared)
		trial_assume(t, c->program, APART);
	trial_tell_place(t, c->program);
	v->kind = r->used_assumed || c->made.loose || !shared ||
		  has_identity(c->program) ?
			  VERDICT_CONFIRMED_IF : VERDICT_CONFIRMED_WEAK;
	v->memory = m;
	v->program = c->program;
	v->control = control;
	v->cast = trial_keep_cast(t, &c->cast, &c->made);
	v->weak = *r;
}

/*
 * The weakest memory first: what is clean there is so in the others. A failure
 * is told of the strongest memory that has one.
 */
static void try_weaker(struct trial *t, const struct clean *c)
{
	struct weak_result r, stronger;
	enum memory m;

	run_weak(t, c->program, t->memory, &r);
	if (!r.failure) {
		note_weak(t, c, t->memory, &r,
			  r.complete ? "clean" : "too large");
		t->clean -= !r.complete;
		*(c->cast.n > 2 ? &t->cut3 : &t->cut) += !r.complete;
		return;
	}
	for (m = MEMORY_TSO; m < t->memory; m++) {
		run_weak(t, c->program, m, &stronger);
		if (!stronger.failure)
			continue;
		r = stronger;
		break;
	}
	judge_weak(t, c, m, &r);
}

void trial_weaker(struct trial *t)
{
	struct verdict *v = t->verdict;
	guint i;

	for (i = 0; i < t->programs->len && v->kind == VERDICT_UNSUPPORTED &&
		    v->runs < FINDING_RUNS; i++) {
		const struct clean *c = &g_array_index(t->programs,
						       struct clean, i);

		t->subject = c->subject;
		try_weaker(t, c);
	}
	t->clean -= (int)(t->programs->len - i);
	t->untried += (int)(t->programs->len - i);
}
