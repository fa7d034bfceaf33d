// SPDX-License-Identifier: GPL-2.0-only
/*
 * The pipeline: the passes over one unit, one call a line. What a pass means
 * is in its room.
 */
#include "pipeline.h"

#include <string.h>

#include "facts/facts.h"
#include "flow/flow.h"
#include "frontend/frontend.h"
#include "engines/engine.h"
#include "events/emit.h"
#include "lower/lower.h"
#include "model/model.h"
#include "report/report.h"
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
	return (struct frontend_options){ .want = opt->model ? want : NULL,
					  .want_data = (void *)opt->model };
}

char *pipeline_reader(void)
{
	GChecksum *sum = g_checksum_new(G_CHECKSUM_SHA256);
	char *clang = frontend_version(), *program, *reader;
	gsize n;

	if (g_file_get_contents("/proc/self/exe", &program, &n, NULL)) {
		g_checksum_update(sum, (const guchar *)program, (gssize)n);
		g_free(program);
	}
	g_checksum_update(sum, (const guchar *)clang, -1);
	reader = g_strdup(g_checksum_get_string(sum));
	g_checksum_free(sum);
	g_free(clang);
	return reader;
}

/* All that decides what a unit is, but for the bytes of its files. */
static char *reading(const struct compile_command *cmd, const char *reader)
{
	GString *text = g_string_new(reader);
	char **arg;

	g_string_append_printf(text, "\n%s\n%s", cmd->directory, cmd->file);
	for (arg = cmd->args; *arg; arg++)
		g_string_append_printf(text, "\n%zu %s", strlen(*arg), *arg);
	return g_string_free(text, FALSE);
}

/* What a unit goes by in the store. */
struct key {
	char *path, *reading;
};

static struct key key_of(const struct compile_command *cmd,
			 const struct pipeline_options *opt)
{
	return (struct key){
		.path = g_canonicalize_filename(cmd->file, cmd->directory),
		.reading = reading(cmd, opt->reader)
	};
}

static void key_clear(struct key *k)
{
	g_free(k->path);
	g_free(k->reading);
}

/*
 * From the store, or parsed and kept there. The store's units have all inlines
 * that are called, since the model may change.
 */
static int stored_unit(const struct compile_command *cmd,
		       const struct pipeline_options *opt,
		       struct unit **ret_unit)
{
	const struct frontend_options fo = { .inputs = true };
	struct key k = key_of(cmd, opt);
	gint64 since = g_get_real_time();
	int status = 0;

	*ret_unit = store_load(opt->store, k.path, k.reading);
	if (!*ret_unit) {
		status = frontend_parse(cmd, &fo, ret_unit);
		if (!status)
			store_save(opt->store, k.path, k.reading, *ret_unit,
				   since);
	}
	if (opt->model)
		unit_keep_wanted(*ret_unit, want, (void *)opt->model);
	key_clear(&k);
	return status;
}

static int read_unit(const struct compile_command *cmd,
		     const struct pipeline_options *opt,
		     struct unit **ret_unit)
{
	const struct frontend_options fo = frontend_options(opt);

	if (opt->store)
		return stored_unit(cmd, opt, ret_unit);
	return frontend_parse(cmd, &fo, ret_unit);
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

static enum memory pipeline_memory(const struct pipeline_options *opt)
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

/* A unit with all that is made of it. */
struct analysis {
	struct unit *unit;
	struct model *own;	/* NULL: the shared one holds */
	struct flow *flow;
	struct report *report;
	GHashTable *subjects;	/* struct finding * -> struct subject * */
};

static void analysis_init(struct analysis *a, const struct compile_command *cmd,
			  const struct pipeline_options *opt)
{
	a->subjects = g_hash_table_new(NULL, NULL);
	a->report = report_new();
	if (read_unit(cmd, opt, &a->unit) < 0)
		a->report->incomplete = TRUE;
	report_diagnostics(a->report, a->unit);
	report_coverage(a->report, a->unit);
	a->own = annotated_model(a->unit, opt->model, a->report);
	a->flow = flow_new(a->unit, a->own ? a->own : opt->model);
	report_bounds(a->report, a->flow);
	rules_run(a->flow, opt->rules, a->report, a->subjects);
}

static void analysis_clear(struct analysis *a)
{
	g_hash_table_unref(a->subjects);
	flow_free(a->flow);
	model_free(a->own);
	unit_free(a->unit);
	report_free(a->report);
}

static struct report *analyse(const struct compile_command *cmd,
			      const struct pipeline_options *opt)
{
	struct analysis a;
	struct report *r;

	analysis_init(&a, cmd, opt);
	if (opt->replay)
		replay_findings(a.flow, a.report, a.subjects,
				pipeline_memory(opt));
	r = g_steal_pointer(&a.report);
	analysis_clear(&a);
	report_finish(r);
	return r;
}

/* What a report depends on beside the unit and the program. */
static char *question(const struct pipeline_options *opt)
{
	return g_strdup_printf("check %s %s %s", opt->model_digest,
			       opt->rules ? opt->rules : "*",
			       opt->replay ? memory_name(pipeline_memory(opt)) :
					     "plain");
}

static struct report *unpacked(const char *text)
{
	struct report *r;
	char *error;

	if (!text)
		return NULL;
	r = report_unpack(text, strlen(text), &error);
	if (!r)
		g_free(error);
	return r;
}

/* Answered from the store, or answered anew and kept there. */
static struct report *stored_report(const struct compile_command *cmd,
				    const struct pipeline_options *opt)
{
	struct key k = key_of(cmd, opt);
	char *what = question(opt);
	char *text = store_recall(opt->store, k.path, k.reading, what);
	struct report *r = unpacked(text);

	g_free(text);
	if (!r) {
		r = analyse(cmd, opt);
		text = report_pack(r);
		store_remember(opt->store, k.path, k.reading, what, text);
		g_free(text);
	}
	g_free(what);
	key_clear(&k);
	return r;
}

struct report *pipeline_check(const struct compile_command *cmd,
			      const struct pipeline_options *opt)
{
	return opt->store ? stored_report(cmd, opt) : analyse(cmd, opt);
}

struct report *pipeline_index(const struct compile_command *cmd,
			      const struct pipeline_options *opt)
{
	struct report *r = report_new();
	struct unit *u;

	if (read_unit(cmd, opt, &u) < 0)
		r->incomplete = TRUE;
	report_diagnostics(r, u);
	report_coverage(r, u);
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
	lower_verdict(fl, s, MEMORY_SC, a, &v);
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

/* The functions in which the flag and its reference always change together. */
static char **accessors(const struct pair *p, enum act_kind write)
{
	GPtrArray *names = g_ptr_array_new();
	guint i;

	for (i = 0; i < p->sites->len; i++) {
		const struct pair_site *s = p->sites->pdata[i];
		const char *name = s->in->func->name;

		/* "via": a helper writes it, which is an accessor itself */
		if (s->always && s->write->kind == write && !s->write->via &&
		    !g_ptr_array_find(names, name, NULL))
			g_ptr_array_add(names, (gpointer)name);
	}
	for (i = 0; i < names->len; i++)
		names->pdata[i] = g_strdup(names->pdata[i]);
	g_ptr_array_add(names, NULL);
	return (char **)g_ptr_array_free(names, FALSE);
}

static struct engine_pair *engine_pair(const struct pair *p)
{
	struct engine_pair *e = g_new0(struct engine_pair, 1);
	char *flag = g_strdup_printf("%s.%s", p->flag.record, p->flag.name);

	e->name = g_strdup(flag);
	e->record = g_strdup(p->flag.record);
	e->flag = g_strdup(p->flag.name);
	e->object = p->object_known ? g_strdup(p->object) : NULL;
	e->object_record = g_strdup(p->object_record);
	e->gets = accessors(p, ACT_SET);
	e->puts = accessors(p, ACT_CLEAR);
	e->sets = model_flag_functions(flag, EFFECT_FLAG_SET);
	e->clears = model_flag_functions(flag, EFFECT_FLAG_CLEAR);
	g_free(flag);
	return e;
}

int pipeline_pairs(const struct compile_command *cmd,
		   const struct pipeline_options *opt, GPtrArray *into)
{
	struct frontend_options fo = frontend_options(opt);
	struct model *own;
	struct unit *u;
	struct flow *fl;
	guint i;
	int ret = frontend_parse(cmd, &fo, &u);

	own = annotated_model(u, opt->model, NULL);
	fl = flow_new(u, own ? own : opt->model);
	for (i = 0; i < fl->pairs->len; i++) {
		const struct pair *p = fl->pairs->pdata[i];

		if (p->origin == ORIGIN_MINED || p->origin == ORIGIN_ANNOTATED)
			g_ptr_array_add(into, engine_pair(p));
	}
	flow_free(fl);
	model_free(own);
	unit_free(u);
	return ret;
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
		analysis_init(&other, patched, opt);
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

	analysis_init(&a, cmd, opt);
	for (i = 0; i < a.report->findings->len && !replay; i++)
		if (is_wanted(a.report->findings->pdata[i], line, which))
			replay = replay_finding(&a,
						a.report->findings->pdata[i],
						patched, opt);
	if (!replay)
		*ret_error = g_strdup_printf("%s: there is no such finding",
					     cmd->file);
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
