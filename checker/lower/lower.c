// SPDX-License-Identifier: GPL-2.0-only
/* The verdict: casts are tried in their order until one confirms the finding. */
#include "lower/lower.h"

#include <string.h>

#include "lower/private.h"

/* States that one program, and all of a finding, may have. */
#define PROGRAM_STATES 10000
#define FINDING_STATES 40000
/* The same in runs, of memories weaker than sequential consistency. */
#define PROGRAM_RUNS 2000
#define FINDING_RUNS 20000

/* A program that is clean under sequential consistency. */
struct clean {
	struct cast cast;
	struct program *program;
	struct made made;
};

struct trial {
	const struct flow *flow;
	const struct subject *subject;
	enum memory memory;	/* the weakest that is asked for */
	struct arena *arena;
	struct verdict *verdict;
	GArray *cleans;		/* struct clean */
	const char *why;	/* the first program that could not be made */
	const char *loose;	/* the first whose control fails */
	guint n_programs;
	int clean, cut, n_loose, untried;
	GPtrArray *tried;	/* const char * */
};

const char *verdict_name(enum verdict_kind kind)
{
	static const char *const names[] = {
		[VERDICT_CONFIRMED] = "confirmed",
		[VERDICT_CONFIRMED_WEAK] = "confirmed-weak",
		[VERDICT_CONFIRMED_IF] = "confirmed-if",
		[VERDICT_NOT_REPRODUCED] = "not-reproduced",
		[VERDICT_INCONCLUSIVE] = "inconclusive",
		[VERDICT_UNSUPPORTED] = "unsupported",
	};

	return names[kind];
}

static void run(struct trial *t, const struct program *p,
		struct machine_result *ret)
{
	const struct machine_limits limits = { .max_states = PROGRAM_STATES };

	machine_run(p, &limits, t->arena, ret);
	t->verdict->states += ret->states;
}

static void append_script(GString *s, const struct script *script)
{
	int i;

	for (i = 0; i < script->n; i++)
		g_string_append_printf(s, "%s%s()", i ? " " : "",
				       script->calls[i]->func->name);
}

/* Writes down what became of a cast, and how many @units that took. */
static void note_count(struct trial *t, const struct cast *cast,
		       const char *what, guint64 count, const char *units)
{
	GString *s = g_string_new(NULL);
	int i;

	for (i = 0; i < cast->n; i++) {
		g_string_append(s, i ? " | " : "");
		append_script(s, &cast->threads[i]);
	}
	g_string_append_printf(s, ": %s, %" G_GUINT64_FORMAT " %s", what,
			       count, units);
	g_ptr_array_add(t->tried, (gpointer)g_intern_string(s->str));
	g_string_free(s, TRUE);
}

static void note(struct trial *t, const struct cast *cast, const char *what,
		 guint64 states)
{
	note_count(t, cast, what, states, "states");
}

static struct program *make(struct trial *t, const struct cast *cast,
			    const struct program *broken, struct made *ret)
{
	struct program *p = cast_program(t->flow, t->subject, cast, broken,
					 t->arena, ret);

	if (!p)
		note(t, cast, ret->why, 0);
	if (!p && !t->why)
		t->why = g_intern_string(ret->why);
	g_clear_pointer(&ret->why, g_free);
	return p;
}

static struct program *control_of(struct trial *t, const struct cast *cast,
				  const struct program *p)
{
	struct made made;

	if (t->subject->remedy == REMEDY_ATOMIC)
		return program_control(t->arena, p);
	return make(t, cast, p, &made);
}

static void tell_loose(struct trial *t, const struct cast *cast,
		       const struct program *p,
		       const struct machine_result *result, const char *why)
{
	char *text = g_strdup_printf("%s, but %s",
				     failure_text(result->failure), why);

	note(t, cast, text, result->states);
	t->n_loose++;
	if (!t->loose)
		t->loose = why;
	g_free(text);
}

/* Why the control says nothing; interned. */
static const char *control_fault(const struct program *control,
				 const struct machine_result *clean)
{
	const char *kept;
	char *text;

	if (!control)
		return "the window is not in the program";
	if (!clean->failures)
		return "the control is too large";
	text = g_strdup_printf("the control fails too (%s)",
			       failure_text(clean->failure));
	kept = g_intern_string(text);
	g_free(text);
	return kept;
}

/*
 * The control's lock is taken inside and outside of the program's own: where
 * that alone blocks a run, somebody was about to look into the window, and
 * could not.
 */
static bool is_clean(const struct machine_result *control,
		     const struct machine_result *program)
{
	const unsigned int stuck = 1u << FAILURE_DEADLOCK |
				   1u << FAILURE_LIVELOCK;

	return control->complete && !(control->failures & ~stuck) &&
	       !(control->failures & program->failures);
}

/*
 * Of a reference that is added there is no window: callers' locks that nobody
 * knows may let the repaired code fail in ways of its own. That what the
 * finding leads to is gone still says something, with that condition.
 */
static bool is_cured(const struct subject *s,
		     const struct machine_result *control,
		     const struct machine_result *program)
{
	return s->remedy == REMEDY_PAIR && control->complete &&
	       control->failures && !(control->failures >> program->failure & 1);
}

static bool takes(const struct thread *t, const struct place *lock)
{
	int i;

	for (i = 0; i < t->n_ops; i++)
		if ((t->ops[i].kind == OP_LOCK ||
		     t->ops[i].kind == OP_TRYLOCK) &&
		    t->ops[i].place.type == lock->type &&
		    t->ops[i].place.field == lock->field)
			return true;
	return false;
}

/* Is there a lock that thread 0 and another one take? */
static bool share_lock(const struct program *p)
{
	const struct thread *t = &p->threads[0];
	int i, k;

	for (i = 0; i < t->n_ops; i++)
		for (k = 1; t->ops[i].kind == OP_LOCK && k < p->n_threads; k++)
			if (takes(&p->threads[k], &t->ops[i].place))
				return true;
	return false;
}

#define APART "nothing that callers hold keeps these CPUs apart: they share " \
	      "no lock here"

static void assume(struct trial *t, struct program *p, const char *text)
{
	struct assumption *more = arena_new_array(t->arena, struct assumption,
						  p->n_assumptions + 1);

	memcpy(more, p->assumptions,
	       (size_t)p->n_assumptions * sizeof(*more));
	more[p->n_assumptions].text = text;
	p->assumptions = more;
	p->n_assumptions++;
}

/* The same without the finding's function. */
static struct program *others_of(struct trial *t, const struct program *p)
{
	static const struct op end = { .kind = OP_END, .result = -1 };
	struct program *others = arena_copy(t->arena, p, sizeof(*p));

	others->threads = arena_copy(t->arena, p->threads,
				     (size_t)p->n_threads *
					     sizeof(*p->threads));
	others->threads[0].ops = arena_copy(t->arena, &end, sizeof(end));
	others->threads[0].n_ops = 1;
	return others;
}

/* Do the other CPUs fail among themselves? Then it is not about the finding. */
static bool fails_alone(struct trial *t, const struct program *p)
{
	const unsigned int stuck = 1u << FAILURE_DEADLOCK |
				   1u << FAILURE_LIVELOCK;
	struct machine_result result = { 0 };

	run(t, others_of(t, p), &result);
	return result.failures & ~stuck;
}

/* With the flags that it starts with, so that others can start so. */
static struct cast *keep_cast(struct trial *t, const struct cast *cast,
			      const struct made *made)
{
	struct cast *kept = arena_copy(t->arena, cast, sizeof(*cast));

	kept->given = made->start;
	kept->n_given = made->n_start;
	return kept;
}

/* The program fails: does it say anything about the finding? */
static void judge(struct trial *t, const struct cast *cast, struct program *p,
		  const struct machine_result *result, const struct made *made)
{
	struct program *control = control_of(t, cast, p);
	struct machine_result clean = { 0 };
	struct verdict *v = t->verdict;
	bool other;
	enum verdict_kind kind = result->used_assumed || made->loose ||
				 p->start == START_GUESSED ?
				 VERDICT_CONFIRMED_IF : VERDICT_CONFIRMED;

	/* one thread after the other: that is no race */
	if (t->subject->remedy == REMEDY_ATOMIC && !result->preemptions) {
		tell_loose(t, cast, p, result, "it fails without a race");
		return;
	}
	if (fails_alone(t, p)) {
		tell_loose(t, cast, p, result,
			   "it fails without the finding's function");
		return;
	}
	if (control)
		run(t, control, &clean);
	other = control && is_cured(t->subject, &clean, result);
	if (other)
		kind = VERDICT_CONFIRMED_IF;
	if (!other && (!control || !is_clean(&clean, result))) {
		tell_loose(t, cast, p, result, control_fault(control, &clean));
		return;
	}
	if (!share_lock(p)) {
		kind = VERDICT_CONFIRMED_IF;
		assume(t, p, APART);
	}
	if (other)
		assume(t, p, "the repaired code fails too, but in another way");
	note(t, cast, failure_text(result->failure), result->states);
	if (kind >= v->kind)
		return;
	v->kind = kind;
	v->program = p;
	v->control = control;
	v->cast = keep_cast(t, cast, made);
	v->run = *result;
}

static void keep_clean(struct trial *t, const struct cast *cast,
		       struct program *p, const struct made *made)
{
	const struct clean c = { *cast, p, *made };

	g_array_append_val(t->cleans, c);
}

static void try_cast(struct trial *t, const struct cast *cast)
{
	struct machine_result result = { 0 };
	struct verdict *v = t->verdict;
	struct program *p;
	struct made made;

	p = make(t, cast, NULL, &made);
	if (!p)
		return;
	run(t, p, &result);
	if (result.failures) {
		judge(t, cast, p, &result, &made);
		return;
	}
	note(t, cast, result.complete ? "clean" :
	     result.dropped ? "a value does not fit" : "too large",
	     result.states);
	if (!result.complete) {
		t->cut++;
		return;
	}
	t->clean++;
	keep_clean(t, cast, p, &made);
	if (v->kind == VERDICT_UNSUPPORTED &&
	    (!v->program || result.states > v->run.states)) {
		v->program = p;
		v->run = result;
	}
}

/* ---- weaker memories ---- */

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

	note_count(t, &c->cast, text, r->runs, "runs");
	g_free(text);
}

/* NULL: it is about the finding. */
static const char *weak_fault(struct trial *t, const struct clean *c,
			      enum memory m, const struct program *control)
{
	struct weak_result r;

	run_weak(t, others_of(t, c->program), m, &r);
	if (r.failure)
		return "it fails without the finding's function";
	if (!control)
		return "the window is not in the program";
	run_weak(t, control, m, &r);
	if (r.failure)
		return "the control fails too";
	return r.complete ? NULL : "the control is too large";
}

static void judge_weak(struct trial *t, const struct clean *c, enum memory m,
		       const struct weak_result *r)
{
	struct program *control = control_of(t, &c->cast, c->program);
	const char *fault = weak_fault(t, c, m, control);
	struct verdict *v = t->verdict;
	bool shared = share_lock(c->program);

	note_weak(t, c, m, r, failure_text(r->failure));
	t->clean--;
	if (fault) {
		t->n_loose++;
		t->loose = t->loose ? t->loose : fault;
		return;
	}
	if (!shared)
		assume(t, c->program, APART);
	v->kind = r->used_assumed || c->made.loose || !shared ?
			  VERDICT_CONFIRMED_IF : VERDICT_CONFIRMED_WEAK;
	v->memory = m;
	v->program = c->program;
	v->control = control;
	v->cast = keep_cast(t, &c->cast, &c->made);
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
		t->cut += !r.complete;
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

static void try_weaker_all(struct trial *t)
{
	struct verdict *v = t->verdict;
	guint i;

	for (i = 0; i < t->cleans->len && v->kind == VERDICT_UNSUPPORTED &&
		    v->runs < FINDING_RUNS; i++)
		try_weaker(t, &g_array_index(t->cleans, struct clean, i));
	t->clean -= (int)(t->cleans->len - i);
	t->untried += (int)(t->cleans->len - i);
}

static void conclude(struct trial *t)
{
	struct verdict *v = t->verdict;
	char *text;

	if (v->kind != VERDICT_UNSUPPORTED)
		return;
	if (t->clean && !t->n_loose && !t->cut && !t->untried) {
		v->kind = VERDICT_NOT_REPRODUCED;
	} else if (t->clean || t->cut) {
		v->kind = VERDICT_INCONCLUSIVE;
		text = g_strdup_printf("of %u programs %d are clean, "
				       "%d too large, %d tell nothing, "
				       "%d were left out", t->n_programs,
				       t->clean, t->cut, t->n_loose,
				       t->untried);
		v->why = g_intern_string(text);
		g_free(text);
	} else {
		v->why = t->loose ? t->loose : t->why ? t->why :
			 "no other function of the unit has a part in it";
	}
}

/* @count casts, until one confirms the finding. */
static void try_casts(const struct flow *fl, const struct subject *s,
		      enum memory memory, const struct cast *casts,
		      guint count, struct arena *a, struct verdict *ret)
{
	struct trial t = { .flow = fl, .subject = s, .memory = memory,
			   .arena = a, .verdict = ret, .n_programs = count,
			   .cleans = g_array_new(FALSE, FALSE,
						 sizeof(struct clean)),
			   .tried = g_ptr_array_new() };
	guint i;

	for (i = 0; i < count && ret->kind != VERDICT_CONFIRMED &&
		    ret->states < FINDING_STATES; i++)
		try_cast(&t, &casts[i]);
	t.untried = (int)(count - i);
	if (memory != MEMORY_SC && ret->kind == VERDICT_UNSUPPORTED) {
		ret->memory = memory;
		try_weaker_all(&t);
	}
	conclude(&t);
	g_array_unref(t.cleans);
	ret->n_tried = (int)t.tried->len;
	ret->tried = arena_copy(a, t.tried->pdata,
				t.tried->len * sizeof(char *));
	g_ptr_array_unref(t.tried);
}

static bool verdict_begin(struct verdict *v, const struct subject *s)
{
	memset(v, 0, sizeof(*v));
	v->kind = VERDICT_UNSUPPORTED;
	if (s->in && (s->object || s->flag.name))
		return true;
	v->why = "what it is about has no name here";
	return false;
}

void lower_verdict(const struct flow *fl, const struct subject *s,
		   enum memory memory, struct arena *a, struct verdict *ret)
{
	GArray *casts;

	if (!verdict_begin(ret, s))
		return;
	casts = casts_of(fl, s, a);
	try_casts(fl, s, memory, (const struct cast *)casts->data, casts->len,
		  a, ret);
	g_array_unref(casts);
}

/* ---- the same on other source ---- */

/* The function of this flow that goes by the name of that one. */
static const struct func_flow *namesake(const struct flow *fl,
					const struct func_flow *ff)
{
	struct func *f = unit_find(fl->unit, ff->func->name);

	return f ? flow_of(fl, f) : NULL;
}

/* NULL, or the name of a function that is gone. */
static const char *recast(const struct flow *fl, struct cast *cast)
{
	const struct func_flow **call;
	const char *name;
	int i, k;

	for (i = 0; i < cast->n; i++) {
		for (k = 0; k < cast->threads[i].n; k++) {
			call = &cast->threads[i].calls[k];
			name = (*call)->func->name;
			*call = namesake(fl, *call);
			if (!*call)
				return name;
		}
	}
	return NULL;
}

void lower_verdict_again(const struct flow *fl, const struct subject *s,
			 enum memory memory, const struct cast *was,
			 struct arena *a, struct verdict *ret)
{
	struct cast cast = *was;
	const char *gone = recast(fl, &cast);
	char *text;

	if (!verdict_begin(ret, s))
		return;
	if (!gone) {
		try_casts(fl, s, memory, &cast, 1, a, ret);
		return;
	}
	text = g_strdup_printf("there is no %s() any more", gone);
	ret->why = g_intern_string(text);
	g_free(text);
}

/* ---- a subject by force ---- */

static bool is_about_flag(const struct act *a, const struct flag_id *flag)
{
	struct flag_id id;

	return a->loc && flow_flag(a->loc, &id) && flag_equal(&id, flag);
}

static bool is_named(const struct flag_id *flag, const char *name)
{
	char *text = g_strdup_printf("%s.%s", flag->record, flag->name);
	bool yes = !name || !strcmp(text, name);

	g_free(text);
	return yes;
}

/* The path that does most about the flag: its first and last act. */
static bool widest(const struct flow *fl, const struct func_flow *ff,
		   const char *name, struct subject *s)
{
	const struct act *a, *first, *last;
	int most = -1;
	guint i;

	for (i = 0; i < ff->traces->len; i++) {
		first = last = NULL;
		for (a = ff->traces->pdata[i]; a; a = a->prev) {
			struct flag_id id;

			if (s->flag.name ? !is_about_flag(a, &s->flag) :
			    !(a->loc && flow_flag(a->loc, &id) &&
			      is_named(&id, name) &&
			      (name || flow_pair(fl, &id))))
				continue;
			if (!s->flag.name)
				flow_flag(a->loc, &s->flag);
			first = a;
		}
		for (a = ff->traces->pdata[i]; first && a != first && !last;
		     a = a->prev)
			if (a->kind == ACT_PUT || a->kind == ACT_GET ||
			    is_about_flag(a, &s->flag))
				last = a;
		if (!first || (int)((last ? last : first)->seq -
				    first->seq) <= most)
			continue;
		s->from = first;
		s->to = last ? last : first;
		most = s->to->seq - first->seq;
	}
	return most >= 0;
}

struct subject *subject_force(const struct flow *fl, const struct func_flow *ff,
			      const char *flag)
{
	struct subject *s = arena_new_object(fl->arena, struct subject);

	s->in = ff;
	if (!widest(fl, ff, flag, s))
		return NULL;
	s->pair = flow_pair(fl, &s->flag);
	s->object = s->from->obj;
	return s;
}

/* What of the function is such an object; NULL: nothing. */
static const struct expr *object_of(const struct func_flow *ff,
				    const char *record)
{
	const struct act *a;
	guint i;

	for (i = 0; i < ff->traces->len; i++)
		for (a = ff->traces->pdata[i]; a; a = a->prev)
			if (a->obj && a->obj->record == record)
				return a->obj;
	return NULL;
}

struct subject *subject_again(const struct flow *fl, const struct subject *was)
{
	const struct func_flow *ff = namesake(fl, was->in);
	struct subject *s;

	if (!ff)
		return NULL;
	s = arena_new_object(fl->arena, struct subject);
	s->in = ff;
	s->flag = was->flag;
	if (s->flag.name) {
		widest(fl, ff, NULL, s);
		s->pair = flow_pair(fl, &s->flag);
	}
	if (was->object && was->object->record)
		s->object = object_of(ff, was->object->record);
	return s;
}
