// SPDX-License-Identifier: GPL-2.0-only
/* The verdict: casts are tried in their order until one confirms the finding. */
#include "lower/lower.h"

#include <string.h>

#include "lower/meet.h"
#include "lower/private.h"
#include "lower/trial.h"

/*
 * States that one program may have; and how many all of a finding have when no
 * further one is begun: with two CPUs, with three.
 */
#define PROGRAM_STATES 30000
#define PAIR_STATES 200000
#define TRIPLE_STATES 40000

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

void trial_run(struct trial *t, const struct program *p, bool brief,
	       struct machine_result *ret)
{
	const struct machine_limits limits = { .max_states = PROGRAM_STATES,
					       .brief = brief };

	machine_search(t->shared.machine, p, &limits, t->arena, ret);
	t->verdict->states += ret->states;
}

static void append_script(GString *s, const struct script *script)
{
	int i;

	for (i = 0; i < script->n; i++)
		g_string_append_printf(s, "%s%s()", i ? " " : "",
				       script->calls[i]->func->name);
}

/* Writes down what became of a cast. */
void trial_note(struct trial *t, const struct cast *cast, const char *what,
		guint64 count, const char *units)
{
	GString *s = g_string_new(NULL);
	int i;

	for (i = 0; i < cast->n; i++) {
		g_string_append(s, i ? " | " : "");
		append_script(s, &cast->threads[i]);
	}
	g_string_append_printf(s, "%s: %s, %" G_GUINT64_FORMAT " %s",
			       cast->other_start ? " from another start" : "",
			       what, count, units);
	g_ptr_array_add(t->tried, (gpointer)g_intern_string(s->str));
	g_string_free(s, TRUE);
}

static void note(struct trial *t, const struct cast *cast, const char *what,
		 guint64 states)
{
	trial_note(t, cast, what, states, "states");
}

static struct program *make(struct trial *t, const struct cast *cast,
			    const struct program *broken,
			    struct made *ret_made)
{
	struct program *p = cast_program(t->flow, t->subject, cast, broken,
					 &t->shared, t->arena, ret_made);

	if (!p)
		note(t, cast, ret_made->why, 0);
	if (!p && !t->why)
		t->why = g_intern_string(ret_made->why);
	g_clear_pointer(&ret_made->why, g_free);
	return p;
}

struct program *trial_control(struct trial *t, const struct cast *cast,
			      const struct program *p)
{
	struct made made;

	if (t->subject->remedy == REMEDY_ATOMIC)
		return program_control(t->arena, p);
	return make(t, cast, p, &made);
}

/* One thread after the other: that is no race. */
bool trial_is_no_race(const struct trial *t,
		      const struct machine_result *result)
{
	return (t->subject->remedy == REMEDY_ATOMIC ||
		t->subject->remedy == REMEDY_RESCAN) && !result->preemptions;
}

static void tell_nothing(struct trial *t, const struct cast *cast,
			 const struct machine_result *result, const char *why)
{
	char *text = g_strdup_printf("%s, but %s",
				     failure_text(result->failure), why);

	note(t, cast, text, result->states);
	if (!t->loose)
		t->loose = why;
	g_free(text);
}

/* The function that is the only other CPU of the cast; NULL: there are more. */
static const struct func_flow *partner(const struct cast *cast)
{
	return cast->n == 2 && cast->threads[1].n == 1 ?
		       cast->threads[1].calls[0] : NULL;
}

static bool has_member(const struct cast *cast, GHashTable *set)
{
	int i;

	for (i = 1; i < cast->n; i++)
		if (g_hash_table_contains(set, cast->threads[i].calls[0]))
			return true;
	return false;
}

/* The two others meet each with the finding's function, and all is well. */
static bool are_clean_alone(const struct trial *t, const struct cast *cast)
{
	int i;

	for (i = 1; i < cast->n; i++)
		if (!g_hash_table_contains(t->cleans,
					   cast->threads[i].calls[0]))
			return false;
	return cast->n > 2;
}

/* It fails in a way that callers of these functions keep from happening. */
static void tell_void(struct trial *t, const struct cast *cast,
		      const struct machine_result *result, const char *why)
{
	tell_nothing(t, cast, result, why);
	t->n_void++;
	if (cast->other_start)
		return;
	t->void2 += cast->n == 2;
	if (partner(cast))
		g_hash_table_add(t->voids, (gpointer)partner(cast));
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

void trial_assume(struct trial *t, struct program *p, const char *text)
{
	struct assumption *more = arena_new_array(t->arena, struct assumption,
						  p->n_assumptions + 1);

	memcpy(more, p->assumptions,
	       (size_t)p->n_assumptions * sizeof(*more));
	more[p->n_assumptions].text = text;
	p->assumptions = more;
	p->n_assumptions++;
}

/* The ways to fail that are about the code, not about who waits for whom. */
static unsigned int real_failures(const struct machine_result *result)
{
	return result->failures & ~(1u << FAILURE_DEADLOCK |
				    1u << FAILURE_LIVELOCK);
}

/* The same without the finding's function. */
struct program *trial_others(struct trial *t, const struct program *p)
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

/* How the other CPUs fail among themselves. @ret_cut is set if more may be. */
static unsigned int others_failures(struct trial *t, const struct program *p,
				    bool *ret_cut)
{
	struct machine_result result = { 0 };

	trial_run(t, trial_others(t, p), true, &result);
	*ret_cut |= !result.complete;
	return real_failures(&result);
}

/* Do they fail without the finding's function? Then it is not about it. */
static bool fails_alone(struct trial *t, const struct program *p, bool *ret_cut)
{
	/* what all places lack, the others lack as well */
	return !owns_nothing(t->subject) && others_failures(t, p, ret_cut);
}

/* With the flags that it starts with, so that others can start so. */
struct cast *trial_keep_cast(struct trial *t, const struct cast *cast,
			     const struct made *made)
{
	struct cast *kept = arena_copy(t->arena, cast, sizeof(*cast));

	kept->given = made->start;
	kept->n_given = made->n_start;
	return kept;
}

/* A program of another place says so. */
void trial_tell_place(struct trial *t, struct program *p)
{
	if (t->subject != t->about)
		trial_assume(t, p, "the flag has no reference anywhere: this "
			     "is about another place that changes it");
}

static void keep(struct trial *t, const struct cast *cast, struct program *p,
		 struct program *control, const struct machine_result *result,
		 const struct made *made, enum verdict_kind kind)
{
	struct verdict *v = t->verdict;

	note(t, cast, failure_text(result->failure), result->states);
	if (kind >= v->kind)
		return;
	trial_tell_place(t, p);
	v->kind = kind;
	v->program = p;
	v->control = control;
	v->cast = trial_keep_cast(t, cast, made);
	v->run = *result;
}

/* Do they so where that function has ended? The control would not show it. */
static bool fails_behind(struct trial *t, const struct program *p,
			 const struct machine_result *result, bool *ret_cut)
{
	struct machine_result behind = { 0 };

	if (t->subject->remedy != REMEDY_ATOMIC)
		return false;
	trial_run(t, program_behind(t->arena, p), true, &behind);
	*ret_cut |= !behind.complete;
	return behind.failures >> result->failure & 1;
}

/* Is the window left out of the failing run, though the program has it? */
bool trial_misses_window(const struct program *p,
			 const struct machine_result *result)
{
	const struct thread *t = &p->threads[0];
	bool any = false;
	int i;

	for (i = 0; i < t->n_ops; i++)
		any |= t->ops[i].suspect;
	for (i = 0; i < result->n_schedule; i++)
		if (!result->schedule[i].thread &&
		    t->ops[result->schedule[i].op].suspect)
			return false;
	return any;
}

/* A program that fails, and what has been found out about it. */
struct suspect {
	struct program *program;
	struct program *asking; /* the same with all that nobody knows */
	const struct machine_result *result;
	struct program *control; /* NULL: there is none */
	bool knows_alone, knows_clean;
	bool alone, alone_cut;	/* fails_alone() */
	struct machine_result clean; /* of the control */
};

static bool suspect_fails_alone(struct trial *t, struct suspect *x,
				bool *ret_cut)
{
	if (!x->knows_alone)
		x->alone = fails_alone(t, x->program, &x->alone_cut);
	x->knows_alone = true;
	*ret_cut |= x->alone_cut;
	return x->alone;
}

static const struct machine_result *suspect_clean(struct trial *t,
						  struct suspect *x)
{
	if (!x->knows_clean)
		trial_run(t, x->control, true, &x->clean);
	x->knows_clean = true;
	return &x->clean;
}

/* That a new place in a container is another key, is not in the code. */
static bool is_sure(const struct trial *t, const struct machine_result *result)
{
	return real_failures(result) >> result->failure & 1 &&
	       !result->used_assumed && result->what != identity_text &&
	       !trial_is_no_race(t, result);
}

/* The same where all threads may meet. */
static bool fails_together(struct trial *t, struct suspect *x)
{
	bool cut = false;

	return is_sure(t, x->result) && !suspect_fails_alone(t, x, &cut) &&
	       !cut && is_clean(suspect_clean(t, x), x->result);
}

/* Does the run ask what is left in the program of what nobody knows? */
static bool asks_unknown(const struct program *p,
			 const struct machine_result *run)
{
	int i;

	for (i = 0; i < run->n_schedule; i++) {
		const struct transition *s = &run->schedule[i];

		if (p->threads[s->thread].ops[s->op].assumed)
			return true;
	}
	return false;
}

/* The same where some may not, in a program in which they cannot. */
static bool fails_apart(struct trial *t, struct suspect *x,
			struct program *apart, struct machine_result *ret)
{
	struct program *control;
	struct machine_result clean = { 0 };
	bool cut = false;

	trial_run(t, apart, false, ret);
	/* what did not matter there may matter here */
	if (ret->used_assumed && !x->result->used_assumed &&
	    trial_either(t, apart, x->asking, ret))
		ret->used_assumed = false;
	if (!is_sure(t, ret) || fails_alone(t, apart, &cut) || cut)
		return false;
	control = meet_apart(t->flow, t->subject, t->arena, x->control);
	trial_run(t, control ? control : x->control, true, &clean);
	meet_map(t->arena, apart, ret);
	return is_clean(&clean, ret) && !asks_unknown(x->program, ret);
}

/*
 * Locks of callers might keep threads apart whose code does not reckon with
 * each other. It does not matter if the program fails though they do, and the
 * control does not. *@ret is that run, as one of the program.
 */
static bool fails_for_sure(struct trial *t, struct suspect *x,
			   struct machine_result *ret)
{
	struct program *apart = meet_apart(t->flow, t->subject, t->arena,
					   x->asking);

	*ret = *x->result;
	if (apart ? !fails_apart(t, x, apart, ret) : !fails_together(t, x))
		return false;
	return !trial_misses_window(x->program, ret) &&
	       meet_all(t->flow, t->subject, x->program, ret);
}

/* It fails only if something holds that nobody knows: does the control not? */
static void judge_if(struct trial *t, const struct cast *cast,
		     struct suspect *x, const struct made *made)
{
	const struct machine_result *result = x->result;
	bool other;

	if (x->control)
		suspect_clean(t, x);
	other = x->control && is_cured(t->subject, &x->clean, result);
	if (!other && (!x->control || !is_clean(&x->clean, result))) {
		tell_nothing(t, cast, result,
			     control_fault(x->control, &x->clean));
		if (x->clean.failures >> result->failure & 1 &&
		    are_clean_alone(t, cast))
			t->n_void++;
		else
			t->n_loose++;
		return;
	}
	if (!meet_all(t->flow, t->subject, x->program, result))
		trial_assume(t, x->program, APART);
	if (other)
		trial_assume(t, x->program, "the repaired code fails too, but "
			     "in another way");
	keep(t, cast, x->program, x->control, result, made,
	     VERDICT_CONFIRMED_IF);
}

/* The program fails: does it say anything about the finding? */
static void judge(struct trial *t, const struct cast *cast, struct program *p,
		  const struct machine_result *result, const struct made *made)
{
	struct suspect x = { .program = p, .asking = p, .result = result };
	struct machine_result sure, known = *result;
	struct program *either;
	bool cut = false;

	if (trial_is_no_race(t, result)) {
		tell_void(t, cast, result, "it fails without a race");
		return;
	}
	either = trial_either(t, p, p, result);
	if (either) {
		known.used_assumed = false;
		x.program = p = either;
		x.result = result = &known;
	}
	x.control = trial_control(t, cast, p);
	if (cast->n > 2 && fails_behind(t, p, result, &cut)) {
		tell_void(t, cast, result,
			  "it fails behind the finding's function");
		return;
	}
	if (x.control && !cut && !made->loose && fails_for_sure(t, &x, &sure)) {
		keep(t, cast, p, x.control, &sure, made, VERDICT_CONFIRMED);
		return;
	}
	if (suspect_fails_alone(t, &x, &cut)) {
		tell_void(t, cast, result,
			  "it fails without the finding's function");
		return;
	}
	if (x.control && owns_nothing(t->subject) &&
	    others_failures(t, x.control, &cut) >> result->failure & 1) {
		tell_void(t, cast, result,
			  "the others fail so too, repaired and alone");
		return;
	}
	if (cut || trial_misses_window(p, result)) {
		tell_nothing(t, cast, result, cut ? "the others are too large" :
						    "not in the window");
		t->n_loose++;
		return;
	}
	judge_if(t, cast, &x, made);
}

static bool is_stake(const struct subject *s, const char *record)
{
	return (s->object && record == s->object->record) ||
	       record == s->flag.record ||
	       (s->pair && record == s->pair->object_record);
}

/* Does the op change a word of an object at stake? */
static bool changes_stake(const struct subject *s, const struct program *p,
			  const struct op *op)
{
	return (op->kind == OP_STORE || op->kind == OP_RMW) &&
	       is_stake(s, p->types[op->place.type].record);
}

/* Is there anything at the op that could show the finding? */
static bool can_show(const struct subject *s, const struct program *p,
		     const struct op *op)
{
	const struct type *t = &p->types[op->place.type];

	return op->kind == OP_FREE || op->kind == OP_CALL_RCU ||
	       op->kind == OP_ASSERT ||
	       (op->kind == OP_RMW && t->fields[op->place.field].count &&
		is_stake(s, t->record));
}

/*
 * Does another CPU change a word of the objects at stake, and could a failure
 * come of it? Else that the program is clean says nothing.
 */
static bool is_engaged(const struct subject *s, const struct program *p)
{
	bool changes = false, shows = p->n_invariants;
	int i, k;

	for (i = 0; i < p->n_threads; i++) {
		for (k = 0; k < p->threads[i].n_ops; k++) {
			const struct op *op = &p->threads[i].ops[k];

			changes |= i && changes_stake(s, p, op);
			shows |= can_show(s, p, op);
		}
	}
	return changes && shows;
}

static void keep_clean(struct trial *t, const struct cast *cast,
		       struct program *p, const struct made *made)
{
	const struct clean c = { t->subject, *cast, p, *made };

	g_array_append_val(t->programs, c);
}

/* Returns whether another start makes another program of it. */
static bool try_cast(struct trial *t, const struct cast *cast)
{
	struct machine_result result = { 0 };
	struct verdict *v = t->verdict;
	struct program *p;
	struct made made;

	p = make(t, cast, NULL, &made);
	if (!p) {
		t->unmade += cast->n == 2;
		return false;
	}
	trial_run(t, p, false, &result);
	if (result.failures) {
		judge(t, cast, p, &result, &made);
		return made.open;
	}
	note(t, cast, result.complete ? "clean" :
	     result.dropped ? "a value does not fit" : "too large",
	     result.states);
	if (!result.complete) {
		*(cast->n > 2 ? &t->cut3 : &t->cut) += 1;
		return made.open;
	}
	t->clean++;
	keep_clean(t, cast, p, &made);
	t->engaged += (t->only || (cast->n == 2 && !cast->other_start)) &&
		      is_engaged(t->subject, p);
	if (partner(cast))
		g_hash_table_add(t->cleans, (gpointer)partner(cast));
	if (v->kind == VERDICT_UNSUPPORTED &&
	    (!v->program || result.states > v->run.states)) {
		v->program = p;
		v->run = result;
	}
	return made.open;
}

static void try_starts(struct trial *t, const struct cast *cast)
{
	struct cast other = *cast;

	if (!try_cast(t, cast) || t->verdict->kind == VERDICT_CONFIRMED)
		return;
	other.other_start = true;
	try_cast(t, &other);
}

static const char *formatted(const char *format, ...) G_GNUC_PRINTF(1, 2);

static const char *formatted(const char *format, ...)
{
	const char *kept;
	va_list ap;
	char *text;

	va_start(ap, format);
	text = g_strdup_vprintf(format, ap);
	va_end(ap);
	kept = g_intern_string(text);
	g_free(text);
	return kept;
}

static void conclude(struct trial *t)
{
	struct verdict *v = t->verdict;
	int left = t->untried + t->untried3;
	bool cut = t->cut || (t->only && t->cut3);

	if (v->kind != VERDICT_UNSUPPORTED)
		return;
	/* where most say nothing, the model is not good enough to acquit */
	if (t->engaged > t->void2 && !t->n_loose && !cut && !t->untried &&
	    !t->unmade) {
		if (slot_is_copied(t->flow, t->about)) {
			v->kind = VERDICT_INCONCLUSIVE;
			v->why = "the object is found by a copy of what a table has";
			return;
		}
		v->kind = VERDICT_NOT_REPRODUCED;
		if (t->cut3 + t->untried3)
			v->why = formatted("%d programs with three CPUs were not seen whole",
					   t->cut3 + t->untried3);
	} else if (t->clean || t->cut + t->cut3) {
		v->kind = VERDICT_INCONCLUSIVE;
		v->why = formatted("of %d programs %d are clean, %d too large, %d tell nothing, %d with two CPUs cannot be made, %d were left out",
				   (int)t->tried->len + left, t->clean,
				   t->cut + t->cut3, t->n_loose + t->n_void,
				   t->unmade, left);
	} else {
		v->why = t->loose ? t->loose : t->why ? t->why :
			 "no other function of the unit has a part in it";
	}
}

/* Is there room for one more of so many CPUs? */
static bool has_room(const struct trial *t, const struct cast *cast)
{
	return t->verdict->kind != VERDICT_CONFIRMED &&
	       t->verdict->states <
		       (cast->n > 2 ? TRIPLE_STATES : PAIR_STATES);
}

static void try_casts(struct trial *t, const struct cast *casts, guint count)
{
	guint i;

	t->voids = g_hash_table_new(NULL, NULL);
	t->cleans = g_hash_table_new(NULL, NULL);
	for (i = 0; i < count; i++) {
		/* a third CPU does not make two possible that are not */
		if (casts[i].n > 2 && has_member(&casts[i], t->voids))
			continue;
		if (has_room(t, &casts[i]))
			try_starts(t, &casts[i]);
		else
			*(casts[i].n > 2 ? &t->untried3 : &t->untried) += 1;
	}
	g_hash_table_unref(t->voids);
	g_hash_table_unref(t->cleans);
}

static void try_subject(struct trial *t, const struct subject *s)
{
	GArray *casts = casts_of(t->flow, s, usages_slot(t->shared.usages, s));

	t->subject = s;
	try_casts(t, (const struct cast *)casts->data, casts->len);
	g_array_unref(casts);
}

/* All places of a flag that lack its reference are one defect. */
static void try_other_places(struct trial *t)
{
	const GPtrArray *sites = t->about->pair->sites;
	struct subject *other;
	guint i;

	for (i = 0; i < sites->len && t->verdict->kind != VERDICT_CONFIRMED;
	     i++) {
		const struct pair_site *site = sites->pdata[i];

		if (site->write->at.line == t->about->from->at.line &&
		    site->write->at.file == t->about->from->at.file)
			continue;
		other = arena_copy(t->arena, t->about, sizeof(*other));
		other->in = site->in;
		other->from = other->to = site->write;
		other->object = site->write->obj;
		try_subject(t, other);
	}
}

static void trial_begin(struct trial *t, const struct flow *fl,
			const struct subject *s, enum memory memory,
			struct arena *a, struct verdict *v)
{
	*t = (struct trial){
		.flow = fl, .about = s, .subject = s, .memory = memory,
		.arena = a, .verdict = v, .tried = g_ptr_array_new(),
		.programs = g_array_new(FALSE, FALSE, sizeof(struct clean)),
	};
	shared_init(&t->shared, fl, s);
}

/* What there is to say in the end; in weaker memories, if nothing failed. */
static void trial_end(struct trial *t)
{
	struct verdict *v = t->verdict;

	if (t->memory != MEMORY_SC && v->kind == VERDICT_UNSUPPORTED) {
		v->memory = t->memory;
		trial_weaker(t);
	}
	conclude(t);
	v->n_tried = (int)t->tried->len;
	v->tried = arena_copy(t->arena, t->tried->pdata,
			      t->tried->len * sizeof(char *));
	g_array_unref(t->programs);
	shared_clear(&t->shared);
	g_ptr_array_unref(t->tried);
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
	struct trial t;

	if (!verdict_begin(ret, s))
		return;
	trial_begin(&t, fl, s, memory, a, ret);
	try_subject(&t, s);
	if (owns_nothing(s))
		try_other_places(&t);
	trial_end(&t);
}

/* ---- the same on other source ---- */

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
			*call = subject_namesake(fl, *call);
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
	struct trial t;
	const char *gone = recast(fl, &cast);
	char *text;

	if (!verdict_begin(ret, s))
		return;
	if (!gone) {
		trial_begin(&t, fl, s, memory, a, ret);
		t.only = true;
		try_casts(&t, &cast, 1);
		trial_end(&t);
		return;
	}
	text = g_strdup_printf("there is no %s() any more", gone);
	ret->why = g_intern_string(text);
	g_free(text);
}
