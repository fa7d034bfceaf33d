// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the lowering makes of small sources, where tests/cfg cannot see it:
 * folding, polarity of peeled conditions, names, places, types, skips.
 */
#include <glib.h>
#include <glib/gstdio.h>
#include <string.h>

#include "frontend/frontend.h"

struct fixture {
	char *dir, *path;
	struct unit *unit;
};

static void lower(struct fixture *fix, const char *text, bool no_fold)
{
	const struct frontend_options opt = { .no_fold = no_fold };
	const char *const args[] = { "-std=gnu11", NULL };
	struct compile_command *cmd;

	unit_free(fix->unit);
	g_assert_true(g_file_set_contents(fix->path, text, -1, NULL));
	cmd = compile_command_new(fix->dir, "x.c", args);
	g_assert_cmpint(frontend_parse(cmd, &opt, &fix->unit), ==, 0);
	compile_command_free(cmd);
}

static void set_up(struct fixture *fix, gconstpointer data)
{
	fix->dir = g_dir_make_tmp("pincheck-XXXXXX", NULL);
	fix->path = g_build_filename(fix->dir, "x.c", NULL);
	if (data)
		lower(fix, data, false);
}

static void tear_down(struct fixture *fix, gconstpointer data)
{
	unit_free(fix->unit);
	g_remove(fix->path);
	g_rmdir(fix->dir);
	g_free(fix->path);
	g_free(fix->dir);
}

static struct func *function(struct fixture *fix, const char *name)
{
	struct func *f = unit_find(fix->unit, g_intern_string(name));
	char *wrong;

	g_assert_nonnull(f);
	wrong = ir_validate(f);
	g_assert_null(wrong);
	return f;
}

/* Has the printed function this text? */
static bool shows(struct fixture *fix, const char *name, const char *text)
{
	GString *out = g_string_new(NULL);
	bool found;

	ir_print_func(out, function(fix, name));
	found = strstr(out->str, text);
	if (!found)
		g_test_message("no '%s' in\n%s", text, out->str);
	g_string_free(out, TRUE);
	return found;
}

/* The n-th event of this kind, from 0. */
static const struct event *event(struct fixture *fix, const char *name,
				 enum event_kind kind, int n)
{
	const struct func *f = function(fix, name);
	int i, j;

	for (i = 0; i < f->n_blocks; i++)
		for (j = 0; j < f->blocks[i].n_events; j++)
			if (f->blocks[i].events[j].kind == kind && !n--)
				return &f->blocks[i].events[j];
	g_assert_not_reached();
}

/* The name that is called first on the way from here. */
static const char *first_call(const struct block *b)
{
	int i;

	for (;; b = b->succ[0]) {
		for (i = 0; i < b->n_events; i++)
			if (b->events[i].kind == EVENT_CALL)
				return b->events[i].callee->name;
		if (b->jump != JUMP_GOTO)
			return NULL;
	}
}

#define DECLARATIONS                                                       \
	"struct in { int b; }; enum bits { BIT_A, BIT_B = 5 };\n"          \
	"struct list { struct list *next; };\n"                            \
	"struct page { struct { unsigned long flags; }; struct in m;\n"    \
	" struct list lru; struct page *next, *pages[4]; int one : 1; };\n"\
	"int yes(void), no(void), test(int bit, void *word);\n"            \
	"#define offsetof(t, m) __builtin_offsetof(t, m)\n"                \
	"#define container_of(p, t, m) ({ void *__p = (void *)(p); \\\n"   \
	" ((t *)(__p - offsetof(t, m))); })\n"                             \
	"#define unlikely(x) __builtin_expect(!!(x), 0)\n"                 \
	"#define NULL ((void *)0)\n"                                       \
	"#define READ_ONCE(x) (*(const volatile __typeof__(x) *)&(x))\n"   \
	"#define FLAG_X (1 << 3)\n"                                        \
	"#define FLAG_Y 0x10\n"                                            \
	"#define WRAP(x) do { if (test(x, 0)) yes(); } while (0)\n"

struct polarity {
	const char *cond;
	bool swapped;
};

static void check_polarity(struct fixture *fix, const struct polarity *row,
			   bool no_fold)
{
	char *text = g_strdup_printf(DECLARATIONS
				     "void f(struct page *p) { if (%s) yes();\n"
				     "else no(); }", row->cond);
	const struct block *b;

	lower(fix, text, no_fold);
	g_free(text);
	for (b = function(fix, "f")->blocks; b->jump != JUMP_BRANCH; b++)
		;
	g_assert_cmpstr(first_call(b->succ[0]), ==,
			row->swapped ? "no" : "yes");
}

/* Every way of asking for "not p": the call is on the other edge. */
static void test_polarity(struct fixture *fix, gconstpointer data)
{
	static const struct polarity rows[] = {
		{ "p", false },
		{ "!p", true },
		{ "!!p", false },
		{ "p == NULL", true },
		{ "NULL != p", false },
		{ "!(p == 0)", false },
		{ "({ int t = 1; !p; })", true },
		{ "(yes(), !p)", true },
	};
	static const struct polarity folded[] = {
		{ "unlikely(p)", false },
		{ "unlikely(!p)", true },
		{ "!unlikely(p != NULL)", true },
	};
	guint i;

	for (i = 0; i < G_N_ELEMENTS(rows); i++) {
		check_polarity(fix, &rows[i], false);
		check_polarity(fix, &rows[i], true);
	}
	for (i = 0; i < G_N_ELEMENTS(folded); i++)
		check_polarity(fix, &folded[i], false);
}

/* Under "!" the edges of && and || are kept apart, unless faithful. */
static void test_hidden_logical(struct fixture *fix, gconstpointer data)
{
	const struct block *b;

	lower(fix, DECLARATIONS
	      "void f(int a, int b) { if (!unlikely(a || b)) yes();\n"
	      "else no(); }", false);
	b = &function(fix, "f")->blocks[0];
	g_assert_cmpint(b->jump, ==, JUMP_BRANCH);
	g_assert_cmpstr(first_call(b->succ[0]), ==, "no");
	b = b->succ[1];
	g_assert_cmpint(b->jump, ==, JUMP_BRANCH);
	g_assert_cmpstr(first_call(b->succ[0]), ==, "no");
	g_assert_cmpstr(first_call(b->succ[1]), ==, "yes");
}

static const char containers[] = DECLARATIONS
	"struct page *f(struct list *l) {\n"
	" return container_of(l, struct page, lru); }\n"
	"struct page *g(int *b) {\n"
	" return container_of(b, struct page, m.b); }\n";

static void test_container(struct fixture *fix, gconstpointer data)
{
	g_assert_true(shows(fix, "f",
			    "return container_of(__p, page, lru)"));
	g_assert_true(shows(fix, "g",
			    "container_of(container_of(__p, in, b), page, m)"));
}

static const char constants[] = DECLARATIONS
	"void f(struct page *p) {\n"
	" test(BIT_B, &p->flags);\n"
	" p->flags |= FLAG_X | FLAG_Y;\n"
	" WRAP(FLAG_Y);\n"
	" test(FLAG_X + 1, NULL);\n"
	" switch (p->m.b) { case BIT_B: case FLAG_Y: yes(); } }\n";

static void test_constants(struct fixture *fix, gconstpointer data)
{
	g_assert_true(shows(fix, "f", "test(BIT_B, &p->flags)"));
	g_assert_true(shows(fix, "f", "p->flags |= FLAG_X | FLAG_Y"));
	g_assert_true(shows(fix, "f", "call test(FLAG_Y, 0)"));
	g_assert_true(shows(fix, "f", "call test(FLAG_X + 1, 0)"));
	g_assert_true(shows(fix, "f", " 5(BIT_B):"));
	g_assert_true(shows(fix, "f", " 16(FLAG_Y):"));
	g_assert_cmpint(event(fix, "f", EVENT_CALL, 0)->args[0]->value, ==, 5);
}

static const char places[] = DECLARATIONS
	"#define MAKE(name) int name(void) { return yes(); }\n"
	"MAKE(made)\n"
	"void f(struct page *p) {\n"
	"\tWRAP(READ_ONCE(p->flags));\n"
	"}\n";

static void test_places(struct fixture *fix, gconstpointer data)
{
	const struct event *ev = event(fix, "f", EVENT_CALL, 0);
	int lines = 0;
	const char *c;

	for (c = places; *c; c++)
		lines += *c == '\n';
	/* the outermost macro's use, not where in its body this stands */
	g_assert_cmpstr(ev->macro, ==, "WRAP");
	g_assert_cmpint(ev->loc.line, ==, lines - 1);
	g_assert_cmpint(ev->loc.column, ==, 2);
	g_assert_true(function(fix, "made")->in_main_file);
	g_assert_cmpint(function(fix, "made")->loc.line, ==, lines - 3);
	g_assert_true(shows(fix, "f", "read* p->flags (page.flags) once"));
}

static const char types[] = DECLARATIONS
	"typedef struct { int counter; } atomic_t;\n"
	"struct page **g(atomic_t *a, struct page *p[4]);\n"
	"int f(struct page *p, atomic_t a) {\n"
	" struct page *local[3];\n"
	" local[0] = p->pages[1]; a.counter = p->one;\n"
	" return g(&a, local) == NULL; }\n";

static void test_types(struct fixture *fix, gconstpointer data)
{
	const struct func *f = function(fix, "f");
	const struct event *ev = event(fix, "f", EVENT_CALL, 0);
	const struct expr *e = event(fix, "f", EVENT_ASSIGN, 0)->value;

	g_assert_cmpint(f->n_params, ==, 2);
	g_assert_cmpstr(f->locals[0].record, ==, "page");
	g_assert_cmpint(f->locals[0].pointers, ==, 1);
	g_assert_cmpstr(f->locals[1].record, ==, "atomic_t");
	g_assert_true(f->locals[1].address_taken);
	g_assert_false(f->locals[0].address_taken);
	g_assert_true(f->locals[2].address_taken);
	g_assert_cmpstr(ev->return_record, ==, "page");
	g_assert_cmpint(ev->return_pointers, ==, 2);
	/* an element of pages[4] is a pointer to one page */
	g_assert_cmpstr(e->record, ==, "page");
	g_assert_cmpint(e->pointers, ==, 1);
	/* flags lies in an unnamed record: the named one owns it */
	g_assert_true(shows(fix, "f", "(page.one, bit-field)"));
}

static const char tables[] = DECLARATIONS
	"struct ops { int (*open)(void); struct in m; int (*close)(void); };\n"
	"static const struct ops a = { .close = yes, .open = &no };\n"
	"static const struct ops b[] = { { yes }, [1].close = no };\n";

static void test_ops(struct fixture *fix, gconstpointer data)
{
	static const struct ops_entry wanted[] = {
		{ "ops", "close", "a", "yes" },
		{ "ops", "open", "a", "no" },
		{ "ops", "open", "b", "yes" },
		{ "ops", "close", "b", "no" },
	};
	guint i;

	g_assert_cmpuint(fix->unit->ops->len, ==, G_N_ELEMENTS(wanted));
	for (i = 0; i < G_N_ELEMENTS(wanted); i++) {
		const struct ops_entry *o =
			&g_array_index(fix->unit->ops, struct ops_entry, i);

		g_assert_cmpstr(o->record, ==, wanted[i].record);
		g_assert_cmpstr(o->member, ==, wanted[i].member);
		g_assert_cmpstr(o->variable, ==, wanted[i].variable);
		g_assert_cmpstr(o->function, ==, wanted[i].function);
	}
}

/* A table names a function that is only defined behind it. */
static const char ahead[] =
	"struct ops { void (*run)(void); };\n"
	"static void run(void);\n"
	"static const struct ops a = { .run = run }, b = { run };\n"
	"static void run(void) { }\n";

static void test_once(struct fixture *fix, gconstpointer data)
{
	g_assert_cmpuint(fix->unit->funcs->len, ==, 1);
	g_assert_true(function(fix, "run") == fix->unit->funcs->pdata[0]);
}

static const char annotated[] =
	"#define __note(x) __attribute__((annotate(\"pincheck:\" x)))\n"
	"struct s { int a __note(\"pinned_by(get,put)\"); int b; };\n"
	"__note(\"get(0)\") __note(\"may_sleep()\") int f(struct s *s);\n"
	"int f(struct s *s) { return s->b; }\n";

static void test_annotations(struct fixture *fix, gconstpointer data)
{
	const struct member_note *n;

	g_assert_cmpstr(function(fix, "f")->annotations, ==,
			"get(0);may_sleep()");
	g_assert_cmpuint(fix->unit->member_notes->len, ==, 1);
	n = &g_array_index(fix->unit->member_notes, struct member_note, 0);
	g_assert_cmpstr(n->record, ==, "s");
	g_assert_cmpstr(n->member, ==, "a");
	g_assert_cmpstr(n->annotation, ==, "pinned_by(get,put)");
	g_assert_cmpint(n->loc.line, ==, 2);
}

static const char exchanges[] = DECLARATIONS
	"#define __xchg_op(ptr, arg) ({ __typeof__(*(ptr)) __ret = (arg); \\\n"
	" switch (sizeof(*(ptr))) { case 8: asm volatile(\"\" \\\n"
	" : \"+r\"(__ret), \"+m\"(*(ptr)) : : \"memory\"); break; } __ret; })\n"
	"#define arch_xchg(ptr, v) __xchg_op((ptr), (v))\n"
	"#define xchg(ptr, ...) ({ __typeof__(ptr) __ai_ptr = (ptr); \\\n"
	" arch_xchg(__ai_ptr, __VA_ARGS__); })\n"
	"struct page *f(struct page *p) { return xchg(&p->next, NULL); }\n"
	"int g(struct page *p) {\n"
	" if (unlikely(!xchg(&p->next, p->pages[yes()]))) return 1;\n"
	" return 0; }\n";

static void test_exchanges(struct fixture *fix, gconstpointer data)
{
	const struct event *ev = event(fix, "f", EVENT_CALL, 0);

	g_assert_cmpstr(ev->callee->name, ==, "xchg");
	g_assert_cmpstr(ev->return_record, ==, "page");
	g_assert_true(shows(fix, "f", "call xchg(&p->next, 0)"));
	g_assert_true(shows(fix, "f", "return xchg()"));
	g_assert_true(shows(fix, "g",
			    "call xchg(&p->next, p->pages[yes()#"));
	lower(fix, exchanges, true);
	g_assert_true(shows(fix, "f", "asm memory"));
}

static const char assertions[] = DECLARATIONS
	"struct s { int lock, x; };\n"
	"#define lockdep_assert_held(l) do { (void)(l); } while (0)\n"
	"#define lockdep_assert_held_write(l) do { if (!test(0, l)) yes(); } \\\n"
	" while (0)\n"
	"#define ASSERT_S(s) lockdep_assert_held(&(s)->lock)\n"
	"#define lockdep_assert_held_once(l) do { } while (0)\n"
	"int f(struct s *s) { lockdep_assert_held(&s->lock); return s->x; }\n"
	"int g(struct s *s) { lockdep_assert_held_write(&s->lock); return 0; }\n"
	"int h(struct s *s) { ASSERT_S(s); return 0; }\n"
	"int k(struct s *s) { lockdep_assert_held_once(&s->lock); return 0; }\n"
	"int m(struct s *s) { if (s->x) lockdep_assert_held(&s->lock);\n"
	" return 0; }\n";

static void test_lock_assertions(struct fixture *fix, gconstpointer data)
{
	g_assert_true(shows(fix, "f", "call lockdep_assert_held(&s->lock)"));
	g_assert_true(shows(fix, "g",
			    "call lockdep_assert_held_write(&s->lock)"));
	g_assert_false(shows(fix, "g", "call test("));
	g_assert_true(shows(fix, "m", "call lockdep_assert_held(&s->lock)"));
	/* the argument is not in the function's text, or nowhere in the tree */
	g_assert_false(shows(fix, "h", "call lockdep_assert_held"));
	g_assert_false(shows(fix, "k", "call lockdep_assert_held"));
	lower(fix, assertions, true);
	g_assert_true(shows(fix, "g", "call test("));
}

static const char scopes[] =
	"void drop(int *p); int call(int);\n"
	"#define guard(x) int guard __attribute__((cleanup(drop))) = x\n"
	"int f(int a) { guard(1); if (a) return call(guard); call(2);\n"
	" return 3; }\n";

static void test_scopes(struct fixture *fix, gconstpointer data)
{
	const struct event *ev = event(fix, "f", EVENT_CLEANUP, 0);

	g_assert_cmpstr(ev->callee->name, ==, "drop");
	g_assert_cmpstr(ev->macro, ==, "guard");
	g_assert_cmpint(ev->loc.line, ==, 3);
	/* the value first, then the cleanup, then the exit */
	g_assert_cmpint(ev->id, >, event(fix, "f", EVENT_RETURN, 0)->id);
	g_assert_cmpint(event(fix, "f", EVENT_CLEANUP, 1)->id, >,
			event(fix, "f", EVENT_RETURN, 1)->id);
}

static void test_static_locals(struct fixture *fix, gconstpointer data)
{
	lower(fix, "int f(void) { static int count; return ++count; }", false);
	g_assert_true(shows(fix, "f", "assign f.count += 1"));
	g_assert_true(shows(fix, "f", "return f.count"));
}

static const struct skipped *skip_of(struct fixture *fix, const char *name)
{
	guint i;

	for (i = 0; i < fix->unit->skips->len; i++) {
		const struct skipped *s =
			&g_array_index(fix->unit->skips, struct skipped, i);

		if (!g_strcmp0(s->function, name))
			return s;
	}
	return NULL;
}

static const char broken[] =
	"#include \"nowhere.h\"\n"
	"int ok(int a) { return a; }\n"
	"int bad(int a) { return missing(a) + b; }\n"
	"int fine(int a) { if (a) return ok(a); return 2; }\n";

static void test_broken(struct fixture *fix, gconstpointer data)
{
	const struct diagnostic *d =
		&g_array_index(fix->unit->diagnostics, struct diagnostic, 0);

	g_assert_true(d->fatal);
	g_assert_nonnull(strstr(d->text, "nowhere.h"));
	function(fix, "ok");
	function(fix, "fine");
	g_assert_null(unit_find(fix->unit, g_intern_string("bad")));
	g_assert_nonnull(skip_of(fix, "bad"));
	/* the header may have held anything: the file is in the ledger too */
	g_assert_nonnull(skip_of(fix, NULL));
}

static void test_deep(struct fixture *fix, gconstpointer data)
{
	GString *text = g_string_new("int f(int a) { return a");
	int i;

	for (i = 0; i < 3000; i++)
		g_string_append(text, " + a");
	g_string_append(text, "; }\nint g(int a) { switch (a) {\n");
	for (i = 0; i < 3000; i++)
		g_string_append_printf(text, "case %d: ", i);
	g_string_append(text, "return 1; } return 0; }\n");
	lower(fix, text->str, false);
	g_string_free(text, TRUE);
	g_assert_nonnull(strstr(skip_of(fix, "f")->reason, "too deeply"));
	function(fix, "g");
}

static void test_no_file(struct fixture *fix, gconstpointer data)
{
	const char *const args[] = { NULL };
	struct compile_command *cmd =
		compile_command_new(fix->dir, "none.c", args);

	g_assert_cmpint(frontend_parse(cmd, NULL, &fix->unit), <, 0);
	g_assert_cmpstr(skip_of(fix, NULL)->reason, ==, "no such file");
	g_assert_cmpint(frontend_parse_only(cmd), <, 0);
	compile_command_free(cmd);
}

static void test_asm_goto(struct fixture *fix, gconstpointer data)
{
	lower(fix, "int f(int a) { asm goto(\"\" : : \"r\"(a) : : out);\n"
		   "return 1; out: return 2; }", false);
	g_assert_true(shows(fix, "f", "asm-goto B1 B2"));
	g_assert_true(shows(fix, "f", "B2: (out)"));
}

/* Compile databases */

static struct compile_db *load(struct fixture *fix, const char *text,
			       char **ret_error)
{
	char *path = g_build_filename(fix->dir, "compile_commands.json", NULL);
	struct compile_db *db;

	if (text)
		g_assert_true(g_file_set_contents(path, text, -1, NULL));
	db = compile_db_load(fix->dir, ret_error);
	g_remove(path);
	g_free(path);
	return db;
}

static void test_database(struct fixture *fix, gconstpointer data)
{
	static const char text[] =
		"[{\"directory\": \"/k\", \"file\": \"b/x.c\", \"command\":\n"
		" \"ccache gcc -Wp,-MMD,b/.x.d -DA='\\\"q r\\\"' -c -o b/x.o "
		"b/x.c\"},\n"
		" {\"directory\": \"/k\", \"file\": \"a.c\", \"arguments\":\n"
		" [\"cc\", \"-MF\", \"d\", \"-I\", \"inc\", \"a.c\"]},\n"
		" {\"directory\": \"/k\", \"file\": \"a.c\", \"arguments\":\n"
		" [\"cc\", \"-DSECOND\", \"a.c\"]}]\n";
	char *error = NULL;
	struct compile_db *db = load(fix, text, &error);
	char **files = compile_db_files(db);
	struct compile_command *c = compile_db_command(db, "/k/b/x.c");

	g_assert_cmpstr(files[0], ==, "/k/a.c");
	g_assert_cmpstr(files[1], ==, "/k/b/x.c");
	g_assert_null(files[2]);
	g_assert_cmpstr(c->file, ==, "b/x.c");
	g_assert_cmpstr(c->args[0], ==, "-DA=\"q r\"");
	g_assert_null(c->args[1]);
	compile_command_free(c);
	c = compile_db_command(db, "/k/a.c");
	g_assert_cmpstr(c->args[0], ==, "-I");
	g_assert_cmpstr(c->args[1], ==, "inc");
	g_assert_null(c->args[2]);
	compile_command_free(c);
	/* nothing is guessed for a file that is not listed */
	g_assert_null(compile_db_command(db, "/k/c.c"));
	g_strfreev(files);
	compile_db_free(db);
}

static void test_bad_database(struct fixture *fix, gconstpointer data)
{
	static const struct {
		const char *text, *error;
	} rows[] = {
		{ "[{\"directory\": \"/k\"\n,,}]", "compile_commands.json:2: " },
		{ "[", "compile_commands.json:1: " },
		{ "", "compile_commands.json:1: " },
		{ "{}", "not a list" },
		{ "[{\"file\": \"a.c\"}]", "entry 1: " },
		{ NULL, "No such file" },
	};
	guint i;

	for (i = 0; i < G_N_ELEMENTS(rows); i++) {
		char *error = NULL;

		g_assert_null(load(fix, rows[i].text, &error));
		g_assert_nonnull(error);
		g_assert_nonnull(strstr(error, rows[i].error));
		g_assert_null(strchr(error, '\n'));
		g_free(error);
	}
}

#define ADD(name, source, test) \
	g_test_add("/frontend/" name, struct fixture, source, set_up, test, \
		   tear_down)

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	ADD("polarity", NULL, test_polarity);
	ADD("hidden-logical", NULL, test_hidden_logical);
	ADD("container", containers, test_container);
	ADD("constants", constants, test_constants);
	ADD("places", places, test_places);
	ADD("types", types, test_types);
	ADD("ops", tables, test_ops);
	ADD("once", ahead, test_once);
	ADD("annotations", annotated, test_annotations);
	ADD("exchanges", exchanges, test_exchanges);
	ADD("lock-assertions", assertions, test_lock_assertions);
	ADD("scopes", scopes, test_scopes);
	ADD("static-locals", NULL, test_static_locals);
	ADD("broken", broken, test_broken);
	ADD("deep", NULL, test_deep);
	ADD("no-file", NULL, test_no_file);
	ADD("asm-goto", NULL, test_asm_goto);
	ADD("database", NULL, test_database);
	ADD("bad-database", NULL, test_bad_database);
	return g_test_run();
}
