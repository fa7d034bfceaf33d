// SPDX-License-Identifier: GPL-2.0-only
/* Which engines a run has. That one is missing is never passed over. */
#include "cmd/engines.h"

#include <string.h>

#include "base/words.h"
#include "engines/engine.h"

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
		g_string_append_printf(out, ", %s", e->name);
	return g_string_free(out, FALSE);
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
