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
#include <stdlib.h>
#include <string.h>

#include "emitted.h"
#include "events.h"
#include "events/machine.h"
#include "scratch.h"

#define N_RANDOM 30
/* Of one program. What is larger is compared only as far as it was explored. */
#define MAX_EXECUTIONS 20000

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
	struct emitted_report said = emitted_read(json);
	bool cut = said.executions >= MAX_EXECUTIONS;
	struct machine_result r;
	unsigned int found;

	machine_run(p, NULL, a, &r);
	found = emitted_coarse(r.failures);
	if (said.first & ~found || (!cut && found & ~said.all)) {
		GString *text = g_string_new(NULL);

		program_print(text, p);
		g_test_message("machine %#x, runtime %#x in %#x\n%s\n%s",
			       found, said.first, said.all, json, text->str);
		g_string_free(text, TRUE);
	}
	g_assert_cmphex(said.first & ~found, ==, 0);
	if (!cut)
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

	emitted_compile(dir, p, control);
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
		emitted_compile(dir, p, program_control(a, p));
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
