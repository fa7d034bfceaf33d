// SPDX-License-Identifier: GPL-2.0-only
/* What a series is read from: diffs, mails, commits; and what is none. */
#include <fcntl.h>
#include <glib/gstdio.h>
#include <unistd.h>

#include "repository.h"

/* A second commit, of which a patch is to be made. */
static void open_with_change(struct repository *r)
{
	repository_open(r);
	run(r, "sed -i '3s/.*/third = \xc3\xbc/' fs/a.c\n"
	       "git commit -qam 'fs: a = b in \xc3\xbc'; git branch tip");
}

/* Back to the first commit, where the patch applies. */
static void go_back(const struct repository *r)
{
	run(r, "git reset -q --hard HEAD^");
}

static void assert_is_tip(const struct repository *r)
{
	g_assert_cmpuint(r->series->patches->len, ==, 1);
	assert_as(r, 1, "fs/a.c", "tip");
	assert_as(r, 0, "fs/a.c", "tip^");
}

/* ---- files ---- */

static void test_diff(void)
{
	struct repository r;

	open_with_change(&r);
	run(&r, "git show --format= > ../a.diff; sed 's/$/\\r/' ../a.diff"
		" > ../crlf.diff; git log -1 -p > ../log.diff");
	go_back(&r);
	apply(&r, "a.diff");
	assert_is_tip(&r);
	g_assert_null(patch_of(&r, 1)->subject);
	g_assert_null(r.series->base);
	apply(&r, "crlf.diff");
	assert_is_tip(&r);
	apply(&r, "log.diff");
	assert_is_tip(&r);
	repository_close(&r);
}

static void test_stdin(void)
{
	struct repository r;
	int old = dup(STDIN_FILENO), fd;
	char *file;

	open_with_change(&r);
	run(&r, "git format-patch --stdout -1 > ../mail");
	go_back(&r);
	file = g_build_filename(r.root, "mail", NULL);
	fd = open(file, O_RDONLY);
	dup2(fd, STDIN_FILENO);
	apply(&r, "-");
	assert_is_tip(&r);
	refuse(&r, "-", "stdin: there is no patch in it");
	dup2(old, STDIN_FILENO);
	close(old);
	close(fd);
	g_free(file);
	repository_close(&r);
}

/* As quilt and svn begin: that is no header of a mail. */
static void test_index_line(void)
{
	struct repository r;

	open_with_change(&r);
	run(&r, "{ echo 'Index: a/fs/a.c'; echo =====; git diff --no-prefix "
		"HEAD^ -- fs/a.c | sed -n '/^---/,$p' | sed 's,^--- ,&a/,;"
		"s,^+++ ,&b/,'; } > ../svn.diff");
	go_back(&r);
	apply(&r, "svn.diff");
	assert_is_tip(&r);
	repository_close(&r);
}

/* Headers, MIME headers, and a body that a filter wrote. */
static void write_mail(const struct repository *r, const char *mime,
		       const char *filter, const char *file)
{
	char *script = g_strdup_printf(
		"git format-patch --stdout -1 tip > ../plain\n"
		"{ sed '/^$/,$d' ../plain | grep -v ^Content-; %s; echo;"
		"sed '1,/^$/d' ../plain | %s; } > ../%s",
		mime, filter, file);

	run(r, script);
	g_free(script);
}

static void test_encoded_mails(void)
{
	static const struct {
		const char *mime, *filter;
	} mails[] = {
		{ "echo 'Content-Type: text/plain; charset=UTF-8'\n"
		  "echo 'Content-Transfer-Encoding: base64'",
		  "base64" },
		{ "echo 'Content-Type: text/plain; charset=UTF-8'\n"
		  "echo 'Content-Transfer-Encoding: base64'",
		  "sed 's/$/\\r/' | base64" },
		{ "echo 'Content-Type: text/plain; charset=UTF-8'\n"
		  "echo 'Content-Transfer-Encoding: quoted-printable'",
		  "LC_ALL=C sed 's/=/=3D/g; s/\\xc3\\xbc/=C3=BC/g;"
		  "s/^\\(.\\{5\\}\\)\\(..\\)/\\1=\\n\\2/'" },
		{ "echo 'MIME-Version: 1.0'\n"
		  "echo 'Content-Type: multipart/mixed; boundary=\"xx\"'\n"
		  "printf '\\n--xx\\nContent-Type: text/plain\\n\\nHello\\n"
		  "--xx\\nContent-Type: text/x-patch; charset=UTF-8\\n"
		  "Content-Transfer-Encoding: base64\\n'",
		  "{ base64; echo; echo --xx--; }" },
		{ "echo 'Content-Type: text/plain; charset=UTF-8'",
		  "sed 's/$/\\r/'" },
	};
	struct repository r;

	open_with_change(&r);
	go_back(&r);
	for (gsize i = 0; i < G_N_ELEMENTS(mails); i++) {
		write_mail(&r, mails[i].mime, mails[i].filter, "mail");
		apply(&r, "mail");
		assert_is_tip(&r);
		g_assert_cmpstr(patch_of(&r, 1)->subject, ==,
				"fs: a = b in \xc3\xbc");
	}
	repository_close(&r);
}

static void test_mail_headers(void)
{
	struct repository r;

	open_with_change(&r);
	/* no "From " line; a bracket of the subject is not "[PATCH]" */
	run(&r, "git format-patch --stdout -1 tip | sed 1d | sed '/^Subject/,"
		"/^$/c Subject: [PATCH net v2 1/1] [media] x\\n'> ../a.eml\n"
		"sed 's/$/\\r/' ../a.eml > ../crlf.eml");
	go_back(&r);
	apply(&r, "a.eml");
	assert_is_tip(&r);
	g_assert_cmpstr(patch_of(&r, 1)->subject, ==, "[media] x");
	apply(&r, "crlf.eml");
	assert_is_tip(&r);
	repository_close(&r);
}

static void make_three(struct repository *r)
{
	repository_open(r);
	run(r, "git branch start\n"
	       "sed -i 's/line 5$/five/' fs/a.c; git commit -qam one\n"
	       "echo new > fs/n.c; git add .; git commit -qm two\n"
	       "sed -i 's/five/5/' fs/a.c; git commit -qam three");
}

static void test_box(void)
{
	struct repository r;

	make_three(&r);
	run(&r, "git format-patch -q --cover-letter -o ../out start\n"
		"cat ../out/* > ../box; git reset -q --hard start\n"
		"cat ../out/0000*  > ../letter\n"
		"sed '0,/^+five/s//+5ive/' ../box > ../wrong");
	apply(&r, "box");
	g_assert_cmpuint(r.series->patches->len, ==, 3);
	g_assert_cmpstr(patch_of(&r, 1)->subject, ==, "one");
	g_assert_cmpstr(patch_of(&r, 3)->subject, ==, "three");
	assert_changed(&r, 1, "fs/a.c");
	assert_changed(&r, 2, "fs/n.c");
	assert_changed(&r, 3, "fs/a.c");
	refuse(&r, "letter", "letter: there is no patch in it");
	refuse(&r, "wrong", "patch 3/3 \"three\": fs/a.c: hunk 1 does not "
			    "apply: @@ -2,7 +2,7 @@");
	repository_close(&r);
}

static void test_nothing(void)
{
	struct repository r;

	repository_open(&r);
	run(&r, ": > ../empty; echo words > ../words; printf '\\0' > ../nul\n"
		"printf 'Subject: x\\n\\nbody\\0\\n' > ../mail\n"
		"printf 'Subject: [PATCH] x\\n\\nno diff\\n' > ../text");
	refuse(&r, "empty", "empty: there is no patch in it");
	refuse(&r, "words", "words: there is no patch in it");
	refuse(&r, "nul", "nul: there is no patch in it");
	refuse(&r, "text", "text: there is no patch in it");
	refuse(&r, "mail", "NUL byte");
	refuse(&r, "", "");
	refuse(&r, ".", "directory");
	repository_close(&r);
}

static void test_damaged(void)
{
	struct repository r;

	open_with_change(&r);
	run(&r, "git show --format= | sed '$d' > ../short\n"
		"git show --format= | sed 's/^@@.*/@@ -x @@/' > ../odd\n"
		"git format-patch --stdout -1 | sed '/^+third/,$d' > ../mail\n"
		"git show --format= | sed '/^---/,/^+++/d;/^diff/,/^index/d'"
		" > ../headless");
	go_back(&r);
	refuse(&r, "short", "corrupt patch at");
	refuse(&r, "odd", "odd: ");
	refuse(&r, "mail", "patch 1 \"fs: a = b in \xc3\xbc\": corrupt patch");
	refuse(&r, "headless", "patch fragment without header");
	repository_close(&r);
}

/* git takes for prose what it does not know; beside a diff it would vanish. */
static void test_unread(void)
{
	static const struct {
		const char *script, *error;
	} parts[] = {
		{ "printf 'diff --cc b.c\nindex 1,2..3\n--- a/b.c\n+++ b/b.c\n"
		  "@@@ -1,1 -1,1 +1,1 @@@\n--other\n++more\n'",
		  "a combined diff, which is not read, at line 13" },
		{ "printf '*** a/b.c\n--- b/b.c\n***************\n*** 1 ****\n"
		  "! other\n--- 1 ----\n! more\n'", "a context diff" },
		{ "printf 'diff --git a/b.c'", "a file without a change" },
		{ "printf 'diff --git a/b.c b/b.c\nindex 12..34 100'",
		  "a file without a change" },
		{ "printf -- '--- a/b'", "a file without a hunk" },
		{ "printf -- '--- a/b.c\n+'", "a file without a hunk" },
		{ "printf -- '--- a/b.c\n+++ b/b.c\n'",
		  "a file without a hunk" },
	};
	struct repository r;

	open_with_change(&r);
	run(&r, "git show --format= > ../a.diff");
	go_back(&r);
	for (gsize i = 0; i < G_N_ELEMENTS(parts); i++) {
		char *script = g_strdup_printf("{ cat ../a.diff; %s; } > ../x",
					       parts[i].script);

		run(&r, script);
		refuse(&r, "x", parts[i].error);
		g_free(script);
	}
	/* the text of a file may look like all of them */
	run(&r, "git checkout -q tip; printf '@@@ -1\n***************\n"
		"*** 1 ****\ndiff --git a/b\n-- a/b' > b.c\n"
		"git commit -qam odd; git show --format= > ../odd\n"
		"git show > ../x; git checkout -q HEAD^");
	apply(&r, "odd");
	apply(&r, "x");
	repository_close(&r);
}

/* A mail that is counted, and of which git sees no diff. */
static void test_empty_mails(void)
{
	static const char mail[] =
		"git format-patch -q --stdout -1 tip > ../box\n"
		"printf 'From x Mon Sep 17 00:00:00 2001\nSubject: %s\n\n"
		"---\n' >> ../box; git show tip --format= | "
		"sed 's/^/  /' >> ../box";
	static const struct {
		const char *subject, *error;
	} mails[] = {
		{ "[PATCH 2/2] x", "\"x\": is numbered as a patch" },
		{ "[net] [RFC PATCH v2 02/12] x", "is numbered as a patch" },
		{ "=?UTF-8?q?=5BPATCH=202/2=5D=20x?=", "is numbered" },
		{ "[PATCH 0/2] x", NULL },
		{ "[PATCH v2 00/12] x", NULL },
		{ "Re: [PATCH 2/2] x", NULL },
		{ "[PATCH] x", NULL },
		{ "[a/b] 1/2", NULL },
	};
	struct repository r;

	open_with_change(&r);
	go_back(&r);
	for (gsize i = 0; i < G_N_ELEMENTS(mails); i++) {
		char *script = g_strdup_printf(mail, mails[i].subject);

		run(&r, script);
		if (mails[i].error)
			refuse(&r, "box", mails[i].error);
		else
			apply(&r, "box");
		g_free(script);
	}
	repository_close(&r);
}

/* ---- commits ---- */

static void test_range(void)
{
	struct repository r;

	make_three(&r);
	run(&r, "git commit -q --allow-empty -m nothing");
	apply(&r, "start..");
	g_assert_cmpuint(r.series->patches->len, ==, 3);
	g_assert_cmpstr(patch_of(&r, 2)->subject, ==, "two");
	g_assert_cmpuint(strlen(patch_of(&r, 2)->commit), ==, 40);
	assert_as(&r, 0, "fs/a.c", "start");
	assert_as(&r, 0, "fs/n.c", "start");
	assert_as(&r, 1, "fs/a.c", "HEAD~3");
	assert_as(&r, 2, "fs/n.c", "HEAD~2");
	assert_as(&r, 3, "fs/a.c", "HEAD");
	g_assert_false(states_is_tree(r.states, 0));
	g_assert_true(states_is_tree(r.states, 3));
	apply(&r, "HEAD~2");
	g_assert_cmpuint(r.series->patches->len, ==, 1);
	assert_as(&r, 0, "fs/n.c", "HEAD~3");
	assert_as(&r, 1, "fs/n.c", "HEAD~2");
	apply(&r, "HEAD~2^!");
	g_assert_cmpuint(r.series->patches->len, ==, 1);
	refuse(&r, "HEAD", "there is no patch in it");
	refuse(&r, "HEAD..HEAD", "there is no patch in it");
	repository_close(&r);
}

/* Of a merge, what it brings; of "A...B", what B has. */
static void test_merge(void)
{
	struct repository r;

	make_three(&r);
	run(&r, "git checkout -q -b side start\n"
		"echo side > side.c; git add .; git commit -qm side\n"
		"echo more > more.c; git add .; git commit -qm more\n"
		"git checkout -q main\n"
		"git merge -q -m 'merge it' side 2> /dev/null");
	apply(&r, "start..main");
	g_assert_cmpuint(r.series->patches->len, ==, 4);
	assert_changed(&r, 4, "more.c side.c");
	assert_as(&r, 3, "side.c", "main^");
	apply(&r, "main");
	g_assert_cmpstr(patch_of(&r, 1)->subject, ==, "merge it");
	apply(&r, "main^...side");
	g_assert_cmpuint(r.series->patches->len, ==, 2);
	assert_as(&r, 0, "fs/a.c", "start");
	assert_as(&r, 1, "side.c", "side");
	refuse(&r, "main^@", "has no parent");
	repository_close(&r);
}

static void test_no_revision(void)
{
	struct repository r;

	make_three(&r);
	run(&r, "git show --format= > ../a.diff");
	refuse(&r, "no-such", "no-such: bad revision 'no-such'");
	refuse(&r, "--output=evil", "--output=evil: no such file");
	refuse(&r, "--all", "no such file");
	refuse(&r, "no..such", "bad revision");
	refuse(&r, "start", "has no parent");
	refuse_base(&r, "a.diff", "--all", "base --all: ");
	refuse_base(&r, "a.diff", "no-such", "base no-such: ");
	run(&r, "rm -rf .git");
	refuse(&r, "HEAD", "not a git repository");
	repository_close(&r);
}

static void set_home(const struct repository *r)
{
	char *home = g_build_filename(r->root, "home", NULL);

	g_setenv("HOME", home, TRUE);
	g_free(home);
}

/* Neither the user nor the environment decides what a patch is. */
static void test_settings(void)
{
	struct repository r;
	char *evil, *home = g_strdup(g_getenv("HOME"));

	open_with_change(&r);
	evil = g_build_filename(r.root, "evil", NULL);
	run(&r, "printf '#!/bin/sh\\ntouch %s\\n' $PWD/../evil > ../run\n"
		"chmod +x ../run; mkdir ../home ../hooks\n"
		"cp ../run ../hooks/post-index-change\n"
		"git config core.fsmonitor $PWD/../run\n"
		"git config diff.external $PWD/../run\n"
		"git config diff.x.textconv $PWD/../run\n"
		"git config diff.x.command $PWD/../run\n"
		"git config core.hooksPath $PWD/../hooks\n"
		"git config diff.noprefix true; git config color.ui always\n"
		"echo '*.c diff=x' > .git/info/attributes\n"
		"HOME=$PWD/../home git config --global apply.whitespace error\n"
		"HOME=$PWD/../home git config --global diff.noprefix true\n"
		"echo '*.c binary' > ../home/.gitattributes\n"
		"HOME=$PWD/../home git config --global core.attributesFile "
		"$PWD/../home/.gitattributes; rm -f ../evil\n"
		"echo ' dirty ' >> b.c; rm -f ../evil");
	set_home(&r);
	g_setenv("GIT_DIR", "/nowhere", TRUE);
	g_setenv("GIT_EXTERNAL_DIFF", "/bin/false", TRUE);
	g_setenv("GIT_CONFIG_COUNT", "1", TRUE);
	g_setenv("GIT_CONFIG_KEY_0", "diff.noprefix", TRUE);
	g_setenv("GIT_CONFIG_VALUE_0", "true", TRUE);
	apply(&r, "HEAD");
	g_unsetenv("GIT_DIR");
	g_unsetenv("GIT_EXTERNAL_DIFF");
	g_unsetenv("GIT_CONFIG_COUNT");
	assert_changed(&r, 1, "fs/a.c");
	assert_touched(&r, 1, "fs/a.c", "3");
	g_assert_false(g_file_test(evil, G_FILE_TEST_EXISTS));
	/* blanks at the end of a line */
	run(&r, "printf 'x \\n' >> fs/a.c; git -c core.fsmonitor=false commit"
		" -qam blanks; rm -f ../evil");
	apply(&r, "HEAD");
	g_setenv("HOME", home, TRUE);
	g_free(home);
	g_free(evil);
	repository_close(&r);
}

/* Whose repository git reads is for the user to say, and for nobody else. */
static void test_owner(void)
{
	struct repository r;
	char *home = g_strdup(g_getenv("HOME"));

	if (geteuid()) {
		g_test_skip("only root can give files away");
		g_free(home);
		return;
	}
	open_with_change(&r);
	run(&r, "mkdir ../home; chown -R 1234 .");
	set_home(&r);
	refuse(&r, "HEAD", "dubious ownership");
	run(&r, "git config --global safe.directory '*'");
	apply(&r, "HEAD");
	assert_is_tip(&r);
	g_setenv("HOME", home, TRUE);
	g_free(home);
	repository_close(&r);
}

/* Paths begin at the tree, and what lies beside it is not seen. */
static void test_subfolder(void)
{
	struct repository r;
	char *folder, *path, *file, *text;

	make_three(&r);
	run(&r, "git mv b.c fs/b.c; echo x >> fs/a.c; git commit -qam four\n"
		"echo dirt > b.c; git add b.c; echo dirt >> fs/b.c");
	folder = g_build_filename(r.tree, "fs", NULL);
	g_assert_true(try_in(&r, folder, "start..", NULL));
	g_assert_cmpuint(r.series->patches->len, ==, 4);
	assert_changed(&r, 4, "a.c b.c");
	path = g_build_filename(folder, "b.c", NULL);
	g_assert_null(states_file(r.states, 3, path));
	file = states_file(r.states, 4, path);
	g_assert_true(g_file_get_contents(file, &text, NULL, NULL));
	g_assert_cmpstr(text, ==, "other\n");
	g_free(text);
	g_free(file);
	g_free(path);
	g_free(folder);
	repository_close(&r);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/series/diff", test_diff);
	g_test_add_func("/series/stdin", test_stdin);
	g_test_add_func("/series/index-line", test_index_line);
	g_test_add_func("/series/encoded-mails", test_encoded_mails);
	g_test_add_func("/series/mail-headers", test_mail_headers);
	g_test_add_func("/series/box", test_box);
	g_test_add_func("/series/nothing", test_nothing);
	g_test_add_func("/series/damaged", test_damaged);
	g_test_add_func("/series/unread", test_unread);
	g_test_add_func("/series/empty-mails", test_empty_mails);
	g_test_add_func("/series/range", test_range);
	g_test_add_func("/series/merge", test_merge);
	g_test_add_func("/series/no-revision", test_no_revision);
	g_test_add_func("/series/settings", test_settings);
	g_test_add_func("/series/owner", test_owner);
	g_test_add_func("/series/subfolder", test_subfolder);
	return g_test_run();
}
