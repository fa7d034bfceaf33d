// SPDX-License-Identifier: GPL-2.0-only
/* .pincheck files and annotations: what they declare, and what is refused. */
#include <glib.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#include "model/model.h"

/* Always the same name, because the model interns it. */
static char *write_file(const char *text, gssize size)
{
	char *path = g_strdup_printf("%s/pincheck-%d", g_get_tmp_dir(),
				     (int)getpid());

	g_assert_true(g_file_set_contents(path, text, size, NULL));
	return path;
}

/* Loads a file of this text; the error without the file's name, or NULL. */
static char *load_bytes(struct model *m, const char *text, gssize size)
{
	char *path = write_file(text, size), *error = NULL, *rest = NULL;
	int ret = model_load_file(m, path, &error);

	g_assert_true((ret == 0) == !error);
	if (error) {
		g_assert_true(g_str_has_prefix(error, path));
		g_assert_null(strchr(error, '\n'));
		rest = g_strdup(error + strlen(path) + 1);
	}
	g_assert_cmpint(g_unlink(path), ==, 0);
	g_free(error);
	g_free(path);
	return rest;
}

static void load(struct model *m, const char *text)
{
	char *error = load_bytes(m, text, -1);

	g_assert_cmpstr(error, ==, NULL);
}

static const char *id(const char *name)
{
	return g_intern_string(name);
}

static struct pair_decl *find_pair(const struct model *m, const char *record,
				   const char *flag)
{
	struct pair_decl *found = NULL;

	for (guint i = 0; i < m->pairs->len; i++) {
		struct pair_decl *p = m->pairs->pdata[i];

		if (p->record != id(record) || p->flag != id(flag))
			continue;
		g_assert_null(found);
		found = p;
	}
	return found;
}

static struct guard_decl *find_guard(const struct model *m, const char *record,
				     const char *flag)
{
	struct guard_decl *found = NULL;

	for (guint i = 0; i < m->guards->len; i++) {
		struct guard_decl *g = m->guards->pdata[i];

		if (g->record != id(record) || g->flag != id(flag))
			continue;
		g_assert_null(found);
		found = g;
	}
	return found;
}

static void assert_names(const GPtrArray *names, const char *want)
{
	GString *text = g_string_new(NULL);

	for (guint i = 0; i < names->len; i++) {
		g_assert_true(names->pdata[i] == id(names->pdata[i]));
		g_string_append_printf(text, "%s%s", i ? " " : "",
				       (char *)names->pdata[i]);
	}
	g_assert_cmpstr(text->str, ==, want);
	g_string_free(text, TRUE);
}

/* "get 0 -1; unlock 1 -1 spin" */
static char *rows_text(const GArray *rows)
{
	GString *text = g_string_new(NULL);

	for (guint i = 0; rows && i < rows->len; i++) {
		const struct api *a = &g_array_index(rows, struct api, i);

		g_string_append_printf(text, "%s%s %d %d%s%s",
				       i ? "; " : "", effect_name(a->effect),
				       a->arg, a->arg2, a->class ? " " : "",
				       a->class ? a->class : "");
	}
	return g_string_free(text, FALSE);
}

static void assert_rows(const struct model *m, const char *function,
			const char *want)
{
	char *text = rows_text(model_api(m, id(function)));

	g_assert_cmpstr(text, ==, want);
	g_free(text);
}

static void add_pair_text(gpointer pair, gpointer text)
{
	const struct pair_decl *p = pair;

	g_string_append_printf(text, "%s %s.%s %s %s %s %s %s %d %s:%d\n",
			       p->name, p->record, p->flag,
			       p->object ? p->object : "?",
			       p->object_record ? p->object_record : "?",
			       p->lock ? p->lock : "?",
			       p->covers ? p->covers->name : "?",
			       p->reason ? p->reason : "?", p->origin,
			       p->file ? p->file : "?", p->line);
	for (guint i = 0; i < p->gets->len; i++)
		g_string_append_printf(text, "\tget %s\n",
				       (char *)p->gets->pdata[i]);
	for (guint i = 0; i < p->puts->len; i++)
		g_string_append_printf(text, "\tput %s\n",
				       (char *)p->puts->pdata[i]);
}

static void add_guard_text(gpointer guard, gpointer text)
{
	const struct guard_decl *g = guard;

	g_string_append_printf(text, "guard %s.%s %s %d\n", g->record, g->flag,
			       g->lock, g->origin);
}

static void add_pin_text(gpointer pin, gpointer text)
{
	const struct pin_decl *p = pin;

	g_string_append_printf(text, "pin %s.%s %u %d\n", p->record, p->flag,
			       p->reapers->len, p->origin);
}

/* All that declarations can change, to see whether they did. */
static char *model_text(const struct model *m)
{
	GString *text = g_string_new(NULL);

	g_ptr_array_foreach(m->pairs, add_pair_text, text);
	g_ptr_array_foreach(m->guards, add_guard_text, text);
	g_ptr_array_foreach(m->pins, add_pin_text, text);
	g_string_append_printf(text, "%u functions, %u stable, %p\n",
			       g_hash_table_size(m->apis),
			       g_hash_table_size(m->stable),
			       g_hash_table_lookup(m->apis, id("spin_lock")));
	return g_string_free(text, FALSE);
}

/* ---- files ---- */

static const char good_file[] =
	"# Everything that a pair can have.\n"
	"[pair osc-pin]\n"
	"flag = struct osc_page.ops_pinned\n"
	"object = ->ops_cl.cpl_page\n"
	"object-type = struct cl_page\n"
	"get = osc_pin_get\n"
	"put = osc_pin_put; osc_pin_drop ;\n"
	"lock = ops_lock\n"
	"covers = pagecache\n"
	"reason = a page in transfer; nobody may free it\n";

static void test_pair(void)
{
	struct model *m = model_new_builtin();
	struct pair_decl *p;

	load(m, good_file);
	p = find_pair(m, "osc_page", "ops_pinned");
	g_assert_nonnull(p);
	g_assert_cmpstr(p->name, ==, "osc-pin");
	g_assert_cmpstr(p->object, ==, "->ops_cl.cpl_page");
	g_assert_true(p->object_record == id("cl_page"));
	assert_names(p->gets, "osc_pin_get");
	assert_names(p->puts, "osc_pin_put osc_pin_drop");
	g_assert_true(p->lock == id("ops_lock"));
	g_assert_cmpstr(p->covers->name, ==, "pagecache");
	g_assert_cmpstr(p->reason, ==,
			"a page in transfer; nobody may free it");
	g_assert_cmpint(p->origin, ==, ORIGIN_DECLARED);
	g_assert_cmpint(p->line, ==, 2);
	g_assert_nonnull(strstr(p->file, "pincheck-"));
	model_free(m);
}

static void test_pair_short(void)
{
	struct model *m = model_new_builtin();
	struct pair_decl *p;

	load(m, "[pair x]\nflag=foo.bits:FOO_BIT\n"
		"[pair y]\nflag = union u.m:3");
	p = find_pair(m, "foo", "bits:FOO_BIT");
	g_assert_nonnull(p);
	g_assert_cmpstr(p->object, ==, "");
	g_assert_null(p->object_record);
	g_assert_null(p->lock);
	g_assert_null(p->covers);
	g_assert_null(p->reason);
	g_assert_cmpuint(p->gets->len + p->puts->len, ==, 0);
	g_assert_nonnull(find_pair(m, "u", "m:3"));
	model_free(m);
}

static void test_functions(void)
{
	struct model *m = model_new_builtin();

	load(m, "[functions]\r\n"
		"get = t_get(0); t_both(1)\r\n"
		"put = t_put; t_both( 0 )\r\n"
		"lock = t_lock(1) spin; t_rcu() rcu; t_obj\r\n"
		"unlock = t_unlock(1)\r\n"
		"trylock = t_try (0) spin\r\n"
		"[functions more]\n"
		"get-result = t_lookup\n"
		"try-get = t_tryget(0)\n"
		"put-test = t_puttest(0)\n"
		"wait = t_wait(0)\n"
		"wake = t_wake(0)\n"
		"publish = t_publish(2)\n"
		"free = t_free(0)\n"
		"free-later = t_free_rcu(0)\n"
		"alloc = t_alloc()\n"
		"select = t_first(0); t_next()\n"
		"insert = t_add(0); t_add_to(1, 0)\n"
		"remove = t_del(0)\n"
		"ignore = t_debug\n");
	assert_rows(m, "t_get", "get 0 -1");
	assert_rows(m, "t_both", "get 1 -1; put 0 -1");
	assert_rows(m, "t_put", "put 0 -1");
	assert_rows(m, "t_lock", "lock 1 -1 spin");
	assert_rows(m, "t_rcu", "lock -1 -1 rcu");
	assert_rows(m, "t_obj", "lock 0 -1 lock");
	assert_rows(m, "t_unlock", "unlock 1 -1 lock");
	assert_rows(m, "t_try", "trylock 0 -1 spin");
	assert_rows(m, "t_lookup", "get-result -1 -1");
	assert_rows(m, "t_tryget", "tryget 0 -1");
	assert_rows(m, "t_puttest", "put-test 0 -1");
	assert_rows(m, "t_wait", "wait 0 -1");
	assert_rows(m, "t_wake", "wake 0 -1");
	assert_rows(m, "t_publish", "publish 2 -1");
	assert_rows(m, "t_free", "free 0 -1");
	assert_rows(m, "t_free_rcu", "free-later 0 -1");
	assert_rows(m, "t_alloc", "alloc -1 -1");
	assert_rows(m, "t_first", "select 0 -1");
	assert_rows(m, "t_next", "select -1 -1");
	assert_rows(m, "t_add", "insert 0 -1");
	assert_rows(m, "t_add_to", "insert 1 0");
	assert_rows(m, "t_del", "remove 0 -1");
	assert_rows(m, "t_debug", "none -1 -1");
	model_free(m);
}

static void test_other_sections(void)
{
	struct model *m = model_new_builtin();
	struct guard_decl *g;
	struct pin_decl *p;

	load(m, "[guard struct file.f_flags]\n"
		"lock = f_lock\n"
		"[pin struct t_btree.flags:T_FLUSH]\n"
		"reapers = t_reap; t_free\n"
		"[pin struct t_btree.pins]\n"
		"[stable]\n"
		"records = struct t_one; t_two\n"
		"[lifetimes]\n"
		"counts = struct t_one.refs\n");
	g = find_guard(m, "file", "f_flags");
	g_assert_nonnull(g);
	g_assert_true(g->lock == id("f_lock"));
	g_assert_cmpint(g->origin, ==, ORIGIN_DECLARED);
	g_assert_cmpint(g->line, ==, 1);
	g_assert_cmpuint(m->pins->len, >=, 2);
	p = m->pins->pdata[m->pins->len - 2];
	g_assert_true(p->record == id("t_btree"));
	g_assert_true(p->flag == id("flags:T_FLUSH"));
	g_assert_cmpint(p->line, ==, 3);
	assert_names(p->reapers, "t_reap t_free");
	p = m->pins->pdata[m->pins->len - 1];
	g_assert_true(p->flag == id("pins"));
	g_assert_cmpuint(p->reapers->len, ==, 0);
	g_assert_true(g_hash_table_contains(m->stable, id("t_one")));
	g_assert_true(g_hash_table_contains(m->stable, id("t_two")));
	g_assert_true(g_hash_table_contains(m->lifetimes, id("t_one.refs")));
	model_free(m);
}

/* What mining wrote gives way to what is built in, and adds the rest. */
static void test_mined(void)
{
	struct model *m = model_new_builtin();
	guint before = m->pairs->len;
	const struct pair_decl *p;
	char *path, *error = NULL;

	path = write_file("[pair mine]\n"
			  "flag = struct page.flags:PG_private\n"
			  "[pair new]\n"
			  "flag = struct t_one.cached\n", -1);
	g_assert_cmpint(model_load_mined(m, path, &error), ==, 0);
	g_assert_cmpuint(m->pairs->len, ==, before + 1);
	p = m->pairs->pdata[before];
	g_assert_true(p->flag == id("cached"));
	g_assert_cmpint(p->origin, ==, ORIGIN_MINED);
	p = m->pairs->pdata[0];
	g_assert_cmpint(p->origin, ==, ORIGIN_BUILTIN);
	unlink(path);
	g_free(path);
	model_free(m);
}

static void test_nothing(void)
{
	struct model *m = model_new_builtin();
	char *before = model_text(m), *after;

	load(m, "");
	load(m, "\n   \n# only this\n");
	load(m, "[functions]\n");
	after = model_text(m);
	g_assert_cmpstr(after, ==, before);
	g_free(after);
	g_free(before);
	model_free(m);
}

static void test_replaces(void)
{
	struct model *m = model_new_builtin();
	guint n_pairs = m->pairs->len;
	struct pair_decl *p;

	g_assert_nonnull(find_pair(m, "page", "flags:PG_private"));
	load(m, "[pair mine]\nflag = struct page.flags:PG_private\n"
		"[functions]\nput = spin_lock(1)\n");
	p = find_pair(m, "page", "flags:PG_private");
	g_assert_cmpstr(p->name, ==, "mine");
	g_assert_cmpuint(p->gets->len, ==, 0);
	g_assert_cmpuint(m->pairs->len, ==, n_pairs);
	assert_rows(m, "spin_lock", "put 1 -1");

	/* a later file beats an earlier one, and the same holds in one */
	load(m, "[pair a]\nflag = struct page.flags:PG_private\n"
		"[pair b]\nflag = struct page.flags:PG_private\n"
		"[guard x.y]\nlock = one\n[guard struct x.y]\nlock = two\n"
		"[functions]\nget = spin_lock(0)\n");
	p = find_pair(m, "page", "flags:PG_private");
	g_assert_cmpstr(p->name, ==, "b");
	g_assert_cmpuint(m->pairs->len, ==, n_pairs);
	g_assert_cmpstr(find_guard(m, "x", "y")->lock, ==, "two");
	assert_rows(m, "spin_lock", "get 0 -1");
	model_free(m);
}

/* The example in the documentation is a file that loads. */
static void test_documented(void)
{
	const char *src = g_getenv("SRC");
	struct model *m;
	char *path, *text, *begin, *end;

	if (!src) {
		g_test_skip("SRC is not set");
		return;
	}
	path = g_build_filename(src, "docs", "pincheck-file.md", NULL);
	g_assert_true(g_file_get_contents(path, &text, NULL, NULL));
	begin = strstr(text, "```ini\n");
	g_assert_nonnull(begin);
	begin += strlen("```ini\n");
	end = strstr(begin, "```");
	g_assert_nonnull(end);
	*end = '\0';
	m = model_new_builtin();
	load(m, begin);
	g_assert_nonnull(find_pair(m, "extent_buffer",
				   "bflags:EXTENT_BUFFER_TREE_REF"));
	model_free(m);
	g_free(text);
	g_free(path);
}

/* ---- what is refused ---- */

static const struct {
	const char *text;
	const char *error;	/* begins with; behind "FILE:" */
} bad_files[] = {
	/* syntax */
	{ "flag = x\n", "1: " },
	{ "# c\n\n[functions]\nget = a(0)\nwhat\nput = b(0)\n", "5: " },
	{ "[functions\n", "1: " },
	{ "[a[b]\n", "1: " },
	{ "[functions]\n= a\n", "2: " },
	{ "\n\n[functions]\nget = \\q\n", "4: " },
	{ "[functions]\nget = a(0)\nget = b(0)\n",
	  "3: 'get' is there twice in [functions], first in line 2" },
	{ "[functions]\nget = a(0)\n[stable]\nrecords = x\n"
	  "[functions]\n  get = b(0)\n",
	  "6: 'get' is there twice in [functions], first in line 2" },
	{ "[functions]\nget[de] = a(0)\n", "2: unknown key 'get[de]'" },
	/* sections */
	{ "[stable]\nrecords = a\n[flags]\n", "3: unknown section [flags]" },
	{ "[pairs x]\n", "1: unknown section [pairs x]" },
	{ "[]\n", "1: " },
	{ "[pair]\nflag = struct a.b\n", "1: [pair] needs a name" },
	{ "[pair ]\nflag = struct a.b\n", "1: [pair ] needs a name" },
	{ "[stable x]\nrecords = a\n", "1: [stable] takes no name" },
	{ "[guard foo]\nlock = a\n", "1: 'foo' is not a flag" },
	{ "[pin struct foo]\n", "1: 'struct foo' is not a flag" },
	/* keys */
	{ "[pair x]\nflag = struct a.b\n# c\nflags = c\n",
	  "4: unknown key 'flags'" },
	{ "[guard struct a.b]\n\nLock = c\n", "3: unknown key 'Lock'" },
	{ "[functions]\nfrees = c(0)\n", "2: unknown key 'frees'" },
	{ "\n[pair x]\nget = f\n", "2: [pair x] lacks 'flag'" },
	{ "\n[guard struct a.b]\n", "2: [guard struct a.b] lacks 'lock'" },
	{ "[stable]\n", "1: [stable] lacks 'records'" },
	{ "[lifetimes]\n", "1: [lifetimes] lacks 'counts'" },
	{ "[lifetimes]\ncounts = node\n", "2: 'node' is not a flag" },
	{ "[pair x]\nflag =\n", "2: 'flag' has no value" },
	{ "[pair x]\nflag = a.b\nget = ;\n", "3: ';' has nothing in it" },
	/* values */
	{ "[pair x]\nflag = b\n", "2: 'b' is not a flag" },
	{ "[pair x]\nflag = struct a.b.c\n", "2: 'struct a.b.c' is not" },
	{ "[pair x]\nflag = struct a.b:\n", "2: 'struct a.b:' is not" },
	{ "[pair x]\nflag = struct a->b\n", "2: 'struct a->b' is not" },
	{ "[pair x]\nflag = struct a.b\\nc\n",
	  "2: 'struct a.b?c' is not a flag" },
	{ "[pair x]\nflag = a.b # c\n", "2: 'a.b # c' is not a flag" },
	{ "[pair x]\nflag = a.b\nobject = cl_page\n",
	  "3: 'cl_page' is not a path" },
	{ "[pair x]\nflag = a.b\nobject = ->a.\n", "3: '->a.' is not a path" },
	{ "[pair x]\nflag = a.b\nobject-type = struct a *\n",
	  "3: 'struct a *' is not a record" },
	{ "[pair x]\nflag = a.b\nget = f; g(0)\n", "3: 'g(0)' is not a name" },
	{ "[pair x]\nflag = a.b\nlock = ->l\n", "3: '->l' is not a name" },
	{ "[pair x]\nflag = a.b\ncovers = pages\n", "3: 'pages' is not a kind" },
	{ "[stable]\nrecords = a b\n", "2: 'a b' is not a record" },
	/* functions */
	{ "[functions]\nget = a(b)\n", "2: 'a(b)' is not a function" },
	{ "[functions]\nget = a(-1)\n", "2: 'a(-1)' is not a function" },
	{ "[functions]\nget = a(100)\n", "2: 'a(100)' is not a function" },
	{ "[functions]\nget = a(0) b(0)\n", "2: 'a(0) b(0)' is not" },
	{ "[functions]\nget = a(0), b(0)\n", "2: 'a(0), b(0)' is not" },
	{ "[functions]\nget = a()\n", "2: 'get' needs an argument" },
	{ "[functions]\nget = a(0, 1)\n", "2: 'get' takes one argument" },
	{ "[functions]\nalloc = a(0)\n", "2: 'alloc' takes no argument" },
	{ "[functions]\ninsert = a(0, 1, 2)\n", "2: 'a(0, 1, 2)' is not" },
	{ "[functions]\nput = a(0) spin\n", "2: 'put' takes no kind" },
	{ "[functions]\nlock = a()\n", "2: 'a()' needs a kind" },
	{ "[functions]\nget = a(0); a\n", "2: 'a' is there twice" },
	{ "[functions]\nget = a\n[functions b]\nget = a\n",
	  "4: 'a' is there twice" },
};

static void refuse(struct model *m, const char *text, gssize size,
		   const char *want)
{
	char *before = model_text(m), *after;
	char *error = load_bytes(m, text, size);

	if (!error || !g_str_has_prefix(error, want)) {
		g_test_message("%s", text);
		g_assert_cmpstr(error, ==, want);
	}
	after = model_text(m);
	g_assert_cmpstr(after, ==, before);
	g_free(after);
	g_free(error);
	g_free(before);
}

static void test_refused(void)
{
	struct model *m = model_new_builtin();

	for (gsize i = 0; i < G_N_ELEMENTS(bad_files); i++)
		refuse(m, bad_files[i].text, -1, bad_files[i].error);
	refuse(m, "[stable]\n\nrecords = a\xff\n", -1, "3: ");
	refuse(m, "[stable]\nrecords = a\0b\n", 23, "2: ");
	model_free(m);
}

/* What was right before the mistake is not taken either. */
static void test_all_or_nothing(void)
{
	struct model *m = model_new_builtin();

	refuse(m, "[pair a]\nflag = struct page.flags:PG_private\n"
		  "[guard struct a.b]\nlock = c\n[pin struct a.b]\n"
		  "[stable]\nrecords = a\n[functions]\nput = spin_lock(0)\n"
		  "get = 1\n", -1, "10: ");
	assert_rows(m, "spin_lock", "lock 0 -1 spin");
	model_free(m);
}

static void test_unreadable(void)
{
	struct model *m = model_new_builtin();
	char *error = NULL;

	g_assert_cmpint(model_load_file(m, "/nowhere/x", &error), ==, -1);
	g_assert_nonnull(strstr(error, "/nowhere/x"));
	g_assert_null(strchr(error, '\n'));
	g_free(error);
	model_free(m);
}

/* The line of a mistake is found wherever it stands. */
static void test_bad_line(void)
{
	struct model *m = model_new_builtin();

	for (int line = 2; line < 40; line++) {
		GString *text = g_string_new("[functions]\n");
		char *want = g_strdup_printf("%d: ", line);

		for (int i = 2; i < 40; i++)
			g_string_append(text, i == line ? "bad\n" :
					i % 2 ? "# comment\n" : "\n");
		refuse(m, text->str, -1, want);
		/* and without an end of line */
		g_string_truncate(text, (gsize)(strstr(text->str, "bad") + 3 -
						text->str));
		refuse(m, text->str, -1, want);
		g_free(want);
		g_string_free(text, TRUE);
	}
	model_free(m);
}

/* Any byte may be wrong: refused or read, but nothing worse. */
static void test_flipped(void)
{
	char *text = g_strdup(good_file);

	for (gsize i = 0; i < strlen(good_file); i++) {
		struct model *m = model_new_builtin();

		text[i] = (char)(text[i] ^ (1 << i % 8));
		g_free(load_bytes(m, text, (gssize)strlen(good_file)));
		text[i] = good_file[i];
		model_free(m);
	}
	g_free(text);
}

/* ---- annotations ---- */

static char *annotate(struct model *m, const char *member, const char *text)
{
	char *error = NULL;
	int ret = model_annotate(m, "t_rec", member, text, "a.h", 7, &error);

	g_assert_true((ret == 0) == !error);
	return error;
}

static void test_annotations(void)
{
	struct model *m = model_new_builtin();
	struct pair_decl *p;
	struct guard_decl *g;

	g_assert_null(annotate(m, "flag", "pincheck:pinned_by(t_get, t_put)"));
	p = find_pair(m, "t_rec", "flag");
	g_assert_cmpstr(p->name, ==, "t_rec.flag");
	g_assert_null(p->object);
	assert_names(p->gets, "t_get");
	assert_names(p->puts, "t_put");
	g_assert_cmpint(p->origin, ==, ORIGIN_ANNOTATED);
	g_assert_cmpstr(p->file, ==, "a.h");
	g_assert_cmpint(p->line, ==, 7);

	g_assert_null(annotate(m, "state", "guarded_by(&lock)"));
	g = find_guard(m, "t_rec", "state");
	g_assert_true(g->lock == id("lock"));
	g_assert_cmpint(g->origin, ==, ORIGIN_ANNOTATED);
	g_assert_cmpint(g->line, ==, 7);

	/* again, as from the next unit; and both on one member */
	g_assert_null(annotate(m, "state",
			       "guarded_by(lock);pinned_by(a,b)"));
	g_assert_nonnull(find_guard(m, "t_rec", "state"));
	g_assert_nonnull(find_pair(m, "t_rec", "state"));
	model_free(m);
}

static void test_precedence(void)
{
	struct model *m = model_new_builtin();
	struct pair_decl *p;

	/* built in < annotated < declared, in whatever order they come */
	g_assert_cmpint(model_annotate(m, "osc_page", "ops_transfer_pinned",
				       "pinned_by(a,b)", "a.h", 1, NULL),
			==, 0);
	p = find_pair(m, "osc_page", "ops_transfer_pinned");
	g_assert_cmpint(p->origin, ==, ORIGIN_ANNOTATED);
	load(m, "[pair x]\nflag = struct osc_page.ops_transfer_pinned\n"
		"[guard struct t_rec.f]\nlock = declared\n");
	p = find_pair(m, "osc_page", "ops_transfer_pinned");
	g_assert_cmpint(p->origin, ==, ORIGIN_DECLARED);
	g_assert_cmpint(model_annotate(m, "osc_page", "ops_transfer_pinned",
				       "pinned_by(a,b)", "a.h", 1, NULL),
			==, 0);
	p = find_pair(m, "osc_page", "ops_transfer_pinned");
	g_assert_cmpint(p->origin, ==, ORIGIN_DECLARED);
	g_assert_null(annotate(m, "f", "guarded_by(other)"));
	g_assert_cmpstr(find_guard(m, "t_rec", "f")->lock, ==, "declared");
	model_free(m);
}

static void test_annotations_refused(void)
{
	static const char *const bad[] = {
		"", "pincheck:", "pinned_by", "pinned_by(", "pinned_by()",
		"pinned_by(a)", "pinned_by(a,)", "pinned_by(a,b,c)",
		"pinned_by(a,b->c)", ")pinned_by(a,b", "pinned_by(a,b) x",
		"guarded_by()", "guarded_by(a,b)", "guarded_by(&)",
		"guarded_by(&a->lock)", "locked_by(a)", "guarded_by(a\nb)",
		"guarded_by(a);what(b)", "guarded_by(a);guarded_by(b)",
		"pinned_by(a,b);pinned_by(c,d)", "guarded_by(a);",
	};
	struct model *m = model_new_builtin();
	char *before = model_text(m), *after;

	for (gsize i = 0; i < G_N_ELEMENTS(bad); i++) {
		char *error = annotate(m, "flag", bad[i]);

		g_assert_nonnull(error);
		g_assert_true(g_str_has_prefix(error, "a.h:7: "));
		g_assert_null(strchr(error, '\n'));
		g_free(error);
	}
	after = model_text(m);
	g_assert_cmpstr(after, ==, before);
	g_free(after);
	g_free(before);
	model_free(m);
}

/* The annotations of one unit stay in the copy that is made for it. */
static void test_copy(void)
{
	struct model *m = model_new_builtin(), *copy;
	char *before = model_text(m), *after;

	load(m, "[guard struct a.b]\nlock = c\n[pin struct a.b]\nreapers = d\n");
	g_free(before);
	before = model_text(m);
	copy = model_copy(m);
	after = model_text(copy);
	g_assert_cmpstr(after, ==, before);
	g_free(after);
	g_assert_null(annotate(copy, "f", "guarded_by(l);pinned_by(a,b)"));
	g_assert_nonnull(find_pair(copy, "t_rec", "f"));
	assert_rows(copy, "spin_lock", "lock 0 -1 spin");
	model_free(copy);
	after = model_text(m);
	g_assert_cmpstr(after, ==, before);
	g_free(after);
	g_free(before);
	model_free(m);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/keyfile/pair", test_pair);
	g_test_add_func("/keyfile/pair-short", test_pair_short);
	g_test_add_func("/keyfile/functions", test_functions);
	g_test_add_func("/keyfile/other-sections", test_other_sections);
	g_test_add_func("/keyfile/mined", test_mined);
	g_test_add_func("/keyfile/nothing", test_nothing);
	g_test_add_func("/keyfile/replaces", test_replaces);
	g_test_add_func("/keyfile/documented", test_documented);
	g_test_add_func("/keyfile/refused", test_refused);
	g_test_add_func("/keyfile/all-or-nothing", test_all_or_nothing);
	g_test_add_func("/keyfile/unreadable", test_unreadable);
	g_test_add_func("/keyfile/bad-line", test_bad_line);
	g_test_add_func("/keyfile/flipped", test_flipped);
	g_test_add_func("/annotations/good", test_annotations);
	g_test_add_func("/annotations/precedence", test_precedence);
	g_test_add_func("/annotations/refused", test_annotations_refused);
	g_test_add_func("/annotations/copy", test_copy);
	return g_test_run();
}
