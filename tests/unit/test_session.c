// SPDX-License-Identifier: GPL-2.0-only
/*
 * Units kept over edits: what an editor has not saved counts, in the unit and
 * in headers; what changes on disk is seen; a unit that had to go is the same
 * when it comes back; what only a preamble would bring forth is not there.
 */
#include <glib.h>
#include <glib/gstdio.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/folder.h"
#include "base/sanitize.h"
#include "frontend/session.h"
#include "model/model.h"
#include "pipeline/pipeline.h"

struct folder {
	char *dir;
	struct session *session;
	GArray *buffers; /* struct buffer, whose texts are constants */
	struct frontend_options opt;
};

static bool want_all(const char *function, void *data)
{
	return true;
}

static char *path_in(const struct folder *f, const char *name)
{
	return g_build_filename(f->dir, name, NULL);
}

/* @want: only of headers what is called. */
static void folder_init(struct folder *f, unsigned units, gconstpointer want)
{
	f->opt = (struct frontend_options){ .want = want ? want_all : NULL };
	f->dir = g_dir_make_tmp("pincheck-XXXXXX", NULL);
	f->session = session_new(units, SESSION_PREAMBLE);
	f->buffers = g_array_new(FALSE, FALSE, sizeof(struct buffer));
}

static void forget_buffers(struct folder *f)
{
	guint i;

	for (i = 0; i < f->buffers->len; i++)
		g_free((char *)g_array_index(f->buffers, struct buffer, i).path);
	g_array_set_size(f->buffers, 0);
}

static void folder_clear(struct folder *f)
{
	forget_buffers(f);
	g_array_unref(f->buffers);
	session_free(f->session);
	folder_remove(f->dir);
	g_free(f->dir);
}

/* Into the file that is there, if one is. */
static void put(const struct folder *f, const char *name, const char *text)
{
	char *path = path_in(f, name);
	FILE *out = fopen(path, "w");

	g_assert_true(out && fputs(text, out) >= 0);
	g_assert_cmpint(fclose(out), ==, 0);
	g_free(path);
}

/*
 * A file that is as old as this is not parsed anew for fear that it has changed
 * while it was read.
 */
static void settle(void)
{
	g_usleep(50 * 1000);
}

/* As an editor has it. */
static void edit(struct folder *f, const char *name, const char *text)
{
	const struct buffer b = { path_in(f, name), text, strlen(text) };

	forget_buffers(f);
	g_array_append_val(f->buffers, b);
}

static struct compile_command *command(const struct folder *f,
				       const char *name)
{
	const char *const args[] = { "-std=gnu11", "-I.", NULL };

	return compile_command_new(f->dir, name, args);
}

static struct unit *parsed_in(const struct folder *f, struct session *s,
			      const char *name, int status)
{
	struct compile_command *cmd = command(f, name);
	struct unit *u;

	g_assert_cmpint(session_parse(s, cmd,
				      (const void *)f->buffers->data,
				      f->buffers->len, &f->opt, &u), ==, status);
	compile_command_free(cmd);
	return u;
}

static struct unit *parsed(const struct folder *f, const char *name)
{
	return parsed_in(f, f->session, name, 0);
}

static void warm(const struct folder *f, const char *name)
{
	struct compile_command *cmd = command(f, name);

	session_warm(f->session, cmd);
	compile_command_free(cmd);
}

/* "f g !h o=f": functions, those that are skipped, tables. Takes @u. */
static char *functions_of(struct unit *u)
{
	GString *out = g_string_new(NULL);
	guint i;

	for (i = 0; i < u->funcs->len; i++)
		g_string_append_printf(
			out, "%s%s", out->len ? " " : "",
			((const struct func *)u->funcs->pdata[i])->name);
	for (i = 0; i < u->skips->len; i++) {
		const struct skipped *s = &g_array_index(u->skips,
							 struct skipped, i);

		g_string_append_printf(out, " !%s",
				       s->function ? s->function : "");
	}
	for (i = 0; i < u->ops->len; i++) {
		const struct ops_entry *o = &g_array_index(
			u->ops, struct ops_entry, i);

		g_string_append_printf(out, " %s=%s", o->variable, o->function);
	}
	unit_free(u);
	return g_string_free(out, FALSE);
}

static void expect(const struct folder *f, const char *name,
		   const char *functions)
{
	struct session *plain = session_new(1, SESSION_PLAIN);
	char *found = functions_of(parsed(f, name));

	g_assert_cmpstr(found, ==, functions);
	g_free(found);
	found = functions_of(parsed_in(f, plain, name, 0));
	g_assert_cmpstr(found, ==, functions);
	g_free(found);
	session_free(plain);
}

#define UNIT "#include \"a.h\"\nvoid f(void) { inl(); }\n"
#define HEADER "static inline void inl(void) { }\n"

static void test_unsaved_unit(gconstpointer want)
{
	struct folder f;

	folder_init(&f, 2, want);
	put(&f, "a.h", HEADER);
	put(&f, "a.c", UNIT);
	expect(&f, "a.c", "f inl");
	edit(&f, "a.c", UNIT "void g(void) { }\n");
	expect(&f, "a.c", "f g inl");
	edit(&f, "a.c", UNIT "void g(void) { nosuch; }\n");
	expect(&f, "a.c", "f inl !g");
	edit(&f, "a.c", "void only(void) { }\n");
	expect(&f, "a.c", "only");
	edit(&f, "a.c", "");
	expect(&f, "a.c", "");
	edit(&f, "a.c", "\xef\xbb\xbf" UNIT);
	expect(&f, "a.c", "f inl");
	warm(&f, "a.c");
	edit(&f, "a.c", "\xef\xbb\xbf#define inl other\n" UNIT);
	expect(&f, "a.c", "f other");
	forget_buffers(&f);
	expect(&f, "a.c", "f inl");
	folder_clear(&f);
}

static void test_unsaved_header(gconstpointer want)
{
	static const char changed[] =
		HEADER "#define MORE void more(void) { }\n";
	struct folder f;

	folder_init(&f, 2, want);
	put(&f, "a.h", HEADER "#define MORE\n");
	put(&f, "a.c", UNIT "MORE\n");
	expect(&f, "a.c", "f inl");
	warm(&f, "a.c");
	expect(&f, "a.c", "f inl");
	edit(&f, "a.h", changed);
	expect(&f, "a.c", "f more inl");
	/* saved, and closed */
	put(&f, "a.h", changed);
	expect(&f, "a.c", "f more inl");
	forget_buffers(&f);
	expect(&f, "a.c", "f more inl");
	edit(&f, "a.h", HEADER "#define MORE\n");
	expect(&f, "a.c", "f inl");
	folder_clear(&f);
}

/* As large as before, in the same second. */
static void test_saved_header(gconstpointer want)
{
	struct folder f;

	folder_init(&f, 2, want);
	put(&f, "a.h", HEADER "#define NAME one\n");
	put(&f, "a.c", UNIT "void NAME(void) { }\n");
	settle();
	expect(&f, "a.c", "f one inl");
	warm(&f, "a.c");
	put(&f, "a.h", HEADER "#define NAME two\n");
	expect(&f, "a.c", "f two inl");
	put(&f, "a.c", UNIT "void x(void) { }\nvoid NAME(void) { }\n");
	expect(&f, "a.c", "f x two inl");
	put(&f, "a.h", HEADER "#define NAME six\n");
	expect(&f, "a.c", "f x six inl");
	folder_clear(&f);
}

static void test_new_header(gconstpointer want)
{
	struct folder f;

	folder_init(&f, 2, want);
	put(&f, "a.h", HEADER);
	put(&f, "a.c", "#include \"b.h\"\n" UNIT "#ifdef C\nC\n#endif\n");
	settle();
	expect(&f, "a.c", "f inl !");
	warm(&f, "a.c");
	put(&f, "b.h", "#include \"c.h\"\n");
	put(&f, "c.h", "\n");
	settle();
	expect(&f, "a.c", "f inl");
	put(&f, "c.h", "#define C void c(void) { }\n");
	expect(&f, "a.c", "f c inl");
	folder_clear(&f);
}

/* A header that is nowhere but in an editor. */
static void test_unsaved_new_header(gconstpointer want)
{
	struct folder f;

	folder_init(&f, 2, want);
	put(&f, "a.c", UNIT);
	edit(&f, "a.h", HEADER);
	expect(&f, "a.c", "f inl");
	put(&f, "a.c", "#include <b.h>\n#include \"a.h\"\n");
	put(&f, "a.h", HEADER);
	expect(&f, "a.c", " !");
	edit(&f, "b.h", "void b(void) { }\n");
	expect(&f, "a.c", want ? "" : "b");
	put(&f, "a.c", "#include <b.h>\nC\n");
	edit(&f, "b.h", "#define C void c(void) { }\n");
	expect(&f, "a.c", "c");
	folder_clear(&f);
}

static void test_eviction(gconstpointer want)
{
	struct folder f;
	int i;

	folder_init(&f, 1, want);
	put(&f, "a.h", HEADER);
	put(&f, "a.c", UNIT);
	put(&f, "b.c", UNIT "void b(void) { }\n");
	for (i = 0; i < 3; i++) {
		expect(&f, "a.c", "f inl");
		warm(&f, "b.c"); /* which is not kept */
		expect(&f, "b.c", "f b inl");
		warm(&f, "b.c");
	}
	folder_clear(&f);
}

static bool reads(const struct folder *f, const char *name)
{
	struct compile_command *cmd = command(f, "a.c");
	char *path = path_in(f, name);
	bool found = session_reads(f->session, cmd, path);

	g_free(path);
	compile_command_free(cmd);
	return found;
}

static void test_reads(gconstpointer want)
{
	struct folder f;
	struct unit *u;

	folder_init(&f, 1, want);
	put(&f, "a.h", HEADER);
	put(&f, "b.h", "\n");
	put(&f, "a.c", UNIT);
	g_assert_false(reads(&f, "a.h"));
	unit_free(parsed(&f, "a.c"));
	g_assert_true(reads(&f, "a.h"));
	warm(&f, "a.c");
	edit(&f, "a.c", UNIT "#include \"b.h\"\n");
	u = parsed(&f, "a.c");
	g_assert_cmpuint(u->inputs->len, ==, 3);
	unit_free(u);
	g_assert_true(reads(&f, "a.c"));
	g_assert_true(reads(&f, "a.h"));
	g_assert_true(reads(&f, "b.h"));
	g_assert_false(reads(&f, "c.h"));
	folder_clear(&f);
}

static void make_folder(const struct folder *f, const char *name)
{
	char *path = path_in(f, name);

	g_assert_cmpint(g_mkdir(path, 0700), ==, 0);
	g_free(path);
}

static void make_link(const struct folder *f, const char *name,
		      const char *to)
{
	char *path = path_in(f, name);

	g_assert_cmpint(symlink(to, path), ==, 0);
	g_free(path);
}

static void remove_file(const struct folder *f, const char *name)
{
	char *path = path_in(f, name);

	g_assert_cmpint(g_remove(path), ==, 0);
	g_free(path);
}

#define OTHER_HEADER "static inline void other(void) { }\n" \
		     "static inline void inl(void) { other(); }\n"

/* A header by the name that it is included by, its real one, and a third. */
static void test_links(gconstpointer want)
{
	static const char *const names[] = { "link/a.h", "real/a.h",
					     "third/a.h" };
	struct folder f;
	guint i;

	folder_init(&f, 1, want);
	make_folder(&f, "real");
	make_link(&f, "link", "real");
	make_link(&f, "third", "real");
	put(&f, "real/a.h", HEADER);
	put(&f, "a.c", "#include \"link/a.h\"\nvoid f(void) { inl(); }\n");
	settle();
	for (i = 0; i < G_N_ELEMENTS(names); i++) {
		edit(&f, names[i], HEADER);
		expect(&f, "a.c", "f inl");
		g_assert_true(reads(&f, names[i]));
		warm(&f, "a.c");
		edit(&f, names[i], OTHER_HEADER);
		expect(&f, "a.c", "f other inl");
		g_assert_true(reads(&f, names[i]));
		forget_buffers(&f);
		expect(&f, "a.c", "f inl");
	}
	folder_clear(&f);
}

/* What lies earlier in the search path, for as long as it is there. */
static void test_shadow(gconstpointer want)
{
	static const char *const names[] = { "b/s/a.h", "s/a.h" };
	struct folder f;
	guint i;

	folder_init(&f, 1, want);
	make_folder(&f, "b");
	make_folder(&f, "s");
	put(&f, "s/a.h", HEADER);
	put(&f, "b/b.h", "#include \"s/a.h\"\n");
	put(&f, "a.c", "#include \"b/b.h\"\nvoid f(void) { inl(); }\n");
	settle();
	expect(&f, "a.c", "f inl");
	warm(&f, "a.c");
	edit(&f, "b/s/a.h", OTHER_HEADER);
	expect(&f, "a.c", "f other inl");
	forget_buffers(&f);
	expect(&f, "a.c", "f inl");
	warm(&f, "a.c");
	make_folder(&f, "b/s");
	expect(&f, "a.c", "f inl");
	warm(&f, "a.c");
	for (i = 0; i < G_N_ELEMENTS(names); i++) {
		put(&f, names[i], OTHER_HEADER);
		expect(&f, "a.c", "f other inl");
		settle();
		warm(&f, "a.c");
	}
	remove_file(&f, "b/s/a.h");
	put(&f, "s/a.h", HEADER);
	expect(&f, "a.c", "f inl");
	folder_clear(&f);
}

/* A file that was only asked for. */
static void test_asked(gconstpointer want)
{
	struct folder f;

	folder_init(&f, 1, want);
	put(&f, "a.c", "#if __has_include(\"b.h\")\n"
	    "static inline void inl(void) { }\n#else\n"
	    "#define inl()\n#endif\nvoid f(void) { inl(); }\n");
	settle();
	expect(&f, "a.c", "f");
	warm(&f, "a.c");
	put(&f, "b.h", "");
	expect(&f, "a.c", "inl f");
	settle();
	warm(&f, "a.c");
	remove_file(&f, "b.h");
	expect(&f, "a.c", "f");
	warm(&f, "a.c");
	edit(&f, "b.h", "");
	expect(&f, "a.c", "inl f");
	folder_clear(&f);
}

static guint base(const struct folder *f)
{
	struct compile_command *cmd = command(f, "a.c");
	guint n = session_base(f->session, cmd,
			       (const void *)f->buffers->data,
			       f->buffers->len);

	compile_command_free(cmd);
	return n;
}

/* What editors write beside a unit is nothing to it. */
static void test_base(gconstpointer want)
{
	struct folder f;
	guint n;

	folder_init(&f, 1, want);
	put(&f, "a.h", HEADER);
	put(&f, "a.c", UNIT);
	settle();
	g_assert_cmpuint(base(&f), ==, 0);
	unit_free(parsed(&f, "a.c"));
	n = base(&f);
	g_assert_cmpuint(n, >, 0);
	put(&f, ".a.c.swp", "");
	put(&f, "a.c~", "");
	put(&f, "a.o", "");
	g_assert_cmpuint(base(&f), ==, n);
	edit(&f, "a.c", UNIT "int more;\n");
	unit_free(parsed(&f, "a.c"));
	g_assert_cmpuint(base(&f), ==, n);
	put(&f, "a.h", HEADER "\n");
	g_assert_cmpuint(base(&f), ==, 0);
	settle();
	unit_free(parsed(&f, "a.c"));
	g_assert_cmpuint(base(&f), >, n);
	folder_clear(&f);
}

static void test_table(gconstpointer want)
{
	static const char more[] = UNIT "void g(void) { }\n"
				   "static struct ops p = { g };\n";
	struct folder f;

	folder_init(&f, 1, want);
	put(&f, "a.h", HEADER "struct ops { void (*go)(void); };\n"
	    "static struct ops o = { .go = inl };\n");
	put(&f, "a.c", UNIT);
	settle();
	expect(&f, "a.c", "f inl o=inl");
	warm(&f, "a.c");
	expect(&f, "a.c", "f inl o=inl");
	edit(&f, "a.c", more);
	expect(&f, "a.c", "f g inl o=inl p=g");
	edit(&f, "a.c", UNIT);
	expect(&f, "a.c", "f inl o=inl");
	folder_clear(&f);
}

static void test_cleanup(gconstpointer want)
{
	static const char unit[] =
		"#include \"a.h\"\nvoid f(void) { CLEAN int x; inl(); }\n";
	char *more = g_strconcat(unit, "void g(void) { CLEAN int x; }\n", NULL);
	struct folder f;

	folder_init(&f, 1, want);
	put(&f, "a.h", HEADER "static inline void undo(int *p) { }\n"
	    "#define CLEAN __attribute__((cleanup(undo)))\n");
	put(&f, "a.c", unit);
	settle();
	expect(&f, "a.c", "f inl undo");
	warm(&f, "a.c");
	edit(&f, "a.c", more);
	expect(&f, "a.c", "f g inl undo");
	warm(&f, "a.c");
	edit(&f, "a.c", unit);
	expect(&f, "a.c", "f inl undo");
	g_free(more);
	folder_clear(&f);
}

/* __COUNTER__ starts again behind a preamble: v0 would be there already. */
static void test_counter(gconstpointer want)
{
#define COUNTED "#define PASTE_(a, b) a##b\n#define PASTE(a, b) PASTE_(a, b)\n" \
		"#define UNIQUE PASTE(v, __COUNTER__)\n"
	static const char unit[] =
		"#include \"a.h\"\nint x;\nstatic char UNIQUE = 2;\n"
		"void f(void) { static char UNIQUE; inl(); }\n";
	char *changed = g_strconcat(unit, "void g(void) { }\n", NULL);
	char *broken = g_strconcat(unit, "void g(void) { PASTE(f, oo); }\n",
				   NULL);
	struct folder f;

	folder_init(&f, 1, want);
	put(&f, "a.h", COUNTED HEADER "static int UNIQUE = 1;\n");
	put(&f, "a.c", unit);
	settle();
	expect(&f, "a.c", "f inl");
	warm(&f, "a.c");
	expect(&f, "a.c", "f inl");
	edit(&f, "a.c", changed);
	expect(&f, "a.c", "f g inl");
	edit(&f, "a.c", broken);
	expect(&f, "a.c", "f inl !g");
	edit(&f, "a.c", changed);
	expect(&f, "a.c", "f g inl");
	g_free(changed);
	g_free(broken);
	folder_clear(&f);
}

#ifndef PINCHECK_ASAN
/* A compiler that crashes costs this text, and not the unit nor the session. */
static void test_crash(gconstpointer want)
{
	struct folder f;

	folder_init(&f, 1, want);
	put(&f, "a.h", HEADER);
	put(&f, "a.c", UNIT);
	settle();
	expect(&f, "a.c", "f inl");
	warm(&f, "a.c");
	edit(&f, "a.c", UNIT "#pragma clang __debug crash\n");
	unit_free(parsed_in(&f, f.session, "a.c", -1));
	g_assert_false(reads(&f, "a.h"));
	edit(&f, "a.c", UNIT "void g(void) { }\n");
	expect(&f, "a.c", "f g inl");
	folder_clear(&f);
}
#endif

#define NAMED \
	"#include \"a.h\"\n" \
	"enum { BIT, OTHER };\n" \
	"#define TEST(n, p) (*(p) >> (n) & 1)\n" \
	"struct s { unsigned long flags; };\n" \
	"void callee(struct s *s);\n" \
	"void caller(struct s *s)\n" \
	"{\n" \
	"	if (TEST(OTHER, &s->flags))\n" \
	"		callee(s);\n" \
	"}\n"

/* "word function record member", of the place where @at ends in NAMED. */
static char *named(const struct folder *f, const char *at)
{
	const char *text = NAMED, *end = strstr(text, at) + strlen(at), *p;
	struct compile_command *cmd = command(f, "a.c");
	char *path = path_in(f, "a.c"), *out = NULL;
	int line = 1, column;
	struct named n;

	for (p = text; (p = memchr(p, '\n', (size_t)(end - p))); p++)
		line++;
	for (p = end; p > text && p[-1] != '\n'; p--)
		;
	column = (int)(end - p) + 1;
	if (session_named_at(f->session, cmd, path, line, column, &n)) {
		g_assert_cmpint(n.line, ==, line);
		g_assert_cmpint(n.length, ==, strlen(n.word));
		g_assert_true(!strncmp(p + n.column - 1, n.word,
				       (size_t)n.length));
		out = g_strdup_printf("%s %s %s %s%s%s", n.word,
				      n.function ? n.function : "-",
				      n.record ? n.record : "-",
				      n.member ? n.member : "-",
				      n.of_member ? " of " : "",
				      n.of_member ? n.of_member : "");
		named_clear(&n);
	}
	g_free(path);
	compile_command_free(cmd);
	return out;
}

static void expect_named(const struct folder *f, const char *at,
			 const char *what)
{
	char *found = named(f, at);

	g_assert_cmpstr(found, ==, what);
	g_free(found);
}

static void test_named(gconstpointer want)
{
	struct folder f;

	folder_init(&f, 1, want);
	put(&f, "a.h", HEADER);
	put(&f, "a.c", NAMED);
	expect_named(&f, "TEST(OTH", NULL);
	unit_free(parsed(&f, "a.c"));
	warm(&f, "a.c");
	expect_named(&f, "TEST(OTH", "OTHER - - - of flags");
	expect_named(&f, "TEST(OTHER", "OTHER - - - of flags");
	expect_named(&f, "&s->fla", "flags - s flags");
	expect_named(&f, "unsigned long fl", "flags - s flags");
	expect_named(&f, "\t\tcal", "callee callee - -");
	expect_named(&f, "void caller", "caller caller - -");
	expect_named(&f, "\t\tcallee(s", NULL);
	expect_named(&f, ")\n{", NULL);
	folder_clear(&f);
}

static void add(const char *name, GTestDataFunc test)
{
	char *path = g_strdup_printf("/session/%s", name);

	g_test_add_data_func(path, "", test);
	g_free(path);
	path = g_strdup_printf("/session/all/%s", name);
	g_test_add_data_func(path, NULL, test);
	g_free(path);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	add("unsaved-unit", test_unsaved_unit);
	add("unsaved-header", test_unsaved_header);
	add("saved-header", test_saved_header);
	add("new-header", test_new_header);
	add("unsaved-new-header", test_unsaved_new_header);
	add("eviction", test_eviction);
	add("reads", test_reads);
	add("links", test_links);
	add("shadow", test_shadow);
	add("asked", test_asked);
	add("base", test_base);
	add("table", test_table);
	add("cleanup", test_cleanup);
	add("counter", test_counter);
#ifndef PINCHECK_ASAN /* what libclang had when it crashed is never freed */
	add("crash", test_crash);
#endif
	add("named", test_named);
	return g_test_run();
}
