// SPDX-License-Identifier: GPL-2.0-only
/*
 * The control: the documented bugs are gone in it, and it never fails in a way
 * in which the program does not.
 */
#include <string.h>

#include "events.h"
#include "events/machine.h"

#define N_RANDOM 2000

static void check_documented(const char *name, const char *text,
			     const char *expect)
{
	struct arena *a = arena_new();
	const struct program *control;
	struct machine_result r;

	control = program_control(a, events_parse(a, text));
	g_assert_true(!control == !strstr(text, " suspect"));
	if (control) {
		g_assert_null(program_validate(control));
		machine_run(control, NULL, a, &r);
		g_assert_cmpstr(failure_text(r.failure), ==, "clean");
		g_assert_true(r.complete);
	}
	arena_free(a);
}

static void test_documented(void)
{
	events_each(check_documented);
}

/* A section that waits for one in another thread may add these. */
#define WAITING \
	(1u << FAILURE_DEADLOCK | 1u << FAILURE_LOST_WAKEUP | \
	 1u << FAILURE_LIVELOCK)

static void test_random(void)
{
	guint32 seed, n_controls = 0, n_cured = 0;

	for (seed = 1; seed <= N_RANDOM; seed++) {
		struct arena *a = arena_new();
		char *text = events_random(seed);
		const struct program *p = events_parse(a, text);
		const struct program *control = program_control(a, p);
		struct machine_result before, after;

		g_free(text);
		if (control) {
			n_controls++;
			g_assert_null(program_validate(control));
			machine_run(p, NULL, a, &before);
			machine_run(control, NULL, a, &after);
			g_assert_cmphex(after.failures & ~before.failures &
					~WAITING, ==, 0);
			n_cured += before.failures && !after.failures;
		}
		arena_free(a);
	}
	g_test_message("%u controls, %u of them cure", n_controls, n_cured);
	g_assert_cmpuint(n_cured, >, 0);
}

/* What is held where, by hand. */
static void test_sections(void)
{
	static const char text[] =
		"program x\ntype t\nfield w\nfield l lock\nfield m lock\n"
		"object o t\n"
		"thread a\nreg r\n"
		"	r = load &o->w suspect\n"
		"	branch r out\n"
		"	store &o->w 1 suspect\n"
		"out:\n"
		"	r = load &o->w\n"
		"	end\n"
		"thread b\n"
		"	lock spin &o->m\n"
		"	store &o->w 2\n"
		"	store &o->w 3\n"
		"	unlock spin &o->m\n"
		"	end\n";
	static const char expect[] =
		"thread a\nreg r\n"
		"	lock spin &section->held\n"
		"	r = load &o->w suspect\n"
		"	branch r L9\n"
		"	store &o->w 1 suspect\n"
		"	unlock spin &section->held\n"
		"	lock spin &section->held\n"
		"L6:\n"
		"	r = load &o->w\n"
		"	unlock spin &section->held\n"
		"	end\n"
		"L9:\n"
		"	unlock spin &section->held\n"
		"	lock spin &section->held\n"
		"	goto L6\n"
		"\nthread b\n"
		"	lock spin &o->m\n"
		"	lock spin &section->held\n"
		"	store &o->w 2\n"
		"	store &o->w 3\n"
		"	unlock spin &section->held\n"
		"	unlock spin &o->m\n"
		"	end\n";
	struct arena *a = arena_new();
	GString *out = g_string_new(NULL);

	program_print(out, program_control(a, events_parse(a, text)));
	g_string_replace(out, " \"control: from here on in one step\"", "", 0);
	g_string_replace(out, " \"control: up to here in one step\"", "", 0);
	g_string_replace(out, "2->held", "&section->held", 0);
	g_assert_cmpstr(strstr(out->str, "thread a"), ==, expect);
	g_string_free(out, TRUE);
	arena_free(a);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/control/documented", test_documented);
	g_test_add_func("/control/random", test_random);
	g_test_add_func("/control/sections", test_sections);
	return g_test_run();
}
