// SPDX-License-Identifier: GPL-2.0-only
/*
 * Edits from repairs, on text alone: what is replaced, put in, moved and left
 * alone; and that no text makes them crash or read too far.
 */
#include <glib.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fix/fix.h"
#include "report/report.h"

/*
 * In the texts @ stands before the statement of the repair and $ before the
 * other one.
 */
struct fix_case {
	const char *text;
	const char *fixed; /* NULL: there is nothing to be done */
};

/* The place of @mark in @text, which loses it. */
static void take_mark(GString *text, char mark, int *ret_line, int *ret_column)
{
	const char *at = strchr(text->str, mark), *c;

	*ret_line = *ret_column = 0;
	if (!at)
		return;
	*ret_line = *ret_column = 1;
	for (c = text->str; c < at; c++) {
		++*ret_column;
		if (*c == '\n') {
			++*ret_line;
			*ret_column = 1;
		}
	}
	g_string_erase(text, at - text->str, 1);
}

/*
 * The text with the repair in it, or NULL. It is made from a copy without a
 * terminator, so that sanitizers see who reads too far.
 */
static char *repaired(struct repair *r, const GString *text)
{
	char *exact = g_memdup2(text->str, text->len);
	struct fix *x = fix_repair(r, exact, text->len);
	GString *out;

	if (!x) {
		g_free(exact);
		return NULL;
	}
	g_assert_cmpstr(x->title, !=, "");
	out = fix_apply(x, exact, text->len);
	fix_free(x);
	g_free(exact);
	return g_string_free(out, FALSE);
}

static void check_case(enum repair_kind kind, const struct fix_case *c)
{
	struct repair r = { .kind = kind };
	GString *text = g_string_new(c->text);
	char *got;

	if (kind != REPAIR_LATER) {
		r.function = (char *)"use";
		r.arguments = (char *)"e, o";
	}
	/* the first mark first: it moves the second */
	if (kind != REPAIR_GET && strcspn(c->text, "$") < strcspn(c->text, "@"))
		take_mark(text, '$', &r.to_line, &r.to_column);
	take_mark(text, '@', &r.line, &r.column);
	if (!r.to_line)
		take_mark(text, '$', &r.to_line, &r.to_column);
	got = repaired(&r, text);
	if (g_strcmp0(got, c->fixed))
		g_error("%s\ngives\n%s\nand not\n%s", c->text,
			got ? got : "nothing",
			c->fixed ? c->fixed : "nothing");
	g_free(got);
	g_string_free(text, TRUE);
}

#define CHECK_CASES(kind, cases)                                   \
	for (size_t i_ = 0; i_ < G_N_ELEMENTS(cases); i_++)        \
		check_case(kind, &(cases)[i_])

/* ---- a call in the place of two statements ---- */

#define F(body) "void f(void)\n{\n" body "}\n"

static const struct fix_case calls[] = {
	{ F("\t@x->on = 0; /* a */\n\tg(x);\n\t$put(y);\n"),
	  F("\tuse(e, o); /* a */\n\tg(x);\n") },
	{ F("\t$x->on = 0; // a\n\tg(x);\n\t@put(y); // b\n"),
	  F("\tg(x);\n\tuse(e, o); // b\n") },
	/* A carriage return alone: no line, but it ends a comment */
	{ "/* a\rb */\n" F("\t@x = 0;\n\t$put(y);\n"),
	  "/* a\rb */\n" F("\tuse(e, o);\n") },
	{ F("\t@x = 0;\n\tg();\r\t$put(y);\n"), NULL },
	{ F("\t@x = 0; // a\rg();\n\t$put(y);\n"), NULL },
	{ F("\t@x = 0; /* a\rb */\n\t$put(y);\n"),
	  F("\tuse(e, o); /* a\rb */\n") },
	/* There is no other one */
	{ F("\t@x = 0; /* a */\n\tg();\n"),
	  F("\tuse(e, o); /* a */\n\tg();\n") },
	{ F("\tif (a)\n\t\t@x = 0;\n"), NULL },
	/* In a block of a block, of several lines */
	{ F("\tif (a) {\n\t\tx->on\n\t\t\t@= 0;\n\t\tif (b)\n"
	    "\t\t\tg();\n\t\t$put(\n\t\t\ty); /* b */ /* c */\n\t}\n"),
	  F("\tif (a) {\n\t\tuse(e, o);\n\t\tif (b)\n\t\t\tg();\n\t}\n") },
	/* Not on one path: a way out, a way in, a line that may not be there */
	{ F("\t@x->on = 0;\n\tif (b)\n\t\treturn;\n\t$put(y);\n"), NULL },
	{ F("\t@x->on = 0;\n\tif (b)\n\t\tGOTO(out, 1);\n\t$put(y);\n"),
	  NULL },
	{ F("\t@x->on = 0;\nout:\n\tg();\n\t$put(y);\n"), NULL },
	{ F("\t$put(y);\nout:\n\tg();\n\t@x->on = 0;\n"), NULL },
	{ F("#ifdef A\n\t@x->on = 0;\n#endif\n\t$put(y);\n"), NULL },
	{ F("\t@x->on = 0;\n#ifdef A\n\tg();\n#endif\n\t$put(y);\n"), NULL },
	{ F("#ifdef A\n\t@x->on = 0;\n\t$put(y);\n#endif\n"),
	  F("#ifdef A\n\tuse(e, o);\n#endif\n") },
	/* What they name is another thing by then, or may be */
	{ F("\t@x->on = 0;\n\ty = x->next;\n\t$put(y);\n"), NULL },
	{ F("\t@x->on = 0;\n\tx = x->next;\n\t$put(y);\n"), NULL },
	{ F("\t$put(y);\n\tstep(&x);\n\t@x->on = 0;\n"), NULL },
	{ F("\t@x->on = 0;\n\tz = x->next;\n\t$put(y);\n"),
	  F("\tuse(e, o);\n\tz = x->next;\n") },
	/* The end of the line and bits */
	{ "void f(void)\r\n{\r\n  @x->w |= BIT(3);\r\n  $put(y);\r\n}\r\n",
	  "void f(void)\r\n{\r\n  use(e, o);\r\n}\r\n" },
	{ "void f(void)\n{\n\t@*x &= ~(M);\n\t$put(y);\n}",
	  "void f(void)\n{\n\tuse(e, o);\n}" },
	{ F("\t@x->a[3].on = 0;\n\t$put(y);\n"), F("\tuse(e, o);\n") },
	/* Characters, strings and comments that look like code */
	{ "char c = '{', *s = \"}\\\"{\"; /* { */ // {\nvoid f(void)\n{\n"
	  "\t@x = ')';\n\t$put(\";\");\n}\n",
	  "char c = '{', *s = \"}\\\"{\"; /* { */ // {\nvoid f(void)\n{\n"
	  "\tuse(e, o);\n}\n" },
	/* Directives that leave the brackets as they are */
	{ "#define M(x) { x \\\n\t(\n#ifdef A\nint a(void) {}\n#else\n"
	  "int b(void) {}\n#endif\nvoid f(void)\n{\n\t@x = 1;\n"
	  "\t$put(y);\n#ifdef A\n\tg();\n#endif\n}\n",
	  "#define M(x) { x \\\n\t(\n#ifdef A\nint a(void) {}\n#else\n"
	  "int b(void) {}\n#endif\nvoid f(void)\n{\n\tuse(e, o);\n"
	  "#ifdef A\n\tg();\n#endif\n}\n" },
	/* Not in one block */
	{ F("\t@x = 0;\n\tif (a) {\n\t\t$put(y);\n\t}\n"), NULL },
	{ F("\tif (a)\n\t\t@x = 0;\n\t$put(y);\n"), NULL },
	{ F("\t@x = 0;\n\tif (a)\n\t\t$put(y);\n"), NULL },
	{ F("\t@x = 0;\n\tfor (;;)\n\t\t$put(y);\n"), NULL },
	{ F("\t@x = 0;\n\tif (a)\n\t\tb();\n\telse\n\t\t$put(y);\n"), NULL },
	{ F("\t@x = 0;\n\tdo\n\t\t$put(y);\n\twhile (a);\n"), NULL },
	{ F("\t@x = 0;\n\tlist_for_each(p, l)\n\t\t$put(y);\n"), NULL },
	{ F("\t@x = 0;\nout:\n\t$put(y);\n"), NULL },
	{ F("\tswitch (a) {\n\tcase 1:\n\t\t@x = 0;\n\t\t$put(y);\n\t}\n"),
	  NULL },
	/* No statement that does one thing */
	{ F("\tint @x = 0;\n\t$put(y);\n"), NULL },
	{ F("\tstruct s *@x = a;\n\t$put(y);\n"), NULL },
	{ F("\t@x = y = 0;\n\t$put(y);\n"), NULL },
	{ F("\t@x = 0, z = 1;\n\t$put(y);\n"), NULL },
	{ F("\t@x = next();\n\t$put(y);\n"), NULL },
	{ F("\t@x = 0;\n\t$put(take(y));\n"), NULL },
	{ F("\t@x = 0;\n\t$put(y++);\n"), NULL },
	{ F("\t@x = 0;\n\ta = $put(y);\n"), NULL },
	{ F("\t@x = 0;\n\treturn $put(y);\n"), NULL },
	{ F("\t@x = 0;\n\tif ($put(y))\n\t\tg();\n"), NULL },
	{ F("\t@x = 0;\n\twhile ($put(y)) {\n\t}\n"), NULL },
	{ F("\t@x = 0;\n\tput(y) && $put(z);\n"), NULL },
	{ F("\t@a(x);\n#ifdef A\n\t$put(\n#else\n\tset(\n#endif\n"
	    "\t\ty);\n"), NULL },
	{ F("\t@a(x);\n\t$put(\n#ifdef A\n\t\ty\n#endif\n\t);\n"), NULL },
	{ "int a = ({\n\t@x = 0;\n\t$put(y);\n});\n", NULL },
	{ "struct s s[] = {\n\t@f(x);\n\t$put(y);\n};\n", NULL },
	/* One and the same, or nowhere */
	{ F("\t@x =$ 0;\n"), NULL },
	{ "void f(void)\n{\n\t@x = 0;\n}\n$", NULL },
	{ "void f(void)\n{\n\t@x = 0;\n}\n\n$\n", NULL },
	{ "@x = 0;\n$put(y);\n", NULL },
	{ "#define M @x = 0;\nvoid f(void)\n{\n\t$put(y);\n}\n", NULL },
	/* On a line with something else */
	{ F("\t@x = 0; $put(y);\n"), NULL },
	{ "void f(void)\n{ @x = 0;\n\t$put(y);\n}\n", NULL },
	{ F("\t@x = 0;\n\t$put(y); "), NULL },
	{ F("\t@x = 0;\n\t$put(y); /* a\n\t * b */\n"), NULL },
	{ F("\t@x = 0;\n\t/* a */ $put(y);\n"), NULL },
	/* Brackets that nobody can follow */
	{ "void f(void)\n{\n\t@x = 0;\n\t$put(y);\n", NULL },
	{ F("\t@x = (0];\n\t$put(y);\n"), NULL },
	{ F("\t@x = 0;\n\t$put(y);\n}\n"), NULL },
	{ "#if A\nvoid f(void) {\n#else\nint f(void) {\n#endif\n"
	  "\t@x = 0;\n\t$put(y);\n}\n", NULL },
	{ F("\t@x = 0;\n\t$put(y);\n#else\n"), NULL },
};

static void test_call(void)
{
	CHECK_CASES(REPAIR_CALL, calls);
}

/* ---- a call before a statement ---- */

static const struct fix_case gets[] = {
	{ F("\tg();\n\t@set(x); /* a */\n"),
	  F("\tg();\n\tuse(e, o);\n\tset(x); /* a */\n") },
	{ "void f(void)\r\n{\r\n \t@set(x);\r\n}\r\n",
	  "void f(void)\r\n{\r\n \tuse(e, o);\r\n \tset(x);\r\n}\r\n" },
	{ F("\tset(@&x,\n\t    1);\n"),
	  F("\tuse(e, o);\n\tset(&x,\n\t    1);\n") },
	{ F("\t{\n\t\t@x.on = 1;\n\t}\n"),
	  F("\t{\n\t\tuse(e, o);\n\t\tx.on = 1;\n\t}\n") },
	{ F("\tif (a)\n\t\t@set(x);\n"), NULL },
	{ F("\tif (@set(x))\n\t\ta();\n"), NULL },
	{ F("again:\n\t@set(x);\n"), NULL },
	{ F("\tswitch (a) {\n\tdefault:\n\t\t@set(x);\n\t}\n"), NULL },
	{ F("\tbool b = @set(x);\n"), NULL },
	{ F("\tENTER(a)\n\t@set(x);\n"), NULL },
};

static void test_get(void)
{
	CHECK_CASES(REPAIR_GET, gets);
}

/* ---- a statement that comes later ---- */

static const struct fix_case moves[] = {
	{ F("\t@put(x); /* a */\n\t$wait(x); /* b */\n\tg();\n"),
	  F("\twait(x); /* b */\n\tput(x); /* a */\n\tg();\n") },
	{ "void f(void)\r\n{\r\n\t@put(x);\r\n\t$wait(x);\r\n}",
	  "void f(void)\r\n{\r\n\twait(x);\r\n\tput(x);\r\n}" },
	{ F("\t@put(&x->r,\n\t    end);\n\n\tg(&x->l, $&x->m);\n"),
	  F("\n\tg(&x->l, &x->m);\n\tput(&x->r,\n\t    end);\n") },
	/* Behind all of the statement that the use is in */
	{ F("\t@put(x);\n\tif (a) {\n\t\t$wait(x);\n\t}\n\telse\n"
	    "\t\tb();\n\tc();\n"),
	  F("\tif (a) {\n\t\twait(x);\n\t}\n\telse\n\t\tb();\n\tput(x);\n"
	    "\tc();\n") },
	{ F("\t@put(x);\n\tif (a)\n#ifndef B\n\t\tb();\n#endif\n\telse\n"
	    "\t\t$wait(x);\n"), NULL },
	{ F("\t@put(x);\n\tdo {\n\t\tr = $ask(x);\n\t} while (r);\n"),
	  F("\tdo {\n\t\tr = ask(x);\n\t} while (r);\n\tput(x);\n") },
	{ F("\t@put(x);\n\tfor_each(a, b)\n\t\t$wait(x);\n"),
	  F("\tfor_each(a, b)\n\t\twait(x);\n\tput(x);\n") },
	/* A declaration can use it as well */
	{ F("\t@put(x);\n\tint a = $x->id;\n"),
	  F("\tint a = x->id;\n\tput(x);\n") },
	/* The way there is not straight */
	{ "int f(void)\n{\n\t@put(x);\n\treturn $x->id;\n}\n", NULL },
	{ F("\t@put(x);\n\tif (a)\n\t\treturn;\n\t$wait(x);\n"), NULL },
	{ F("\t@put(x);\n\tif (a)\n\t\tgoto out;\n\t$wait(x);\n"), NULL },
	{ F("\t@put(x);\n\tif (a)\n\t\tGOTO(out, r = 1);\n\t$wait(x);\n"),
	  NULL },
	{ F("\tfor (;;) {\n\t\t@put(x);\n\t\tif (a)\n\t\t\tbreak;\n"
	    "\t\t$wait(x);\n\t}\n"), NULL },
	{ F("\t@put(x);\nagain:\n\t$wait(x);\n"), NULL },
	{ F("\t@put(x);\n\tb();\nagain:\n\t$wait(x);\n"), NULL },
	{ F("\tswitch (a) {\n\tcase 1:\n\t\tb();\n\t\t@put(x);\n"
	    "\tcase 2:\n\t\t$wait(x);\n\t}\n"), NULL },
	{ F("\tif (a)\n\t\t@put(x);\n\t$wait(x);\n"), NULL },
	{ F("\tif (a) {\n\t\t@put(x);\n\t}\n\t$wait(x);\n"), NULL },
	{ F("\tlist_for_each(x, l)\n\t\t@put(x);\n\t$wait(x);\n"), NULL },
	{ F("\t$wait(x);\n\t@put(x);\n"), NULL },
	/* What is put is another one there */
	{ F("\t@put(x);\n\tx->id = 1;\n\tx = y;\n\t$wait(x);\n"), NULL },
	{ F("\t@put(x);\n\tx++;\n\t$wait(x);\n"), NULL },
	{ F("\t@put(x);\n\tnext(&x);\n\t$wait(x);\n"), NULL },
	{ F("\t@put(x->y);\n\tx->y = NULL;\n\t$wait(x);\n"), NULL },
	{ F("\t@put(x);\n\tb = x == c;\n\tg(&x->id);\n\t$wait(x);\n"),
	  F("\tb = x == c;\n\tg(&x->id);\n\twait(x);\n\tput(x);\n") },
	/* Lines */
	{ F("\t@put(x);\n\t$wait(x); "), NULL },
	{ F("\t@put(x); $wait(x);\n"), NULL },
	{ F("\t@put(x);\n\t$wait(x); // a \\\n\tb\n"), NULL },
};

static void test_later(void)
{
	CHECK_CASES(REPAIR_LATER, moves);
}

/* ---- titles ---- */

static void check_title(struct repair r, const char *text, const char *title)
{
	struct fix *x = fix_repair(&r, text, strlen(text));

	g_assert_nonnull(x);
	g_assert_cmpstr(x->title, ==, title);
	fix_free(x);
}

/* The lines in them are those before the edit. */
static void test_title(void)
{
	struct repair r = { .function = (char *)"use", .line = 3, .column = 2,
			    .to_line = 5, .to_column = 2,
			    .arguments = (char *)"o" };
	const char *text = F("\tx = 0;\n\tg();\n\tput(y);\n");

	check_title(r, text, "Use use()");
	r.line = 5;
	r.to_line = 3;
	check_title(r, text, "Use use() in line 5");
	r.kind = REPAIR_GET;
	check_title(r, text, "Take the reference: use(o)");
	r.kind = REPAIR_LATER;
	r.line = 3;
	r.to_line = 4;
	check_title(r, text, "Move this behind line 4");
	check_title(r, F("\tput(x);\n\tif (ask(x)) {\n\t\ta();\n\t}\n"),
		    "Move this behind line 6");
}

/* ---- suppressions ---- */

#define COMMENT "/* pincheck: ignore[rule-a] ... */"

/* @: before the column of the finding. */
static const struct fix_case comments[] = {
	{ "void f(void)\n{\n\t@g();\n}\n",
	  "void f(void)\n{\n\t" COMMENT "\n\tg();\n}\n" },
	{ "@g();", COMMENT "\ng();" },
	{ "f(a,\r\n  @b);\r\n", "f(a,\r\n  " COMMENT "\r\n  b);\r\n" },
	{ "if (a) {\n} else if (@b) {\n}\n",
	  "if (a) {\n" COMMENT "\n} else if (b) {\n}\n" },
	{ "/* a */\n#define M(x) \\\n\t(x)\nM(@1);\n",
	  "/* a */\n#define M(x) \\\n\t(x)\n" COMMENT "\nM(1);\n" },
	{ "f(x); // a\n@g();\n", "f(x); // a\n" COMMENT "\ng();\n" },
	{ "(\n@g();\n", "(\n" COMMENT "\ng();\n" },
	{ "/* a\n */ @g();\n", NULL },
	{ "s = \"a \\\n@b\";\n", NULL },
	{ "f(a, \\\n  @b);\n", NULL },
	{ "#define M(x) \\\n\t@f(x)\n", NULL },
	{ "#@define M 1\n", NULL },
	{ "f();\n\n@\ng();\n", NULL },
	{ "f();\n@", NULL },
};

static gboolean knows(const char *rule)
{
	return !strcmp(rule, "rule-a");
}

static gboolean looks_for(const char *rule, const void *data)
{
	return TRUE;
}

/* Does @text hide a finding at @line? What else is told comes to *@ret_told. */
static gboolean hides(const char *text, int line, guint *ret_told)
{
	char *folder = g_dir_make_tmp("pincheck-XXXXXX", NULL);
	char *file = g_build_filename(folder, "a.c", NULL);
	const char *const files[] = { file, NULL };
	const struct suppress_options options = {
		.files = files, .known = knows, .looked_for = looks_for
	};
	struct report *r = report_new();
	int hidden;

	g_assert_true(g_file_set_contents(file, text, -1, NULL));
	report_add(r, finding_new("rule-a", SEVERITY_WARNING, file, line, 1,
				  "f"));
	hidden = report_suppress(r, &options);
	*ret_told = r->findings->len - !hidden;
	report_free(r);
	g_assert_cmpint(remove(file) | remove(folder), ==, 0);
	g_free(file);
	g_free(folder);
	return hidden > 0;
}

/* Nothing is hidden until a person says why, and that is said. */
static void check_meant(const char *text, int line)
{
	GString *reason = g_string_new(text);
	guint told;

	g_assert_false(hides(text, line, &told));
	g_assert_cmpuint(told, ==, 1);
	g_string_replace(reason, "...", "the caller holds one", 1);
	g_assert_true(hides(reason->str, line, &told));
	g_assert_cmpuint(told, ==, 0);
	g_string_free(reason, TRUE);
}

static void test_suppress(void)
{
	for (size_t i = 0; i < G_N_ELEMENTS(comments); i++) {
		GString *text = g_string_new(comments[i].text), *out;
		struct finding *f;
		struct fix *x;
		int line, column;
		char *exact;

		take_mark(text, '@', &line, &column);
		exact = g_memdup2(text->str, text->len);
		f = finding_new("rule-a", SEVERITY_WARNING, "a.c", line,
				column, "f");
		x = fix_suppress(f, exact, text->len);
		out = x ? fix_apply(x, exact, text->len) : NULL;
		g_assert_cmpstr(out ? out->str : NULL, ==,
				comments[i].fixed);
		if (out) {
			check_meant(out->str, line + 1);
			g_string_free(out, TRUE);
		}
		fix_free(x);
		finding_free(f);
		g_free(exact);
		g_string_free(text, TRUE);
	}
}

/* ---- any text ---- */

/* Every kind of repair, from places of the first @lines to later ones. */
static void repair_all(const char *text, size_t size, int lines)
{
	struct repair r = { .function = (char *)"use",
			    .arguments = (char *)"o" };
	struct fix *x;
	int kind, line;

	for (line = 1; line <= lines; line++) {
		for (kind = REPAIR_CALL; kind <= REPAIR_LATER; kind++) {
			r.kind = (enum repair_kind)kind;
			r.line = line;
			r.column = 1 + line % 12;
			r.to_line = line + 1 + line % 3;
			r.to_column = 9;
			x = fix_repair(&r, text, size);
			if (x)
				g_string_free(fix_apply(x, text, size), TRUE);
			fix_free(x);
		}
	}
}

/* Cut short anywhere, and with any byte for another. */
static void repair_cut(const char *text, GRand *rand)
{
	static const char odd[] = "{}()[];:\\\n\r\"'#/*\0\xff=+ iecd";
	const int n_odd = (int)sizeof(odd) - 1;
	size_t size = strlen(text);

	for (size_t cut = 1; cut <= size; cut++) {
		char *part = g_memdup2(text, cut);
		int at = g_rand_int_range(rand, 0, (int)cut);

		part[at] = odd[g_rand_int_range(rand, 0, n_odd)];
		repair_all(part, cut, 8);
		g_free(part);
	}
}

static void test_any_text(void)
{
	const struct fix_case *all[] = { calls, gets, moves };
	const size_t n[] = { G_N_ELEMENTS(calls), G_N_ELEMENTS(gets),
			     G_N_ELEMENTS(moves) };
	GRand *rand = g_rand_new_with_seed(7);

	repair_all("", 0, 8);
	for (size_t k = 0; k < G_N_ELEMENTS(all); k++)
		for (size_t i = 0; i < n[k]; i++)
			repair_cut(all[k][i].text, rand);
	g_rand_free(rand);
}

/* ---- the files of the corpus ---- */

static int compare_lines(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Has @after the lines of @before, in whichever order? */
static gboolean same_lines(const char *before, const char *after)
{
	char **a = g_strsplit(before, "\n", -1);
	char **b = g_strsplit(after, "\n", -1);
	guint n = g_strv_length(a);
	gboolean same = g_strv_length(b) == n;

	qsort(a, n, sizeof(*a), compare_lines);
	if (same)
		qsort(b, n, sizeof(*b), compare_lines);
	for (guint i = 0; same && i < n; i++)
		same = !strcmp(a[i], b[i]);
	g_strfreev(a);
	g_strfreev(b);
	return same;
}

static guint count_lines(const char *text)
{
	guint n = 0;

	for (; *text; text++)
		n += *text == '\n';
	return n;
}

/* Nothing but what was asked for may happen to a text; TRUE: it happened. */
static gboolean repair_place(const GString *text, enum repair_kind kind,
			     int line, int column, int to_line)
{
	struct repair r = { kind, line, column, to_line, 40,
			    (char *)"use", (char *)"o" };
	char *got = repaired(&r, text), *call;

	if (!got)
		return FALSE;
	g_assert_cmpstr(got, !=, text->str);
	call = strstr(got, "use(o);");
	g_assert_true((kind == REPAIR_LATER) == !call);
	if (kind == REPAIR_LATER)
		g_assert_true(same_lines(text->str, got));
	else if (kind == REPAIR_GET)
		g_assert_cmpuint(count_lines(got), ==,
				 count_lines(text->str) + 1);
	else
		g_assert_cmpuint(count_lines(got), <, count_lines(text->str));
	if (kind == REPAIR_GET) {
		char *line_end = strchr(call, '\n') + 1;

		while (call > got && call[-1] != '\n')
			call--;
		memmove(call, line_end, strlen(line_end) + 1);
		g_assert_cmpstr(got, ==, text->str);
	}
	g_free(got);
	return TRUE;
}

/* How many repairs of each kind the file had. */
static void repair_file(const char *file, int done[3])
{
	GString *text = g_string_new(NULL);
	char *content, **lines;
	gsize size;

	g_assert_true(g_file_get_contents(file, &content, &size, NULL));
	g_string_append_len(text, content, (gssize)size);
	lines = g_strsplit(content, "\n", -1);
	for (int i = 0; lines[i]; i++) {
		int column = 1 + (int)strspn(lines[i], " \t");

		done[REPAIR_GET] += repair_place(text, REPAIR_GET, i + 1,
						 column, 0);
		for (int to = i + 2; to < i + 6; to++) {
			done[REPAIR_CALL] += repair_place(
				text, REPAIR_CALL, i + 1, column, to);
			done[REPAIR_LATER] += repair_place(
				text, REPAIR_LATER, i + 1, column, to);
		}
	}
	g_strfreev(lines);
	g_free(content);
	g_string_free(text, TRUE);
}

static void repair_folder(const char *folder, int done[3])
{
	GDir *dir = g_dir_open(folder, 0, NULL);
	const char *name;

	while (dir && (name = g_dir_read_name(dir))) {
		char *path = g_build_filename(folder, name, NULL);

		if (g_str_has_suffix(name, ".c"))
			repair_file(path, done);
		else if (g_file_test(path, G_FILE_TEST_IS_DIR))
			repair_folder(path, done);
		g_free(path);
	}
	if (dir)
		g_dir_close(dir);
}

static void test_files(void)
{
	const char *source = g_getenv("SRC");
	int done[3] = { 0 };
	char *folder;

	if (!source) {
		g_test_skip("SRC does not say where the sources are");
		return;
	}
	folder = g_build_filename(source, "corpus", NULL);
	repair_folder(folder, done);
	g_free(folder);
	for (int kind = REPAIR_CALL; kind <= REPAIR_LATER; kind++)
		g_assert_cmpint(done[kind], >, 50);
	g_test_message("%d calls, %d gets, %d moves", done[REPAIR_CALL],
		       done[REPAIR_GET], done[REPAIR_LATER]);
}

/* No stack is deep enough for what a text may ask. */
static void test_deep(void)
{
	static const char *const heads[] = { "if (a) ", "else ", "x: ", "do ",
					     "{ " };

	for (size_t i = 0; i < G_N_ELEMENTS(heads); i++) {
		GString *text = g_string_new("void f(void)\n{\n");

		for (int k = 0; k < 100000; k++)
			g_string_append(text, heads[i]);
		g_string_append(text, "\n\tput(x);\n\twait(x);\n}\n");
		repair_all(text->str, text->len, 4);
		g_string_free(text, TRUE);
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/fix/call", test_call);
	g_test_add_func("/fix/get", test_get);
	g_test_add_func("/fix/later", test_later);
	g_test_add_func("/fix/title", test_title);
	g_test_add_func("/fix/suppress", test_suppress);
	g_test_add_func("/fix/any-text", test_any_text);
	g_test_add_func("/fix/deep", test_deep);
	g_test_add_func("/fix/files", test_files);
	return g_test_run();
}
