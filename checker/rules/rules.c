// SPDX-License-Identifier: GPL-2.0-only
/* The table of rules, and the loop that runs them over a unit. */
#include "rules/rules.h"

#include <string.h>

#include "base/words.h"
#include "rules/rule.h"

#define RULE(name) extern const struct rule rule_##name;
#include "rules/rules.def"
#undef RULE

static const struct rule *const rules[] = {
#define RULE(name) &rule_##name,
#include "rules/rules.def"
#undef RULE
};

const struct rule_info *rule_info_at(size_t i)
{
	return i < G_N_ELEMENTS(rules) ? &rules[i]->info : NULL;
}

const struct rule_info *rule_info_find(const char *id)
{
	size_t i;

	for (i = 0; i < G_N_ELEMENTS(rules); i++)
		if (!strcmp(rules[i]->info.id, id))
			return &rules[i]->info;
	return NULL;
}

gboolean rules_look_for(const char *id)
{
	size_t i;

	for (i = 0; i < G_N_ELEMENTS(rules); i++)
		if (!strcmp(rules[i]->info.id, id))
			return rules[i]->trace || rules[i]->func ||
			       rules[i]->unit;
	return FALSE;
}

/* A rule that runs, on its way over the unit. */
struct running {
	const struct rule *rule;
	struct rule_run run;
	bool concerned; /* by the function at hand */
};

/* Does the function do something that the rule is about? */
static bool concerns(const struct rule *rule, const struct func_flow *ff)
{
	int kind;

	for (kind = 0; rule->trace && kind < ACT_KINDS; kind++)
		if (rule->traces_with & RULE_KIND(kind) && ff->acts[kind].n)
			return true;
	return false;
}

/*
 * The trace that ends in @leaf, laid out where the one before was: what both
 * begin with stands there already.
 */
static void lay_out(GPtrArray *acts, const struct act *leaf)
{
	const struct act *a;

	g_ptr_array_set_size(acts, leaf->seq);
	for (a = leaf; a && acts->pdata[a->seq - 1] != a; a = a->prev)
		acts->pdata[a->seq - 1] = (gpointer)a;
}

static void run_traces(struct running *at_work, size_t n_rules,
		       const struct func_flow *ff)
{
	GPtrArray *acts = g_ptr_array_new();
	size_t i;
	guint k;

	for (k = 0; k < ff->traces->len; k++) {
		lay_out(acts, ff->traces->pdata[k]);
		for (i = 0; i < n_rules; i++)
			if (at_work[i].concerned)
				at_work[i].rule->trace(
					&at_work[i].run,
					(const struct act *const *)acts->pdata,
					(int)acts->len);
	}
	g_ptr_array_unref(acts);
}

static void run_func(struct running *at_work, size_t n,
		     const struct func_flow *ff)
{
	bool any = false;
	size_t i;

	for (i = 0; i < n; i++) {
		at_work[i].run.ff = ff;
		at_work[i].concerned = concerns(at_work[i].rule, ff);
		any |= at_work[i].concerned;
	}
	if (any)
		run_traces(at_work, n, ff);
	for (i = 0; i < n; i++)
		if (at_work[i].rule->func)
			at_work[i].rule->func(&at_work[i].run);
}

static struct running running_new(const struct rule *rule,
				  const struct flow *fl, struct report *report,
				  GHashTable *subjects)
{
	struct running w = { .rule = rule,
			     .run = { .flow = fl, .info = &rule->info,
				      .report = report,
				      .subjects = subjects } };

	w.run.seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free,
					   NULL);
	return w;
}

static void finish(struct running *w)
{
	w->run.ff = NULL;
	if (w->rule->unit)
		w->rule->unit(&w->run);
	g_hash_table_unref(w->run.seen);
	g_clear_pointer(&w->run.removers, g_hash_table_unref);
	g_clear_pointer(&w->run.answers, g_hash_table_unref);
}

static void add_repairs(const struct flow *fl, const struct report *report,
			GHashTable *subjects)
{
	const struct subject *s;
	guint i;

	for (i = 0; i < report->findings->len; i++) {
		s = g_hash_table_lookup(subjects, report->findings->pdata[i]);
		if (s)
			rule_repair(fl, report->findings->pdata[i], s);
	}
}

void rules_run(const struct flow *fl, const char *ids, struct report *report,
	       GHashTable *subjects)
{
	struct running at_work[G_N_ELEMENTS(rules)];
	size_t i, n = 0;
	guint k;

	for (i = 0; i < G_N_ELEMENTS(rules); i++)
		if (words_have(ids, rules[i]->info.id))
			at_work[n++] = running_new(rules[i], fl, report,
						   subjects);
	for (k = 0; k < fl->funcs->len; k++) {
		const struct func_flow *ff = fl->funcs->pdata[k];

		if (ff->func->in_main_file)
			run_func(at_work, n, ff);
	}
	for (i = 0; i < n; i++)
		finish(&at_work[i]);
	if (subjects)
		add_repairs(fl, report, subjects);
}
