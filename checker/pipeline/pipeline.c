// SPDX-License-Identifier: GPL-2.0-only
/*
 * The pipeline: the passes over one unit, one call a line. What a pass means
 * is in its room.
 */
#include "pipeline/private.h"

#include "facts/facts.h"
#include "lower/lower.h"
#include "model/model.h"
#include "rules/rules.h"

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

/* The verdict as plain data, and what it makes of the finding. */
static void tell_verdict(struct finding *f, const struct verdict *v)
{
	struct replay *r = finding_replay_new(verdict_name(v->kind),
					      memory_name(v->memory));

	r->why = g_strdup(v->why);
	r->states = (gint64)(v->states + v->runs);
	g_free(r->schedule);
	r->schedule = verdict_schedule(v);
	g_ptr_array_unref(r->table);
	r->table = verdict_table(v);
	g_ptr_array_unref(r->assumptions);
	r->assumptions = verdict_assumptions(v);
	f->replay = r;
	if (v->kind == VERDICT_CONFIRMED)
		f->severity = SEVERITY_ERROR;
	else if (v->kind == VERDICT_NOT_REPRODUCED)
		f->severity = SEVERITY_NOTE;
}

enum memory pipeline_memory(const struct pipeline_options *opt)
{
	return opt->memory ? memory_find(opt->memory) : MEMORY_SC;
}

bool pipeline_knows_memory(const char *name)
{
	return memory_find(name) != N_MEMORIES;
}

/* Notes are left alone: their evidence is too weak to build on. */
static void replay_findings(const struct flow *fl, struct report *r,
			    GHashTable *subjects, enum memory memory)
{
	struct arena *a;
	struct verdict v;
	guint i;

	for (i = 0; i < r->findings->len; i++) {
		struct finding *f = r->findings->pdata[i];

		if (f->severity == SEVERITY_NOTE)
			continue;
		a = arena_new();
		lower_verdict(fl, g_hash_table_lookup(subjects, f), memory, a,
			      &v);
		tell_verdict(f, &v);
		arena_free(a);
	}
}

void analysis_read(struct analysis *a, const struct compile_command *cmd,
		   const struct compile_command *as,
		   const struct pipeline_options *opt)
{
	a->subjects = g_hash_table_new(NULL, NULL);
	a->report = report_new();
	if (read_unit(cmd, opt, &a->unit) < 0)
		a->report->incomplete = TRUE;
	report_diagnostics(a->report, a->unit);
	report_coverage(a->report, a->unit);
	a->own = annotated_model(a->unit, opt->model, a->report);
	a->imports = stored_imports(as, opt);
	a->flow = flow_new(a->unit, a->own ? a->own : opt->model,
			   imports_world(a->imports));
	report_bounds(a->report, a->flow);
}

void analysis_init(struct analysis *a, const struct compile_command *cmd,
		   const struct compile_command *as,
		   const struct pipeline_options *opt)
{
	analysis_read(a, cmd, as, opt);
	rules_run(a->flow, opt->rules, a->report, a->subjects);
}

void analysis_clear(struct analysis *a)
{
	g_hash_table_unref(a->subjects);
	flow_free(a->flow);
	imports_free(a->imports);
	model_free(a->own);
	unit_free(a->unit);
	report_free(a->report);
}

struct report *analyse(const struct compile_command *cmd,
		       const struct pipeline_options *opt, char **ret_imports)
{
	struct analysis a;
	struct report *r;

	analysis_init(&a, cmd, cmd, opt);
	if (opt->replay)
		replay_findings(a.flow, a.report, a.subjects,
				pipeline_memory(opt));
	if (ret_imports)
		*ret_imports = g_strdup(imports_digest(a.imports));
	r = g_steal_pointer(&a.report);
	analysis_clear(&a);
	report_finish(r);
	return r;
}

struct report *pipeline_check(const struct compile_command *cmd,
			      const struct pipeline_options *opt)
{
	return opt->store ? stored_answer(cmd, opt, ANSWER_REPORT) :
			    analyse(cmd, opt, NULL);
}

struct report *pipeline_index(const struct compile_command *cmd,
			      const struct pipeline_options *opt)
{
	struct report *r = report_new();
	struct unit *u;

	if (read_unit(cmd, opt, &u) < 0 || !opt->store ||
	    store_error(opt->store))
		r->incomplete = TRUE;
	report_diagnostics(r, u);
	report_coverage(r, u);
	unit_free(u);
	report_finish(r);
	return r;
}
