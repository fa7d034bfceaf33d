// SPDX-License-Identifier: GPL-2.0-only
/* Which engines a run has. That one is missing is never passed over. */
#include "cmd/engines.h"

#include <string.h>

#include "base/words.h"
#include "cmd/common.h"
#include "engines/engine.h"
#include "rules/rules.h"

#define CLANG "clang"
#define BY_DEFAULT "clang,cocci"

gboolean engines_known(const char *name)
{
	return !strcmp(name, CLANG) || engine_find(name);
}

gboolean engines_want(const char *names, const char *engine)
{
	return words_have(names ? names : BY_DEFAULT, engine);
}

char *engines_list(void)
{
	GString *out = g_string_new(CLANG);
	const struct engine *e;

	for (gsize i = 0; (e = engine_at(i)); i++)
		g_string_append_printf(out, ",%s", e->name);
	return g_string_free(out, FALSE);
}

/* The first engine of @names that looks for the rule; NULL: none does. */
static const char *finder(const char *names, const char *rule)
{
	const struct engine *e;

	if (engines_want(names, CLANG) && rules_look_for(rule))
		return CLANG;
	for (gsize i = 0; (e = engine_at(i)); i++)
		if (engines_want(names, e->name) && engine_looks_for(e, rule))
			return e->name;
	return NULL;
}

gboolean engines_cover(const char *names, const char *rules)
{
	char *all = engines_list();
	const struct rule_info *rule;
	gboolean ok = TRUE;

	for (size_t i = 0; rules && ok && (rule = rule_info_at(i)); i++) {
		ok = !words_have(rules, rule->id) || finder(names, rule->id);
		if (!ok)
			cmd_usage("%s needs --engine=%s", rule->id,
				  finder(all, rule->id));
	}
	g_free(all);
	return ok;
}

static void add_engine(struct engines *es, const struct engine *e,
		       gboolean by_name, struct report *r)
{
	char *error = NULL, *version = e->version(&error), *reason;

	if (version) {
		g_ptr_array_add(es->others, (gpointer)e);
		g_ptr_array_add(es->versions, g_strdup_printf("%s: %s", e->name,
							      version));
		g_free(version);
		return;
	}
	reason = g_strdup_printf("%s: not used: %s", e->name, error);
	report_error(r, "%s", reason);
	report_skip(r, NULL, NULL, reason);
	if (by_name)
		r->incomplete = TRUE;
	g_free(reason);
	g_free(error);
}

void engines_choose(const char *names, struct report *r, struct engines *ret)
{
	const struct engine *e;

	ret->clang = engines_want(names, CLANG);
	ret->others = g_ptr_array_new();
	ret->versions = g_ptr_array_new_with_free_func(g_free);
	for (gsize i = 0; (e = engine_at(i)); i++)
		if (engines_want(names, e->name))
			add_engine(ret, e, names != NULL, r);
}

void engines_clear(struct engines *e)
{
	g_clear_pointer(&e->others, g_ptr_array_unref);
	g_clear_pointer(&e->versions, g_ptr_array_unref);
}

guint engines_count(const struct engines *e)
{
	return e->others->len + (e->clang ? 1 : 0);
}
