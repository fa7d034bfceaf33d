// SPDX-License-Identifier: GPL-2.0-only
/*
 * The text for a commit message: its table from steps and from a replay, and
 * the commit that brought a race, asked of real repositories.
 */
#include <glib.h>
#include <glib/gstdio.h>
#include <string.h>

#include "base/folder.h"
#include "base/process.h"
#include "cmd/changelog.h"

/* ---- repositories ---- */

struct place {
	char *folder;	/* it is the repository, if there is one */
	char *text;	/* what every file's lines count in; NULL: the file */
};

/* Commits have dates a minute apart; nothing of the user's is read. */
static const char begin[] =
	"set -e; export GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_NOSYSTEM=1"
	" GIT_AUTHOR_NAME=a GIT_AUTHOR_EMAIL=a@b GIT_COMMITTER_NAME=a"
	" GIT_COMMITTER_EMAIL=a@b; at=1600000000\n"
	"commit() { at=$((at + 60)); git add -A; GIT_AUTHOR_DATE=\"$at +0000\""
	" GIT_COMMITTER_DATE=\"$at +0000\" git commit -qm \"$1\"; }\n";

/* What the script prints last, in the folder; the caller frees it. */
static char *run_script(const struct place *p, const char *script)
{
	char *all = g_strconcat(begin, script, NULL), *error = NULL;
	const struct process_request req = {
		.argv = (const char *const[]){ "sh", "-c", all, NULL },
		.cwd = p->folder, .limit = 65536, .timeout = 60
	};
	struct process_result r;
	char *out;

	g_assert_cmpint(process_run(&req, &r, &error), ==, 0);
	if (r.status)
		g_test_message("%s", r.err->str);
	g_assert_cmpint(r.status, ==, 0);
	out = g_strchomp(g_strdup(r.out->str));
	process_result_clear(&r);
	g_free(all);
	return out;
}

static void set_up(struct place *p, gconstpointer data)
{
	p->folder = g_dir_make_tmp("pincheck-XXXXXX", NULL);
	p->text = NULL;
}

static void tear_down(struct place *p, gconstpointer data)
{
	folder_remove(p->folder);
	g_free(p->folder);
	g_free(p->text);
}

static char *text_of(const char *path, void *data)
{
	const struct place *p = data;

	return g_strdup(p->text ? p->text : path);
}

/* A finding of one line; each step adds one. */
static struct finding *finding_at(const struct place *p, const char *name,
				  int line)
{
	char *path = g_build_filename(p->folder, name, NULL);
	struct finding *f = finding_new("put-before-wait", SEVERITY_WARNING,
					path, line, 1, "f");

	g_free(path);
	return f;
}

static void step_at(const struct place *p, struct finding *f, int cpu,
		    const char *name, int line)
{
	char *path = g_build_filename(p->folder, name, NULL);

	finding_step(f, cpu, path, line, "step");
	g_free(path);
}

/* Its last line; frees @f. */
static char *fixes_of(struct place *p, const char *base, struct finding *f)
{
	const struct blame_source source = { p->folder, base, text_of, p };
	GString *out = g_string_new(NULL);
	char *line;

	changelog_put(out, f, &source);
	g_assert_true(g_str_has_suffix(out->str, "\n"));
	g_string_truncate(out, out->len - 1);
	line = strrchr(out->str, '\n');
	line = g_strdup(line ? line + 1 : out->str);
	g_string_free(out, TRUE);
	finding_free(f);
	return line;
}

static void expect_fixes(struct place *p, const char *base, struct finding *f,
			 const char *expected)
{
	char *line = fixes_of(p, base, f);

	g_assert_cmpstr(line, ==, expected);
	g_free(line);
}

/* `Fixes: ID ("subject")`, with the digits that @script prints. */
static void expect_commit(struct place *p, const char *base, struct finding *f,
			  const char *revision, const char *subject)
{
	char *script = g_strdup_printf("git rev-parse --short=12 %s", revision);
	char *id = run_script(p, script);
	char *expected = g_strdup_printf("Fixes: %s (\"%s\")", id, subject);

	expect_fixes(p, base, f, expected);
	g_free(expected);
	g_free(id);
	g_free(script);
}

#define THREE \
	"git init -q; printf 'one\\ntwo\\nthree\\n' > a.c; commit first\n" \
	"printf 'one\\nTWO\\nthree\\n' > a.c; commit 'a: second'\n" \
	"printf 'one\\nTWO\\nthree\\nfour\\n' > a.c; commit third\n"

static void test_youngest(struct place *p, gconstpointer data)
{
	struct finding *f = finding_at(p, "a.c", 2);

	g_free(run_script(p, THREE));
	step_at(p, f, 0, "a.c", 1);
	step_at(p, f, 1, "a.c", 3);
	expect_commit(p, "HEAD", f, "HEAD^", "a: second");
	expect_commit(p, NULL, finding_at(p, "a.c", 4), "HEAD", "third");
	f = finding_at(p, "a.c", 2);
	step_at(p, f, 1, "a.c", 4);
	expect_commit(p, "HEAD", f, "HEAD", "third");
}

/* The text of an older state counts, and its history. */
static void test_base(struct place *p, gconstpointer data)
{
	g_free(run_script(p, THREE "git show HEAD^:a.c > ../$$; "
			  "mv ../$$ a.c; git rev-parse HEAD^"));
	expect_commit(p, "HEAD^", finding_at(p, "a.c", 2), "HEAD^", "a: second");
	expect_fixes(p, "nosuch", finding_at(p, "a.c", 2),
		     "# no Fixes: Needed a single revision");
	expect_fixes(p, "--all", finding_at(p, "a.c", 2),
		     "# no Fixes: Needed a single revision");
}

static void test_not_committed(struct place *p, gconstpointer data)
{
	g_free(run_script(p, THREE "printf 'one\\nTWO\\n3\\nfour\\n' > a.c"));
	expect_fixes(p, NULL, finding_at(p, "a.c", 3),
		     "# no Fixes: a.c:3 is not committed");
	expect_fixes(p, "HEAD", finding_at(p, "a.c", 3),
		     "# no Fixes: a.c:3 is not committed");
	expect_commit(p, "HEAD", finding_at(p, "a.c", 2), "HEAD^", "a: second");
	/* a state that lies elsewhere, with a line more */
	p->text = g_build_filename(p->folder, "state", NULL);
	g_assert_true(g_file_set_contents(
		p->text, "new\none\nTWO\nthree\nfour\n", -1, NULL));
	expect_commit(p, "HEAD", finding_at(p, "a.c", 3), "HEAD^", "a: second");
	expect_fixes(p, "HEAD", finding_at(p, "a.c", 1),
		     "# no Fixes: a.c:1 is not committed");
}

static void test_history_begins(struct place *p, gconstpointer data)
{
	char *id, *expected;

	g_free(run_script(p, "mkdir all; cd all;" THREE "cd ..;"
			  "git clone -q --depth 2 \"file://$PWD/all\" shallow;"
			  "mv shallow/.git shallow/a.c .; rm -rf all"));
	id = run_script(p, "git rev-parse --short=12 HEAD^");
	expected = g_strdup_printf("# no Fixes: the history begins with %s"
				   " (\"a: second\")", id);
	expect_fixes(p, "HEAD", finding_at(p, "a.c", 1), expected);
	expect_commit(p, "HEAD", finding_at(p, "a.c", 4), "HEAD", "third");
	g_free(expected);
	g_free(id);
}

/* Of two on two branches, the later one; ancestors do not count. */
static void test_branches(struct place *p, gconstpointer data)
{
	struct finding *f = finding_at(p, "a.c", 2);

	g_free(run_script(p, THREE
			  "git checkout -qb side HEAD^; echo x > b.c\n"
			  "commit newest; git checkout -q -; echo y > c.c\n"
			  "at=$((at - 90)); commit main; git merge -q side\n"
			  "git checkout -qb old HEAD^^; echo z > d.c\n"
			  "at=$((at - 90)); commit oldest; git checkout -q -\n"
			  "git merge -q old"));
	step_at(p, f, 1, "b.c", 1);
	step_at(p, f, 1, "d.c", 1);
	step_at(p, f, 1, "c.c", 1);
	expect_commit(p, "HEAD", f, "side", "newest");
	f = finding_at(p, "c.c", 1);
	step_at(p, f, 1, "d.c", 1);
	expect_commit(p, "HEAD", f, "HEAD^^", "main");
	f = finding_at(p, "a.c", 4);
	step_at(p, f, 1, "c.c", 1);
	expect_commit(p, "HEAD", f, "HEAD^^", "main");
}

static void test_layout(struct place *p, gconstpointer data)
{
	g_free(run_script(p, THREE
			  "printf 'one\\n\\tTWO\\nthree\\nfour\\n' > a.c\n"
			  "commit indent; mkdir d; git mv a.c d/b.c\n"
			  "commit rename"));
	expect_commit(p, "HEAD", finding_at(p, "d/b.c", 2), "HEAD~3",
		      "a: second");
	expect_commit(p, NULL, finding_at(p, "d/b.c", 4), "HEAD~2", "third");
}

/* A function that moves in its file keeps its history. */
static void test_moved(struct place *p, gconstpointer data)
{
	g_free(run_script(p, "git init -q; echo first > a.c; commit first\n"
			  "F='int a_function(struct of_this *file);'\n"
			  "printf \"$F\\n1\\n2\\n3\\n\" > a.c; commit second\n"
			  "printf \"1\\n2\\n3\\n$F\\n\" > a.c; commit third"));
	expect_commit(p, "HEAD", finding_at(p, "a.c", 4), "HEAD^", "second");
}

static void test_hostile(struct place *p, gconstpointer data)
{
	struct finding *f = finding_at(p, ":(top)\"a' \n\t*.c", 1);

	g_free(run_script(p, "git init -q; echo x > x; commit first\n"
			  "echo y > ':(top)\"a'\"' \n\t*.c\"; commit "
			  "'say \"no\" to \033[31m $(id)\nFixes: it'\n"));
	step_at(p, f, 1, "--output=x", 1);
	g_assert_true(g_file_test(f->file, G_FILE_TEST_IS_REGULAR));
	g_free(fixes_of(p, "HEAD", f));
	expect_commit(p, "HEAD", finding_at(p, ":(top)\"a' \n\t*.c", 1), "HEAD",
		      "say \"no\" to ?[31m $(id) Fixes: it");
}

/* Of the user's configuration nothing acts; the repository stays as it is. */
static void test_configuration(struct place *p, gconstpointer data)
{
	char *before, *after, *line;
	static const char hash[] =
		"(find . -type f | sort | xargs sha256sum;"
		" ls -lR --full-time .git) | sha256sum";

	g_free(run_script(p, THREE "git rev-parse HEAD^ > ignored; commit i\n"
			  "git config blame.ignoreRevsFile ignored\n"
			  "git config blame.showRoot true\n"
			  "git config log.showSignature true\n"
			  "git config core.fsmonitor 'touch bad; false'\n"
			  "git config diff.x.textconv 'touch bad; tac'\n"
			  "echo '*.c diff=x' > .git/info/attributes\n"
			  "git config core.pager 'touch bad; cat'\n"
			  "git config color.ui always; touch a.c\n"));
	before = run_script(p, hash);
	expect_commit(p, "HEAD", finding_at(p, "a.c", 2), "HEAD~2",
		      "a: second");
	expect_commit(p, NULL, finding_at(p, "a.c", 2), "HEAD~2", "a: second");
	line = fixes_of(p, "HEAD", finding_at(p, "a.c", 1));
	g_assert_true(g_str_has_prefix(line, "# no Fixes: the history begins"));
	g_free(line);
	after = run_script(p, hash);
	g_assert_cmpstr(before, ==, after);
	g_free(before);
	g_free(after);
}

static void test_no_history(struct place *p, gconstpointer data)
{
	char *line;

	g_free(run_script(p, "echo x > a.c"));
	line = fixes_of(p, NULL, finding_at(p, "a.c", 1));
	g_assert_true(g_str_has_prefix(line, "# no Fixes: not a git repo"));
	g_free(line);
	g_free(run_script(p, "git init -q; echo x > b.c; commit first"
			  "; echo x > c.c"));
	line = fixes_of(p, NULL, finding_at(p, "c.c", 1));
	g_assert_true(g_str_has_prefix(line, "# no Fixes: no such path"));
	g_free(line);
	expect_fixes(p, NULL, finding_at(p, "../c.c", 1),
		     "# no Fixes: no line of it is in the tree");
	g_setenv("PATH", p->folder, TRUE);
	line = fixes_of(p, NULL, finding_at(p, "b.c", 1));
	g_assert_nonnull(strstr(line, "No such file"));
	g_free(line);
}

/* ---- tables ---- */

static void expect_table(struct place *p, struct finding *f,
			 const char *expected)
{
	const struct blame_source source = { p->folder, NULL, text_of, p };
	GString *out = g_string_new(NULL);
	char *end;

	changelog_put(out, f, &source);
	end = strstr(out->str, "\n\n");
	g_assert_nonnull(end);
	g_string_truncate(out, (gsize)(end - out->str) + 1);
	g_assert_cmpstr(out->str, ==, expected);
	g_string_free(out, TRUE);
	finding_free(f);
}

static void test_steps(struct place *p, gconstpointer data)
{
	struct finding *f = finding_at(p, "a.c", 1);

	finding_step(f, 0, "a.c", 1, "the lock is dropped");
	finding_step(f, 1, "a.c", 1, "takes '%s' out of the container and"
		     " frees it, since nobody seems to use it", "b");
	finding_step(f, 0, "a.c", 2, "%s", "x\033[1m\ty");
	expect_table(p, f,
		     "    CPU 0                  CPU 1\n"
		     "    f()\n"
		     "      the lock is dropped\n"
		     "                             takes 'b' out of the container and frees it,\n"
		     "                               since nobody seems to use it\n"
		     "      x?[1m y\n");
}

static void add_rows(struct finding *f, const char *const *rows)
{
	f->replay = finding_replay_new("confirmed", "sc");
	for (; *rows; rows++)
		g_ptr_array_add(f->replay->table, g_strdup(*rows));
}

#define ROWS(...) ((const char *const[]){ __VA_ARGS__, NULL })
#define CPU1 "                                        "

static void test_replay(struct place *p, gconstpointer data)
{
	struct finding *f = finding_at(p, "a.c", 4);

	add_rows(f, ROWS("CPU 0: f()" "                              "
			 "CPU 1: g()", "a.c:1 one", CPU1 "a.h:9 other",
			 "a.c:2 two", "a.c:3 three", "a.c:4 named",
			 "a.c:5 five", "a.c:6 six", "a.c:7 seven", "a.c:8 eight",
			 CPU1 "a.h:10 last", CPU1 "a.h:11 ", CPU1 "use after free: p"));
	expect_table(p, f,
		     "    CPU 0    CPU 1\n"
		     "    f()      g()\n"
		     "      one\n"
		     "               other\n"
		     "      two\n"
		     "      three\n"
		     "      named\n"
		     "      ...\n"
		     "      seven\n"
		     "      eight\n"
		     "               last\n"
		     "               use after free: p\n");
}

/* A name as wide as its column, and a thread between two that does nothing. */
static void test_heads(struct place *p, gconstpointer data)
{
	struct finding *f = finding_at(p, "a.c", 1);

	add_rows(f, ROWS("CPU 0: a_function_with_quite_a_long_name_xyz() "
			 "CPU 2: g()", "a.c:1 one",
			 CPU1 CPU1 "a.c:2 a_word_that_is_wider_than_any_column"
			 "_of_this_table_may_be(x); y"));
	expect_table(p, f,
		     "    CPU 0                               CPU 2\n"
		     "    a_function_with_quite_a_long_name_xyz() g()\n"
		     "      one\n"
		     "                                          a_word_that_is_"
		     "wider_than_any_column_of_this_table_may_be(x);\n"
		     "                                            y\n");
}

#define ADD(name, f) \
	g_test_add("/changelog/" name, struct place, NULL, set_up, f, tear_down)

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	ADD("youngest", test_youngest);
	ADD("base", test_base);
	ADD("not-committed", test_not_committed);
	ADD("history-begins", test_history_begins);
	ADD("branches", test_branches);
	ADD("layout", test_layout);
	ADD("moved", test_moved);
	ADD("hostile", test_hostile);
	ADD("configuration", test_configuration);
	ADD("steps", test_steps);
	ADD("replay", test_replay);
	ADD("heads", test_heads);
	ADD("no-history", test_no_history);
	return g_test_run();
}
