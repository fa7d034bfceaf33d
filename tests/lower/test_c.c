// SPDX-License-Identifier: GPL-2.0-only
/*
 * The emitted C: it compiles without a warning whatever the names are, and
 * under sequential consistency the runtime finds in it the failures that the
 * step machine finds, for the hand-written event lists and for random ones.
 *
 *	lower_test_c [--random FIRST COUNT]
 *
 * With --random only that many random programs, from that seed on. BUILD is
 * the build tree, in which the runtime's library is.
 */
#include <json-c/json.h>
#include <stdlib.h>
#include <string.h>

#include "events.h"
#include "events/emit.h"
#include "events/machine.h"
#include "scratch.h"

#define N_RANDOM 30
/* Of one program. What is larger is compared only as far as it was explored. */
#define MAX_EXECUTIONS 20000

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

/* Only what the runtime can tell apart. */
static unsigned int coarse(unsigned int failures)
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

struct report {
	/*
	 * Failures that stopped an execution, and all. After a failure the
	 * other threads go on, so there may be some that follow from it.
	 */
	unsigned int first, all;
	bool cut;	/* it met MAX_EXECUTIONS */
};

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

/* What is said of the first run, which is the one asked for. */
static struct report read_report(const char *json)
{
	json_object *top = json_tokener_parse(json);
	json_object *runs, *run, *executions;
	struct report r;

	g_assert_nonnull(top);
	g_assert_true(json_object_object_get_ex(top, "runs", &runs));
	run = json_object_array_get_idx(runs, 0);
	r.first = failures_in(run, "first_kinds");
	r.all = failures_in(run, "kinds");
	g_assert_true(json_object_object_get_ex(run, "executions",
						&executions));
	r.cut = json_object_get_int64(executions) >= MAX_EXECUTIONS;
	json_object_put(top);
	return r;
}

/* Compiles @p into DIR/replay, with every warning an error. */
static void compile(const char *dir, const struct program *p,
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

/*
 * DIR/replay with @options must find what the step machine finds in @p: every
 * failure that it found, and no other one comes first.
 */
static void check_run(const char *dir, const char *options,
		      const struct program *p)
{
	char *command = g_strdup_printf("./replay --all --memory sc --json "
					"--limit-executions %d %s",
					MAX_EXECUTIONS, options);
	char *json = scratch_run(dir, command, 3);
	struct arena *a = arena_new();
	struct report said = read_report(json);
	struct machine_result r;
	unsigned int found;

	machine_run(p, NULL, a, &r);
	found = coarse(r.failures);
	if (said.first & ~found || (!said.cut && found & ~said.all)) {
		GString *text = g_string_new(NULL);

		program_print(text, p);
		g_test_message("machine %#x, runtime %#x in %#x\n%s\n%s",
			       found, said.first, said.all, json, text->str);
		g_string_free(text, TRUE);
	}
	g_assert_cmphex(said.first & ~found, ==, 0);
	if (!said.cut)
		g_assert_cmphex(found & ~said.all, ==, 0);
	arena_free(a);
	g_free(json);
	g_free(command);
}

static void check_same(const char *name, const char *text, const char *expect)
{
	struct arena *a = arena_new();
	const struct program *p = events_parse(a, text);
	const struct program *control = program_control(a, p);
	char *dir = scratch_new();

	compile(dir, p, control);
	check_run(dir, "", p);
	if (control)
		check_run(dir, "--control", control);
	scratch_remove(dir);
	arena_free(a);
}

static void test_documented(void)
{
	events_each(check_same);
}

static void check_random(guint32 first, guint32 count)
{
	guint32 i;

	for (i = 0; i < count; i++) {
		char *text = events_random(first + i);

		check_same("random", text, NULL);
		g_free(text);
	}
}

static void test_random(void)
{
	check_random(1, N_RANDOM);
}

/* What would end a string, a comment, a line or a directive. */
static const char hostile[] =
	"\"; system(\"echo pwned\"); //\n#include \"/etc/passwd\"\r\\\n"
	"*/ ?\?/ ?\?' %s%n%d \x01\xff ' /* \\x41 int";

static void set_names(struct program *p)
{
	int i, j;

	p->name = hostile;
	for (i = 0; i < p->n_types; i++) {
		/* Types and fields may not have the same name. */
		p->types[i].record = hostile + i;
		for (j = 0; j < p->types[i].n_fields; j++)
			p->types[i].fields[j].name = hostile + j;
	}
	for (i = 0; i < p->n_objects; i++)
		p->objects[i].name = hostile;
	for (i = 0; i < p->n_invariants; i++)
		p->invariants[i].text = hostile;
	for (i = 0; i < p->n_threads; i++) {
		struct thread *t = &p->threads[i];

		t->name = hostile;
		for (j = 0; j < t->n_regs; j++)
			t->regs[j] = hostile;
		for (j = 0; j < t->n_ops; j++) {
			t->ops[j].text = hostile;
			t->ops[j].func = hostile;
			t->ops[j].at.file = hostile;
			t->ops[j].at.line = 1 + j;
		}
	}
}

static void test_hostile_names(void)
{
	guint32 seed;

	for (seed = 1; seed <= 3; seed++) {
		struct arena *a = arena_new();
		char *text = events_random(seed);
		struct program *p = events_parse(a, text);
		struct assumption assumption = { .text = hostile };
		char *dir = scratch_new(), *out;

		set_names(p);
		assumption.at.file = hostile;
		p->assumptions = &assumption;
		p->n_assumptions = 1;
		g_assert_null(program_validate(p));
		compile(dir, p, program_control(a, p));
		check_run(dir, "", p);
		out = scratch_run(dir, "./replay --limit-executions 1000", 3);
		g_assert_null(strstr(out, "\npwned"));
		g_free(out);
		scratch_remove(dir);
		g_free(text);
		arena_free(a);
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	if (argc == 4 && strcmp(argv[1], "--random") == 0) {
		check_random((guint32)atoi(argv[2]), (guint32)atoi(argv[3]));
		return 0;
	}
	g_test_add_func("/c/documented", test_documented);
	g_test_add_func("/c/random", test_random);
	g_test_add_func("/c/hostile-names", test_hostile_names);
	return g_test_run();
}
