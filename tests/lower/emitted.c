// SPDX-License-Identifier: GPL-2.0-only
/* Emitted C as a program: compiling it, and reading what it reports. */
#include "emitted.h"

#include <json-c/json.h>
#include <string.h>

#include "events/emit.h"
#include "events/machine.h"
#include "scratch.h"

/* What the runtime calls a failure; how one gets stuck is not compared. */
static const struct {
	const char *name;
	unsigned int failures;
} kinds[] = {
	{ "assertion", 1u << FAILURE_ASSERT },
	{ "use after free", 1u << FAILURE_USE_AFTER_FREE },
	{ "double free", 1u << FAILURE_DOUBLE_FREE },
	{ "reference underflow",
	  1u << FAILURE_UNDERFLOW | 1u << FAILURE_RESURRECT },
	{ "mismatch at rest", 1u << FAILURE_INVARIANT },
	{ "deadlock", 1u << FAILURE_DEADLOCK | 1u << FAILURE_LOST_WAKEUP |
		      1u << FAILURE_LIVELOCK },
	{ "bad access", 1u << FAILURE_NULL },
	{ "bad unlock", 1u << FAILURE_BAD_UNLOCK },
};

unsigned int emitted_coarse(unsigned int failures)
{
	unsigned int sum = 0;
	guint i;

	for (i = 0; i < G_N_ELEMENTS(kinds); i++)
		if (failures & kinds[i].failures)
			sum |= kinds[i].failures;
	return sum;
}

static unsigned int kind_of(const char *name)
{
	guint i;

	if (!strcmp(name, "lost wake-up") || !strcmp(name, "livelock"))
		name = "deadlock";
	for (i = 0; i < G_N_ELEMENTS(kinds); i++)
		if (!strcmp(kinds[i].name, name))
			return kinds[i].failures;
	g_test_message("failure '%s'", name);
	g_assert_not_reached();
}

static unsigned int failures_in(json_object *run, const char *member)
{
	unsigned int failures = 0;
	json_object *list;
	size_t i;

	g_assert_true(json_object_object_get_ex(run, member, &list));
	for (i = 0; i < json_object_array_length(list); i++)
		failures |= kind_of(json_object_get_string(
			json_object_array_get_idx(list, i)));
	return failures;
}

struct emitted_report emitted_read(const char *json)
{
	json_object *top = json_tokener_parse(json);
	json_object *runs, *run, *executions;
	struct emitted_report r;

	g_assert_nonnull(top);
	g_assert_true(json_object_object_get_ex(top, "runs", &runs));
	run = json_object_array_get_idx(runs, 0);
	r.first = failures_in(run, "first_kinds");
	r.all = failures_in(run, "kinds");
	g_assert_true(json_object_object_get_ex(run, "executions",
						&executions));
	r.executions = json_object_get_int64(executions);
	json_object_put(top);
	return r;
}

void emitted_compile(const char *dir, const struct program *p,
		     const struct program *control)
{
	const char *build = g_getenv("BUILD");
	GString *text = g_string_new(NULL);
	char *command;

	g_assert_nonnull(build);
	emit_c(text, p, control);
	scratch_write(dir, "replay.c", text->str);
	command = g_strdup_printf(COMPILER " -std=gnu11 -O0 -Wall -Wextra "
				  "-Werror -I%s/share/pincheck/replay/include "
				  "-o replay replay.c "
				  "%s/share/pincheck/replay/*.a", build, build);
	g_free(scratch_run(dir, command, 0));
	g_free(command);
	g_string_free(text, TRUE);
}
