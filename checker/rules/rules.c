// SPDX-License-Identifier: GPL-2.0-only
/* The table of rules, and the loop that runs them over a unit. */
#include "rules/rules.h"

#include <string.h>

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

static void run_traces(const struct rule *rule, struct rule_run *r)
{
	struct arena *scratch = arena_new();
	guint i;

	for (i = 0; i < r->ff->traces->len; i++) {
		const struct act **acts;
		int n;

		acts = flow_trace(scratch, r->ff->traces->pdata[i], &n);
		rule->trace(r, acts, n);
	}
	arena_free(scratch);
}

static void run_rule(const struct rule *rule, const struct flow *fl,
		     struct report *report, GHashTable *subjects)
{
	struct rule_run r = { .flow = fl, .info = &rule->info,
			      .report = report, .subjects = subjects };
	guint i;

	r.seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	for (i = 0; i < fl->funcs->len; i++) {
		r.ff = fl->funcs->pdata[i];
		if (!r.ff->func->in_main_file)
			continue;
		if (rule->trace)
			run_traces(rule, &r);
		if (rule->func)
			rule->func(&r);
	}
	r.ff = NULL;
	if (rule->unit)
		rule->unit(&r);
	g_hash_table_unref(r.seen);
}

static gboolean wanted(const char *ids, const char *id)
{
	char **list;
	gboolean yes;

	if (!ids)
		return TRUE;
	list = g_strsplit(ids, ",", -1);
	yes = g_strv_contains((const char *const *)list, id);
	g_strfreev(list);
	return yes;
}

void rules_run(const struct flow *fl, const char *ids, struct report *report,
	       GHashTable *subjects)
{
	size_t i;

	for (i = 0; i < G_N_ELEMENTS(rules); i++)
		if (wanted(ids, rules[i]->info.id))
			run_rule(rules[i], fl, report, subjects);
}
