// SPDX-License-Identifier: GPL-2.0-only
/* The tree after each patch: what changes, what is touched, what is refused. */
#include "frontend/frontend.h"
#include "repository.h"

/* Makes the commit a patch beside the tree, and undoes it. */
static void take_patch(const struct repository *r)
{
	run(r, "git format-patch -q --stdout HEAD^ > ../a.patch\n"
	       "git branch -f tip; git reset -q --hard HEAD^");
}

static void test_kinds(void)
{
	struct repository r;

	repository_open(&r);
	run(&r, "git mv fs/a.c fs/moved.c; sed -i '7s/.*/seven/' fs/moved.c\n"
		"echo new > fs/new.c; : > fs/empty.c; git rm -q b.c\n"
		"chmod +x fs/a.h; git add .; git commit -qm kinds");
	take_patch(&r);
	apply(&r, "a.patch");
	assert_changed(&r, 1, "b.c fs/a.c fs/empty.c fs/moved.c fs/new.c");
	assert_as(&r, 1, "b.c", "tip");
	assert_as(&r, 1, "fs/a.c", "tip");
	assert_as(&r, 1, "fs/moved.c", "tip");
	assert_as(&r, 1, "fs/new.c", "tip");
	assert_as(&r, 1, "fs/empty.c", "tip");
	assert_as(&r, 0, "fs/moved.c", "tip^");
	assert_touched(&r, 1, "fs/moved.c", "7");
	assert_touched(&r, 1, "fs/a.c", "");
	assert_touched(&r, 1, "fs/a.h", "");
	g_assert_false(states_touched(r.states, 1, r.tree, 1));
	g_assert_true(states_is_tree(r.states, 0));
	g_assert_false(states_is_tree(r.states, 1));
	repository_close(&r);
}

static void test_touched(void)
{
	struct repository r;

	repository_open(&r);
	run(&r, "sed -i '4d; 9s/.*/nine/; 20a more\\nand more' fs/a.c\n"
		"git commit -qam touched");
	take_patch(&r);
	apply(&r, "a.patch");
	assert_touched(&r, 1, "fs/a.c", "8 20 21");
	assert_touched(&r, 0, "fs/a.c", "");
	assert_touched(&r, 1, "fs/a.h", "");
	assert_touched(&r, 1, "nowhere", "");
	repository_close(&r);
}

static void assert_defines(const struct repository *r, const char *function,
			   bool before, bool after)
{
	char *path = g_build_filename(r->tree, "fs/a.c", NULL);

	g_test_message("%s", function ? function : "the file");
	g_assert_cmpint(states_defines(r->states, 0, path, function), ==,
			before);
	g_assert_cmpint(states_defines(r->states, 1, path, function), ==,
			after);
	g_free(path);
}

/* Definitions in a text, whatever else has the name. */
static void test_defines(void)
{
	struct repository r;

	repository_open(&r);
	run(&r, "cat >> fs/a.c << 'END'\n"
		"static int told(int a,\n\t\tint b);\n"
		"#define macro(x) { x }\n"
		"/*\n * noted() { }\n */\n"
		"static int\nsplit (int a)\n{\n\treturn called(a) ? 1 : ({ 2; });\n}\n"
		"struct s *wide(int a,\n\t       int b)\n{\n}\n"
		"int my_own(void) { return 1; }\n"
		"END\n"
		"git commit -qam defines");
	take_patch(&r);
	apply(&r, "a.patch");
	assert_defines(&r, "split", false, true);
	assert_defines(&r, "wide", false, true);
	assert_defines(&r, "my_own", false, true);
	assert_defines(&r, "own", false, false);
	assert_defines(&r, "my", false, false);
	assert_defines(&r, "told", false, false);
	assert_defines(&r, "macro", false, false);
	assert_defines(&r, "noted", false, false);
	assert_defines(&r, "called", false, false);
	assert_defines(&r, "", false, false);
	assert_defines(&r, NULL, true, true);
	repository_close(&r);
}

/* Each patch by itself: what the second changes back is touched again. */
static void test_again(void)
{
	struct repository r;

	repository_open(&r);
	run(&r, "git rm -q b.c; git commit -qm delete\n"
		"seq 3 > b.c; git add .; git commit -qm again\n"
		"sed -i 2d b.c; git commit -qam less\n"
		"git format-patch -q --stdout HEAD~3 > ../box\n"
		"git branch tip; git reset -q --hard HEAD~3");
	apply(&r, "box");
	assert_as(&r, 0, "b.c", "tip~3");
	assert_as(&r, 1, "b.c", "tip~2");
	assert_as(&r, 2, "b.c", "tip~1");
	assert_as(&r, 3, "b.c", "tip");
	/* all of a file that is made; nothing where lines go */
	assert_touched(&r, 1, "b.c", "");
	assert_touched(&r, 3, "b.c", "");
	assert_changed(&r, 3, "b.c");
	repository_close(&r);
}

/* With their bytes or without, made, changed, moved and removed. */
static void test_binary(void)
{
	static const char *const options[] = { "--binary", "--no-binary" };
	struct repository r;

	for (gsize i = 0; i < G_N_ELEMENTS(options); i++) {
		char *script = g_strdup_printf(
			"git format-patch -q %s --stdout HEAD~5 > ../box\n"
			"git format-patch -q %s --stdout -1 HEAD~4 > ../one\n"
			"git branch tip; git reset -q --hard HEAD~5",
			options[i], options[i]);

		repository_open(&r);
		run(&r, "printf 'a\\0b' > 'x*[1].bin'; git add .\n"
			"git commit -qm made; git mv x* y.bin; chmod +x y.bin\n"
			"printf 'a\\0c' > z.bin; git add .; git commit -qm moved\n"
			"printf 'a\\0d' > y.bin; echo 1 >> b.c\n"
			"git commit -qam changed; chmod -x y.bin\n"
			"git commit -qam mode; git rm -q y.bin\n"
			"git commit -qm removed");
		run(&r, script);
		apply(&r, "box");
		g_assert_cmpuint(r.series->patches->len, ==, 5);
		assert_changed(&r, 1, "");
		assert_changed(&r, 2, "");
		assert_changed(&r, 3, "b.c");
		assert_changed(&r, 4, "");
		assert_changed(&r, 5, "");
		apply(&r, "one");
		g_assert_true(states_is_tree(r.states, 1));
		g_free(script);
		repository_close(&r);
	}
}

/* Nobody hides a change of a C file by calling that binary. */
static void test_binary_code(void)
{
	struct repository r;

	repository_open(&r);
	run(&r, "echo '*.[ch] binary' > .gitattributes; git add .\n"
		"sed -i '3s/.*/three/' fs/a.c; sed -i 1d fs/a.h\n"
		"git commit -qam hidden; echo '*.c -diff' > .git/info/attributes\n"
		"git format-patch -q --stdout -1 > ../bytes\n"
		"git diff HEAD^ > ../none\n"
		"git diff HEAD^ -- .gitattributes > ../attributes");
	for (int i = 0; i < 2; i++) {
		apply(&r, i ? "bytes" : "HEAD");
		assert_changed(&r, 1, ".gitattributes fs/a.c fs/a.h");
		assert_touched(&r, 1, "fs/a.c", "3");
		run(&r, "git branch tip 2> /dev/null || :\n"
			"git reset -q --hard tip^");
	}
	refuse(&r, "none", "cannot apply binary patch to 'fs/a.c'");
	apply(&r, "attributes");
	/* a bitmap with such a name is one all the same */
	run(&r, "printf 'a\\0b' > odd.c; printf 'a\\0b' > x.bin\n"
		"git add .; git commit -qm odd");
	apply(&r, "HEAD");
	assert_changed(&r, 1, "odd.c");
	assert_as(&r, 1, "odd.c", "HEAD");
	repository_close(&r);
}

/* ---- a base ---- */

/* State 0 is the base, whatever lies in the tree. */
static void test_dirty(void)
{
	struct repository r;

	repository_open(&r);
	run(&r, "git branch start; sed -i '3s/.*/three/' fs/a.c\n"
		"git commit -qam three; git format-patch -q --stdout -1 "
		"> ../a.patch; git branch tip\n"
		"echo dirt > fs/a.c; rm b.c; echo dirt > fs/staged.c\n"
		"git add fs/staged.c; echo made > generated.h\n"
		"touch -d 2001-01-01 fs/a.h");
	apply_base(&r, "a.patch", "start");
	assert_as(&r, 0, "fs/a.c", "start");
	assert_as(&r, 1, "fs/a.c", "tip");
	assert_as(&r, 1, "b.c", "start");
	assert_as(&r, 1, "fs/staged.c", "start");
	assert_as(&r, 0, "fs/a.h", "start");
	assert_touched(&r, 1, "fs/a.c", "3");
	g_free(text_in(&r, 0, "generated.h"));
	refuse(&r, "a.patch", "hunk 1 does not apply: @@ -1,6 +1,6 @@");
	repository_close(&r);
}

/* A file that lies there untracked, and which the patch makes. */
static void test_untracked(void)
{
	struct repository r;

	repository_open(&r);
	run(&r, "echo new > new.c; git add .; git commit -qm new");
	take_patch(&r);
	run(&r, "echo mine > new.c");
	refuse(&r, "a.patch", "new.c: already exists");
	apply_base(&r, "a.patch", "HEAD");
	assert_as(&r, 0, "new.c", "HEAD");
	assert_as(&r, 1, "new.c", "tip");
	repository_close(&r);
}

static void assert_not_dirt(const struct repository *r, const char *name)
{
	char *text = text_in(r, 0, name);

	g_assert_cmpstr(text, ==, "1\n2\n3\n4\n5\n6\n7\n8\n9\n");
	g_free(text);
}

/* Bits of the index say "do not look"; state 0 is the base all the same. */
static void test_index_bits(void)
{
	static const char *const bits[] = {
		"--assume-unchanged", "--skip-worktree"
	};
	struct repository r;

	for (gsize i = 0; i < G_N_ELEMENTS(bits); i++) {
		char *script = g_strdup_printf(
			"seq 9 > '\"odd\n\xc3\xbc\"'; git add .; git commit -qm odd\n"
			"echo 1 >> b.c; git commit -qam two\n"
			"git update-index %s fs/a.h '\"odd\n\xc3\xbc\"'\n"
			"echo dirt > fs/a.h; echo dirt > '\"odd\n\xc3\xbc\"'",
			bits[i]);

		repository_open(&r);
		run(&r, script);
		apply(&r, "HEAD");
		assert_as(&r, 0, "fs/a.h", "HEAD");
		assert_as(&r, 1, "fs/a.h", "HEAD");
		assert_not_dirt(&r, "\"odd\n\xc3\xbc\"");
		assert_as(&r, 0, "b.c", "HEAD^");
		assert_changed(&r, 1, "b.c");
		g_free(script);
		repository_close(&r);
	}
}

/* What is not checked out stays so, unless a patch names it. */
static void test_sparse(void)
{
	struct repository r;

	repository_open(&r);
	run(&r, "mkdir in; echo in > in/in.c; git add .\n"
		"git commit -qm in; echo 1 >> fs/a.c; echo 1 >> b.c\n"
		"git commit -qam two\n"
		"git sparse-checkout init --cone --no-sparse-index\n"
		"git sparse-checkout set in; test ! -e fs");
	apply(&r, "HEAD");
	assert_changed(&r, 1, "b.c fs/a.c");
	assert_as(&r, 0, "fs/a.c", "HEAD^");
	assert_as(&r, 1, "fs/a.c", "HEAD");
	g_assert_null(text_in(&r, 1, "fs/a.h"));
	repository_close(&r);
}

/* repository_sums() has the times of both files that such an index is in. */
static void test_split_index(void)
{
	struct repository r;

	repository_open(&r);
	run(&r, "echo 1 >> b.c; git commit -qam two\n"
		"git update-index --split-index\n"
		"touch -d 2001-01-01 .git/sharedindex.*; echo dirt > fs/a.h");
	apply(&r, "HEAD");
	assert_as(&r, 0, "b.c", "HEAD^");
	assert_as(&r, 0, "fs/a.h", "HEAD");
	repository_close(&r);
}

/* A second working tree has its own index, and the objects of the first. */
static void test_worktree(void)
{
	struct repository r;
	char *other, *path, *file, *text;

	repository_open(&r);
	run(&r, "echo 1 >> b.c; git commit -qam two\n"
		"git worktree add -q ../other HEAD; echo dirt > ../other/b.c");
	other = g_build_filename(r.root, "other", NULL);
	if (!try_in(&r, other, "HEAD", NULL))
		g_error("%s", r.error);
	path = g_build_filename(other, "b.c", NULL);
	file = states_file(r.states, 1, path);
	g_assert_true(g_file_get_contents(file, &text, NULL, NULL));
	g_assert_cmpstr(text, ==, "other\n1\n");
	g_free(text);
	g_free(file);
	g_free(path);
	g_free(other);
	repository_close(&r);
}

/*
 * A file that is as old as the index is compared by its text, and git would
 * have that go through a program of the settings.
 */
static void test_filter(void)
{
	static const char *const filters[] = { "clean", "process" };
	struct repository r;

	for (gsize i = 0; i < G_N_ELEMENTS(filters); i++) {
		char *evil, *script;

		repository_open(&r);
		evil = g_build_filename(r.root, "evil", NULL);
		script = g_strdup_printf(
			"echo '*.[ch] filter=x diff=x' > .gitattributes\n"
			"git add .; git commit -qm attributes\n"
			"echo 1 >> b.c; git commit -qam two\n"
			"git config filter.x.%s \"sh -c 'touch %s; cat'\"\n"
			"git config filter.x.required true\n"
			"git config diff.x.textconv 'touch %s; cat'\n"
			"touch -d 2001-01-01 fs/* b.c .gitattributes\n"
			"git -c filter.x.%s= -c filter.x.required=false "
			"update-index -q --refresh\n"
			"touch -d 2001-01-01 .git/index",
			filters[i], evil, evil, filters[i]);
		run(&r, script);
		apply(&r, "HEAD");
		assert_as(&r, 0, "b.c", "HEAD^");
		assert_as(&r, 1, "b.c", "HEAD");
		g_assert_false(g_file_test(evil, G_FILE_TEST_EXISTS));
		/* that it would have run is what makes this a test */
		run(&r, "git diff-index HEAD > ../out 2>&1 || :");
		g_assert_true(g_file_test(evil, G_FILE_TEST_EXISTS));
		g_free(script);
		g_free(evil);
		repository_close(&r);
	}
}

static void test_unmerged(void)
{
	struct repository r;

	repository_open(&r);
	run(&r, "git branch side; echo ours > b.c; git commit -qam ours\n"
		"git checkout -q side; echo theirs > b.c\n"
		"git commit -qam theirs; git merge -q main > /dev/null || :");
	apply(&r, "main");
	assert_as(&r, 0, "b.c", "main^");
	assert_as(&r, 1, "b.c", "main");
	repository_close(&r);
}

/* ---- names that lead out ---- */

static void write_new(const struct repository *r, const char *name)
{
	char *text = g_strdup_printf("diff --git a/%s b/%s\n"
				     "new file mode 100644\n--- /dev/null\n"
				     "+++ b/%s\n@@ -0,0 +1 @@\n+new\n",
				     name, name, name);
	char *file = g_build_filename(r->root, "a.diff", NULL);

	g_assert_true(g_file_set_contents(file, text, -1, NULL));
	g_free(file);
	g_free(text);
}

static void test_names(void)
{
	static const char *const names[] = {
		"../outside", "../new", "fs/../../new", "/tmp/pincheck-new",
		".git/hooks/new", "fs/./new", "link/outside",
		"link/new", "\xff.c"
	};
	struct repository r;
	char *root;

	repository_open(&r);
	run(&r, "ln -s .. link");
	root = shell(&r, "ls ..");
	for (gsize i = 0; i < G_N_ELEMENTS(names); i++) {
		char *now;

		write_new(&r, names[i]);
		if (try_in(&r, r.tree, "a.diff", NULL))
			g_error("%s is a name", names[i]);
		g_assert_false(g_file_test("/tmp/pincheck-new",
					   G_FILE_TEST_EXISTS));
		now = shell(&r, "rm ../a.diff; ls ..");
		g_assert_cmpstr(now, ==, root);
		g_free(now);
	}
	g_free(root);
	write_new(&r, "link/new");
	refuse(&r, "a.diff", "link/new leads through a symbolic link");
	write_new(&r, "../new");
	refuse(&r, "a.diff", "../new is no name in a tree");
	run(&r, "printf 'diff --git a/../outside b/x.c\\n"
		"similarity index 100%%\\ncopy from ../outside\\n"
		"copy to x.c\\n' > ../a.diff");
	refuse(&r, "a.diff", "no name in a tree");
	repository_close(&r);
}

/* A blank, quotes, a newline and what is no ASCII are names. */
static void test_odd_names(void)
{
	static const char *const names[] = {
		"with blank.c", "quote\".c", "back\\slash.c", "new\nline.c",
		"\xc3\xbc.c", "-x.c", "*.c", "--exclude=a.c",
		":(exclude)x.c"
	};
	struct repository r;

	for (gsize i = 0; i < G_N_ELEMENTS(names); i++) {
		char *text;

		repository_open(&r);
		g_setenv("NAME", names[i], TRUE);
		run(&r, "seq 9 > \"./$NAME\"; git add .; git commit -qm one\n"
			"sed -i '4s/.*/four/' \"./$NAME\"\n"
			"git commit -qam two; git show > ../a.diff");
		apply(&r, "HEAD");
		assert_changed(&r, 1, names[i]);
		assert_touched(&r, 1, names[i], "4");
		text = text_in(&r, 0, names[i]);
		g_assert_cmpstr(text, ==, "1\n2\n3\n4\n5\n6\n7\n8\n9\n");
		g_free(text);
		run(&r, "git reset -q --hard HEAD^");
		apply(&r, "a.diff");
		assert_changed(&r, 1, names[i]);
		repository_close(&r);
	}
}

/* ---- links ---- */

/* Made by a patch, and written through by the next, or in one. */
static void test_made_link(void)
{
	struct repository r;

	repository_open(&r);
	run(&r, "ln -s .. way; ln -s ../../outside fs/out.c; git add .\n"
		"git commit -qm links; git branch tip\n"
		"git format-patch -q --stdout -1 > ../links\n"
		"git reset -q --hard HEAD^\n"
		"printf 'diff --git a/way/outside b/way/outside\\n"
		"--- a/way/outside\\n+++ b/way/outside\\n@@ -1 +1 @@\\n-out\\n"
		"+evil\\n' > ../write\n"
		"printf 'Subject: through\\n\\n---\\n' > ../mail\n"
		"cat ../write >> ../mail\n"
		"sed '/^-- $/,$d' ../links > ../both; cat ../write >> ../both\n"
		"{ cat ../links; echo 'From x Mon Sep 17 00:00:00 2001'\n"
		"cat ../mail; } > ../box\n"
		"sed 's,way/outside,fs/out.c,g' ../box > ../file");
	apply(&r, "links");
	assert_changed(&r, 1, "");
	g_assert_null(text_in(&r, 1, "fs/out.c"));
	g_assert_false(try_in(&r, r.tree, "box", NULL));
	g_assert_nonnull(strstr(r.error, "patch 2/2 \"through\": "));
	g_assert_false(try_in(&r, r.tree, "both", NULL));
	g_assert_false(try_in(&r, r.tree, "file", NULL));
	/* what a link has is where it leads */
	g_assert_nonnull(strstr(r.error, "fs/out.c: hunk 1 does not apply"));
	repository_close(&r);
}

/* A file is first copied when its folder is a link that leads out. */
static void test_copy_through(void)
{
	struct repository r;
	char *script, *hit;

	repository_open(&r);
	hit = g_build_filename(r.root, "hit", NULL);
	script = g_strdup_printf(
		"mkdir way; echo a > way/a; echo b > way/hit; git add .\n"
		"git commit -qm files\n"
		"from='From x Mon Sep 17 00:00:00 2001'\n"
		"printf \"$from\"'\\nSubject: link\\n\\n---\\n"
		"diff --git a/way/a b/way/a\\ndeleted file mode 100644\\n"
		"--- a/way/a\\n+++ /dev/null\\n@@ -1 +0,0 @@\\n-a\\n"
		"diff --git a/way b/way\\nnew file mode 120000\\n"
		"--- /dev/null\\n+++ b/way\\n@@ -0,0 +1 @@\\n+%s\\n"
		"\\\\ No newline at end of file\\n' > ../one\n"
		"{ cat ../one; printf \"$from\"'\\nSubject: write\\n\\n---\\n"
		"--- a/way/hit\\n+++ b/way/hit\\n@@ -1 +1 @@\\n-b\\n+evil\\n'; } > ../box",
		r.root);
	run(&r, script);
	g_assert_false(try_in(&r, r.tree, "box", NULL));
	if (!g_str_has_prefix(r.error, "patch 2/2 \"write\": "))
		g_error("%s", r.error);
	g_assert_false(g_file_test(hit, G_FILE_TEST_EXISTS));
	g_free(script);
	g_free(hit);
	repository_close(&r);
}

/* A link becomes a file, and a file a link; a link leads elsewhere. */
static void test_changed_link(void)
{
	struct repository r;

	repository_open(&r);
	run(&r, "ln -s a.h fs/l.h; ln -s a.c fs/m.c; git add .\n"
		"git commit -qm links\n"
		"rm fs/l.h b.c; echo plain > fs/l.h; ln -s fs/a.c b.c\n"
		"ln -sf ../../outside fs/m.c; git add .; git commit -qm kinds");
	take_patch(&r);
	apply(&r, "a.patch");
	assert_changed(&r, 1, "b.c fs/l.h");
	assert_as(&r, 1, "fs/l.h", "tip");
	g_assert_null(text_in(&r, 1, "b.c"));
	g_assert_null(text_in(&r, 1, "fs/m.c"));
	apply(&r, "tip");
	assert_changed(&r, 1, "b.c fs/l.h");
	assert_as(&r, 1, "fs/l.h", "tip");
	repository_close(&r);
}

/* A folder in place of a link, which git allows. */
static void test_link_to_folder(void)
{
	struct repository r;

	repository_open(&r);
	run(&r, "ln -s fs way; git add .; git commit -qm link\n"
		"rm way; mkdir way; echo in > way/in.c; git add .\n"
		"git commit -qm folder");
	apply(&r, "HEAD");
	assert_changed(&r, 1, "way/in.c");
	assert_as(&r, 1, "way/in.c", "HEAD");
	repository_close(&r);
}

static void test_submodule(void)
{
	struct repository r;

	repository_open(&r);
	run(&r, "git init -q sub; cd sub; git config user.name x\n"
		"git config user.email x; git commit -q --allow-empty -m 1\n"
		"cd ..; git add sub 2> /dev/null; git commit -qm sub\n"
		"git -C sub commit -q --allow-empty -m 2; echo 1 >> b.c\n"
		"git commit -qam moved; git format-patch -q --stdout -1 "
		"> ../a.patch; git format-patch -q --stdout -1 HEAD^ "
		"> ../first.patch; git branch tip");
	apply(&r, "HEAD");
	assert_changed(&r, 1, "b.c");
	apply_base(&r, "a.patch", "HEAD^");
	assert_changed(&r, 1, "b.c");
	refuse_base(&r, "first.patch", "no", "base no");
	apply_base(&r, "first.patch", "HEAD~2");
	assert_changed(&r, 1, "");
	repository_close(&r);
}

/* ---- what does not apply ---- */

static void test_hunk(void)
{
	struct repository r;

	repository_open(&r);
	/* what is removed reads as the head of a file */
	run(&r, "sed -i '4s/.*/-- a\\/fs\\/b.c/' fs/a.c; git commit -qam odd\n"
		"sed -i '4d; 30s/.*/thirty/' fs/a.c\n"
		"sed -i '2s/.*/x/' fs/a.h; git commit -qam 'fs: three hunks'");
	take_patch(&r);
	run(&r, "sed -i '31s/.*/other/' fs/a.c");
	refuse(&r, "a.patch", "\"fs: three hunks\": fs/a.c: hunk 2 does not "
			      "apply: @@ -27,7 +26,7 @@");
	run(&r, "git checkout -q fs/a.c; sed -i '2s/.*/y/' fs/a.h");
	refuse(&r, "a.patch", "fs/a.h: hunk 1 does not apply: @@ -1,5 +1,5 @@");
	run(&r, "rm fs/a.h");
	refuse(&r, "a.patch", "fs/a.h: No such file or directory");
	repository_close(&r);
}

/* ---- for the compiler ---- */

/* The first error of main.c in a state; NULL: it compiles. */
static char *compile(const struct repository *r, unsigned k)
{
	const char *const args[] = { "-std=gnu11", NULL };
	struct compile_command *cmd = compile_command_new(r->tree, "main.c",
							  args);
	char *text = NULL;
	struct compile_command *c = states_command(r->states, k, cmd, &text);
	struct unit *u;

	frontend_parse(c, NULL, &u);
	if (u->diagnostics->len)
		text = g_strdup(g_array_index(u->diagnostics,
					      struct diagnostic, 0).text);
	unit_free(u);
	compile_command_free(c);
	compile_command_free(cmd);
	return text;
}

static void test_compiler(void)
{
	struct repository r;
	char *error;

	repository_open(&r);
	run(&r, "printf '#include \"fs/q\"\nint f(void) { return X; }\n' "
		"> main.c; echo '#define Y 1' > fs/y.h; git add .\n"
		"git commit -qm main; git mv fs/y.h 'fs/n \\\xc3\xbc.h'\n"
		"echo '#define X Y' >> 'fs/n \\\xc3\xbc.h'\n"
		"echo '#include \"n \\\xc3\xbc.h\"' > fs/q; git add .\n"
		"git commit -qm all; git branch all\n"
		"git rm -q fs/q; git commit -qm less; git branch less\n"
		"git reset -q --hard HEAD~2");
	apply(&r, "HEAD..less");
	error = compile(&r, 0);
	g_assert_cmpstr(error, ==, "'fs/q' file not found");
	g_free(error);
	g_assert_null(compile(&r, 1));
	/* what lies there is hidden */
	run(&r, "git reset -q --hard all");
	apply(&r, "HEAD^..less");
	for (unsigned k = 0; k <= 2; k += 2) {
		error = compile(&r, k);
		g_assert_cmpstr(error, ==,
				"removed by the patch, or not made yet");
		g_free(error);
	}
	g_assert_null(compile(&r, 1));
	repository_close(&r);
}

static void assert_overlays(const struct repository *r, const char *list)
{
	char *script = g_strdup_printf("ls %s | grep overlay || :", r->scratch);
	char *got = shell(r, script);

	g_assert_cmpstr(got, ==, list);
	g_free(got);
	g_free(script);
}

static bool overlay_has(const struct repository *r, unsigned k,
			const char *name)
{
	char *file = g_strdup_printf("%s/overlay-%u.json", r->scratch, k);
	char *text;
	bool has;

	g_assert_true(g_file_get_contents(file, &text, NULL, NULL));
	has = strstr(text, name);
	g_free(text);
	g_free(file);
	return has;
}

/* A state costs what its patch changes, until it is compiled. */
static void test_overlays(void)
{
	struct repository r;

	repository_open(&r);
	run(&r, "echo 'int f(void) { return X; }' > main.c\n"
		"git add .; git commit -qm main; git branch start\n"
		"sed -i '1i #define X 1' main.c; git commit -qam one\n"
		"echo 1 >> fs/a.c; git commit -qam two\n"
		"git checkout -q start fs; git commit -qm three\n"
		"sed -i 1d main.c; git commit -qam four; git branch four\n"
		"git checkout -q start");
	apply(&r, "start..four");
	assert_overlays(&r, "");
	g_assert_null(compile(&r, 2));
	g_assert_null(compile(&r, 2));
	assert_overlays(&r, "overlay-2.json\n");
	/* as in the tree, again */
	assert_as(&r, 3, "fs/a.c", "start");
	g_assert_false(states_is_tree(r.states, 3));
	g_assert_null(compile(&r, 3));
	g_assert_true(states_is_tree(r.states, 4));
	g_free(compile(&r, 4));
	assert_overlays(&r, "overlay-2.json\noverlay-3.json\n");
	g_assert_false(overlay_has(&r, 3, "fs/a.c"));
	g_assert_true(overlay_has(&r, 2, "fs/a.c"));
	repository_close(&r);
}

/* Of patches alone: the folder that has what they change. */
static void test_find_tree(void)
{
	struct repository r;
	char *file, *tree;

	repository_open(&r);
	run(&r, "echo 1 >> fs/a.c; echo 1 >> b.c; git commit -qam two");
	apply(&r, "HEAD");
	file = g_build_filename(r.tree, "fs", "a.c", NULL);
	tree = states_find_tree(r.series, file);
	g_assert_cmpstr(tree, ==, r.tree);
	g_free(tree);
	g_free(file);
	repository_close(&r);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/states/kinds", test_kinds);
	g_test_add_func("/states/touched", test_touched);
	g_test_add_func("/states/defines", test_defines);
	g_test_add_func("/states/again", test_again);
	g_test_add_func("/states/binary", test_binary);
	g_test_add_func("/states/binary-code", test_binary_code);
	g_test_add_func("/states/dirty", test_dirty);
	g_test_add_func("/states/untracked", test_untracked);
	g_test_add_func("/states/index-bits", test_index_bits);
	g_test_add_func("/states/sparse", test_sparse);
	g_test_add_func("/states/split-index", test_split_index);
	g_test_add_func("/states/worktree", test_worktree);
	g_test_add_func("/states/filter", test_filter);
	g_test_add_func("/states/unmerged", test_unmerged);
	g_test_add_func("/states/names", test_names);
	g_test_add_func("/states/odd-names", test_odd_names);
	g_test_add_func("/states/made-link", test_made_link);
	g_test_add_func("/states/copy-through", test_copy_through);
	g_test_add_func("/states/changed-link", test_changed_link);
	g_test_add_func("/states/link-to-folder", test_link_to_folder);
	g_test_add_func("/states/submodule", test_submodule);
	g_test_add_func("/states/hunk", test_hunk);
	g_test_add_func("/states/compiler", test_compiler);
	g_test_add_func("/states/overlays", test_overlays);
	g_test_add_func("/states/find-tree", test_find_tree);
	return g_test_run();
}
