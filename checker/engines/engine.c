// SPDX-License-Identifier: GPL-2.0-only
/* The table of engines, and what they have in common. */
#include "engines/engine.h"

#include <string.h>

#include "base/process.h"

#define ENGINE(name) extern const struct engine engine_##name;
#include "engines/engines.def"
#undef ENGINE

static const struct engine *const engines[] = {
#define ENGINE(name) &engine_##name,
#include "engines/engines.def"
#undef ENGINE
};

/* Printing a version takes no time. */
#define VERSION_SECONDS 20
#define VERSION_BYTES 4096

const struct engine *engine_at(gsize i)
{
	return i < G_N_ELEMENTS(engines) ? engines[i] : NULL;
}

const struct engine *engine_find(const char *name)
{
	for (gsize i = 0; i < G_N_ELEMENTS(engines); i++)
		if (!strcmp(engines[i]->name, name))
			return engines[i];
	return NULL;
}

gboolean engine_looks_for(const struct engine *e, const char *rule)
{
	return g_strv_contains(e->rules, rule);
}

void engine_pair_free(void *pair)
{
	struct engine_pair *p = pair;

	g_free(p->name);
	g_free(p->record);
	g_free(p->flag);
	g_free(p->object);
	g_free(p->object_record);
	g_strfreev(p->gets);
	g_strfreev(p->puts);
	g_strfreev(p->sets);
	g_strfreev(p->clears);
	g_free(p->lock);
	g_free(p);
}

static void pin_free(void *pin)
{
	struct engine_pin *p = pin;

	g_free(p->record);
	g_free(p->flag);
	g_strfreev(p->reapers);
	g_free(p);
}

static void call_clear(void *call)
{
	struct engine_call *c = call;

	g_free(c->name);
}

struct engine_model *engine_model_new(void)
{
	struct engine_model *m = g_new(struct engine_model, 1);

	m->pairs = g_ptr_array_new_with_free_func(engine_pair_free);
	m->pins = g_ptr_array_new_with_free_func(pin_free);
	m->calls = g_array_new(FALSE, FALSE, sizeof(struct engine_call));
	g_array_set_clear_func(m->calls, call_clear);
	return m;
}

void engine_model_free(struct engine_model *m)
{
	if (!m)
		return;
	g_ptr_array_unref(m->pairs);
	g_ptr_array_unref(m->pins);
	g_array_unref(m->calls);
	g_free(m);
}

char *engine_program_version(const char *program, char **ret_error)
{
	const char *const argv[] = { program, "--version", NULL };
	/* Not here: a folder may hold options that the program reads. */
	const struct process_request req = { .argv = argv, .cwd = "/",
					     .limit = VERSION_BYTES,
					     .timeout = VERSION_SECONDS };
	struct process_result ran;
	char *why, *line = NULL;

	if (process_run(&req, &ran, ret_error) < 0)
		return NULL;
	why = process_failure(&ran);
	if (why)
		*ret_error = g_strdup_printf("%s --version: %s", program, why);
	else
		line = g_strndup(ran.out->str, strcspn(ran.out->str, "\n"));
	g_free(why);
	process_result_clear(&ran);
	return line;
}

void engine_fail(const struct engine *e, struct report *r, const char *file,
		 const char *what)
{
	char *reason = g_strdup_printf("%s: %s", e->name, what);

	report_error(r, "%s: %s", file, reason);
	report_skip(r, file, NULL, reason);
	r->incomplete = TRUE;
	g_free(reason);
}
