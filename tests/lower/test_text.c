// SPDX-License-Identifier: GPL-2.0-only
/*
 * Event lists as text: what is printed reads back as the same, with any name;
 * what is wrong is refused with its line.
 */
#include "events.h"

static char *print(const struct program *p)
{
	GString *out = g_string_new(NULL);

	program_print(out, p);
	return g_string_free(out, FALSE);
}

static void check_same(const char *name, const char *text, const char *expect)
{
	struct arena *a = arena_new();
	char *first = print(events_parse(a, text));
	char *second = print(events_parse(a, first));

	g_assert_cmpstr(first, ==, second);
	g_free(first);
	g_free(second);
	arena_free(a);
}

static void test_round_trip(void)
{
	events_each(check_same);
}

/* Every op and every kind of value, as it is printed. */
static void test_canonical(void)
{
	static const char text[] =
		"program all\n"
		"initial guessed\n"
		"assume \"a \\\"quoted\\\" one\" @ \"a b.c\":3:4\n"
		"type \"\"\n"
		"field lock lock\n"
		"field word\n"
		"type page stable\n"
		"field refs count\n"
		"field next pointer\n"
		"field word\n"
		"object globals \"\" word=-3\n"
		"object \"page #2\" page pool refs=1\n"
		"invariant page \"text\" (refs & 1) <= word\n"
		"\n"
		"thread first\n"
		"reg a 5\n"
		"reg - -1\n"
		"reg same\n"
		"reg same\n"
		"	a = set ((a + 1) == -(2))\n"
		"L1:\n"
		"	%1 = choose 2 assumed suspect \"text\" @ \"f.c\":1:2 in g\n"
		"	branch !(a != -7:\"SEVEN\") L1\n"
		"	%2 = load &\"page #2\"->refs acquire\n"
		"	store a->next &globals release\n"
		"	%3 = load a->page.word once\n"
		"	add a->refs 1\n"
		"	a = add a->refs -1 full\n"
		"	or a->\"\".word 4\n"
		"	andnot a->\"\".word ~(4)\n"
		"	a = xchg a->refs (a & (&globals))\n"
		"	a = cmpxchg a->refs 1 0 full\n"
		"	a = add_unless a->refs 0 1\n"
		"	fence full\n"
		"	use a\n"
		"	a = alloc page\n"
		"	free a\n"
		"	lock spin &globals->lock\n"
		"	a = trylock read &globals->lock\n"
		"	unlock write &globals->lock\n"
		"	rcu_lock\n"
		"	rcu_unlock\n"
		"	synchronize\n"
		"	prepare a->refs\n"
		"	schedule\n"
		"	finish\n"
		"	wake a->refs\n"
		"	relax\n"
		"	a = start 1 a\n"
		"	call_rcu 2 (a || 0)\n"
		"	assert (a < 3)\n"
		"	drop\n"
		"	goto L1\n"
		"\n"
		"thread \"second thread\" agent\n"
		"	end\n"
		"\n"
		"thread third agent\n"
		"	end\n";
	struct arena *a = arena_new();
	char *printed = print(events_parse(a, text));

	g_assert_cmpstr(printed, ==, text);
	g_free(printed);
	arena_free(a);
}

/* Names come from the analysed code: none of them changes what is read. */
static void test_hostile_names(void)
{
	static const char *const names[] = {
		"", " ", "a\nb", "\"", "\\", "*/", "\xff\x01", "%s%n", "#", "-",
		"->", "=", "a:", "&a", "thread", "once",
	};
	guint i;

	for (i = 0; i < G_N_ELEMENTS(names); i++) {
		struct arena *a = arena_new();
		struct program *p = events_parse(a,
			"program x\ntype t\nfield f\nobject o t\n"
			"thread t\nreg r\nr = load &o->f once \"x\" in t\n"
			"r = set r\nend\n");
		char *first, *second;

		p->name = p->types[0].record = p->types[0].fields[0].name =
			p->objects[0].name = p->threads[0].name =
			p->threads[0].regs[0] = p->threads[0].ops[0].text =
			p->threads[0].ops[0].func =
			p->threads[0].ops[0].at.file = names[i];
		first = print(p);
		p = events_parse(a, first);
		g_assert_cmpint(p->threads[0].n_ops, ==, 3);
		g_assert_cmpstr(p->name, ==, names[i]);
		g_assert_cmpstr(p->types[0].fields[0].name, ==, names[i]);
		g_assert_cmpstr(p->threads[0].regs[0], ==, names[i]);
		g_assert_cmpstr(p->threads[0].ops[0].at.file, ==, names[i]);
		second = print(p);
		g_assert_cmpstr(first, ==, second);
		g_free(first);
		g_free(second);
		arena_free(a);
	}
}

#define HEAD "program x\ntype t\nfield f\nfield l lock\nobject o t\n" \
	     "thread t\nreg r\n"

static void test_errors(void)
{
	static const struct { const char *text, *error; } cases[] = {
		{ "", "1: 0 threads" },
		{ "program x\nthread t\n", "3: thread t, op 0: it runs over the end" },
		{ HEAD "frob\n", "8: 'frob' is not understood" },
		{ HEAD "r = end\n", "8: 'end' has no result" },
		{ HEAD "end end\n", "8: more than is understood" },
		{ HEAD "goto L\n", "9: thread t has no label 'L'" },
		{ HEAD "use q\n", "8: there is no register 'q'" },
		{ HEAD "use &q\n", "8: there is no object 'q'" },
		{ HEAD "use 1000\n", "9: thread t, op 0: 1000 does not fit" },
		{ HEAD "use %7\n", "9: thread t, op 0: there is no register 7" },
		{ HEAD "%9 = set 1\nend\n", "10: thread t, op 0: there is no register 9" },
		{ HEAD "r = load &o->g\n", "8: there is no field 'g'" },
		{ HEAD "r = load &o->l\nend\n", "10: thread t, op 0: 'l' is a lock" },
		{ HEAD "lock spin &o->f\nend\n", "10: thread t, op 0: 'f' is not a lock" },
		{ HEAD "load &o->f\nend\n", "10: thread t, op 0: there is no register -1" },
		{ HEAD "r = load &o->f release\nend\n", "10: thread t, op 0: no such op orders as 'release'" },
		{ HEAD "fence\nend\n", "10: thread t, op 0: no such op orders as 'plain'" },
		{ HEAD "start 0 1\nend\n", "10: thread t, op 0: thread 0 is no agent" },
		{ HEAD "start 1 1\ncall_rcu 1 1\nend\nthread g agent\nend\n", "13: thread t, op 0: agent 1 is started in two ways" },
		{ HEAD "end\ninvariant t \"\" l\n", "10: an invariant of the lock 'l'" },
		{ HEAD "lock foo &o->l\n", "8: one of spin, mutex... is missing" },
		{ HEAD "assert (r + \n", "8: a name is missing" },
		{ HEAD "assert (r * 2)\n", "8: ')' is missing" },
		{ HEAD "use 99999999999\n", "8: a number that does not fit" },
		{ "program x\ntype t\ntype t\nthread t\nend\n", "6: two types 't'" },
		{ "end\n", "1: 'end' is not understood" },
	};
	guint i;

	for (i = 0; i < G_N_ELEMENTS(cases); i++) {
		struct arena *a = arena_new();
		char *error = NULL;

		g_assert_null(program_parse(a, cases[i].text, &error));
		g_assert_cmpstr(error, ==, cases[i].error);
		g_free(error);
		arena_free(a);
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/text/round-trip", test_round_trip);
	g_test_add_func("/text/canonical", test_canonical);
	g_test_add_func("/text/hostile-names", test_hostile_names);
	g_test_add_func("/text/errors", test_errors);
	return g_test_run();
}
