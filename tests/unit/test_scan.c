// SPDX-License-Identifier: GPL-2.0-only
/* The light scan: which functions it sees in C, and from where to where. */
#include <glib.h>
#include <string.h>

#include "engines/scan.h"

/* "NAME:FIRST-LAST ..." */
static char *scan(const char *text)
{
	GArray *found = scan_functions(text, strlen(text));
	GString *out = g_string_new(NULL);

	for (guint i = 0; i < found->len; i++) {
		const struct scanned_func *f;

		f = &g_array_index(found, struct scanned_func, i);
		g_string_append_printf(out, "%s%s:%d-%d", i ? " " : "",
				       f->name, f->first, f->last);
	}
	g_array_unref(found);
	return g_string_free(out, FALSE);
}

static void assert_scan(const char *text, const char *want)
{
	char *got = scan(text);

	g_assert_cmpstr(got, ==, want);
	g_free(got);
}

static void test_definitions(void)
{
	assert_scan("int f(void)\n{\n}\n", "f:1-3");
	assert_scan("static struct a *\ng(int x, int (*y)(int))\n{\n"
		    "\tif (x) {\n\t}\n}\nint h() { return 1; }\n",
		    "g:1-6 h:7-7");
	assert_scan("int f(int a) __must_hold(x) __acquires(y) {}", "f:1-1");
	assert_scan("static __printf(1, 2) void f(int a) {}", "f:1-1");
	assert_scan("static __always_inline __alloc(3) void *__f(int a) {}",
		    "__f:1-1");
	assert_scan("bool __init __attribute((weak)) f(int a) {}", "f:1-1");
	assert_scan("int __f(int a) __must_hold(x) {}", "__f:1-1");
	assert_scan("SYSCALL_DEFINE2(foo, int, a, int, b)\n{\n}\n", "foo:1-3");
	assert_scan("MADE(a, b)\nstatic int f(int x)\n{\n}", "f:1-4");
}

static void test_others(void)
{
	assert_scan("int f(void);\nstruct a { int x; };\nint b[] = { f(1) };\n"
		    "enum c { D = X(1), };\n", "");
	assert_scan("EXPORT(f)\nstruct a {\n\tint (*m)(void);\n};\n", "");
	assert_scan("struct __aligned(8) a { int x; };\n", "");
	assert_scan("#define F(x) \\\nint x(void) \\\n{ }\n", "");
	assert_scan("/* int f(void) { */ char *s = \"int g(void) {\";\n"
		    "// int h(void) {\nchar c = '{';\n", "");
	assert_scan("int f(void) { g('}', \"}\\\"}\"); /* } */ }\n"
		    "int h(void) { }", "f:1-1 h:2-2");
}

static void test_conditions(void)
{
	assert_scan("#if 0\nint f(void) {}\n#if A\n#else\n#endif\n#else\n"
		    "int g(void) {}\n#endif\nint h(void) {}\n",
		    "g:7-7 h:9-9");
	assert_scan("int f(void)\n{\n#ifdef A\n\tif (a) {\n#else\n\tif (b) {\n"
		    "#endif\n\t}\n}\nint g(void) {}\n", "f:1-9 g:10-10");
	/* Each branch closes what both opened. */
	assert_scan("int f(void)\n{\n\tif (a) {\n#ifdef A\n\t}\n#else\n\t} \n"
		    "#endif\n\tx();\n}\nint g(void) {}\n", "f:1-10 g:11-11");
	/* A closing brace in the first column may be an inner one. */
	assert_scan("int f(void)\n{\n\tif (a) {\n}\n\tif (b) {\n\t}\n}\n"
		    "int g(void) {}\n", "f:1-7 g:8-8");
}

/* Whatever stands there: an end, and nothing beyond the text. */
static void test_broken(void)
{
	static const char *const texts[] = {
		"", "{", "}", "int f(", "int f(void) {", "/*", "\"", "'", "#",
		"#if", "#if 0", "#else", "#endif\n#elif", "\\", "#if 0\\",
		"int f(void) { \"\\", "# if 0 /*", "}}}}", "((((", "f(){}}"
	};

	for (gsize i = 0; i < G_N_ELEMENTS(texts); i++) {
		char *text = g_strdup(texts[i]);

		g_free(scan(text));
		g_free(text);
	}
	assert_scan("}\n}\nint f(void) {}", "f:3-3");
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/scan/definitions", test_definitions);
	g_test_add_func("/scan/others", test_others);
	g_test_add_func("/scan/conditions", test_conditions);
	g_test_add_func("/scan/broken", test_broken);
	return g_test_run();
}
