// SPDX-License-Identifier: GPL-2.0-only
/* The generated parts of semantic patches: repetition, filters, lists. */
#include <glib.h>
#include <string.h>

#include "engines/template.h"

#define DONE "//%done\n"

/* "a b"; "" has none. */
static char **names(const char *list)
{
	return g_strsplit(list, " ", -1);
}

static void add_pair(struct engine_model *m, const char *name,
		     const char *flag, const char *object, const char *gets)
{
	struct engine_pair *p = g_new0(struct engine_pair, 1);

	p->name = g_strdup(name);
	p->record = g_strdup("rec");
	p->flag = g_strdup(flag);
	p->object = g_strdup(object);
	p->object_record = g_strdup("obj");
	p->gets = names(gets);
	p->puts = names("put_a");
	p->sets = names(strchr(flag, 'B') ? "SetB SetA" : "");
	p->clears = names(strchr(flag, 'B') ? "ClearA" : "");
	g_ptr_array_add(m->pairs, p);
}

static void add_call(struct engine_model *m, const char *name,
		     const char *effect, int arg)
{
	const struct engine_call c = { g_strdup(name), effect, arg };

	g_array_append_val(m->calls, c);
}

static struct engine_model *model(void)
{
	struct engine_model *m = engine_model_new();
	struct engine_pin *pin = g_new0(struct engine_pin, 1);

	add_pair(m, "one-pair", "flags:BIT", "", "b a");
	add_pair(m, "two", "pinned", "->o", "get_o");
	add_pair(m, "three", "bare", "->o", "");
	add_pair(m, "four", "word:PIN", "->o", "");
	pin->record = g_strdup("rec");
	pin->flag = g_strdup("word:PIN");
	pin->reapers = names("reap_a");
	g_ptr_array_add(m->pins, pin);
	add_call(m, "drop", "put", 0);
	add_call(m, "drop_and_wake", "put", 0);
	add_call(m, "drop_and_wake", "wake", 0);
	add_call(m, "dec_test", "count-dec-test", 0);
	add_call(m, "nap", "sleep", -1);
	return m;
}

static void assert_expands(const char *text, const char *want)
{
	struct engine_model *m = model();
	char *error = NULL, *got = template_expand(text, m, &error);

	g_assert_cmpstr(error, ==, NULL);
	g_assert_cmpstr(got, ==, want);
	g_free(got);
	engine_model_free(m);
}

/* The part @lines under @directive gives @want; and what was there is gone. */
static void assert_part(const char *directive, const char *lines,
			const char *want)
{
	char *head = g_strdup_printf("x\n%s\n%s\n", directive, lines);
	char *old = g_strconcat(head, "old\n", DONE, NULL);
	char *new = g_strconcat(head, want, DONE, NULL);

	assert_expands(old, new);
	assert_expands(new, new);
	g_free(head);
	g_free(old);
	g_free(new);
}

static void test_parts(void)
{
	assert_expands("no part\n", "no part\n");
	assert_expands("no end", "no end");
	assert_part("//%once", "//%|a\n//%|\n//%|b", "a\n\nb\n");
	assert_part("//%for pair", "//%|${id} ${record}",
		    "one_pair rec\ntwo rec\nthree rec\nfour rec\n");
	assert_part("//%for pin", "//%|${id}: ${reapers}",
		    "rec_PIN: reap_a\n");
}

static void test_filters(void)
{
	assert_part("//%for pair bits", "//%|${member} ${bit} ${flag}",
		    "word PIN PIN\n");
	assert_part("//%for pin bits", "//%|${flag}", "PIN\n");
	assert_part("//%for pair member", "//%|${member}-${bit}-${flag}",
		    "pinned--pinned\nbare--bare\n");
	assert_part("//%for pair calls", "//%|${set} ${clear}",
		    "SetA, SetB ClearA\n");
	assert_part("//%for pair accessors", "//%|${get} ${put1}",
		    "a, b put_a\nget_o put_a\n");
	assert_part("//%for pair apart accessors", "//%|${object-record}",
		    "obj\n");
	assert_part("//%for pair own", "//%|${get1}", "b\n");
	assert_part("//%for pair pagecache", "//%|x", "");
}

static void test_lists(void)
{
	/* An empty list takes its line away. */
	assert_part("//%for pair", "//%|{${get}}\n//%|z",
		    "{a, b}\nz\n{get_o}\nz\nz\nz\n");
	assert_part("//%once", "//%|{${fn PUT 0}};", "{drop, drop_and_wake};\n");
	assert_part("//%once", "//%|{${only PUT 0}};", "{drop};\n");
	assert_part("//%once", "//%|${fn COUNT_DEC_TEST 0}", "dec_test\n");
	assert_part("//%once", "//%|${fn SLEEP -}", "nap\n");
	assert_part("//%once", "//%|${fn PUT 1}", "");
	/* A line has 80 columns, and goes on after two tabs. */
	assert_part("//%once",
		    "//%|0123456789012345678901234567890123456789012345678901"
		    "23456789{${fn PUT 0}};",
		    "012345678901234567890123456789012345678901234567890123456"
		    "789{drop,\n\t\tdrop_and_wake};\n");
	assert_part("//%once",
		    "//%|01234567890123456789012345678901234567890123456789012"
		    "345{${fn PUT 0}};",
		    "01234567890123456789012345678901234567890123456789012345"
		    "{drop, drop_and_wake};\n");
}

static void assert_fails(const char *text, const char *want)
{
	struct engine_model *m = model();
	char *error = NULL;

	g_assert_null(template_expand(text, m, &error));
	g_assert_cmpstr(error, ==, want);
	g_free(error);
	engine_model_free(m);
}

static void test_mistakes(void)
{
	assert_fails("//%once\n//%|x\n", "1: no //%done follows");
	assert_fails("a\n//%once\n//%|${nonsense}\n//%done\n",
		     "3: there is no ${nonsense} here");
	assert_fails("//%once\n//%|${id}\n//%done\n",
		     "2: there is no ${id} here");
	assert_fails("//%once\n//%|${id\n//%done\n", "2: ${ without }");
	assert_fails("//%for pair odd\n//%|x\n//%done\n",
		     "1: there is no filter 'odd' here");
	assert_fails("//%for bird\n//%|x\n//%done\n",
		     "1: neither 'pair' nor 'pin'");
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/template/parts", test_parts);
	g_test_add_func("/template/filters", test_filters);
	g_test_add_func("/template/lists", test_lists);
	g_test_add_func("/template/mistakes", test_mistakes);
	return g_test_run();
}
