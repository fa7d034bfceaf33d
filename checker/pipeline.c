// SPDX-License-Identifier: GPL-2.0-only
/*
 * The pipeline: the passes over one unit, one call a line. What a pass means
 * is in its room.
 */
#include "pipeline.h"

#include <string.h>

#include "flow/flow.h"
#include "frontend/frontend.h"
#include "events/emit.h"
#include "lower/lower.h"
#include "model/model.h"
#include "rules/rules.h"

const char *const pipeline_passes[] = { "raw", "lower", "flow", "summary", "entry",
					"guards", "pairs", "events", NULL };

/* Does the analysis want to see into this header inline? */
static bool want(const char *function, void *data)
{
	const struct model *m = data;

	return !model_api(m, g_intern_string(function));
}

static struct frontend_options frontend_options(
	const struct pipeline_options *opt)
{
	return (struct frontend_options){ .want = want,
					  .want_data = (void *)opt->model };
}

static void report_diagnostics(struct report *r, const struct unit *u)
{
	guint i;

	for (i = 0; i < u->diagnostics->len; i++) {
		const struct diagnostic *d = &g_array_index(
			u->diagnostics, struct diagnostic, i);

		report_error(r, "%s:%d: %s",
			     d->loc.file ? d->loc.file : u->file, d->loc.line,
			     d->text);
		r->incomplete = TRUE;
	}
}

static void report_coverage(struct report *r, const struct unit *u)
{
	guint i;

	r->files = 1;
	for (i = 0; i < u->funcs->len; i++)
		r->functions +=
			((const struct func *)u->funcs->pdata[i])->in_main_file;
	for (i = 0; i < u->skips->len; i++) {
		const struct skipped *s = &g_array_index(u->skips,
							 struct skipped, i);

		report_skip(r, s->file ? s->file : u->file, s->function,
			    s->reason);
	}
}

static void report_bounds(struct report *r, const struct flow *fl)
{
	guint i;

	for (i = 0; i < fl->funcs->len; i++) {
		const struct func_flow *ff = fl->funcs->pdata[i];
		char *why;

		if (!ff->bounded || !ff->func->in_main_file)
			continue;
		why = g_strdup_printf("analysed in part: %s", ff->bound);
		report_skip(r, ff->func->loc.file, ff->func->name, why);
		g_free(why);
	}
}

/*
 * The model that holds for this unit: with what annotations in it declare,
 * which must not reach the next unit. NULL: the shared one will do.
 */
static struct model *annotated_model(const struct unit *u,
				     const struct model *shared,
				     struct report *r)
{
	struct model *m;
	guint i;

	if (!u->member_notes->len)
		return NULL;
	m = model_copy(shared);
	for (i = 0; i < u->member_notes->len; i++) {
		const struct member_note *n = &g_array_index(
			u->member_notes, struct member_note, i);
		char *error;

		if (!model_annotate(m, n->record, n->member, n->annotation,
				    n->loc.file, n->loc.line, &error))
			continue;
		if (r) {
			report_error(r, "%s", error);
			r->incomplete = TRUE;
		}
		g_free(error);
	}
	return m;
}

static void add_assumption(GPtrArray *list, const struct assumption *a)
{
	char *name;

	if (!a->at.file) {
		g_ptr_array_add(list, g_strdup(a->text));
		return;
	}
	name = g_path_get_basename(a->at.file);
	g_ptr_array_add(list, g_strdup_printf("%s:%d: %s", name, a->at.line,
					      a->text));
	g_free(name);
}

/* The verdict as plain data, and what it makes of the finding. */
static void tell_verdict(struct finding *f, const struct verdict *v)
{
	struct replay *r = replay_new(verdict_name(v->kind), "sc");
	int i;

	r->why = g_strdup(v->why);
	r->states = (gint64)v->states;
	g_free(r->schedule);
	r->schedule = verdict_schedule(v);
	g_ptr_array_unref(r->table);
	r->table = verdict_table(v);
	for (i = 0; v->program && i < v->program->n_assumptions; i++)
		add_assumption(r->assumptions, &v->program->assumptions[i]);
	f->replay = r;
	if (v->kind == VERDICT_CONFIRMED)
		f->severity = SEVERITY_ERROR;
	else if (v->kind == VERDICT_NOT_REPRODUCED)
		f->severity = SEVERITY_NOTE;
}

/* Notes are left alone: their evidence is too weak to build on. */
static void replay_findings(const struct flow *fl, struct report *r,
			    GHashTable *subjects)
{
	struct arena *a;
	struct verdict v;
	guint i;

	for (i = 0; i < r->findings->len; i++) {
		struct finding *f = r->findings->pdata[i];

		if (f->severity == SEVERITY_NOTE)
			continue;
		a = arena_new();
		lower_verdict(fl, g_hash_table_lookup(subjects, f), a, &v);
		tell_verdict(f, &v);
		arena_free(a);
	}
}

struct report *pipeline_check(const struct compile_command *cmd,
			      const struct pipeline_options *opt)
{
	struct frontend_options fo = frontend_options(opt);
	GHashTable *subjects = g_hash_table_new(NULL, NULL);
	struct report *r = report_new();
	struct model *own;
	struct unit *u;
	struct flow *fl;

	if (frontend_parse(cmd, &fo, &u) < 0)
		r->incomplete = TRUE;
	report_diagnostics(r, u);
	report_coverage(r, u);
	own = annotated_model(u, opt->model, r);
	fl = flow_new(u, own ? own : opt->model);
	report_bounds(r, fl);
	rules_run(fl, opt->rules, r, subjects);
	if (opt->replay)
		replay_findings(fl, r, subjects);
	g_hash_table_unref(subjects);
	flow_free(fl);
	model_free(own);
	unit_free(u);
	report_finish(r);
	return r;
}

static void dump_flow(GString *out, struct unit *u,
		      const struct pipeline_options *opt, const char *pass,
		      const char *function)
{
	struct model *own = annotated_model(u, opt->model, NULL);
	struct flow *fl = flow_new(u, own ? own : opt->model);

	flow_print(out, fl, pass, function);
	flow_free(fl);
	model_free(own);
}

static void print_events(GString *out, const struct flow *fl,
			 const struct subject *s)
{
	struct arena *a = arena_new();
	struct verdict v;

	g_string_append_printf(out, "about: %s", s->in->func->name);
	if (s->flag.name)
		g_string_append_printf(out, ":%s.%s", s->flag.record,
				       s->flag.name);
	g_string_append_c(out, '\n');
	lower_verdict(fl, s, a, &v);
	verdict_print(out, &v);
	arena_free(a);
}

/* "FUNCTION", "FUNCTION:record.flag" or "FUNCTION:record": without a finding. */
static void dump_forced(GString *out, const struct flow *fl, const char *what)
{
	char **parts = g_strsplit(what, ":", 2);
	struct func *f = unit_find(fl->unit, g_intern_string(parts[0]));
	struct func_flow *ff = f ? flow_of(fl, f) : NULL;
	struct subject *s = ff ? subject_force(fl, ff, parts[1]) : NULL;

	if (s)
		print_events(out, fl, s);
	else
		g_string_append_printf(out, "nothing of the kind in %s\n",
				       what);
	g_strfreev(parts);
}

static void dump_events(GString *out, struct unit *u,
			const struct pipeline_options *opt,
			const char *function)
{
	struct model *own = annotated_model(u, opt->model, NULL);
	struct flow *fl = flow_new(u, own ? own : opt->model);
	GHashTable *subjects = g_hash_table_new(NULL, NULL);
	struct report *r = report_new();
	guint i;

	if (function) {
		dump_forced(out, fl, function);
	} else {
		rules_run(fl, opt->rules, r, subjects);
		for (i = 0; i < r->findings->len; i++) {
			const struct finding *f = r->findings->pdata[i];

			if (f->severity == SEVERITY_NOTE)
				continue;
			g_string_append_printf(out, "## %s:%d %s\n", f->file,
					       f->line, f->rule);
			print_events(out, fl, g_hash_table_lookup(subjects,
								  f));
		}
	}
	report_free(r);
	g_hash_table_unref(subjects);
	flow_free(fl);
	model_free(own);
}

static void dump_lowered(GString *out, const struct unit *u,
			 const char *function)
{
	struct func *f;

	if (!function) {
		ir_print_unit(out, u);
		return;
	}
	f = unit_find(u, g_intern_string(function));
	if (f)
		ir_print_func(out, f);
}

char *pipeline_dump(const struct compile_command *cmd,
		    const struct pipeline_options *opt, const char *pass,
		    const char *function, char **ret_error)
{
	struct frontend_options fo = frontend_options(opt);
	GString *out;
	struct unit *u;

	if (!g_strv_contains(pipeline_passes, pass)) {
		*ret_error = g_strdup_printf("no pass is called '%s'", pass);
		return NULL;
	}
	/* as clang sees it: nothing folded, every inline that is called */
	if (!strcmp(pass, "raw"))
		fo = (struct frontend_options){ .no_fold = true };
	if (frontend_parse(cmd, &fo, &u) < 0) {
		*ret_error = g_strdup_printf("%s: cannot be parsed", cmd->file);
		unit_free(u);
		return NULL;
	}
	out = g_string_new(NULL);
	if (!strcmp(pass, "raw") || !strcmp(pass, "lower"))
		dump_lowered(out, u, function);
	else if (!strcmp(pass, "events"))
		dump_events(out, u, opt, function);
	else
		dump_flow(out, u, opt, pass, function);
	unit_free(u);
	return g_string_free(out, FALSE);
}

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

static char *verdict_text(const struct verdict *v)
{
	GString *out = g_string_new(NULL);
	GPtrArray *lines = verdict_table(v);
	guint i;
	int k;

	g_string_append_printf(out, "%s%s%s, %" G_GUINT64_FORMAT " states\n",
			       verdict_name(v->kind), v->why ? ": " : "",
			       v->why ? v->why : "", v->states);
	for (i = 0; i < lines->len; i++)
		g_string_append_printf(out, "%s\n",
				       (const char *)lines->pdata[i]);
	g_ptr_array_set_size(lines, 0);
	for (k = 0; v->program && k < v->program->n_assumptions; k++)
		add_assumption(lines, &v->program->assumptions[k]);
	for (i = 0; i < lines->len; i++)
		g_string_append_printf(out, "assumes: %s\n",
				       (const char *)lines->pdata[i]);
	for (k = 0; k < v->n_tried; k++)
		g_string_append_printf(out, "tried: %s\n", v->tried[k]);
	g_ptr_array_unref(lines);
	return g_string_free(out, FALSE);
}

static struct pipeline_replay *replay_one(const struct flow *fl,
					  const struct subject *s)
{
	struct pipeline_replay *r = g_new0(struct pipeline_replay, 1);
	struct arena *a = arena_new();
	struct verdict v;

	lower_verdict(fl, s, a, &v);
	r->text = verdict_text(&v);
	r->verdict = g_strdup(verdict_name(v.kind));
	r->c = emitted(&v, false);
	r->promela = emitted(&v, true);
	arena_free(a);
	return r;
}

struct pipeline_replay *pipeline_replay(const struct compile_command *cmd,
					const struct pipeline_options *opt,
					int line, const char *which,
					char **ret_error)
{
	struct frontend_options fo = frontend_options(opt);
	GHashTable *subjects = g_hash_table_new(NULL, NULL);
	struct pipeline_replay *replay = NULL;
	struct report *r = report_new();
	struct model *own;
	struct flow *fl;
	struct unit *u;
	guint i;

	frontend_parse(cmd, &fo, &u);
	own = annotated_model(u, opt->model, NULL);
	fl = flow_new(u, own ? own : opt->model);
	rules_run(fl, opt->rules, r, subjects);
	for (i = 0; i < r->findings->len && !replay; i++)
		if (is_wanted(r->findings->pdata[i], line, which))
			replay = replay_one(fl, g_hash_table_lookup(
				subjects, r->findings->pdata[i]));
	if (!replay)
		*ret_error = g_strdup_printf("%s: there is no such finding",
					     cmd->file);
	flow_free(fl);
	model_free(own);
	unit_free(u);
	report_free(r);
	g_hash_table_unref(subjects);
	return replay;
}

void pipeline_replay_free(struct pipeline_replay *r)
{
	if (!r)
		return;
	g_free(r->text);
	g_free(r->verdict);
	g_free(r->c);
	g_free(r->promela);
	g_free(r);
}
