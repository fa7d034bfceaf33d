// SPDX-License-Identifier: GPL-2.0-only
/* The text of a unit after one of its passes. */
#include "pipeline/private.h"

#include <string.h>

#include "lower/lower.h"
#include "model/model.h"
#include "rules/rules.h"

const char *const pipeline_passes[] = { "raw", "lower", "flow", "summary",
					"balance", "entry", "guards", "pairs",
					"events", NULL };

static void dump_flow(GString *out, struct unit *u,
		      const struct pipeline_options *opt,
		      const struct imports *im, const char *pass,
		      const char *function)
{
	struct model *own = annotated_model(u, opt->model, NULL);
	struct flow *fl = flow_new(u, own ? own : opt->model,
				   imports_world(im));

	flow_print(out, fl, pass, function);
	if (!strcmp(pass, "summary"))
		imports_print(out, im, function);
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
			const struct imports *im, const char *function)
{
	struct model *own = annotated_model(u, opt->model, NULL);
	struct flow *fl = flow_new(u, own ? own : opt->model,
				   imports_world(im));
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
	struct imports *im;
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
	im = stored_imports(cmd, opt);
	if (!strcmp(pass, "raw") || !strcmp(pass, "lower"))
		dump_lowered(out, u, function);
	else if (!strcmp(pass, "events"))
		dump_events(out, u, opt, im, function);
	else
		dump_flow(out, u, opt, im, pass, function);
	imports_free(im);
	unit_free(u);
	return g_string_free(out, FALSE);
}
