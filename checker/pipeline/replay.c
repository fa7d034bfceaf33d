// SPDX-License-Identifier: GPL-2.0-only
/* One finding as a program of its own, before and after a patch. */
#include "pipeline/private.h"

#include <string.h>

#include "events/emit.h"
#include "lower/lower.h"

static bool is_wanted(struct finding *f, int line, const char *which)
{
	finding_seal(f);
	return which ? !strcmp(f->fingerprint, which) : f->line == line;
}

/* One C file can have both only if their words are the same. */
static const struct program *same_words(const struct program *p,
					const struct program *control)
{
	int i;

	if (!control || control->n_types < p->n_types ||
	    control->n_objects < p->n_objects)
		return NULL;
	for (i = 0; i < p->n_types; i++)
		if (control->types[i].n_fields != p->types[i].n_fields)
			return NULL;
	return control;
}

static char *emitted(const struct verdict *v, bool promela)
{
	GString *out;

	if (!v->program)
		return NULL;
	out = g_string_new(NULL);
	if (promela)
		emit_promela(out, v->program);
	else
		emit_c(out, v->program, same_words(v->program, v->control));
	return g_string_free(out, FALSE);
}

static struct pipeline_replay *replay_new_of(const struct verdict *v)
{
	struct pipeline_replay *r = g_new0(struct pipeline_replay, 1);
	GString *text = g_string_new(NULL);

	verdict_tell(text, v);
	r->text = g_string_free(text, FALSE);
	r->verdict = g_strdup(verdict_name(v->kind));
	r->c = emitted(v, false);
	r->promela = emitted(v, true);
	return r;
}

/* The rule's finding about the same thing; NULL: it reports none. */
static const struct finding *find_again(const struct analysis *a,
					const struct finding *was,
					const struct subject *about)
{
	const struct finding *f;
	const struct subject *s;
	guint i;

	for (i = 0; i < a->report->findings->len; i++) {
		f = a->report->findings->pdata[i];
		s = g_hash_table_lookup(a->subjects, f);
		if (!strcmp(f->rule, was->rule) &&
		    !strcmp(f->function, was->function) &&
		    flag_equal(&s->flag, &about->flag) &&
		    !s->object == !about->object &&
		    (!s->object || s->object->record == about->object->record))
			return f;
	}
	return NULL;
}

/* What the rule still says is held against all casts, not only that one. */
static void verdict_still(const struct analysis *a, const struct finding *f,
			  enum memory memory, struct arena *arena,
			  struct verdict *again)
{
	const struct subject *s = g_hash_table_lookup(a->subjects, f);
	struct verdict all;

	if (again->kind <= VERDICT_CONFIRMED_IF)
		return;
	lower_verdict(a->flow, s, memory, arena, &all);
	if (all.kind <= VERDICT_CONFIRMED_IF)
		*again = all;
}

/* An error that only the patched unit has; NULL: none. */
static const char *new_error(const struct analysis *before,
			     const struct analysis *after)
{
	const GPtrArray *old = before->report->errors;
	const GPtrArray *errors = after->report->errors;

	return errors->len > old->len ? errors->pdata[0] : NULL;
}

static struct pipeline_replay *replay_patched(
	const struct analysis *a, const struct finding *was,
	const struct subject *about, const struct verdict *before,
	enum memory memory, const char *broken)
{
	const struct finding *f = find_again(a, was, about);
	const struct subject *s = f ? g_hash_table_lookup(a->subjects, f) :
				      subject_again(a->flow, about);
	struct arena *arena = arena_new();
	struct pipeline_replay *r;
	struct verdict again = { .kind = VERDICT_UNSUPPORTED };

	if (broken)
		again.why = broken;
	else if (!s)
		again.why = "the function is gone";
	else if (!before->cast)
		again.why = "nothing failed before";
	else
		lower_verdict_again(a->flow, s, memory, before->cast, arena,
				    &again);
	if (f && before->cast && !broken)
		verdict_still(a, f, memory, arena, &again);
	r = replay_new_of(&again);
	r->line = f ? f->line : 0;
	arena_free(arena);
	return r;
}

static struct pipeline_replay *replay_finding(
	const struct analysis *a, const struct finding *f,
	const struct compile_command *cmd,
	const struct compile_command *patched,
	const struct pipeline_options *opt)
{
	const struct subject *s = g_hash_table_lookup(a->subjects, f);
	enum memory memory = pipeline_memory(opt);
	struct arena *arena = arena_new();
	struct pipeline_replay *r;
	struct analysis other;
	struct verdict v;

	lower_verdict(a->flow, s, memory, arena, &v);
	r = replay_new_of(&v);
	r->line = f->line;
	if (patched) {
		analysis_init(&other, patched, cmd, opt);
		r->after = replay_patched(&other, f, s, &v, memory,
					  new_error(a, &other));
		analysis_clear(&other);
	}
	arena_free(arena);
	return r;
}

struct pipeline_replay *pipeline_replay(const struct compile_command *cmd,
					const struct compile_command *patched,
					const struct pipeline_options *opt,
					int line, const char *which,
					char **ret_error)
{
	struct pipeline_replay *replay = NULL;
	struct analysis a;
	guint i;

	analysis_init(&a, cmd, cmd, opt);
	for (i = 0; i < a.report->findings->len && !replay; i++)
		if (is_wanted(a.report->findings->pdata[i], line, which))
			replay = replay_finding(&a,
						a.report->findings->pdata[i],
						cmd, patched, opt);
	if (!replay)
		*ret_error = g_strdup_printf(
			"%s: there is no such finding%s", cmd->file,
			a.report->incomplete ? ", and it has errors" : "");
	analysis_clear(&a);
	return replay;
}

void pipeline_replay_free(struct pipeline_replay *r)
{
	if (!r)
		return;
	pipeline_replay_free(r->after);
	g_free(r->text);
	g_free(r->verdict);
	g_free(r->c);
	g_free(r->promela);
	g_free(r);
}
