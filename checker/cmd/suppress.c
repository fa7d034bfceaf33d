// SPDX-License-Identifier: GPL-2.0-only
/* Suppression in the source, for a run: what it read, and what it looks for. */
#include "cmd/suppress.h"

#include "base/words.h"
#include "cmd/check.h"
#include "cmd/engines.h"
#include "engines/engine.h"
#include "report/report.h"
#include "rules/rules.h"

struct search {
	const char *rules;
	const struct engines *engines;
};

static gboolean known_rule(const char *rule)
{
	return rule_info_find(rule) != NULL;
}

static gboolean looked_for(const char *rule, const void *data)
{
	const struct search *s = data;
	const GPtrArray *others = s->engines->others;

	if (!words_have(s->rules, rule))
		return FALSE;
	if (s->engines->clang && rules_look_for(rule))
		return TRUE;
	for (guint i = 0; others && i < others->len; i++)
		if (engine_looks_for(others->pdata[i], rule))
			return TRUE;
	return FALSE;
}

int suppress(struct report *r, const struct units *units, const char *rules,
	     const struct engines *engines, const struct suppress_text *text)
{
	char **names = check_unit_names(units);
	const struct search search = { rules, engines };
	struct suppress_options options = {
		.files = (const char *const *)names, .known = known_rule,
		.looked_for = looked_for, .data = &search
	};
	int hidden;

	if (text) {
		options.state = text->state;
		options.text_of = text->text_of;
		options.text_data = text->data;
		options.keep = text->keep;
	}
	hidden = report_suppress(r, &options);
	g_strfreev(names);
	return hidden;
}
